import { sql, type Kysely, type RawBuilder } from 'kysely';
import { objectKinds, type ObjectType } from '../access/objects.ts';
import { isAdministrator, visibleTo, type SignedIn } from '../access/permissions.ts';
import { principalsNow } from '../access/tokens.ts';
import { eventVisibleTo } from '../events/visible.ts';
import type { Tables } from '../tables/schema.ts';
import type { Change } from './feed.ts';
import { feedLimits } from './limits.ts';

/** Types of the feed whose objects have permissions of their own. */
const kinds = Object.keys(objectKinds) as Exclude<ObjectType, 'system'>[];
/** Tables that hold more than one kind of object. */
const only: Partial<Record<string, RawBuilder<boolean>>> = {
  vm: sql<boolean>`t.entity_type = 'vm'`,
  template: sql<boolean>`t.entity_type <> 'vm'`,
};

/** SQL giving the ids of a type that a user may see, as text; null for types that are shown to nobody but administrators. */
function visibleIds(user: SignedIn, type: string): RawBuilder<{ id: string }> | null {
  const kind = kinds.find((one) => one === type);
  if (kind)
    return sql`select t.id::text as id from ${sql.table(objectKinds[kind].table)} t where ${only[kind] ?? sql<boolean>`true`} and ${visibleTo(user, kind, 't')}`;
  switch (type) {
    case 'nic':
      return sql`select n.id::text as id from nic n join vm t on t.id = n.vm_id where ${visibleTo(user, 'vm', 't')}`;
    case 'disk_attachment':
      return sql`select a.disk_id::text as id from disk_attachment a join vm t on t.id = a.vm_id where ${visibleTo(user, 'vm', 't')}`;
    case 'event':
      return sql`select t.id::text as id from audit_log t where not t.hidden and ${eventVisibleTo(user, 't')}`;
    case 'job':
      return sql`select t.id::text as id from saga t where t.owner = ${user.id}`;
    case 'proposal':
      return sql`select t.id::text as id from proposal t where t.user_id = ${user.id}`;
    case 'permission':
      return sql`select t.id::text as id from permission t where t.principal_id = any(${user.principals}::uuid[])`;
    default:
      return null;
  }
}

/** Types that have figures. */
const sampled = ['vm', 'host'];

/** Types whose removal is told to those to whom the object was shown. */
const remembered = [...kinds, 'nic'];

/**
 * Attributes that decide, beside permissions, who sees an object: whom a change of others concerns is known without asking. For kinds that
 * are not here something else than the object decides, such as the VM that a disk hangs on.
 */
const deciding: Partial<Record<string, readonly string[]>> = { vm: ['cluster'], host: ['cluster'] };

/** Attributes that a filtered view does not show; the version of the whole is none of such a view. Source: REST contract, filtered views. */
const hidden: Partial<Record<string, readonly string[]>> = { vm: ['host', 'placement_policy'], affinity_group: ['hosts'] };

/** A change as who sees a filtered view is told of it. */
function filteredView(change: Change): Change {
  const names = hidden[change.type];
  return names === undefined
    ? change
    : { ...change, version: null, fields: change.fields?.filter((name) => !names.includes(name)) ?? null };
}

/** What one subscriber may see of the feed. */
export class View {
  readonly #db: Kysely<Tables>;
  #user: SignedIn;
  #administrator: boolean;
  /** `type id` of what he may see, to know of which removals he is to hear. */
  #known = new Set<string>();
  #complete = true;
  /** When it was last looked whose figures he may see. */
  #looked = -Infinity;

  constructor(db: Kysely<Tables>, user: SignedIn) {
    this.#db = db;
    this.#user = user;
    this.#administrator = user.administrator;
  }

  async open(): Promise<void> {
    if (!this.#administrator) await this.#remember();
  }

  async #remember(types: readonly string[] = remembered): Promise<void> {
    this.#known = new Set();
    for (const type of types) {
      const ids = visibleIds(this.#user, type);
      if (!ids) continue;
      const found = await sql<{ id: string }>`${ids} limit ${feedLimits.known}`.execute(this.#db);
      for (const { id } of found.rows) this.#known.add(`${type} ${id}`);
    }
    this.#complete = this.#known.size < feedLimits.known;
  }

  async #readRoles(): Promise<void> {
    this.#user = { ...this.#user, principals: await principalsNow(this.#db, this.#user.id) };
    this.#administrator = await isAdministrator(this.#db, this.#user.principals);
  }

  /** Looks again at what the user's roles allow. @returns whether he sees other things than before */
  async #rolesChanged(): Promise<boolean> {
    const before = this.#administrator;
    await this.#readRoles();
    if (this.#administrator) return !before;
    const known = this.#known;
    await this.#remember();
    return before || !this.#complete || known.size !== this.#known.size || [...known].some((one) => !this.#known.has(one));
  }

  /**
   * What the subscriber is told of a batch.
   * @param replayed whether the batch lies before the subscription: which of what was removed then he saw, nobody knows
   * @returns the changes, and whether he must read everything again since he sees other things than before
   */
  async filter(changes: readonly Change[], replayed: boolean): Promise<{ changes: Change[]; resync: boolean }> {
    let resync = false;
    if (changes.some((change) => change.type === 'permission' || change.type === 'role')) resync = await this.#rolesChanged();
    if (this.#administrator) return { changes: [...changes], resync };
    if (replayed && changes.some((change) => change.op === 'remove')) resync = true;
    const [settled, doubtful]: [Change[], Change[]] = [[], []];
    for (const change of changes) if (change.op !== 'remove') (this.#isSettled(change) ? settled : doubtful).push(change);
    const seen = await this.#seen(doubtful);
    for (const { type, id } of settled) if (this.#known.has(`${type} ${id}`)) seen.add(`${type} ${id}`);
    const shown = changes.filter((change) => {
      const key = `${change.type} ${change.id}`;
      if (change.op === 'remove') return this.#known.delete(key);
      if (!seen.has(key)) return false;
      if (remembered.includes(change.type) && this.#known.size < feedLimits.known) this.#known.add(key);
      return true;
    });
    return { changes: shown.map(filteredView), resync };
  }

  /** Whether it is known who sees the object of a change: nothing changed that decides it. */
  #isSettled({ type, op, fields }: Change): boolean {
    const names = deciding[type];
    return this.#complete && op === 'update' && names !== undefined && fields !== null && !fields.some((name) => names.includes(name));
  }

  /** Those of some VMs and hosts that the subscriber may see; the same list when it is all. His roles are looked at anew after a while. */
  async among<T extends { readonly type: string; readonly id: string }>(objects: readonly T[]): Promise<readonly T[]> {
    if (objects.length === 0) return objects;
    const now = performance.now();
    if (now - this.#looked > feedLimits.rolesMs) {
      this.#looked = now;
      await this.#readRoles();
      if (!this.#administrator) await this.#remember(sampled);
    }
    if (this.#administrator) return objects;
    const seen = this.#complete ? this.#known : await this.#seen(objects);
    return objects.filter(({ type, id }) => seen.has(`${type} ${id}`));
  }

  async #seen(changes: readonly { readonly type: string; readonly id: string }[]): Promise<Set<string>> {
    const seen = new Set<string>();
    for (const [type, members] of Map.groupBy(changes, (change) => change.type)) {
      const visible = visibleIds(this.#user, type);
      if (!visible) continue;
      const ids = [...new Set(members.map((change) => change.id))];
      const found = await sql<{ id: string }>`select id from (${visible}) visible where id = any(${ids}::text[])`.execute(this.#db);
      for (const { id } of found.rows) seen.add(`${type} ${id}`);
    }
    return seen;
  }
}
