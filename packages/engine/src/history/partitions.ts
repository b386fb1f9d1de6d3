import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { ensurePart } from '../warehouse/partitions.ts';
import { sampleSources } from './samples.ts';

const dayMs = 86_400_000;
/** Days of partitions that are there before they are needed. */
const daysAhead = 2;

/** Makes the partitions of samples for today and the days to come. The warehouse drops those that have served their time. */
export async function makePartitions(trx: Transaction<Tables>, at: Date): Promise<void> {
  for (const { table } of sampleSources)
    for (let day = 0; day <= daysAhead; day += 1) await ensurePart(trx, table, 'day', at.getTime() + day * dayMs);
}
