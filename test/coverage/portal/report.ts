import type { Done } from './done.ts';
import { placesOf, type LeftOut, type Pages } from './list.ts';

/** Counts of one line: how many of how many, and what is missing. */
class Count {
  done = 0;
  readonly missing: string[] = [];

  add(isDone: boolean, name: string): void {
    if (isDone) this.done += 1;
    else this.missing.push(name);
  }

  get all(): number {
    return this.done + this.missing.length;
  }

  toString(): string {
    return `${this.done}/${this.all}`;
  }
}

/**
 * Prints a line for each page, sub-tab and dialog, and the sums; what is left out is counted by its reasons.
 * @param only pages that are told of; none: all. Of dialogs then those of which something was done
 */
export function printReport(list: Pages, leftOut: LeftOut, done: Done, say: (line: string) => void, only: readonly string[] = []): void {
  const told = (place: string): boolean => only.length === 0 || only.some((page) => place === page || place.startsWith(`${page}-`));
  const total = { columns: new Count(), actions: new Count(), fields: new Count() };
  const left = new Map<string, number>();
  const counted = (reason: string | undefined): boolean => {
    if (reason !== undefined) left.set(reason, (left.get(reason) ?? 0) + 1);
    return reason === undefined;
  };
  say(`${'page'.padEnd(36)}${'columns'.padStart(9)}${'actions'.padStart(9)}   missing`);
  for (const { place, columns, actions } of placesOf(list)) {
    const own = { columns: new Count(), actions: new Count() };
    for (const label of columns.filter((one) => counted(leftOut.columns[place]?.[one])))
      for (const count of [own.columns, total.columns]) count.add(done.column(place, label), label);
    for (const label of actions.filter((one) => counted(leftOut.actions[place]?.[one])))
      for (const count of [own.actions, total.actions]) count.add(done.action(place, label), label);
    const missing = [...own.columns.missing, ...own.actions.missing.map((label) => `[${label}]`)];
    if (told(place))
      say(`${place.padEnd(36)}${own.columns.toString().padStart(9)}${own.actions.toString().padStart(9)}   ${missing.join(', ')}`);
  }
  say(`\n${'dialog'.padEnd(45)}${'fields'.padStart(9)}   missing`);
  for (const [dialog, fields] of Object.entries(list.dialogs)) {
    const own = new Count();
    for (const field of fields.filter((one) => counted(leftOut.fields[dialog]?.[one.name])))
      for (const count of [own, total.fields]) count.add(done.field(dialog, field), field.label ?? field.name);
    if (own.all > 0 && (only.length === 0 || own.done > 0))
      say(`${dialog.padEnd(45)}${own.toString().padStart(9)}   ${own.missing.join(', ')}`);
  }
  say('\nnot counted (packages/contract/data/portal/left-out.json names each):');
  for (const [reason, count] of left) say(`${String(count).padStart(5)}  ${leftOut.reasons[reason] ?? reason}`);
  const share = ({ done: some, all }: Count): string => `${some} of ${all} (${Math.round((100 * some) / all)} %)`;
  say(`\ncolumns: ${share(total.columns)}; actions: ${share(total.actions)}; fields of dialogs: ${share(total.fields)}`);
}
