import type { MacPool } from '@virgate/contract/generated/types';
import { sql, type Selectable } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import type { MacPoolTable } from '../tables/schema.ts';
import type { MacRange } from './ranges.ts';

const macPoolOf = (row: Selectable<MacPoolTable>): MacPool => ({
  id: row.id,
  name: row.name,
  description: row.description,
  allow_duplicates: row.allow_duplicates,
  default_pool: row.is_default,
  ranges: row.ranges as MacRange[],
});

/** MAC pools. */
export const readableMacPools: Readable = {
  objectType: 'mac_pool',
  order: sql`t.name, t.id`,
  async read(context, selection) {
    const found = await sql<Selectable<MacPoolTable>>`select t.* from mac_pool t where ${selection.condition} ${tail(selection)}`.execute(
      context.db,
    );
    return found.rows.map((row) => macPoolOf(row) as Entity);
  },
};
