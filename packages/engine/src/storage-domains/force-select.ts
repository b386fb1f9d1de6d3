import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, hostFailed, notFound, refused } from '../rest/fault.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { becomeStorageManager, type ManagerState } from './storage-manager.ts';

type Trx = Transaction<Tables>;

interface Params {
  dataCenterId: string;
  dataCenterName: string;
  hostId: string;
  hostName: string;
  /** The host that manages the storage until then; null when none does. */
  beforeId: string | null;
}

const stopTimeoutMs = 60_000;
const neverManages = -1;

/** The job that hands the management of a data center's storage to a host that somebody has chosen. */
export const forceSelectSpmSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, ManagerState, Trx>({
    name: 'ForceSelectSPM',
    version: 1,
    title: (params) => `Selecting host ${params.hostName} as storage manager of Data Center ${params.dataCenterName}`,
    locks: (params) => [
      { group: 'POOL', objectId: params.dataCenterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'stop',
        title: 'Ending storage management on the other host',
        timeoutMs: 120_000,
        async run(ctx) {
          const { beforeId, dataCenterId } = ctx.params;
          if (beforeId === null) return;
          const { client, fence } = await hosts.access(beforeId);
          try {
            await client.call(
              'StoragePool.spmStop',
              { storagepoolID: dataCenterId },
              { timeoutMs: stopTimeoutMs, fence, signal: ctx.signal },
            );
          } catch (error) {
            if (!(error instanceof VdsmError)) throw error;
            if (error.code === storageErrors.SpmStatusError || error.code === storageErrors.StoragePoolUnknown) return;
            if (error.code === storageErrors.TaskInProgress) throw conflict('CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS');
            throw hostFailed('Cannot end storage management', error.message, error);
          }
        },
        async record(ctx, trx) {
          await trx.updateTable('data_center').set({ spm_host_id: null }).where('id', '=', ctx.params.dataCenterId).execute();
        },
      },
      {
        name: 'start',
        title: 'Starting storage management',
        timeoutMs: 300_000,
        pivot: true,
        run: async (ctx) => becomeStorageManager(ctx, hosts, ctx.params.hostId, ctx.params.dataCenterId),
        async record(ctx, trx) {
          const { dataCenterId, dataCenterName, hostId, hostName } = ctx.params;
          const about = { host: { id: hostId, name: hostName }, dataCenter: { id: dataCenterId, name: dataCenterName }, jobId: ctx.id };
          await trx.updateTable('data_center').set({ spm_host_id: hostId, status: 'up' }).where('id', '=', dataCenterId).execute();
          await recordEvent(trx, { name: 'IRS_HOSTED_ON_VDS', ...about });
          await noteChange(trx, 'data_center', dataCenterId, 'update');
          await noteChange(trx, 'host', hostId, 'update');
          if (ctx.params.beforeId !== null) await noteChange(trx, 'host', ctx.params.beforeId, 'update');
        },
      },
    ],
  }) as unknown as EngineSaga;

/** `POST hosts/{host}/forceselectspm`: makes a host the storage manager of its data center instead of the one that is. */
export const forceSelectSpm: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const host = await context.db
      .selectFrom('host')
      .innerJoin('host_state', 'host_state.host_id', 'host.id')
      .innerJoin('cluster', 'cluster.id', 'host.cluster_id')
      .leftJoin('data_center', 'data_center.id', 'cluster.data_center_id')
      .select([
        'host.id',
        'host.name',
        'host.spm_priority',
        'host_state.status',
        'data_center.id as poolId',
        'data_center.name as poolName',
        'data_center.spm_host_id as beforeId',
      ])
      .where('host.id', '=', context.path['host'] ?? '')
      .executeTakeFirst();
    if (!host) throw notFound();
    if (host.poolId === null || host.poolName === null) throw conflict('CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL');
    if (host.status !== 'up') throw conflict('CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP');
    if (host.spm_priority === neverManages) throw refused('CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM');
    if (host.beforeId === host.id) throw conflict('CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM');
    const { poolId, poolName } = host;
    const { job, ended } = await context.engine.jobs.run<Params>(context, 'ForceSelectSPM', {
      params: { dataCenterId: poolId, dataCenterName: poolName, hostId: host.id, hostName: host.name, beforeId: host.beforeId },
      description: `Force Select ${host.name} as SPM`,
      subjects: [
        { type: 'host', id: host.id },
        { type: 'data_center', id: poolId },
      ],
      async check(trx) {
        await recordEvent(trx, {
          name: 'USER_FORCE_SELECTED_SPM',
          host: { id: host.id, name: host.name },
          dataCenter: { id: poolId, name: poolName },
          user: { id: context.user.id, name: `${context.user.principal}@${context.user.domain}` },
          correlationId: context.correlationId,
        });
      },
    });
    return ended ? done(job) : started(job);
  },
};
