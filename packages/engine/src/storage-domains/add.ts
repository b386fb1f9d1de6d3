import { defineSaga } from '@virgate/saga';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { StorageDomain } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import { noteChange } from '../changes/outbox.ts';
import { storageFault } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { json } from '@virgate/database';
import { conflict, hostFailed, invalidValue, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, nameInUse, write } from '../rest/write.ts';
import { addDefaultProfile, forgetProfilePermissions } from '../profiles/defaults.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import type { SagaServices } from '../vms/start.ts';
import { readableStorageDomains } from './read.ts';
import { connectionParameters, remotePath, wireStorageType, type ConnectionRow } from './wire.ts';

/** Storage of these types is there; the others of the contract answer so. */
const supported = ['localfs', 'posixfs', 'nfs'] as const;
const timeoutMs = 120_000;
const noPool = '00000000-0000-0000-0000-000000000000';
const maxHosts = 250;

interface Params {
  id: string;
  name: string;
  hostId: string;
  connection: ConnectionRow;
  /** The connection was made for this domain, and goes with it when the domain cannot be made. */
  ownsConnection: boolean;
  /** The domain lies there already, and is left as it is. */
  imports: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

/** Makes a storage domain: its row exists from the start, locked by the job, and goes again when the host cannot make it. */
export const addStorageDomainSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, object, Transaction<Tables>>({
    name: 'AddStorageDomain',
    version: 1,
    title: (params) => `Adding Storage Domain ${params.name}`,
    locks: (params) => [{ group: 'STORAGE', objectId: params.id, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    steps: [
      {
        name: 'connect',
        title: 'Connecting the storage to the host',
        async run(ctx) {
          const { client, fence } = await hosts.access(ctx.params.hostId);
          const { connection } = ctx.params;
          const answer = (await client.call(
            'StoragePool.connectStorageServer',
            {
              storagepoolID: noPool,
              domainType: wireStorageType(connection.storage_type),
              connectionParams: [connectionParameters(connection)],
            },
            { timeoutMs, fence, signal: ctx.signal },
          )) as { status?: number }[];
          const status = answer[0]?.status;
          if (status !== 0) throw conflict('STORAGE_CONNECTION_FAILED', { path: remotePath(connection), code: String(status) });
        },
        async unrecord(ctx, trx) {
          await forgetProfilePermissions(trx, diskProfiles, ctx.params.id);
          await trx.deleteFrom('storage_domain').where('id', '=', ctx.params.id).execute();
          if (ctx.params.ownsConnection) await trx.deleteFrom('storage_connection').where('id', '=', ctx.params.connection.id).execute();
          await noteChange(trx, 'storage_domain', ctx.params.id, 'remove');
        },
        undo: async () => undefined,
      },
      {
        name: 'create',
        title: 'Making the storage domain',
        async run(ctx) {
          if (ctx.params.imports) return;
          const { client, fence } = await hosts.access(ctx.params.hostId);
          try {
            await client.call(
              'StorageDomain.create',
              {
                storagedomainID: ctx.params.id,
                domainType: wireStorageType(ctx.params.connection.storage_type),
                typeArgs: remotePath(ctx.params.connection),
                name: ctx.params.name,
                domainClass: 1,
                version: '5',
                maxHosts,
              },
              { timeoutMs, fence, signal: ctx.signal },
            );
          } catch (error) {
            if (!(error instanceof VdsmError)) throw error;
            if (error.code !== storageErrors.StorageDomainAlreadyExists) throw storageFault('Cannot add Storage Domain', error);
          }
        },
        async undo(ctx) {
          if (ctx.params.imports) return;
          const { client, fence } = await hosts.access(ctx.params.hostId);
          await client
            .call('StorageDomain.format', { storagedomainID: ctx.params.id, autoDetach: false }, { timeoutMs, fence, signal: ctx.signal })
            .catch((error: unknown) => {
              if (!(error instanceof VdsmError) || error.code !== storageErrors.StorageDomainDoesNotExist) throw error;
            });
        },
      },
      {
        name: 'measure',
        title: 'Reading its size',
        async run(ctx) {
          const { client, fence } = await hosts.access(ctx.params.hostId);
          const stats = (await client.call(
            'StorageDomain.getStats',
            { storagedomainID: ctx.params.id },
            { timeoutMs, fence, signal: ctx.signal },
          )) as { disktotal?: string; diskfree?: string };
          const total = Number(stats.disktotal);
          const free = Number(stats.diskfree);
          if (!Number.isFinite(total) || !Number.isFinite(free))
            throw hostFailed('Cannot add Storage Domain', 'it does not tell how large the storage is');
          await ctx.tx((trx) =>
            trx
              .updateTable('storage_domain')
              .set({ available_bytes: free, used_bytes: total - free })
              .where('id', '=', ctx.params.id)
              .execute(),
          );
        },
        async record(ctx, trx) {
          await recordEvent(trx, {
            name: 'USER_ADD_STORAGE_DOMAIN',
            storageDomain: { id: ctx.params.id, name: ctx.params.name },
            user: ctx.params.user,
            correlationId: ctx.params.correlationId,
            jobId: ctx.id,
          });
          await noteChange(trx, 'storage_domain', ctx.params.id, 'update');
        },
      },
    ],
  }) as unknown as EngineSaga;

function connectionOf(body: StorageDomain, id: string): ConnectionRow {
  const storage = body.storage ?? {};
  const type = supported.find((one) => one === storage.type);
  if (!type) throw invalidValue('storage.type', `supported are ${supported.join(', ')}`);
  const path = storage.path ?? '';
  if (path === '' || path.length > 1024 || (type !== 'posixfs' && !path.startsWith('/')))
    throw invalidValue('storage.path', 'must be an absolute path of at most 1024 characters');
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f,]|\/\.\.?(\/|$)/.test(path))
    throw invalidValue('storage.path', 'must not have control characters, commas or the segments . and ..');
  if (type === 'nfs' && !storage.address) throw invalidValue('storage.address', 'is needed for NFS');
  if (type === 'posixfs' && !storage.vfs_type) throw invalidValue('storage.vfs_type', 'is needed for a POSIX file system');
  return {
    id,
    storage_type: type,
    address: storage.address ?? null,
    path,
    mount_options: storage.mount_options ?? null,
    vfs_type: storage.vfs_type ?? null,
    settings: {
      ...(storage.nfs_version === undefined ? {} : { nfs_version: storage.nfs_version }),
      ...(storage.nfs_retrans === undefined ? {} : { nfs_retrans: storage.nfs_retrans }),
      ...(storage.nfs_timeo === undefined ? {} : { nfs_timeo: storage.nfs_timeo }),
    },
  };
}

/** A connection that is there already, named by its id; null when the request describes one. */
async function existingConnection(context: Context, body: StorageDomain): Promise<ConnectionRow | null> {
  const id = body.storage?.id;
  if (id === undefined) return null;
  if (!isUuid(id)) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST');
  const row = await context.db.selectFrom('storage_connection').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST');
  if (!supported.some((type) => type === row.type)) throw invalidValue('storage.type', `supported are ${supported.join(', ')}`);
  const used = await context.db.selectFrom('storage_domain').select('id').where('storage_connection_id', '=', id).executeTakeFirst();
  if (used) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS');
  return {
    id,
    storage_type: row.type,
    address: row.address,
    path: row.path,
    mount_options: row.mount_options,
    vfs_type: row.vfs_type,
    settings: row.settings,
  };
}

/** The domain that lies on a connection and that the engine does not have. @throws {Fault} 409 when there is none, or not that one */
async function domainAt(context: Context, hostId: string, connection: ConnectionRow, wanted: string | undefined): Promise<string> {
  const { client, fence } = await context.engine.hosts.access(hostId);
  const options = { timeoutMs, fence };
  const answer = (await client.call(
    'StoragePool.connectStorageServer',
    { storagepoolID: noPool, domainType: wireStorageType(connection.storage_type), connectionParams: [connectionParameters(connection)] },
    options,
  )) as { status?: number }[];
  if (answer[0]?.status !== 0)
    throw refused('STORAGE_CONNECTION_FAILED', { path: remotePath(connection), code: String(answer[0]?.status) });
  const ids = (await client.call(
    'Host.getStorageDomains',
    { storagepoolID: noPool, domainClass: 1, storageType: wireStorageType(connection.storage_type), remotePath: remotePath(connection) },
    options,
  )) as string[];
  const known = await context.db
    .selectFrom('storage_domain')
    .select('id')
    .where('id', 'in', [noPool, ...ids])
    .execute();
  const found = ids.find((id) => (wanted === undefined || id === wanted) && !known.some((row) => row.id === id));
  if (found === undefined)
    throw refused(ids.length > 0 ? 'ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST' : 'ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST');
  return found;
}

/** `POST storagedomains`: makes a data domain on a host's storage. It belongs to no data center until it is attached. */
export const addStorageDomain: Operation = {
  permit: 'create_storage_domain',
  async run(context) {
    const body = context.body as StorageDomain;
    const name = checkName(body.name);
    if ((body.type ?? 'data') !== 'data') throw invalidValue('type', 'only data domains can be made');
    if (body.id !== undefined && !isUuid(body.id)) throw invalidValue('id', 'must be a UUID');
    const host = await resolve(context.db, 'Host', 'host', body.host);
    const state = await context.db.selectFrom('host_state').select('status').where('host_id', '=', host.id).executeTakeFirst();
    if (state?.status !== 'up')
      throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
        VAR_ACTION: 'add',
        VAR_TYPE: 'Storage Domain',
        hostStatus: state?.status ?? 'unknown',
      });
    const existing = await existingConnection(context, body);
    const connection = existing ?? connectionOf(body, context.engine.uuid());
    const imports = body.import ?? false;
    const id = imports ? await domainAt(context, host.id, connection, body.id) : context.engine.uuid();
    const job = await write(
      context,
      async (trx) => {
        if (existing === null)
          await trx
            .insertInto('storage_connection')
            .values({
              id: connection.id,
              type: connection.storage_type,
              address: connection.address,
              path: connection.path,
              mount_options: connection.mount_options,
              vfs_type: connection.vfs_type,
              settings: json(connection.settings ?? {}),
            })
            .execute();
        await trx
          .insertInto('storage_domain')
          .values({
            id,
            name,
            description: body.description ?? '',
            comment: body.comment ?? '',
            type: 'data',
            storage_type: connection.storage_type,
            storage_connection_id: connection.id,
            ...(body.critical_space_action_blocker === undefined ? {} : { critical_space_gib: body.critical_space_action_blocker }),
            ...(body.warning_low_space_indicator === undefined ? {} : { warning_low_space_percent: body.warning_low_space_indicator }),
          })
          .execute();
        await addDefaultProfile(trx, diskProfiles, { id, name }, context.engine.uuid);
        await noteChange(trx, 'storage_domain', id, 'add');
        return context.engine.jobs.beginIn<Params>(trx, context, 'AddStorageDomain', {
          params: {
            id,
            name,
            hostId: host.id,
            connection,
            ownsConnection: existing === null,
            imports,
            user: actor(context),
            correlationId: context.correlationId,
          },
          description: `Adding Storage Domain ${name}`,
          subjects: [
            { type: 'storage_domain', id },
            { type: 'host', id: host.id },
          ],
        });
      },
      { storage_domain_name: nameInUse(name) },
    );
    await context.engine.jobs.settle(job);
    return created('StorageDomain', await one(context, readableStorageDomains, id));
  },
};
