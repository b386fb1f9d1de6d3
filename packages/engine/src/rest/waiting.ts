import type { VerbName } from '@virgate/contract/generated/vdsm';
import { Fault } from './fault.ts';

/** An operation, or a case of one, that can only be done by a verb which our host agent does not answer yet. */
export interface Waiting {
  /** As the contract's route table names it; where an operation has several paths, the shortest. */
  readonly operation: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`;
  /** Which case of the operation waits; all of it when missing. Completes "when ...". */
  readonly when?: string;
  readonly verb: VerbName;
  /** What of the verb is missing, where the agent answers it for other things. */
  readonly part?: string;
}

/**
 * Everything that waits for hosts. Up to the place where the host would be asked such an operation is real: permit, validation,
 * refusal by state. `npm run coverage` prints this table; it only shrinks.
 */
export const waiting = [
  { operation: 'POST /externalvmimports', when: 'it comes from another manager', verb: 'Host.convertExternalVm' },
] as const satisfies readonly Waiting[];

type Entry = (typeof waiting)[number];

/** Operations that wait, as a whole or in a case. */
export type WaitingOperation = Entry['operation'];

/** The cases of an operation that wait: none when all of it does. */
type Cases<Operation extends WaitingOperation> =
  Extract<Entry, { operation: Operation }> extends infer Found
    ? Found extends { readonly when: infer When }
      ? [when: When]
      : Found extends Entry
        ? []
        : never
    : never;

/** The answer of an operation that waits for hosts: 501, naming the verb or what they would have to do. What is not in the table does not compile. */
export function waitsFor<Operation extends WaitingOperation>(operation: Operation, ...cases: Cases<Operation>): Fault {
  const when: unknown = cases[0];
  const entry: Waiting | undefined = waiting.find((one: Waiting) => one.operation === operation && one.when === when);
  if (entry === undefined) throw new Error(`${operation} is not in the table of what waits for hosts`);
  const what = `the host verb ${entry.part === undefined ? entry.verb : `${entry.verb} (${entry.part})`}, which the host agent does not have yet`;
  return new Fault(501, 'Not Implemented', `${operation}${entry.when === undefined ? '' : ` when ${entry.when}`} waits for ${what}.`, {
    key: 'NOT_IMPLEMENTED',
  });
}
