/** A running 64-bit hash, to compare two runs. Two 32-bit lanes, since bigint arithmetic would cost 20 times as much. */
export class ByteHash {
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  readonly #scratchBytes = new Uint8Array(8);
  readonly #scratch = new DataView(this.#scratchBytes.buffer);

  bytes(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul((high << 5) ^ (high >>> 27) ^ byte, 0x85ebca6b);
    }
    this.#low = low;
    this.#high = high;
  }

  number(value: number): void {
    this.#scratch.setFloat64(0, value);
    this.bytes(this.#scratchBytes);
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const hexadecimal = (lane: number): string => (lane >>> 0).toString(16).padStart(8, "0");
    return hexadecimal(this.#high ^ (this.#low >>> 15)) + hexadecimal(this.#low);
  }
}
