import type { TypeName } from '@virgate/contract/generated/types';
import { completeFromV3 } from '@virgate/contract/shape-v3';
import type { Engine } from '../../engine.ts';
import { dispatch, type Call, type Outcome } from '../dispatch.ts';
import { Fault } from '../fault.ts';
import type { Entity, Services } from '../operation.ts';
import { bodyAs } from '../request-body.ts';

/** A request of version 3 that is answered by operations of version 4. */
export class RequestV3 {
  readonly engine: Engine;
  readonly call: Call;
  /** Ids of the path, in their order. */
  readonly ids: readonly string[];
  readonly #services: Services;

  constructor(engine: Engine, services: Services, call: Call, ids: readonly string[]) {
    this.engine = engine;
    this.#services = services;
    this.call = call;
    this.ids = ids;
  }

  /** An id of the path. */
  id(index: number): string {
    return this.ids[index] ?? '';
  }

  /** The request's body, read in the shape of version 3; an empty object where there is none. @throws {Fault} 400, 413, 415 */
  body(type: TypeName): Entity {
    const { request } = this.call;
    if (typeof request.body !== 'string' || request.body.trim() === '') return {};
    const body = bodyAs(request, type, 3);
    completeFromV3(type, body);
    return body;
  }

  /** @throws {Fault} 400 without a body */
  neededBody(type: TypeName): Entity {
    const { body } = this.call.request;
    if (typeof body !== 'string' || body.trim() === '')
      throw new Fault(400, 'Request syntactically incorrect.', 'The request has no body.', { key: 'EMPTY_BODY' });
    return this.body(type);
  }

  /**
   * Asks an operation of version 4 as the same user, whole or not at all: its permits, checks and faults are those of version 4.
   * @param segments path of version 4
   * @throws what the operation throws
   */
  ask(http: string, segments: readonly string[], body: Entity = {}, parameters: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const { call } = this;
    return dispatch(this.engine, this.#services, {
      ...call,
      http,
      segments: [...segments],
      body,
      parameters: call.parameters.with(parameters),
      wire: { ...call.wire },
      shownAt: this.#location(),
    });
  }

  /** Objects that an operation of version 4 lists. */
  async list(segments: readonly string[]): Promise<Entity[]> {
    const { reply } = await this.ask('GET', segments);
    if (reply.kind !== 'collection') throw new Error(`/${segments.join('/')} is no list`);
    const members = [...reply.entities];
    for await (const more of reply.more ?? []) members.push(...more);
    return members;
  }

  /** An outcome told as that of the path that was asked for. */
  here(outcome: Outcome): Outcome {
    return { ...outcome, context: { ...outcome.context, location: this.#location() } };
  }

  #location(): string {
    return `/${this.call.segments.map(encodeURIComponent).join('/')}`;
  }
}

/** What answers one operation of version 3. */
export type Handler = (request: RequestV3) => Promise<Outcome>;
