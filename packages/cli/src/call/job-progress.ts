import type { Client } from '@virgate/sdk';
import type { Job, Step } from '@virgate/contract/generated/types';
import { ApiFault } from '@virgate/sdk';
import type { Progress } from '../terminal/progress-line.ts';
import type { Report } from '../terminal/progress.ts';

const firstLookMs = 500;
const pauseMs = 1_000;
const lookTimeoutMs = 10_000;
/** Jobs that one request leads to. */
const maxJobs = 10;

/** Steps that contain no others, in their order: those that do the work. */
function leavesOf(steps: readonly Step[]): Step[] {
  const above = new Set(steps.flatMap(({ parent_step: parent }) => parent?.id ?? []));
  return steps.filter(({ id }) => !above.has(id ?? '')).toSorted((a, b) => (a.number ?? 0) - (b.number ?? 0));
}

/**
 * How far a request is, by the jobs that it led to: the step that goes on, with its share where the engine knows one, else which of how many
 * it is. Undefined when nothing goes on, or nothing is known of it.
 */
export function progressOfJobs(jobs: readonly Job[]): Progress | undefined {
  const job = jobs.find(({ status }) => status === 'started');
  if (job === undefined) return undefined;
  const steps = leavesOf(job.steps ?? []);
  const at = steps.findLastIndex(({ status }) => status === 'started');
  const step = steps[at];
  if (step === undefined) return { text: job.description ?? '' };
  const text = `${job.description ?? ''}: ${step.description ?? ''}`;
  if (step.progress !== undefined) return { text, done: step.progress, total: 100 };
  return { text: steps.length > 1 ? `${text} (${at + 1} of ${steps.length})` : text };
}

/**
 * Looks now and then at the jobs of a request while it is under way, also while it is not answered yet, and reports how far they are. That
 * they cannot be seen is no error: an engine need not have them, nor a user be allowed to.
 * @param correlationId of the request
 * @returns what ends it
 */
export function watchJobs(client: Client, correlationId: string, report: Report): () => void {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    const parameters = { search: `correlation_id=${correlationId}`, follow: 'steps', max: maxJobs };
    const jobs = await client.jobs.list(parameters, {
      fields: ['id', 'description', 'status', 'steps'],
      signal: ended.signal,
      timeoutMs: lookTimeoutMs,
    });
    report(progressOfJobs(jobs));
  };
  const again = async (): Promise<void> => {
    try {
      await look();
    } catch (error) {
      if (error instanceof ApiFault && error.status !== 503) return;
    }
    if (!ended.signal.aborted) timer = setTimeout(() => void again(), pauseMs);
  };
  let timer = setTimeout(() => void again(), firstLookMs);
  return () => {
    ended.abort();
    clearTimeout(timer);
  };
}
