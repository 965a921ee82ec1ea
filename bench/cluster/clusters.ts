/** The clusters under load: three brokers each, of Apache Kafka and of Samsa in the ways that it runs several. */
import { RealCluster } from "../../tests/cluster/machines/real-cluster.js";
import { startApacheCluster } from "../../tests/support/apache-cluster.js";
import { startSamsaCluster } from "../../tests/support/samsa.js";
import { temporaryFolder } from "../../tests/support/temporary-folder.js";
import { cpuSecondsOf } from "../process-cpu.js";

export const clusterNames = ["apache", "one-process", "processes"] as const;
export type ClusterName = (typeof clusterNames)[number];

export const titles: Readonly<Record<ClusterName, string>> = {
  apache: "Apache Kafka, three processes",
  "one-process": "Samsa, `start --brokers 3`",
  processes: "Samsa, three processes over etcd",
};

export interface Cluster {
  readonly name: ClusterName;
  /** By this broker a client finds the others. */
  readonly port: number;
  /** Of all processes that the cluster needs, those of etcd too. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** What Kafka's own start script gives a broker. */
const jvmArguments = [
  "-Xms1g",
  "-Xmx1g",
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
];

export async function startCluster(name: ClusterName): Promise<Cluster> {
  switch (name) {
    case "apache": {
      const { bootstrapServers, pids, dispose } = await startApacheCluster({ jvmArguments });
      return clusterOf(name, bootstrapServers, pids, dispose);
    }
    case "one-process": {
      const folder = temporaryFolder("bench-cluster");
      const { bootstrapServers, pids, dispose } = await startSamsaCluster({ data: folder.path });
      return clusterOf(name, bootstrapServers, pids, async () => {
        await dispose();
        folder.remove();
      });
    }
    case "processes": {
      // As in the other two, nobody reads from the nearest replica.
      const cluster = await RealCluster.start({ properties: { "replica.selector.class": "" } });
      const pids = [...cluster.brokers.map(({ pid }) => pid), ...cluster.etcd.pids];
      return clusterOf(name, cluster.bootstrap, pids, () => cluster.stop());
    }
  }
}

function clusterOf(
  name: ClusterName,
  bootstrapServers: string,
  pids: readonly number[],
  stop: () => Promise<void>,
): Cluster {
  const [first = ""] = bootstrapServers.split(",");
  const port = Number(first.slice(first.lastIndexOf(":") + 1));
  return { name, port, cpuSeconds: () => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0), stop };
}
