const quote = 34;
const comma = 44;
const backslash = 92;
const openBracket = 91;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/**
 * Takes a collection (`{"vm": [{…}, …]}`) apart while its bytes come: objects that are whole are read at once, so that little is left to do
 * when the last byte is there. What is no collection of objects is read as a whole at the end.
 */
export class CollectionReader {
  readonly #take: (objects: unknown[]) => void;
  readonly #wanted: readonly Uint8Array[] | undefined;
  /** Bytes of what is not read yet: everything until the first object, then from behind the last one on. */
  #rest = new Uint8Array(0);
  /** Chunks behind them that are not worth another look yet. */
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #hasObjects = false;

  /**
   * @param take gets the objects, some at a time, in their order
   * @param keys of the objects that are wanted; the values of others are passed over, which is faster than reading them
   */
  constructor(take: (objects: unknown[]) => void, keys?: readonly string[]) {
    const encoder = new TextEncoder();
    this.#take = take;
    this.#wanted = keys?.map((key) => encoder.encode(key));
  }

  /** @throws SyntaxError when an object is no JSON */
  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    // An object that is larger than many chunks is not looked through again with each of them.
    if (this.#waitingBytes >= this.#rest.length) this.#readWhole();
  }

  /**
   * @returns the answer as it was when it held no list of objects; `undefined` when it did, or had no body
   * @throws SyntaxError when the answer ended too early, or is no JSON
   */
  end(): unknown {
    this.#readWhole();
    const text = new TextDecoder().decode(this.#rest).trim();
    if (!this.#hasObjects) return text === '' ? undefined : (JSON.parse(text) as unknown);
    if (!/^\]\s*[,}]/.test(text) || !text.endsWith('}')) throw new SyntaxError('The answer ended in the middle of a list.');
    return undefined;
  }

  #readWhole(): void {
    const bytes = joined([this.#rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const objects = new ObjectWriter(bytes.length);
    let at = this.#hasObjects ? 0 : startOfList(bytes);
    let whole = 0;
    while (at !== undefined) {
      const begin = bytes.indexOf(openBrace, at);
      // Between objects there is a comma, behind the last one the end of the list.
      if (begin === -1 || bytes.subarray(at, begin).includes(closeBracket)) break;
      const end = endOfObject(bytes, begin, objects, this.#wanted);
      if (end === undefined) break;
      whole = end;
      at = end;
    }
    this.#rest = bytes.slice(whole);
    if (whole === 0) return;
    this.#hasObjects = true;
    this.#take(objects.read());
  }
}

/** JSON of objects, made of pieces of other JSON. */
class ObjectWriter {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param size of all pieces at most */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size + 2);
  }

  /** Begins one more object. */
  open(): void {
    this.byte(this.#length === 0 ? openBracket : comma);
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes.set(bytes.subarray(from, to), this.#length);
    this.#length += to - from;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes away what was written behind `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  read(): unknown[] {
    this.byte(closeBracket);
    return JSON.parse(new TextDecoder().decode(this.#bytes.subarray(0, this.#length))) as unknown[];
  }
}

/** What stands before the objects of a collection. */
const beginning = /^\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*\[/;
const maxBeginningBytes = 1024;

/** @returns index behind the bracket of the list; undefined when there is none (yet) */
function startOfList(bytes: Uint8Array): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, maxBeginningBytes));
  return beginning.exec(text)?.[0].length;
}

/**
 * Writes one object, or what of it is wanted.
 * @returns index behind the object; undefined when the bytes end within it: nothing is written then
 */
function endOfObject(
  bytes: Uint8Array,
  begin: number,
  objects: ObjectWriter,
  wanted: readonly Uint8Array[] | undefined,
): number | undefined {
  const before = objects.length;
  let depth = 0;
  /** Where the member of the object begins that is being passed, when it is wanted. */
  let member = -1;
  let isKey = false;
  let isFirst = true;
  const endMember = (end: number): void => {
    if (member === -1) return;
    if (!isFirst) objects.byte(comma);
    isFirst = false;
    objects.piece(bytes, member, end);
    member = -1;
  };
  objects.open();
  if (wanted !== undefined) objects.byte(openBrace);
  for (let index = begin; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === quote) {
      const end = endOfString(bytes, index + 1);
      if (end === -1) break;
      if (isKey && depth === 1) {
        isKey = false;
        if (wanted?.some((key) => isSame(bytes, index + 1, end, key)) === true) member = index;
      }
      index = end;
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      if (depth === 1) isKey = true;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth > 0) continue;
      if (wanted === undefined) objects.piece(bytes, begin, index + 1);
      else {
        endMember(index);
        objects.byte(closeBrace);
      }
      return index + 1;
    } else if (byte === comma && depth === 1) {
      endMember(index);
      isKey = true;
    }
  }
  objects.cut(before);
  return undefined;
}

/** @returns index of the quote that ends a string; -1 when the bytes end before */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let from = start; ;) {
    const found = bytes.indexOf(quote, from);
    if (found === -1) return -1;
    let slashes = 0;
    while (found - slashes > start && bytes[found - slashes - 1] === backslash) slashes += 1;
    if (slashes % 2 === 0) return found;
    from = found + 1;
  }
}

function isSame(bytes: Uint8Array, from: number, to: number, key: Uint8Array): boolean {
  if (to - from !== key.length) return false;
  for (let index = 0; index < key.length; index += 1) if (bytes[from + index] !== key[index]) return false;
  return true;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
