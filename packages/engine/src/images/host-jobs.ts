import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError, type CallOptions } from '@virgate/vdsm';
import type { Wait } from '@virgate/saga';
import type { HostSessions } from '../monitoring/sessions.ts';
import { noteTask, whileAway, type Context, type HostTask, type TaskState } from './host-tasks.ts';

const startTimeoutMs = 60_000;
const firstPolls = 20;
const firstPollMs = 100;
const laterPollMs = 1_000;

/** Work that any host does as a job under an id of ours. Source: VDSM schema, SDM verbs and Host.getJobs. */
export interface HostJob {
  /** Unique in the saga. */
  name: string;
  hostId: HostTask['hostId'];
  method: string;
  /** Without the job's id. */
  parameters: Record<string, unknown>;
  /** Name of the parameter for the job's id. */
  idParameter?: 'job_id' | 'jobUUID' | 'jobid';
  /** Codes that mean that the work was done before: this is a repeat. */
  doneAlready: readonly number[];
  action: string;
}

interface JobInfo {
  status?: string;
  error?: { code?: number; message?: string };
}

/**
 * Gives a host work that it does as a job, and waits for its end. To be returned from a step's `run`: undefined when it is done.
 * Repeatable: the job's id is always the same; one that the host has forgotten is asked for again, and the volume's generation in
 * its parameters makes the host refuse a second doing. A host that is not to be reached is waited for, for a while.
 * @throws {Fault} what the host says of its failure
 */
export const hostJob = <S extends TaskState>(ctx: Context<S>, hosts: HostSessions, job: HostJob): Promise<Wait | undefined> =>
  whileAway(ctx, job, (hostId) => askForJob(ctx, hosts, job, hostId));

/** @throws VdsmError */
async function askForJob<S extends TaskState>(
  ctx: Context<S>,
  hosts: HostSessions,
  job: HostJob,
  hostId: string,
): Promise<Wait | undefined> {
  const known = ctx.state.tasks[job.name];
  const id = ctx.uuid(job.name);
  const { client, fence } = await hosts.access(hostId);
  const options: CallOptions = { timeoutMs: startTimeoutMs, fence, signal: ctx.signal };
  const find = async (): Promise<JobInfo | undefined> =>
    ((await client.call('Host.getJobs', { job_ids: [id] }, options)) as Record<string, JobInfo>)[id];
  try {
    if (known?.taskId === undefined || (await find()) === undefined) {
      await noteTask(ctx, job.name, { hostId, taskId: id });
      await client.call(job.method, { ...job.parameters, [job.idParameter ?? 'job_id']: id }, options).catch((error: unknown) => {
        if (!(error instanceof VdsmError) || error.code !== commonErrors.JobExists) throw error;
      });
    }
    for (let poll = 0; poll < firstPolls; poll += 1) {
      const info = await find();
      if (known?.lostMs !== undefined && poll === 0) await noteTask(ctx, job.name, { hostId, taskId: id });
      if (info === undefined) return ctx.waitUntil({ delayMs: firstPollMs });
      if (info.status === 'done') return undefined;
      if (info.status === 'failed' || info.status === 'aborted')
        throw new VdsmError(info.error?.code ?? commonErrors.GeneralException, info.error?.message ?? `the job was ${info.status}`);
      if (ctx.polls > 0) break;
      await new Promise((resolve) => setTimeout(resolve, firstPollMs));
    }
    return ctx.waitUntil({ delayMs: laterPollMs });
  } catch (error) {
    if (error instanceof VdsmError && job.doneAlready.includes(error.code)) return undefined;
    throw error;
  }
}
