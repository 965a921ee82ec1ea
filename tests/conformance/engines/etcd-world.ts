/** Three members of etcd, and engines over them, each as a process of its own would have it. */
import { EtcdEngine, type EtcdEngineOptions } from "../../../src/cluster/engines/etcd/etcd-engine.js";
import { nodeEnvironment } from "../../../src/environments/node/node-environment.js";
import type { Address } from "../../../src/lib/environment.js";
import { EtcdMembers } from "../../cluster/machines/etcd-members.js";
import { freePorts } from "../../cluster/machines/free-ports.js";
import { temporaryFolder } from "../../support/temporary-folder.js";

const HOST = "127.0.0.1";
const PORTS = 6;

export interface RunningEtcd {
  readonly members: EtcdMembers;
  readonly endpoints: readonly Address[];
  end(): Promise<void>;
}

export async function startEtcd(): Promise<RunningEtcd> {
  const folder = temporaryFolder("etcd");
  const ports = await freePorts(PORTS);
  const onHost = (command: string, args: readonly string[]) => ({ command, args });
  const members = await EtcdMembers.start({ folder: folder.path, host: HOST, ports, onHost });
  const end = async () => {
    await members.killAll();
    folder.remove();
  };
  return { members, endpoints: members.endpoints.split(",").map(addressOf), end };
}

export function addressOf(endpoint: string): Address {
  const [host = "", port] = endpoint.split(":");
  return { host, port: Number(port) };
}

let clusters = 0;

/** A name that no other test has used. */
export function newClusterName(): string {
  return `test-${++clusters}`;
}

export function engineOver(
  endpoints: readonly Address[],
  clusterName: string,
  more: Partial<EtcdEngineOptions> = {},
): EtcdEngine {
  return new EtcdEngine({
    ...{ environment: nodeEnvironment(), endpoints, tls: null, user: null, clusterName, startTimeoutMs: 15_000 },
    onProblem: () => {},
    ...more,
  });
}
