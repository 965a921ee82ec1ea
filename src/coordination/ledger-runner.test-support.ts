/** A runner of the toy ledger over a log in memory, and what a test sees of it. */
import { manualEnvironment, settled } from "../../tests/support/manual-environment.js";
import { MemoryShardLog } from "../../tests/support/memory-shard-log.js";
import { emptyImage } from "../metadata/image/empty.js";
import type { ErrorCode } from "../protocol/errors.js";
import { buildEndTxnMarker } from "../protocol/records/control.js";
import { Runner } from "./runner.js";
import { coordinatorAnswers } from "./runner-options.js";
import { type LedgerTypes, ledger, ledgerCodec } from "./toy-ledger.test-support.js";

export function start(log = new MemoryShardLog(), limits: { ticketsMax?: number } = {}) {
  const environment = manualEnvironment();
  const errands: { audit: string; done: (result: { audited: string }) => void }[] = [];
  const over: ErrorCode[] = [];
  const bugs: unknown[] = [];
  const runner = new Runner<LedgerTypes>({
    machine: ledger,
    log,
    codec: ledgerCodec,
    environment,
    metadata: () => emptyImage,
    runErrand: ({ audit }) => new Promise((done) => errands.push({ audit, done })),
    answers: coordinatorAnswers,
    limits: { commitTimeoutMs: 5000, ticketsMax: 100, ...limits },
    onOver: (why) => over.push(why),
    onBug: (error) => bugs.push(error),
  });
  return { runner, log, ...environment, errands, over, bugs };
}

export async function started(log?: MemoryShardLog, limits?: { ticketsMax?: number }) {
  const running = start(log, limits);
  await settled();
  return running;
}

/** What the promise has come to by now. */
export async function now<T>(promise: Promise<T>): Promise<T | "waiting"> {
  return Promise.race([promise, settled().then(() => "waiting" as const)]);
}

export const balances = ({ runner }: { runner: Runner<LedgerTypes> }) => [...(runner.state?.balances ?? [])];

/** A marker stands in the log, and the runner hears of it. */
export function endTransaction(
  { runner, log }: ReturnType<typeof start>,
  producer: { id: number; epoch: number },
  commit: boolean,
) {
  const offset = log.endOffset;
  log.add(buildEndTxnMarker({ commit, coordinatorEpoch: 0 }, producer, 1));
  const transaction = { producerId: producer.id, producerEpoch: producer.epoch };
  runner.markerAppended({ ...transaction, commit }, { offset, leaderEpoch: 1, timestampMs: 1, transaction });
}
