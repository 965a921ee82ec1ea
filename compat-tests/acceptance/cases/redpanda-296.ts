import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { acceptanceCase } from "../case.js";
import {
  batchOf,
  connectToLeader,
  createTopic,
  expectError,
  expectSame,
  expectThat,
  fetchOnce,
  produce,
  recordsIn,
} from "../steps.js";

/** What librdkafka 0.11.6 must find before it sends and takes batches of magic 2, by its own table of features. */
const needed = [
  { apiKey: 0, name: "Produce", version: 3 },
  { apiKey: 1, name: "Fetch", version: 4 },
] as const;

/** Where a batch says its magic. */
const MAGIC_AT = 16;

export const redpanda296 = acceptanceCase({
  id: "redpanda-296",
  origin: "https://github.com/redpanda-data/redpanda/issues/296",
  title: "A producer of librdkafka 0.11.6 learns that it may send batches of magic 2",
  steps: `
    It asks by ApiVersions 0, and sends magic 2 only where it finds Produce 3 and Fetch 4; it fell back to magic 1,
    and nothing of it arrived. Its successors (1.6 in the thread) ask by version 3, and found an array of −1 APIs.
    Here version 0 and version 3 can be read to the end and name the same ranges, with these two in them, and a batch
    of magic 2 that Produce 3 brings comes back by Fetch 4 as it was.`,
  run: async (broker) => {
    const topic = await createTopic(broker);
    const connection = await connectToLeader(broker, topic);
    const old = await connection.request(ApiVersions, 0, {});
    const newer = await connection.request(ApiVersions, 3, {
      clientSoftwareName: "librdkafka",
      clientSoftwareVersion: "1.6.1",
    });
    for (const { errorCode } of [old, newer]) expectError("ApiVersions", errorCode, "NONE");
    const ranges = ({ apiKeys }: typeof old) =>
      apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, minVersion, maxVersion]);
    expectSame("the ranges by version 3", ranges(newer), ranges(old));
    for (const { apiKey, name, version } of needed) {
      const served = old.apiKeys.find((one) => one.apiKey === apiKey);
      const holds = served !== undefined && served.minVersion <= version && version <= served.maxVersion;
      expectThat(holds, `${name} ${version} is not in ${JSON.stringify(served)}`);
    }
    const sent = batchOf(["one", "two"]);
    await produce(connection, topic, sent, { version: 3 });
    const { records } = await fetchOnce(connection, topic, 0, { version: 4 });
    expectSame("the magic of what Fetch 4 gives", records?.[MAGIC_AT], 2);
    expectSame(
      "the values",
      recordsIn(records).map(({ value }) => value),
      ["one", "two"],
    );
  },
});
