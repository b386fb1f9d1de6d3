import type { LinkFrame, ownFrame } from '@virgate/contract/link-frame';
import type { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import type { ObjectRef } from '../access/objects.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { ExternalPlace } from '../jobs/external-place.ts';
import type { Tables } from '../tables/schema.ts';
import type { Parameters } from './parameters.ts';
import type { Precondition } from './precondition.ts';

/** A resource as the contract's types describe it; what each attribute means is the contract's business. */
export type Entity = {
  id?: string;
  href?: string;
  [ownFrame]?: LinkFrame;
  [ownStamp]?: string;
  [isFollowed]?: true;
  [attribute: string]: unknown;
};

/** Where an object that was read has the stamp of the state in which it was read, for kinds that have stamps. */
export const ownStamp = Symbol('stamp of the state');

/** Marks what `follow` put inline, which is no mere reference: it has links and actions of its own, as where it was followed to. */
export const isFollowed = Symbol('followed');

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
  /** Last segment of the path, of actions only. */
  readonly action?: string;
  /** Do not wait for work that goes on in the background. */
  readonly asynchronous: boolean;
  /** The version of the object that the client wants to change, when it says one (`If-Match`). */
  readonly precondition?: Precondition;
  /** The job of another system of which the request's work is a step (`JobId`, `StepId`). */
  readonly externalPlace?: ExternalPlace;
  /** The client asked an addition to wait until all is done (`Expect: 201-created`). */
  readonly waits: boolean;
  /** The reply is written as text of version 4 and nothing else becomes of it: it may be `stamped`. */
  readonly textual?: true;
  /** What media types the client reads, as it says so. */
  readonly accepts: string;
  /** Host and port by which the client calls the engine. */
  readonly host: string;
  /** The password with which the request itself signs in, by Basic; of other requests nobody has one. A function, so that nothing prints it. */
  readonly password?: () => string | undefined;
}

/** The state of an object: as long as the stamp is the same, so is all that a plain reading shows of the object. */
export interface Stamp {
  readonly id: string;
  readonly stamp: string;
}

/** What an operation answers; the REST layer turns it into a response. */
export type Reply =
  /** `job` is the work that goes on on what was added (202). */
  | { kind: 'entity'; status: 200 | 201 | 202; type: string; entity: Entity; job?: string }
  /** `more` are the members after `entities`, read as the answer is written; `size` is told before them when it was asked for. */
  | { kind: 'collection'; type: string; entities: Entity[]; more?: AsyncIterable<Entity[]>; size?: number }
  /** Objects that are read only where no text of their state is kept: a list of which `more` are the states of all, or a single one. */
  | { kind: 'stamped'; type: string; stamps: Stamp[]; more?: () => Promise<Stamp[]>; read(ids: string[]): Promise<Entity[]> }
  | { kind: 'stamped_one'; type: string; id: string; stamps: () => Promise<Stamp[]>; read(ids: string[]): Promise<Entity[]> }
  /** Text of a media type of its own, such as the connection file of a console. */
  | { kind: 'file'; mediaType: string; body: string }
  | { kind: 'action'; status: 200 | 202; job?: string; result?: Entity }
  /** A text that is no object of the contract, in the only form that it has. */
  | { kind: 'document'; contentType: string; text: string; headers?: Record<string, string> };

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
/** Made, but work on it goes on: 202. With its job the client is told where to ask how far it is. */
export const accepted = (type: string, value: Entity, job?: string): Reply => ({
  kind: 'entity',
  status: 202,
  type,
  entity: value,
  ...(job === undefined ? {} : { job }),
});
export const collection = (type: string, entities: Entity[]): Reply => ({ kind: 'collection', type, entities });
/** A finished action or removal, with its job. */
export const done = (job?: string, result: Entity = {}): Reply => ({ kind: 'action', status: 200, ...(job ? { job } : {}), result });
/** An action that goes on in the background. */
export const started = (job: string, result: Entity = {}): Reply => ({ kind: 'action', status: 202, job, result });
