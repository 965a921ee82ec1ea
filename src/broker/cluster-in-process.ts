import type { MetadataEngine } from "../metadata/engine.js";

/** What the brokers of a cluster that lives in one process share: the metadata, and each other's ports. */
export interface ClusterInProcess {
  readonly clusterId: string;
  /** How many brokers there will be once all have started. */
  readonly size: number;
  /** Opened, and closed by whoever opened it. */
  readonly engine: MetadataEngine;
  /** Up to here the metadata is committed: a broker that starts now need not live through what was before. */
  readonly committedOffset: () => number;
  /** The port of a listener of another broker; null when that broker does not run, or has no such listener. */
  readonly portOf: (brokerId: number, listener: string) => number | null;
}
