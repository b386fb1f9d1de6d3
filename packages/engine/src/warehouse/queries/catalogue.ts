import described from '@virgate/contract/data/dwh/descriptions.json' with { type: 'json' };
import { operatingSystems } from '@virgate/contract/generated/osinfo';
import type { QueryColumnKind, ReportUnit, WarehouseView, WarehouseViewEntry } from '@virgate/contract/generated/virgate';
import type { Kysely } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import { exportKinds, type ExportColumn } from '../exports/rows.ts';
import { enumerations, families, views } from '../facts.ts';
import { timeColumn, viewColumns } from '../view-columns.ts';

/** A column of which can be asked. */
export interface QueryableColumn {
  readonly name: string;
  readonly kind: QueryColumnKind;
  readonly unit: ReportUnit;
  /** How files for other tools have it. */
  readonly stored: ExportColumn['kind'];
  readonly description: string;
  /** Words for numbers that stand for such. */
  readonly choices?: ReadonlyMap<number, string>;
}

/** A view with its columns by name, in their order. */
export interface QueryableView {
  readonly name: string;
  readonly description: string;
  /** Has rows of times. */
  readonly timed: boolean;
  readonly columns: ReadonlyMap<string, QueryableColumn>;
}

const texts: Readonly<Record<string, string>> = described.columns;
const ownViews: Readonly<Record<string, string>> = described.views;
const patterns: Readonly<Record<string, string>> = described.patterns;
const kindNames: Readonly<Record<string, string>> = described.kinds;
const choiceKinds: Readonly<Record<string, string>> = described.choices;
const plainOf = new Map(families.flatMap(({ avgmax = {} }) => Object.entries(avgmax).map(([plain, highest]) => [highest, plain] as const)));

/** What a view shows, by its name. @throws {Error} for a name that nobody described */
function describeView(view: string): string {
  const name = view.replace(/^v\d_\d_/, '');
  const own = ownViews[name];
  if (own !== undefined) return own;
  const [, state, ofState] = /^(latest_configuration|configuration_history)_(\w+)$/.exec(name) ?? [];
  const [, joined, measured, grain] = /^(fully_joined_)?statistics_(\w+?)(?:_resources)?_usage_(samples|hourly|daily)$/.exec(name) ?? [];
  const pattern = patterns[state ?? `${joined === undefined ? 'statistics' : 'fully_joined'}_${grain}`];
  const kind = kindNames[ofState ?? measured ?? ''];
  if (pattern === undefined || kind === undefined) throw new Error(`Nobody described the view ${view}`);
  return pattern.replace('{kind}', kind);
}

function describeColumn(name: string): string {
  const plain = plainOf.get(name);
  if (plain !== undefined) return `${texts[plain] ?? plain} ${described.highest}`;
  return texts[name] ?? (name.endsWith('_configuration_version') ? described.version : name);
}

/** Units of numbers, by their names; others are counts. */
const units: readonly [RegExp, ReportUnit][] = [
  [/_percent$/, 'percent'],
  [/_bytes_per_second$/, 'bytes_per_second'],
  [/_mb$/, 'megabytes'],
  [/_gb$/, 'gigabytes'],
  [/minutes/, 'minutes'],
];
const unitOf = (name: string): ReportUnit => units.find(([pattern]) => pattern.test(plainOf.get(name) ?? name))?.[1] ?? 'count';

/** Words that the engine knows beside those of the warehouse: systems that came later, VMs of high performance. */
const systems = Object.fromEntries(operatingSystems.map(({ id, name }) => [id, name]));
const moreWords: Readonly<Record<string, Record<string, string>>> = { OS_TYPE: systems, VM_TYPE: { 2: 'High Performance' } };

function choicesOf(name: string): ReadonlyMap<number, string> | undefined {
  const kind = choiceKinds[name];
  if (kind === undefined) return undefined;
  const words = { ...enumerations[kind], ...moreWords[kind] };
  return new Map(Object.entries(words).map(([value, word]) => [Number(value), word]));
}

const kindOfType: Readonly<Record<string, QueryColumnKind>> = {
  uuid: 'id',
  boolean: 'boolean',
  date: 'day',
  'timestamp with time zone': 'time',
};

/** A column by its name and its type in the database. Pure. */
export function queryableColumn(name: string, type: string): QueryableColumn {
  const stored = exportKinds[type] ?? 'text';
  const number = stored === 'integer' || stored === 'long' || stored === 'decimal';
  const choices = number ? choicesOf(name) : undefined;
  const kind = kindOfType[type] ?? (choices !== undefined ? 'choice' : number ? 'number' : 'text');
  const unit = kind === 'number' ? unitOf(name) : kind === 'time' ? 'time' : 'text';
  return { name, kind, unit, stored, description: describeColumn(name), ...(choices === undefined ? {} : { choices }) };
}

const isTimed = (columns: readonly string[]): boolean => columns.includes(timeColumn);

/** The views, in the order of the contract. */
export const viewEntries = (): WarehouseViewEntry[] =>
  views.map(({ view, columns }) => ({ name: view, description: describeView(view), timed: isTimed(columns) }));

/** A view of the warehouse. @throws {Fault} 404 */
export async function viewNamed(db: Kysely<Tables>, name: string): Promise<QueryableView> {
  const columns = await viewColumns(db, name);
  return {
    name,
    description: describeView(name),
    timed: isTimed(columns.map((column) => column.name)),
    columns: new Map(columns.map((column) => [column.name, queryableColumn(column.name, column.type)])),
  };
}

/** A view as the API tells it. */
export const viewShown = ({ name, description, timed, columns }: QueryableView): WarehouseView => ({
  name,
  description,
  timed,
  columns: [...columns.values()].map(({ name: column, description: text, kind, unit, choices }) => ({
    name: column,
    description: text,
    kind,
    unit,
    ...(choices === undefined ? {} : { choices: [...choices].map(([value, word]) => ({ value, name: word })) }),
  })),
});
