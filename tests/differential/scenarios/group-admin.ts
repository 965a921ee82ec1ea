import { OffsetCommit } from "../../../src/protocol/messages/08-offset-commit.js";
import { LeaveGroup } from "../../../src/protocol/messages/13-leave-group.js";
import { SyncGroup } from "../../../src/protocol/messages/14-sync-group.js";
import { DescribeGroups } from "../../../src/protocol/messages/15-describe-groups.js";
import { ListGroups } from "../../../src/protocol/messages/16-list-groups.js";
import { DeleteGroups } from "../../../src/protocol/messages/42-delete-groups.js";
import { joined, leave, syncWith } from "../group-steps.js";
import { type Connection, scenario } from "../scenario.js";

async function commitTo(connection: Connection, groupId: string, name: string): Promise<void> {
  const partitions = [{ partitionIndex: 0, committedOffset: 1, committedMetadata: "" }];
  await connection.send(OffsetCommit, 8, { groupId, topics: [{ name, partitions }] });
}

export const describeGroups = scenario("describe-groups", async (session) => {
  await session.topic("describing");
  for (const groupId of ["describing-active", "describing-simple"]) await session.coordinator(groupId);
  const connection = await session.connect("described");
  const member = await joined(connection, "describing-active");
  await connection.send(SyncGroup, 4, syncWith("describing-active", member, { [member.memberId]: "everything" }));
  await commitTo(connection, "describing-simple", "describing");
  const groups = ["describing-active", "describing-simple", "describing-unknown", ""];
  for (let version = 0; version <= 6; version += 1) await connection.send(DescribeGroups, version, { groups });
  await connection.send(DescribeGroups, 6, { groups: ["describing-active"], includeAuthorizedOperations: true });
  await connection.send(DescribeGroups, 6, { groups: [] });
});

export const listGroups = scenario("list-groups", async (session) => {
  await session.topic("listing");
  for (const groupId of ["listing-active", "listing-simple"]) await session.coordinator(groupId);
  const connection = await session.connect("lister");
  const member = await joined(connection, "listing-active", { protocolType: "listing" });
  await connection.send(SyncGroup, 4, syncWith("listing-active", member, { [member.memberId]: "everything" }));
  await commitTo(connection, "listing-simple", "listing");
  for (let version = 0; version <= 5; version += 1) await connection.send(ListGroups, version, {});
  for (const state of ["Stable", "Empty", "empty", "PreparingRebalance", "Dead", "nonsense"]) {
    await connection.send(ListGroups, 5, { statesFilter: [state] });
  }
  for (const type of ["classic", "Classic", "consumer", "nonsense"]) {
    await connection.send(ListGroups, 5, { typesFilter: [type] });
  }
  await connection.send(ListGroups, 5, { statesFilter: ["Stable", "Empty"], typesFilter: ["classic"] });
});

export const deleteGroups = scenario("delete-groups", async (session) => {
  await session.topic("deleting");
  for (const groupId of ["deleting-active", "deleting-0", "deleting-1", "deleting-2"])
    await session.coordinator(groupId);
  const connection = await session.connect("deleter");
  const member = await joined(connection, "deleting-active");
  await connection.send(SyncGroup, 4, syncWith("deleting-active", member, { [member.memberId]: "everything" }));
  for (const version of [0, 1, 2]) await commitTo(connection, `deleting-${version}`, "deleting");
  for (const version of [0, 1, 2]) {
    const groupsNames = [`deleting-${version}`, "deleting-unknown", "deleting-active", ""];
    await connection.send(DeleteGroups, version, { groupsNames });
  }
  await connection.send(DeleteGroups, 2, { groupsNames: ["deleting-0"] });
  await connection.send(DeleteGroups, 2, { groupsNames: [] });
  await connection.send(LeaveGroup, 4, leave(4, "deleting-active", member.memberId));
  await connection.send(DeleteGroups, 2, { groupsNames: ["deleting-active"] });
  await connection.send(DescribeGroups, 6, { groups: ["deleting-active"] });
});
