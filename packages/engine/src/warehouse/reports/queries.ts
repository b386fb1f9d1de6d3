import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { Asked } from './chosen.ts';
import { capacityAndUsage, capacityPlanning, entityCounts, overCommit } from './capacity.ts';
import { hostsInventory, storageInventory, storageNow, vmsInventory } from './inventories.ts';
import type { FigureRow } from './rows.ts';
import { hostsBySystem, vmsBySystem, vmsBySystemVersion } from './systems.ts';
import { userSessions, vmsBilling } from './billing.ts';

/** Queries of parts that no source has, by the names of the declaration. */
const queries: Readonly<Record<string, (asked: Asked, db: Kysely<Tables>) => RawBuilder<FigureRow> | Promise<RawBuilder<FigureRow>>>> = {
  hosts_inventory: hostsInventory,
  vms_inventory: vmsInventory,
  storage_inventory: storageInventory,
  storage_now: storageNow,
  vms_by_system: vmsBySystem,
  vms_by_system_version: vmsBySystemVersion,
  hosts_by_system: hostsBySystem,
  capacity_and_usage: capacityAndUsage,
  capacity_planning: capacityPlanning,
  over_commit: overCommit,
  entity_counts: entityCounts,
  vms_billing: vmsBilling,
  user_sessions: userSessions,
};

/** Most rows that a query may give; reports tell when they show fewer. */
const mostFound = 100_001;

/** Runs a query of its own, in its own order. */
export async function queriedRows(db: Kysely<Tables>, name: string, asked: Asked): Promise<FigureRow[]> {
  const query = queries[name];
  if (query === undefined) throw new Error(`There is no query ${name}`);
  const statement = await query(asked, db);
  const found = await sql<FigureRow>`select * from (${statement}) q limit ${mostFound}`.execute(db);
  return found.rows;
}
