import warehouse from '@virgate/contract/data/dwh/warehouse.json' with { type: 'json' };

/** Columns by how they are summed up. Source: data warehouse, aggregation. */
interface Rules {
  key: string[];
  sum?: string[];
  /** Mean, and the column for the highest. */
  avgmax?: Record<string, string>;
  avg?: string[];
  max?: string[];
  last?: string[];
  first_of_newest?: string[];
}

/** How the samples of a kind are summed up. */
export interface Family extends Rules {
  readonly name: string;
  readonly samples: string;
  readonly hourly: string;
  readonly daily: string;
  /** What a sample is of: there is one for each time. */
  readonly entity: string;
  /** Columns that samples have under another name. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Which samples count; all when missing. */
  readonly where?: string;
}

/** What a row of samples calls how long it stands for, in seconds. */
export const secondsColumn = 'seconds_in_status';
const usersUsage = 'statistics_vms_users_usage';

function familyOf(name: string, rules: Rules): Family {
  const ofUsers = name === usersUsage;
  return {
    ...rules,
    name,
    samples: ofUsers ? 'vm_samples_history' : `${name}_samples_history`,
    hourly: ofUsers ? `${name}_hourly` : `${name}_hourly_history`,
    daily: ofUsers ? `${name}_daily` : `${name}_daily_history`,
    entity: ofUsers ? 'vm_id' : (rules.key[0] ?? ''),
    renamed: ofUsers ? { user_id: 'current_user_id', user_name: 'current_user_name' } : {},
    ...(ofUsers ? { where: 'vm_status = 1 and (current_user_id is not null or current_user_name is not null)' } : {}),
  };
}

/** Every kind of samples, in the order in which they are summed up. */
export const families: readonly Family[] = Object.entries(warehouse.aggregation as Record<string, Rules>).map(([name, rules]) =>
  familyOf(name, rules),
);

/** How long rows are kept, in hours. Source: data warehouse, retention. */
export const retentionScales: Readonly<Record<'basic' | 'full', Retention>> = {
  basic: warehouse.retentionHours.basic,
  full: warehouse.retentionHours.full,
};

/** Hours for which rows are kept; daily rows of 0 hours are not made at all. */
export interface Retention {
  samples: number;
  hourly: number;
  daily: number;
}

/** Views of the warehouse with their columns. */
export const views: readonly { view: string; columns: string[] }[] = warehouse.views;

/** Words for numbers, by kind. */
export const enumerations: Readonly<Record<string, Record<string, string>>> = warehouse.enums;

/** Columns with types of the warehouse's tables. */
export const tables: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map(
  warehouse.tables.map(({ table, columns }) => [table, columns as unknown as Record<string, string>]),
);
