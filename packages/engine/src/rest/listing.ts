import { sql, type RawBuilder } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { ObjectType } from '../access/objects.ts';
import type { SearchEntityName } from '@virgate/contract/generated/search';
import { orderedRows } from '../search/compile.ts';
import { pageSize, requestedSearch } from '../search/context.ts';
import { notFound } from './fault.ts';
import { collection, entity, type Context, type Entity, type Reply, type Stamp } from './operation.ts';
import { followedPartSize, partSize, showsPlainly } from './stamped.ts';
import type { Tables } from '../tables/schema.ts';

/** Rows that a query is to give: by condition, in an order, cut to a number. */
export interface Selection {
  condition: RawBuilder<boolean>;
  order: RawBuilder<unknown>;
  limit: number | null;
  offset: number;
}

/** How one kind of object is read: its alias `t` in the query, how it is searched, and the query itself. */
export interface Readable {
  /** The table of `t`, where lists may be so long that they are read in parts. */
  table?: keyof Tables & string;
  /** Its ids are numbers that grow, and the order is from the greatest down: a part begins where the one before it ended. */
  numbered?: true;
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
  /** The states of what `read` reads, in its order, for kinds whose texts are worth to be kept: `read` gives its objects their `ownStamp`. */
  stamps?(context: Context, selection: Selection): Promise<Stamp[]>;
}

/** Ids that one statement loads at most; `follow` over more is asked in several. */
const maxIds = 5000;

const always = sql<boolean>`true`;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form of a UUID; ids of other forms are unknown, not wrong. */
export const isUuid = (text: string): boolean => uuidPattern.test(text);

/** SQL that holds for rows `t` of a kind that a request may show. */
export function shownTo(context: Context, kind: Readable): RawBuilder<boolean> {
  const visible = context.filtered && kind.everybodyReads !== true ? visibleTo(context.user, kind.objectType, 't') : always;
  return sql<boolean>`${kind.only ?? always} and ${visible}`;
}

/** What a request asks for of a kind: `search`, `max`, `case_sensitive`, and what the caller may see. */
function requested(context: Context, kind: Readable, condition: RawBuilder<boolean>): Selection {
  const shown = sql<boolean>`${shownTo(context, kind)} and ${condition}`;
  if (kind.search === undefined) return { condition: shown, order: kind.order, limit: context.parameters.max() ?? null, offset: 0 };
  const wanted = requestedSearch(context, kind.search);
  return {
    condition: sql<boolean>`${shown} and ${wanted.condition}`,
    order: wanted.order ?? kind.order,
    limit: wanted.limit,
    offset: wanted.offset,
  };
}

/** The members of a collection that a request asks for, all at once. */
export const list = (context: Context, kind: Readable, condition: RawBuilder<boolean> = always): Promise<Entity[]> =>
  kind.read(context, requested(context, kind, condition));

const sizeOfPart = ({ parameters }: Context): number => ((parameters.text('follow') ?? '') === '' ? partSize : followedPartSize);

/** What follows the first part of a list of numbered objects in their own order: each part after the last of the one before. */
async function* olderOf(context: Context, kind: Readable, selection: Selection, first: readonly Entity[]): AsyncGenerator<Entity[]> {
  let left = (selection.limit ?? Infinity) - first.length;
  let last = first.at(-1)?.id;
  while (left > 0 && last !== undefined) {
    const condition = sql<boolean>`${selection.condition} and t.id < ${last}::bigint`;
    const part = await kind.read(context, { condition, order: kind.order, limit: Math.min(left, sizeOfPart(context)), offset: 0 });
    yield part;
    left -= part.length;
    last = part.at(-1)?.id;
  }
}

/** What follows the first part of a long list: its ids are read at once, in their order, and the objects in parts. */
async function* moreOf(
  context: Context,
  kind: Readable,
  table: string,
  selection: Selection,
  first: readonly Entity[],
): AsyncGenerator<Entity[]> {
  const size = sizeOfPart(context);
  const found = await sql<{ id: string }>`
    select t.id::text as id from ${orderedRows(kind.search, table)} where ${selection.condition} ${tail(selection)}`.execute(context.db);
  const told = new Set(first.map((one) => one.id));
  const ids = found.rows.flatMap(({ id }) => (told.has(id) ? [] : [id]));
  const read = async (at: number): Promise<Entity[]> => {
    const part = ids.slice(at, at + size);
    const objects = await kind.read(context, {
      condition: sql<boolean>`${shownTo(context, kind)} and t.id = any(${part}::${kind.numbered === true ? sql`bigint[]` : sql`uuid[]`})`,
      order: sql`t.id`,
      limit: null,
      offset: 0,
    });
    // Whatever has gone or become invisible meanwhile is left out.
    const byId = new Map(objects.map((one) => [one.id, one]));
    return part.map((id) => byId.get(id)).filter((one) => one !== undefined);
  };
  let next: Promise<Entity[]> = read(0);
  for (let at = 0; at < ids.length; at += size) {
    const part = await next;
    // The database reads a part while the one before it is written.
    next = at + size < ids.length ? read(at + size) : Promise.resolve<Entity[]>([]);
    next.catch(() => undefined);
    yield part;
  }
}

/** A list of which only those objects are read whose texts are not kept. */
async function stamped(
  context: Context,
  type: string,
  kind: Readable,
  selection: Selection,
  stamps: NonNullable<Readable['stamps']>,
): Promise<Reply> {
  const { limit } = selection;
  const first = await stamps(context, { ...selection, limit: Math.min(limit ?? Infinity, partSize + 1) });
  const reply = { kind: 'stamped' as const, type, read: (ids: string[]) => byIds(context, kind, ids) };
  if (first.length <= partSize) return { ...reply, stamps: first };
  return { ...reply, stamps: first.slice(0, partSize), more: () => stamps(context, selection) };
}

/**
 * The collection that a request asks for. A long one is read in parts while the answer is written, so that neither its rows nor its
 * text stand in memory whole and other requests are served meanwhile. No connection is held between two parts.
 */
export async function listing(context: Context, type: string, kind: Readable, condition: RawBuilder<boolean> = always): Promise<Reply> {
  const selection = requested(context, kind, condition);
  if (sizedTypes.has(type) && (context.parameters.details().has('size') || !context.parameters.wantsMain()))
    return sized(context, type, kind, selection);
  return membersOf(context, type, kind, selection);
}

/** Lists that tell their size when they are asked to, and need not have members. Source: REST contract, detail. */
const sizedTypes = new Set(['Vm', 'Template']);

async function sizeOf(context: Context, kind: Readable, { condition, limit, offset }: Selection): Promise<number> {
  const counted = await sql<{ count: number }>`
    select count(*)::int as count from ${sql.table(kind.table ?? '')} t where ${condition}`.execute(context.db);
  return Math.min(Math.max((counted.rows[0]?.count ?? 0) - offset, 0), limit ?? Infinity);
}

/** A list with its size, if it is wanted; without its members with `detail=-main`. */
async function sized(context: Context, type: string, kind: Readable, selection: Selection): Promise<Reply> {
  const reply = context.parameters.wantsMain() ? await membersOf(context, type, kind, selection) : collection(type, []);
  const isAsked = context.parameters.details().has('size');
  return isAsked && reply.kind === 'collection' ? { ...reply, size: await sizeOf(context, kind, selection) } : reply;
}

async function membersOf(context: Context, type: string, kind: Readable, selection: Selection): Promise<Reply> {
  const { table, stamps } = kind;
  if (stamps !== undefined && showsPlainly(context)) return stamped(context, type, kind, selection, stamps);
  if (table === undefined || (selection.limit !== null && selection.limit <= partSize))
    return collection(type, await kind.read(context, selection));
  const first = await kind.read(context, { ...selection, limit: partSize + 1 });
  if (first.length <= partSize) return collection(type, first);
  const entities = first.slice(0, sizeOfPart(context));
  const isInOrder = kind.numbered === true && selection.order === kind.order;
  const more = isInOrder ? olderOf(context, kind, selection, entities) : moreOf(context, kind, table, selection, entities);
  return { kind: 'collection', type, entities, more };
}

async function* mapped(parts: AsyncIterable<Entity[]>, change: (part: Entity[]) => Promise<Entity[]>): AsyncGenerator<Entity[]> {
  for await (const part of parts) yield await change(part);
}

/** A collection with something done to its members, part by part as they are read. */
export async function withEach(reply: Reply, change: (part: Entity[]) => Promise<Entity[]>): Promise<Reply> {
  if (reply.kind !== 'collection') return reply;
  const { entities, more } = reply;
  return { ...reply, entities: await change(entities), ...(more === undefined ? {} : { more: mapped(more, change) }) };
}

/** Objects that meet a condition and may be seen, whatever the request searches for: members of sub-collections. */
export const matching = (context: Context, kind: Readable, condition: RawBuilder<boolean>): Promise<Entity[]> =>
  kind.read(context, { condition: sql<boolean>`${shownTo(context, kind)} and ${condition}`, order: kind.order, limit: null, offset: 0 });

/** The plan for one id serves every other one; for a list of them the database would plan anew each time. */
const isOneOf = (ids: readonly string[]): RawBuilder<boolean> =>
  ids.length === 1 ? sql<boolean>`t.id = ${ids[0]}::uuid` : sql<boolean>`t.id = any(${ids}::uuid[])`;

/** Objects by id, in one statement; unknown ids and invisible objects are left out. */
export async function byIds(context: Context, kind: Readable, ids: readonly string[]): Promise<Entity[]> {
  const known = ids.filter(isUuid);
  const found: Entity[] = [];
  for (let at = 0; at < known.length; at += maxIds) {
    const part = known.slice(at, at + maxIds);
    found.push(
      ...(await kind.read(context, {
        condition: sql<boolean>`${shownTo(context, kind)} and ${isOneOf(part)}`,
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

/** The reply that shows one object. @throws {Fault} 404 as {@link one} */
export async function showing(context: Context, type: string, kind: Readable, id: string | undefined): Promise<Reply> {
  const { stamps: readStamps } = kind;
  if (readStamps === undefined || !showsPlainly(context)) return entity(type, await one(context, kind, id));
  if (id === undefined || !isUuid(id)) throw notFound();
  const condition = sql<boolean>`${shownTo(context, kind)} and ${isOneOf([id])}`;
  const stamps = (): Promise<Stamp[]> => readStamps(context, { condition, order: kind.order, limit: null, offset: 0 });
  return { kind: 'stamped_one', type, id: id.toLowerCase(), stamps, read: (ids) => byIds(context, kind, ids) };
}

/** `limit …`: the usual numbers stand in the text, so that one plan serves all statements with them. */
const limitSql = (limit: number): RawBuilder<unknown> =>
  limit === partSize + 1 || limit === pageSize ? sql`limit ${sql.lit(limit)}` : sql`limit ${limit}`;

/** `order by … limit … offset …` of a selection. */
export const tail = ({ order, limit, offset }: Selection): RawBuilder<unknown> =>
  sql`order by ${order} ${limit === null ? sql`` : limitSql(limit)} ${offset === 0 ? sql`` : sql`offset ${offset}`}`;
