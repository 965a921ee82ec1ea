/**
 * How much came in a second, over the last few windows: the measure of Apache Kafka's quotas (its SimpleRate). What is
 * just beginning counts as if it had lasted one window.
 */

export interface RateWindows {
  readonly windows: number;
  readonly windowMs: number;
}

interface Sample {
  readonly startMs: number;
  lastMs: number;
  amount: number;
}

export class SampledRate {
  readonly #options: RateWindows;
  /** The oldest first; never more than one above `windows`. */
  #samples: Sample[] = [];

  constructor(options: RateWindows) {
    this.#options = options;
  }

  record(amount: number, nowMs: number): void {
    this.#forgetOld(nowMs);
    let current = this.#samples.at(-1);
    if (current === undefined || nowMs - current.startMs >= this.#options.windowMs) {
      current = { startMs: nowMs, lastMs: nowMs, amount: 0 };
      this.#samples.push(current);
    }
    current.amount += amount;
    current.lastMs = nowMs;
  }

  perSecond(nowMs: number): number {
    return (this.#total(nowMs) / this.#spanMs(nowMs)) * 1_000;
  }

  /** How long until no more than that came in a second, if nothing comes meanwhile; 0: it is so now. One window at most. */
  pauseMs(limitPerSecond: number, nowMs: number): number {
    if (this.perSecond(nowMs) <= limitPerSecond) return 0;
    const { windowMs } = this.#options;
    const wantedSpanMs = limitPerSecond > 0 ? (this.#total(nowMs) / limitPerSecond) * 1_000 : Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(Math.ceil(wantedSpanMs - this.#spanMs(nowMs)), windowMs));
  }

  #total(nowMs: number): number {
    this.#forgetOld(nowMs);
    return this.#samples.reduce((sum, { amount }) => sum + amount, 0);
  }

  #spanMs(nowMs: number): number {
    const [oldest] = this.#samples;
    return Math.max(oldest === undefined ? 0 : nowMs - oldest.startMs, this.#options.windowMs);
  }

  #forgetOld(nowMs: number): void {
    const { windows, windowMs } = this.#options;
    const keeps = ({ lastMs }: Sample) => nowMs - lastMs < windows * windowMs;
    if (!this.#samples.every(keeps)) this.#samples = this.#samples.filter(keeps);
  }
}
