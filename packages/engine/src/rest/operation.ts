import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import type { ObjectRef } from '../access/objects.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { Tables } from '../tables/schema.ts';
import type { Parameters } from './parameters.ts';

/** A resource as the contract's types describe it; what each attribute means is the contract's business. */
export type Entity = { id?: string; href?: string; [attribute: string]: unknown };

/** One request, decoded and attributed to a user. */
export interface Context<Body = Entity> {
  readonly engine: Engine;
  readonly db: Kysely<Tables>;
  readonly user: SignedIn;
  /** Ids of the path by the contract's locator names: `/vms/{vm}/nics/{nic}` gives `vm` and `nic`. */
  readonly path: Record<string, string>;
  readonly parameters: Parameters;
  /** The decoded body of the route's type; an empty object where the request has none. */
  readonly body: Body;
  /** Only what the user himself may see: asked for by `Filter: true`, and always so for users without an administrative role. */
  readonly filtered: boolean;
  readonly correlationId: string;
  /** Path of the request below `/ovirt-engine/api`, without parameters. */
  readonly location: string;
  /** Do not wait for work that goes on in the background. */
  readonly asynchronous: boolean;
  /** The client asked an addition to wait until all is done (`Expect: 201-created`). */
  readonly waits: boolean;
}

/** What an operation answers; the REST layer turns it into a response. */
export type Reply =
  | { kind: 'entity'; status: 200 | 201 | 202; type: string; entity: Entity }
  | { kind: 'collection'; type: string; entities: Entity[] }
  | { kind: 'action'; status: 200 | 202; job?: string; result?: Entity };

/** One operation of the contract, as an engine handles it. */
export interface Operation {
  /** The permit that the caller needs on every subject; null where being signed in is enough because reads are filtered. */
  permit: string | null;
  /** Where the permit depends on what the request is about: that permit instead. */
  permitFor?(context: Context): Promise<string> | string;
  /** The objects on which the permit is needed; missing means the system as a whole. */
  subjects?(context: Context): Promise<ObjectRef[]> | ObjectRef[];
  run(context: Context): Promise<Reply>;
}

/** Operations of one service of the contract, by the names of its methods. */
export type Service = Record<string, Operation>;
/** Operations by service name. */
export type Services = Record<string, Service>;

export const entity = (type: string, value: Entity): Reply => ({ kind: 'entity', status: 200, type, entity: value });
export const created = (type: string, value: Entity): Reply => ({ kind: 'entity', status: 201, type, entity: value });
/** Made, but work on it goes on: 202. */
export const accepted = (type: string, value: Entity): Reply => ({ kind: 'entity', status: 202, type, entity: value });
export const collection = (type: string, entities: Entity[]): Reply => ({ kind: 'collection', type, entities });
/** A finished action or removal, with its job. */
export const done = (job?: string, result: Entity = {}): Reply => ({ kind: 'action', status: 200, ...(job ? { job } : {}), result });
/** An action that goes on in the background. */
export const started = (job: string, result: Entity = {}): Reply => ({ kind: 'action', status: 202, job, result });
