import { ApiFault } from '../fault.ts';
import type { Transport } from '../transport.ts';
import { EventStreamParser } from './event-stream.ts';
import type { StreamEvent } from './event-stream.ts';

/** A running subscription. */
export interface ChangeWatch {
  close(): void;
  /** Settles when the subscription is over: after `close`, or rejected when the engine refused it for good (401, 403, 404). */
  readonly closed: Promise<void>;
}

export type ConnectionState = 'connecting' | 'open' | 'waiting';

export interface ConnectionOptions {
  transport: Transport;
  /** Path of the next attempt. */
  path: () => string;
  headers: () => Record<string, string>;
  onEvent: (event: StreamEvent) => void;
  /** 410: what was asked for is gone. The next attempt's path and headers decide what then. */
  onGone: () => void;
  onState?: ((state: ConnectionState) => void) | undefined;
  /** Milliseconds without a byte after which the connection counts as dead; heart-beats are bytes. Default 45,000. */
  silenceMs?: number | undefined;
  /** Between 0 and 1, spreads the reconnects of many clients. Default `Math.random`. */
  random?: (() => number) | undefined;
}

const defaultSilenceMs = 45_000;
const firstDelayMs = 500;
const longestDelayMs = 15_000;

/** Keeps one event stream open: reconnects with growing pauses until `close`, or until the engine says that it never will serve this client. */
export function keepConnected(options: ConnectionOptions): ChangeWatch {
  const stop = new AbortController();
  const closed = run(options, stop.signal);
  // A subscriber that doesn't look at `closed` must not bring the process down.
  closed.catch(() => undefined);
  return { close: () => stop.abort(), closed };
}

async function run(options: ConnectionOptions, stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted;) {
    options.onState?.('connecting');
    try {
      const received = await readOnce(options, stop);
      failures = received ? 0 : failures + 1;
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof ApiFault && error.status === 410) {
        options.onGone();
        failures += 1;
      } else if (error instanceof ApiFault && error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429)
        throw error;
      else failures += 1;
    }
    if (stop.aborted) return;
    options.onState?.('waiting');
    await pause(delayMs(failures, options.random ?? Math.random), stop);
  }
}

/** Grows from half a second to fifteen, with up to a half taken off at random. */
export function delayMs(failures: number, random: () => number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures, 10));
  return full * (1 - random() / 2);
}

async function readOnce(options: ConnectionOptions, stop: AbortSignal): Promise<boolean> {
  const attempt = new AbortController();
  const end = (): void => attempt.abort();
  stop.addEventListener('abort', end, { once: true });
  const silenceMs = options.silenceMs ?? defaultSilenceMs;
  let silence = setTimeout(end, silenceMs);
  let received = false;
  try {
    const response = await options.transport.stream({ method: 'GET', path: options.path() }, attempt.signal, {
      Accept: 'text/event-stream',
      ...options.headers(),
    });
    options.onState?.('open');
    const reader = response.body?.getReader();
    if (reader === undefined) return false;
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return received;
      received = true;
      clearTimeout(silence);
      silence = setTimeout(end, silenceMs);
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        if (stop.aborted) return received;
        options.onEvent(event);
      }
    }
  } finally {
    clearTimeout(silence);
    stop.removeEventListener('abort', end);
    attempt.abort();
  }
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    stop.addEventListener('abort', finish, { once: true });
  });
}
