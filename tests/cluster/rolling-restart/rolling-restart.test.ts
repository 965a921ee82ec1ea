import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { whyNoEtcd } from "../machines/etcd-members.js";
import { RealCluster } from "../machines/real-cluster.js";
import { clientNames } from "./client-program.js";
import { restartUnderClients } from "./restart-under-clients.js";

const TEST_MS_MAX = 240_000;
const why = whyNoEtcd();
let cluster: RealCluster;

describe.skipIf(why !== null)(
  `three brokers are restarted, one after the other${why === null ? "" : ` (${why})`}`,
  () => {
    beforeAll(async () => {
      cluster = await RealCluster.start();
    }, TEST_MS_MAX);
    afterAll(() => cluster?.stop());

    test(
      "kafkajs, Java and librdkafka write and read all the while, and no error reaches the application",
      async () => {
        const restartable = {
          bootstrap: cluster.bootstrap,
          nodeIds: cluster.brokers.map(({ nodeId }) => nodeId),
          stop: async (nodeId: number) => expect(await cluster.broker(nodeId).stop()).toBe(0),
          start: (nodeId: number) => cluster.broker(nodeId).start(),
        };
        const results = await restartUnderClients(restartable, clientNames, 1);
        for (const [client, { errors, counts }] of results) {
          console.log(`${client}: ${JSON.stringify(counts)}`);
          expect(errors, client).toEqual([]);
          expect(counts.acknowledged, client).toBeGreaterThan(0);
          expect(counts.missing, client).toBe(0);
        }
      },
      TEST_MS_MAX,
    );
  },
);
