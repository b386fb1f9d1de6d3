import { openBackend } from './backend.ts';
import type { ImageBackend } from './backend.ts';
import type { Use } from './tickets.ts';

/** How long an open image waits for the next request of its ticket. */
const idleMs = 5_000;

interface Idle {
  backend: ImageBackend;
  timer: NodeJS.Timeout;
}

/** Images that are open between the requests of a ticket: clients send thousands of small ones. */
export interface BackendPool {
  /** @throws Error when the image cannot be opened */
  take(use: Use, write: boolean): Promise<ImageBackend>;
  /** Gives one back; one that has failed is closed. */
  give(use: Use, write: boolean, backend: ImageBackend, isWell: boolean): void;
  close(): void;
}

export function createBackendPool(log: { warn(fields: object, text: string): void }): BackendPool {
  const idle = new Map<AbortSignal, { read: Idle[]; write: Idle[] }>();
  const end = (backend: ImageBackend): void => {
    backend.close().catch((error: unknown) => log.warn({ error: String(error) }, 'An image could not be closed'));
  };
  const drop = (signal: AbortSignal): void => {
    const found = idle.get(signal);
    idle.delete(signal);
    for (const { backend, timer } of [...(found?.read ?? []), ...(found?.write ?? [])]) {
      clearTimeout(timer);
      end(backend);
    }
  };
  const listOf = (signal: AbortSignal, write: boolean): Idle[] => {
    let lists = idle.get(signal);
    if (lists === undefined) {
      lists = { read: [], write: [] };
      idle.set(signal, lists);
      signal.addEventListener('abort', () => drop(signal), { once: true });
    }
    return write ? lists.write : lists.read;
  };
  return {
    async take(use, write) {
      const list = idle.get(use.signal)?.[write ? 'write' : 'read'] ?? [];
      for (let found = list.pop(); found !== undefined; found = list.pop()) {
        clearTimeout(found.timer);
        if (found.backend.usable) return found.backend;
        end(found.backend);
      }
      const { source, sparse, sizeBytes } = use.ticket;
      return openBackend(source, { write, sparse, sizeBytes });
    },
    give(use, write, backend, isWell) {
      if (!isWell || !backend.usable || use.signal.aborted) {
        end(backend);
        return;
      }
      const list = listOf(use.signal, write);
      const entry: Idle = {
        backend,
        timer: setTimeout(() => {
          list.splice(list.indexOf(entry), 1);
          end(backend);
        }, idleMs),
      };
      entry.timer.unref();
      list.push(entry);
    },
    close() {
      for (const signal of idle.keys()) drop(signal);
    },
  };
}
