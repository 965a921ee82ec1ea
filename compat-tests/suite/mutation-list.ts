/** Faults that are put into Samsa, one at a time, and the cells that must turn red by each. */

export interface Mutation {
  readonly name: string;
  /** A file of `src`, a piece of it that is there once, and what comes in its place. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly client: "kafkajs" | "java-clients-4.3.1";
  /** Where it must show: one of these at least. */
  readonly scenarios: readonly string[];
}

export const mutations: readonly Mutation[] = [
  {
    name: "the high watermark is one too low",
    file: "storage/log-offsets.ts",
    find: "return this.#highWatermark;",
    replace: "return Math.max(0, this.#highWatermark - 1);",
    client: "kafkajs",
    scenarios: ["produce-none", "recompressed"],
  },
  {
    name: "OffsetFetch answers one too many",
    file: "groups/offsets/fetch.ts",
    find: "committedOffset: committed.offset,",
    replace: "committedOffset: committed.offset + 1,",
    client: "kafkajs",
    scenarios: ["commit-resume"],
  },
  {
    name: "the header of a flexible answer has no place for tags",
    file: "protocol/frames/frame.ts",
    find: "writeMessage(ResponseHeader, responseHeaderVersion(api, version), { correlationId }, writer);",
    replace: "writeMessage(ResponseHeader, 0, { correlationId }, writer);",
    client: "java-clients-4.3.1",
    scenarios: ["metadata"],
  },
  {
    name: "the CRC is not computed again when the broker stamps its time",
    file: "protocol/records/batch.ts",
    find: "writeInt64(this.#bytes, timestampMs, this.#start + layout.MAX_TIMESTAMP);\n    this.writeCrc();",
    replace: "writeInt64(this.#bytes, timestampMs, this.#start + layout.MAX_TIMESTAMP);",
    client: "java-clients-4.3.1",
    scenarios: ["timestamps"],
  },
  {
    name: "an aborted transaction is committed",
    file: "transactions/ending/end-transaction.ts",
    find: "commit: request.committed,",
    replace: "commit: true,",
    client: "kafkajs",
    scenarios: ["txn-abort"],
  },
  {
    name: "readers are not told which transactions were aborted",
    file: "storage/reads/log-reader.ts",
    find: "return aborted.sort((a, b) => a.firstOffset - b.firstOffset);",
    replace: "return [];",
    client: "kafkajs",
    scenarios: ["txn-abort"],
  },
  {
    name: "an open transaction holds no reader back",
    file: "cluster/replication/partition.ts",
    find: 'return upTo === "high watermark" ? this.highWatermark : this.lastStableOffset;',
    replace: "return this.highWatermark;",
    client: "kafkajs",
    scenarios: ["read-committed"],
  },
  {
    name: "a batch may be as large as it likes",
    file: "storage/appends/check-append.ts",
    find: "if (sizeInBytes > config.maxMessageBytes) {",
    replace: "if (sizeInBytes > config.maxMessageBytes * 100) {",
    client: "kafkajs",
    scenarios: ["error-too-large"],
  },
  {
    name: "a record of the very time is not found",
    file: "storage/reads/find-offset.ts",
    find: "record.timestampMs >= timestampMs && record.offset >= logStartOffset",
    replace: "record.timestampMs > timestampMs && record.offset >= logStartOffset",
    client: "kafkajs",
    scenarios: ["seek-time"],
  },
  {
    name: "a silent member lives on",
    file: "groups/touch.ts",
    find: "touch.memberId, touch.untilMs",
    replace: "touch.memberId, touch.untilMs === null ? null : touch.untilMs + 600_000",
    client: "kafkajs",
    scenarios: ["group-member-dies"],
  },
  {
    name: "a compacted topic takes records without a key",
    file: "storage/appends/check-append.ts",
    find: "({ key }) => key === null",
    replace: "() => false",
    client: "kafkajs",
    scenarios: ["error-null-key"],
  },
  {
    name: "the second producer of a transactional.id fences nobody",
    file: "transactions/states.ts",
    find: "Math.min(producerEpoch + 1, EPOCH_MAX)",
    replace: "Math.min(producerEpoch, EPOCH_MAX)",
    client: "kafkajs",
    scenarios: ["txn-fence"],
  },
];
