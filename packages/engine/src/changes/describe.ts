import { hash } from 'node:crypto';
import type { ChangeType } from '@virgate/contract/generated/virgate';
import type { TypeName } from '@virgate/contract/generated/types';
import { typeInfo } from '@virgate/contract/type-info';
import { sql, type Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import { nicsOf } from '../nics/read.ts';
import { versionOf } from '../rest/etag.ts';
import type { LoadByIds } from '../rest/follow.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import { nobody, readingAs } from './reading.ts';

/** A change that has no number yet. */
export interface Unpublished {
  id: number;
  type: string;
  object_id: string;
  operation: string;
}

/** What the feed tells of a change beside that there was one; null is what is not known. */
export interface Described {
  id: number;
  version: string | null;
  fields: string[] | null;
}

/** Digests of an object's attributes, by their names. */
type Digests = Record<string, string>;

/** What is known of an object at the moment of publishing. */
interface Known {
  type: string;
  id: string;
  version: string;
  digests: Digests;
}

/** What is to be told of some changes, and what is to be remembered of their objects for the next ones. */
export interface Description {
  changes: Described[];
  states: { type: string; id: string; digests: Digests }[];
}

/** Reads changed objects, to tell their versions and what of them changed. */
export type Describe = (db: Kysely<Tables>, changes: readonly Unpublished[]) => Promise<Description>;

/** Types of the contract by types of the feed. Events never change; permissions and memberships have no attributes that do. */
const typeNames: Partial<Record<ChangeType, TypeName>> = {
  data_center: 'DataCenter',
  cluster: 'Cluster',
  host: 'Host',
  vm: 'Vm',
  vm_pool: 'VmPool',
  template: 'Template',
  instance_type: 'InstanceType',
  storage_domain: 'StorageDomain',
  disk: 'Disk',
  nic: 'Nic',
  network: 'Network',
  vnic_profile: 'VnicProfile',
  job: 'Job',
  user: 'User',
  role: 'Role',
  group: 'Group',
  tag: 'Tag',
  bookmark: 'Bookmark',
  mac_pool: 'MacPool',
  quota: 'Quota',
  qos: 'Qos',
  cpu_profile: 'CpuProfile',
  disk_profile: 'DiskProfile',
  affinity_group: 'AffinityGroup',
  affinity_label: 'AffinityLabel',
  scheduling_policy: 'SchedulingPolicy',
};

/** NICs of VMs, which others load with their owners. */
const nicsById: LoadByIds = async (context, ids) => {
  const owners = await sql<{ vm_id: string }>`select distinct vm_id from nic where id = any(${ids}::uuid[])`.execute(context.db);
  const found = await nicsOf(
    context,
    owners.rows.map((row) => row.vm_id),
    'vm',
  );
  return [...found.values()].flat().filter((one) => ids.includes(one.id ?? ''));
};

/** Letters of a digest: attributes of one object are compared with those of the same object only. */
const digestLetters = 8;
const digestOf = (value: unknown): string => hash('sha1', JSON.stringify(value), 'base64url').slice(0, digestLetters);

function digestsOf(type: TypeName, value: Entity): Digests {
  const digests: Digests = {};
  for (const { name } of typeInfo(type).attributes) {
    const attribute = value[name];
    if (name !== 'id' && name !== 'href' && attribute !== undefined && attribute !== null) digests[name] = digestOf(attribute);
  }
  return digests;
}

/** Names of the attributes that differ, in the order of the alphabet. */
export const differing = (before: Digests, after: Digests): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]).sort();

const keyOf = (type: string, id: string): string => `${type} ${id}`;

/** The objects of some changes as they are now. */
async function read(context: Context, changes: readonly Unpublished[]): Promise<Known[]> {
  const found: Known[] = [];
  for (const [feedType, members] of Map.groupBy(changes, (change) => change.type)) {
    const type = typeNames[feedType as ChangeType];
    const load = type === 'Nic' ? nicsById : type && context.engine.loaders.entities[type];
    if (type === undefined || load === undefined) continue;
    for (const value of await load(context, [...new Set(members.map((one) => one.object_id))])) {
      const version = versionOf(type, value, context);
      found.push({ type: feedType, id: value.id ?? '', version, digests: digestsOf(type, value) });
    }
  }
  return found;
}

/** What was known of objects when they were told of the last time. */
async function statesOf(db: Kysely<Tables>, objects: readonly Known[]): Promise<Map<string, Digests>> {
  if (objects.length === 0) return new Map();
  const { rows } = await sql<{ type: string; object_id: string; fields: Digests }>`
    select s.type, s.object_id, s.fields from unnest(${objects.map((one) => one.type)}::text[], ${objects.map((one) => one.id)}::text[]) as o (type, id)
    join change_state s on s.type = o.type and s.object_id = o.id`.execute(db);
  return new Map(rows.map((row) => [keyOf(row.type, row.object_id), row.fields]));
}

/**
 * Reads what changed once for all changes that are about to be published. The version is the one that the object's entity tag has for who
 * sees all of it. An object is read after the change was committed, so it may show later changes as well: they are told early, and
 * again with nothing new, and never too late.
 */
export const describeBy =
  (engine: Engine): Describe =>
  async (db, changes) => {
    const objects = await read(
      readingAs(engine, db, nobody, false),
      changes.filter((change) => change.operation !== 'remove'),
    );
    const current = new Map(objects.map((one) => [keyOf(one.type, one.id), one]));
    const told = await statesOf(db, objects);
    const described = changes.map(({ id, type, object_id, operation }): Described => {
      const key = keyOf(type, object_id);
      const now = current.get(key);
      if (operation === 'remove' || now === undefined) return { id, version: null, fields: null };
      const before = told.get(key);
      told.set(key, now.digests);
      return { id, version: now.version, fields: operation === 'add' || before === undefined ? null : differing(before, now.digests) };
    });
    return { changes: described, states: objects };
  };
