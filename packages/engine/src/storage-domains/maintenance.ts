import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { storageFault } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, incomplete, notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, write } from '../rest/write.ts';
import type { StorageDomainStatus } from '@virgate/contract/generated/types';
import { refusedByStatus } from '@virgate/contract/status-rules';
import type { EventName } from '@virgate/contract/generated/events';
import { tryLeftoversAgain } from '../snapshots/leftovers.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { forgetContent } from '../ovf-stores/unregistered.ts';
import { updateStores } from '../ovf-stores/update.ts';
import { checkDestroyable, destroyDomain, forgetDomain } from './destroy.ts';
import { readableAttachedDomains, readableStorageDomains } from './read.ts';
import { wireStorageType, type ConnectionRow } from './wire.ts';

type Trx = Transaction<Tables>;
type Kind = 'activate' | 'deactivate' | 'detach';
const timeoutMs = 120_000;

interface Params {
  domainId: string;
  domainName: string;
  dataCenterId: string;
  dataCenterName: string;
  hostId: string;
  /** The host's number within the data center. */
  hostNumber: number;
  /** Where it stands when the job cannot do its work. */
  before: string;
  /** The last domain of the data center: with it the data center's storage ends. */
  last: boolean;
  master: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

interface Command {
  job: string;
  verb: string;
  title: string;
  /** Its name in the contract's table of statuses. */
  action: string;
  during: string;
  becomes: string | null;
  event: EventName;
}

const commands: Record<Kind, Command> = {
  activate: {
    job: 'ActivateStorageDomain',
    verb: 'activate',
    title: 'Activating',
    action: 'ActivateStorageDomain',
    during: 'activating',
    becomes: 'active',
    event: 'USER_ACTIVATED_STORAGE_DOMAIN',
  },
  deactivate: {
    job: 'DeactivateStorageDomain',
    verb: 'deactivate',
    title: 'Deactivating',
    action: 'DeactivateStorageDomainWithOvfUpdate',
    during: 'preparing_for_maintenance',
    becomes: 'maintenance',
    event: 'USER_DEACTIVATED_STORAGE_DOMAIN',
  },
  detach: {
    job: 'DetachStorageDomainFromPool',
    verb: 'detach',
    title: 'Detaching',
    action: 'DetachStorageDomainFromPool',
    during: 'detaching',
    becomes: null,
    event: 'USER_DETACH_STORAGE_DOMAIN_FROM_POOL',
  },
};

const ignore =
  (codes: readonly number[]) =>
  (error: unknown): void => {
    if (!(error instanceof VdsmError)) throw error;
    if (!codes.includes(error.code)) throw storageFault("The storage domain's state cannot be changed", error);
  };

async function work(
  kind: Kind,
  params: Params,
  call: (method: string, parameters: Record<string, unknown>) => Promise<unknown>,
  connection: { type: string; parameters: Record<string, string> },
): Promise<void> {
  const { domainId, dataCenterId } = params;
  const ids = { storagedomainID: domainId, storagepoolID: dataCenterId };
  switch (kind) {
    case 'activate':
      await call('StoragePool.connectStorageServer', {
        storagepoolID: dataCenterId,
        domainType: wireStorageType(connection.type),
        connectionParams: [connection.parameters],
      });
      if (params.master)
        await call('StoragePool.connect', {
          storagepoolID: dataCenterId,
          hostID: params.hostNumber,
          scsiKey: dataCenterId,
          masterSdUUID: domainId,
          masterVersion: 1,
          domainDict: { [domainId]: 'active' },
        });
      await call('StorageDomain.activate', ids).catch(ignore([]));
      return;
    case 'deactivate':
      if (params.master) {
        await call('StoragePool.spmStop', { storagepoolID: dataCenterId }).catch(
          ignore([storageErrors.SpmStatusError, storageErrors.StoragePoolUnknown]),
        );
        await call('StoragePool.disconnect', { storagepoolID: dataCenterId, hostID: params.hostNumber, scsiKey: dataCenterId }).catch(
          ignore([storageErrors.StoragePoolUnknown]),
        );
      } else
        await call('StorageDomain.deactivate', { ...ids, masterSdUUID: '00000000-0000-0000-0000-000000000000', masterVersion: 0 }).catch(
          ignore([storageErrors.StorageDomainNotMemberOfPool]),
        );
      return;
    case 'detach':
      await call('StorageDomain.detach', { ...ids, force: true }).catch(
        ignore([storageErrors.StorageDomainNotMemberOfPool, storageErrors.StoragePoolUnknown]),
      );
  }
}

async function settle(trx: Trx, command: Command, params: Params): Promise<void> {
  const { domainId, dataCenterId, last, master } = params;
  if (command.becomes === null) await forgetContent(trx, domainId);
  if (command.becomes === null)
    await trx
      .deleteFrom('data_center_storage_domain')
      .where('storage_domain_id', '=', domainId)
      .where('data_center_id', '=', dataCenterId)
      .execute();
  else
    await trx
      .updateTable('data_center_storage_domain')
      .set({ status: command.becomes })
      .where('storage_domain_id', '=', domainId)
      .where('data_center_id', '=', dataCenterId)
      .execute();
  if (command.becomes === 'active') await tryLeftoversAgain(trx, { domainId });
  if (command.becomes === null) await trx.updateTable('storage_domain').set({ master: false }).where('id', '=', domainId).execute();
  if (master && command.becomes === 'maintenance')
    await trx.updateTable('data_center').set({ status: 'maintenance', spm_host_id: null }).where('id', '=', dataCenterId).execute();
  if (last && command.becomes === null)
    await trx
      .updateTable('data_center')
      .set({ status: 'uninitialized', spm_host_id: null, master_version: 0 })
      .where('id', '=', dataCenterId)
      .execute();
  await noteChange(trx, 'storage_domain', domainId, 'update');
  await noteChange(trx, 'data_center', dataCenterId, 'update');
}

/** The jobs that change what an attached storage domain does. */
export const storageDomainSagas = ({ hosts, secretKey }: SagaServices): EngineSaga[] =>
  (Object.entries(commands) as [Kind, Command][]).map(
    ([kind, command]) =>
      defineSaga<Params, object, Trx>({
        name: command.job,
        version: 1,
        title: (params) => `${command.title} Storage Domain ${params.domainName}`,
        locks: (params) => [
          { group: 'STORAGE', objectId: params.domainId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
          { group: 'POOL', objectId: params.dataCenterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
        ],
        steps: [
          {
            name: kind,
            title: `${command.title} the storage domain`,
            async run(ctx) {
              const { client, fence } = await hosts.access(ctx.params.hostId);
              const connection = await ctx.tx(
                async (trx) =>
                  (
                    await sql<ConnectionRow>`select c.id, s.storage_type, c.address, c.path, c.mount_options, c.vfs_type, c.settings from storage_domain s join storage_connection c on c.id = s.storage_connection_id where s.id = ${ctx.params.domainId}`.execute(
                      trx,
                    )
                  ).rows[0],
              );
              if (!connection) throw notFound();
              await work(
                kind,
                ctx.params,
                (method, parameters) => client.call(method, parameters, { timeoutMs, fence, signal: ctx.signal }),
                {
                  type: connection.storage_type,
                  parameters: await ctx.tx((trx) => parametersFor(trx, secretKey, ctx.params.hostId, connection)),
                },
              );
            },
            async record(ctx, trx) {
              const { domainId, domainName, dataCenterId, dataCenterName } = ctx.params;
              await settle(trx, command, ctx.params);
              await recordEvent(trx, {
                name: command.event,
                storageDomain: { id: domainId, name: domainName },
                dataCenter: { id: dataCenterId, name: dataCenterName },
                ...ofJob(ctx),
              });
            },
            undo: async () => undefined,
            async unrecord(ctx, trx) {
              await trx
                .updateTable('data_center_storage_domain')
                .set({ status: ctx.params.before })
                .where('storage_domain_id', '=', ctx.params.domainId)
                .where('data_center_id', '=', ctx.params.dataCenterId)
                .execute();
              await noteChange(trx, 'storage_domain', ctx.params.domainId, 'update');
            },
          },
        ],
      }) as unknown as EngineSaga,
  );

async function refuseWhileUsed(trx: Trx, kind: Kind, params: Params): Promise<void> {
  if (kind === 'activate') return;
  const used = await sql<{ running: number; discs: number; kept: number; others: number; leases: number; held: number }>`select
    (select count(*) from image i join vm_current_cdrom c on c.disk_id = i.disk_id join vm_state s on s.vm_id = c.vm_id where i.storage_domain_id = ${params.domainId} and s.status not in ('down', 'suspended')) as discs,
    (select count(*) from image i join disk_attachment a on a.disk_id = i.disk_id join vm_state s on s.vm_id = a.vm_id where i.storage_domain_id = ${params.domainId} and s.status not in ('down', 'suspended')) as running,
    (select count(*) from vm v where v.entity_type in ('vm', 'template') and exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = v.id and i.storage_domain_id = ${params.domainId})
      and exists (select 1 from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = v.id and i.storage_domain_id <> ${params.domainId})) as kept,
    (select count(*) from vm_lease l where l.storage_domain_id = ${params.domainId}) as leases,
    (select count(*) from vm_lease l join vm_state s on s.vm_id = l.vm_id where l.storage_domain_id = ${params.domainId} and s.status not in ('down', 'suspended')) as held,
    (select count(*) from data_center_storage_domain d where d.data_center_id = ${params.dataCenterId} and d.storage_domain_id <> ${params.domainId} and d.status = 'active') as others`.execute(
    trx,
  );
  const { running = 0, discs = 0, kept = 0, others = 0, leases = 0, held = 0 } = used.rows[0] ?? {};
  if (running > 0)
    throw conflict('ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS', { VAR_ACTION: commands[kind].verb, VAR_TYPE: 'Storage Domain' });
  if (discs > 0)
    throw conflict('ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED', {
      VAR_ACTION: commands[kind].verb,
      VAR_TYPE: 'Storage Domain',
    });
  const frame = { VAR_ACTION: commands[kind].verb, VAR_TYPE: 'Storage Domain' };
  if (held > 0) throw conflict('ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES', frame);
  if (kind === 'detach' && leases > 0) throw conflict('ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN', frame);
  if (kind === 'deactivate' && params.master && others > 0)
    throw conflict('MASTER_DOMAIN_NOT_LAST', { VAR_ACTION: 'deactivate', VAR_TYPE: 'Storage Domain' });
  if (kind === 'detach' && kept > 0) throw conflict('STORAGE_DOMAIN_HAS_DISKS', { VAR_ACTION: 'detach', VAR_TYPE: 'Storage Domain' });
}

/** Before a domain goes its stores are told what lies on it; one that cannot be told goes all the same. Source: engine behaviour, deactivation. */
async function describeContent(context: Context, params: Params): Promise<void> {
  const domain = { id: params.domainId, name: params.domainName, dataCenterId: params.dataCenterId };
  await updateStores(context, domain).catch(async (error: unknown) => {
    context.engine.log.warn({ err: error, storageDomain: domain.id }, 'the OVF stores of a storage domain were not updated');
    await write(context, (trx) =>
      recordEvent(trx, {
        name: 'USER_DEACTIVATE_STORAGE_DOMAIN_OVF_UPDATE_INCOMPLETE',
        storageDomain: { id: domain.id, name: domain.name },
        user: actor(context),
        correlationId: context.correlationId,
      }),
    );
  });
}

/** The operation of a command on an attached storage domain. */
export const domainCommand = (kind: Kind): Operation => ({
  permit: 'manipulate_storage_domain',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context: Context) {
    const command = commands[kind];
    const dataCenterId = context.path['data_center'] ?? '';
    const domain = await one(context, readableAttachedDomains(dataCenterId), context.path['storage_domain']);
    const found = await sql<{ name: string; host_id: string | null; host_number: number; domains: number }>`
      select p.*, coalesce((select h.spm_id from host h where h.id = p.host_id), 1) as host_number from (select d.name, (select count(*) from data_center_storage_domain x where x.data_center_id = d.id) as domains,
        coalesce(d.spm_host_id, (select h.id from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id where c.data_center_id = d.id and s.status = 'up' order by h.spm_priority desc limit 1)) as host_id
      from data_center d where d.id = ${dataCenterId}::uuid) p`.execute(context.db);
    const pool = found.rows[0];
    if (!pool?.host_id) throw conflict('ACTION_TYPE_FAILED_NO_VDS_IN_POOL', { VAR_ACTION: command.verb, VAR_TYPE: 'Storage Domain' });
    const params: Params = {
      domainId: domain.id ?? '',
      domainName: String(domain['name']),
      dataCenterId,
      dataCenterName: pool.name,
      hostId: pool.host_id,
      hostNumber: pool.host_number,
      before: String(domain['status']),
      last: pool.domains === 1,
      master: domain['master'] === true,
      user: actor(context),
      correlationId: context.correlationId,
    };
    if (kind === 'deactivate' && params.before === 'active') await describeContent(context, params);
    const { job, ended } = await context.engine.jobs.run<Params>(context, command.job, {
      params,
      description: `${command.title} Storage Domain ${params.domainName}`,
      subjects: [
        { type: 'storage_domain', id: params.domainId },
        { type: 'data_center', id: dataCenterId },
      ],
      check: async (trx) => {
        const row = await trx
          .selectFrom('data_center_storage_domain')
          .select('status')
          .where('storage_domain_id', '=', params.domainId)
          .where('data_center_id', '=', dataCenterId)
          .forUpdate()
          .executeTakeFirst();
        if (!row) throw notFound();
        if (refusedByStatus('storageDomain', row.status as StorageDomainStatus, command.action))
          throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
            VAR_ACTION: command.verb,
            VAR_TYPE: 'Storage Domain',
            status: row.status.replaceAll('_', ' '),
          });
        await refuseWhileUsed(trx, kind, params);
        await trx
          .updateTable('data_center_storage_domain')
          .set({ status: command.during })
          .where('storage_domain_id', '=', params.domainId)
          .where('data_center_id', '=', dataCenterId)
          .execute();
        await noteChange(trx, 'storage_domain', params.domainId, 'update');
      },
    });
    return ended ? done(job) : started(job);
  },
});

interface RemoveParams {
  domainId: string;
  domainName: string;
  hostId: string | null;
  /** What lies on it goes from the engine too. */
  destroys?: boolean;
  connection: ConnectionRow;
  user: { id: string; name: string };
  correlationId: string;
}

const noPool = '00000000-0000-0000-0000-000000000000';

/** Removes a storage domain that is detached, formatting it when a host is named. */
export const removeStorageDomainSaga = ({ hosts, secretKey }: SagaServices): EngineSaga =>
  defineSaga<RemoveParams, object, Trx>({
    name: 'RemoveStorageDomain',
    version: 1,
    title: (params) => `Removing Storage Domain ${params.domainName}`,
    locks: (params) => [{ group: 'STORAGE', objectId: params.domainId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    steps: [
      {
        name: 'format',
        title: 'Formatting the storage domain',
        async run(ctx) {
          const { hostId, connection, domainId } = ctx.params;
          if (hostId === null) return;
          const { client, fence } = await hosts.access(hostId);
          const options = { timeoutMs, fence, signal: ctx.signal };
          const servers = {
            storagepoolID: noPool,
            domainType: wireStorageType(connection.storage_type),
            connectionParams: [await ctx.tx((trx) => parametersFor(trx, secretKey, hostId, connection))],
          };
          await client.call('StoragePool.connectStorageServer', servers, options).catch(ignore([]));
          await client
            .call('StorageDomain.format', { storagedomainID: domainId, autoDetach: false }, options)
            .catch(ignore([storageErrors.StorageDomainDoesNotExist]));
          await client.call('StoragePool.disconnectStorageServer', servers, options).catch(ignore([]));
        },
        async record(ctx, trx) {
          const { domainId, domainName, connection, destroys } = ctx.params;
          await (destroys ? destroyDomain : forgetDomain)(trx, { id: domainId, connectionId: connection.id });
          await recordEvent(trx, {
            name: destroys ? 'USER_FORCE_REMOVE_STORAGE_DOMAIN' : 'USER_REMOVE_STORAGE_DOMAIN',
            storageDomain: { id: domainId, name: domainName },
            ...ofJob(ctx),
          });
        },
      },
    ],
  }) as unknown as EngineSaga;

/** The host that is to take a domain off its storage. @throws {Fault} 400, 404, 409 */
async function removingHost(context: Context): Promise<string> {
  const name = context.parameters.text('host');
  if (name === undefined) throw incomplete('StorageDomain [host]');
  const { id } = await resolve(context.db, 'Host', 'host', isUuid(name) ? { id: name } : { name });
  const state = await context.db.selectFrom('host_state').select('status').where('host_id', '=', id).executeTakeFirst();
  if (state?.status !== 'up') throw refused('CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP');
  return id;
}

async function refuseWhileAttached(trx: Trx, id: string): Promise<void> {
  const used =
    await sql`select 1 from data_center_storage_domain where storage_domain_id = ${id} union all select 1 from image where storage_domain_id = ${id} union all select 1 from snapshot_memory where storage_domain_id = ${id} limit 1`.execute(
      trx,
    );
  if (used.rows.length > 0)
    throw conflict('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
      VAR_ACTION: 'remove',
      VAR_TYPE: 'Storage Domain',
      status: 'attached',
    });
}

/** `DELETE storagedomains/{id}?host=…&format=true`; with `destroy=true` only the engine forgets it, with all that lies on it. */
export const removeStorageDomain: Operation = {
  permit: 'delete_storage_domain',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    const domain = await one(context, readableStorageDomains, context.path['storage_domain']);
    const destroy = context.parameters.flag('destroy');
    const hostId = destroy ? null : await removingHost(context);
    const format = context.parameters.flag('format');
    const id = domain.id ?? '';
    const job = await write(context, async (trx) => {
      const connection = (
        await sql<ConnectionRow>`select c.id, s.storage_type, c.address, c.path, c.mount_options, c.vfs_type, c.settings from storage_domain s join storage_connection c on c.id = s.storage_connection_id where s.id = ${id}`.execute(
          trx,
        )
      ).rows[0];
      if (!connection) throw notFound();
      if (destroy) await checkDestroyable(trx, id);
      else await refuseWhileAttached(trx, id);
      return context.engine.jobs.beginIn<RemoveParams>(trx, context, 'RemoveStorageDomain', {
        params: {
          domainId: id,
          domainName: String(domain['name']),
          hostId: format ? hostId : null,
          destroys: destroy,
          connection,
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Removing Storage Domain ${String(domain['name'])}`,
        subjects: [{ type: 'storage_domain', id }],
      });
    });
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
