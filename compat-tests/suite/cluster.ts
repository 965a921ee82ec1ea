/** The clusters that clients run against: of one broker or of three, the suite's own or somebody else's. */
import type { Ask } from "../contract.js";
import { addPartitions, createTopic, moveLeader } from "./administrator.js";

export interface Cluster {
  readonly bootstrap: string;
  /** What only its owner can do to it. */
  readonly own: OwnDeeds | null;
  /** Ends it, if it is the suite's own. */
  dispose(): Promise<void>;
}

export interface OwnDeeds {
  restart(): Promise<void>;
  kill(): Promise<void>;
  dropConnections(): void;
}

export const notOurs = "the broker is not the suite's own";

/** Does what a client asks for; gives why not, or null when it is done. */
export async function perform(cluster: Cluster, ask: Ask): Promise<string | null> {
  try {
    switch (ask.ask) {
      case "create-topic": {
        const { topic, partitions, replicas, configs } = ask;
        await createTopic(cluster.bootstrap, { name: topic, partitions, replicas, configs });
        return null;
      }
      case "add-partitions":
        await addPartitions(cluster.bootstrap, ask.topic, ask.count);
        return null;
      case "move-leader":
        await moveLeader(cluster.bootstrap, ask.topic);
        return null;
      case "restart-broker":
        await cluster.own?.restart();
        break;
      case "kill-broker":
        await cluster.own?.kill();
        break;
      case "drop-connections":
        cluster.own?.dropConnections();
        break;
    }
    return cluster.own === null ? notOurs : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
