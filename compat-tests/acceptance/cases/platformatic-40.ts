import { Metadata } from "../../../src/protocol/messages/03-metadata.js";
import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { acceptanceCase } from "../case.js";
import { createTopic, expectError, expectSame, expectThat } from "../steps.js";

/** The only one that @platformatic/kafka 1.3 had. */
const NEEDED = 12;

export const platformatic40 = acceptanceCase({
  id: "platformatic-40",
  origin: "https://github.com/platformatic/kafka/issues/40",
  title: "Metadata is there in version 12, and in every version that the broker offers",
  steps: `
    ApiVersions offers Metadata 12. In each version of the range that it offers, Metadata for a topic gives the same
    two partitions with a leader; from version 10 on also by the topic's id alone (version 12 has no need of the
    name).`,
  run: async (broker) => {
    const topic = await createTopic(broker, { partitions: 2 });
    const connection = await broker.connect();
    const { apiKeys } = await connection.request(ApiVersions, 0, {});
    const range = apiKeys.find(({ apiKey }) => apiKey === Metadata.key);
    expectThat(range !== undefined && range.maxVersion >= NEEDED, `Metadata is offered up to ${range?.maxVersion}`);
    for (let version = range.minVersion; version <= Math.min(range.maxVersion, 13); version++) {
      const { topics, brokers } = await connection.request(Metadata, version, { topics: [{ name: topic }] });
      expectError(`version ${version}`, topics[0]?.errorCode, "NONE");
      const partitions = topics[0]?.partitions ?? [];
      const indexes = partitions.map(({ partitionIndex }) => partitionIndex).sort();
      expectSame(`the partitions in version ${version}`, indexes, [0, 1]);
      expectThat(
        partitions.every(({ leaderId }) => brokers.some(({ nodeId }) => nodeId === leaderId)),
        `in version ${version} a leader is none of the brokers`,
      );
    }
    const { topics: named } = await connection.request(Metadata, NEEDED, { topics: [{ name: topic }] });
    const topicId = named[0]?.topicId ?? "";
    const { topics: byId } = await connection.request(Metadata, NEEDED, { topics: [{ topicId, name: null }] });
    expectSame("the topic of this id", byId[0]?.name, topic);
  },
});
