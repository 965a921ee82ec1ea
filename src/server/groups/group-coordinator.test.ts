import { describe, expect, test } from "vitest";
import { settled } from "../../../tests/support/manual-environment.js";
import type { Broker } from "../../broker/broker.js";
import { groupShards } from "../../broker/coordinating/group-shards.js";
import { groupTopic } from "../../broker/internal-topics.js";
import { Partitions } from "../../cluster/replication/partitions.js";
import { withoutPeers } from "../../cluster/replication/replication.test-data.js";
import { configWith } from "../../config/config.test-data.js";
import { memoryEnvironment } from "../../environments/memory/memory-environment.js";
import { emptyImage } from "../../metadata/image/empty.js";
import { createLogger } from "../../observability/logger.js";
import { errors } from "../../protocol/errors.js";
import { OffsetCommit } from "../../protocol/messages/08-offset-commit.js";
import { OffsetFetch } from "../../protocol/messages/09-offset-fetch.js";
import { Heartbeat } from "../../protocol/messages/12-heartbeat.js";
import { SyncGroup } from "../../protocol/messages/14-sync-group.js";
import { DescribeGroups } from "../../protocol/messages/15-describe-groups.js";
import { OffsetDelete } from "../../protocol/messages/47-offset-delete.js";
import { logConfig, openStore } from "../../storage/storage.test-data.js";
import { ask, imageWith } from "../ask.test-data.js";
import { NOT_ASKED } from "../authorized-operations.js";
import { offsetCommit } from "../handlers/08-offset-commit.js";
import { offsetFetch } from "../handlers/09-offset-fetch.js";
import { heartbeat } from "../handlers/12-heartbeat.js";
import { syncGroup } from "../handlers/14-sync-group.js";
import { describeGroups } from "../handlers/15-describe-groups.js";
import { offsetDelete } from "../handlers/47-offset-delete.js";

const image = imageWith({ [groupTopic]: 4, orders: 2, bills: 1 });
const idOf = (topic: string) => image.topicsByName.get(topic)?.id ?? "";
const nobodysId = "BBBBBBBBBBBBBBBBBBBBBA";
const { NONE, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, TOPIC_AUTHORIZATION_FAILED } = errors;

describe("requests about a group", () => {
  test("a commit is answered topic by topic, whether the coordinator was asked or not", async () => {
    const { broker } = await coordinator();
    const topics = [committed("orders", [0, 7]), committed("bills", [0]), committed("nowhere", [0])];
    const caller = { broker, image, forbidden: ["Topic:bills"] };
    const answer = await ask(offsetCommit, OffsetCommit, 8, { ...commitOf("g"), topics }, caller);
    const codes = answer.topics.map(({ name, partitions }) => [
      name,
      partitions.map((one) => [one.partitionIndex, one.errorCode]),
    ]);
    expect(Object.fromEntries(codes)).toEqual({
      orders: [
        [7, UNKNOWN_TOPIC_OR_PARTITION.code],
        [0, NONE.code],
      ],
      bills: [[0, TOPIC_AUTHORIZATION_FAILED.code]],
      nowhere: [[0, UNKNOWN_TOPIC_OR_PARTITION.code]],
    });
  });

  test("since version 10 topics have ids in place of names", async () => {
    const { broker } = await coordinator();
    const { partitions } = committed("", [0]);
    const topics = [idOf("orders"), nobodysId].map((topicId) => ({ topicId, partitions }));
    const answer = await ask(offsetCommit, OffsetCommit, 10, { ...commitOf("g"), topics }, { broker, image });
    const codes = answer.topics.map(({ topicId, partitions: [one] }) => [topicId, one?.errorCode]);
    expect(codes.sort()).toEqual(
      [
        [idOf("orders"), NONE.code],
        [nobodysId, UNKNOWN_TOPIC_ID.code],
      ].sort(),
    );
    const asked = [idOf("orders"), nobodysId].map((topicId) => ({ topicId, partitionIndexes: [0] }));
    const groups = [
      { groupId: "g", topics: asked },
      { groupId: "g", topics: null },
    ];
    const fetched = await ask(offsetFetch, OffsetFetch, 10, { groups }, { broker, image });
    const found = { topicId: idOf("orders"), partitions: [{ committedOffset: 42, errorCode: NONE.code }] };
    const unknown = { topicId: nobodysId, partitions: [{ committedOffset: -1, errorCode: UNKNOWN_TOPIC_ID.code }] };
    expect(fetched.groups).toMatchObject([{ topics: [found, unknown] }, { topics: [found] }]);
  });

  test("an offset is fetched back in the form of every version", async () => {
    const { broker } = await coordinator();
    const caller = { broker, image };
    await ask(offsetCommit, OffsetCommit, 8, { ...commitOf("g"), topics: [committed("orders", [0])] }, caller);
    const topics = [{ name: "orders", partitionIndexes: [0, 1] }];
    const expected = [
      {
        name: "orders",
        partitions: [
          { committedOffset: 42, metadata: "note" },
          { committedOffset: -1, metadata: "" },
        ],
      },
    ];
    for (const version of [1, 2, 5, 7]) {
      const answer = await ask(offsetFetch, OffsetFetch, version, { groupId: "g", topics }, caller);
      expect(answer, `version ${version}`).toMatchObject({ errorCode: NONE.code, topics: expected, groups: [] });
    }
    for (const version of [8, 9]) {
      const groups = [{ groupId: "g", topics }];
      const answer = await ask(offsetFetch, OffsetFetch, version, { groups }, caller);
      expect(answer, `version ${version}`).toMatchObject({ topics: [], groups: [{ groupId: "g", topics: expected }] });
    }
  });

  test("who asks for all offsets of a group sees those of topics that it may describe", async () => {
    const { broker } = await coordinator();
    const topics = [committed("orders", [0]), committed("bills", [0])];
    await ask(offsetCommit, OffsetCommit, 8, { ...commitOf("g"), topics }, { broker, image });
    const caller = { broker, image, forbidden: ["Topic:bills"] };
    const answer = await ask(offsetFetch, OffsetFetch, 5, { groupId: "g", topics: null }, caller);
    expect(answer.topics.map(({ name }) => name)).toEqual(["orders"]);
  });

  test("who may not read a group is told so where the version has a place for it", async () => {
    const { broker } = await coordinator();
    const caller = { broker, image, forbidden: ["Group:g"] };
    const errorCode = errors.GROUP_AUTHORIZATION_FAILED.code;
    const topics = [{ name: "orders", partitionIndexes: [0] }];
    const old = await ask(offsetFetch, OffsetFetch, 1, { groupId: "g", topics }, caller);
    expect(old.topics).toMatchObject([
      { name: "orders", partitions: [{ partitionIndex: 0, committedOffset: -1, errorCode }] },
    ]);
    expect(await ask(offsetFetch, OffsetFetch, 2, { groupId: "g", topics }, caller)).toMatchObject({
      errorCode,
      topics: [],
    });
  });

  test("while a group is loaded its members live on, and all else waits", async () => {
    const { broker } = await coordinator({ loaded: false });
    const caller = { broker, image };
    const member = { groupId: "g", generationId: 1, memberId: "m", groupInstanceId: null };
    const errorCode = errors.COORDINATOR_LOAD_IN_PROGRESS.code;
    const commit = { ...commitOf("g"), topics: [committed("orders", [0])] };
    const [alive, synced, stored, described] = await Promise.all([
      ask(heartbeat, Heartbeat, 3, member, caller),
      ask(syncGroup, SyncGroup, 3, { ...member, assignments: [] }, caller),
      ask(offsetCommit, OffsetCommit, 8, commit, caller),
      ask(describeGroups, DescribeGroups, 5, { groups: ["g"], includeAuthorizedOperations: true }, caller),
    ]);
    expect(alive.errorCode).toBe(NONE.code);
    expect(synced).toMatchObject({ errorCode, assignment: Buffer.alloc(0) });
    expect(stored.topics).toMatchObject([{ name: "orders", partitions: [{ partitionIndex: 0, errorCode }] }]);
    expect(described.groups).toMatchObject([
      { groupId: "g", errorCode, groupState: "", authorizedOperations: NOT_ASKED },
    ]);
  });

  test("an offset that is deleted is gone; the rest of the request has its own errors", async () => {
    const { broker } = await coordinator();
    const caller = { broker, image };
    await ask(offsetCommit, OffsetCommit, 8, { ...commitOf("g"), topics: [committed("orders", [0])] }, caller);
    const topics = [{ name: "orders", partitions: [{ partitionIndex: 0 }, { partitionIndex: 9 }] }];
    const answer = await ask(offsetDelete, OffsetDelete, 0, { groupId: "g", topics }, caller);
    expect(answer).toMatchObject({
      errorCode: NONE.code,
      topics: [
        {
          name: "orders",
          partitions: [
            { partitionIndex: 9, errorCode: UNKNOWN_TOPIC_OR_PARTITION.code },
            { partitionIndex: 0, errorCode: NONE.code },
          ],
        },
      ],
    });
    const wholly = await ask(offsetDelete, OffsetDelete, 0, { groupId: "unheard of", topics }, caller);
    expect(wholly).toMatchObject({ errorCode: errors.GROUP_ID_NOT_FOUND.code, topics: [] });
  });
});

/** The group coordinator of a broker that leads all of `__consumer_offsets`, over logs in memory. */
async function coordinator({ loaded = true } = {}): Promise<{ readonly broker: Partial<Broker> }> {
  const environment = memoryEnvironment();
  const config = configWith();
  const store = await openStore(environment.files);
  const partitions = new Partitions({
    ...{ nodeId: 1, clock: environment.clock, store, ...withoutPeers(environment.clock) },
    logConfigOf: () => logConfig,
  });
  const logger = createLogger({ write: () => {}, nowMs: () => 0, level: "silent" });
  const configNow = () => config;
  const groups = groupShards({ config, configNow, environment, logger, partitions, image: () => image });
  partitions.apply(emptyImage, image);
  groups.publish(emptyImage, image);
  if (loaded) await settled();
  return { broker: { groups } };
}

function commitOf(groupId: string) {
  return { groupId, generationIdOrMemberEpoch: -1, memberId: "" };
}

function committed(name: string, partitionIndexes: readonly number[]) {
  const what = { committedOffset: 42, committedMetadata: "note" };
  return { name, partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, ...what })) };
}
