import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { ensureParts } from '../warehouse/partitions.ts';
import { sampleSources } from './samples.ts';

const dayMs = 86_400_000;
/** Days of partitions that are there before they are needed. */
const daysAhead = 2;

/** Makes the partitions of samples for today and the days to come. The warehouse drops those that have served their time. */
export async function makePartitions(trx: Transaction<Tables>, at: Date): Promise<void> {
  const days = Array.from({ length: daysAhead + 1 }, (_, day) => at.getTime() + day * dayMs);
  await ensureParts(
    trx,
    sampleSources.flatMap(({ table }) => days.map((ms) => ({ table, span: 'day' as const, ms }))),
  );
}
