import { describe, expect, test } from "vitest";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { JoinGroup } from "../../src/protocol/messages/11-join-group.js";
import { SyncGroup } from "../../src/protocol/messages/14-sync-group.js";
import { InitProducerId } from "../../src/protocol/messages/22-init-producer-id.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { records } from "../../src/protocol/schema/fields.js";
import { batchOf } from "../differential/requests.js";
import { GivenValues } from "./given-values.js";

const [ONE, TWO] = ["VtMN1RU6TuiWVUXp_hUJ8w", "sQkelvPbSq6QJKQfW-wHAQ"];

describe("a replayed request", () => {
  test("names topics by the ids of the live broker, in whatever order it told them", () => {
    const given = new GivenValues();
    const recorded = [
      { name: "a", topicId: ONE },
      { name: "b", topicId: TWO },
    ];
    const live = [
      { name: "b", topicId: "b".repeat(22) },
      { name: "a", topicId: "a".repeat(22) },
    ];
    given.learn(Metadata.response.fields, { topics: recorded }, { topics: live });
    const request = given.rebind(Metadata.request.fields, { topics: [{ topicId: TWO, name: null }] });
    expect(request).toEqual({ topics: [{ topicId: "b".repeat(22), name: null }] });
  });

  test("speaks for the member that the live broker made", () => {
    const given = new GivenValues();
    given.learn(
      JoinGroup.response.fields,
      { memberId: "app-1", leader: "app-1" },
      { memberId: "app-2", leader: "app-2" },
    );
    const assignments = [{ memberId: "app-1", assignment: new Uint8Array(0) }];
    const request = given.rebind(SyncGroup.request.fields, { groupId: "app-1", memberId: "app-1", assignments });
    expect(request).toEqual({
      groupId: "app-1",
      memberId: "app-2",
      assignments: [{ ...assignments[0], memberId: "app-2" }],
    });
  });

  test("carries the live producer's id in its batches too, under a right checksum", () => {
    const given = new GivenValues();
    given.learn(InitProducerId.response.fields, { producerId: 0 }, { producerId: 7000 });
    const recorded = batchOf(["value"], { producer: { id: 0, epoch: 3, baseSequence: 0 } });
    const rebound = given.rebind({ records: records() }, { records: recorded }).records;
    const batches = [recorded, rebound].map((bytes) => readBatches(bytes instanceof Uint8Array ? bytes : recorded));
    expect(batches.map(({ batches: [batch] }) => batch?.producerId)).toEqual([0, 7000]);
    expect(batches[1]?.batches[0]?.hasValidCrc()).toBe(true);
  });

  test("stays as it was where nothing was learnt", () => {
    const request = { groupId: "g", memberId: "app-1", assignments: [] };
    expect(new GivenValues().rebind(SyncGroup.request.fields, request)).toEqual(request);
  });
});
