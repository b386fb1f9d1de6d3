import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { embeddedLimits } from './limits.ts';

/**
 * Runs `fn` while no other process of this machine starts or stops the same data folder.
 *
 * The lock is an abstract socket name: the kernel frees it with the process, however that ends.
 *
 * @throws EmbeddedPostgresError `start_locked` when the other one takes too long.
 */
export async function withStartLock<T>(dataDir: string, fn: () => Promise<T>): Promise<T> {
  const name = `\0virgate-postgres-${createHash('sha256').update(dataDir).digest('hex').slice(0, 32)}`;
  const deadline = performance.now() + embeddedLimits.startLockTimeoutMs;
  for (;;) {
    const release = await tryName(name);
    if (release !== undefined) {
      try {
        return await fn();
      } finally {
        await release();
      }
    }
    if (performance.now() >= deadline) {
      throw new EmbeddedPostgresError(
        'start_locked',
        `Another process has been starting the database in ${dataDir} for too long: end it and start again.`,
      );
    }
    await delay(25);
  }
}

function tryName(name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      resolve(() => new Promise((done) => void server.close(() => done())));
    });
  });
}
