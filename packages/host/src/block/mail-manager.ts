import type { StorageClock, StorageLog } from '../storage-clock.ts';
import type { DomainCatalog } from '../storage-domain/catalog.ts';
import type { StorageDomain } from '../storage-domain/store.ts';
import type { Pools } from '../storage-pool/pools.ts';
import { answerTo, formatMailbox, mailboxBytes, mailboxOffset, messagesPerMailbox, parseEvent, parseMailbox } from './mailbox.ts';
import type { ExtendMessage, MailboxEntry } from './mailbox.ts';

const mebibyte = 1024 * 1024;

/** How often the manager looks for the event of a host that wrote (VDSM, mailbox events). */
const eventIntervalMs = 500;

/** Every so many looks all mail is read: hosts of older versions send no events, and an event may be overwritten. */
const looksPerRead = 4;

/** Hosts of a pool that have a mailbox (VDSM, maximum_number_of_hosts; the engine's own limit). */
const maximumHosts = 250;

/** Looks between two questions for the kinds of the pool's domains. */
const looksPerCount = 60;

export interface MailManagerOptions {
  pools: Pools;
  catalog: DomainCatalog;
  clock: StorageClock;
  log: StorageLog;
  /** Makes a volume larger. @returns bytes that it has then */
  grow(domainId: string, volumeId: string, bytes: number): Promise<number>;
}

/** What the manager knows of the mail of the pool that it manages now. */
interface Office {
  poolId: string;
  masterId: string;
  leaseVersion: number;
  /** Whether a domain of the pool needs mail at all: on files volumes grow by themselves. */
  isNeeded: boolean;
  lastEvent: string | undefined;
  /** What hosts wrote, as last read, by host and place. */
  requests: Map<string, string>;
  /** What was answered. */
  answers: Map<number, MailboxEntry[]>;
  looks: number;
  /** The master as it was found; forgotten when it could not be read, as it may lie elsewhere then. */
  master: StorageDomain | undefined;
}

/**
 * Answers the wishes of a pool's hosts for larger volumes as long as this host is the pool's manager (VDSM, storage mailbox).
 * Wishes are for a size, not for a difference, so that one that is read twice does no harm.
 */
export class MailManager {
  readonly #options: MailManagerOptions;
  #office: Office | undefined;
  #looking: Promise<void> | undefined;
  #isFailing = false;
  #stop: () => void = () => undefined;
  #writing: Promise<void> = Promise.resolve();
  readonly #work = new Set<Promise<void>>();

  constructor(options: MailManagerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stop = this.#options.clock.every(eventIntervalMs, () => {
      this.#looking ??= this.#look()
        .then(
          () => {
            this.#isFailing = false;
          },
          (error: unknown) => this.#failed(error),
        )
        .finally(() => {
          this.#looking = undefined;
        });
    });
  }

  /** Said once, until it works again. */
  #failed(error: unknown): void {
    if (!this.#isFailing) this.#options.log.warn({ error: String(error) }, 'The mail of the storage pool could not be read');
    this.#isFailing = true;
    if (this.#office !== undefined) this.#office.master = undefined;
  }

  async #master(office: Office): Promise<StorageDomain> {
    office.master ??= await this.#options.catalog.find(office.masterId);
    return office.master;
  }

  /** Stops, with what is being done brought to its end. */
  async close(): Promise<void> {
    this.#stop();
    await this.#looking;
    await Promise.all(this.#work);
  }

  async #look(): Promise<void> {
    const pool = this.#options.pools.current();
    if (pool?.role !== 'SPM') {
      this.#office = undefined;
      return;
    }
    const before = this.#office;
    const isSame =
      before?.poolId === pool.id && before.masterId === pool.masterDomainId && before.leaseVersion === pool.leaseVersion && before.isNeeded;
    if (!isSame && before !== undefined && !before.isNeeded && ++before.looks % looksPerCount !== 0) return;
    const office: Office = isSame ? before : await this.#open(pool.id, pool.masterDomainId, pool.leaseVersion);
    this.#office = office;
    if (!office.isNeeded) return;
    const master = await this.#master(office);
    const isTimed = office.looks++ % looksPerRead === 0;
    const event = parseEvent(await master.store.readMail('inbox', 0, mailboxBytes));
    if (!isTimed && (event === undefined || event === office.lastEvent)) return;
    office.lastEvent = event;
    await this.#read(office, master);
  }

  /** Begins with an empty outbox: answers to wishes of another manager's time tell nobody anything. */
  async #open(poolId: string, masterId: string, leaseVersion: number): Promise<Office> {
    const { pools, catalog, log } = this.#options;
    const ids = Object.entries(pools.current()?.domains ?? {}).filter(([, status]) => status === 'Active');
    const kinds = await Promise.all(ids.map(async ([id]) => (await catalog.find(id).catch(() => undefined))?.store.kind));
    const isNeeded = kinds.includes('block');
    if (isNeeded) {
      const master = await catalog.find(masterId);
      await master.store.writeMail('outbox', 0, Buffer.alloc(mailboxBytes * (maximumHosts + 1)));
      log.info({ pool: poolId }, 'This host answers the mail of the storage pool');
    }
    return {
      poolId,
      masterId,
      leaseVersion,
      isNeeded,
      lastEvent: undefined,
      requests: new Map(),
      answers: new Map(),
      looks: 0,
      master: undefined,
    };
  }

  async #read(office: Office, master: StorageDomain): Promise<void> {
    const mail = await master.store.readMail('inbox', mailboxOffset(1), mailboxBytes * maximumHosts);
    for (let hostId = 1; hostId <= maximumHosts; hostId++) {
      const start = (hostId - 1) * mailboxBytes;
      const entries = parseMailbox(mail.subarray(start, start + mailboxBytes));
      if (entries === undefined) continue;
      let isChanged = false;
      for (const [place, entry] of entries.entries()) {
        const key = `${hostId}/${place}`;
        const text = JSON.stringify(entry);
        if (office.requests.get(key) === text) continue;
        office.requests.set(key, text);
        if (entry === 'clean') {
          this.#answers(office, hostId)[place] = 'clean';
          isChanged = true;
        } else if (entry !== 'empty') this.#begin(office, hostId, place, entry);
      }
      if (isChanged) await this.#send(office, hostId);
    }
  }

  #answers(office: Office, hostId: number): MailboxEntry[] {
    const found = office.answers.get(hostId);
    if (found !== undefined) return found;
    const made = Array.from({ length: messagesPerMailbox }, (): MailboxEntry => 'empty');
    office.answers.set(hostId, made);
    return made;
  }

  #begin(office: Office, hostId: number, place: number, request: ExtendMessage): void {
    const work = this.#answer(office, hostId, place, request)
      .catch((error: unknown) =>
        this.#options.log.warn({ host: hostId, ...request, error: String(error) }, 'A wish for a larger volume could not be answered'),
      )
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #answer(office: Office, hostId: number, place: number, request: ExtendMessage): Promise<void> {
    const { grow, log } = this.#options;
    const { domainId, volumeId, sizeMebibytes } = request;
    let answer = 0;
    try {
      answer = Math.floor((await grow(domainId, volumeId, sizeMebibytes * mebibyte)) / mebibyte);
      log.info({ host: hostId, domain: domainId, volume: volumeId, mebibytes: answer }, 'A volume of a running machine has grown');
    } catch (error) {
      log.warn({ host: hostId, ...request, error: String(error) }, 'A volume of a running machine could not grow');
    }
    this.#answers(office, hostId)[place] = answerTo(request, answer);
    await this.#send(office, hostId);
  }

  /** One write at a time, so that a later state never comes before an earlier one. */
  async #send(office: Office, hostId: number): Promise<void> {
    const before = this.#writing;
    const write = async (): Promise<void> => {
      if (this.#office !== office) return;
      const master = await this.#master(office);
      await master.store.writeMail('outbox', mailboxOffset(hostId), formatMailbox(this.#answers(office, hostId)));
    };
    const now = before.catch(() => undefined).then(write);
    this.#writing = now;
    await now;
  }
}
