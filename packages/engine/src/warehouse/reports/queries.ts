import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { Reader, ReportCriteria } from './criteria.ts';
import { capacityAndUsage, capacityPlanning, entityCounts, overCommit } from './capacity.ts';
import { hostsInventory, storageInventory, storageNow, vmsInventory } from './inventories.ts';
import type { ReportSpan } from './period.ts';
import type { FigureRow } from './rows.ts';
import { hostsBySystem, vmsBySystem, vmsBySystemVersion } from './systems.ts';
import { userSessions, vmsBilling } from './billing.ts';

/** What a query of its own is asked with. */
export interface Asked {
  reader: Reader;
  criteria: ReportCriteria;
  span: ReportSpan;
  /** What is now. */
  at: Date;
}

/** Queries of parts that no source has, by the names of the declaration. */
const queries: Readonly<Record<string, (asked: Asked) => RawBuilder<FigureRow>>> = {
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
  const found = await sql<FigureRow>`select * from (${query(asked)}) q limit ${mostFound}`.execute(db);
  return found.rows;
}
