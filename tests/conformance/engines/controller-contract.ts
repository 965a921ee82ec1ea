/** What the controller makes of a metadata engine, whichever it is, where one batch has no room for a decision. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  controllerOver,
  type TestController,
  uuidOf,
} from "../../../src/cluster/controller/controller.test-support.js";
import { LeadershipLog } from "../../../src/cluster/controller/leadership-log.js";
import type { Leadership, MetadataEngine } from "../../../src/metadata/engine.js";
import type { MetadataImage } from "../../../src/metadata/image/image.js";
import { metadataRecord } from "../../../src/metadata/records/metadata-record.js";
import { followImages } from "../../../src/metadata/snapshots/follow-images.js";
import { batchOf, candidate, type EngineWorld, imageAt, never, until } from "./engine-contract.js";

/** As many partitions as one request may ask for. Of three replicas, they are more than 1 MiB. */
const LARGE = 9_999;

export function controllerContract(name: string, makeWorld: () => Promise<EngineWorld>): void {
  describe(`a controller over the ${name} engine`, () => {
    let world: EngineWorld;
    const opened: MetadataEngine[] = [];

    beforeEach(async () => {
      world = await makeWorld();
    });
    afterEach(async () => {
      for (const engine of opened.splice(0)) await engine.close();
      await world.end();
    });
    const open = async (): Promise<MetadataEngine> => {
      const engine = world.engine();
      await engine.open();
      opened.push(engine);
      return engine;
    };

    test("shows a topic with very many partitions to nobody before all of it is there", async () => {
      const [one, other] = [await open(), await open()];
      const controller = await controllerOf(one, await one.campaign(candidate(1), never()));
      await controller.serve(1, 2, 3);
      const watched = new Counting(other, "large");
      const created = await controller.create("large", { numPartitions: LARGE, replicationFactor: 3 });
      expect(created).toMatchObject({ errorCode: 0, numPartitions: LARGE });
      await until(() => watched.counts.includes(LARGE));
      const topics = [{ name: "large", count: 2 * LARGE, assignments: null }];
      await controller.call("createPartitions", { topics, timeoutMs: 0, validateOnly: false });
      await until(() => watched.counts.includes(2 * LARGE));
      expect([...new Set(watched.counts)]).toEqual([0, LARGE, 2 * LARGE]);
      watched.stop();
    });

    test("forgets what a controller has begun and another has found without its end", async () => {
      const [one, other] = [await open(), await open()];
      const first = await one.campaign(candidate(1), never());
      const begun = [
        metadataRecord("BeginTransactionRecord", {}),
        metadataRecord("TopicRecord", { name: "large", topicId: uuidOf(1, 1) }),
      ];
      expect(await first.append(first.next, batchOf(begun, first.next, first.epoch))).toBe("committed");
      await first.resign();
      const second = await controllerOf(other, await other.campaign(candidate(2), never()));
      await second.serve(1);
      expect(await second.create("large", { numPartitions: 3 })).toMatchObject({ errorCode: 0 });
      const image = await imageAt(one, second.log.committedOffset);
      expect(image.heldBack).toBeNull();
      expect([...image.topicsByName.values()].map(({ name, partitions }) => [name, partitions.length])).toEqual([
        ["large", 3],
      ]);
    });
  });
}

/** A controller that decides over this engine. */
async function controllerOf(engine: MetadataEngine, leadership: Leadership): Promise<TestController<LeadershipLog>> {
  const controller = controllerOver(new LeadershipLog(engine, leadership));
  await until(() => controller.runner.state !== null);
  return controller;
}

/** How many partitions a topic has, whenever the metadata moves on. */
class Counting {
  readonly counts: number[] = [];
  readonly #until = new AbortController();

  constructor(engine: MetadataEngine, topic: string) {
    const count = ({ topicsByName }: MetadataImage) =>
      void this.counts.push(topicsByName.get(topic)?.partitions.length ?? 0);
    void followImages(engine, count, this.#until.signal);
  }

  stop(): void {
    this.#until.abort();
  }
}
