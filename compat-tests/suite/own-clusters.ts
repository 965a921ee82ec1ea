/** Clusters that the suite starts itself, of Samsa or of Apache Kafka. */
import { startApacheCluster } from "../../tests/support/apache-cluster.js";
import { startApacheKafka } from "../../tests/support/apache-kafka.js";
import { startSamsa, startSamsaCluster } from "../../tests/support/samsa.js";
import type { Target } from "../../tests/support/target-broker.js";
import type { Cluster } from "./cluster.js";
import { TcpProxy } from "./tcp-proxy.js";

/** The scenarios create their topics, and some of their records are years old. */
const properties = {
  "auto.create.topics.enable": "false",
  "log.retention.ms": "-1",
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "5",
  "transaction.state.log.num.partitions": "5",
};

export interface TargetChoice {
  readonly target: Target;
  /** Samsa's command, where it is not the one that this tree builds. */
  readonly script: string | null;
}

/** One broker, behind a proxy that can cut its connections. */
export async function oneBroker(
  { target, script }: TargetChoice,
  more: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const proxy = await TcpProxy.open();
  const options = {
    properties: { ...properties, ...more, "advertised.listeners": `PLAINTEXT://127.0.0.1:${proxy.port}` },
    ...(script === null ? {} : { script }),
  };
  const broker = await (target === "samsa" ? startSamsa(options) : startApacheKafka(options));
  proxy.target = broker.port;
  return {
    bootstrap: `127.0.0.1:${proxy.port}`,
    own: {
      restart: async () => {
        await broker.stop();
        await broker.start();
      },
      kill: async () => {
        await broker.kill();
        await broker.start();
      },
      dropConnections: () => proxy.dropConnections(),
    },
    dispose: async () => {
      proxy.close();
      await broker.dispose();
    },
  };
}

export async function threeBrokers({ target, script }: TargetChoice): Promise<Cluster> {
  const options = { properties, ...(script === null ? {} : { script }) };
  const cluster = await (target === "samsa" ? startSamsaCluster(options) : startApacheCluster(options));
  return { bootstrap: cluster.bootstrapServers, own: null, dispose: () => cluster.dispose() };
}
