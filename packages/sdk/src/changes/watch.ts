import type { Transport } from '../transport.ts';
import { keepConnected } from './connection.ts';
import type { ChangeWatch, ConnectionState } from './connection.ts';

export type { ChangeWatch } from './connection.ts';

/** Something in the engine changed. It says what, not how: read the object again. */
export interface Change {
  /** Order of commits; grows, with gaps where this user may not look. */
  seq: number;
  /** `vm`, `host`, `disk`, `event`, `job` … */
  type: string;
  id: string;
  op: 'add' | 'update' | 'remove';
  /** Version of the object: what its entity tag has before the dot, for who reads all of it. Missing when it is not known. */
  version?: string;
  /** Attributes that differ from what the feed told of the object before. Empty: something below it changed. Missing: anything may have. */
  fields?: string[];
  [detail: string]: unknown;
}

export interface WatchOptions {
  /** Only what came after this sequence number. Without it: only what comes from now on. */
  since?: number | undefined;
  onChange: (change: Change) => void;
  /** Changes may have been missed (they are no longer kept): read again what is shown. */
  onResync: () => void;
  onState?: ((state: ConnectionState) => void) | undefined;
  silenceMs?: number | undefined;
  random?: (() => number) | undefined;
}

/**
 * Follows the change feed `GET /virgate/api/changes`: resumes where it broke off, and calls `onResync` when the engine no longer has what lies between.
 * A connection that broke off before anything was received is resynchronised too, since what happened meanwhile is unknown.
 */
export function watchChanges(transport: Transport, options: WatchOptions): ChangeWatch {
  let last = options.since;
  let opened = false;
  return keepConnected({
    transport,
    path: () => (last === undefined ? '/virgate/api/changes' : `/virgate/api/changes?since=${last}`),
    headers: (): Record<string, string> => (last === undefined ? {} : { 'Last-Event-ID': String(last) }),
    onEvent: (event) => {
      if (event.id !== undefined && /^\d+$/.test(event.id)) last = Number(event.id);
      if (event.event === 'resync') options.onResync();
      if (event.event !== 'change') return;
      const change = JSON.parse(event.data) as Change;
      last = change.seq;
      options.onChange(change);
    },
    onGone: () => {
      last = undefined;
      opened = false;
      options.onResync();
    },
    onState: (state) => {
      if (state === 'open') {
        if (opened && last === undefined) options.onResync();
        opened = true;
      }
      options.onState?.(state);
    },
    silenceMs: options.silenceMs,
    random: options.random,
  });
}
