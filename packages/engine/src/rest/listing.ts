import { sql, type RawBuilder } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { ObjectType } from '../access/objects.ts';
import type { SearchEntityName } from '@virgate/contract/generated/search';
import { requestedSearch } from '../search/context.ts';
import { notFound } from './fault.ts';
import type { Context, Entity } from './operation.ts';

/** Rows that a query is to give: by condition, in an order, cut to a number. */
export interface Selection {
  condition: RawBuilder<boolean>;
  order: RawBuilder<unknown>;
  limit: number | null;
  offset: number;
}

/** How one kind of object is read: its alias `t` in the query, how it is searched, and the query itself. */
export interface Readable {
  /** Kind of object whose permissions decide who sees it. */
  objectType: Exclude<ObjectType, 'system'>;
  /** Everybody who is signed in may read it: it has no permissions of its own. */
  everybodyReads?: true;
  /** SQL that tells apart what shares a table with the kind, such as VMs and templates. */
  only?: RawBuilder<boolean>;
  /** The kind in the search language; undefined for what is not searched. */
  search?: SearchEntityName;
  /** Order where the client asks for none. */
  order: RawBuilder<unknown>;
  read(context: Context, selection: Selection): Promise<Entity[]>;
}

/** Ids that one statement loads at most; `follow` over more is asked in several. */
const maxIds = 5000;

const always = sql<boolean>`true`;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form of a UUID; ids of other forms are unknown, not wrong. */
export const isUuid = (text: string): boolean => uuidPattern.test(text);

function scope(context: Context, kind: Readable): RawBuilder<boolean> {
  const visible = context.filtered && kind.everybodyReads !== true ? visibleTo(context.user, kind.objectType, 't') : always;
  return sql<boolean>`${kind.only ?? always} and ${visible}`;
}

/** The members of a collection that a request asks for: `search`, `max`, `case_sensitive`, and what the caller may see. */
export async function list(context: Context, kind: Readable, condition: RawBuilder<boolean> = always): Promise<Entity[]> {
  if (kind.search === undefined) {
    return kind.read(context, {
      condition: sql<boolean>`${scope(context, kind)} and ${condition}`,
      order: kind.order,
      limit: context.parameters.max() ?? null,
      offset: 0,
    });
  }
  const wanted = requestedSearch(context, kind.search);
  return kind.read(context, {
    condition: sql<boolean>`${scope(context, kind)} and ${condition} and ${wanted.condition}`,
    order: wanted.order ?? kind.order,
    limit: wanted.limit,
    offset: wanted.offset,
  });
}

/** Objects that meet a condition and may be seen, whatever the request searches for: members of sub-collections. */
export const matching = (context: Context, kind: Readable, condition: RawBuilder<boolean>): Promise<Entity[]> =>
  kind.read(context, { condition: sql<boolean>`${scope(context, kind)} and ${condition}`, order: kind.order, limit: null, offset: 0 });

/** Objects by id, in one statement; unknown ids and invisible objects are left out. */
export async function byIds(context: Context, kind: Readable, ids: readonly string[]): Promise<Entity[]> {
  const known = ids.filter(isUuid);
  const found: Entity[] = [];
  for (let at = 0; at < known.length; at += maxIds) {
    const part = known.slice(at, at + maxIds);
    found.push(
      ...(await kind.read(context, {
        condition: sql<boolean>`${scope(context, kind)} and t.id = any(${part}::uuid[])`,
        order: kind.order,
        limit: null,
        offset: 0,
      })),
    );
  }
  return found;
}

/** One object by id. @throws {Fault} 404 when it does not exist or may not be seen */
export async function one(context: Context, kind: Readable, id: string | undefined): Promise<Entity> {
  const [found] = id === undefined ? [] : await byIds(context, kind, [id]);
  if (!found) throw notFound();
  return found;
}

/** `order by … limit … offset …` of a selection. */
export const tail = (selection: Selection): RawBuilder<unknown> =>
  sql`order by ${selection.order} ${selection.limit === null ? sql`` : sql`limit ${selection.limit}`} offset ${selection.offset}`;
