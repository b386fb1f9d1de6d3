import type { StorageConnectionExtension } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { seal, unseal } from '../pki/seal.ts';
import { incomplete, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Services } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { write } from '../rest/write.ts';
import { checkTarget } from '../storage-connections/definition.ts';
import type { HostConnectionExtensionTable, Tables } from '../tables/schema.ts';
import { readableHosts } from './read.ts';

type Row = Selectable<HostConnectionExtensionTable>;
const maxTextLength = 255;

/** Never with its password. */
const extensionOf = ({ id, host_id: host, target, username }: Row): Entity => ({ id, target, username, host: { id: host } });

/** What many hosts sign in with at targets, by target. */
async function extensionsOf(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`;
  const found = await sql<Row>`
    select e.* from host_connection_extension e join host t on t.id = e.host_id
    where e.host_id = any(${hostIds.filter(isUuid)}::uuid[]) and ${visible} order by e.host_id, e.target`.execute(context.db);
  return new Map([...Map.groupBy(found.rows, (row) => row.host_id)].map(([id, rows]) => [id, rows.map(extensionOf)]));
}

async function extensionsOfPath(context: Context): Promise<{ host: Entity; extensions: Entity[] }> {
  const host = await one(context, readableHosts, context.path['host']);
  return { host, extensions: (await extensionsOf(context, [host.id ?? ''])).get(host.id ?? '') ?? [] };
}

/** @throws {Fault} 404 */
async function extensionOfPath(
  context: Context,
  id = context.path['storage_connection_extension'],
): Promise<{ host: Entity; extension: Entity }> {
  const { host, extensions } = await extensionsOfPath(context);
  const extension = extensions.find((known) => known.id === id);
  if (!extension) throw notFound();
  return { host, extension };
}

function checkText(field: string, value: string): string {
  if (value === '' || value.length > maxTextLength) throw invalidValue(field, say`must have 1 to ${maxTextLength} characters`);
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(value)) throw invalidValue(field, 'must not have control characters');
  return value;
}

/** Columns of what a body names. @throws {Fault} 400 */
const columnsOf = (context: Context, { target, username, password }: StorageConnectionExtension) => ({
  ...(target === undefined ? {} : { target: checkTarget('target', target) }),
  ...(username === undefined ? {} : { username: checkText('username', username) }),
  ...(password === undefined ? {} : { password: seal(context.engine.authority.secretKey, checkText('password', password)) }),
});

const permit = 'create_storage_domain';
const subjects: Operation['subjects'] = (context) => [{ type: 'host', id: context.path['host'] ?? '' }];
const targetTaken = (target: unknown) => ({
  host_connection_extension_target: () =>
    refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS', { target: String(target) }),
});

/** `POST hosts/{host}/storageconnectionextensions` */
const addExtension: Operation = {
  permit,
  subjects,
  async run(context) {
    const { host } = await extensionsOfPath(context);
    const hostId = host.id ?? '';
    const { target, username, password } = columnsOf(context, context.body);
    if (target === undefined || username === undefined || password === undefined)
      throw incomplete('StorageConnectionExtension [target, username, password]');
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx.insertInto('host_connection_extension').values({ id, host_id: hostId, target, username, password }).execute();
        await noteChange(trx, 'host', hostId, 'update');
      },
      targetTaken(target),
    );
    return created('StorageConnectionExtension', (await extensionOfPath(context, id)).extension);
  },
};

/** `PUT hosts/{host}/storageconnectionextensions/{extension}`: counts when the host connects the next time. */
const updateExtension: Operation = {
  permit,
  subjects,
  async run(context) {
    const { host, extension } = await extensionOfPath(context);
    checkImmutable(extension, context.body, ['id', 'host']);
    const columns = columnsOf(context, context.body);
    await write(
      context,
      async (trx) => {
        if (Object.keys(columns).length > 0)
          await trx
            .updateTable('host_connection_extension')
            .set(columns)
            .where('id', '=', extension.id ?? '')
            .execute();
        await noteChange(trx, 'host', host.id ?? '', 'update');
      },
      targetTaken(columns.target),
    );
    return entity('StorageConnectionExtension', (await extensionOfPath(context)).extension);
  },
};

const removeExtension: Operation = {
  permit,
  subjects,
  async run(context) {
    const { host, extension } = await extensionOfPath(context);
    const job = await write(context, async (trx) => {
      await trx
        .deleteFrom('host_connection_extension')
        .where('id', '=', extension.id ?? '')
        .execute();
      await noteChange(trx, 'host', host.id ?? '', 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveStorageServerConnectionExtension',
        description: `Removing what Host ${String(host['name'])} signs in with at ${String(extension['target'])}`,
        subjects: [{ type: 'host', id: host.id ?? '' }],
      });
    });
    return done(job);
  },
};

/** What a host signs in with at an iSCSI target; null where that is what the connection says. */
export async function hostCredentials(
  db: Kysely<Tables>,
  key: Buffer,
  hostId: string,
  target: string,
): Promise<{ username: string; password: string } | null> {
  const row = await db
    .selectFrom('host_connection_extension')
    .select(['username', 'password'])
    .where('host_id', '=', hostId)
    .where('target', '=', target)
    .executeTakeFirst();
  return row === undefined ? null : { username: row.username, password: unseal(key, row.password) };
}

/** What hosts sign in with at iSCSI targets of their own, below `/hosts/{host}`. */
export const connectionExtensionServices: Services = {
  StorageServerConnectionExtensionsService: {
    list: {
      permit: null,
      async run(context) {
        const { extensions } = await extensionsOfPath(context);
        return collection('StorageConnectionExtension', extensions.slice(0, context.parameters.max() ?? extensions.length));
      },
    },
    add: addExtension,
  },
  StorageServerConnectionExtensionService: {
    get: { permit: null, run: async (context) => entity('StorageConnectionExtension', (await extensionOfPath(context)).extension) },
    update: updateExtension,
    remove: removeExtension,
  },
};

export const connectionExtensionLoaders: Partial<Loaders> = { children: { 'Host.storage_connection_extensions': extensionsOf } };
