import { storageError } from '../storage-error.ts';

/** Longest wait for an image that another operation has. */
const defaultWaitMs = 30_000;

interface Lock {
  shared: number;
  exclusive: boolean;
  queue: { exclusive: boolean; grant: () => void }[];
}

/**
 * Who works on which image in this agent: many read, one changes. Waiters are served in order, so
 * that a stream of readers can't keep a writer out.
 */
export interface ImageLocks {
  /** @throws 851 ResourceTimeout when the image does not become free in time */
  exclusive<T>(key: string, run: () => Promise<T>, waitMs?: number): Promise<T>;
  /** @throws 851 ResourceTimeout */
  shared<T>(key: string, run: () => Promise<T>, waitMs?: number): Promise<T>;
}

export function imageKey(domainId: string, imageId: string): string {
  return `${domainId}/${imageId}`;
}

export function createImageLocks(): ImageLocks {
  const locks = new Map<string, Lock>();

  function pump(key: string, lock: Lock): void {
    for (let first = lock.queue[0]; first !== undefined; first = lock.queue[0]) {
      if (lock.exclusive || (first.exclusive && lock.shared > 0)) return;
      lock.queue.shift();
      if (first.exclusive) lock.exclusive = true;
      else lock.shared++;
      first.grant();
    }
    if (!lock.exclusive && lock.shared === 0) locks.delete(key);
  }

  function acquire(key: string, exclusive: boolean, waitMs: number): Promise<() => void> {
    const lock = locks.get(key) ?? { shared: 0, exclusive: false, queue: [] };
    locks.set(key, lock);
    const release = (): void => {
      if (exclusive) lock.exclusive = false;
      else lock.shared--;
      pump(key, lock);
    };
    return new Promise((resolve, reject) => {
      const entry = {
        exclusive,
        grant: () => {
          clearTimeout(timer);
          resolve(release);
        },
      };
      const timer = setTimeout(() => {
        lock.queue.splice(lock.queue.indexOf(entry), 1);
        pump(key, lock);
        reject(storageError('ResourceTimeout', `Image ${key} is used by another operation; try again when that has ended`));
      }, waitMs);
      lock.queue.push(entry);
      pump(key, lock);
    });
  }

  async function hold<T>(key: string, exclusive: boolean, run: () => Promise<T>, waitMs: number): Promise<T> {
    const release = await acquire(key, exclusive, waitMs);
    try {
      return await run();
    } finally {
      release();
    }
  }

  return {
    exclusive: (key, run, waitMs = defaultWaitMs) => hold(key, true, run, waitMs),
    shared: (key, run, waitMs = defaultWaitMs) => hold(key, false, run, waitMs),
  };
}
