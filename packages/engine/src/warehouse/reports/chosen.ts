import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { Reader, ReportCriteria } from './criteria.ts';
import type { ObjectKind } from './declaration.ts';
import { chosenObjects, type ChosenObject } from './objects.ts';
import type { ReportSpan } from './period.ts';

/** What the figures of a report are asked with. */
export interface Asked {
  reader: Reader;
  criteria: ReportCriteria;
  span: ReportSpan;
  /** How many rows its tables show at most. */
  most: number;
  /** What is now. */
  at: Date;
}

/** An object that a report is about, with the place of its cluster among theirs. */
export interface PlacedObject extends ChosenObject {
  cluster_place: number;
}

/**
 * The objects of a kind that a report is about, in the order of their labels. They are read before their figures, and named in the statement
 * that reads those: as a part of it nobody knew how many there are, and the rows of five years were looked up one by one.
 */
export async function readChosen(
  db: Kysely<Tables>,
  kind: ObjectKind,
  { reader, criteria, span }: Asked,
  only?: 'high_availability',
): Promise<PlacedObject[]> {
  const found = await sql<PlacedObject>`select c.*, dense_rank() over (order by c.cluster_name, c.cluster_id) as cluster_place
    from (${chosenObjects(kind, reader, criteria, span.timeZone, only)}) c order by c.label, c.id`.execute(db);
  return found.rows;
}

export const idsOf = (objects: readonly ChosenObject[]): string[] => objects.map(({ id }) => id);

/** SQL for objects with their clusters, as a table `c`. */
export const clustersOf = (objects: readonly ChosenObject[]): RawBuilder<unknown> =>
  sql`unnest(${idsOf(objects)}::uuid[], ${objects.map(({ cluster_id }) => cluster_id)}::uuid[]) c (id, cluster_id)`;
