import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { readBatches } from "../../../src/protocol/records/batch.js";
import { type CodecName, codecs } from "../../../src/protocol/records/codecs.js";
import { acceptanceCase } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  expectSame,
  expectThat,
  fetchOnce,
  produce,
  recordsIn,
} from "../steps.js";

const PRODUCE_KEY = 0;
/** The first version with zstd, and the last that librdkafka 2.8 speaks. */
const produceVersions = [7, 10] as const;

export const librdkafka4956 = acceptanceCase({
  id: "librdkafka-4956",
  origin: "https://github.com/confluentinc/librdkafka/issues/4956",
  title: "A producer of librdkafka before 2.11 compresses what it sends",
  steps: `
    It compresses only where the broker says that it serves Produce 0, though it sends a version that is much newer;
    otherwise the records go out uncompressed, and nobody is told. So each version of ApiVersions names Produce from 0
    on, also where the oldest ones would be refused, and a batch of each codec comes back as it was sent.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const connection = await connectToLeader(broker, topic);
    for (const version of [0, 1, 2, 3, 4]) {
      const { apiKeys } = await connection.request(ApiVersions, version, {
        clientSoftwareName: "librdkafka",
        clientSoftwareVersion: "2.8.0",
      });
      const served = apiKeys.find(({ apiKey }) => apiKey === PRODUCE_KEY);
      expectSame(`the oldest Produce by ApiVersions ${version}`, served?.minVersion, 0);
      const newest = served?.maxVersion ?? -1;
      expectThat(newest >= 10, `ApiVersions ${version} says that Produce ends at version ${newest}`);
    }
    const names: readonly CodecName[] = ["gzip", "snappy", "lz4", "zstd"];
    for (const version of produceVersions) {
      for (const name of names) {
        const values = Array.from({ length: 100 }, (_, index) => `${name} ${index} ${"compressible ".repeat(10)}`);
        const sent = batchOf(values, { codec: codecs[name] });
        const offset = await produce(connection, topic, sent, { version });
        const { records } = await fetchOnce(connection, topic, offset);
        const [batch] = readBatches(records ?? new Uint8Array()).batches;
        expectSame(`the codec of a batch sent as ${name} by Produce ${version}`, batch?.codec, codecs[name]);
        expectSame(
          `the values sent as ${name}`,
          recordsIn(records).map(({ value }) => value),
          values,
        );
      }
    }
  },
});
