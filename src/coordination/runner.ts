import type { Instant } from "../lib/environment.js";
import { invariant } from "../lib/invariant.js";
import type { MayGo } from "../lib/waiters.js";
import type { MetadataImage } from "../metadata/image/image.js";
import { type ErrorCode, errors } from "../protocol/errors.js";
import { Deadline } from "./deadline.js";
import { load } from "./loading.js";
import { Outgoing } from "./outgoing.js";
import type { RunnerOptions } from "./runner-options.js";
import type { BatchToWrite } from "./shard-log.js";
import type { CallInput, Decision, Input, MachineTypes, RecordPosition, TransactionMarker } from "./state-machine.js";
import { type CallOptions, type Outcome, Pending, Tickets } from "./tickets.js";
import { TurnBatch } from "./turn-batch.js";

/** A deadline whose records the log refused comes again no sooner, lest the loop spins. */
const REFUSED_DEADLINE_RETRY_MS = 500;

type Phase<State> =
  | { readonly name: "loading" }
  | { readonly name: "serving"; readonly state: State }
  | { readonly name: "over" };

/** What a decision lets out, and where the log ends with it. */
interface Decided<T extends MachineTypes> {
  readonly decision: Decision<T>;
  readonly endOffset: number;
}

/**
 * Runs one state machine over one log: loads it, gives it one input after another, replays and appends what it decides,
 * keeps its one timer, and holds answers and errands back until what they depend on is committed.
 * From the first one on that writes, the inputs of a turn of the loop are handled at its end, and their records share a
 * batch.
 * When the log is lost, or the machine throws where its state may be half changed, the runner is over for good:
 * whoever made it makes another one, which loads again.
 */
export class Runner<T extends MachineTypes> {
  readonly #options: RunnerOptions<T>;
  readonly #tickets: Tickets;
  readonly #outgoing: Outgoing<T>;
  readonly #batch: TurnBatch;
  readonly #deadline: Deadline;
  /** Of this turn; they wait for its end. */
  #inputs: Input<T>[] = [];
  /** What the first of them comes to, if nothing changes the state before. */
  #foreseen: Decision<T> | null = null;
  /** Of the turn that is being handled. */
  #decided: Decided<T>[] = [];
  #isHandling = false;
  #phase: Phase<T["State"]> = { name: "loading" };

  constructor(options: RunnerOptions<T>) {
    this.#options = options;
    this.#batch = new TurnBatch(options.log);
    this.#deadline = new Deadline(options.environment.clock, () => this.#give({ type: "deadline" }));
    this.#tickets = new Tickets(options.environment.wire, (ticket) => this.#give({ type: "gone", ticket }));
    this.#outgoing = new Outgoing(options, this.#tickets, (result) => this.#errandDone(result));
    options.log.onLost((why) => this.#end(why));
    options.log.onCommitted(() => this.#releaseHeld());
    void this.#load();
  }

  /** For reading only, between inputs; null while loading and when over. */
  get state(): Readonly<T["State"]> | null {
    return this.#phase.name === "serving" ? this.#phase.state : null;
  }

  async call<K extends keyof T["Calls"]>(
    name: K,
    request: T["Calls"][K]["request"],
    { caller, timeoutMs }: CallOptions = {},
  ): Promise<Outcome<T["Calls"][K]["reply"]>> {
    return this.ask(name, request, caller, timeoutMs);
  }

  /** As `call`, without a promise for what is answered at once: most calls are heartbeats. */
  ask<K extends keyof T["Calls"]>(
    name: K,
    request: T["Calls"][K]["request"],
    caller?: MayGo,
    timeoutMs?: number,
  ): Outcome<T["Calls"][K]["reply"]> | Promise<Outcome<T["Calls"][K]["reply"]>> {
    const { answers, limits } = this.#options;
    if (this.#phase.name === "loading") return { errorCode: answers.loading };
    if (this.#phase.name === "over") return { errorCode: answers.lost };
    if (this.#tickets.size >= limits.ticketsMax) return { errorCode: answers.full };
    const pending = new Pending<T["Calls"][K]["reply"]>();
    const ticket = this.#tickets.open(pending);
    // The compiler cannot see that a name, its request and its ticket make one member of the union.
    this.#give({ type: "call", name, request, ticket } as CallInput<T>);
    this.#tickets.watch(ticket, caller, timeoutMs);
    return pending.outcome();
  }

  /** New metadata was published. What comes while the log is loaded is part of what `loaded` brings. */
  metadataChanged(before: MetadataImage, after: MetadataImage): void {
    if (this.#phase.name === "serving") this.#give({ type: "metadata", before, after });
  }

  /** A transaction marker was just appended to the log, at `at`. While loading, the loading will come across it. */
  markerAppended(marker: TransactionMarker, at: RecordPosition): void {
    const phase = this.#phase;
    if (phase.name !== "serving") return;
    invariant(!this.#isHandling, "a marker is not appended in the middle of an input");
    this.#foreseen = null;
    if (this.#changes(() => this.#options.machine.replayMarker(phase.state, marker, at))) this.#settleDown();
  }

  /** Ends it from outside: the broker stops. */
  close(): void {
    this.#stop();
  }

  async #load(): Promise<void> {
    const { machine, log, codec, environment, metadata, onServing } = this.#options;
    try {
      const stopped = () => this.#phase.name === "over";
      const state = await load({ machine, log, codec, environment, stopped });
      if (state === null) return;
      this.#phase = { name: "serving", state };
      this.#give({ type: "loaded", metadata: metadata() });
      onServing?.();
    } catch (error) {
      this.#fail(error);
    }
  }

  #give(input: Input<T>): void {
    invariant(!this.#isHandling, "a machine gives itself no inputs");
    if (this.#phase.name !== "serving") return;
    if (this.#inputs.length === 0) {
      const decision = this.#decide(this.#phase.state, input, this.#now());
      if (decision === null) return;
      if (decision.records.length === 0) {
        if (this.#touch(this.#phase.state, decision)) this.#outgoing.send(decision, this.#batch.endOffset);
        this.#settleDown();
        return;
      }
      this.#foreseen = decision;
      this.#options.environment.endOfTurn(this.#handleTurn);
    }
    this.#inputs.push(input);
  }

  /** Everything happens at one instant, and nothing that was decided is heard of before all is in the log. */
  readonly #handleTurn = (): void => {
    const inputs = this.#inputs;
    this.#inputs = [];
    const now = this.#now();
    this.#isHandling = true;
    for (const input of inputs) this.#handle(input, now);
    const lost = this.#phase.name === "serving" ? this.#batch.flush() : null;
    this.#isHandling = false;
    if (lost !== null) this.#end(lost);
    const decided = this.#decided;
    this.#decided = [];
    if (this.#phase.name !== "serving") return;
    for (const { decision, endOffset } of decided) this.#outgoing.send(decision, endOffset);
    this.#settleDown();
  };

  #handle(input: Input<T>, now: Instant): void {
    if (this.#phase.name !== "serving") return;
    const { state } = this.#phase;
    const decision = this.#foreseen ?? this.#decide(state, input, now);
    this.#foreseen = null;
    const encoded = decision && this.#encode(decision, input);
    if (decision === null || encoded === null) return;
    const refused = decision.records.length > 0 ? this.#write(state, decision, encoded, now) : null;
    if (refused !== null) this.#refuse(decision, input, refused, now);
    if (refused !== null || this.#phase.name !== "serving") return;
    if (this.#touch(state, decision)) this.#decided.push({ decision, endOffset: this.#batch.endOffset });
  }

  /** False: all is over. */
  #touch(state: T["State"], { touches }: Decision<T>): boolean {
    const { machine } = this.#options;
    return this.#changes(() => {
      for (const touch of touches) machine.touch(state, touch);
    });
  }

  #decide(state: T["State"], input: Input<T>, now: Instant): Decision<T> | null {
    return this.#digest(input, () => this.#options.machine.decide(state, input, now));
  }

  /** What a caller has put together may be too long for a record. */
  #encode({ records }: Decision<T>, input: Input<T>): BatchToWrite["records"] | null {
    return this.#digest(input, () => records.map((record) => this.#options.codec.encode(record)));
  }

  /** A call that the machine cannot digest harms nobody else: nothing is changed yet. Any other input must be digested. */
  #digest<R>(input: Input<T>, digest: () => R): R | null {
    try {
      return digest();
    } catch (error) {
      if (input.type !== "call") {
        this.#fail(error);
        return null;
      }
      this.#options.onBug(error);
      this.#tickets.settle(input.ticket, { errorCode: errors.UNKNOWN_SERVER_ERROR.code });
      return null;
    }
  }

  /** Puts the records into the batch of this turn and replays them. Not null: the log does not take them. */
  #write(state: T["State"], decision: Decision<T>, encoded: BatchToWrite["records"], now: Instant): ErrorCode | null {
    const { machine, log } = this.#options;
    const { producer = null } = decision;
    const timestampMs = now.wallMs;
    const { records, added } = this.#add(decision, { records: encoded, timestampMs, producer });
    if ("refused" in added) return added.refused;
    if ("lost" in added) {
      this.#end(added.lost);
      return null;
    }
    let offset = added.baseOffset;
    const transaction = producer === null ? null : { producerId: producer.id, producerEpoch: producer.epoch };
    const place = { leaderEpoch: log.epoch, timestampMs, transaction };
    this.#changes(() => {
      for (const record of records) machine.replay(state, record, { offset: offset++, ...place });
    });
    return null;
  }

  /** The records as they go into the log: in a transaction where they must count together and one batch has no room. */
  #add({ records, isDivisible }: Decision<T>, batch: BatchToWrite) {
    const { machine, codec } = this.#options;
    if (isDivisible === true) return { records, added: this.#batch.addDivisible(batch) };
    const { transaction } = machine;
    if (transaction === undefined || records.length > transaction.recordsMax || this.#batch.hasRoomFor(batch)) {
      return { records, added: this.#batch.add(batch) };
    }
    const { begin, end } = transaction;
    const enclosed = [codec.encode(begin), ...batch.records, codec.encode(end)];
    return { records: [begin, ...records, end], added: this.#batch.addDivisible({ ...batch, records: enclosed }) };
  }

  /** Nothing of the decision has happened. Its callers hear why, then the machine. */
  #refuse(decision: Decision<T>, of: Input<T>, errorCode: ErrorCode, now: Instant): void {
    for (const { to } of decision.replies) this.#tickets.settle(to, { errorCode });
    if (of.type === "call") this.#tickets.settle(of.ticket, { errorCode });
    if (of.type === "deadline") this.#deadline.holdOff(now.monotonicMs + REFUSED_DEADLINE_RETRY_MS);
    // What a machine decides on a refusal is not told again when it is refused as well: that might never end.
    if (of.type !== "refused") this.#handle({ type: "refused", errorCode, of }, now);
  }

  #errandDone(result: T["ErrandResult"]): void {
    if (this.#phase.name === "serving") this.#give({ type: "errandDone", result });
  }

  /** After the last input of a turn: what may leave leaves, and the timer is set for what comes next. */
  #settleDown(): void {
    this.#releaseHeld();
    this.#schedule();
  }

  /** Commits that come in the middle of a turn are seen at its end. */
  #releaseHeld(): void {
    if (!this.#isHandling) this.#outgoing.release();
  }

  /** Inputs that wait may put the deadline off. */
  #schedule(): void {
    if (this.#phase.name !== "serving" || this.#inputs.length > 0) return;
    this.#deadline.set(this.#options.machine.nextDeadlineMs(this.#phase.state));
  }

  /** Runs what changes the state. False when it threw: half a change cannot be undone, so all is over. */
  #changes(change: () => void): boolean {
    try {
      change();
      return this.#phase.name === "serving";
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#options.onBug(error);
    this.#end(errors.UNKNOWN_SERVER_ERROR.code);
  }

  #end(why: ErrorCode): void {
    if (this.#stop()) this.#options.onOver(why);
  }

  /** True when it was not over before. */
  #stop(): boolean {
    if (this.#phase.name === "over") return false;
    this.#phase = { name: "over" };
    this.#deadline.cancel();
    this.#outgoing.clear();
    this.#options.log.close();
    this.#tickets.settleAll(this.#options.answers.lost);
    return true;
  }

  #now(): Instant {
    const { clock } = this.#options.environment;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }
}
