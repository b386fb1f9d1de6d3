import type { ChangeWatch, ConnectionState, Frame, FrameWatch, ListKind, Statistics, WatchedWindow } from '@virgate/sdk';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { sessionEnded } from '../session/session.ts';
import { batchesOf } from './batches.ts';
import type { Batch } from './batches.ts';
import { putStatistics } from './statistics.ts';
import { allWatched, onWatched, reloadLists, takeNews, together } from './watched.ts';

/**
 * A browser opens at most six HTTP/1.1 connections to one engine, for all tabs together. So one tab holds the streams and passes on what comes;
 * which tab that is, a lock decides: when the tab goes, another gets the lock and goes on where the feed stood. All tabs tell it what they
 * look at.
 */
const lockName = 'virgate-change-feed';
const channelName = 'virgate-change-feed';

type Message =
  | { kind: 'frame'; frame: Frame }
  | { kind: 'resync' }
  | { kind: 'state'; state: ConnectionState }
  | { kind: 'statistics'; statistics: Statistics[] }
  | { kind: 'watched'; tab: string; windows: WatchedWindow[] }
  | { kind: 'hello' }
  | { kind: 'leader' };

/** Lists wait this long for the feed to be open, so that nothing is missed between the two. */
const readyMs = 1500;
/** An interruption shorter than this is not shown. */
const tolerableMs = 4000;
/** What is looked at has to be the same for so long before the feed is asked for it: who scrolls looks at many places. */
const settledMs = 300;

let running: { stop: () => void } | undefined;
let interrupted = false;
let ready = Promise.withResolvers<void>();
const listeners = new Set<() => void>();

/** Resolves when the feed is open, or has had its time to be. */
export function feedReady(): Promise<void> {
  return ready.promise;
}

/** True while live updates have been away for longer than a moment. */
export function useFeedInterrupted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => interrupted,
  );
}

function setInterrupted(value: boolean): void {
  if (interrupted === value) return;
  interrupted = value;
  for (const listener of listeners) listener();
}

/** How the page is brought up to date. */
export interface Updates {
  /** Objects changed. */
  apply: (batches: readonly Batch[]) => void;
  /** Objects of kinds that lists show changed, wherever they stand. */
  touch: (kinds: readonly ListKind[]) => void;
  /** Anything may have changed. */
  resync: () => void;
}

/** Starts following the feed; call when somebody has signed in. */
export function startFeed(updates: Updates): void {
  if (running !== undefined) return;
  const stop = new AbortController();
  const channel = new BroadcastChannel(channelName);
  const tab = crypto.randomUUID();
  let last: number | undefined;
  let late = false;
  let leading: Leader | undefined;
  let state: ConnectionState = 'connecting';
  let interruption: ReturnType<typeof setTimeout> | undefined;

  // A broadcast channel stays within the origin by itself.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const post = (message: Message): void => channel.postMessage(message);
  const resync = (): void => {
    updates.resync();
    reloadLists();
  };
  const take = (message: Message): void => {
    if (message.kind === 'frame') takeFrame(message.frame);
    else if (message.kind === 'resync') resync();
    else if (message.kind === 'statistics') putStatistics(message.statistics);
    else if (message.kind === 'state') takeState(message.state);
    else if (message.kind === 'watched') leading?.watch(message.tab, message.windows);
    else if (message.kind === 'leader') post({ kind: 'watched', tab, windows: allWatched() });
    else if (leading !== undefined) post({ kind: 'state', state });
  };
  const takeFrame = ({ seq, changes, lists, touched, reload }: Frame): void => {
    last = seq;
    if (reload === true) return resync();
    if (changes !== undefined) updates.apply(batchesOf(changes));
    if (touched !== undefined) updates.touch(touched);
    if (lists !== undefined) takeNews(lists, seq);
  };
  const takeState = (next: ConnectionState): void => {
    state = next;
    if (next === 'open') {
      clearTimeout(interruption);
      interruption = undefined;
      setInterrupted(false);
      if (late) resync();
      late = false;
      ready.resolve();
    } else interruption ??= setTimeout(() => setInterrupted(true), tolerableMs);
  };
  const tell = (message: Message): void => {
    take(message);
    post(message);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => take(data));
  let settling: ReturnType<typeof setTimeout> | undefined;
  const tellWatched = (): void => {
    if (leading === undefined) post({ kind: 'watched', tab, windows: allWatched() });
    else leading.watch(tab, allWatched());
  };
  onWatched(() => {
    clearTimeout(settling);
    settling = setTimeout(tellWatched, settledMs);
  });
  const leave = (): void => post({ kind: 'watched', tab, windows: [] });
  addEventListener('pagehide', leave);
  // A page that the browser has kept comes back as it was.
  addEventListener('pageshow', tellWatched);
  setTimeout(() => {
    if (state !== 'open') late = true;
    ready.resolve();
  }, readyMs);
  post({ kind: 'hello' });

  void whenLeading(stop.signal, () => {
    leading = new Leader(tell, last);
    tellWatched();
    post({ kind: 'leader' });
    return leading.run(stop.signal);
  });
  running = {
    stop: () => {
      leave();
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', tellWatched);
      onWatched(() => undefined);
      clearTimeout(settling);
      stop.abort();
      channel.close();
      clearTimeout(interruption);
      setInterrupted(false);
      ready.resolve();
      ready = Promise.withResolvers<void>();
    },
  };
}

/** Ends following the feed; call at sign-out. */
export function stopFeed(): void {
  running?.stop();
  running = undefined;
}

async function whenLeading(signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  if (!('locks' in navigator)) return await run();
  try {
    await navigator.locks.request(lockName, { signal }, run);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Windows with how new they are by now left out: what decides whether others are watched. */
const placesOf = (windows: readonly WatchedWindow[]): string =>
  JSON.stringify(windows, (name, value: unknown) => (name === 'since' ? undefined : value));

/** Holds the streams, for what all tabs look at. */
class Leader {
  readonly #tell: (message: Message) => void;
  readonly #since: number | undefined;
  readonly #windows = new Map<string, readonly WatchedWindow[]>();
  #changes: FrameWatch | undefined;

  constructor(tell: (message: Message) => void, since: number | undefined) {
    this.#tell = tell;
    this.#since = since;
  }

  watch(tab: string, windows: readonly WatchedWindow[]): void {
    const same = placesOf(this.#windows.get(tab) ?? []) === placesOf(windows);
    if (windows.length === 0) this.#windows.delete(tab);
    else this.#windows.set(tab, windows);
    if (!same) this.#changes?.renew();
  }

  /** What was told of is not told again by the next stream. */
  #note(seq: number): void {
    for (const [tab, windows] of this.#windows)
      this.#windows.set(
        tab,
        windows.map((one) => ('since' in one ? { ...one, since: Math.max(one.since ?? 0, seq) } : one)),
      );
  }

  async run(signal: AbortSignal): Promise<void> {
    const tell = this.#tell;
    const changes = client.virgate.watchFrames({
      since: this.#since,
      windows: () => together([...this.#windows.values()].flat()),
      onFrame: (frame) => {
        this.#note(frame.seq);
        tell({ kind: 'frame', frame });
      },
      onResync: () => tell({ kind: 'resync' }),
      onState: (state) => tell({ kind: 'state', state }),
    });
    this.#changes = changes;
    const statistics = client.virgate.watchStatistics({ onStatistics: (list) => tell({ kind: 'statistics', statistics: list }) });
    const streams: ChangeWatch[] = [changes, statistics];
    signal.addEventListener('abort', () => streams.forEach((stream) => stream.close()), { once: true });
    // Figures are an extra: an engine that has none refuses that stream only.
    statistics.closed.catch(() => undefined);
    try {
      await changes.closed;
    } catch (error) {
      if (error instanceof Error && 'status' in error && error.status === 401) sessionEnded();
      else tell({ kind: 'state', state: 'waiting' });
    }
  }
}
