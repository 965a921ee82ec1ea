import type { Fields } from "../../protocol/schema/fields.js";
import type { Message } from "../../protocol/schema/message.js";

/** One kind of metadata record: a message with the number by which its frame names it. All are flexible (KIP-482). */
export interface RecordType<F extends Fields = Fields> extends Message<F> {
  readonly key: number;
}

export function recordType<const F extends Fields>(declaration: {
  readonly key: number;
  readonly name: string;
  readonly versions: string;
  readonly fields: F;
}): RecordType<F> {
  return { ...declaration, flexible: "0+" };
}
