import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { forbidden } from './fault.ts';
import type { Context, Operation } from './operation.ts';

/** Whether the caller holds a permit on an object. */
export type Holds = (permit: string, subject: ObjectRef) => Promise<boolean>;

/**
 * The operation's permit, when the caller lacks it on something that the operation is about; null when he may.
 * @param holds how to find out: for who asks about many operations at once and remembers the answers
 */
export async function lackingPermit(
  operation: Operation,
  context: Context,
  holds: Holds = (permit, subject) => holdsPermit(context.db, context.user, permit, subject),
): Promise<string | null> {
  if (operation.permit === null) return null;
  const permit = operation.permitFor ? await operation.permitFor(context) : operation.permit;
  const subjects = operation.subjects ? await operation.subjects(context) : [{ type: 'system' as const, id: SYSTEM_ID }];
  for (const subject of subjects) if (!(await holds(permit, subject))) return permit;
  return null;
}

/**
 * Asks whether the caller holds the operation's permit on all that it is about.
 * @param name the operation, for the refusal: `VmService.start`
 * @throws {Fault} 403
 */
export async function authorize(operation: Operation, context: Context, name: string): Promise<void> {
  const lacking = await lackingPermit(operation, context);
  if (lacking !== null) throw forbidden(`${lacking} (${name})`);
}
