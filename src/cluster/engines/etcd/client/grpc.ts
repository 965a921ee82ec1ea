/** What is used of gRPC. The build makes a file of its own of it: a third of all code, and most brokers need none of it. */
export { Client, credentials, Metadata } from "@grpc/grpc-js";
