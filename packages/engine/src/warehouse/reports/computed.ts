import type { ReportChart } from '@virgate/contract/generated/virgate';
import type { Kysely } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { clusterCpuForecast, clusterMemoryForecast, storageForecast } from './forecast.ts';
import type { Asked } from './chosen.ts';
import { rightSizing, sizingCounts } from './right-sizing.ts';
import type { FigureRow } from './rows.ts';
import { showback } from './showback.ts';

/** What a computed part shows: its table's rows, and its charts. */
export interface Computed {
  rows: FigureRow[];
  charts: ReportChart[];
}

/** Parts that are more than the rows of one query, by the names of the declaration. */
const computations: Readonly<Record<string, (db: Kysely<Tables>, asked: Asked) => Promise<Computed>>> = {
  storage_forecast: storageForecast,
  cluster_memory_forecast: clusterMemoryForecast,
  cluster_cpu_forecast: clusterCpuForecast,
  right_sizing: rightSizing,
  sizing_counts: sizingCounts,
  showback,
};

/** Works a part out. */
export async function computedPart(db: Kysely<Tables>, name: string, asked: Asked): Promise<Computed> {
  const computation = computations[name];
  if (computation === undefined) throw new Error(`There is no computation ${name}`);
  return await computation(db, asked);
}
