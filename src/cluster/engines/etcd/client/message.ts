/**
 * Protobuf messages, declared once: `message({ key: bytes(1), limit: int64(3) })`. The declaration gives the type of
 * the value and both directions of the code. Only what etcd's messages need is here; what a message does not declare
 * is skipped, as protobuf asks for.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * `T` is what is read, `G` what may be given to be written.
 * @public The declarations of the package name it.
 */
export interface Field<T, G = T> {
  readonly number: number;
  /** What the field has when it does not come. */
  readonly absent: T;
  write(writer: BinaryWriter, value: G): void;
  /** Reads one occurrence; `before` is what the earlier ones have given. */
  read(reader: BinaryReader, before: T): T;
}

// biome-ignore lint/suspicious/noExplicitAny: a field gives and takes types of its own, so no narrower bound holds them all
type Fields = Readonly<Record<string, Field<any, any>>>;

export interface Message<F extends Fields = Fields> {
  readonly fields: F;
  readonly namesByNumber: ReadonlyMap<number, string>;
}

export type ValueOf<M> =
  M extends Message<infer F> ? { readonly [K in keyof F]: F[K] extends Field<infer T, infer _> ? T : never } : never;

/** What is left out is absent. */
export type GivenOf<M> =
  M extends Message<infer F> ? { readonly [K in keyof F]?: F[K] extends Field<infer _, infer G> ? G : never } : never;

export function message<const F extends Fields>(fields: F): Message<F> {
  return { fields, namesByNumber: new Map(Object.entries(fields).map(([name, { number }]) => [number, name])) };
}

export function encode<M extends Message>(declared: M, given: GivenOf<M>): Buffer {
  const { buffer, byteOffset, byteLength } = written(declared, given);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function written<M extends Message>({ fields }: M, given: GivenOf<M>): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const [name, value] of Object.entries(given)) {
    const field = fields[name];
    if (field !== undefined && value !== undefined && value !== field.absent) field.write(writer, value);
  }
  return writer.finish();
}

/** Throws when the bytes are no such message. */
export function decode<M extends Message>(declared: M, from: Uint8Array): ValueOf<M> {
  const { fields, namesByNumber } = declared;
  const reader = new BinaryReader(from);
  const value: Record<string, unknown> = {};
  for (const [name, { absent }] of Object.entries(fields)) value[name] = absent;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const name = namesByNumber.get(number);
    const field = name === undefined ? undefined : fields[name];
    if (name === undefined || field === undefined) reader.skip(wireType, number);
    else value[name] = field.read(reader, value[name]);
  }
  // Every declared field has a value of its own type now.
  return value as ValueOf<M>;
}

export function bytes(number: number): Field<Uint8Array> {
  return {
    number,
    absent: new Uint8Array(0),
    write: (writer, value) => writer.tag(number, WireType.LengthDelimited).bytes(value),
    read: (reader) => reader.bytes(),
  };
}

export function string(number: number): Field<string> {
  return {
    number,
    absent: "",
    write: (writer, value) => writer.tag(number, WireType.LengthDelimited).string(value),
    read: (reader) => reader.string(),
  };
}

export function bool(number: number): Field<boolean> {
  return {
    number,
    absent: false,
    write: (writer, value) => writer.tag(number, WireType.Varint).bool(value),
    read: (reader) => reader.bool(),
  };
}

/** Also an enumeration: a word that we do not know keeps its number. */
export function int32(number: number): Field<number> {
  return {
    number,
    absent: 0,
    write: (writer, value) => writer.tag(number, WireType.Varint).int32(value),
    read: (reader) => reader.int32(),
  };
}

/** A revision, a count or a time: none of them comes near 2^53. */
export function int64(number: number): Field<number> {
  return {
    number,
    absent: 0,
    write: (writer, value) => writer.tag(number, WireType.Varint).int64(value),
    read: (reader) => Number(reader.int64()),
  };
}

/** An id that uses all of its bits. */
export function id64(number: number): Field<bigint> {
  return {
    number,
    absent: 0n,
    write: (writer, value) => writer.tag(number, WireType.Varint).int64(value),
    read: (reader) => BigInt(reader.int64()),
  };
}

/** A message inside; null when it does not come. */
export function inner<M extends Message>(number: number, declared: M): Field<ValueOf<M> | null, GivenOf<M> | null> {
  return {
    number,
    absent: null,
    write: (writer, value) => {
      if (value !== null) writer.tag(number, WireType.LengthDelimited).bytes(written(declared, value));
    },
    read: (reader) => decode(declared, reader.bytes()),
  };
}

export function repeated<M extends Message>(number: number, declared: M): Field<ValueOf<M>[], readonly GivenOf<M>[]> {
  return {
    number,
    absent: [],
    write: (writer, values) => {
      for (const value of values) writer.tag(number, WireType.LengthDelimited).bytes(written(declared, value));
    },
    read: (reader, before) => {
      const values = before.length === 0 ? [] : before;
      values.push(decode(declared, reader.bytes()));
      return values;
    },
  };
}
