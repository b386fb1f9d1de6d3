import { defineSaga } from '@virgate/saga';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely, type Transaction } from 'kysely';
import { ofJob, recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { storageFault } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { badRequest, conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { domainFormat } from '../data-centers/storage-format.ts';
import { readableDataCenters } from '../data-centers/read.ts';
import { readStoresStep } from '../ovf-stores/unregistered.ts';
import { readableAttachedDomains } from './read.ts';
import { connectionProblem, poolProblem } from '../monitoring/storage-problem.ts';
import { becomeStorageManager, type ManagerState } from './storage-manager.ts';
import { setStorageUnreachable, type UnreachableFrom } from './unreachable.ts';
import { wireStorageType, type ConnectionRow } from './wire.ts';

const timeoutMs = 120_000;

interface Params {
  domainId: string;
  domainName: string;
  dataCenterId: string;
  dataCenterName: string;
  /** The data center has no storage yet: this domain becomes its master. */
  first: boolean;
  /** Hosts that are up, the storage manager first. */
  hostIds: string[];
  user: { id: string; name: string };
  correlationId: string;
}

interface AttachState extends ManagerState {
  /** Hosts that see the storage; the first one does the work. */
  connected: string[];
  /** Hosts that don't: they can't serve the data center any more. */
  unreachable: UnreachableFrom[];
}

const workerOf = ({ state, params }: { state: AttachState; params: Readonly<Params> }): string =>
  state.connected[0] ?? params.hostIds[0] ?? '';

const connectionOf = async (db: Kysely<Tables>, domainId: string): Promise<ConnectionRow> => {
  const found =
    await sql<ConnectionRow>`select c.id, s.storage_type, c.address, c.path, c.mount_options, c.vfs_type, c.settings from storage_domain s join storage_connection c on c.id = s.storage_connection_id where s.id = ${domainId}`.execute(
      db,
    );
  const row = found.rows[0];
  if (!row) throw badRequest('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST');
  return row;
};

const tolerate =
  (codes: readonly number[]) =>
  (error: unknown): void => {
    if (!(error instanceof VdsmError)) throw error;
    if (!codes.includes(error.code)) throw storageFault('Cannot attach Storage Domain', error);
  };

/**
 * Brings a domain into a data center and activates it there. The first one becomes the master: the pool is made on it, one host
 * takes up storage management, and the data center comes Up.
 */
export const attachStorageDomainSaga = ({ hosts, secretKey }: SagaServices): EngineSaga =>
  defineSaga<Params, AttachState, Transaction<Tables>>({
    name: 'AttachStorageDomainToPool',
    version: 1,
    title: (params) => `Attaching Storage Domain ${params.domainName} to Data Center ${params.dataCenterName}`,
    locks: (params) => [
      { group: 'STORAGE', objectId: params.domainId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
      { group: 'POOL', objectId: params.dataCenterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {}, connected: [], unreachable: [] }),
    steps: [
      {
        name: 'connect',
        title: 'Connecting the storage to the hosts',
        async run(ctx) {
          const connection = await ctx.tx((trx) => connectionOf(trx, ctx.params.domainId));
          const connected: string[] = [];
          const unreachable: UnreachableFrom[] = [];
          for (const hostId of ctx.params.hostIds) {
            const { client, fence } = await hosts.access(hostId);
            const parameters = await ctx.tx((trx) => parametersFor(trx, secretKey, hostId, connection));
            const answer = (await client.call(
              'StoragePool.connectStorageServer',
              {
                storagepoolID: ctx.params.dataCenterId,
                domainType: wireStorageType(connection.storage_type),
                connectionParams: [parameters],
              },
              { timeoutMs, fence, signal: ctx.signal },
            )) as { status?: number }[];
            const code = answer[0]?.status;
            if (code === 0) connected.push(hostId);
            else unreachable.push({ hostId, text: connectionProblem(connection, Number(code)) });
            // Where storage is managed already the manager has to do the work; the first domain makes its host the manager.
            if (connected.length === 0 && (!ctx.params.first || hostId === ctx.params.hostIds.at(-1)))
              throw conflict('STORAGE_CONNECTION_FAILED', { path: connection.path, code: String(code) });
          }
          Object.assign(ctx.state, { connected, unreachable });
        },
        async unrecord(ctx, trx) {
          await trx
            .deleteFrom('data_center_storage_domain')
            .where('storage_domain_id', '=', ctx.params.domainId)
            .where('data_center_id', '=', ctx.params.dataCenterId)
            .execute();
          if (ctx.params.first)
            await trx.updateTable('storage_domain').set({ master: false }).where('id', '=', ctx.params.domainId).execute();
          await noteChange(trx, 'storage_domain', ctx.params.domainId, 'update');
        },
        undo: async () => undefined,
      },
      {
        name: 'pool',
        title: 'Bringing the storage domain into the data center',
        async run(ctx) {
          const { domainId, dataCenterId, dataCenterName, first } = ctx.params;
          const { client, fence } = await hosts.access(workerOf(ctx));
          const options = { timeoutMs, fence, signal: ctx.signal };
          if (first) {
            await client
              .call(
                'StoragePool.create',
                {
                  storagepoolID: dataCenterId,
                  name: dataCenterName,
                  masterSdUUID: domainId,
                  masterVersion: 1,
                  domainList: [domainId],
                  lockRenewalIntervalSec: 5,
                  leaseTimeSec: 60,
                  ioOpTimeoutSec: 10,
                  leaseRetries: 3,
                },
                options,
              )
              .catch(tolerate([storageErrors.StoragePoolAlreadyExists, storageErrors.StorageDomainAlreadyAttached]));
          } else {
            await client
              .call('StorageDomain.attach', { storagedomainID: domainId, storagepoolID: dataCenterId }, options)
              .catch(tolerate([storageErrors.StorageDomainAlreadyAttached]));
          }
        },
        async undo(ctx) {
          const { client, fence } = await hosts.access(workerOf(ctx));
          await client
            .call(
              'StorageDomain.detach',
              { storagedomainID: ctx.params.domainId, storagepoolID: ctx.params.dataCenterId, force: true },
              { timeoutMs, fence, signal: ctx.signal },
            )
            .catch(
              tolerate([
                storageErrors.StorageDomainDoesNotExist,
                storageErrors.StorageDomainNotMemberOfPool,
                storageErrors.StoragePoolUnknown,
              ]),
            );
        },
      },
      {
        name: 'connect-pool',
        title: "Connecting the hosts to the data center's storage",
        async run(ctx) {
          const { dataCenterId, domainId } = ctx.params;
          const domains = await ctx.tx(async (trx) =>
            sql<{ id: string; master: boolean; spm_id: number | null; host_id: string; version: number }>`
          select s.id, s.master, h.spm_id, h.id as host_id, d.master_version as version from data_center_storage_domain x join storage_domain s on s.id = x.storage_domain_id join data_center d on d.id = x.data_center_id, host h
          where x.data_center_id = ${dataCenterId} and x.status in ('active', 'locked') and h.id = any(${ctx.params.hostIds}::uuid[])`.execute(
              trx,
            ),
          );
          const master = domains.rows.find((row) => row.master)?.id ?? domainId;
          const domainDict = Object.fromEntries(domains.rows.map((row) => [row.id, 'active']));
          const connection = await ctx.tx((trx) => connectionOf(trx, domainId));
          for (const hostId of ctx.state.connected) {
            const row = domains.rows.find((one) => one.host_id === hostId);
            const { client, fence } = await hosts.access(hostId);
            await client
              .call(
                'StoragePool.connect',
                {
                  storagepoolID: dataCenterId,
                  hostID: row?.spm_id ?? 1,
                  scsiKey: dataCenterId,
                  masterSdUUID: master,
                  masterVersion: row?.version ?? 1,
                  domainDict,
                },
                { timeoutMs, fence, signal: ctx.signal },
              )
              .catch((error: unknown) => {
                if (!(error instanceof VdsmError)) throw error;
                if (hostId === workerOf(ctx)) throw storageFault('Cannot attach Storage Domain', error);
                ctx.state.unreachable.push({ hostId, text: poolProblem(connection, error.code, error.message) });
              });
          }
        },
        undo: async () => undefined,
      },
      {
        name: 'manager',
        title: 'Taking up storage management',
        run: async (ctx) => (ctx.params.first ? becomeStorageManager(ctx, hosts, workerOf(ctx), ctx.params.dataCenterId) : undefined),
        async record(ctx, trx) {
          const { dataCenterId, first } = ctx.params;
          if (!first) return;
          await trx
            .updateTable('data_center')
            .set({ status: 'up', spm_host_id: workerOf(ctx), storage_format: domainFormat })
            .where('id', '=', dataCenterId)
            .execute();
          await noteChange(trx, 'data_center', dataCenterId, 'update');
        },
        undo: async () => undefined,
      },
      {
        name: 'activate',
        title: 'Activating the storage domain',
        async run(ctx) {
          const { client, fence } = await hosts.access(workerOf(ctx));
          await client
            .call(
              'StorageDomain.activate',
              { storagedomainID: ctx.params.domainId, storagepoolID: ctx.params.dataCenterId },
              { timeoutMs, fence, signal: ctx.signal },
            )
            .catch(tolerate([]));
        },
        async record(ctx, trx) {
          const { domainId, domainName, dataCenterId, dataCenterName } = ctx.params;
          await trx
            .updateTable('data_center_storage_domain')
            .set({ status: 'active' })
            .where('storage_domain_id', '=', domainId)
            .where('data_center_id', '=', dataCenterId)
            .execute();
          await recordEvent(trx, {
            name: 'USER_ATTACH_STORAGE_DOMAIN_TO_POOL',
            storageDomain: { id: domainId, name: domainName },
            dataCenter: { id: dataCenterId, name: dataCenterName },
            ...ofJob(ctx),
          });
          for (const host of ctx.state.unreachable) await setStorageUnreachable(trx, host, { id: domainId, name: domainName });
          await noteChange(trx, 'storage_domain', domainId, 'update');
        },
      },
      readStoresStep<Params, ManagerState>(hosts),
    ],
  }) as unknown as EngineSaga;

/** `POST datacenters/{id}/storagedomains`: attaches a domain that belongs to no data center, and activates it. */
export const attachStorageDomain: Operation = {
  permit: 'manipulate_storage_domain',
  subjects: async (context) => [
    { type: 'storage_domain', id: (await resolve(context.db, 'StorageDomain', 'storage_domain', context.body)).id },
  ],
  async run(context) {
    const dataCenter = await one(context, readableDataCenters, context.path['data_center']);
    const dataCenterId = dataCenter.id ?? '';
    const domain = await resolve(context.db, 'StorageDomain', 'storage_domain', context.body);
    const hosts = await sql<{
      id: string;
    }>`select h.id from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id left join data_center d on d.id = c.data_center_id
      where c.data_center_id = ${dataCenterId} and s.status = 'up' order by (d.spm_host_id = h.id) desc nulls last, h.spm_priority desc, h.name`.execute(
      context.db,
    );
    if (hosts.rows.length === 0) throw conflict('ACTION_TYPE_FAILED_NO_VDS_IN_POOL', { VAR_ACTION: 'attach', VAR_TYPE: 'Storage Domain' });
    const job = await write(context, async (trx) => {
      await trx.selectFrom('data_center').select('id').where('id', '=', dataCenterId).forUpdate().execute();
      const attached = await trx
        .selectFrom('data_center_storage_domain')
        .selectAll()
        .where((or) => or.or([or('storage_domain_id', '=', domain.id), or('data_center_id', '=', dataCenterId)]))
        .execute();
      if (attached.some((row) => row.storage_domain_id === domain.id))
        throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
          VAR_ACTION: 'attach',
          VAR_TYPE: 'Storage Domain',
          status: 'attached already',
        });
      const first = !attached.some((row) => row.data_center_id === dataCenterId);
      await trx
        .insertInto('data_center_storage_domain')
        .values({ data_center_id: dataCenterId, storage_domain_id: domain.id, status: 'locked' })
        .execute();
      if (first) {
        await trx.updateTable('storage_domain').set({ master: true }).where('id', '=', domain.id).execute();
        await trx.updateTable('data_center').set({ master_version: 1 }).where('id', '=', dataCenterId).execute();
      }
      await noteChange(trx, 'storage_domain', domain.id, 'update');
      return context.engine.jobs.beginIn<Params>(trx, context, 'AttachStorageDomainToPool', {
        params: {
          domainId: domain.id,
          domainName: domain.name,
          dataCenterId,
          dataCenterName: String(dataCenter['name']),
          first,
          hostIds: hosts.rows.map((row) => row.id),
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Attaching Storage Domain ${domain.name} to Data Center ${String(dataCenter['name'])}`,
        subjects: [
          { type: 'storage_domain', id: domain.id },
          { type: 'data_center', id: dataCenterId },
        ],
      });
    });
    await context.engine.jobs.settle(job);
    return created('StorageDomain', await one(context, readableAttachedDomains(dataCenterId), domain.id));
  },
};
