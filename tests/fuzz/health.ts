/** Whether a broker is well after it was mistreated. */
import { readFileSync } from "node:fs";
import { Produce } from "../../src/protocol/messages/00-produce.js";
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { ApiVersions } from "../../src/protocol/messages/18-api-versions.js";
import { CreateTopics } from "../../src/protocol/messages/19-create-topics.js";
import { batchOf, fetchFrom, produceTo } from "../differential/requests.js";
import type { TargetBroker } from "../support/target-broker.js";
import { WireClient } from "../support/wire-client.js";

/** What the process has in memory now, as the kernel counts it. */
export function residentBytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory`);
  return Number(kibibytes) * 1024;
}

/** It answers, takes a record and gives it back. Null, or what is wrong. */
export async function whatIsWrong({ host, port }: TargetBroker, topic: string): Promise<string | null> {
  const client = await WireClient.connect({ host, port });
  try {
    const { errorCode, apiKeys } = await client.request(ApiVersions, 0, {});
    if (errorCode !== 0 || apiKeys.length === 0) return `ApiVersions is answered with error ${errorCode}`;
    const made = { name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
    await client.request(CreateTopics, 5, { topics: [made], timeoutMs: 5000 });
    const produced = await client.request(Produce, 9, produceTo(topic, batchOf(["still here"])));
    const written = produced.responses[0]?.partitionResponses[0];
    if (written?.errorCode !== 0) return `Produce is answered with error ${written?.errorCode}`;
    const fetched = await client.request(Fetch, 11, fetchFrom(topic, written.baseOffset));
    const read = fetched.responses[0]?.partitions[0];
    const isBack = read?.errorCode === 0 && Buffer.from(read.records ?? []).includes("still here");
    return isBack ? null : `Fetch is answered with error ${read?.errorCode}, and without the record`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client.close();
  }
}
