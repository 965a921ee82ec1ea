// Runs inside the client's namespace: asks a bootstrap address who the brokers are, and prints their addresses.
import kafkajs from "kafkajs";

const [, , bootstrap, ...rest] = process.argv;
const kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 5 } });
const admin = kafka.admin();
await admin.connect();
const { brokers } = await admin.describeCluster();
if (rest.includes("--produce")) {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: "reached", messages: [{ value: "there" }] });
  await producer.disconnect();
}
await admin.disconnect();
console.log(JSON.stringify(brokers.map(({ host, port }) => `${host}:${port}`)));
