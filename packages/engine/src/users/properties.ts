import type { EventName } from '@virgate/contract/generated/events';
import type { PermitName } from '@virgate/contract/generated/permits';
import type { SshPublicKey, TypeName, UserOption } from '@virgate/contract/generated/types';
import { isUniqueViolation } from '@virgate/database';
import type { Transaction } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { recordEvent } from '../events/record.ts';
import { Fault, forbidden, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Service } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkSshKey } from './ssh-key.ts';
import { oneUser } from './read.ts';

/** What the contract keeps of a user's profile: options of user interfaces as JSON, and the key for serial consoles. */
interface PropertyKind {
  type: 'json' | 'ssh_public_key';
  entity: TypeName;
  path: 'option' | 'key';
  /** @throws {Fault} 400 */
  check(content: string): void;
}

const maxNameLength = 255;
const maxContentLength = 64 * 1024;
const maxProperties = 1000;
/** Name of the only key that a user has. */
const sshKeyName = 'SSH_PUBLIC_KEY';

const options: PropertyKind = {
  type: 'json',
  entity: 'UserOption',
  path: 'option',
  check(content) {
    try {
      JSON.parse(content);
    } catch {
      throw invalidValue('content', 'must be JSON');
    }
  },
};
const sshKeys: PropertyKind = { type: 'ssh_public_key', entity: 'SshPublicKey', path: 'key', check: checkSshKey };

/** The user of the path, whose profile only he himself and those who manage users may see and change. */
async function owner(context: Context, change: boolean): Promise<{ id: string; own: boolean; name: string }> {
  const user = await oneUser(context, context.path['user']);
  const id = user.id ?? '';
  const own = id === context.user.id;
  const permit: PermitName = own ? 'edit_profile' : 'manipulate_users';
  const allowed = (!change && own) || (await holdsPermit(context.db, context.user, permit, { type: 'system', id: SYSTEM_ID }));
  if (!allowed && change) throw forbidden(permit);
  if (!allowed) throw notFound();
  return { id, own, name: String(user['user_name']) };
}

/** Who came in by a key that is no longer there goes. */
async function endConnections(trx: Transaction<Tables>, kind: PropertyKind, userId: string): Promise<void> {
  if (kind.type === 'ssh_public_key')
    await trx.deleteFrom('access_token').where('user_id', '=', userId).where('kind', '=', 'ssh').execute();
}

interface Row {
  id: string;
  user_id: string;
  name: string;
  content: string;
}
const propertyOf = (row: Row): Entity => ({ id: row.id, name: row.name, content: row.content, user: { id: row.user_id } });

/** Properties of many users at once: the caller's own, and others' for those who manage users. */
const propertiesOf =
  (kind: PropertyKind) =>
  async (context: Context, userIds: readonly string[]): Promise<Map<string, Entity[]>> => {
    const all = await holdsPermit(context.db, context.user, 'manipulate_users', { type: 'system', id: SYSTEM_ID });
    const ids = userIds.filter((id) => isUuid(id) && (all || id === context.user.id));
    if (ids.length === 0) return new Map();
    const found = await context.db
      .selectFrom('user_property')
      .select(['id', 'user_id', 'name', 'content'])
      .where('user_id', 'in', ids)
      .where('type', '=', kind.type)
      .orderBy('name')
      .orderBy('id')
      .execute();
    return new Map([...Map.groupBy(found, (row) => row.user_id)].map(([id, rows]) => [id, rows.map(propertyOf)]));
  };

async function onePropertyRow(context: Context, kind: PropertyKind, userId: string): Promise<Row> {
  const id = context.path[kind.path] ?? '';
  const found = isUuid(id)
    ? await context.db
        .selectFrom('user_property')
        .select(['id', 'user_id', 'name', 'content'])
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .where('type', '=', kind.type)
        .executeTakeFirst()
    : undefined;
  if (!found) throw notFound();
  return found;
}

const eventOf = (change: 'CREATE' | 'REPLACE' | 'REMOVE', own: boolean): EventName =>
  own ? `USER_PROFILE_${change}_OWN_PROPERTY` : `USER_PROFILE_${change}_PROPERTY`;

function checkContent(kind: PropertyKind, content: string | undefined): string {
  if (content === undefined || content.trim() === '' || content.length > maxContentLength)
    throw invalidValue('content', say`must have 1 to ${maxContentLength} characters`);
  kind.check(content);
  return content;
}

/** What a violated unique index means. */
function clash(error: unknown): unknown {
  if (isUniqueViolation(error, 'user_property_ssh_key')) return refused('ACTION_TYPE_FAILED_USER_PROFILE_MULTIPLE_SSH_KEYS');
  if (isUniqueViolation(error, 'user_property_user_id_name_key')) return refused('ACTION_TYPE_FAILED_USER_PROFILE_PROPERTY_ALREADY_EXISTS');
  return error;
}

async function add(context: Context, kind: PropertyKind): Promise<Entity> {
  const user = await owner(context, true);
  const body = context.body as UserOption & SshPublicKey;
  const name = kind.type === 'ssh_public_key' ? sshKeyName : (body.name ?? '');
  if (name.trim() === '' || name.length > maxNameLength) throw invalidValue('name', say`must have 1 to ${maxNameLength} characters`);
  const content = checkContent(kind, body.content);
  const id = context.engine.uuid();
  await write(context, async (trx) => {
    await checkCount(trx, user.id);
    await trx.insertInto('user_property').values({ id, user_id: user.id, type: kind.type, name, content }).execute();
    await recordEvent(trx, {
      name: eventOf('CREATE', user.own),
      values: { property: name, profileOwner: user.name },
      ...attribution(context),
    });
  }).catch((error: unknown) => {
    throw clash(error);
  });
  return propertyOf({ id, user_id: user.id, name, content });
}

async function checkCount(trx: Transaction<Tables>, userId: string): Promise<void> {
  const { count } = await trx
    .selectFrom('user_property')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  if (count >= maxProperties)
    throw new Fault(409, 'Operation Failed', [say`[The user has ${maxProperties} options already. Remove some first.]`], {
      key: 'TOO_MANY_USER_PROPERTIES',
    });
}

const serviceOfCollection = (kind: PropertyKind): Service => ({
  list: {
    permit: null,
    async run(context) {
      const { id } = await owner(context, false);
      const found = (await propertiesOf(kind)(context, [id])).get(id) ?? [];
      return collection(kind.entity, found.slice(0, context.parameters.max() ?? found.length));
    },
  },
  add: { permit: null, run: async (context) => created(kind.entity, await add(context, kind)) },
});

const serviceOfItem = (kind: PropertyKind): Service => ({
  get: {
    permit: null,
    async run(context) {
      const { id } = await owner(context, false);
      return entity(kind.entity, propertyOf(await onePropertyRow(context, kind, id)));
    },
  },
  update: {
    permit: null,
    async run(context) {
      const user = await owner(context, true);
      const current = await onePropertyRow(context, kind, user.id);
      checkImmutable(propertyOf(current), context.body, ['id', 'name']);
      const content = checkContent(kind, (context.body as SshPublicKey).content ?? current.content);
      await write(context, async (trx) => {
        await trx.updateTable('user_property').set({ content }).where('id', '=', current.id).execute();
        await endConnections(trx, kind, user.id);
        await recordEvent(trx, {
          name: eventOf('REPLACE', user.own),
          values: { property: current.name, profileOwner: user.name },
          ...attribution(context),
        });
      });
      return entity(kind.entity, propertyOf({ ...current, content }));
    },
  },
  remove: {
    permit: null,
    async run(context) {
      const user = await owner(context, true);
      const current = await onePropertyRow(context, kind, user.id);
      const job = await write(context, async (trx) => {
        await trx.deleteFrom('user_property').where('id', '=', current.id).execute();
        await endConnections(trx, kind, user.id);
        await recordEvent(trx, {
          name: eventOf('REMOVE', user.own),
          values: { property: current.name, profileOwner: user.name },
          ...attribution(context),
        });
        return context.engine.jobs.record(trx, context, {
          action: 'RemoveUserProfileProperty',
          description: `Removing ${current.name} from the profile of ${user.name}`,
          subjects: [{ type: 'user', id: user.id }],
        });
      });
      return done(job);
    },
  },
});

export const userPropertyServices = {
  UserOptionsService: serviceOfCollection(options),
  UserOptionService: serviceOfItem(options),
  SshPublicKeysService: serviceOfCollection(sshKeys),
  SshPublicKeyService: serviceOfItem(sshKeys),
};

export const userPropertyLoaders = { 'User.options': propertiesOf(options), 'User.ssh_public_keys': propertiesOf(sshKeys) };
