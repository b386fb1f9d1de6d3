import type { FieldValue } from '@virgate/portal/kinds/kind';
import type { Client } from '@virgate/sdk';

/** One way to fill in a form: what is not said gets a value that differs from what the field holds. */
export interface Round {
  readonly set?: Readonly<Record<string, FieldValue>>;
  /** The same for values that have to be looked for. */
  readonly find?: (client: Client, ownerId: string) => Promise<Readonly<Record<string, FieldValue>>>;
  /** Fields that are left alone; `true`: all that `set` does not name. */
  readonly skip?: readonly string[] | true;
  /** Whether what was sent is there, for fields that cannot be read from the object: by path. */
  readonly check?: Readonly<Record<string, (client: Client, id: string, ownerId: string) => Promise<boolean>>>;
  /** What is made is not what the walk goes on with. */
  readonly aside?: true;
  /** Makes what the form needs, before it is opened. */
  readonly prepare?: (client: Client, id: string) => Promise<unknown>;
}

/** What walking one table or page has to know beside its description. */
export interface ActionPlan {
  readonly rounds?: readonly Round[];
  /** Why the walk leaves it out. */
  readonly skip?: string;
  /** Does what must be before; gives the name of the row to act on when it is not the first. */
  readonly prepare?: (client: Client, id: string, ownerId: string) => Promise<unknown>;
  readonly name?: string;
  /** Name of the object that it is done with, when it is not the one that the walk made. */
  readonly on?: string;
}

export interface KindPlan {
  /** `npm test` walks through the kind too; `npm run coverage -- portal` walks through all. Between them those marked use every part of what pages are built from. */
  readonly inTests?: true;
  /** Why nothing of the kind is walked through. */
  readonly skip?: string;
  /** Name of an object that is there and whose tabs are looked at, or of one for some tabs; otherwise the one that the walk made. */
  readonly tabsOf?: string | Readonly<Record<string, string>>;
  /** Makes the object that the walk acts on, for kinds that it cannot make in the portal. */
  readonly subject?: (client: Client) => Promise<string>;
  /** Makes what the list shall show. */
  readonly before?: (client: Client) => Promise<void>;
  /** By key of the action, for a tab's `tab:action`. */
  readonly actions?: Readonly<Record<string, ActionPlan>>;
  /** Makes what the tabs shall show. */
  readonly prepareTabs?: (client: Client, id: string) => Promise<unknown>;
}
