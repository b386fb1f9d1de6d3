import type { Action, Job } from '@virgate/contract/generated/types';
import { decodeObject } from '../decode.ts';
import { ApiFault, EngineUnreachable, JobFailed, WaitTimeout } from '../fault.ts';
import { changeTypes } from '../generated/virgate-table.ts';
import type { RequestOptions } from '../request.ts';
import type { Transport } from '../transport.ts';
import { feedOf } from './feed.ts';

/** How long a wait lasts at most when it does not say. */
const defaultTimeoutMs = 300_000;
/** How often is looked while the change feed tells what happens, and at first and at most where there is none. */
const besideFeedMs = 10_000;
const firstPollMs = 500;
const longestPollMs = 2_000;

/** What a call waits for: a status, one of several, `gone` (it exists no more), or `job` (the work is done). */
export type Goal<Status extends string = string> = Status | 'gone' | 'job';

/** `'up'`, `['up', 'powering_up']`, or with a deadline of its own. */
export type Wait<Status extends string = string> =
  | Goal<Status>
  | readonly Goal<Status>[]
  | {
      readonly for: Goal<Status> | readonly Goal<Status>[];
      /** Milliseconds until {@link WaitTimeout}; default 300,000. */
      readonly timeoutMs?: number;
      /** Ends the wait; what was begun goes on. */
      readonly signal?: AbortSignal;
    };

export interface WaitLimits {
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A resource that is looked at until something holds of it. */
export interface Watched {
  transport: Transport;
  /** From the origin on. */
  path: string;
  /** Type of the API's model, such as `StorageDomain`. */
  type: string;
}

const idOf = (path: string): string => decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
const changeType = (type: string): string => type.replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();

async function look({ transport, path, type }: Watched, request: RequestOptions): Promise<Record<string, unknown> | undefined> {
  try {
    return decodeObject(type, await transport.json({ method: 'GET', path }, request)) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ApiFault && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Looks at a resource until something holds of it: at each of its changes that the feed tells, and now and then, so that neither a lost
 * change nor an engine without a feed makes it wait for ever. An engine that does not answer meanwhile is asked again.
 * @param holds what is waited for; undefined stands for a resource that does not exist (any more)
 * @throws WaitTimeout; the signal's reason; ApiFault; what `holds` throws
 */
export async function watchUntil<T = Record<string, unknown>>(
  watched: Watched,
  holds: (value: T | undefined) => boolean,
  { timeoutMs = defaultTimeoutMs, signal }: WaitLimits = {},
): Promise<T | undefined> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const feed = feedOf(watched.transport);
  const bell = new Bell();
  const type = changeType(watched.type);
  // Of transfers, statistics and the like the feed says nothing.
  const isTold = changeTypes.has(type);
  const leave = isTold ? feed.listen(type, idOf(watched.path), () => bell.ring()) : () => undefined;
  let last: T | undefined;
  let pollMs = firstPollMs;
  try {
    for (;;) {
      stop.throwIfAborted();
      bell.lower();
      try {
        last = (await look(watched, { signal: stop })) as T | undefined;
        if (holds(last)) return last;
      } catch (error) {
        if (!(error instanceof EngineUnreachable) && !(error instanceof ApiFault && error.status === 503)) throw error;
      }
      await bell.wait(feed.open && isTold ? besideFeedMs : pollMs, stop);
      pollMs = Math.min(pollMs * 1.5, longestPollMs);
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (deadline.aborted) throw new WaitTimeout(`${watched.type} ${idOf(watched.path)}`, timeoutMs, last);
    throw error;
  } finally {
    leave();
  }
}

/** Rings once however often it is struck until somebody hears it. */
class Bell {
  #rung = false;
  #heard: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#heard?.();
  }

  lower(): void {
    this.#rung = false;
  }

  wait(milliseconds: number, stop: AbortSignal): Promise<void> {
    if (this.#rung || stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        this.#heard = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      stop.addEventListener('abort', end, { once: true });
      this.#heard = end;
    });
  }
}

/** Waits until a job has ended. @throws JobFailed, WaitTimeout */
export async function jobEnds(transport: Transport, jobId: string, limits: WaitLimits = {}): Promise<Job | undefined> {
  const path = `/ovirt-engine/api/jobs/${encodeURIComponent(jobId)}`;
  const job = await watchUntil<Job>({ transport, path, type: 'Job' }, (one) => one === undefined || one.status !== 'started', limits);
  if (job !== undefined && job.status !== 'finished') throw new JobFailed(job);
  return job;
}

interface Asked {
  transport: Transport;
  type: string;
  /** Of the resource that the call is about; for an addition the collection's. */
  path: string;
  wait: Wait;
  request: RequestOptions | undefined;
}

/**
 * Waits for what a call asked for, after its answer came.
 * @param answer of an action or removal the action with its job, of an addition the new resource
 * @returns the resource as it is then, or the answer where only the job was waited for, or where it is gone
 */
export async function waitAfter({ transport, type, path, wait, request }: Asked, answer: unknown): Promise<unknown> {
  const { goals, timeoutMs = defaultTimeoutMs, signal = request?.signal } = partsOf(wait);
  const begun = Date.now();
  const limits = (): WaitLimits => ({ timeoutMs: Math.max(1, timeoutMs - (Date.now() - begun)), signal });
  const job = (answer as Action | undefined)?.job?.id;
  if (job !== undefined && (answer as Action).status !== 'complete') await jobEnds(transport, job, limits());
  if (goals.includes('job')) return answer;
  const found = await watchUntil({ transport, path, type }, (value) => reached(value, goals), limits());
  return found ?? answer;
}

function reached(value: Record<string, unknown> | undefined, goals: readonly string[]): boolean {
  if (value === undefined) {
    if (goals.includes('gone')) return true;
    throw new TypeError(`What is waited for does not exist any more; it can only become: gone.`);
  }
  return goals.includes(String(value['status']));
}

function partsOf(wait: Wait): WaitLimits & { goals: readonly string[] } {
  if (typeof wait === 'string') return { goals: [wait] };
  if ('for' in wait) return { ...wait, goals: typeof wait.for === 'string' ? [wait.for] : wait.for };
  return { goals: wait };
}
