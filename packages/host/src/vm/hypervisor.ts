import { connect } from '@virgate/libvirt';
import type { DomainEvents, LibvirtConnection } from '@virgate/libvirt';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentLog } from '../log.ts';

/**
 * What a call is for. Each has connections of its own, so that a slow start keeps no statistics
 * waiting and slow statistics no shutdown.
 */
export type Lane = 'query' | 'control' | 'start';

/** Bounds of the agent's use of libvirt. */
export const hypervisorLimits = {
  /** Calls in the works on one connection; libvirtd itself reads no more than five. */
  callsPerConnection: 4,
  connectionsPerLane: 8,
  deadlineMs: { query: 10_000, control: 30_000, start: 180_000 },
  reconnectMs: 500,
  longestReconnectMs: 10_000,
} as const;

/** A call to libvirt that gave no answer in time. It may still have an effect. */
export class HypervisorTimeout extends Error {
  override name = 'HypervisorTimeout';
}

/** No connection to libvirtd can be had. */
export class HypervisorUnavailable extends Error {
  override name = 'HypervisorUnavailable';
}

interface Member {
  connection: Promise<LibvirtConnection>;
  calls: number;
  closed: boolean;
}

/** Handlers of the domain events that the agent listens to. */
export type DomainEventHandlers = { [Kind in keyof DomainEvents]?: (event: DomainEvents[Kind]) => void };

export interface HypervisorOptions {
  socketPath: string;
  uri: string;
  log: AgentLog;
}

/**
 * The agent's connections to libvirtd. A libvirt call can't be cancelled: what passes its deadline
 * goes on taking its place on its connection, and others are opened for the calls behind it.
 */
export class Hypervisor {
  readonly #options: HypervisorOptions;
  readonly #lanes: Record<Lane, Member[]> = { query: [], control: [], start: [] };
  #events: LibvirtConnection | undefined;
  #closed = false;

  constructor(options: HypervisorOptions) {
    this.#options = options;
  }

  /** Runs a call, or some in a row, on a connection of the lane. @throws HypervisorTimeout, HypervisorUnavailable, LibvirtError */
  async run<T>(
    lane: Lane,
    work: (connection: LibvirtConnection) => Promise<T>,
    deadlineMs: number = hypervisorLimits.deadlineMs[lane],
  ): Promise<T> {
    const member = this.#member(lane);
    member.calls++;
    const running = member.connection.then(work);
    running
      .catch(() => undefined)
      .finally(() => {
        member.calls--;
      })
      .catch(() => undefined);
    return await withDeadline(running, deadlineMs);
  }

  /** Runs a call that may take as long as it needs, on a connection of its own; a signal gives the call up, which goes on in libvirt. */
  async runLong<T>(work: (connection: LibvirtConnection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connection = await this.#connect();
    const giveUp = (): void => connection.destroy();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      return await work(connection);
    } finally {
      signal?.removeEventListener('abort', giveUp);
      connection.destroy();
    }
  }

  /**
   * Listens to domain events until {@link close}. When the connection is lost it is made again, and
   * `onReconnected` is called: events in between are lost for good.
   */
  async listen(handlers: DomainEventHandlers, onReconnected: () => void): Promise<void> {
    const connection = await this.#connect();
    connection.on('eventError', (error) => this.#options.log.warn({ error: String(error) }, 'An event of libvirt could not be handled'));
    try {
      for (const [kind, handler] of Object.entries(handlers)) {
        await connection.onDomainEvent(kind as keyof DomainEvents, handler as (event: unknown) => void);
      }
    } catch (error) {
      connection.destroy();
      throw error;
    }
    if (connection.closed) throw new HypervisorUnavailable('libvirtd closed the connection');
    this.#events = connection;
    connection.once('close', () => void this.#relisten(handlers, onReconnected));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#events?.destroy();
    const members = Object.values(this.#lanes).flat();
    await Promise.all(members.map(async ({ connection }) => (await connection.catch(() => undefined))?.destroy()));
  }

  async #relisten(handlers: DomainEventHandlers, onReconnected: () => void): Promise<void> {
    if (this.#closed) return;
    this.#options.log.warn({}, 'The connection to libvirtd was lost');
    let waitMs: number = hypervisorLimits.reconnectMs;
    while (!this.#closed) {
      await delay(waitMs, undefined, { ref: false });
      try {
        await this.listen(handlers, onReconnected);
        this.#options.log.info({}, 'Connected to libvirtd again');
        onReconnected();
        return;
      } catch (error) {
        this.#options.log.debug({ error: String(error) }, 'libvirtd is not there yet');
        waitMs = Math.min(waitMs * 2, hypervisorLimits.longestReconnectMs);
      }
    }
  }

  #member(lane: Lane): Member {
    if (this.#closed) throw new HypervisorUnavailable('The agent is stopping');
    const members = this.#lanes[lane].filter((member) => !member.closed);
    this.#lanes[lane] = members;
    const free = members.find((member) => member.calls < hypervisorLimits.callsPerConnection);
    if (free) return free;
    if (members.length >= hypervisorLimits.connectionsPerLane)
      throw new HypervisorUnavailable('All connections to libvirtd wait for answers');
    const member: Member = { connection: this.#connect(), calls: 0, closed: false };
    const close = (): void => {
      member.closed = true;
    };
    member.connection.then((connection) => connection.once('close', close), close);
    members.push(member);
    return member;
  }

  async #connect(): Promise<LibvirtConnection> {
    const { socketPath, uri } = this.#options;
    try {
      // The deadline of a call is kept here, where its late end is still noticed.
      return await connect({ socketPath, uri, callTimeoutMs: 0 });
    } catch (error) {
      throw new HypervisorUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
}

/** What a promise gives, or HypervisorTimeout. */
async function withDeadline<T>(promise: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HypervisorTimeout(`libvirt gave no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
