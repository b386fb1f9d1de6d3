import type { PermitName } from '../generated/permits.ts';

/** One member of an object, or one parameter, of Virgate's own API. */
export interface VirgateAttribute {
  readonly name: string;
  /**
   * `string`, `boolean`, `integer`, `decimal`, `date` (epoch ms), `timestamp` (ISO 8601 or epoch ms), `uuid`, `any`, the name
   * of an enum or type, or several of these: `A|B`.
   */
  readonly type: string;
  readonly list?: boolean;
  readonly optional?: boolean;
  readonly nullable?: boolean;
  /** Items of the list may be null. */
  readonly gaps?: boolean;
  /** Least and greatest number, length of a text, or count of a list. */
  readonly min?: number;
  readonly max?: number;
  /** Regular expression of a text, and what it means: "must be …". */
  readonly pattern?: string;
  readonly form?: string;
}

export interface VirgateType {
  readonly does?: string;
  readonly attrs: readonly VirgateAttribute[];
}

/** Who may call a method at all: everybody, a browser's session, whoever is signed in, who has an administrative role, a SuperUser. */
export type VirgateAccess = 'public' | 'browser' | 'signed_in' | 'administrator' | 'super_user';

export interface VirgateMethod {
  readonly name: string;
  readonly http: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Last path segment of an action. */
  readonly action?: string;
  readonly access: VirgateAccess;
  /** Permit that is needed beside that, on the object of the type `on` that the path names, or on the whole system. */
  readonly permit?: PermitName;
  readonly on?: string;
  readonly params: readonly VirgateAttribute[];
  readonly body?: string;
  readonly answer?: string;
  /** The answer is a list. */
  readonly list?: boolean;
  /** Type of the server-sent events that the answer is made of. */
  readonly stream?: string;
  /** Media types of the files that the answer can be. */
  readonly file?: readonly string[];
  /** Status of success. */
  readonly status: number;
  readonly does: string;
}

export interface VirgateService {
  /** Template of the path under `/virgate/api`: `/vms/{vm}/actions`. */
  readonly path: string;
  /** The path's ids are UUIDs unless this says that they are other texts. */
  readonly id?: 'text';
  readonly methods: readonly VirgateMethod[];
}

/** Where Virgate's own API begins. */
export const virgateRoot = '/virgate/api';
