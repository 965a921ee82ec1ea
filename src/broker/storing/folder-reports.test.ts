import { describe, expect, test } from "vitest";
import { ManualClock, settled } from "../../../tests/support/manual-environment.js";
import { directoryIds } from "../../cluster/controller/partitions/directory-ids.js";
import { emptyImage } from "../../metadata/image/empty.js";
import type { MetadataImage, PartitionImage } from "../../metadata/image/image.js";
import { partitionOfBroker1 } from "../../metadata/image/image.test-data.js";
import { type ErrorCode, errors } from "../../protocol/errors.js";
import { FolderReports, type FolderReportsOptions } from "./folder-reports.js";

const topicId = "0j3-SVJFRtqnh_Ppnbg9bQ";

function imageWith(...directories: string[]): MetadataImage {
  const partitions = directories.map((directory) => ({ ...partitionOfBroker1, directories: [directory] }));
  const topic = { name: "t", id: topicId, partitions };
  return { ...emptyImage, topicsById: new Map([[topicId, topic]]), topicsByName: new Map([["t", topic]]) };
}

/** Partition 1 is so; partition 0 lies where the metadata says. */
function imageOf(partition: PartitionImage): MetadataImage {
  const partitions = [{ ...partitionOfBroker1, directories: ["a"] }, partition];
  const topic = { name: "t", id: topicId, partitions };
  return { ...emptyImage, topicsById: new Map([[topicId, topic]]), topicsByName: new Map([["t", topic]]) };
}

interface Storage {
  /** Nothing was written yet. */
  readonly isEmpty: boolean;
  /** A folder that has failed may hold the log. */
  readonly isOutOfReach: boolean;
}

/** Of two folders, the odd partitions lie in "b". */
function reportsUnder(image: MetadataImage, { isEmpty = false, isOutOfReach = false }: Partial<Storage> = {}) {
  const clock = new ManualClock();
  const sent: unknown[] = [];
  const answers: (ErrorCode | null)[] = [];
  const folder = (directoryId: string) => ({ directory: { owner: { directoryId } } });
  const reports = new FolderReports({
    ...{ nodeId: 1, image: () => image, brokerEpoch: () => 7, wire: clock },
    store: {
      folders: [folder("a"), folder("b")],
      get: () => (isEmpty ? null : {}),
      isOutOfReach: () => isOutOfReach,
      placeOf: (_topic: string, index: number) => folder(index % 2 === 0 ? "a" : "b"),
    } as unknown as FolderReportsOptions["store"],
    controller: {
      call: async (_name: unknown, request: unknown) => {
        sent.push(request);
        const errorCode = answers.shift() ?? null;
        return errorCode === null ? { reply: { errorCode: 0, directories: [] } } : { errorCode };
      },
    } as unknown as FolderReportsOptions["controller"],
  });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { reports, sent, answers, pass };
}

function asked(...indexes: number[]) {
  const partitions = indexes.map((partitionIndex) => ({ partitionIndex }));
  return { brokerId: 1, brokerEpoch: 7, directories: [{ id: "b", topics: [{ topicId, partitions }] }] };
}

test("only what the metadata has wrong is told, in one request", async () => {
  const image = imageWith("a", "a", "a", "b", "a", "x");
  const { reports, sent, pass } = reportsUnder(image);
  reports.topicsChanged(emptyImage, image);
  await pass(1_000);
  expect(sent).toEqual([asked(1, 5)]);
  await pass(10_000);
  expect(sent).toHaveLength(1);
});

test("what the controller did not take is told again", async () => {
  const image = imageWith("a", "a");
  const { reports, sent, answers, pass } = reportsUnder(image);
  answers.push(errors.NOT_CONTROLLER.code);
  reports.moved(topicId, 1);
  await pass(100);
  await pass(2_000);
  expect(sent).toEqual([asked(1), asked(1)]);
});

describe("a replica without any record", () => {
  const { UNASSIGNED } = directoryIds;
  const followed = { leader: 2, replicas: [1, 2], isr: [2, 1], directories: ["lost", "c"] };
  const alone = { leader: -1, replicas: [1], isr: [1], directories: ["lost"] };

  test.each([
    ["is told where it will lie before anything is written, so that its folder may fail", {}, [UNASSIGNED], true],
    [
      "is told to lie on the new disk once it is in sync there, so that it may lead",
      followed,
      followed.directories,
      true,
    ],
    ["is not told to be well while it is out of sync", { ...followed, isr: [2] }, followed.directories, false],
    ["is not told to be well where it may have lost the only records", alone, alone.directories, false],
  ])("%s", async (_, more, directories, isTold) => {
    const image = imageOf({ ...partitionOfBroker1, ...more, directories });
    const { reports, sent, pass } = reportsUnder(image, { isEmpty: true });
    reports.topicsChanged(emptyImage, image);
    await pass(1_000);
    expect(sent).toEqual(isTold ? [asked(1)] : []);
  });

  test("is not told to be well while its log may lie in a folder that failed", async () => {
    const image = imageOf({ ...partitionOfBroker1, directories: [UNASSIGNED] });
    const { reports, sent, pass } = reportsUnder(image, { isEmpty: true, isOutOfReach: true });
    reports.topicsChanged(emptyImage, image);
    await pass(1_000);
    expect(sent).toEqual([]);
  });
});

test("a broker that is closed tells nothing", async () => {
  const image = imageWith("a", "a");
  const { reports, sent, pass } = reportsUnder(image);
  reports.topicsChanged(emptyImage, image);
  reports.close();
  await pass(1_000);
  expect(sent).toEqual([]);
});
