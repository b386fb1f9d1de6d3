import type { Engine } from '../engine.ts';

const everyMs = 30_000;

/**
 * What is open by the right of a token and used by a person, such as a serial console, keeps the token from becoming idle.
 * @returns what is called at each use; the database is told now and then
 */
export function tokenUse(engine: Pick<Engine, 'db' | 'log'>, token: Buffer): () => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - toldAt < everyMs) return;
    toldAt = now;
    engine.db
      .updateTable('access_token')
      .set({ used_at: new Date() })
      .where('token_hash', '=', token)
      .execute()
      .catch((error: unknown) => engine.log.warn({ err: error }, 'the use of a token could not be noted'));
  };
}
