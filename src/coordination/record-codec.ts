/** How the records of a machine are written in its log. */
export interface RecordCodec<Rec> {
  encode(record: Rec): { readonly key: Uint8Array | null; readonly value: Uint8Array | null };
  /** Null for a record of a kind that is not known here: it is passed over. Throws when the bytes make no sense. */
  decode(key: Uint8Array | null, value: Uint8Array | null): Rec | null;
}
