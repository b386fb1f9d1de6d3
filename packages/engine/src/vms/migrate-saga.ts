import { defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { VmStatus } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { lunPathsOfVm, signInAt } from '../disks/lun-paths.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent, type EventRecord } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { statusOf } from '../monitoring/vm-analyzer.ts';
import type { SystemOptions } from '../options/values.ts';
import { recordPlaced, recordPlacement } from '../placements/record.ts';
import { functionSteps } from '../nics/moving-functions.ts';
import { bindingNics, chooseFunctionsAhead } from '../nics/virtual-functions.ts';
import { conflict } from '../rest/fault.ts';
import { reasonText } from '../rest/messages.ts';
import type { Tables } from '../tables/schema.ts';
import { vmLock } from './lock.ts';
import { loadMigrationParameters } from './migration-load.ts';
import { noDestination, placeMigration, stuckByNics } from './migration-placement.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/** Name of the job. */
export const migrateJob = 'MigrateVm';
export const cancelJob = 'CancelMigrateVm';

/** How many hosts are tried. Source: engine behaviour, MaxRerunVmOnVdsCount. */
const maxHosts = 3;
const callTimeoutMs = 60_000;
const pollMs = 500;
/** Most that is kept of why a host did not get a VM. */
const maximumReasonCharacters = 1000;
/** How long the new host may take to say that it has the VM, after the old one said that it let it go. */
const handOverPolls = 60;
/** Codes of VDSM. */
const noSuchVm = 1;
const vmIsDown = 6;
const inProgress = 51;

/** What a migration is begun with. */
export interface MigrateParams {
  vmId: string;
  vmName: string;
  sourceId: string;
  sourceName: string;
  /** The hosts among which it is placed; null for all of the cluster. */
  onlyHosts: string[] | null;
  /** null: the engine moves it of its own accord. */
  user: { id: string; name: string } | null;
  correlationId: string;
  /** What it is moved for. */
  cause: MigrationCause;
  /** VMs that are moved to the same host beside it. */
  together?: string[];
  /** It has NICs that are virtual functions of its host; missing: it has none. */
  hasFunctions?: boolean;
}

/** What a VM is moved for: a person's request, or one of the reasons for which the engine moves it. */
export type MigrationCause = 'request' | 'maintenance' | 'non_operational' | 'affinity' | 'balance';

/** The causes as events tell them. Source: contract, MIGRATION_REASON_*. */
const reasonOf: Readonly<Record<MigrationCause, string>> = {
  request: 'it was asked for',
  maintenance: 'its host goes into maintenance',
  non_operational: 'its host is not operational',
  affinity: 'affinity rules are enforced',
  balance: 'load is balanced',
};
/** A VM moved for these leaves even those to which hard rules bind it: they follow. */
const mustLeave: ReadonlySet<MigrationCause> = new Set(['maintenance', 'non_operational', 'affinity']);

interface State {
  /** Hosts that can take the VM, best first. */
  candidates: string[];
  /** How many of them were tried and failed. */
  tried: number;
  /** The one that is tried now. */
  hostId: string | null;
  hostName: string;
  /** The old host has said that it moves the VM there. */
  accepted: boolean;
  refusals: string[];
  handOverPolls: number;
  startedAt: number;
}

type Trx = Transaction<Tables>;
type Ctx = SagaContext<MigrateParams, State, Trx>;

const about = (ctx: Pick<Ctx, 'params' | 'id'>): Pick<EventRecord, 'vm' | 'host' | 'user' | 'correlationId' | 'jobId'> => ({
  vm: { id: ctx.params.vmId, name: ctx.params.vmName },
  host: { id: ctx.params.sourceId, name: ctx.params.sourceName },
  ...ofJob(ctx),
});

interface Row {
  status: VmStatus;
  host_id: string | null;
  migrating_to_host_id: string | null;
}

const rowOf = (trx: Trx, vmId: string): Promise<Row> =>
  trx
    .selectFrom('vm_state')
    .select(['status', 'host_id', 'migrating_to_host_id'])
    .where('vm_id', '=', vmId)
    .executeTakeFirstOrThrow() as Promise<Row>;

/** Whether somebody has cancelled the migration since it began. */
async function isCancelled(trx: Trx, ctx: Ctx): Promise<boolean> {
  const found = await sql`
    select 1 from saga c, saga m where m.id = ${ctx.id} and c.name = ${cancelJob} and c.params ->> 'vmId' = ${ctx.params.vmId}
      and c.created_at >= m.created_at limit 1`.execute(trx);
  return found.rows.length > 0;
}

/** Shows the VM as on its way to a host, before that is asked for. */
async function depart(ctx: Ctx, trx: Trx, hostId: string): Promise<void> {
  const host = await trx.selectFrom('host').select('name').where('id', '=', hostId).executeTakeFirst();
  const isFirst = ctx.state.startedAt === 0;
  await ctx.save(
    { hostId, hostName: host?.name ?? hostId, accepted: false, handOverPolls: 0, startedAt: ctx.state.startedAt || ctx.now() },
    trx,
  );
  await trx
    .updateTable('vm_state')
    .set({ status: 'migrating', migrating_to_host_id: hostId, commanded_at: new Date() })
    .where('vm_id', '=', ctx.params.vmId)
    .where('host_id', '=', ctx.params.sourceId)
    .execute();
  await noteChange(trx, 'vm', ctx.params.vmId, 'update');
  if (!isFirst) return;
  const name = ctx.params.user === null ? 'VM_MIGRATION_START_SYSTEM_INITIATED' : 'VM_MIGRATION_START';
  await recordEvent(trx, { name, ...about(ctx), values: { destination: ctx.state.hostName, reason: reasonOf[ctx.params.cause] } });
}

/** Shows the VM as staying where it is. */
async function remain(trx: Trx, params: MigrateParams, status: VmStatus): Promise<void> {
  await trx
    .updateTable('vm_state')
    .set({ status, migrating_to_host_id: null, commanded_at: new Date() })
    .where('vm_id', '=', params.vmId)
    .where('host_id', '=', params.sourceId)
    .where('status', 'in', ['migrating', 'unknown'])
    .execute();
  await noteChange(trx, 'vm', params.vmId, 'update');
}

/** What a host says of the VM: its row, null when it has none, undefined when the host gives no answer. */
async function askFor(
  { hosts }: Pick<SagaServices, 'hosts'>,
  ctx: Ctx,
  hostId: string,
): Promise<Record<string, unknown> | null | undefined> {
  const { client, fence } = await hosts.access(hostId);
  try {
    const answer = await client.call('VM.getStats', { vmID: ctx.params.vmId }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
    const row = Array.isArray(answer) ? (answer[0] as unknown) : answer;
    return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof VdsmError && error.code === noSuchVm) return null;
    if (error instanceof VdsmError) return undefined;
    throw error;
  }
}

/** Asks the old host to move the VM. @returns why it does not; null when it does, or may have done */
async function order({ hosts, options, secretKey }: MigrateServices, ctx: Ctx, hostId: string): Promise<string | null> {
  const without = await ctx.tx((trx) => chooseFunctionsAhead(trx, ctx.params.vmId, hostId));
  if (without !== null) return reasonText(without);
  const paths = await ctx.tx((trx) => lunPathsOfVm(trx, secretKey, hostId, ctx.params.vmId));
  const lacking = await signInAt(hosts, hostId, paths, ctx.signal);
  if (lacking !== null) return lacking;
  const parameters = await ctx.tx((trx) =>
    loadMigrationParameters(trx, options, { vmId: ctx.params.vmId, sourceId: ctx.params.sourceId, destinationId: hostId }),
  );
  const { client, fence } = await hosts.access(ctx.params.sourceId);
  try {
    await client.call(
      'VM.migrate',
      { vmID: ctx.params.vmId, params: parameters },
      { timeoutMs: callTimeoutMs, fence, correlationId: ctx.params.correlationId, signal: ctx.signal },
    );
    return null;
  } catch (error) {
    if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
    // The first attempt was heard, or the VM has gone already: what became of it is looked at.
    if ([inProgress, vmIsDown, noSuchVm].includes(error.code)) return null;
    return error.message;
  }
}

/** The host that was tried does not get the VM. */
async function failedAt(ctx: Ctx, reason: string, status: VmStatus): Promise<void> {
  const { hostName, tried, refusals, candidates, hostId } = ctx.state;
  await ctx.tx(async (trx) => {
    await remain(trx, ctx.params, status);
    await ctx.save({ tried: tried + 1, refusals: [...refusals, `${hostName}: ${reason}`], hostId: null, accepted: false }, trx);
    const last = tried + 1 >= candidates.length || (await isCancelled(trx, ctx));
    if (!last)
      await recordEvent(trx, {
        name: 'VM_MIGRATION_TRYING_RERUN',
        ...about(ctx),
        values: { destination: hostName, reason, hostId: hostId ?? '' },
      });
  });
}

interface MigrateServices extends Pick<SagaServices, 'hosts' | 'secretKey'> {
  options: SystemOptions;
}

/** Asks once more: the host may not have begun when it was asked first. */
async function giveUp({ hosts }: MigrateServices, ctx: Ctx): Promise<void> {
  const { client, fence } = await hosts.access(ctx.params.sourceId);
  await client
    .call('VM.migrateCancel', { vmID: ctx.params.vmId }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal })
    .catch((error: unknown) => {
      if (!(error instanceof VdsmError)) throw error;
    });
}

/** Why the VM is still where it was, as its host says. Source: VDSM schema, VM.getMigrationStatus. */
async function reasonAt({ hosts }: MigrateServices, ctx: Ctx): Promise<string> {
  const { client, fence } = await hosts.access(ctx.params.sourceId);
  const answer: unknown = await client
    .call('VM.getMigrationStatus', { vmID: ctx.params.vmId }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal })
    .catch((error: unknown) => {
      if (error instanceof VdsmError) return undefined;
      throw error;
    });
  const { code, message } = (answer as { status?: { code?: unknown; message?: unknown } } | undefined)?.status ?? {};
  return typeof code === 'number' && code !== 0 && typeof message === 'string' && message !== ''
    ? message.slice(0, maximumReasonCharacters)
    : 'the migration did not succeed';
}

/** The old host still has the VM, or says what became of it. */
async function lookAtSource(services: MigrateServices, ctx: Ctx, row: Row, cancelled: boolean): Promise<Wait | undefined> {
  const { sourceId } = ctx.params;
  const report = await askFor(services, ctx, sourceId);
  // Monitoring hands the VM over when it hears that it is gone; a host that gives no answer may give one later.
  if (report === null) services.hosts.refresh(sourceId);
  if (report === null || report === undefined) {
    // The new host may have it though nobody hears the old one.
    if (ctx.state.hostId !== null) services.hosts.refresh(ctx.state.hostId);
    return ctx.waitUntil({ delayMs: pollMs });
  }
  const status = statusOf(String(report['status'] ?? ''));
  if (status === 'migrating') {
    if (cancelled) await giveUp(services, ctx);
    await ctx.progress(Math.min(99, Math.max(0, Number(report['migrationProgress'] ?? 0))));
    return ctx.waitUntil({ delayMs: pollMs });
  }
  if (status === 'down' || (status === 'paused' && report['pauseCode'] === 'POSTCOPY')) {
    services.hosts.refresh(sourceId);
    return ctx.waitUntil({ delayMs: pollMs });
  }
  await failedAt(ctx, await reasonAt(services, ctx), status ?? (row.status === 'migrating' ? 'up' : row.status));
  return ctx.waitUntil({ delayMs: 1 });
}

/** Moves the VM to one of the hosts that can take it, as far as it is at this moment. */
async function migrate(services: MigrateServices, ctx: Ctx): Promise<Wait | undefined> {
  const { candidates, tried, hostId, accepted, refusals } = ctx.state;
  const row = await ctx.tx((trx) => rowOf(trx, ctx.params.vmId));
  if (row.host_id === null) throw conflict('HOST_FAILED', failure('the VM went down'));
  if (hostId !== null && row.host_id === hostId) return handedOver(services, ctx, row);
  if (row.host_id !== ctx.params.sourceId) throw conflict('HOST_FAILED', failure('the VM runs on another host'));
  const cancelled = await ctx.tx((trx) => isCancelled(trx, ctx));
  if (hostId === null) {
    if (cancelled) throw conflict('HOST_FAILED', failure(cancelledText));
    const next = candidates[tried];
    if (next === undefined) throw conflict('HOST_FAILED', failure(refusals.join('; ')));
    await ctx.tx((trx) => depart(ctx, trx, next));
    return ctx.waitUntil({ delayMs: 1 });
  }
  if (!accepted && !cancelled) {
    const refusal = await order(services, ctx, hostId);
    if (refusal !== null) await failedAt(ctx, refusal, 'up');
    else await ctx.save({ accepted: true });
    return ctx.waitUntil({ delayMs: pollMs });
  }
  return lookAtSource(services, ctx, row, cancelled);
}

const cancelledText = 'it was cancelled';
const failure = (reason: string) => ({ VAR_ACTION: 'migrate', VAR_TYPE: 'VM', reason });

/** The VM belongs to the new host, which says so itself a little later. */
async function handedOver(services: MigrateServices, ctx: Ctx, row: Row): Promise<Wait | undefined> {
  const polls = ctx.state.handOverPolls;
  if (row.status !== 'migrating' || polls >= handOverPolls) return undefined;
  if (polls % 4 === 0) services.hosts.refresh(row.host_id ?? '');
  await ctx.save({ handOverPolls: polls + 1 });
  return ctx.waitUntil({ delayMs: pollMs });
}

/**
 * Moves a running VM to another host: chooses one, has the VM's host move it, and waits until monitoring has seen where it is. A host that
 * does not get it is followed by the next. Where the VM is, only hosts say: every step looks again, so that a repeat after a crash goes on.
 */
export function migrateSaga(services: MigrateServices): EngineSaga {
  const functions = functionSteps<MigrateParams, State>(services, about);
  return defineSaga<MigrateParams, State, Trx>({
    name: migrateJob,
    version: 1,
    title: (params) => `Migrating VM ${params.vmName}`,
    // It is cancelled by an action of its own, which asks the host.
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({
      candidates: [],
      tried: 0,
      hostId: null,
      hostName: '',
      accepted: false,
      refusals: [],
      handOverPolls: 0,
      startedAt: 0,
    }),
    steps: ({ hasFunctions = false }) => [
      {
        name: 'schedule',
        title: 'Choosing a host',
        async run(ctx) {
          const { vmId, sourceId, onlyHosts, cause, together = [] } = ctx.params;
          const bound = await ctx.tx((trx) => bindingNics(trx, vmId));
          if (bound.length > 0) throw stuckByNics(bound);
          const wanted = { vmId, sourceId, onlyHosts, mustLeave: mustLeave.has(cause), together };
          // Kept also when there is no host: then it is wanted most.
          const { result, snapshot, clusterId } = await ctx.tx((trx) => placeMigration(trx, wanted));
          await ctx.tx((trx) => recordPlacement(trx, { jobId: ctx.id, vmId, clusterId }, snapshot, result));
          if (result.messageKey !== null) throw noDestination(result);
          ctx.state.candidates = result.ranked.slice(0, maxHosts);
        },
      },
      ...(hasFunctions ? [functions.unplug] : []),
      {
        name: 'migrate',
        title: 'Moving the VM',
        retry: { attempts: 1_000_000, delayMs: 500, maxDelayMs: 5000, when: (error) => error instanceof VdsmError },
        run: (ctx) => migrate(services, ctx),
        async record(ctx, trx) {
          const { hostId, hostName, refusals, startedAt } = ctx.state;
          await recordPlaced(trx, ctx.id, hostId, refusals);
          const seconds = Math.max(0, Math.round((ctx.now() - startedAt) / 1000));
          await recordEvent(trx, { name: 'VM_MIGRATION_DONE', ...about(ctx), values: { destination: hostName, seconds: String(seconds) } });
        },
      },
      ...(hasFunctions ? [functions.plug] : []),
    ],
    async ended(end, trx) {
      // It may be paused, or down, or not be forgotten yet: its host says.
      services.hosts.refresh(end.params.sourceId);
      if (end.status === 'succeeded') return;
      const { params, state } = end;
      await remain(trx, params, 'up');
      await recordPlaced(trx, end.id, null, state.refusals);
      const reason = end.error?.message ?? '';
      const place = { destination: state.hostName || (state.refusals.at(-1)?.split(':')[0] ?? ''), reason };
      if (reason.includes(cancelledText)) {
        await recordEvent(trx, { name: 'VM_MIGRATION_ABORT', ...about(end), values: place });
        return;
      }
      const noHost = state.candidates.length === 0;
      if (params.cause === 'maintenance')
        await recordEvent(trx, {
          name: noHost
            ? 'VM_MIGRATION_FAILED_DURING_MOVE_TO_MAINTENANCE_NO_DESTINATION_VDS'
            : 'VM_MIGRATION_FAILED_DURING_MOVE_TO_MAINTENANCE',
          ...about(end),
          values: place,
        });
      else if (noHost) await recordEvent(trx, { name: 'VM_MIGRATION_NO_VDS_TO_MIGRATE_TO', ...about(end), values: place });
      else
        await recordEvent(trx, {
          name: params.onlyHosts?.length === 1 ? 'VM_MIGRATION_TO_SERVER_FAILED' : 'VM_MIGRATION_FAILED',
          ...about(end),
          values: place,
        });
    },
  }) as unknown as EngineSaga;
}

/** What a cancellation is begun with. */
export interface CancelParams extends Omit<MigrateParams, 'onlyHosts' | 'cause'> {
  user: { id: string; name: string };
}

const notMigrating = 81;

/** Has the host of a VM give up its migration. The job that moves it then ends; its lock stays its own. */
export const cancelMigrationSaga = ({ hosts }: Pick<SagaServices, 'hosts'>): EngineSaga =>
  defineSaga<CancelParams, object, Trx>({
    name: cancelJob,
    version: 1,
    title: (params) => `Cancelling the migration of VM ${params.vmName}`,
    steps: [
      {
        name: 'cancel',
        title: 'Asking the host of the VM',
        retry: { attempts: 4, delayMs: 500, when: (error) => error instanceof VdsmError && error.code === connectionLost },
        async run(ctx) {
          const { client, fence } = await hosts.access(ctx.params.sourceId);
          try {
            await client.call('VM.migrateCancel', { vmID: ctx.params.vmId }, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
          } catch (error) {
            if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
            // Not begun there yet, or over by now: the job that moves the VM sees that it was cancelled.
            if (error.code !== notMigrating)
              throw conflict('HOST_FAILED', { VAR_ACTION: 'cancel the migration of', VAR_TYPE: 'VM', reason: error.message });
          }
        },
        record: (ctx, trx) => recordEvent(trx, { name: 'VM_CANCEL_MIGRATION', ...about(ctx as never) }),
      },
    ],
    async ended(end, trx) {
      if (end.status !== 'succeeded')
        await recordEvent(trx, {
          name: 'VM_CANCEL_MIGRATION_FAILED',
          ...about(end as never),
          values: { reason: end.error?.message ?? '' },
        });
    },
  }) as unknown as EngineSaga;
