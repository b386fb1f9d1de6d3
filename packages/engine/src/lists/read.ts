import type { ListKind } from '@virgate/contract/generated/virgate';
import { sql, type RawBuilder } from 'kysely';
import { byIds, shownTo } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { compileSearch, orderedRows } from '../search/compile.ts';
import { pageSize, searchContext } from '../search/context.ts';
import { refusal } from '../virgate/operation.ts';
import { listed } from './kinds.ts';

/** Which objects of a kind, in which order. */
export interface ListQuery {
  readonly kind: ListKind;
  /** Text of the search language; what makes no sense finds nothing. */
  readonly search: string;
  /** One of the kind's orders. */
  readonly sort: string;
  readonly descending: boolean;
}

/** Places of a list that are looked at. */
export interface ListRange extends ListQuery {
  readonly from: number;
  readonly count: number;
}

/** @throws {Fault} 400 for an order that there is not */
export function checkOrder({ kind, sort }: Pick<ListQuery, 'kind' | 'sort'>): void {
  const { orders } = listed[kind];
  if (!Object.hasOwn(orders, sort))
    throw refusal(400, 'invalid_value', `A list of this kind is ordered by ${Object.keys(orders).sort().join(', ')}.`, 'sort');
}

interface Plan {
  condition: RawBuilder<boolean>;
  order: RawBuilder<unknown>;
  /** Rows before and in the page that the search names, where it names one. */
  offset: number;
  most: number;
}

function planOf(context: Context, { kind, search, sort, descending }: ListQuery): Plan {
  const { readable, search: entity, orders } = listed[kind];
  const { condition, page } = compileSearch(entity, search, searchContext(context));
  const by = orders[sort]?.by ?? readable.order;
  const direction = sql.raw(descending ? 'desc' : 'asc');
  return {
    condition: sql<boolean>`${shownTo(context, readable)} and ${condition}`,
    // Names have an index, which serves both ways; of the rest, what is unknown comes last whichever way.
    order:
      sort === 'name' ? sql`${by} ${direction}, t.id ${direction}` : sql`${by} ${direction} nulls last, t.name collate natural_order, t.id`,
    offset: page === null ? 0 : (page - 1) * pageSize,
    most: page === null ? Infinity : pageSize,
  };
}

/** The ids that stand at some places of a list, and how many there are in all. */
export async function readWindow(context: Context, range: ListRange): Promise<{ total: number; ids: string[] }> {
  const { condition, order, offset, most } = planOf(context, range);
  const { readable, search } = listed[range.kind];
  const count = Math.max(0, Math.min(range.count, most - range.from));
  const [counted, found] = await Promise.all([
    sql<{ count: number }>`select count(*)::int as count from ${sql.table(readable.table)} t where ${condition}`.execute(context.db),
    sql<{ id: string }>`select t.id::text as id from ${orderedRows(search, readable.table)} where ${condition}
      order by ${order} limit ${count} offset ${offset + range.from}`.execute(context.db),
  ]);
  const total = Math.min(Math.max((counted.rows[0]?.count ?? 0) - offset, 0), most);
  return { total, ids: found.rows.map(({ id }) => id) };
}

/** What lists show of objects, in the order of their ids; what is gone or may not be seen is left out. */
export async function readRows(context: Context, kind: ListKind, ids: readonly string[]): Promise<Entity[]> {
  if (ids.length === 0) return [];
  const { readable, shown, more } = listed[kind];
  const [objects, beside] = await Promise.all([byIds(context, readable, ids), more(context, ids)]);
  const rows = new Map(
    objects.map((object): [string, Entity] => {
      const { id = '' } = object;
      const row: Entity = {};
      for (const name of shown) if (object[name] !== undefined) row[name] = object[name];
      return [id, { ...row, ...beside.get(id) }];
    }),
  );
  return ids.map((id) => rows.get(id)).filter((row) => row !== undefined);
}
