import type { ParameterRecord } from '@virgate/libvirt';

/** How far a migration is. */
export interface MigrationProgress {
  /** 0 to 100; never falls, though what is left may grow. */
  percent: number;
  /** Rounds of copying the memory. */
  iteration: number | undefined;
}

const numberOf = (record: ParameterRecord, name: string): number | undefined => {
  const value = record[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** What libvirt's figures of a job say, after what was said before. Pure. */
export function progressOf(statistics: ParameterRecord, before: number): MigrationProgress {
  const total = numberOf(statistics, 'data_total') ?? 0;
  const remaining = numberOf(statistics, 'data_remaining') ?? 0;
  const percent = total <= 0 ? 0 : Math.floor(100 - (remaining * 100) / total);
  return { percent: Math.max(before, Math.min(100, Math.max(0, percent))), iteration: numberOf(statistics, 'memory_iteration') };
}
