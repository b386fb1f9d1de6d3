import type { ListKind } from '@virgate/contract/generated/virgate';
import type { Transport } from '../transport.ts';
import { keepConnected } from './connection.ts';
import type { ChangeWatch } from './connection.ts';
import type { Change, WatchOptions } from './watch.ts';

/** Places of a list, or single objects, of which a client wants to hear. */
export type WatchedWindow =
  | {
      /** The client's own name of it, by which frames tell of it. */
      readonly key: string;
      readonly kind: ListKind;
      readonly search: string;
      readonly sort: string;
      readonly descending: boolean;
      readonly from: number;
      readonly count: number;
      /** What was read of it is as new as this number of the feed; left out, all of its rows are told. */
      readonly since?: number;
    }
  | { readonly key: string; readonly kind: ListKind; readonly ids: readonly string[] };

/** What is new of a window. */
export interface ListNews {
  /** Of the whole list. */
  total: number;
  /** What stands in the window; missing when it is the same as before. */
  ids?: string[];
  /** Rows that changed or came in. */
  rows?: ({ id?: string } & Record<string, unknown>)[];
}

/** What changed since the frame before. */
export interface Frame {
  seq: number;
  changes?: Change[];
  lists?: Record<string, ListNews>;
  /** Kinds of lists whose objects changed, wherever they stand. */
  touched?: ListKind[];
  /** Something was left out: read everything again. */
  reload?: boolean;
}

export interface FrameOptions extends Omit<WatchOptions, 'onChange'> {
  /** What is watched; asked each time that the stream is opened. */
  windows: () => readonly WatchedWindow[];
  onFrame: (frame: Frame) => void;
}

export interface FrameWatch extends ChangeWatch {
  /** Other windows are watched from now on: begins anew with them, where the feed stood. */
  renew(): void;
}

/** Follows the change feed in frames, at most four a second, that tell of some windows of lists and not of all objects in them. */
export function watchFrames(transport: Transport, options: FrameOptions): FrameWatch {
  let last = options.since;
  let opened = false;
  let current: ChangeWatch | undefined;
  let streams = 0;
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => undefined);
  const open = (): void => {
    const former = current;
    // Of a former stream nothing counts any more.
    streams += 1;
    const number = streams;
    const isCurrent = (): boolean => number === streams;
    const watch = keepConnected({
      transport,
      path: () => {
        const query = new URLSearchParams({ windows: JSON.stringify(options.windows()) });
        if (last !== undefined) query.set('since', String(last));
        return `/virgate/api/changes?${query}`;
      },
      headers: () => ({}),
      onEvent: ({ event, id, data }) => {
        if (!isCurrent()) return;
        if (id !== undefined && /^\d+$/.test(id)) last = Number(id);
        if (event === 'resync') options.onResync();
        if (event === 'frame') options.onFrame(JSON.parse(data) as Frame);
      },
      onGone: () => {
        if (!isCurrent()) return;
        last = undefined;
        opened = false;
        options.onResync();
      },
      onState: (state) => {
        if (!isCurrent()) return;
        if (state === 'open') {
          if (opened && last === undefined) options.onResync();
          opened = true;
        }
        options.onState?.(state);
      },
      silenceMs: options.silenceMs,
      random: options.random,
    });
    current = watch;
    former?.close();
    watch.closed.then(
      () => {
        if (isCurrent()) over.resolve();
      },
      (error: unknown) => {
        if (isCurrent()) over.reject(error);
      },
    );
  };
  open();
  return { close: () => current?.close(), renew: open, closed: over.promise };
}
