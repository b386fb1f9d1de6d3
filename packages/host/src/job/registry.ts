import { VdsmError } from '@virgate/vdsm';
import { storageCode, storageError } from '../storage-error.ts';
import { systemClock } from '../storage-clock.ts';
import type { StorageClock, StorageLog } from '../storage-clock.ts';

export type JobStatus = 'pending' | 'running' | 'done' | 'aborting' | 'aborted' | 'failed';

/** Kinds of work: `storage` (SDM verbs), `virt` (snapshot, seal), `v2v`. */
export type JobType = 'storage' | 'virt' | 'v2v';

/** A job as `Host.getJobs` and the event `|jobs|status|<id>` carry it. */
export interface JobInfo {
  id: string;
  job_type: JobType;
  status: JobStatus;
  description: string;
  /** Percent. */
  progress?: number;
  error?: { code: number; message: string };
}

/** What the work of a job is given. */
export interface JobContext {
  /** Aborted when the job is to stop. */
  signal: AbortSignal;
  /** Says how far the work is, 0…100. */
  progress(percent: number): void;
}

export interface NewJob {
  /** Given by the caller, so that it can ask about a job whose answer was lost. */
  id: string;
  type: JobType;
  description: string;
}

/** Jobs of this host: started by a verb that answers at once, asked for by `Host.getJobs`. They do not outlive the agent. */
export interface JobRegistry {
  /**
   * Takes a job in and starts it when a place is free.
   *
   * @throws 69 JobExists when the id is known, 1100 ResourceExhausted when too many wait
   */
  start(job: NewJob, run: (context: JobContext) => Promise<void>): void;
  /** Jobs of a kind and of these ids; all when neither is given. */
  list(type?: string, ids?: readonly string[]): Record<string, JobInfo>;
  /** Asks a job to stop. @throws 66 NoSuchJob, 84 JobNotActive */
  abort(id: string): void;
  /** Forgets a job that has ended. */
  forget(id: string): void;
  /** Stops all jobs and waits for their end. */
  close(): Promise<void>;
}

/** Seconds that a finished job stays known (VDSM, autodelete). */
const retentionMs = 3_600_000;

const sweepIntervalMs = 60_000;

/** Jobs that run at once; the others wait. */
const maximumRunning = 6;

/** Jobs that are known at once, finished ones included. */
const maximumJobs = 1000;

interface Job {
  info: JobInfo;
  run: (context: JobContext) => Promise<void>;
  abort: AbortController;
  ended: Promise<void>;
  endedMs?: number;
}

/** @param onEnd told of each job that ended, for the agent's event */
export function createJobRegistry(options: { clock?: StorageClock; log: StorageLog; onEnd?: (job: JobInfo) => void }): JobRegistry {
  const clock = options.clock ?? systemClock;
  const jobs = new Map<string, Job>();
  const waiting: Job[] = [];
  let running = 0;
  let closed = false;

  const sweep = (): void => {
    for (const [id, job] of jobs) {
      if (job.endedMs !== undefined && clock.monotonicMs() - job.endedMs > retentionMs) jobs.delete(id);
    }
  };
  const stopSweep = clock.every(sweepIntervalMs, sweep);

  function finish(job: Job, status: JobStatus, error?: unknown): void {
    job.info.status = status;
    if (status === 'done') job.info.progress = 100;
    if (error !== undefined)
      job.info.error = {
        code: error instanceof VdsmError ? error.code : storageCode('GeneralException'),
        message: error instanceof Error ? error.message : String(error),
      };
    job.endedMs = clock.monotonicMs();
    const fields = { job: job.info.id, status, error: job.info.error };
    if (status === 'failed') options.log.warn(fields, 'Job failed');
    else options.log.info(fields, 'Job ended');
    options.onEnd?.(publicInfo(job));
  }

  async function perform(job: Job): Promise<void> {
    if (job.abort.signal.aborted) {
      finish(job, 'aborted');
      return;
    }
    running++;
    job.info.status = 'running';
    try {
      await job.run({
        signal: job.abort.signal,
        progress: (percent) => {
          job.info.progress = Math.max(0, Math.min(100, Math.floor(percent)));
        },
      });
      finish(job, 'done');
    } catch (error) {
      if (job.abort.signal.aborted) finish(job, 'aborted', storageError('ActionStopped', 'The job was stopped', error));
      else finish(job, 'failed', error);
    } finally {
      running--;
      next();
    }
  }

  function next(): void {
    while (running < maximumRunning) {
      const job = waiting.shift();
      if (job === undefined) return;
      job.ended = perform(job);
    }
  }

  return {
    start(job, run) {
      if (jobs.has(job.id)) throw storageError('JobExists', `Job already exists: ${job.id}`);
      if (closed || jobs.size >= maximumJobs)
        throw storageError('ResourceExhausted', `This host knows ${jobs.size} jobs already; wait until some of them are forgotten`);
      const entry: Job = {
        info: { id: job.id, job_type: job.type, status: 'pending', description: job.description },
        run,
        abort: new AbortController(),
        ended: Promise.resolve(),
      };
      jobs.set(job.id, entry);
      waiting.push(entry);
      next();
    },
    list(type, ids) {
      const wanted = ids === undefined || ids.length === 0 ? undefined : new Set(ids);
      const result: Record<string, JobInfo> = {};
      for (const [id, job] of jobs) {
        if ((type === undefined || job.info.job_type === type) && (wanted === undefined || wanted.has(id))) result[id] = publicInfo(job);
      }
      return result;
    },
    abort(id) {
      const job = jobs.get(id);
      if (job === undefined) throw storageError('NoSuchJob', `Job does not exist: ${id}`);
      if (job.endedMs !== undefined) throw storageError('JobNotActive', `Job is not active: ${id}`);
      job.abort.abort();
      const at = waiting.indexOf(job);
      if (at >= 0) {
        waiting.splice(at, 1);
        finish(job, 'aborted');
      }
    },
    forget(id) {
      if (jobs.get(id)?.endedMs !== undefined) jobs.delete(id);
    },
    async close() {
      closed = true;
      stopSweep();
      for (const job of jobs.values()) job.abort.abort();
      await Promise.all([...jobs.values()].map((job) => job.ended));
      for (const job of waiting.splice(0)) finish(job, 'aborted');
    },
  };
}

/** What callers see: the engine knows no `aborting`, such a job is still running. */
function publicInfo(job: Job): JobInfo {
  const info = { ...job.info };
  if (info.error === undefined) delete info.error;
  return info;
}
