import { VdsmError } from '@virgate/vdsm';
import { storageCode, storageError } from '../storage-error.ts';
import type { StorageClock, StorageLog } from '../storage-clock.ts';
import type { DomainCatalog } from './catalog.ts';
import type { DomainSpace } from './store.ts';

/** One domain as `Host.getStats.storageDomains` carries it; the types are the ones that the engine casts to. */
export interface DomainStatus {
  /** 0, or the contract's code of what is wrong. */
  code: number;
  /** Seconds since the last check ended, as text. */
  lastCheck: string;
  /** Seconds that reading took, as text. */
  delay: string;
  valid: boolean;
  /** Whether this host is in the domain's lockspace. */
  acquired: boolean;
  /** `false` until the first check has ended. */
  actual: boolean;
  version: number;
}

/** Watches the domains that a pool uses. */
export interface DomainMonitor {
  /** Replaces the set of watched domains; new ones are checked at once. */
  watch(domainIds: readonly string[]): void;
  statuses(): Record<string, DomainStatus>;
  /** Free and total space at the last check. */
  space(domainId: string): DomainSpace | undefined;
  /**
   * Refuses work on a domain whose storage does not answer, instead of having it wait for ever.
   *
   * @throws 379 StorageDomainAccessError
   */
  requireAnswering(domainId: string): void;
  /** Checks one domain now and waits for the result. */
  checkNow(domainId: string): Promise<void>;
  close(): Promise<void>;
}

/** Time between two checks of a domain (VDSM, sd_health_check_delay). */
export const checkIntervalMs = 10_000;

/** A check that takes longer means that the storage does not answer. */
export const checkTimeoutMs = 30_000;

interface Watched {
  status: Omit<DomainStatus, 'lastCheck' | 'acquired'>;
  space: DomainSpace | undefined;
  endedMs: number;
  startedMs: number | undefined;
  running: Promise<void> | undefined;
  abort: AbortController;
}

export interface DomainMonitorOptions {
  catalog: DomainCatalog;
  clock: StorageClock;
  log: StorageLog;
  isAcquired: (domainId: string) => boolean;
}

export function createDomainMonitor(options: DomainMonitorOptions): DomainMonitor {
  const { catalog, clock, log } = options;
  const watched = new Map<string, Watched>();

  function begin(domainId: string, entry: Watched): Promise<void> {
    // a check that hangs is not repeated: each would leave one more process behind
    if (entry.running !== undefined) return entry.running;
    entry.startedMs = clock.monotonicMs();
    const check = checkDomain(catalog, clock, domainId, entry.abort.signal).then((result) => {
      if (entry.status.code !== result.status.code)
        log.info({ domain: domainId, code: result.status.code }, 'Storage domain changed its state');
      entry.status = result.status;
      entry.space = result.space ?? entry.space;
      entry.endedMs = clock.monotonicMs();
      entry.startedMs = undefined;
      entry.running = undefined;
    });
    entry.running = check;
    return check;
  }

  const stop = clock.every(checkIntervalMs, () => {
    for (const [domainId, entry] of watched) void begin(domainId, entry);
  });

  const hangs = (entry: Watched): boolean => entry.startedMs !== undefined && clock.monotonicMs() - entry.startedMs > checkTimeoutMs;

  return {
    watch(domainIds) {
      const wanted = new Set(domainIds);
      for (const [domainId, entry] of watched) {
        if (wanted.has(domainId)) continue;
        entry.abort.abort();
        watched.delete(domainId);
      }
      for (const domainId of wanted) {
        if (watched.has(domainId)) continue;
        const entry: Watched = {
          status: { code: 0, delay: '0', valid: true, actual: false, version: 0 },
          space: undefined,
          endedMs: clock.monotonicMs(),
          startedMs: undefined,
          running: undefined,
          abort: new AbortController(),
        };
        watched.set(domainId, entry);
        void begin(domainId, entry);
      }
    },
    statuses() {
      const now = clock.monotonicMs();
      return Object.fromEntries(
        [...watched].map(([domainId, entry]) => {
          const status = hangs(entry) ? { ...entry.status, valid: false, code: storageCode('StorageDomainAccessError') } : entry.status;
          return [domainId, { ...status, lastCheck: ((now - entry.endedMs) / 1000).toFixed(1), acquired: options.isAcquired(domainId) }];
        }),
      );
    },
    space: (domainId) => watched.get(domainId)?.space,
    requireAnswering(domainId) {
      const entry = watched.get(domainId);
      if (entry !== undefined && hangs(entry))
        throw storageError(
          'StorageDomainAccessError',
          `Storage domain ${domainId} has not answered for more than ${checkTimeoutMs / 1000} s`,
        );
    },
    async checkNow(domainId) {
      const entry = watched.get(domainId);
      if (entry !== undefined) await begin(domainId, entry);
    },
    async close() {
      stop();
      const running = [...watched.values()].map((entry) => entry.running);
      for (const entry of watched.values()) entry.abort.abort();
      watched.clear();
      await Promise.all(running.filter((one) => one !== undefined));
    },
  };
}

interface CheckResult {
  status: Watched['status'];
  space?: DomainSpace;
}

async function checkDomain(catalog: DomainCatalog, clock: StorageClock, domainId: string, signal: AbortSignal): Promise<CheckResult> {
  const startedMs = clock.monotonicMs();
  try {
    const domain = await catalog.find(domainId);
    const metadata = await domain.store.probe(signal);
    const delay = ((clock.monotonicMs() - startedMs) / 1000).toFixed(6);
    return { status: { code: 0, delay, valid: true, actual: true, version: metadata.version }, space: await domain.store.space() };
  } catch (error) {
    const code = error instanceof VdsmError ? error.code : storageCode('StorageDomainAccessError');
    return { status: { code, delay: '0', valid: false, actual: true, version: 0 } };
  }
}
