/** Reads all records of a topic by bare Fetch requests, partition by partition, up to the high watermark. */
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { readBatches } from "../../src/protocol/records/batch.js";
import { isRefusal, readRecords } from "../../src/protocol/records/record.js";
import type { TargetBroker } from "../support/target-broker.js";
import { WireClient } from "../support/wire-client.js";

const FETCH_VERSION = 12;
const FETCH_BYTES = 4 * 1024 * 1024;

/** The values of each partition, in order. */
export async function readBack(broker: TargetBroker, topic: string, partitions: number): Promise<string[][]> {
  const client = await WireClient.connect({ host: broker.host, port: broker.port });
  try {
    const values: string[][] = [];
    for (let partition = 0; partition < partitions; partition++) {
      values.push(await readPartition(client, topic, partition));
    }
    return values;
  } finally {
    client.close();
  }
}

async function readPartition(client: WireClient, topic: string, partition: number): Promise<string[]> {
  const values: string[] = [];
  for (let next = 0; ; ) {
    const records = await fetchFrom(client, topic, partition, next);
    const { batches } = readBatches(records);
    if (batches.length === 0) return values;
    for (const batch of batches) {
      const opened = readRecords(batch, FETCH_BYTES);
      if (isRefusal(opened) || !batch.hasValidCrc()) throw new Error(`the batch at ${batch.baseOffset} is damaged`);
      for (const { offset, value } of opened) if (offset >= next) values.push(Buffer.from(value ?? []).toString());
      next = batch.lastOffset + 1;
    }
  }
}

async function fetchFrom(client: WireClient, topic: string, partition: number, offset: number): Promise<Uint8Array> {
  const answer = await client.request(Fetch, FETCH_VERSION, {
    maxWaitMs: 0,
    minBytes: 0,
    maxBytes: FETCH_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: FETCH_BYTES }] }],
  });
  const found = answer.responses[0]?.partitions[0];
  if (found === undefined || found.errorCode !== 0) throw new Error(`a fetch is answered with ${found?.errorCode}`);
  return found.records ?? new Uint8Array();
}
