/** Thrown inside the protocol room when bytes are not what they should be; its public functions turn it into a value. */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedError";
  }
}

/** What a decoder of bytes from outside returns. `malformed` says what is wrong with them, for the log. */
export type Decoding<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly malformed: string };

/** Runs a decoder at the border of the room. `what` is asked for only where something is wrong. */
export function decoding<Value>(what: () => string, decode: () => Value): Decoding<Value> {
  try {
    return { ok: true, value: decode() };
  } catch (error) {
    if (error instanceof MalformedError) return { ok: false, malformed: `${what()}: ${error.message}` };
    throw error;
  }
}
