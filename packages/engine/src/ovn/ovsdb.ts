import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { parseRemote } from './remote.ts';

/** How a transaction on a database of OVN ended badly: it could not be reached, or it refused, by its own word (`constraint violation`). */
export class OvsdbError extends Error {
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'OvsdbError';
    this.code = code;
  }
}

/** One operation of a transaction. Source: RFC 7047, database operations. */
export type OvsdbOperation = { op: 'select' | 'insert' | 'update' | 'mutate' | 'delete' | 'wait'; table: string } & Record<string, unknown>;

/** What an operation gave: rows of a select, the new row's id of an insert, else the number of rows. */
export interface OvsdbResult {
  rows?: Record<string, unknown>[];
  uuid?: [string, string];
  count?: number;
}

/** As whom the engine shows itself to a database that it reaches by TLS. */
export interface OvsdbTls {
  key: string;
  cert: string;
  ca: string;
}

const timeoutMs = 10_000;
const maxAnswerBytes = 64 * 1024 * 1024;

/** Cuts a stream into its JSON documents, which stand in it one behind the other. */
export class JsonDocuments {
  #text = '';
  #at = 0;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  /** @returns the documents that the piece completed @throws {OvsdbError} when one grows too long */
  take(piece: string): unknown[] {
    this.#text += piece;
    const documents: unknown[] = [];
    let from = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      if (!this.#ends(this.#text[this.#at])) continue;
      documents.push(JSON.parse(this.#text.slice(from, this.#at + 1)));
      from = this.#at + 1;
    }
    this.#text = this.#text.slice(from);
    this.#at -= from;
    if (this.#text.length > maxAnswerBytes) throw new OvsdbError('too_long', 'The database answers more than is taken');
    return documents;
  }

  #ends(character: string | undefined): boolean {
    if (this.#isInText) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isInText = false;
      return false;
    }
    if (character === '"') this.#isInText = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }
}

function socketTo(remote: string, tls: OvsdbTls): Socket {
  const place = parseRemote(remote);
  if (place === null) throw new OvsdbError('bad_address', `${remote} is no address of a database of OVN`);
  if (place.kind === 'unix') return connect({ path: place.path });
  if (place.kind === 'tcp') return connect({ host: place.host, port: place.port });
  // Open vSwitch knows servers by their authority alone; certificates of its databases need not name them.
  return connectTls({ host: place.host, port: place.port, ...tls, checkServerIdentity: () => undefined });
}

/**
 * Carries out operations on a database of OVN as one transaction: all of them or none. Source: RFC 7047, transact.
 * @param remote where the database listens, such as `unix:/run/ovn/ovnnb_db.sock`
 * @returns the results, in the order of the operations
 * @throws {OvsdbError}
 */
export async function transact(
  remote: string,
  tls: OvsdbTls,
  database: string,
  operations: readonly OvsdbOperation[],
): Promise<OvsdbResult[]> {
  const socket = socketTo(remote, tls);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const documents = new JsonDocuments();
  const fail = (code: string, error: Error): void => reject(new OvsdbError(code, `${remote}: ${error.message}`, error));
  socket.setEncoding('utf8');
  socket.setTimeout(timeoutMs, () => fail('timeout', new Error(`no answer within ${timeoutMs / 1000} s`)));
  socket.on('error', (error) => fail('unreachable', error));
  socket.on('close', () => fail('unreachable', new Error('the connection ended')));
  socket.on('data', (piece: string) => {
    try {
      for (const document of documents.take(piece) as Answer[]) {
        if (document.method === 'echo') socket.write(JSON.stringify({ id: document.id, result: document.params ?? [], error: null }));
        else if (document.id === 1) resolve(document);
      }
    } catch (error) {
      fail('malformed', error instanceof Error ? error : new Error(String(error)));
    }
  });
  socket.write(JSON.stringify({ method: 'transact', id: 1, params: [database, ...operations] }));
  try {
    return resultsOf(await promise, operations);
  } finally {
    socket.destroy();
  }
}

interface Answer {
  id?: unknown;
  method?: string;
  params?: unknown;
  result?: (OvsdbResult & { error?: string; details?: string })[];
  error?: unknown;
}

/** A refused operation has its reason in its own place; one that only the end of the transaction refused, in a place behind all. */
function resultsOf(answer: Answer, operations: readonly OvsdbOperation[]): OvsdbResult[] {
  const { result, error } = answer;
  if (!Array.isArray(result)) throw new OvsdbError('refused', `The database refused: ${JSON.stringify(error)}`);
  for (const one of result) {
    if (one?.error !== undefined) throw new OvsdbError(one.error, `The database refused: ${one.error}: ${one.details ?? ''}`);
  }
  return result.slice(0, operations.length);
}

/** A set of OVSDB as a list: one of one member is written as that member. Pure. */
export const setOf = (cell: unknown): unknown[] =>
  Array.isArray(cell) && cell[0] === 'set' ? (cell[1] as unknown[]) : cell === undefined ? [] : [cell];

/** A map of OVSDB whose keys and values are texts. Pure. */
export const mapOf = (cell: unknown): Record<string, string> =>
  Array.isArray(cell) && cell[0] === 'map' ? Object.fromEntries(cell[1] as [string, string][]) : {};

/** The text of an id. Pure. */
export const uuidOf = (cell: unknown): string => (Array.isArray(cell) && cell[0] === 'uuid' ? String(cell[1]) : '');

/** A map as OVSDB writes it. Pure. */
export const asMap = (values: Readonly<Record<string, string>>): ['map', [string, string][]] => ['map', Object.entries(values)];

/** A set as OVSDB writes it. Pure. */
export const asSet = (members: readonly unknown[]): ['set', readonly unknown[]] => ['set', members];
