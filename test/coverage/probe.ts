import type { EventName } from '@virgate/contract/generated/events';
import type { TypeName } from '@virgate/contract/generated/types';

/** A JSON value with placeholders: `{vm}` is the id that was kept under `vm`. */
export type Template = string | number | boolean | readonly Template[] | { readonly [key: string]: Template };
export type Body = { readonly [key: string]: Template };

/** An object is added; a second GET of it and of its collection must show it, to those who may see it. */
export interface AddProbe {
  readonly add: string;
  readonly type: TypeName;
  /** The new object's id is known by this name from then on. */
  readonly keep: string;
  readonly body: Body;
  readonly event: EventName;
  /** Attributes that are sent but not part of the object, such as what it is made of. */
  readonly notShown?: readonly string[];
  /** Everybody who is signed in may read objects of this kind. Source: engine behaviour, roles and users. */
  readonly everybodyReads?: true;
  /** The contract cannot read it by itself: the collection tells whether it is there. */
  readonly memberOnly?: true;
}
/** An object is changed; a second GET must show it. */
export interface UpdateProbe {
  readonly update: string;
  readonly type: TypeName;
  readonly body: Body;
  readonly event: EventName;
}
/** An object is removed; a second GET must not find it. */
export interface RemoveProbe {
  readonly remove: string;
  readonly event: EventName;
  /** Where it is looked for afterwards, when not at its own place. */
  readonly goneFrom?: string;
  /** As of {@link AddProbe}. */
  readonly memberOnly?: true;
}
/** An action is done; a second GET must come to show what it does. */
export interface ActProbe {
  readonly act: string;
  readonly body?: Body;
  readonly event: EventName;
  readonly seen: { readonly path: string; readonly type: TypeName; readonly is: Body };
}
/** What the engine finds out by itself, held against what the simulated host is. Reading counts as checked when a stranger sees none of it. */
export interface ObserveProbe {
  readonly observe: string;
  readonly type: TypeName;
  readonly is: Body;
  /** The collection shows it too. */
  readonly listed?: true;
}
export type Probe = AddProbe | UpdateProbe | RemoveProbe | ActProbe | ObserveProbe;

/** Permissions on objects of a kind: one is given, seen and taken. */
export const permissionsOn = (path: string, keep: string): readonly Probe[] => [
  {
    add: `${path}/permissions`,
    type: 'Permission',
    keep,
    body: { role: { name: 'UserRole' }, user: { id: '{someone}' } },
    event: 'USER_ADD_PERMISSION',
  },
  { remove: `${path}/permissions/{${keep}}`, event: 'USER_REMOVE_PERMISSION' },
];

/** A tag is given to an object and taken. */
export const tagOn = (path: string, keep: string, given: EventName, taken: EventName, everybodyReads?: true): readonly Probe[] => [
  {
    add: `${path}/tags`,
    type: 'Tag',
    keep,
    body: { id: '{tag}' },
    event: given,
    ...(everybodyReads === undefined ? {} : { everybodyReads }),
  },
  { remove: `${path}/tags/{${keep}}`, event: taken },
];
