/** The records of groups and offsets are, byte for byte, those of Apache Kafka's group coordinator, and ours reads all of its. */
import { beforeAll, describe, expect, test } from "vitest";
import { type GroupRecord, groupRecordCodec, type LoggedGroup } from "../../src/groups/records/group-record.js";
import { hex, hexOf, recordsWrittenBy, type WrittenRecord } from "./written-records.js";

let writtenByKafka: (name: string) => WrittenRecord;

beforeAll(async () => {
  writtenByKafka = await recordsWrittenBy("WriteGroupRecords.java");
});

const noTopicId = "AAAAAAAAAAAAAAAAAAAAAA";
const offset = {
  offset: 42,
  leaderEpoch: 5,
  metadata: "m",
  commitTimestamp: 1000,
  expireTimestamp: -1,
  topicId: "AAAAAAAAAAAAAAAAAAAABw",
};
const member = {
  memberId: "i-1",
  groupInstanceId: "i",
  clientId: "client",
  clientHost: "/127.0.0.1",
  rebalanceTimeout: 300,
  sessionTimeout: 45,
  subscription: new Uint8Array([0, 1, 2]),
  assignment: new Uint8Array([8, 9]),
};
const group = {
  protocolType: "consumer",
  generation: 4,
  protocol: "range",
  leader: "i-1",
  currentStateTimestamp: 1000,
  members: [member],
};
const emptyGroup = { ...group, protocol: null, leader: null, members: [] };

function offsetRecord(value: typeof offset | null): GroupRecord {
  return { kind: "offsetCommit", group: "g", topic: "t", partition: 3, value };
}

function groupRecord(value: LoggedGroup | null): GroupRecord {
  return { kind: "groupMetadata", group: "g", value };
}

describe("what the coordinator writes", () => {
  test.each<[string, GroupRecord]>([
    ["offset", offsetRecord(offset)],
    ["offsetTombstone", offsetRecord(null)],
    ["group", groupRecord(group)],
    ["emptyGroup", groupRecord(emptyGroup)],
    ["newGroup", groupRecord({ ...emptyGroup, protocolType: "", generation: 0 })],
    ["groupTombstone", groupRecord(null)],
  ])("%s", (name, record) => {
    const { key, value } = groupRecordCodec.encode(record);
    expect({ key: hex(key), value: hex(value) }).toEqual(hexOf(writtenByKafka(name)));
    const kafkas = writtenByKafka(name);
    expect(groupRecordCodec.decode(kafkas.key, kafkas.value)).toEqual(record);
  });

  test("an offset that expires, without what its version has no place for", () => {
    const record = offsetRecord({ ...offset, expireTimestamp: 2000 });
    const { key, value } = groupRecordCodec.encode(record);
    expect({ key: hex(key), value: hex(value) }).toEqual(hexOf(writtenByKafka("expiring")));
    const read = groupRecordCodec.decode(key, value);
    expect(read).toEqual(offsetRecord({ ...offset, expireTimestamp: 2000, leaderEpoch: -1, topicId: noTopicId }));
  });
});

describe("what the coordinator writes of consumer groups", () => {
  const ofGroup = { groupId: "g" };
  const ofMember = { ...ofGroup, memberId: "m" };
  const ofRegex = { ...ofGroup, regularExpression: "t.*" };
  const topicId = "AAAAAAAAAAAAAAAAAAAABw";
  const member = {
    instanceId: "i",
    rackId: "r",
    clientId: "client",
    clientHost: "/127.0.0.1",
    subscribedTopicNames: ["t", "u"],
    subscribedTopicRegex: "t.*",
    rebalanceTimeoutMs: 300,
    serverAssignor: "range",
    classicMemberMetadata: null,
  };
  const assignment = {
    memberEpoch: 5,
    previousMemberEpoch: 4,
    state: 1,
    assignedPartitions: [{ topicId, partitions: [3], assignmentEpochs: [5] }],
    partitionsPendingRevocation: [{ topicId, partitions: [1], assignmentEpochs: [4] }],
  };
  const target = { topicPartitions: [{ topicId, partitions: [3] }] };

  test.each<[string, GroupRecord]>([
    ["consumerGroup", { kind: "consumerGroup", ...ofGroup, value: { epoch: 7, metadataHash: -8n } }],
    ["consumerGroupTombstone", { kind: "consumerGroup", ...ofGroup, value: null }],
    ["consumerMember", { kind: "consumerMember", ...ofMember, value: member }],
    ["consumerMemberTombstone", { kind: "consumerMember", ...ofMember, value: null }],
    ["consumerTarget", { kind: "consumerTarget", ...ofMember, value: target }],
    ["consumerTargetTombstone", { kind: "consumerTarget", ...ofMember, value: null }],
    [
      "consumerTargetEpoch",
      { kind: "consumerTargetEpoch", ...ofGroup, value: { assignmentEpoch: 7, assignmentTimestamp: 1000 } },
    ],
    ["consumerTargetEpochTombstone", { kind: "consumerTargetEpoch", ...ofGroup, value: null }],
    ["consumerAssignment", { kind: "consumerAssignment", ...ofMember, value: assignment }],
    ["consumerAssignmentTombstone", { kind: "consumerAssignment", ...ofMember, value: null }],
    [
      "consumerRegularExpression",
      { kind: "consumerRegularExpression", ...ofRegex, value: { topics: ["t"], version: 12, timestamp: 1000 } },
    ],
    ["consumerRegularExpressionTombstone", { kind: "consumerRegularExpression", ...ofRegex, value: null }],
  ])("%s", (name, record) => {
    const { key, value } = groupRecordCodec.encode(record);
    const kafkas = writtenByKafka(name);
    expect({ key: hex(key), value: hex(value) }).toEqual(hexOf(kafkas));
    expect(groupRecordCodec.decode(kafkas.key, kafkas.value)).toEqual(record);
  });
});

describe("what older and newer coordinators wrote", () => {
  const bare = { ...offset, leaderEpoch: -1, topicId: noTopicId };

  test.each<[string, GroupRecord]>([
    ["legacy", offsetRecord(bare)],
    ["offset0", offsetRecord(bare)],
    ["offset1", offsetRecord({ ...bare, expireTimestamp: 2000 })],
    ["offset2", offsetRecord(bare)],
    ["offset3", offsetRecord({ ...bare, leaderEpoch: 5 })],
    ["offset4", offsetRecord(offset)],
    ["group0", groupRecord({ ...group, currentStateTimestamp: -1, members: [old({ rebalanceTimeout: -1 })] })],
    ["group1", groupRecord({ ...group, currentStateTimestamp: -1, members: [old({})] })],
    ["group2", groupRecord({ ...group, members: [old({})] })],
    ["group3", groupRecord(group)],
    ["group4", groupRecord(group)],
  ])("%s", (name, record) => {
    const { key, value } = writtenByKafka(name);
    expect(groupRecordCodec.decode(key, value)).toEqual(record);
  });

  test("a value version of the future reads as the last one that is known (KIP-915)", () => {
    const { key, value } = writtenByKafka("offset4");
    const future = Buffer.from(value ?? []);
    future.writeInt16BE(9);
    expect(groupRecordCodec.decode(key, future)).toEqual(offsetRecord(offset));
  });

  test("a kind of record that is not known is passed over", () => {
    const key = Buffer.from([0, 99, 0, 1, 120]);
    expect(groupRecordCodec.decode(key, Buffer.from([0, 0]))).toBeNull();
    expect(groupRecordCodec.decode(null, Buffer.from([0, 0]))).toBeNull();
  });

  test("a record that does not decode is not taken for something else", () => {
    const { key, value } = writtenByKafka("group");
    expect(() => groupRecordCodec.decode(key, value?.subarray(0, 20) ?? null)).toThrow(/does not decode/);
  });
});

/** Static members came with version 3. */
function old(differences: Partial<typeof member>): LoggedGroup["members"][number] {
  return { ...member, groupInstanceId: null, ...differences };
}
