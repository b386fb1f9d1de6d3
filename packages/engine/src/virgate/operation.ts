import type { VirgateCalls } from '@virgate/contract/generated/virgate';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ObjectRef } from '../access/objects.ts';
import type { SignedIn } from '../access/permissions.ts';
import type { Engine } from '../engine.ts';
import { Fault } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import type { Detail } from '../rest/sentence.ts';

/** What is asked and answered by one method of the declaration. */
export interface VirgateCall {
  path: object;
  params: object;
  body: unknown;
  answer: unknown;
}

/** One request to our own API, checked against its declaration and attributed to a user. */
export interface VirgateContext<Call extends VirgateCall = VirgateCall> {
  readonly engine: Engine;
  readonly db: Engine['db'];
  /** @throws {Fault} 401 in a public method */
  readonly user: SignedIn;
  /** Ids of the path by the names of its template. */
  readonly path: Call['path'];
  readonly params: Call['params'];
  readonly body: Call['body'];
  /** The same request as operations of the REST contract see one: for what works on such. */
  readonly rest: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** One method of the declaration, as an engine handles it. Who may call it is said there. */
export interface VirgateOperation<Call extends VirgateCall> {
  /** The objects on which the declared permit is needed, where they are not what the path names. */
  subjects?(context: VirgateContext<Call>): Promise<ObjectRef[]> | ObjectRef[];
  /** @returns the answer; a method that streams writes to `reply` itself */
  run(context: VirgateContext<Call>): Promise<Call['answer']>;
}

/** Methods by service, as the declaration names both. */
export type VirgateOperations = {
  [Service in keyof VirgateCalls]?: {
    [Method in keyof VirgateCalls[Service]]?: VirgateCalls[Service][Method] extends VirgateCall
      ? VirgateOperation<VirgateCalls[Service][Method]>
      : never;
  };
};

/**
 * A refusal of our own API: `{code, message, field?}`.
 * @param code a word of our own in lower case; refusals of the contract keep the key of their message instead
 * @param message an English text that may have a translation, or with values of its own what `say` makes of it
 */
export const refusal = (status: number, code: string, message: string | Detail, field?: string): Fault =>
  new Fault(status, 'Operation Failed', message, { key: code, ...(field === undefined ? {} : { field }) });
