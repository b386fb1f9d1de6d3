import { json } from '@virgate/database';
import type { StorageConnection } from '@virgate/contract/generated/types';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { bondOfPath } from '../iscsi-bonds/resource.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { write } from '../rest/write.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import { wireStorageType, type ConnectionRow } from '../storage-domains/wire.ts';
import type { Tables } from '../tables/schema.ts';
import { columnsOfConnection, connectionOf, type ConnectionColumns, type ConnectionTableRow } from './definition.ts';
import { parametersFor } from './parameters.ts';

type Trx = Transaction<Tables>;

const noPool = '00000000-0000-0000-0000-000000000000';
const timeoutMs = 120_000;

/** Connections are seen by everybody who may see storage domains as a whole; with `Filter` those of visible domains alone. */
async function connections(context: Context, condition: RawBuilder<boolean> = sql<boolean>`true`): Promise<Entity[]> {
  if (context.path['iscsi_bond'] !== undefined) {
    const { id } = await bondOfPath(context);
    condition = sql<boolean>`${condition} and c.id in (select storage_connection_id from iscsi_bond_connection where iscsi_bond_id = ${id}::uuid)`;
  }
  const visible = context.filtered ? sql<boolean>`false` : sql<boolean>`true`;
  const found =
    await sql<ConnectionTableRow>`select c.* from storage_connection c where c.type <> 'fcp' and ${visible} and ${condition} order by c.type, c.address, c.path, c.id`.execute(
      context.db,
    );
  return found.rows.map((row) => connectionOf(row) as Entity);
}

async function connection(context: Context, id: string | undefined): Promise<Entity> {
  const [found] = id !== undefined && isUuid(id) ? await connections(context, sql<boolean>`c.id = ${id}::uuid`) : [];
  if (!found) throw notFound();
  return found;
}

/** Refuses a second connection to the same place. @throws {Fault} 409 */
async function checkUnique(trx: Trx, columns: ConnectionColumns, exceptId: string | null): Promise<void> {
  await sql`lock table storage_connection in share row exclusive mode`.execute(trx);
  const found =
    await sql`select 1 from storage_connection where type = ${columns.type} and path = ${columns.path} and address is not distinct from ${columns.address}
    and (type <> 'iscsi' or (settings ->> 'target' is not distinct from ${columns.settings.target ?? null} and settings ->> 'username' is not distinct from ${columns.settings.username ?? null}))
    and (${exceptId}::uuid is null or id <> ${exceptId}::uuid) limit 1`.execute(trx);
  if (found.rows.length > 0) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS');
}

const wireRow = (id: string, columns: ConnectionColumns): ConnectionRow => ({
  id,
  storage_type: columns.type,
  address: columns.address,
  path: columns.path,
  mount_options: columns.mount_options,
  vfs_type: columns.vfs_type,
  settings: columns.settings,
});

/** Has a host connect (or disconnect) storage that belongs to no data center, with what it signs in with itself at the target. @throws {Fault} 409 with the host's code */
async function tellHost(
  context: Context,
  host: { id?: string; name?: string },
  row: ConnectionRow,
  verb: 'connect' | 'disconnect',
): Promise<void> {
  const { id } = await resolve(context.db, 'Host', 'host', host);
  const { client, fence } = await context.engine.hosts.access(id);
  const parameters = await parametersFor(context.db, context.engine.authority.secretKey, id, row);
  const answer = (await client.call(
    `StoragePool.${verb}StorageServer`,
    { storagepoolID: noPool, domainType: wireStorageType(row.storage_type), connectionParams: [parameters] },
    { timeoutMs, fence },
  )) as { status?: number }[];
  const status = answer[0]?.status;
  if (verb === 'connect' && status !== 0) throw refused('STORAGE_CONNECTION_FAILED', { path: row.path, code: String(status) });
}

const permit = 'create_storage_domain';
const subjects: Operation['subjects'] = () => [{ type: 'system', id: 'aaa00000-0000-0000-0000-123456789aaa' }];

/** `POST storageconnections`: with `host` that host tries it first. */
const addConnection: Operation = {
  permit,
  subjects,
  async run(context) {
    if (context.path['iscsi_bond'] !== undefined) throw notFound();
    const body = context.body as StorageConnection;
    const columns = columnsOfConnection(context.engine.authority.secretKey, body);
    const id = context.engine.uuid();
    if (body.host) await tellHost(context, body.host, wireRow(id, columns), 'connect');
    await write(context, async (trx) => {
      await checkUnique(trx, columns, null);
      const { settings, ...plain } = columns;
      await trx
        .insertInto('storage_connection')
        .values({ id, ...plain, settings: json(settings) })
        .execute();
    });
    return created('StorageConnection', await connection(context, id));
  },
};

interface Use {
  domain_id: string;
  name: string;
  status: string | null;
}

const usesOf = async (db: Kysely<Tables>, id: string): Promise<Use[]> =>
  (
    await sql<Use>`select s.id as domain_id, s.name, d.status from storage_domain s left join data_center_storage_domain d on d.storage_domain_id = s.id where s.storage_connection_id = ${id}`.execute(
      db,
    )
  ).rows;

/** Names of disks that are LUNs behind a connection. */
const disksOn = async (db: Kysely<Tables>, id: string): Promise<string[]> =>
  (
    await sql<{
      name: string;
    }>`select d.name from disk_lun l join disk d on d.id = l.disk_id where l.storage_connection_id = ${id}::uuid order by d.name`.execute(
      db,
    )
  ).rows.map((row) => row.name);

/** Names of VMs that run with LUNs behind a connection. */
const runningOn = async (db: Kysely<Tables>, id: string): Promise<string[]> =>
  (
    await sql<{ name: string }>`select distinct v.name from disk_lun l join disk_attachment a on a.disk_id = l.disk_id and a.active
      join vm v on v.id = a.vm_id join vm_state s on s.vm_id = v.id where l.storage_connection_id = ${id}::uuid and s.status <> 'down' order by v.name`.execute(
      db,
    )
  ).rows.map((row) => row.name);

/** `PUT storageconnections/{id}`: while no VM runs with a LUN behind it and every domain on it is in maintenance or belongs to no data center; `force` tells the engine not to look. */
const updateConnection: Operation = {
  permit,
  subjects,
  async run(context) {
    const { id = '' } = await connection(context, context.path['storage_connection']);
    await write(context, async (trx) => {
      const current = await trx.selectFrom('storage_connection').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
      if (!current) throw notFound();
      const columns = columnsOfConnection(context.engine.authority.secretKey, context.body, current);
      const uses = await usesOf(trx, id);
      const busy = uses.filter((use) => use.status !== null && use.status !== 'maintenance');
      if (busy.length > 0 && !context.parameters.flag('force'))
        throw refused('ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED', {
          VAR_ACTION: 'update',
          VAR_TYPE: 'Storage Connection',
          domainNames: busy.map((use) => use.name).join(', '),
        });
      const running = await runningOn(trx, id);
      if (running.length > 0 && !context.parameters.flag('force'))
        throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS', {
          VAR_ACTION: 'update',
          VAR_TYPE: 'Storage Connection',
          vmNames: running.join(', '),
        });
      await checkUnique(trx, columns, id);
      const { settings, ...plain } = columns;
      await trx
        .updateTable('storage_connection')
        .set({ ...plain, settings: json(settings) })
        .where('id', '=', id)
        .execute();
      for (const use of uses) await noteChange(trx, 'storage_domain', use.domain_id, 'update');
    });
    return entity('StorageConnection', await connection(context, id));
  },
};

/** `DELETE storageconnections/{id}?host=…`: one that no domain uses; the host that is named disconnects it. */
const removeConnection: Operation = {
  permit,
  subjects,
  async run(context) {
    const { id = '' } = await connection(context, context.path['storage_connection']);
    const row = await context.db.selectFrom('storage_connection').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    const name = context.parameters.text('host');
    const job = await write(context, async (trx) => {
      const uses = await usesOf(trx, id);
      if (uses.length > 0)
        throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS', {
          VAR_ACTION: 'remove',
          VAR_TYPE: 'Storage Connection',
          domainNames: uses.map((use) => use.name).join(', '),
        });
      const disks = await disksOn(trx, id);
      if (disks.length > 0)
        throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS', {
          VAR_ACTION: 'remove',
          VAR_TYPE: 'Storage Connection',
          diskNames: disks.join(', '),
        });
      await trx.deleteFrom('storage_connection').where('id', '=', id).execute();
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveStorageServerConnection',
        description: `Removing the storage connection ${row.path}`,
        subjects: [],
      });
    });
    if (name !== undefined)
      await tellHost(context, isUuid(name) ? { id: name } : { name }, wireRow(id, { ...row, settings: row.settings }), 'disconnect');
    return done(job);
  },
};

async function connectionsOfDomain(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableStorageDomains, context.path['storage_domain']);
  return (await connectionsOfDomains(context, [id])).get(id) ?? [];
}

/** Connections of many storage domains at once. */
export async function connectionsOfDomains(context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<ConnectionTableRow & { domain_id: string }>`
    select c.*, s.id as domain_id from storage_connection c join storage_domain s on s.storage_connection_id = c.id
    where s.id = any(${ids.filter(isUuid)}::uuid[]) and c.type <> 'fcp'`.execute(context.db);
  const byDomain = Map.groupBy(found.rows, (row) => row.domain_id);
  return new Map([...byDomain].map(([id, rows]) => [id, rows.map((row) => connectionOf(row) as Entity)]));
}

async function connectionOfDomain(context: Context): Promise<Entity> {
  const found = (await connectionsOfDomain(context)).find((member) => member.id === context.path['connection']);
  if (!found) throw notFound();
  return found;
}

const domainSubjects: Operation['subjects'] = (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }];

/** A file domain has the one connection that it was made on; more are a matter of iSCSI. Source: engine behaviour, attach connection. */
const attachConnection: Operation = {
  permit: 'manipulate_storage_domain',
  subjects: domainSubjects,
  async run(context) {
    await one(context, readableStorageDomains, context.path['storage_domain']);
    const { id } = context.body as StorageConnection;
    const [found] = id !== undefined && isUuid(id) ? await connections(context, sql<boolean>`c.id = ${id}::uuid`) : [];
    if (!found) throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST');
    throw refused('ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS', {
      VAR_ACTION: 'attach',
      VAR_TYPE: 'Storage Connection',
    });
  },
};

const detachConnection: Operation = {
  permit: 'manipulate_storage_domain',
  subjects: domainSubjects,
  async run(context) {
    await connectionOfDomain(context);
    throw refused('ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS', {
      VAR_ACTION: 'detach',
      VAR_TYPE: 'Storage Connection',
    });
  },
};

export const storageConnectionServices: Services = {
  StorageServerConnectionsService: {
    list: { permit: null, run: async (context) => collection('StorageConnection', await connections(context)) },
    add: addConnection,
  },
  StorageServerConnectionService: {
    get: {
      permit: null,
      run: async (context) => entity('StorageConnection', await connection(context, context.path['storage_connection'])),
    },
    update: updateConnection,
    remove: removeConnection,
  },
  StorageDomainServerConnectionsService: {
    list: { permit: null, run: async (context) => collection('StorageConnection', await connectionsOfDomain(context)) },
    add: attachConnection,
  },
  StorageDomainServerConnectionService: {
    get: { permit: null, run: async (context) => entity('StorageConnection', await connectionOfDomain(context)) },
    remove: detachConnection,
  },
};
