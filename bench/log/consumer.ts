/**
 * A consumer in a process of its own: `consumer.ts PORT TOPIC FROM BYTES` reads so many bytes of partition 0 as fast as it
 * can. It prints "reading" with the first answer, and at the end the next offset.
 */
import { Fetch } from "../../src/protocol/messages/01-fetch.js";
import { asBuffer, readInt64 } from "../../src/protocol/records/int64.js";
import { LAST_OFFSET_DELTA, LENGTH, PREFIX_BYTES } from "../../src/protocol/records/layout.js";
import { WireClient } from "../../tests/support/wire-client.js";

const FETCH_VERSION = 11;
const MAX_WAIT_MS = 500;
const FETCH_BYTES_MAX = 50 * 1024 * 1024;
/** Of Kafka's own consumer. */
const PARTITION_BYTES_MAX = 1024 * 1024;

const [port, topic, from, bytes] = process.argv.slice(2);
await consume(Number(port), topic ?? "", Number(from), Number(bytes));

async function consume(brokerPort: number, name: string, firstOffset: number, bytesWanted: number): Promise<void> {
  const client = await WireClient.connect({ host: "127.0.0.1", port: brokerPort });
  let offset = firstOffset;
  for (let read = 0; read < bytesWanted; ) {
    const records = await fetchOnce(client, name, offset);
    if (records === null || records.length === 0) break;
    if (read === 0) console.log("reading");
    read += records.length;
    offset = offsetBehind(records);
  }
  console.log(`nextOffset ${offset}`);
  client.close();
}

async function fetchOnce(client: WireClient, name: string, fetchOffset: number): Promise<Uint8Array | null> {
  const { responses } = await client.request(Fetch, FETCH_VERSION, {
    maxWaitMs: MAX_WAIT_MS,
    minBytes: 1,
    maxBytes: FETCH_BYTES_MAX,
    topics: [{ topic: name, partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: PARTITION_BYTES_MAX }] }],
  });
  const partition = responses[0]?.partitions[0];
  if (partition === undefined || partition.errorCode !== 0) throw new Error(`fetch error ${partition?.errorCode}`);
  return partition.records;
}

function offsetBehind(records: Uint8Array): number {
  const buffer = asBuffer(records);
  let last = 0;
  for (let next = 0; next < buffer.length; next += PREFIX_BYTES + buffer.readInt32BE(next + LENGTH)) last = next;
  return readInt64(buffer, last) + buffer.readInt32BE(last + LAST_OFFSET_DELTA) + 1;
}
