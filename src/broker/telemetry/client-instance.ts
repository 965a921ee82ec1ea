import { type ErrorCode, errors } from "../../protocol/errors.js";
import type { Wanted } from "./subscriptions.js";

/** What makes a client ask for its subscriptions anew, before its time. */
const asksAnew: ReadonlySet<ErrorCode> = new Set([
  errors.UNKNOWN_SUBSCRIPTION_ID.code,
  errors.UNSUPPORTED_COMPRESSION_TYPE.code,
]);

/** One client, from its first word to the end of its connection, and when it may speak again. */
export class ClientInstance {
  readonly wanted: Wanted;
  /** Of the subscriptions that `wanted` was made from. */
  readonly subscriptionsVersion: number;
  lastError: ErrorCode = errors.NONE.code;
  isTerminating = false;
  #lastGetMs = Number.NEGATIVE_INFINITY;
  #lastPushMs = Number.NEGATIVE_INFINITY;

  constructor(wanted: Wanted, subscriptionsVersion: number) {
    this.wanted = wanted;
    this.subscriptionsVersion = subscriptionsVersion;
  }

  /** Once in an interval, and at once after a push that showed the client to be behind. */
  mayGet(nowMs: number): boolean {
    const isTime = nowMs - Math.max(this.#lastGetMs, this.#lastPushMs) >= this.wanted.pushIntervalMs;
    if (isTime) this.#lastGetMs = nowMs;
    return isTime || asksAnew.has(this.lastError);
  }

  /** The first push may follow its subscriptions at once: clients shift it by a share of the interval. */
  mayPush(nowMs: number): boolean {
    const isTime = this.#lastGetMs > this.#lastPushMs || nowMs - this.#lastPushMs >= this.wanted.pushIntervalMs;
    if (isTime) this.#lastPushMs = nowMs;
    return isTime;
  }
}
