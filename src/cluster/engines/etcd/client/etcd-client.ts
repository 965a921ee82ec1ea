/**
 * Asks the members of etcd, one at a time: whichever does not answer within the deadline is left for the next one. A
 * client without a deadline hangs for seconds when etcd's leader dies, and for ever when a member is stopped.
 */
import type { Address, Environment } from "../../../../lib/environment.js";
import { invariant } from "../../../../lib/invariant.js";
import { type Call, calls } from "./calls.js";
import { EtcdFailure } from "./failure.js";
import { type EtcdTls, type Grpc, Member, type Stream, type StreamEnds } from "./member.js";
import type { GivenOf, Message, ValueOf } from "./message.js";
import { pause } from "./pause.js";

export interface EtcdClientOptions {
  readonly wire: Environment["wire"];
  readonly endpoints: readonly Address[];
  /** Asked for at the start, and again after each failure: certificates are replaced while brokers run. Null: no TLS. */
  readonly tls: (() => EtcdTls) | null;
  readonly user: { readonly name: string; readonly password: string } | null;
  readonly onProblem: (sentence: string) => void;
}

const CALL_TIMEOUT_MS = 1_000;
/** Where all members are slow they are waited for longer, round after round. */
const CALL_TIMEOUT_MS_MAX = 4_000;
/** After all members were asked in vain. */
const RETRY_MS = 200;

export class EtcdClient {
  readonly #options: EtcdClientOptions;
  readonly #members: readonly Member[];
  #current = 0;
  #token: string | null = null;
  /** How many members were left in a row, since the last answer. */
  #left = 0;
  /** How often nothing came in time, since an answer came as soon as it should. */
  #silences = 0;
  /** The last that was heard of a failure, for people. */
  #lastFailure = "";
  /** What people were told that is not mended yet. */
  readonly #told = new Set<string>();

  constructor(grpc: Grpc, options: EtcdClientOptions) {
    const { endpoints, tls } = options;
    invariant(endpoints.length > 0, "etcd has at least one member");
    this.#options = options;
    this.#members = endpoints.map((address) => new Member(grpc, address, tls));
  }

  get wire(): Environment["wire"] {
    return this.#options.wire;
  }

  /** Why etcd does not answer, in a sentence; empty while it does. */
  get lastFailure(): string {
    return this.#lastFailure;
  }

  /**
   * Asks until there is an answer. So the request must be one that may be done twice. Rejects with `EtcdFailure` when
   * etcd says no, and with `Aborted` when the signal comes first.
   */
  async ask<Q extends Message, A extends Message>(
    call: Call<Q, A>,
    given: GivenOf<Q>,
    until: AbortSignal,
    timeoutMs = CALL_TIMEOUT_MS,
  ): Promise<ValueOf<A>> {
    while (!until.aborted) {
      const patienceMs = this.#patienceMs(timeoutMs);
      const askedMs = this.wire.monotonicMs();
      const outcome = await this.#try(call, given, patienceMs);
      const tookMs = this.wire.monotonicMs() - askedMs;
      if (!(outcome instanceof EtcdFailure)) {
        if (tookMs < timeoutMs) this.#silences = 0;
        return outcome;
      }
      // A deadline may strike a little early.
      if (tookMs > patienceMs / 2) this.#silences++;
      const isStale = outcome.kind === "token" && this.#options.user !== null;
      if (outcome.kind !== "unanswered" && !isStale) throw outcome;
      if (isStale || this.#hasAskedAll) await pause(this.wire, RETRY_MS, until);
    }
    throw new Aborted();
  }

  /** A stream to the member that answers now. Who finds it silent says so by `leave`. */
  async open<Q extends Message, A extends Message>(
    call: Call<Q, A>,
    ends: StreamEnds<ValueOf<A>>,
  ): Promise<OpenStream<GivenOf<Q>> | EtcdFailure> {
    const member = this.#member();
    const failure = await this.#authenticate(member);
    if (failure !== null) return this.#failed(member, failure);
    const onAnswer = (answer: ValueOf<A>) => {
      this.#answered();
      ends.onAnswer(answer);
    };
    const onFailure = (why: EtcdFailure) => ends.onFailure(this.#failed(member, why));
    const { send, end } = member.open(call, this.#token, { onAnswer, onFailure });
    const leave = () => {
      end();
      this.#failed(member, new EtcdFailure("unanswered", `etcd at ${member.place}: a stream fell silent`));
    };
    return { send, end, leave };
  }

  /** Tells people, once, however often it happens. */
  report(sentence: string): void {
    if (!this.#told.has(sentence)) this.#options.onProblem(sentence);
    this.#told.add(sentence);
  }

  close(): void {
    for (const member of this.#members) member.close();
  }

  /** What all members are asked in one round is waited for equally long. */
  #patienceMs(timeoutMs: number): number {
    const round = Math.floor(this.#silences / this.#members.length);
    return Math.min(timeoutMs * 2 ** round, Math.max(timeoutMs, CALL_TIMEOUT_MS_MAX));
  }

  #member(): Member {
    const member = this.#members[this.#current];
    invariant(member !== undefined, "the current member is one of them");
    return member;
  }

  async #try<Q extends Message, A extends Message>(call: Call<Q, A>, given: GivenOf<Q>, timeoutMs: number) {
    const member = this.#member();
    try {
      const failure = await this.#authenticate(member, timeoutMs);
      if (failure !== null) return this.#failed(member, failure);
      const answer = await member.ask(call, given, { token: this.#token, timeoutMs });
      this.#answered();
      return answer;
    } catch (error) {
      if (error instanceof EtcdFailure) return this.#failed(member, error);
      throw error;
    }
  }

  async #authenticate(member: Member, timeoutMs = CALL_TIMEOUT_MS): Promise<EtcdFailure | null> {
    const { user } = this.#options;
    if (user === null || this.#token !== null) return null;
    try {
      const { token } = await member.ask(calls.authenticate, user, { token: null, timeoutMs });
      this.#token = token;
      return null;
    } catch (error) {
      if (error instanceof EtcdFailure) return error;
      throw error;
    }
  }

  #answered(): void {
    if (this.#told.size > 0) this.#options.onProblem("etcd serves again");
    this.#told.clear();
    this.#left = 0;
    this.#lastFailure = "";
  }

  get #hasAskedAll(): boolean {
    return this.#left > 0 && this.#left % this.#members.length === 0;
  }

  /** The next request goes to the next member, unless another failure of the same member has seen to it already. */
  #failed(member: Member, failure: EtcdFailure): EtcdFailure {
    if (failure.kind === "token") this.#token = null;
    if (failure.kind !== "unanswered" || this.#member() !== member) return failure;
    this.#current = (this.#current + 1) % this.#members.length;
    this.#lastFailure = failure.message;
    this.#left++;
    member.renewTls();
    // That one member fails is no problem. Each says it in words of its own, so only the first time is told.
    if (this.#left === this.#members.length + 1) {
      this.report(`etcd does not answer, so nothing of the cluster can change (${failure.message})`);
    }
    return failure;
  }
}

export interface OpenStream<Q> extends Stream<Q> {
  /** Ends it because nothing came: its member is asked no more for now. */
  leave(): void;
}

/** The signal came before the answer. */
export class Aborted extends Error {
  constructor() {
    super("The metadata engine was closed, or gave the request up");
    this.name = "Aborted";
  }
}
