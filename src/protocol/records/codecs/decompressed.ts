/** What a decompressor answers: the bytes, or why there are none. Hostile input is an expected failure, not a throw. */
export type Decompressed = Uint8Array | { readonly refused: "corrupt" | "too large" };

export const CORRUPT: Decompressed = { refused: "corrupt" };
export const TOO_LARGE: Decompressed = { refused: "too large" };

export function isRefused(result: Decompressed): result is { readonly refused: "corrupt" | "too large" } {
  return "refused" in result;
}
