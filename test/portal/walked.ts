import { fieldsOf } from '@virgate/portal/kinds/form';
import type { ActionDescription, Kind } from '@virgate/portal/kinds/kind';

/** What was really done in the browser, by names of the descriptions: `place|column`, `place|action`, `dialog|path`. */
export class Walked {
  readonly columns = new Set<string>();
  readonly actions = new Set<string>();
  readonly fields = new Set<string>();
  readonly problems: string[] = [];
}

/** Names of all that descriptions have, in the spelling of {@link Walked}: what is counted. */
export function everything(kinds: readonly Kind[]): { columns: Set<string>; actions: Set<string>; fields: Set<string> } {
  const all = { columns: new Set<string>(), actions: new Set<string>(), fields: new Set<string>() };
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
