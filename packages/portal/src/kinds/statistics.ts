import type { Statistic } from '@virgate/contract/generated/types';
import type { Entity } from './kind.ts';

/** Objects that were read with `follow=statistics`. */
interface Measured {
  statistics?: readonly Statistic[];
}

/**
 * The newest value of a statistic; undefined when it was not read.
 * @param name as the contract's list of statistics has it: `memory.free`
 */
export function statisticOf(entity: Entity, name: string): number | undefined {
  const found = (entity as Measured).statistics?.find((one) => one.name === name);
  return found?.values?.[0]?.datum;
}

/** Megabits a second of a rate in bytes. */
export function megabitsOf(entity: Entity, name: string): number | undefined {
  const bytes = statisticOf(entity, name);
  return bytes === undefined ? undefined : Math.round((bytes * 8) / 10_000) / 100;
}
