/**
 * Runs on one of the hosts: asks a bootstrap address who the brokers are, and prints the addresses that it is told.
 * With `--produce` it also writes a record, which takes a connection to such an address.
 */
import { Kafka, logLevel } from "kafkajs";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { WireClient } from "../support/wire-client.js";

const [, , bootstrap = "", option] = process.argv;
const [host = "", port] = bootstrap.split(":");

const client = await WireClient.connect({ host, port: Number(port) });
const { brokers } = await client.request(Metadata, 1, { topics: [] });
client.close();

if (option === "--produce") {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 5 } });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: "reached", messages: [{ value: "there" }] });
  await producer.disconnect();
}
console.log(JSON.stringify(brokers.map((broker) => `${broker.host}:${broker.port}`)));
