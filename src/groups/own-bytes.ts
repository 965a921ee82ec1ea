/**
 * A copy of bytes that belong to someone else, such as a request's frame or the log's read buffer, to be kept.
 * Not `slice()`: what decoders give is a `Buffer`, whose `slice()` is another view of the same memory.
 */
export function ownBytes(view: Uint8Array): Uint8Array {
  return new Uint8Array(view);
}
