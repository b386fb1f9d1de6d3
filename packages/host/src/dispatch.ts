import { verbParameters } from '@virgate/contract/generated/vdsm';
import { ErrorCode, VdsmError } from '@virgate/vdsm';
import type { VdsmCall } from '@virgate/vdsm';
import { errorCode, notImplemented } from './verb.ts';
import type { VerbTable } from './verb.ts';

/** What the agent does with a call. */
export interface Dispatcher {
  (call: VdsmCall): Promise<unknown>;
}

/**
 * Finds the verb of a call. Until the agent has found its VMs again every verb answers 99; one that the
 * contract has and the agent has not answers 44, one that nobody knows −32601.
 *
 * @param check throws when the peer may not call this
 */
export function createDispatcher(verbs: VerbTable, isReady: () => boolean, check: (call: VdsmCall) => void = () => undefined): Dispatcher {
  const table = new Map(Object.entries(verbs));
  return async (call) => {
    if (!isReady())
      throw new VdsmError(errorCode.recovering, 'The host agent is starting and finds its virtual machines again; try again in a moment');
    check(call);
    const handler = table.get(call.method);
    if (handler) return await handler(call.params, call);
    if (Object.hasOwn(verbParameters, call.method)) throw notImplemented(call.method);
    throw new VdsmError(ErrorCode.methodNotFound, `Method ${JSON.stringify(call.method.slice(0, 100))} does not exist`);
  };
}
