import { afterAll, beforeAll, describe, test } from "vitest";
import { whyNoEtcd } from "../../cluster/machines/etcd-members.js";
import { controllerContract } from "./controller-contract.js";
import { type EngineWorld, engineContract } from "./engine-contract.js";
import { engineOver, newClusterName, type RunningEtcd, startEtcd } from "./etcd-world.js";

const missing = whyNoEtcd();

describe("over three members of etcd", () => {
  if (missing !== null) {
    test("etcd is here", () => {
      throw new Error(missing);
    });
    return;
  }

  let etcd: RunningEtcd;
  beforeAll(async () => {
    etcd = await startEtcd();
  }, 60_000);
  afterAll(() => etcd.end());

  const world = async (): Promise<EngineWorld> => {
    const clusterName = newClusterName();
    const restart = async () => {};
    return { engine: () => engineOver(etcd.endpoints, clusterName), restart, end: restart };
  };
  engineContract("etcd", world);
  controllerContract("etcd", world);
});
