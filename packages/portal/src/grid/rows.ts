import { ordered } from './order.ts';
import type { SortValue } from './order.ts';

/** Rows of a grid, in order. */
export interface Rows<T> {
  readonly count: number;
  /** Undefined while the row is not loaded. */
  readonly at: (index: number) => T | undefined;
  /** Told which rows are in sight, where not all are held. */
  readonly want?: (first: number, last: number) => void;
  /** Ids of all rows, in order; where not all are held the engine tells them. */
  readonly ids: () => Promise<readonly string[]>;
  /** All rows, in order: for files. */
  readonly all: () => Promise<readonly T[]>;
}

/** Rows that are all held, ordered by a value. */
export function orderedRows<T extends { id?: string }>(
  rows: readonly T[],
  value: ((row: T) => SortValue) | undefined,
  descending: boolean,
): Rows<T> {
  const inOrder = value === undefined ? rows : ordered(rows, value, descending);
  return {
    count: inOrder.length,
    at: (index) => inOrder[index],
    ids: async () => inOrder.flatMap((row) => row.id ?? []),
    all: async () => inOrder,
  };
}
