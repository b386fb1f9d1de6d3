import type { Change } from '@virgate/sdk';

/** What happened to the objects of one type. */
export interface Batch {
  type: string;
  /** Operation on each object. */
  ids: Map<string, Change['op']>;
  /** Those that are as they were: only something that hangs on them changed. */
  same: Set<string>;
}

/** The changes of a frame by type. */
export function batchesOf(changes: readonly Change[]): Batch[] {
  return [...Map.groupBy(changes, ({ type }) => type)].map(([type, all]) => ({
    type,
    ids: new Map(all.map(({ id, op }) => [id, op])),
    same: new Set(all.filter(({ op, fields }) => op === 'update' && fields?.length === 0).map(({ id }) => id)),
  }));
}
