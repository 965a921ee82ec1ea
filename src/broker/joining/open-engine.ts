/**
 * The one place that chooses who keeps the metadata: this node in its own folder, the process for several brokers, or etcd
 * for several processes.
 */
import { LocalEngine } from "../../cluster/engines/local/local-engine.js";
import type { BrokerConfig } from "../../config/broker-config.js";
import type { Address, Environment } from "../../lib/environment.js";
import { invariant, unreachable } from "../../lib/invariant.js";
import type { MetadataEngine } from "../../metadata/engine.js";
import type { Logger } from "../../observability/logger.js";
import type { ClusterInProcess } from "../cluster-in-process.js";
import type { DataFolders } from "../storing/data-folders.js";
import { etcdTls } from "./etcd-tls.js";

export interface EngineToOpen {
  readonly config: BrokerConfig;
  readonly environment: Environment;
  readonly logger: Logger;
  readonly folders: DataFolders;
  /** Where several brokers share this process. */
  readonly cluster: ClusterInProcess | undefined;
}

export interface OpenEngine {
  readonly engine: MetadataEngine;
  readonly clusterId: string;
  /** Up to here the metadata was committed before this start. */
  readonly committedOffset: number;
  /** Ends what this broker opened itself. */
  readonly close: () => Promise<void>;
}

/** Whether other brokers have the same metadata: of this process, or of others. */
export function hasPeers(config: BrokerConfig, cluster: ClusterInProcess | undefined): boolean {
  return cluster !== undefined || config.metadata.samsaMetadataEngine !== "local";
}

/** Rejects with `EngineProblem` or `StartFailure`, and then leaves nothing open. */
export async function openEngine(options: EngineToOpen): Promise<OpenEngine> {
  const { config, folders, cluster } = options;
  if (cluster !== undefined) return inProcess(cluster);
  const { samsaMetadataEngine } = config.metadata;
  switch (samsaMetadataEngine) {
    case "local":
      folders.refuseWithoutMetadataLog();
      return await opened(localEngine(options), config.clusterId ?? folders.clusterId);
    case "etcd":
      folders.refuseMetadataLog(config.node.metadataLogDir);
      // What a folder says is compared later: an etcd that has lost its data must not get a new cluster of that name.
      return await opened(await etcdEngine(options), config.clusterId);
    default:
      return unreachable(samsaMetadataEngine);
  }
}

async function opened(engine: MetadataEngine, wantedClusterId: string | null): Promise<OpenEngine> {
  try {
    const { clusterId, committedOffset } = await engine.open(wantedClusterId ?? undefined);
    return { engine, clusterId, committedOffset, close: () => engine.close() };
  } catch (failure) {
    await engine.close();
    throw failure;
  }
}

/** Opened, and closed, by the process. */
function inProcess({ engine, clusterId, committedOffset }: ClusterInProcess): OpenEngine {
  return { engine, clusterId, committedOffset: committedOffset(), close: async () => {} };
}

function localEngine({ config, environment, folders }: EngineToOpen): MetadataEngine {
  const { metadata } = folders;
  invariant(metadata !== null, "a node alone keeps the metadata");
  return new LocalEngine({ environment, directory: metadata, nodeId: config.nodeId });
}

/** Its client is loaded here: who does without it starts sooner. */
async function etcdEngine({ config, environment, logger }: EngineToOpen): Promise<MetadataEngine> {
  const { metadata } = config;
  const { EtcdEngine } = await import("../../cluster/engines/etcd/etcd-engine.js");
  const { samsaMetadataEtcdUsername: name, samsaMetadataEtcdPassword: password } = metadata;
  return new EtcdEngine({
    environment,
    endpoints: metadata.samsaMetadataEtcdEndpoints.map(addressOf),
    tls: etcdTls(metadata, environment),
    user: name === null ? null : { name, password: password ?? "" },
    clusterName: metadata.samsaMetadataEtcdCluster,
    startTimeoutMs: metadata.samsaMetadataEtcdStartTimeoutMs,
    onProblem: (sentence) => logger.warn(sentence),
  });
}

/** `host:port`, as the configuration has checked it; an IPv6 address stands in brackets. */
function addressOf(endpoint: string): Address {
  const colon = endpoint.lastIndexOf(":");
  const host = endpoint.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(endpoint.slice(colon + 1)) };
}
