import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import type { ImageSource } from './backend.ts';

/** What a ticket lets its bearer do. */
export type TicketOperation = 'read' | 'write';

/** A permission to read or write one image over HTTPS, by whoever knows its id. Source: VDSM schema, ImageTicket. */
export interface Ticket {
  id: string;
  source: ImageSource;
  sizeBytes: number;
  operations: ReadonlySet<TicketOperation>;
  /** Seconds that it lives from its last extension on. */
  timeoutSeconds: number;
  filename: string | undefined;
  /** Zeros that are written need no space. */
  sparse: boolean;
  /** Only what changed since the backup before is wanted. */
  dirty: boolean;
}

/** What became of a ticket so far. */
export interface TicketUse {
  ticket: Ticket;
  expiresMs: number;
  /** Requests that are under way. */
  active: number;
  /** Bytes of the image that were read or written at least once. */
  transferredBytes: number;
}

interface Known extends TicketUse {
  ranges: [start: number, end: number][];
  usedMs: number;
  /** Ends the requests that are under way. */
  abort: AbortController;
}

/** Tickets that are known at once. */
const maximumTickets = 1000;
/** Requests of one ticket at once. Source: imageio protocol, max_readers and max_writers. */
export const maximumRequests = 8;
/** Parts that a transfer is remembered in; beyond, it counts up to the end of the last one. */
const maximumRanges = 10_000;

/** The tickets of a host. They do not outlive the agent. */
export interface Tickets {
  /** Takes a ticket in; one of the same id is replaced as long as nobody uses it. */
  add(ticket: Ticket): void;
  /** @throws 100 when it is unknown */
  extend(id: string, timeoutSeconds: number): void;
  /** @throws 100 when it is unknown */
  find(id: string): TicketUse & { idleSeconds: number };
  /** Forgets a ticket and ends its requests. One that is unknown is no error. */
  remove(id: string): void;
  /**
   * Begins a request.
   * @returns undefined when there is no such ticket, it has expired, does not allow this, or has too many requests
   */
  use(id: string, operation: TicketOperation): Use | undefined;
  /** Ends all requests. */
  close(): void;
}

/** A request under a ticket. */
export interface Use {
  ticket: Ticket;
  /** Aborted when the ticket goes. */
  signal: AbortSignal;
  /** Notes bytes that were read or written. */
  done(start: number, bytes: number): void;
  end(): void;
}

/** Bytes that a set of ranges covers; neighbours and overlaps become one. */
export function mergeRanges(ranges: [number, number][], added: [number, number]): [number, number][] {
  const merged: [number, number][] = [];
  let [start, end] = added;
  for (const range of ranges) {
    if (range[1] < start || range[0] > end) merged.push(range);
    else [start, end] = [Math.min(start, range[0]), Math.max(end, range[1])];
  }
  return [...merged, [start, end]];
}

const unknown = (id: string): VdsmError => new VdsmError(commonErrors.GeneralException, `There is no image ticket ${id}`);

/** @param monotonicMs a clock that never goes back */
export function createTickets(monotonicMs: () => number): Tickets {
  const tickets = new Map<string, Known>();
  const known = (id: string): Known => {
    const found = tickets.get(id);
    if (found === undefined) throw unknown(id);
    return found;
  };
  const forget = (id: string): void => {
    tickets.get(id)?.abort.abort();
    tickets.delete(id);
  };
  return {
    add(ticket) {
      // what has long expired is of no use to anybody
      for (const [id, one] of tickets) if (one.expiresMs < monotonicMs() - 3_600_000 && one.active === 0) tickets.delete(id);
      if (tickets.size >= maximumTickets)
        throw new VdsmError(commonErrors.GeneralException, `This host has ${maximumTickets} image tickets; remove some first`);
      if ((tickets.get(ticket.id)?.active ?? 0) > 0)
        throw new VdsmError(commonErrors.GeneralException, `Image ticket ${ticket.id} is in use; remove it first`);
      const nowMs = monotonicMs();
      tickets.set(ticket.id, {
        ticket,
        expiresMs: nowMs + ticket.timeoutSeconds * 1000,
        active: 0,
        transferredBytes: 0,
        ranges: [],
        usedMs: nowMs,
        abort: new AbortController(),
      });
    },
    extend(id, timeoutSeconds) {
      known(id).expiresMs = monotonicMs() + timeoutSeconds * 1000;
    },
    find(id) {
      const found = known(id);
      return { ...found, idleSeconds: found.active > 0 ? 0 : Math.floor((monotonicMs() - found.usedMs) / 1000) };
    },
    remove: forget,
    use(id, operation) {
      const found = tickets.get(id);
      if (found === undefined || found.expiresMs <= monotonicMs() || !found.ticket.operations.has(operation)) return undefined;
      if (found.active >= maximumRequests) return undefined;
      found.active += 1;
      let ended = false;
      return {
        ticket: found.ticket,
        signal: found.abort.signal,
        done(start, bytes) {
          if (bytes === 0) return;
          found.ranges = mergeRanges(found.ranges.slice(-maximumRanges), [start, start + bytes]);
          found.transferredBytes = found.ranges.reduce((sum, [from, to]) => sum + to - from, 0);
          found.usedMs = monotonicMs();
        },
        end() {
          if (ended) return;
          ended = true;
          found.active -= 1;
          found.usedMs = monotonicMs();
        },
      };
    },
    close() {
      for (const id of tickets.keys()) forget(id);
    },
  };
}
