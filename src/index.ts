/**
 * Samsa inside a program: `const broker = await startBroker({ port: 0, ephemeral: true })`, or several brokers:
 * `const cluster = await startCluster({ brokers: 3, ephemeral: true })`.
 */
export { StartFailure } from "./broker/start-failure.js";
export { type BrokerOptions, type EmbeddedBroker, startBroker } from "./testing/start-broker.js";
export { type ClusterOptions, type EmbeddedCluster, startCluster } from "./testing/start-cluster.js";
