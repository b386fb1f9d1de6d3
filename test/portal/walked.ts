import { fieldsOf } from '@virgate/portal/kinds/form';
import type { ActionDescription, Kind } from '@virgate/portal/kinds/kind';
import type { ListedNames, OwnWalk } from './own-walk.ts';

/** What was really done in the browser, by names of the descriptions: `place|column`, `place|action`, `dialog|path`. */
export class Walked {
  readonly columns = new Set<string>();
  readonly actions = new Set<string>();
  readonly fields = new Set<string>();
  /** Actions and fields by the names of the contract's list itself: of dialogs that no description builds. */
  readonly listed = new Set<string>();
  readonly problems: string[] = [];
  /** Fields that were set and of which nothing told that they arrived: they do not count. */
  readonly uncounted = new Set<string>();

  /** Takes over what a walk of its own has done. */
  list({ actions, fields }: ListedNames): void {
    for (const name of [...actions, ...fields]) this.listed.add(name);
  }
}

/** What was, or can be, done. */
export type WalkedNames = Pick<Walked, 'columns' | 'actions' | 'fields' | 'listed'>;

/** Names of all that descriptions and walks of their own have, in the spelling of {@link Walked}: what is counted. */
export function everything(kinds: readonly Kind[], own: readonly OwnWalk[] = []): WalkedNames {
  const all = new Walked();
  for (const { names } of own) all.list(names);
  const action = (place: string, one: ActionDescription): void => {
    all.actions.add(`${place}|${one.key}`);
    if (one.form !== undefined)
      for (const field of fieldsOf(one.form)) all.fields.add(`${one.form.dialog ?? one.form.title}|${field.path}`);
  };
  for (const kind of kinds) {
    for (const column of kind.columns) all.columns.add(`${kind.page}|${column.label}`);
    for (const one of [...(kind.adds ?? []), ...(kind.actions ?? [])]) action(kind.page, one);
    for (const tab of kind.tabs) {
      const place = `${kind.page}-${tab.key}`;
      for (const fact of tab.facts ?? []) all.columns.add(`${place}|${fact.label}`);
      for (const parts of tab.parts ?? []) {
        for (const column of parts.columns) all.columns.add(`${place}|${column.label}`);
        for (const one of [...(parts.adds ?? []), ...(parts.actions ?? [])]) action(place, one);
      }
    }
  }
  return all;
}
