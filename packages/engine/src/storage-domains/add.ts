import { defineSaga } from '@virgate/saga';
import type { StorageDomain } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { checkFormat } from '../data-centers/storage-format.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, invalidValue, refused, say } from '../rest/fault.ts';
import { checkReach } from '../storage-connections/definition.ts';
import { isBlockStorage } from '../storage-connections/logical-units.ts';
import { isUuid, one } from '../rest/listing.ts';
import { created, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { addBlockDomain } from './add-block.ts';
import { connectStep, connectTo, createStep, insertDomain, measureStep, noPool, sizeOf, type Call, type NewDomain } from './new-domain.ts';
import { readableStorageDomains } from './read.ts';
import { checkStorageSettings } from './update.ts';
import { remotePath, wireStorageType, type ConnectionRow } from './wire.ts';

/** Storage of these types is there; the others of the contract answer so. */
const supported = ['localfs', 'posixfs', 'nfs', 'glusterfs'] as const;
const timeoutMs = 120_000;
/** Sizes of blocks that a domain may ask for; 0 leaves it to the host. */
const blockSizes: readonly number[] = [0, 512];

/** Makes a storage domain of files. */
export const addStorageDomainSaga = ({ hosts, secretKey }: SagaServices): EngineSaga =>
  defineSaga<NewDomain, object, Transaction<Tables>>({
    name: 'AddStorageDomain',
    version: 1,
    title: (params) => `Adding Storage Domain ${params.name}`,
    locks: (params) => [{ group: 'STORAGE', objectId: params.id, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    steps: [
      connectStep(hosts, secretKey),
      createStep(hosts, ({ connection }) => remotePath(connection)),
      measureStep(hosts, async ({ id }, _state, call, tx) => {
        const size = await sizeOf(id, call);
        await tx((trx) => trx.updateTable('storage_domain').set(size).where('id', '=', id).execute());
      }),
    ],
  }) as unknown as EngineSaga;

function connectionOf(body: StorageDomain, id: string): ConnectionRow {
  const storage = body.storage ?? {};
  const type = supported.find((one) => one === storage.type);
  if (!type) throw invalidValue('storage.type', say`supported are ${supported.join(', ')}`);
  const path = storage.path ?? '';
  if (path === '' || path.length > 1024 || ((type === 'nfs' || type === 'localfs') && !path.startsWith('/')))
    throw invalidValue('storage.path', 'must be an absolute path of at most 1024 characters');
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f,]|\/\.\.?(\/|$)/.test(path))
    throw invalidValue('storage.path', 'must not have control characters, commas or the segments . and ..');
  checkReach(storage, 'storage.');
  if (type === 'nfs' && !storage.address) throw invalidValue('storage.address', 'is needed for NFS');
  if (type === 'posixfs' && !storage.vfs_type) throw invalidValue('storage.vfs_type', 'is needed for a POSIX file system');
  if (type === 'glusterfs' && (storage.vfs_type ?? 'glusterfs') !== 'glusterfs')
    throw invalidValue('storage.vfs_type', 'must be glusterfs');
  return {
    id,
    storage_type: type,
    address: storage.address ?? null,
    path,
    mount_options: storage.mount_options ?? null,
    vfs_type: storage.vfs_type ?? (type === 'glusterfs' ? type : null),
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
  if (!supported.some((type) => type === row.type)) throw invalidValue('storage.type', say`supported are ${supported.join(', ')}`);
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
  const call: Call = (method, parameters) => client.call(method, parameters, { timeoutMs, fence });
  const parameters = await parametersFor(context.db, context.engine.authority.secretKey, hostId, connection);
  await connectTo(connection, parameters, call);
  const place = { storageType: wireStorageType(connection.storage_type), remotePath: remotePath(connection) };
  const ids = (await call('Host.getStorageDomains', { storagepoolID: noPool, domainClass: 1, ...place })) as string[];
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
    checkStorageSettings(body);
    checkFormat(body.storage_format);
    if (body.block_size !== undefined && !blockSizes.includes(body.block_size))
      throw invalidValue('block_size', say`supported are ${blockSizes.join(', ')}`);
    const host = await resolve(context.db, 'Host', 'host', body.host);
    const state = await context.db.selectFrom('host_state').select('status').where('host_id', '=', host.id).executeTakeFirst();
    if (state?.status !== 'up')
      throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
        VAR_ACTION: 'add',
        VAR_TYPE: 'Storage Domain',
        hostStatus: state?.status ?? 'unknown',
      });
    if (isBlockStorage(body.storage?.type)) return addBlockDomain(context, body, body.storage.type, host.id, name);
    const existing = await existingConnection(context, body);
    const connection = existing ?? connectionOf(body, context.engine.uuid());
    const imports = body.import ?? false;
    const id = imports ? await domainAt(context, host.id, connection, body.id) : context.engine.uuid();
    const job = await write(
      context,
      async (trx) => {
        await insertDomain(trx, { id, name, connection, ownsConnection: existing === null }, body, { uuid: context.engine.uuid });
        return context.engine.jobs.beginIn<NewDomain>(trx, context, 'AddStorageDomain', {
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
