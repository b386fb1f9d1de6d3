import { LibvirtClientError } from './errors.ts';
import { protocolLimits, structures, unions } from './generated/structures.ts';
import { XdrReader, XdrWriter } from './xdr.ts';

interface Codec {
  encode(writer: XdrWriter, value: unknown): void;
  decode(reader: XdrReader): unknown;
  /** Fewest bytes a value takes, so that a list's length can be refused before anything is allocated. */
  minBytes: number;
  /** Stands in for a field that the caller left out. */
  absent?: unknown;
}

type FieldTable = Readonly<Record<string, string>>;

const stringMaxBytes = protocolLimits['STRING_MAX']!;

const scalars: Readonly<Record<string, Codec>> = {
  int: { encode: (writer, value) => writer.int(value as number), decode: (reader) => reader.int(), minBytes: 4 },
  uint: { encode: (writer, value) => writer.uint(value as number), decode: (reader) => reader.uint(), minBytes: 4 },
  // XDR has no type below 32 bits: rpcgen gives each a whole word.
  char: { encode: (writer, value) => writer.int(value as number), decode: (reader) => reader.int(), minBytes: 4 },
  uchar: { encode: (writer, value) => writer.uint(value as number), decode: (reader) => reader.uint(), minBytes: 4 },
  ushort: { encode: (writer, value) => writer.uint(value as number), decode: (reader) => reader.uint(), minBytes: 4 },
  bool: { encode: (writer, value) => writer.int(value === true ? 1 : 0), decode: (reader) => reader.bool(), minBytes: 4 },
  hyper: { encode: (writer, value) => writer.hyper(value as bigint), decode: (reader) => reader.hyper(), minBytes: 8 },
  uhyper: { encode: (writer, value) => writer.uhyper(value as bigint), decode: (reader) => reader.uhyper(), minBytes: 8 },
  double: { encode: (writer, value) => writer.double(value as number), decode: (reader) => reader.double(), minBytes: 8 },
  uuid: { encode: (writer, value) => writer.uuid(value as string), decode: (reader) => reader.uuid(), minBytes: 16 },
  string: {
    encode: (writer, value) => writer.string(value as string, stringMaxBytes),
    decode: (reader) => reader.string(stringMaxBytes),
    minBytes: 4,
  },
};

const compiled = new Map<string, Codec>();

/** The codec of a type of the facts: `uint`, `string?`, `Domain`, `TypedParam[..LIMIT]`, `chars[32]`. */
function codecOf(type: string): Codec {
  let codec = compiled.get(type);
  if (!codec) {
    codec = compile(type);
    compiled.set(type, codec);
  }
  return codec;
}

function compile(type: string): Codec {
  const sized = /^(\w+)\[(\.\.)?(\w+)\]$/.exec(type);
  if (sized) {
    const [, base, upTo, size] = sized;
    const length = /^\d+$/.test(size!) ? Number(size) : protocolLimits[size!];
    if (length === undefined) throw new Error(`protocol facts: no limit ${size}`);
    return upTo ? list(base!, length) : fixedList(base!, length);
  }
  if (type.endsWith('?')) return optional(codecOf(type.slice(0, -1)));
  const scalar = scalars[type];
  if (scalar) return scalar;
  if (unions[type]) return union(type, unions[type]);
  if (structures[type]) return structure(structures[type]);
  throw new Error(`protocol facts: no type ${type}`);
}

function optional(inner: Codec): Codec {
  return {
    encode(writer, value) {
      const present = value !== null && value !== undefined;
      writer.uint(present ? 1 : 0);
      if (present) inner.encode(writer, value);
    },
    decode: (reader) => (reader.presence() ? inner.decode(reader) : null),
    minBytes: 4,
    absent: null,
  };
}

function list(base: string, max: number): Codec {
  if (base === 'bytes') {
    return { encode: (writer, value) => writer.bytes(value as Uint8Array, max), decode: (reader) => reader.bytes(max), minBytes: 4 };
  }
  if (base === 'chars') return charList(max);
  const element = codecOf(base);
  return {
    encode(writer, value) {
      if (!Array.isArray(value)) throw new LibvirtClientError('INVALID_ARGUMENT', 'not a list');
      if (value.length > max) throw new LibvirtClientError('INVALID_ARGUMENT', `a list of ${value.length} is longer than ${max}`);
      writer.uint(value.length);
      for (const item of value) element.encode(writer, item);
    },
    decode(reader) {
      const length = reader.listLength(max, element.minBytes);
      const items: unknown[] = [];
      for (let index = 0; index < length; index += 1) items.push(element.decode(reader));
      return items;
    },
    minBytes: 4,
  };
}

/** Text that the protocol carries one character a word; the end is marked by a NUL or by the length. */
function charList(max: number): Codec {
  return {
    encode(writer, value) {
      const characters = Buffer.from(value as string, 'utf8');
      if (characters.length > max) throw new LibvirtClientError('INVALID_ARGUMENT', `${characters.length} characters are more than ${max}`);
      writer.uint(characters.length);
      for (const character of characters) writer.int(character);
    },
    decode: (reader) => decodeChars(reader, reader.listLength(max, 4)),
    minBytes: 4,
  };
}

function decodeChars(reader: XdrReader, length: number): string {
  const characters = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) characters[index] = reader.int() & 0xff;
  const end = characters.indexOf(0);
  return characters.toString('utf8', 0, end === -1 ? length : end);
}

function fixedList(base: string, length: number): Codec {
  if (base !== 'chars') throw new Error(`protocol facts: a fixed list of ${base}`);
  return {
    encode(writer, value) {
      const characters = Buffer.alloc(length);
      if (characters.write(value as string, 'utf8') < Buffer.byteLength(value as string)) {
        throw new LibvirtClientError('INVALID_ARGUMENT', `more than ${length} characters`);
      }
      for (const character of characters) writer.int(character);
    },
    decode: (reader) => decodeChars(reader, length),
    minBytes: length * 4,
  };
}

function union(name: string, cases: Readonly<Record<string, readonly [string, string]>>): Codec {
  const byNumber = new Map(Object.entries(cases).map(([number, [type, value]]) => [Number(number), { type, codec: codecOf(value) }]));
  const numberOf = new Map([...byNumber].map(([number, { type }]) => [type, number]));
  return {
    encode(writer, value) {
      const { type, value: inner } = value as { type: string; value: unknown };
      const number = numberOf.get(type);
      if (number === undefined) throw new LibvirtClientError('INVALID_ARGUMENT', `${name} has no type ${type}`);
      writer.int(number);
      byNumber.get(number)!.codec.encode(writer, inner);
    },
    decode(reader) {
      const number = reader.int();
      const found = byNumber.get(number);
      if (!found) throw new LibvirtClientError('PROTOCOL', `malformed XDR: ${name} of type ${number}`);
      return { type: found.type, value: found.codec.decode(reader) };
    },
    minBytes: 8,
  };
}

function structure(fields: FieldTable): Codec {
  const members = Object.entries(fields).map(([name, type]) => {
    const codec = codecOf(type);
    return { name, codec, absent: name === 'flags' && type === 'uint' ? 0 : codec.absent };
  });
  return {
    encode(writer, value) {
      if (typeof value !== 'object' || value === null) throw new LibvirtClientError('INVALID_ARGUMENT', 'not an object');
      for (const { name, codec, absent } of members) {
        const given = (value as Record<string, unknown>)[name];
        const sent = given === undefined ? absent : given;
        if (sent === undefined) throw new LibvirtClientError('INVALID_ARGUMENT', `${name} is missing`);
        encodeMember(writer, name, codec, sent);
      }
    },
    decode(reader) {
      const result: Record<string, unknown> = {};
      for (const { name, codec } of members) result[name] = codec.decode(reader);
      return result;
    },
    minBytes: members.reduce((sum, { codec }) => sum + codec.minBytes, 0),
  };
}

function encodeMember(writer: XdrWriter, name: string, codec: Codec, value: unknown): void {
  try {
    codec.encode(writer, value);
  } catch (error) {
    if (error instanceof LibvirtClientError) throw new LibvirtClientError(error.code, `${name}: ${error.message}`, { cause: error.cause });
    throw error;
  }
}

const tables = new WeakMap<FieldTable, Codec>();

function tableCodec(fields: FieldTable): Codec {
  let codec = tables.get(fields);
  if (!codec) {
    codec = structure(fields);
    tables.set(fields, codec);
  }
  return codec;
}

/** Writes the fields of `values` in the order of the table. Throws `INVALID_ARGUMENT` naming the field that does not fit. */
export function encodeFields(writer: XdrWriter, fields: FieldTable | undefined, values: object): void {
  if (fields) tableCodec(fields).encode(writer, values);
}

/** Reads the fields of the table out of the rest of a message, which must end there. Throws `PROTOCOL`. */
export function decodeFields(reader: XdrReader, fields: FieldTable | undefined): object {
  const values = fields ? tableCodec(fields).decode(reader) : {};
  reader.finish();
  return values as object;
}

/** Fields of a structure of the facts by its name. */
export function structureFields(name: string): FieldTable {
  const fields = structures[name];
  if (!fields) throw new Error(`protocol facts: no structure ${name}`);
  return fields;
}
