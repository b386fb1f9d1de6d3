import { ErrorCode, VdsmError } from './errors.ts';
import type { VdsmCall } from './request-handler.ts';

/** The shape of a table of verbs: an interface with an entry per `Namespace.verb`. */
export type VerbMap<Verbs> = { [M in keyof Verbs]: { params: unknown; returns: unknown } };

/** Any method, for callers that have its name from elsewhere. */
export type AnyVerbs = Record<string, { params: object; returns: unknown }>;

export type ParamsOf<Verbs extends VerbMap<Verbs>, M extends keyof Verbs> = Verbs[M]['params'] & object;
export type ReturnsOf<Verbs extends VerbMap<Verbs>, M extends keyof Verbs> = Verbs[M]['returns'];

/** What a host does for each verb that it knows. Parameters are as the peer sent them: each handler checks what it reads. */
export type VerbHandlers<Verbs extends VerbMap<Verbs>> = {
  [M in keyof Verbs]?: (params: ParamsOf<Verbs, M>, call: VdsmCall) => Promise<ReturnsOf<Verbs, M> | void>;
};

/** A `dispatch` for `VdsmServer` out of a table. An unknown method is −32601. */
export function dispatchTo<Verbs extends VerbMap<Verbs>>(handlers: VerbHandlers<Verbs>): (call: VdsmCall) => Promise<unknown> {
  const table = new Map(Object.entries(handlers)) as Map<string, ((params: object, call: VdsmCall) => Promise<unknown>) | undefined>;
  return async (call) => {
    const handler = table.get(call.method);
    if (!handler) throw new VdsmError(ErrorCode.methodNotFound, `Method ${JSON.stringify(call.method)} does not exist on this host`);
    return handler(call.params, call);
  };
}
