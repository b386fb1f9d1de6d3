import type { CpuProfile, DiskProfile } from '@virgate/contract/generated/types';
import { sql, type RawBuilder } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { clusterOfPath } from '../clusters/of-path.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { notFound, refused } from '../rest/fault.ts';
import { isUuid, list, one } from '../rest/listing.ts';
import { collection, created, done, entity, type Context, type Entity, type Operation, type Service } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { queueLimitsOfProfile } from '../vms/limits.ts';
import type { ProfileKind } from './kinds.ts';
import { readableProfiles } from './read.ts';

type Body = CpuProfile & DiskProfile;

const nameTaken = (kind: ProfileKind) => ({ [`${kind.table}_name`]: () => refused('ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE') });
const parentInPath = (kind: ProfileKind, context: Context): string | undefined => context.path[kind.parent.attribute];
const idInPath = (kind: ProfileKind, context: Context): string => context.path[kind.table] ?? context.path['profile'] ?? '';

function parentOf(kind: ProfileKind, context: Context): Promise<{ id: string; name: string }> {
  const inPath = parentInPath(kind, context);
  const reference = inPath === undefined ? (context.body as Record<string, Reference>)[kind.parent.attribute] : { id: inPath };
  return resolve(context.db, kind.parent.type, kind.parent.attribute, reference);
}

/** The profile of the path; below a cluster or storage domain it must be of that one. @throws {Fault} 404 */
async function profileOfPath(kind: ProfileKind, context: Context): Promise<Entity> {
  const found = await one(context, readableProfiles(kind), idInPath(kind, context));
  const parent = parentInPath(kind, context);
  if (context.path['cluster'] !== undefined) await clusterOfPath(context);
  if (parent !== undefined && (found[kind.parent.attribute] as Entity).id !== parent) throw notFound();
  return found;
}

/** A QoS of the profile's kind, of a data center that its cluster or storage domain belongs to. @throws {Fault} 400 */
async function qosOf(kind: ProfileKind, context: Context, parentId: string, reference: Reference): Promise<string | null> {
  if (reference.id === undefined && reference.name === undefined) return null;
  if (reference.id !== undefined && !isUuid(reference.id)) throw refused('ACTION_TYPE_FAILED_QOS_NOT_FOUND');
  const homes =
    kind.table === 'cpu_profile'
      ? sql`select data_center_id from cluster where id = ${parentId}`
      : sql`select data_center_id from data_center_storage_domain where storage_domain_id = ${parentId}`;
  const match = reference.id === undefined ? sql<boolean>`q.name = ${reference.name ?? ''}` : sql<boolean>`q.id = ${reference.id}::uuid`;
  const found = await sql<{ id: string; home: boolean }>`select q.id, q.data_center_id in (${homes}) as home from qos q
    where ${match} and q.type = ${kind.qosType} order by home desc limit 1`.execute(context.db);
  const qos = found.rows[0];
  if (!qos) throw refused('ACTION_TYPE_FAILED_QOS_NOT_FOUND');
  if (!qos.home) throw refused('ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT');
  return qos.id;
}

async function parentSubject(kind: ProfileKind, context: Context): Promise<ObjectRef[]> {
  const reference = parentInPath(kind, context) ?? (context.body as Record<string, Reference>)[kind.parent.attribute]?.id;
  if (reference === undefined) return [{ type: 'system', id: SYSTEM_ID }];
  return [{ type: kind.parent.attribute, id: (await parentOf(kind, context)).id }];
}

const addProfile = (kind: ProfileKind): Operation => ({
  permit: kind.permits.add,
  subjects: (context) => parentSubject(kind, context),
  async run(context) {
    const body = context.body as Body;
    const name = checkName(body.name);
    if (context.path['cluster'] !== undefined) await clusterOfPath(context);
    const parent = await parentOf(kind, context);
    const qosId = body.qos === undefined ? null : await qosOf(kind, context, parent.id, body.qos);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await sql`insert into ${sql.table(kind.table)} (id, name, description, ${sql.ref(kind.parent.column)}, qos_id)
          values (${id}, ${name}, ${body.description ?? ''}, ${parent.id}, ${qosId})`.execute(trx);
        await recordEvent(trx, { name: kind.events.add, values: { profile: name }, ...attribution(context) });
        await noteChange(trx, kind.table, id, 'add');
      },
      nameTaken(kind),
    );
    return created(kind.type, await one(context, readableProfiles(kind), id));
  },
});

const itself =
  (kind: ProfileKind) =>
  (context: Context): ObjectRef[] => [{ type: kind.table, id: idInPath(kind, context) }];

const updateProfile = (kind: ProfileKind): Operation => ({
  permit: kind.permits.update,
  subjects: itself(kind),
  async run(context) {
    const current = await profileOfPath(kind, context);
    const body = context.body as Body;
    checkImmutable(current, context.body, ['id']);
    const id = current.id ?? '';
    const parentId = (current[kind.parent.attribute] as Entity).id ?? '';
    const wanted = (context.body as Record<string, Reference>)[kind.parent.attribute];
    if (wanted?.id !== undefined && wanted.id !== parentId) throw refused('ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE');
    const name = body.name === undefined ? String(current['name']) : checkName(body.name);
    const qos = body.qos === undefined ? sql`qos_id` : sql`${await qosOf(kind, context, parentId, body.qos)}::uuid`;
    await write(
      context,
      async (trx) => {
        await sql`update ${sql.table(kind.table)} set name = ${name}, description = ${body.description ?? current['description']}, qos_id = ${qos}
          where id = ${id}`.execute(trx);
        if (body.qos !== undefined) await queueLimitsOfProfile(trx, kind.table, id);
        await recordEvent(trx, { name: kind.events.update, values: { profile: name }, ...attribution(context) });
        await noteChange(trx, kind.table, id, 'update');
      },
      nameTaken(kind),
    );
    return entity(kind.type, await one(context, readableProfiles(kind), id));
  },
});

/** Removes a profile that nothing uses and that is not the last one. */
const removeProfile = (kind: ProfileKind): Operation => ({
  permit: kind.permits.remove,
  subjects: itself(kind),
  async run(context) {
    const current = await profileOfPath(kind, context);
    const id = current.id ?? '';
    const name = String(current['name']);
    const parentId = (current[kind.parent.attribute] as Entity).id ?? '';
    const job = await write(context, async (trx) => {
      const all = await sql<{
        id: string;
      }>`select id from ${sql.table(kind.table)} where ${sql.ref(kind.parent.column)} = ${parentId} for update`.execute(trx);
      if (all.rows.length === 1) throw refused(kind.messages.last);
      const used = await sql`select 1 from ${sql.table(kind.users.table)} where ${sql.ref(kind.users.column)} = ${id} limit 1`.execute(trx);
      if (used.rows.length > 0) throw refused('ACTION_TYPE_FAILED_PROFILE_IN_USE');
      await sql`delete from ${sql.table(kind.table)} where id = ${id}`.execute(trx);
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: kind.events.remove, values: { profile: name }, ...attribution(context) });
      await noteChange(trx, kind.table, id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: kind.actions.remove,
        description: `Removing ${kind.word} ${name}`,
        subjects: [{ type: kind.table, id }],
      });
    });
    return done(job);
  },
});

/** Operations of a kind of profiles, alike at the root of the API and below what they belong to. */
export function profileOperations(
  kind: ProfileKind,
  ofPath: (context: Context) => Promise<RawBuilder<boolean> | undefined>,
): { list: Service; item: Service } {
  return {
    list: {
      list: {
        permit: null,
        run: async (context) => collection(kind.type, await list(context, readableProfiles(kind), await ofPath(context))),
      },
      add: addProfile(kind),
    },
    item: {
      get: { permit: null, run: async (context) => entity(kind.type, await profileOfPath(kind, context)) },
      update: updateProfile(kind),
      remove: removeProfile(kind),
    },
  };
}
