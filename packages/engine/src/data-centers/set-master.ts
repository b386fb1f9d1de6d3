import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import { defineSaga } from '@virgate/saga';
import type { Action, StorageDomain } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, notFound, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { readableDataCenters } from './read.ts';

type Trx = Transaction<Tables>;

interface Params {
  dataCenterId: string;
  dataCenterName: string;
  oldMasterId: string;
  newMasterId: string;
  newMasterName: string;
  /** What the data center's master version becomes. */
  version: number;
  hostId: string;
  user: { id: string; name: string };
  correlationId: string;
}

const values = { VAR_ACTION: 'switch the master of', VAR_TYPE: 'Data Center' };

const timeoutMs = 60_000;

async function hostsUp(trx: Trx, dataCenterId: string, except: string): Promise<string[]> {
  const found = await trx
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .innerJoin('cluster', 'cluster.id', 'host.cluster_id')
    .select('host.id')
    .where('cluster.data_center_id', '=', dataCenterId)
    .where('host_state.status', '=', 'up')
    .where('host.id', '<>', except)
    .execute();
  return found.map((host) => host.id);
}

/** The job that gives the role of a data center's master domain to another storage domain. */
export const switchMasterSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'SwitchMasterStorageDomain',
    version: 1,
    title: (params) => `Switching the master of Data Center ${params.dataCenterName} to Storage Domain ${params.newMasterName}`,
    locks: (params) => [
      { group: 'POOL', objectId: params.dataCenterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
      { group: 'STORAGE', objectId: params.oldMasterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
      { group: 'STORAGE', objectId: params.newMasterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'switch',
        title: 'Giving the storage domain the role of the master',
        timeoutMs: 300_000,
        pivot: true,
        run: (ctx) =>
          hostTask(ctx, hosts, {
            name: 'switch',
            hostId: ctx.params.hostId,
            method: 'StoragePool.switchMaster',
            action: 'Cannot switch master',
            // Asked again after the host has lost the task, it says that the old one is the master no more.
            doneAlready: ctx.attempt > 1 || ctx.polls > 0 ? [storageErrors.StoragePoolWrongMaster] : [],
            parameters: {
              storagepoolID: ctx.params.dataCenterId,
              oldMasterUUID: ctx.params.oldMasterId,
              newMasterUUID: ctx.params.newMasterId,
              masterVersion: ctx.params.version,
            },
          }),
        async record(ctx, trx) {
          const { dataCenterId, dataCenterName, oldMasterId, newMasterId, newMasterName, version } = ctx.params;
          await trx.updateTable('storage_domain').set({ master: false }).where('id', '=', oldMasterId).execute();
          await trx.updateTable('storage_domain').set({ master: true }).where('id', '=', newMasterId).execute();
          await trx.updateTable('data_center').set({ master_version: version }).where('id', '=', dataCenterId).execute();
          await recordEvent(trx, {
            name: 'SWITCH_MASTER_STORAGE_DOMAIN',
            dataCenter: { id: dataCenterId, name: dataCenterName },
            storageDomain: { id: newMasterId, name: newMasterName },
            ...ofJob(ctx),
          });
          await noteChange(trx, 'storage_domain', oldMasterId, 'update');
          await noteChange(trx, 'storage_domain', newMasterId, 'update');
          await noteChange(trx, 'data_center', dataCenterId, 'update');
        },
      },
      {
        name: 'refresh',
        title: 'Telling the other hosts',
        async run(ctx) {
          const { dataCenterId, newMasterId, version, hostId } = ctx.params;
          const others = await ctx.tx((trx) => hostsUp(trx, dataCenterId, hostId));
          for (const id of others) {
            const { client, fence } = await hosts.access(id);
            await client
              .call(
                'StoragePool.refresh',
                { storagepoolID: dataCenterId, masterSdUUID: newMasterId, masterVersion: version },
                { timeoutMs, fence, signal: ctx.signal },
              )
              .catch((error: unknown) => {
                // A host that missed it learns of the master when it connects the next time.
                if (!(error instanceof VdsmError) || ctx.signal.aborted) throw error;
              });
          }
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { dataCenterId, dataCenterName, newMasterId, newMasterName } = end.params;
      await recordEvent(trx, {
        name: 'SWITCH_MASTER_STORAGE_DOMAIN_FAILED',
        dataCenter: { id: dataCenterId, name: dataCenterName },
        storageDomain: { id: newMasterId, name: newMasterName },
        ...ofJob(end),
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/** `POST datacenters/{data_center}/setmaster`: another active data domain becomes the master of a data center. */
export const setMaster: Operation = {
  permit: 'manipulate_storage_domain',
  subjects: async (context) => {
    const wanted = (context.body as Action).storage_domain;
    const found = wanted === undefined ? undefined : await resolve(context.db, 'StorageDomain', 'storage_domain', wanted);
    return found ? [{ type: 'storage_domain', id: found.id }] : [{ type: 'data_center', id: context.path['data_center'] ?? '' }];
  },
  async run(context) {
    const found = await one(context, readableDataCenters, context.path['data_center']);
    const dataCenterId = found.id ?? '';
    const dataCenterName = String(found['name']);
    const wanted = await resolve(context.db, 'StorageDomain', 'storage_domain', (context.body as Action).storage_domain);
    const domains = await context.db
      .selectFrom('data_center_storage_domain')
      .innerJoin('storage_domain', 'storage_domain.id', 'data_center_storage_domain.storage_domain_id')
      .select([
        'storage_domain.id',
        'storage_domain.name',
        'storage_domain.type',
        'storage_domain.master',
        'storage_domain.settings',
        'data_center_storage_domain.status',
      ])
      .where('data_center_storage_domain.data_center_id', '=', dataCenterId)
      .execute();
    const next = domains.find((domain) => domain.id === wanted.id);
    const master = domains.find((domain) => domain.master);
    if (!next) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST', values);
    if (next.master) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER', values);
    if (next.type !== 'data') throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL', values);
    if ((next.settings as StorageDomain).backup === true)
      throw refused('ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS', values);
    if (!master || master.status !== 'active') throw refused('ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE', values);
    const hostId = await storageManagerOf(context.db, dataCenterId);
    const row = await context.db.selectFrom('data_center').select('master_version').where('id', '=', dataCenterId).executeTakeFirst();
    if (!row) throw notFound();
    const { job, ended } = await context.engine.jobs.run<Params>(context, 'SwitchMasterStorageDomain', {
      params: {
        dataCenterId,
        dataCenterName,
        oldMasterId: master.id,
        newMasterId: next.id,
        newMasterName: next.name,
        version: row.master_version + 1,
        hostId,
        user: actor(context),
        correlationId: context.correlationId,
      },
      description: `Switching the master of Data Center ${dataCenterName} to Storage Domain ${next.name}`,
      subjects: [
        { type: 'data_center', id: dataCenterId },
        { type: 'storage_domain', id: next.id },
      ],
      async check(trx) {
        const now = await trx
          .selectFrom('data_center_storage_domain')
          .select('status')
          .where('data_center_id', '=', dataCenterId)
          .where('storage_domain_id', '=', next.id)
          .executeTakeFirst();
        if (now?.status !== 'active')
          throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', { ...values, status: now?.status ?? 'unattached' });
      },
    });
    return ended ? done(job) : started(job);
  },
};
