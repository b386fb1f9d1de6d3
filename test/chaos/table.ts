import { nameOfPoint } from './points.ts';
import type { Outcome } from './rounds.ts';
import { victims } from './world.ts';

const cell = (outcome: Outcome | undefined): string =>
  outcome === undefined ? '' : outcome.flaws.length > 0 ? `**FAILED**: ${outcome.text}` : outcome.text;

/** The outcomes as a Markdown table: a row for each point of each operation, a column for each victim. */
export function outcomeTable(outcomes: readonly Outcome[]): string[] {
  const columns = victims.filter((victim) => outcomes.some(({ one }) => one.victim === victim));
  const rows = new Map<string, Outcome[]>();
  for (const outcome of outcomes.toSorted((a, b) => a.one.order - b.one.order)) {
    const { operation, point, failing } = outcome.one;
    const key = `${operation.name}${failing === undefined ? '' : ` (${failing.step} fails)`} | ${nameOfPoint(point)}`;
    rows.set(key, [...(rows.get(key) ?? []), outcome]);
  }
  return [
    `| Operation | Moment | ${columns.map((victim) => `${victim} killed`).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...[...rows].map(
      ([key, row]) => `| ${key} | ${columns.map((victim) => cell(row.find(({ one }) => one.victim === victim))).join(' | ')} |`,
    ),
  ];
}
