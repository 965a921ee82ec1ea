import { randomBytes, randomInt } from "node:crypto";
import type { Random } from "../../lib/environment.js";
import { uuidFrom } from "../uuid.js";

/** Drawn at once: to ask the system's generator costs more than a new member's whole name. */
const DRAWN_BYTES = 4096;

export class RealRandom implements Random {
  /** Not given out yet; none is given out twice. */
  #drawn: Uint8Array = new Uint8Array(0);

  bytes(count: number): Uint8Array {
    if (count > DRAWN_BYTES) return randomBytes(count);
    if (this.#drawn.length < count) this.#drawn = randomBytes(DRAWN_BYTES);
    const bytes = new Uint8Array(this.#drawn.subarray(0, count));
    this.#drawn = this.#drawn.subarray(count);
    return bytes;
  }

  below(bound: number): number {
    return randomInt(bound);
  }

  uuid(): string {
    return uuidFrom((count) => this.bytes(count));
  }
}
