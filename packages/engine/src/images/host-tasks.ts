import { VdsmError, type CallOptions } from '@virgate/vdsm';
import type { SagaContext, Wait } from '@virgate/saga';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault, conflict, hostFailed } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/** State of a saga that gives hosts work: the ids of tasks by the name of the work. */
export interface TaskState {
  tasks: Record<string, GivenTask>;
}

interface GivenTask {
  /** Missing while there was none to get it. */
  hostId?: string;
  /** Missing until the host has told it. */
  taskId?: string;
  /** Since when the host has not been reached; epoch milliseconds. */
  lostMs?: number;
}

/** A step of a saga that gives hosts work. */
export type Context<S extends TaskState> = SagaContext<object, S, Transaction<Tables>>;

const startTimeoutMs = 60_000;
/** A task is asked for often at first, since most are short, then ever more rarely. */
const firstPolls = 20;
const firstPollMs = 100;
const laterPollMs = 1_000;
/**
 * How long a host that has work, or was to get some, may be away: one that restarts comes back sooner, one that does not come back
 * holds nothing up.
 */
const longestAbsenceMs = { given: 300_000, notGiven: 60_000 } as const;

/** What a host answers that has just come back, and knows its storage pool or its role in it not yet. */
const notManager: ReadonlySet<number> = new Set([storageErrors.StoragePoolUnknown, storageErrors.SpmStatusError]);

/**
 * Waits for a host that has work, or was to get some, and is not to be reached: it may come back, or this engine has only just begun to
 * connect to it, or another one is about to manage the storage. Undefined when it has been away for too long.
 */
async function absence<S extends TaskState>(ctx: Context<S>, name: string, hostId: string | undefined): Promise<Wait | undefined> {
  const { hostId: _before, ...before } = ctx.state.tasks[name] ?? {};
  const known: GivenTask = { ...before, ...(hostId === undefined ? {} : { hostId }) };
  const lostMs = known.lostMs ?? ctx.now();
  if (ctx.now() - lostMs > longestAbsenceMs[known.taskId === undefined ? 'notGiven' : 'given']) return undefined;
  if (known.lostMs === undefined) await noteTask(ctx, name, { ...known, lostMs });
  return ctx.waitUntil({ delayMs: laterPollMs });
}

/**
 * Runs what asks a host for work or about it, and waits while there is none to be asked.
 * @throws {Fault} what the host says, or that it has been away for too long
 */
export async function whileAway<S extends TaskState>(
  ctx: Context<S>,
  task: Pick<HostTask, 'name' | 'hostId' | 'action'>,
  ask: (hostId: string) => Promise<Wait | undefined>,
): Promise<Wait | undefined> {
  let hostId = ctx.state.tasks[task.name]?.hostId;
  try {
    hostId ??= typeof task.hostId === 'string' ? task.hostId : await task.hostId();
    return await ask(hostId);
  } catch (error) {
    const isRefused = error instanceof VdsmError && ctx.state.tasks[task.name]?.taskId === undefined && notManager.has(error.code);
    const isAway =
      error instanceof VdsmError
        ? error.code === connectionLost
        : error instanceof Fault && error.key === 'ACTION_TYPE_FAILED_NO_VDS_IN_POOL';
    // who refused holds no work: another one may be asked next time
    const wait = isAway || isRefused ? await absence(ctx, task.name, isRefused ? undefined : hostId) : undefined;
    if (wait !== undefined) return wait;
    throw error instanceof VdsmError ? storageFault(task.action, error) : error;
  }
}

/** Keeps what is known of given work. */
export async function noteTask<S extends TaskState>(ctx: Context<S>, name: string, task: GivenTask): Promise<void> {
  ctx.state.tasks = { ...ctx.state.tasks, [name]: task };
  await ctx.save({ tasks: ctx.state.tasks } as Partial<S>);
}

/** The host that manages a data center's storage. @throws {Fault} 409 when there is none at the moment */
export async function storageManagerOf(db: Kysely<Tables>, dataCenterId: string): Promise<string> {
  const row = await db
    .selectFrom('data_center')
    .innerJoin('host_state', 'host_state.host_id', 'data_center.spm_host_id')
    .select('data_center.spm_host_id')
    .where('data_center.id', '=', dataCenterId)
    .where('host_state.status', 'in', ['up', 'preparing_for_maintenance'])
    .executeTakeFirst();
  if (!row?.spm_host_id) throw conflict('ACTION_TYPE_FAILED_NO_VDS_IN_POOL');
  return row.spm_host_id;
}

/** A host's refusal as a fault; no space left has a key of its own. */
export function storageFault(action: string, error: VdsmError): Fault {
  if (error.code === storageErrors.NoSpaceLeftOnDomain)
    return conflict('ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN', { storageName: '' });
  return hostFailed(action, error.message, error);
}

/** Work of a storage host that goes on as a task there. */
export interface HostTask {
  /** Unique in the saga. */
  name: string;
  /** Who gets it; a function is asked when it is given, and not again while that host works on it. */
  hostId: string | (() => Promise<string>);
  method: string;
  parameters: Record<string, unknown>;
  /** Codes that mean that the work was done before: this is a repeat. */
  doneAlready: readonly number[];
  action: string;
}

/**
 * Gives a host work that it does as a task, and waits for its end. To be returned from a step's `run`: undefined when it is
 * done. Repeatable: the task's id is kept, a lost one is asked for again, and its ids make the host refuse a second doing.
 * @throws {Fault} what the host says of its failure
 */
export const hostTask = <S extends TaskState>(ctx: Context<S>, hosts: HostSessions, task: HostTask): Promise<Wait | undefined> =>
  whileAway(ctx, task, (hostId) => askForTask(ctx, hosts, task, hostId));

/** @throws VdsmError */
async function askForTask<S extends TaskState>(
  ctx: Context<S>,
  hosts: HostSessions,
  task: HostTask,
  hostId: string,
): Promise<Wait | undefined> {
  const known = ctx.state.tasks[task.name];
  const { client, fence } = await hosts.access(hostId);
  const options: CallOptions = { timeoutMs: startTimeoutMs, fence, signal: ctx.signal };
  let taskID = known?.taskId;
  try {
    if (taskID === undefined) {
      taskID = String(await client.call(task.method, task.parameters, options));
      await noteTask(ctx, task.name, { hostId, taskId: taskID });
    }
    for (let poll = 0; poll < firstPolls; poll += 1) {
      const status = (await client.call('Task.getStatus', { taskID }, options)) as {
        taskState?: string;
        taskResult?: string;
        code?: number;
        message?: string;
      };
      if (known?.lostMs !== undefined && poll === 0) await noteTask(ctx, task.name, { hostId, taskId: taskID });
      if (status.taskState === 'finished') {
        await client.call('Task.clear', { taskID }, options).catch(() => undefined);
        if (status.taskResult === 'success') return undefined;
        throw new VdsmError(status.code ?? 0, status.message ?? 'the task failed');
      }
      if (ctx.polls > 0) break;
      await new Promise((resolve) => setTimeout(resolve, firstPollMs));
    }
    return ctx.waitUntil({ delayMs: laterPollMs });
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    if (task.doneAlready.includes(error.code)) return undefined;
    if (error.code !== storageErrors.UnknownTask || taskID === undefined) throw error;
    // The host has forgotten the task, as after a restart: the work is asked for again, and its ids tell whether it was done.
    const { [task.name]: _lost, ...rest } = ctx.state.tasks;
    ctx.state.tasks = rest;
    await ctx.save({ tasks: rest } as Partial<S>);
    return ctx.waitUntil({ delayMs: firstPollMs });
  }
}

/** Description of a volume as other managers read it. Source: VDSM, volume metadata. */
export const volumeDescription = (name: string, description: string): string =>
  JSON.stringify({ DiskAlias: name.slice(0, 80), DiskDescription: description.slice(0, 60) });

export const volumeFormat = { cow: 4, raw: 5 } as const;
export const volumeAllocation = { preallocated: 1, sparse: 2 } as const;
/** Roles of volumes in Volume.copy. */
export const volumeRole = { shared: 6, leaf: 8 } as const;
export const noId = '00000000-0000-0000-0000-000000000000';

/** Whether a storage domain has room for some more bytes beyond its reserve. @throws {Fault} 409 */
export async function checkSpace(db: Kysely<Tables>, domainId: string, bytes: number): Promise<void> {
  const domain = await db
    .selectFrom('storage_domain')
    .select(['name', 'available_bytes', 'critical_space_gib'])
    .where('id', '=', domainId)
    .executeTakeFirst();
  if (!domain || domain.available_bytes === null) return;
  if (domain.available_bytes - bytes < domain.critical_space_gib * 1024 ** 3) {
    throw conflict('ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN', { storageName: domain.name });
  }
}

/** The data center in which a storage domain is active. @throws {Fault} 409 when it is in none */
export async function activeDataCenterOf(db: Kysely<Tables>, domainId: string): Promise<string> {
  const found = await sql<{
    id: string;
  }>`select data_center_id as id from data_center_storage_domain where storage_domain_id = ${domainId} and status = 'active'`.execute(db);
  const id = found.rows[0]?.id;
  if (id === undefined) throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { status: 'not active' });
  return id;
}
