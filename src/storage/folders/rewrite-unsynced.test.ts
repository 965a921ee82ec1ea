import { expect, test } from "vitest";
import { afterPowerCut } from "../../environments/simulated/power-cut.js";
import { Simulation } from "../../environments/simulated/simulation.js";
import { readTopicId, syncTopicId } from "../files/checkpoints.js";
import { createLogFolder } from "../files/log-folder.js";
import { topicId } from "../storage.test-data.js";
import { rewriteUnsynced } from "./rewrite-unsynced.js";

test("the id of a topic that a failed sync has lost is written again, although it can still be read", async () => {
  const folder = "/data/orders-0";
  const simulation = new Simulation(3);
  const host = simulation.host();
  const idAfterPowerCut = () => {
    const disk = afterPowerCut(host.disk, simulation.random("images"));
    return readTopicId(simulation.host().start(disk).files, folder);
  };
  await simulation.run(
    async () => {
      const { files } = host.start();
      createLogFolder(files, "/data", "orders", 0, topicId);
      for (const path of ["/", "/data", folder]) files.syncFolder(path);
      host.disk.watch = ({ kind }) => (kind === "sync" ? "EIO" : null);
      await expect(syncTopicId(files, folder)).rejects.toThrow();
      host.disk.watch = () => null;
      await syncTopicId(files, folder);
      expect([readTopicId(files, folder), idAfterPowerCut()]).toEqual([topicId, null]);
      for (const _step of rewriteUnsynced(files, folder, 0));
      await syncTopicId(files, folder);
      expect(idAfterPowerCut()).toBe(topicId);
    },
    { eventsMax: 1e5, virtualMsMax: 1e6 },
  );
});
