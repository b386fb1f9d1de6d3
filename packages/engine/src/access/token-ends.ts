import { sql } from 'kysely';
import type { Engine } from '../engine.ts';

/** Notification of a token that was revoked; its text is the token's hash. */
const tokensChannel = 'virgate_tokens';
/** How often it is looked whether tokens have run out. */
const sweepMs = 1000;

interface Open {
  /** Hash of the token in hexadecimal digits. */
  readonly token: string;
  readonly end: () => void;
}

/**
 * What is open by the right of a token and ends with it, such as streams and consoles: at once when the token is revoked, by whatever
 * engine, and within seconds when it runs out, is idle for too long, or its user is disabled.
 */
export class TokenEnds {
  readonly #engine: Pick<Engine, 'database' | 'db' | 'log'>;
  readonly #open = new Set<Open>();
  #unlisten: (() => void) | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #listening: Promise<void> | undefined;

  constructor(engine: Pick<Engine, 'database' | 'db' | 'log'>) {
    this.#engine = engine;
  }

  /**
   * Calls `end` when the token has ended.
   * @returns what takes it off again
   */
  async watch(token: Buffer, end: () => void): Promise<() => void> {
    const open = { token: token.toString('hex'), end };
    this.#open.add(open);
    await this.#listen();
    return () => void this.#open.delete(open);
  }

  /** Ends everything that is open. */
  close(): void {
    clearInterval(this.#sweep);
    this.#unlisten?.();
    for (const { end } of this.#open) end();
  }

  /** The first that is watched makes the engine listen. */
  #listen(): Promise<void> {
    this.#listening ??= (async () => {
      this.#unlisten = await this.#engine.database.listener.listen(
        tokensChannel,
        (hash) => this.#end((token) => token === hash),
        () => void this.#endDead(),
      );
      this.#sweep = setInterval(() => void this.#endDead(), sweepMs);
    })().catch((error: unknown) => {
      this.#listening = undefined;
      throw error;
    });
    return this.#listening;
  }

  #end(isOver: (token: string) => boolean): void {
    for (const open of this.#open) if (isOver(open.token)) open.end();
  }

  /** Having something open does not count as using the token. */
  async #endDead(): Promise<void> {
    if (this.#open.size === 0) return;
    try {
      const tokens = [...new Set([...this.#open].map(({ token }) => token))];
      const alive = await sql<{ hash: string }>`
        select encode(t.token_hash, 'hex') as hash from access_token t join app_user u on u.id = t.user_id
        where t.token_hash = any(select decode(x, 'hex') from unnest(${tokens}::text[]) x) and u.enabled
          and (u.valid_until is null or u.valid_until > now())
          and t.expires_at > now() and t.used_at > now() - t.idle_timeout_ms * interval '1 millisecond'`.execute(this.#engine.db);
      const living = new Set(alive.rows.map((row) => row.hash));
      // What has been opened since the question is none of its business.
      const asked = new Set(tokens);
      this.#end((token) => asked.has(token) && !living.has(token));
    } catch (error) {
      this.#engine.log.warn({ err: error }, 'tokens by which something is open could not be checked; it is tried again');
    }
  }
}
