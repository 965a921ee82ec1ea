/** Replays a log into a fresh state, in slices, so that a long one never stops the loop. */
import type { Environment, Job } from "../lib/environment.js";
import { invariant } from "../lib/invariant.js";
import { type RecordBatch, readBatches } from "../protocol/records/batch.js";
import { readEndTxnMarker } from "../protocol/records/control.js";
import { isRefusal, readRecords } from "../protocol/records/record.js";
import type { RecordCodec } from "./record-codec.js";
import type { ShardLog } from "./shard-log.js";
import type { MachineTypes, RecordPosition, StateMachine } from "./state-machine.js";

/** A batch that is larger than this when decompressed is none of ours. */
const BATCH_BYTES_MAX = 64 * 1024 * 1024;
/** So many records are replayed between two looks at the clock. */
const RECORDS_PER_STEP = 64;

export interface Loading<T extends MachineTypes> {
  readonly machine: StateMachine<T>;
  readonly codec: RecordCodec<T["Rec"]>;
  readonly log: ShardLog;
  readonly environment: Pick<Environment, "offload">;
  /** Asked between slices: true ends the loading early. */
  readonly stopped: () => boolean;
}

/**
 * The state after the whole log, also what was appended while it was read; or null when it was stopped.
 * Rejects when the log cannot be read or makes no sense.
 */
export async function load<T extends MachineTypes>(loading: Loading<T>): Promise<T["State"] | null> {
  const { machine, log, environment } = loading;
  const state = machine.create();
  let next = 0;
  do {
    const end = log.endOffset;
    for await (const slice of log.read(next)) {
      if (loading.stopped()) return null;
      await environment.offload(replaySlice<T>(), { loading, state, slice });
    }
    next = end;
  } while (next < log.endOffset);
  return loading.stopped() ? null : state;
}

interface SliceToReplay<T extends MachineTypes> {
  readonly loading: Loading<T>;
  readonly state: T["State"];
  readonly slice: Uint8Array;
}

function replaySlice<T extends MachineTypes>(): Job<SliceToReplay<T>, void> {
  return {
    name: "replay a slice of a log",
    *run({ loading, state, slice }) {
      const { batches, stop } = readBatches(slice);
      invariant(stop === null, `a slice of the log holds whole batches (${stop})`);
      for (const batch of batches) {
        if (loading.stopped()) return;
        if (batch.isControl) replayControl(loading.machine, state, batch);
        else yield* replayBatch(loading, state, batch);
        yield;
      }
    },
  };
}

function* replayBatch<T extends MachineTypes>(
  { machine, codec }: Loading<T>,
  state: T["State"],
  batch: RecordBatch,
): Generator<void, void, void> {
  const records = readRecords(batch, BATCH_BYTES_MAX);
  if (isRefusal(records)) throw new Error(`Record batch at offset ${batch.baseOffset}: ${records.errorMessage}`);
  const { leaderEpoch, isTransactional, producerId, producerEpoch } = batch;
  const transaction = isTransactional ? { producerId, producerEpoch } : null;
  let steps = 0;
  for (const { offset, timestampMs, key, value } of records) {
    const record = codec.decode(key, value);
    if (record !== null) machine.replay(state, record, { offset, leaderEpoch, timestampMs, transaction });
    if (++steps % RECORDS_PER_STEP === 0) yield;
  }
}

/** The end of a transaction, or a control record that is not the machine's business. */
function replayControl<T extends MachineTypes>(machine: StateMachine<T>, state: T["State"], batch: RecordBatch): void {
  const marker = readEndTxnMarker(batch);
  if (marker === null) return;
  const { producerId, producerEpoch } = batch;
  const at: RecordPosition = {
    offset: batch.baseOffset,
    leaderEpoch: batch.leaderEpoch,
    timestampMs: batch.maxTimestampMs,
    transaction: { producerId, producerEpoch },
  };
  machine.replayMarker(state, { producerId, producerEpoch, commit: marker.commit }, at);
}
