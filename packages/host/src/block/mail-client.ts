import { randomUUID } from 'node:crypto';
import type { StorageClock, StorageLog } from '../storage-clock.ts';
import { storageError } from '../storage-error.ts';
import type { DomainCatalog } from '../storage-domain/catalog.ts';
import type { ConnectedPool, Pools } from '../storage-pool/pools.ts';
import { formatEvent, formatMailbox, mailboxBytes, mailboxOffset, messagesPerMailbox, parseMailbox } from './mailbox.ts';
import type { ExtendMessage, MailboxEntry } from './mailbox.ts';

const mebibyte = 1024 * 1024;

/** How often a host that waits for an answer looks for it. */
const intervalMs = 500;

/** How long a wish waits for its answer. A machine that stands still for want of room asks again. */
const timeoutMs = 60_000;

export interface MailClientOptions {
  pools: Pools;
  catalog: DomainCatalog;
  clock: StorageClock;
  log: StorageLog;
  /** Makes a volume larger, on the host that is the pool's manager itself. */
  grow(domainId: string, volumeId: string, bytes: number): Promise<number>;
}

interface Waiting {
  request: ExtendMessage;
  untilMs: number;
  answer: (sizeMebibytes: number) => void;
  fail: (error: Error) => void;
}

/** What a place of this host's mailbox is used for. `cleaning`: it was answered, and the manager is asked to take the answer back. */
type Place = 'free' | 'cleaning' | Waiting;

/**
 * Asks the pool's manager for larger volumes, which no other host may change (VDSM, storage mailbox). All goes through the pool's
 * master domain, so that it works where the engine is away.
 */
export class MailClient {
  readonly #options: MailClientOptions;
  #places: Place[] | undefined;
  /** The pool, the host's number and the master of the places. */
  #address = '';
  readonly #asked = new Map<string, Promise<number>>();
  #stop: (() => void) | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: MailClientOptions) {
    this.#options = options;
  }

  /**
   * Has a volume made larger. The caller refreshes it afterwards.
   *
   * @returns bytes that the volume has then
   * @throws 654 when this host is in no pool, 2025 when the manager could not do it or did not answer
   */
  request(domainId: string, volumeId: string, bytes: number): Promise<number> {
    const key = `${domainId}/${volumeId}/${bytes}`;
    const before = this.#asked.get(key);
    if (before !== undefined) return before;
    const asked = this.#ask(domainId, volumeId, bytes).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop?.();
    this.#failAll('the agent ends');
  }

  async #ask(domainId: string, volumeId: string, bytes: number): Promise<number> {
    const { pools, grow, clock } = this.#options;
    const pool = pools.current();
    if (pool === undefined) throw storageError('SpmStatusError', 'This host is in no storage pool; nobody can make its volumes larger');
    if (pool.role === 'SPM') return grow(domainId, volumeId, bytes);
    if (this.#isClosed) throw storageError('LogicalVolumeExtendError', `Volume ${volumeId} was not extended: the agent ends`);
    const request = { domainId, volumeId, sizeMebibytes: Math.ceil(bytes / mebibyte) };
    const sizeMebibytes = await new Promise<number>((answer, fail) => {
      const waiting: Waiting = { request, untilMs: clock.monotonicMs() + timeoutMs, answer, fail };
      this.#inTurn(() => this.#post(pool, waiting)).catch(fail);
    });
    if (sizeMebibytes === 0)
      throw storageError('LogicalVolumeExtendError', `The pool's manager could not extend volume ${volumeId}; see its log for the reason`);
    return sizeMebibytes * mebibyte;
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const now = this.#turn.then(run);
    this.#turn = now.catch(() => undefined);
    return now;
  }

  async #post(pool: ConnectedPool, waiting: Waiting): Promise<void> {
    const places = await this.#open(pool);
    const free = places.indexOf('free');
    if (free === -1) throw storageError('LogicalVolumeExtendError', 'This host waits for as many answers as its mailbox has places');
    places[free] = waiting;
    await this.#send(pool);
    this.#stop ??= this.#options.clock.every(intervalMs, () => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      this.#inTurn(() => this.#look())
        .catch((error: unknown) => this.#options.log.warn({ error: String(error) }, 'The answers of the pool manager could not be read'))
        .finally(() => {
          this.#isLooking = false;
        });
    });
  }

  #isLooking = false;

  /** The places of this host; answers that an agent before this one did not take are taken back first. */
  async #open(pool: ConnectedPool): Promise<Place[]> {
    const address = `${pool.id}/${pool.hostId}/${pool.masterDomainId}`;
    if (this.#places !== undefined && this.#address === address) return this.#places;
    this.#failAll('the storage pool has another master');
    const left = await this.#read(pool);
    this.#address = address;
    this.#places = Array.from({ length: messagesPerMailbox }, (_, index): Place => (typeof left[index] === 'object' ? 'cleaning' : 'free'));
    return this.#places;
  }

  async #read(pool: ConnectedPool): Promise<MailboxEntry[]> {
    const master = await this.#options.catalog.find(pool.masterDomainId);
    return parseMailbox(await master.store.readMail('outbox', mailboxOffset(pool.hostId), mailboxBytes)) ?? [];
  }

  async #send(pool: ConnectedPool): Promise<void> {
    const entries = (this.#places ?? []).map((place): MailboxEntry => {
      if (place === 'free') return 'empty';
      return place === 'cleaning' ? 'clean' : place.request;
    });
    const master = await this.#options.catalog.find(pool.masterDomainId);
    await master.store.writeMail('inbox', mailboxOffset(pool.hostId), formatMailbox(entries));
    await master.store.writeMail('inbox', 0, formatEvent(randomUUID()));
  }

  async #look(): Promise<void> {
    const { pools, clock } = this.#options;
    const pool = pools.current();
    if (pool === undefined) return this.#failAll('this host has left the storage pool');
    const places = await this.#open(pool);
    const outbox = await this.#read(pool);
    let isChanged = false;
    for (const [index, place] of places.entries()) {
      if (place === 'free') continue;
      const answer = outbox[index] ?? 'empty';
      if (place === 'cleaning') {
        if (typeof answer === 'object') continue;
        places[index] = 'free';
      } else if (typeof answer === 'object' && answer.domainId === place.request.domainId && answer.volumeId === place.request.volumeId) {
        places[index] = 'cleaning';
        place.answer(answer.sizeMebibytes);
      } else if (clock.monotonicMs() >= place.untilMs) {
        places[index] = 'cleaning';
        place.fail(storageError('LogicalVolumeExtendError', `The pool's manager did not answer within ${timeoutMs / 1000} s`));
      } else continue;
      isChanged = true;
    }
    if (isChanged) await this.#send(pool);
    if (places.some((place) => place !== 'free')) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #failAll(reason: string): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const place of this.#places ?? [])
      if (typeof place === 'object') place.fail(storageError('LogicalVolumeExtendError', `A volume was not extended: ${reason}`));
    this.#places = undefined;
  }
}
