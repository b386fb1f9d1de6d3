import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { tokenOf, type Endpoint } from './client.ts';

const password = 'correct-horse-battery';
const changesAtOnce = 10;
const turnMs = 20;
const openedAtOnce = 25;

/** A connection to the installation's database. */
export interface Queries {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** Rows of VMs that change one after the other as an engine changes them, in transactions of a few, until it is stopped. */
export class Changing {
  readonly #database: Queries;
  readonly #ids: readonly string[];
  #stopped = false;
  #running: Promise<void> | undefined;
  written = 0;

  constructor(database: Queries, ids: readonly string[]) {
    this.#database = database;
    this.#ids = ids;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    const begun = performance.now();
    while (!this.#stopped) {
      const ids = Array.from({ length: changesAtOnce }, (_, at) => this.#ids[((this.written + at) * 7919) % this.#ids.length]);
      await this.#database.query('begin');
      await this.#database.query(
        `update vm_state set status = case status when 'up' then 'powering_up' else 'up' end where vm_id = any($1::uuid[]) and host_id is not null`,
        [ids],
      );
      await this.#database.query(`update vm set comment = $2 where id = any($1::uuid[])`, [ids, `change ${this.written}`]);
      await this.#database.query(`insert into change (type, object_id, operation) select 'vm', unnest($1::text[]), 'update'`, [ids]);
      await this.#database.query('notify virgate_changes');
      await this.#database.query('commit');
      this.written += changesAtOnce;
      const ahead = (this.written / changesAtOnce) * turnMs - (performance.now() - begun);
      if (ahead > 0) await delay(ahead);
    }
  }
}

/** Many connected clients of the change feed, each of a user of its own, that take what comes and count it. */
export class Watchers {
  readonly #endpoint: Endpoint;
  readonly #agent: Agent;
  readonly #opened: IncomingMessage[] = [];
  bytes = 0;
  pieces = 0;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(endpoint.caFile) });
  }

  get count(): number {
    return this.#opened.length;
  }

  /** @param pathOf address of the stream of the `n`th client */
  async open(tokens: readonly string[], pathOf: (n: number) => string): Promise<void> {
    for (let from = 0; from < tokens.length; from += openedAtOnce)
      await Promise.all(tokens.slice(from, from + openedAtOnce).map((token, at) => this.#open1(token, pathOf(from + at))));
  }

  async #open1(token: string, path: string): Promise<void> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(
        new URL(path, this.#endpoint.url),
        { agent: this.#agent, headers: { authorization: `Bearer ${token}` } },
        resolve,
      );
      sent.once('error', reject);
      sent.end();
    });
    if (response.statusCode !== 200) throw new Error(`the feed answered ${response.statusCode}`);
    response.on('data', (piece: Buffer) => {
      this.bytes += piece.length;
      this.pieces += 1;
    });
    // Closing them at the end breaks them off.
    response.on('error', () => undefined);
    this.#opened.push(response);
  }

  close(): void {
    for (const response of this.#opened) response.destroy();
    this.#opened.length = 0;
    this.#agent.destroy();
  }
}

/** Tokens of seeded users, each of another one. */
export async function tokensOfUsers(endpoint: Endpoint, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let n = 0; n < count; n += 1)
    tokens.push(await tokenOf(endpoint, { name: `seed-user-${String(n).padStart(5, '0')}@internal`, password }));
  return tokens;
}
