import type { Change, ChangeWatch, ConnectionState, Statistics } from '@virgate/sdk';
import { useSyncExternalStore } from 'react';
import { client } from '../app/client.ts';
import { sessionEnded } from '../session/session.ts';
import { coalesce } from './coalesce.ts';
import { putStatistics } from './statistics.ts';

/**
 * A browser opens at most six HTTP/1.1 connections to one engine, for all tabs together. So one tab holds the streams and passes on what comes;
 * which tab that is, a lock decides: when the tab goes, another gets the lock and goes on where the feed stood.
 */
const lockName = 'virgate-change-feed';
const channelName = 'virgate-change-feed';

type Message =
  | { kind: 'change'; change: Change }
  | { kind: 'resync' }
  | { kind: 'state'; state: ConnectionState }
  | { kind: 'statistics'; statistics: Statistics[] }
  | { kind: 'hello' };

/** At most four updates of the page a second. */
const coalesceMs = 250;
/** Lists wait this long for the feed to be open, so that nothing is missed between the two. */
const readyMs = 1500;
/** An interruption shorter than this is not shown. */
const tolerableMs = 4000;

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

/** Starts following the feed; call when somebody has signed in. `apply` and `resync` bring the page up to date. */
export function startFeed(apply: Parameters<typeof coalesce>[0], resync: () => void): void {
  if (running !== undefined) return;
  const stop = new AbortController();
  const channel = new BroadcastChannel(channelName);
  const add = coalesce(apply, coalesceMs, (run, delayMs) => setTimeout(run, delayMs));
  let last: number | undefined;
  let late = false;
  let leading = false;
  let state: ConnectionState = 'connecting';
  let interruption: ReturnType<typeof setTimeout> | undefined;

  // A broadcast channel stays within the origin by itself.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  const post = (message: Message): void => channel.postMessage(message);
  const take = (message: Message): void => {
    if (message.kind === 'change') {
      last = message.change.seq;
      add(message.change);
    } else if (message.kind === 'resync') resync();
    else if (message.kind === 'statistics') putStatistics(message.statistics);
    else if (message.kind === 'state') takeState(message.state);
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
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind !== 'hello') take(data);
    else if (leading) post({ kind: 'state', state });
  });
  setTimeout(() => {
    if (state !== 'open') late = true;
    ready.resolve();
  }, readyMs);
  post({ kind: 'hello' });

  void whenLeading(stop.signal, () => {
    leading = true;
    return lead(tell, last, stop.signal);
  });
  running = {
    stop: () => {
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

async function lead(tell: (message: Message) => void, since: number | undefined, signal: AbortSignal): Promise<void> {
  const changes = client.virgate.watchChanges({
    since,
    onChange: (change) => tell({ kind: 'change', change }),
    onResync: () => tell({ kind: 'resync' }),
    onState: (state) => tell({ kind: 'state', state }),
  });
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
