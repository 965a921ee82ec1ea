/**
 * Carries out moves, a limited number at a time, until all are done or somebody interrupts. The cluster finishes by itself
 * what it has begun, whether anybody watches or not.
 */
import type { Clock } from "../../lib/environment.js";
import { errors } from "../../protocol/errors.js";
import { ElectLeaders } from "../../protocol/messages/43-elect-leaders.js";
import { AlterPartitionReassignments } from "../../protocol/messages/45-alter-partition-reassignments.js";
import type { Output } from "../output.js";
import { type Admin, refusal } from "./asking/admin.js";
import { listMoves, partitionName } from "./asking/cluster-view.js";
import { askSizes, type BrokerSizes } from "./asking/sizes.js";
import { bytesToCopy, type Move } from "./planning/placement.js";
import { bytesText, counted } from "./text.js";

export interface Carrying {
  readonly admin: Admin;
  readonly wire: Clock;
  readonly output: Output;
  /** Called before the first move. From then on it is aborted when whoever gave the command wants it back. */
  readonly interruption: () => AbortSignal;
}

/** As in Cruise Control, so that a leader is not asked by very many new followers at once. */
const MOVES_AT_ONCE = 50;
const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 5_000;
/** With nothing moved for so long, somebody should look. */
const STUCK_AFTER_MS = 60_000;
const [PREFERRED, UNKNOWN] = [0, -1];

/** What is left when somebody interrupts; null: all is done. */
export interface Interrupted {
  readonly underWay: number;
  readonly notBegun: number;
}

export async function carryOut(
  carrying: Carrying,
  moves: readonly Move[],
  interrupted: AbortSignal,
): Promise<Interrupted | null> {
  const { admin, wire } = carrying;
  const waiting = [...moves];
  const underWay = new Map<string, Move>();
  const progress = new Progress(carrying, moves);
  for (;;) {
    if (interrupted.aborted) return { underWay: underWay.size, notBegun: waiting.length };
    const room = MOVES_AT_ONCE - underWay.size;
    const begun = waiting.splice(0, room);
    if (begun.length > 0) await reassign(admin, begun);
    for (const move of begun) underWay.set(partitionName(move), move);
    const moving = await listMoves(admin);
    for (const [name, move] of underWay) {
      if (moving.has(name)) continue;
      underWay.delete(name);
      progress.done(move);
    }
    if (underWay.size + waiting.length === 0) break;
    await progress.look([...underWay.values()]);
    if (underWay.size > 0) await pause(wire, LOOK_EVERY_MS, interrupted);
  }
  return null;
}

/** Leadership goes to the first replica. */
export async function electPreferred(admin: Admin, some: readonly Pick<Move, "topic" | "index">[]): Promise<void> {
  if (some.length === 0) return;
  const topicPartitions = byTopic(some).map(([topic, ofTopic]) => ({
    topic,
    partitions: ofTopic.map(({ index }) => index),
  }));
  const { errorCode } = await admin.ask(ElectLeaders, { electionType: PREFERRED, topicPartitions });
  if (errorCode !== errors.NONE.code) throw refusal("The election of preferred leaders", errorCode);
}

/** Moves that go on are taken back: what was there before stays. */
export async function takeBack(admin: Admin, moves: readonly Pick<Move, "topic" | "index">[]): Promise<void> {
  await reassign(
    admin,
    moves.map((move) => ({ ...move, to: null })),
  );
}

interface Target extends Pick<Move, "topic" | "index"> {
  readonly to: readonly number[] | null;
}

async function reassign(admin: Admin, targets: readonly Target[]): Promise<void> {
  const topics = byTopic(targets).map(([name, some]) => ({
    name,
    partitions: some.map(({ index, to }) => ({ partitionIndex: index, replicas: to })),
  }));
  const { errorCode, errorMessage, responses } = await admin.ask(AlterPartitionReassignments, { topics });
  if (errorCode !== errors.NONE.code) throw refusal("Moving partitions", errorCode, errorMessage);
  for (const { name: topic, partitions } of responses) {
    for (const { partitionIndex: index, errorCode: code, errorMessage: why } of partitions) {
      if (harmless.has(code)) continue;
      throw refusal(`Moving ${partitionName({ topic, index })}`, code, why);
    }
  }
}

/** The topic was deleted meanwhile, or the move had ended. */
const harmless: ReadonlySet<number> = new Set([
  errors.NONE.code,
  errors.UNKNOWN_TOPIC_OR_PARTITION.code,
  errors.NO_REASSIGNMENT_IN_PROGRESS.code,
]);

function byTopic<T extends Pick<Move, "topic">>(moves: readonly T[]): [string, T[]][] {
  const topics = new Map<string, T[]>();
  for (const move of moves) topics.set(move.topic, [...(topics.get(move.topic) ?? []), move]);
  return [...topics];
}

/** Tells from time to time how far all is, and once when nothing gets on. */
class Progress {
  readonly #carrying: Carrying;
  readonly #startMs: number;
  readonly #moveCount: number;
  readonly #bytes: number;
  #doneMoves = 0;
  #doneBytes = 0;
  #toldMs: number;
  #seen = UNKNOWN;
  #seenMs: number;

  constructor(carrying: Carrying, moves: readonly Move[]) {
    this.#carrying = carrying;
    this.#moveCount = moves.length;
    this.#bytes = bytesToCopy(moves);
    this.#startMs = carrying.wire.monotonicMs();
    [this.#toldMs, this.#seenMs] = [this.#startMs, this.#startMs];
  }

  done(move: Move): void {
    this.#doneMoves++;
    this.#doneBytes += bytesToCopy([move]);
  }

  async look(underWay: readonly Move[]): Promise<void> {
    const { wire, output } = this.#carrying;
    const nowMs = wire.monotonicMs();
    if (nowMs - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = nowMs;
    const copied = this.#doneBytes + (await copiedSoFar(this.#carrying.admin, underWay));
    await output.print(this.#line(copied, underWay.length, nowMs));
    if (copied + this.#doneMoves !== this.#seen) [this.#seen, this.#seenMs] = [copied + this.#doneMoves, nowMs];
    else if (nowMs - this.#seenMs >= STUCK_AFTER_MS) {
      this.#seenMs = nowMs;
      const slow = underWay.slice(0, 3).map((move) => `${partitionName(move)} to ${move.adds.join(" and ")}`);
      output.complain(`Nothing has moved for a minute (${slow.join(", ")}): see \`samsa cluster status\`.`);
    }
  }

  #line(copied: number, underWay: number, nowMs: number): string {
    const bytes = `${bytesText(copied)} of ${bytesText(this.#bytes)}`;
    const leftMs = copied > 0 ? ((this.#bytes - copied) / copied) * (nowMs - this.#startMs) : 0;
    const left = leftMs > 0 ? `, about ${counted(Math.ceil(leftMs / 60_000), "minute")} left` : "";
    return `${this.#doneMoves} of ${counted(this.#moveCount, "move")} done, ${underWay} under way, ${bytes}${left}`;
  }
}

async function copiedSoFar(admin: Admin, underWay: readonly Move[]): Promise<number> {
  const copying = underWay.filter(({ adds }) => adds.length > 0);
  const topics = byTopic(copying).map(([topic, some]) => ({ topic, partitions: some.map(({ index }) => index) }));
  const targets = new Set(copying.flatMap(({ adds }) => adds));
  const sizes: ReadonlyMap<number, BrokerSizes> = await askSizes(admin, [...targets], topics);
  const sizeAt = (move: Move, id: number) => sizes.get(id)?.ofPartitions.get(partitionName(move)) ?? 0;
  return copying.reduce(
    (sum, move) => sum + move.adds.reduce((of, id) => of + Math.min(sizeAt(move, id), move.bytes), 0),
    0,
  );
}

function pause(wire: Clock, ms: number, interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      interrupted.removeEventListener("abort", end);
      resolve();
    };
    const timer = wire.at(wire.monotonicMs() + ms, end);
    interrupted.addEventListener("abort", end);
  });
}
