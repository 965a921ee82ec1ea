import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { acceptanceCase } from "../case.js";
import { expectError, expectThat } from "../steps.js";

const ROUNDS = 10;

export const kafkajs1520 = acceptanceCase({
  id: "kafkajs-1520",
  origin: "https://github.com/tulios/kafkajs/issues/1520",
  title: "No topic that is being made or deleted spoils the list of all topics",
  steps: `
    kafkajs refuses Metadata as a whole when any partition of any topic is in error, and asks for all topics in many
    calls of its admin client. Ten times: create three topics of four partitions and delete them, while another
    kafkajs admin lists all topics and their metadata all the time, without a retry: no call fails. At each answer
    every partition that is told of has a leader among the brokers.`,
  run: async (broker) => {
    const [maker, lister] = [broker.kafkajs().admin(), broker.kafkajs().admin()];
    for (const admin of [maker, lister]) {
      broker.atEnd(() => admin.disconnect());
      await admin.connect();
    }
    const connection = await broker.connect();
    let isDone = false;
    const making = (async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const topics = [1, 2, 3].map((number) => broker.name(`${round}-${number}`));
        const wanted = topics.map((topic) => ({ topic, numPartitions: 4, replicationFactor: 1 }));
        await maker.createTopics({ topics: wanted, waitForLeaders: false });
        await maker.deleteTopics({ topics });
      }
    })().finally(() => {
      isDone = true;
    });
    let lists = 0;
    while (!isDone) {
      await lister.listTopics();
      await lister.fetchTopicMetadata();
      const { topics, brokers } = await connection.request(Metadata, 5, { topics: null });
      for (const { name, errorCode, partitions } of topics) {
        expectError(`Metadata for ${name}`, errorCode, "NONE");
        for (const partition of partitions) {
          expectError(`Metadata for a partition of ${name}`, partition.errorCode, "NONE");
          const isLed = brokers.some(({ nodeId }) => nodeId === partition.leaderId);
          expectThat(isLed, `the leader of ${name} is ${partition.leaderId}, which is no broker`);
        }
      }
      lists += 1;
    }
    await making;
    expectThat(lists > 0, "nothing was listed meanwhile");
  },
});
