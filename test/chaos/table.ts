import { nameOfPoint } from './points.ts';
import { operations } from './operations.ts';
import type { Case, Outcome } from './rounds.ts';
import { fateOf, victims } from './world.ts';

const cell = (outcome: Outcome | undefined): string =>
  outcome === undefined ? '' : outcome.flaws.length > 0 ? `**FAILED**: ${outcome.text}` : outcome.text;

const rank = ({ operation }: Case): number => operations.findIndex(({ name }) => name === operation.name);
const inOrder = (a: Outcome, b: Outcome): number => rank(a.one) - rank(b.one) || a.one.order - b.one.order;

/** The outcomes as a Markdown table: a row for each point of each operation, a column for each victim. */
export function outcomeTable(outcomes: readonly Outcome[]): string[] {
  const columns = victims.filter((victim) => outcomes.some(({ one }) => one.victim === victim));
  const rows = new Map<string, Outcome[]>();
  for (const outcome of outcomes.toSorted(inOrder)) {
    const { operation, point, failing } = outcome.one;
    const key = `${operation.name}${failing === undefined ? '' : ` (${failing.step} fails)`} | ${nameOfPoint(point)}`;
    rows.set(key, [...(rows.get(key) ?? []), outcome]);
  }
  return [
    `| Operation | Moment | ${columns.map(fateOf).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...[...rows].map(
      ([key, row]) => `| ${key} | ${columns.map((victim) => cell(row.find(({ one }) => one.victim === victim))).join(' | ')} |`,
    ),
  ];
}

/** Outcomes as JSON that {@link readOutcomes} reads. */
export const writtenOutcomes = (outcomes: readonly Outcome[]): string =>
  JSON.stringify(outcomes.map(({ one, text, flaws }) => ({ one: { ...one, operation: one.operation.name }, text, flaws })));

/** @throws Error when the text names an operation that there is none of */
export function readOutcomes(text: string): Outcome[] {
  const read = JSON.parse(text) as { one: Omit<Case, 'operation'> & { operation: string }; text: string; flaws: string[] }[];
  return read.map(({ one, ...rest }) => {
    const operation = operations.find(({ name }) => name === one.operation);
    if (operation === undefined) throw new Error(`There is no operation ${one.operation}`);
    return { one: { ...one, operation }, ...rest };
  });
}
