import type { PeerCertificate } from 'node:tls';
import { VdsmClient, type AnyVerbs, type VdsmTls } from '@virgate/vdsm';
import { sql, type Kysely } from 'kysely';
import type { Logger } from 'pino';
import { joinedSubject } from '../certificates/known-host.ts';
import { saveHostCertificate } from '../certificates/save.ts';
import { hostCertificateOf, identityProblem } from '../certificates/validity.ts';
import type { SystemOptions } from '../options/values.ts';
import { badRequest } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { keepOfEnded } from '../vms/external-data.ts';
import { HostSession } from './session.ts';

/** A connection to a host that takes any verb. */
export type HostClient = VdsmClient<AnyVerbs>;

/** How often leases on hosts are renewed and hosts without an engine are taken, and how long a lease lasts. */
const leaseCheckMs = 2_000;
const leaseMs = 15_000;
/** Least time between two attempts to reach a host that is away. */
const reconnectMs = 1_000;
const externalDataTimeoutMs = 10_000;
/** States in which a host is not watched: it is not there yet, or not wanted. */
const unwatched = ['pending_approval', 'installing', 'install_failed', 'maintenance', 'down'];

interface HostRow {
  id: string;
  name: string;
  address: string;
  port: number;
  fence: number;
  /** Of {@link joinedSubject}. */
  joined_subject: string | null;
}

/** What sessions need of the engine. */
export interface SessionsOptions {
  db: Kysely<Tables>;
  engineId: string;
  tls: VdsmTls;
  log: Logger;
  now: () => number;
  /** Seals what hosts tell of VMs and nobody else may know. */
  secretKey: Buffer;
  options: Pick<SystemOptions, 'number'>;
}

/** A host's client together with the number of this engine's lease on the host, which newer agents insist on. */
export interface HostAccess {
  client: HostClient;
  fence: number;
}

/**
 * One session for each host, held by the engine that has the host's lease. Operations of other engines reach the host by a
 * connection of their own, with the lease's number, so that what a deposed engine still sends is refused by the host.
 */
export class HostSessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, HostSession>();
  readonly #visitors = new Map<string, HostClient>();
  #timer: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | null = null;
  #stopped = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** The authority by which hosts are known, as PEM. */
  get caPem(): string {
    return String(this.#options.tls.ca);
  }

  async start(): Promise<void> {
    await this.#claim();
    this.#timer = setInterval(() => this.kick(), leaseCheckMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#claiming;
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    for (const visitor of this.#visitors.values()) visitor.close();
    await this.#saving;
    await this.#options.db
      .updateTable('host_state')
      .set({ lease_owner: null, lease_until: null })
      .where('lease_owner', '=', this.#options.engineId)
      .execute();
  }

  /** Looks at once which hosts are to be watched: after one was approved, activated or removed. */
  kick(): void {
    void this.#claim().catch((error: unknown) => this.#options.log.warn({ err: error }, 'host leases could not be renewed'));
  }

  /** Takes up at once what a command has changed about a host's state. */
  refresh(hostId: string): void {
    this.kick();
    this.#sessions.get(hostId)?.refresh();
  }

  /** Looks at once what a host is: after what it has to be was changed. */
  inspect(hostId: string): void {
    this.#sessions.get(hostId)?.inspect();
  }

  /** Fetches what VMs that are about to end keep in their firmware, as far as the host gives it. */
  async keepExternalData(hostId: string, vmIds: readonly string[], signal: AbortSignal): Promise<void> {
    const { client, fence } = await this.access(hostId);
    await keepOfEnded(
      this.#options,
      (method, parameters) => client.call(method, parameters, { timeoutMs: externalDataTimeoutMs, fence, signal }),
      vmIds,
    );
  }

  /**
   * How to reach a host.
   * @throws {Fault} 409 when there is no such host
   */
  async access(hostId: string): Promise<HostAccess> {
    const session = this.#sessions.get(hostId);
    if (session) return { client: session.client, fence: session.fence };
    const row = await this.#options.db
      .selectFrom('host as h')
      .innerJoin('host_state as s', 's.host_id', 'h.id')
      .select(['h.id', 'h.name', 'h.address', 'h.port', 's.fence', joinedSubject.as('joined_subject')])
      .where('h.id', '=', hostId)
      .executeTakeFirst();
    if (!row) throw badRequest('VDS_INVALID_SERVER_ID');
    const known = this.#visitors.get(hostId);
    if (known) return { client: known, fence: row.fence };
    const client = this.#connect(row, false);
    this.#visitors.set(hostId, client);
    return { client, fence: row.fence };
  }

  #connect(row: HostRow, events: boolean): HostClient {
    return new VdsmClient<AnyVerbs>({
      host: row.address,
      port: row.port,
      tls: this.#options.tls,
      events,
      checkPeer: (peer) => this.#checkHost(row, peer),
      backoff: { initialMs: reconnectMs },
      log: this.#options.log.child({ host: row.name }) as never,
    });
  }

  /** Looks whether a host is the one that it should be, and notes until when its certificate serves. */
  #checkHost(row: HostRow, peer: PeerCertificate): Error | undefined {
    const certificate = hostCertificateOf(peer);
    const problem = identityProblem(row.joined_subject, certificate);
    if (problem) return problem;
    this.#saving = this.#saving
      .then(() => saveHostCertificate(this.#options.db, row.id, certificate))
      .catch((error: unknown) => this.#options.log.warn({ err: error, host: row.name }, 'the certificate of a host could not be noted'));
    return undefined;
  }

  #claim(): Promise<void> {
    this.#claiming ??= this.#claimOnce().finally(() => {
      this.#claiming = null;
    });
    return this.#claiming;
  }

  /** Renews this engine's leases and takes hosts that nobody has, in one statement; then starts and ends sessions to match. */
  async #claimOnce(): Promise<void> {
    if (this.#stopped) return;
    const { db, engineId } = this.#options;
    const mine = await sql<HostRow>`
      update host_state s set lease_owner = ${engineId}, lease_until = now() + ${leaseMs} * interval '1 millisecond',
        fence = case when s.lease_owner = ${engineId} and s.lease_until > now() and s.host_id = any(${[...this.#sessions.keys()]}::uuid[]) then s.fence else s.fence + 1 end
      from host h where h.id = s.host_id and s.status <> all(${unwatched}) and (s.lease_owner is null or s.lease_owner = ${engineId} or s.lease_until < now())
      returning h.id, h.name, h.address, h.port, s.fence,
        ${joinedSubject} as joined_subject`.execute(db);
    const wanted = new Map(mine.rows.map((row) => [row.id, row]));
    for (const [id, session] of this.#sessions) {
      const row = wanted.get(id);
      if (row && row.address === session.address && row.port === session.port) continue;
      this.#sessions.delete(id);
      await session.close();
    }
    for (const row of wanted.values()) {
      if (this.#sessions.has(row.id) || this.#stopped) continue;
      this.#visitors.get(row.id)?.close();
      this.#visitors.delete(row.id);
      const session = new HostSession({ ...this.#options, host: row, client: this.#connect(row, true) });
      this.#sessions.set(row.id, session);
      session.start();
    }
  }
}
