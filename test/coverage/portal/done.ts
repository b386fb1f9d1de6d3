import { fieldsOf } from '@virgate/portal/kinds/form';
import type { ActionDescription, Kind, ValueDescription } from '@virgate/portal/kinds/kind';
import { en, type TextKey } from '@virgate/portal/text';
import type { WalkedNames } from '../../portal/walked.ts';
import type { DialogField } from './list.ts';

/** What of a label is compared: letters and digits; units and what an icon stands for are left out. */
const plain = (label: string): string =>
  label
    .replaceAll(/\([^)]*\)|\[[^\]]*\]/g, '')
    .replace(/^virtual machine\(s\)/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
const said = (key: TextKey): string => plain(en[key]);
/** `nameEditor` and `name` are the same field. */
const fieldName = (name: string): string => name.replace(/(Editor|Widget)$/, '');

/** What was done, by the names that the contract's list has. */
export class Done {
  readonly #columns = new Set<string>();
  readonly #actions = new Set<string>();
  readonly #fields = new Set<string>();

  readonly #listed: ReadonlySet<string>;

  constructor(kinds: readonly Kind[], walked: WalkedNames) {
    this.#listed = walked.listed;
    for (const kind of kinds) {
      for (const column of kind.columns) this.#column(kind.page, column, walked);
      for (const action of [...(kind.adds ?? []), ...(kind.actions ?? [])]) this.#action(kind.page, action, walked);
      for (const tab of kind.tabs) {
        const place = `${kind.page}-${tab.key}`;
        for (const one of [...(tab.facts ?? []), ...(tab.parts ?? []).flatMap((parts) => parts.columns)]) this.#column(place, one, walked);
        for (const parts of tab.parts ?? [])
          for (const action of [...(parts.adds ?? []), ...(parts.actions ?? [])]) this.#action(place, action, walked);
      }
    }
  }

  #column(place: string, { label, covers }: ValueDescription, walked: WalkedNames): void {
    if (!walked.columns.has(`${place}|${label}`)) return;
    this.#columns.add(`${place}|${said(label)}`);
    for (const one of covers ?? []) this.#columns.add(`${place}|=${one}`);
  }

  #action(place: string, action: ActionDescription, walked: WalkedNames): void {
    if (walked.actions.has(`${place}|${action.key}`)) {
      this.#actions.add(`${place}|${said(action.label)}`);
      // An action of another place of the same page says which: `hosts-network_interfaces|Sync All Networks`.
      for (const one of action.covers ?? []) this.#actions.add(one.includes('|') ? one.replace('|', '|=') : `${place}|=${one}`);
    }
    if (action.form === undefined) return;
    const dialog = action.form.dialog ?? action.form.title;
    for (const field of fieldsOf(action.form)) {
      if (!walked.fields.has(`${dialog}|${field.path}`)) continue;
      for (const own of (field.dialog ?? dialog).split(' ')) {
        this.#fields.add(`${own}|${said(field.label)}`);
        for (const name of (field.covers ?? '').split(' ')) this.#fields.add(`${own}|=${fieldName(name)}`);
      }
    }
  }

  // An icon without a name is matched by `covers` only.
  #has(set: ReadonlySet<string>, place: string, label: string): boolean {
    return set.has(`${place}|=${label}`) || (plain(label) !== '' && set.has(`${place}|${plain(label)}`));
  }

  column(place: string, label: string): boolean {
    return this.#has(this.#columns, place, label);
  }

  action(place: string, label: string): boolean {
    return this.#listed.has(`${place}|${label}`) || this.#has(this.#actions, place, label);
  }

  field(dialog: string, field: DialogField): boolean {
    return (
      this.#listed.has(`${dialog}|${field.name}`) ||
      (field.label !== undefined && this.#fields.has(`${dialog}|${plain(field.label)}`)) ||
      this.#fields.has(`${dialog}|=${fieldName(field.name)}`) ||
      // Without a label of its own a field is called by its name.
      (field.label === undefined && this.#fields.has(`${dialog}|${plain(fieldName(field.name))}`))
    );
  }
}
