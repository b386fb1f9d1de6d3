import type { LogicalUnit } from '@virgate/contract/generated/types';
import type { Client, ListKind } from '@virgate/sdk';
import type { ComponentType } from 'react';
import type { TextKey } from '../text/en.ts';

/** An object of the API as descriptions see it: what it holds is told by paths. */
export interface Entity {
  id?: string;
  name?: string;
}

/** How a value of the API is told. */
export type Format =
  | 'text'
  | 'words'
  | 'status'
  | 'yesno'
  | 'bytes'
  | 'date'
  | 'version'
  | 'number'
  | 'percent'
  /** Time that has passed since then. */
  | 'since'
  /** A number of virtual CPUs. */
  | 'vcpus'
  /** Nothing but what is measured now. */
  | 'live';

/** Objects that others refer to: options of a field, names for a column. */
export interface Reference {
  /** Type in the change feed, so that the list follows it; a word of its own for what the feed doesn't tell of. */
  readonly type: string;
  /** What the list depends on beside its type, such as the data center that was chosen; it is read anew for each. */
  readonly key?: (around: Around) => string;
  readonly list: (client: Client, around: Around, signal: AbortSignal) => Promise<readonly Entity[]>;
  /** Options that can be chosen here. */
  readonly only?: (option: Entity, around: Around) => boolean;
  readonly label?: (option: Entity) => string;
}

/** Where a description is used: on which object's page, and with which values in the form so far. */
export interface Around {
  readonly ownerId: string;
  readonly owner: Entity | undefined;
  /** The object that it is about; undefined of a new one. */
  readonly entity: Entity | undefined;
  readonly value: (path: string) => FieldValue | undefined;
}

/** One thing that is told of an object: a column, or a line of its details. */
export interface ValueDescription {
  readonly label: TextKey;
  /** Attributes of the REST type, joined by dots; through a list it leads to all of its members. */
  readonly path: string | ((entity: Entity) => unknown);
  readonly as?: Format;
  /** The value is the id of one of these, whose name is told. */
  readonly of?: Reference;
  /** Path of that name in rows of long lists, which have it. */
  readonly named?: string;
  /** What the engine calls the order by it, in lists that it orders. */
  readonly order?: string;
  /** A bar with the share that is in use, as statistics come. */
  readonly meter?: 'memory' | 'cpu' | 'network';
  /** Least width of a list's column in pixels, where it is not the usual one. */
  readonly width?: number;
  /** Which columns of a list give way first where there is no room for all: those with the highest number; otherwise the last ones. */
  readonly priority?: number;
  /** Path of what a status says when it is pointed at. */
  readonly detail?: string;
  /** A list shows it only when it was chosen. */
  readonly hidden?: true;
  /** Names in the contract's list of pages, where they are not the label: an icon, or several that are told as one. */
  readonly covers?: readonly string[];
}

export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** What a field of a form holds while it is edited. */
export type FieldValue = string | boolean | readonly string[] | readonly Pair[] | readonly ChosenUnit[];

/** A LUN, or a storage domain on LUNs, that was chosen of what a host sees, and with what the host signed in there. */
export interface ChosenUnit extends LogicalUnit {
  readonly name?: string;
}

export type Control =
  | { readonly kind: 'text' | 'area' | 'password' | 'check' }
  /** `unit`: how many of the API's are one of the form's, such as bytes for MiB. `none`: what stands for no limit, an empty field. */
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly unit?: number; readonly none?: number }
  | { readonly kind: 'choice'; readonly options: readonly string[]; readonly label?: Readonly<Record<string, TextKey>> }
  /** `none`: the text for choosing none of them; without it one has to be chosen. `plain`: the id alone is sent, as a text. */
  | { readonly kind: 'reference'; readonly of: Reference; readonly none?: TextKey; readonly plain?: true }
  | { readonly kind: 'references'; readonly of: Reference }
  /** Version of a level, `4.7`. */
  | { readonly kind: 'version'; readonly options: readonly string[] }
  | { readonly kind: 'pairs' }
  /** LUNs of those that a host sees: several for a storage domain, one for a disk. The others are paths of fields. */
  | { readonly kind: 'luns'; readonly takes: 'domain' | 'disk'; readonly type: string; readonly host: string; readonly overwrite?: string }
  /** A storage domain on LUNs that a host sees and nobody has imported. The others are paths of fields. */
  | { readonly kind: 'found-domain'; readonly type: string; readonly host: string }
  /** A list of texts, one a line. */
  | { readonly kind: 'lines' };

export interface FieldDescription {
  readonly label: TextKey;
  /** Where the value stands in the object that is sent; for references without `.id`. Numbers are places in a list. */
  readonly path: string;
  readonly control: Control;
  readonly need?: true;
  readonly hint?: TextKey;
  /** What a new object begins with; left out, a field of the form is empty and the engine decides. */
  readonly initial?: FieldValue;
  /** The field stands in the form only when this holds of what the others hold. */
  readonly when?: (around: Around) => boolean;
  /** Cannot be changed of an object that is there. */
  readonly fixed?: true;
  /** Paths of fields that are sent along when this one changed: the engine takes them as one. */
  readonly with?: readonly string[];
  /** Names in the contract's list of the dialog's fields, where the label is not the same. */
  readonly covers?: string;
  /** What is wrong with a value, where that is more than its being left out or out of bounds. */
  readonly refuses?: (value: FieldValue) => TextKey | undefined;
  /** Dialogs of that list that have the field, where that is not the form's own alone. */
  readonly dialog?: string;
  /** For what is not simply a value at a path. */
  readonly read?: (entity: Entity) => FieldValue;
  readonly write?: (body: object, value: FieldValue) => void;
}

export interface FormTab {
  readonly label: TextKey;
  /** Shown only when asked for. */
  readonly advanced?: true;
  readonly fields: readonly FieldDescription[];
}

export interface FormDescription {
  /** May say `{name}`. */
  readonly title: TextKey;
  /** Name in the contract's list of the portal's dialogs. */
  readonly dialog?: string;
  /** Begins with the values of the object, and sends those that were changed. */
  readonly edits?: true;
  readonly tabs: readonly FormTab[];
}

/** What an action is done to. */
export interface Target {
  readonly id: string;
  readonly entity: Entity | undefined;
  /** The object on whose page it is done, where it is not the object itself. */
  readonly ownerId: string;
  readonly owner: Entity | undefined;
}

export interface ActionDescription {
  readonly key: string;
  readonly label: TextKey;
  /** Names in the contract's list of the place's actions, where they are not the label; `place|name` for one of another place of the page. */
  readonly covers?: readonly string[];
  /** Name in `GET /virgate/api/can`, where it is not the key; null for what cannot be asked. */
  readonly can?: string | null;
  readonly danger?: true;
  /** What it is called with this object, where that is not always the label. */
  readonly labelOf?: (entity: Entity) => TextKey;
  /** A button of its own in rows of a list, with this picture, for objects with which it is the usual thing to do. */
  readonly quick?: { readonly icon: 'play' | 'power' | 'screen'; readonly when: (entity: Entity) => boolean };
  /** Can be done with several at once: a request for each. */
  readonly bulk?: true;
  /** Why it cannot be done with this object, as far as the portal knows by itself; what makes a part is asked of its owner. */
  readonly reason?: (entity: Entity, owner: Entity | undefined) => TextKey | undefined;
  /** The same by the object's state, as long as the engine was not asked: for rows of a list, where asking for each would cost too much. */
  readonly guess?: (entity: Entity) => TextKey | undefined;
  /** Asked with this form; the object of its values is sent. */
  readonly form?: FormDescription;
  /** Asked for a confirmation; may say `{name}`. */
  readonly confirm?: { readonly title: TextKey; readonly body: TextKey };
  /** Asked with a dialog of its own, which `lazy` loads when it is opened. */
  readonly dialog?: ComponentType<OwnDialogProps>;
  /** Leads to another page instead of asking the engine for something. */
  readonly leads?: (entity: Entity) => { readonly to: string; readonly search: Readonly<Record<string, string>> };
  readonly run: (client: Client, target: Target, body: object) => Promise<unknown>;
}

/** What a dialog that no form describes is opened with. */
export interface OwnDialogProps {
  readonly target: Target;
  /** Name of what it is done to. */
  readonly name: string;
  /** Part of the dialog that is open, as the address has it. */
  readonly pane: string;
  readonly onPane: (pane: string) => void;
  /** Closes the dialog, tells that it is done and reads the object again; what was made is opened. */
  readonly onDone: (result?: unknown) => void;
  readonly onClose: () => void;
}

/** A table of what hangs on an object. */
export interface PartsDescription {
  /** Heading where a tab has several tables. */
  readonly title?: TextKey;
  /** Types of the change feed after whose changes it is read again. */
  readonly types: readonly string[];
  readonly list: (client: Client, owner: Entity & { id: string }, signal: AbortSignal) => Promise<readonly Entity[]>;
  readonly columns: readonly ValueDescription[];
  readonly empty: TextKey;
  /** Type by which `can` knows the rows; left out, it doesn't. */
  readonly canType?: string;
  readonly name?: (row: Entity) => string;
  /** Makes more of them, beside the table. */
  readonly adds?: readonly ActionDescription[];
  readonly actions?: readonly ActionDescription[];
  /** Page of the rows' own kind. */
  readonly opens?: string;
}

export interface TabDescription {
  /** How the address spells it, and its name in the contract's list behind the page's: `storage` of `dataCenters-storage`. */
  readonly key: string;
  readonly label: TextKey;
  readonly facts?: readonly ValueDescription[];
  /** Reads what the facts tell beside the object itself; again after changes of the types. */
  readonly more?: {
    readonly types: readonly string[];
    readonly read: (client: Client, owner: Entity & { id: string }, signal: AbortSignal) => Promise<Entity>;
  };
  readonly parts?: readonly PartsDescription[];
}

/** One kind of object: everything its pages are built from. */
export interface Kind {
  /** Name in the contract's list of the portal's pages. */
  readonly page: string;
  /** Address below the portal's. */
  readonly path: string;
  /** Type in the change feed, in `can` and in the cache of what was read. */
  readonly type: string;
  readonly title: TextKey;
  /** Heading of an empty list, where it is not the usual one. */
  readonly none?: TextKey;
  /** What an empty list says. */
  readonly empty: TextKey;
  /** The engine can search it. */
  readonly searchable: boolean;
  /** There may be thousands: the page holds those in sight, and the engine searches and orders. Each column then has its `order`. */
  readonly long?: ListKind;
  /** Shown with something that hangs on the objects: they are read again when only that changed. */
  readonly follows?: true;
  /** What is to be known of an object before anything else. */
  readonly alert?: (entity: Entity) => TextKey | undefined;
  /** `can` doesn't know it. */
  readonly unasked?: true;
  readonly list: (client: Client, search: string, signal: AbortSignal) => Promise<readonly Entity[]>;
  readonly one: (client: Client, id: string, signal: AbortSignal) => Promise<Entity>;
  readonly name?: (entity: Entity) => string;
  /** Path of the status that stands beside the name. */
  readonly status?: string | ((entity: Entity) => string | undefined);
  readonly columns: readonly ValueDescription[];
  /** What the list is sorted by at first, where that is not its first column; the column as its address spells it. */
  readonly sort?: { readonly column: string; readonly descending: boolean };
  readonly tabs: readonly TabDescription[];
  readonly adds?: readonly ActionDescription[];
  readonly actions?: readonly ActionDescription[];
}
