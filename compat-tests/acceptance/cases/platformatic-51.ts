import { ApiVersions } from "../../../src/protocol/messages/18-api-versions.js";
import { acceptanceCase } from "../case.js";
import { expectSame } from "../steps.js";

/** What @platformatic/kafka 1.3 could send, by the table in the thread and its own sources: the lowest and the highest version. */
const needed: readonly (readonly [apiKey: number, name: string, from: number, to: number])[] = [
  [0, "Produce", 9, 11],
  [1, "Fetch", 15, 17],
  [2, "ListOffsets", 8, 9],
  [3, "Metadata", 12, 12],
  [8, "OffsetCommit", 9, 9],
  [9, "OffsetFetch", 8, 9],
  [10, "FindCoordinator", 4, 6],
  [11, "JoinGroup", 9, 9],
  [12, "Heartbeat", 4, 4],
  [13, "LeaveGroup", 5, 5],
  [14, "SyncGroup", 5, 5],
  [15, "DescribeGroups", 5, 5],
  [16, "ListGroups", 4, 5],
  [18, "ApiVersions", 4, 4],
  [19, "CreateTopics", 7, 7],
  [20, "DeleteTopics", 6, 6],
  [22, "InitProducerId", 4, 5],
  [42, "DeleteGroups", 2, 2],
  [47, "OffsetDelete", 0, 0],
];

export const platformatic51 = acceptanceCase({
  id: "platformatic-51",
  origin: "https://github.com/platformatic/kafka/issues/51",
  title: "Every API that a client of today needs has a version in common with it",
  steps: `
    ApiVersions: for each API that @platformatic/kafka needs, the range of the broker and that of the client (as in
    the thread: Produce 9 to 11, Fetch 15 to 17, Metadata 12 …) have a version in common.`,
  run: async (broker) => {
    const connection = await broker.connect();
    const { apiKeys } = await connection.request(ApiVersions, 4, {
      clientSoftwareName: "platformatic-kafka",
      clientSoftwareVersion: "1.3.0",
    });
    const without = needed.filter(([key, , from, to]) => {
      const offered = apiKeys.find(({ apiKey }) => apiKey === key);
      return offered === undefined || offered.maxVersion < from || offered.minVersion > to;
    });
    expectSame(
      "APIs without a version in common",
      without.map(([, name]) => name),
      [],
    );
  },
});
