import { OvfError } from '@virgate/contract/ovf';
import { EncodeError } from '@virgate/contract/xml';
import { classifyDatabaseError, isDatabaseUnavailable, isForeignKeyViolation } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import type { Logger } from 'pino';
import { Fault, refused, say, unavailable } from './fault.ts';
import type { Message } from './messages.ts';

/**
 * The fault for anything that an operation throws. What nobody foresaw becomes a 500 with a reference into the log, never
 * with its text: that may name what the caller must not see.
 */
export function asFault(error: unknown, log: Logger): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof LockConflictError) {
    const holder = error.holder;
    return refused((error.messageKey ?? 'ACTION_TYPE_FAILED_OBJECT_LOCKED') as Message, {
      action: holder?.description ?? holder?.title ?? 'another request',
      job: holder?.sagaId ?? '-',
    });
  }
  // one that lies on a storage domain: of one that a request brings its operation says in which attribute
  if (error instanceof OvfError) return refused('ACTION_TYPE_FAILED_UNSUPPORTED_OVF');
  if (isDatabaseUnavailable(error)) return unavailable('The database cannot be reached at the moment. Try again in a few seconds.');
  if (classifyDatabaseError(error) === 'retry') return unavailable('Too many changes of the same objects at once. Try again.', 1);
  const broken = classifyDatabaseError(error) === 'value' || isForeignKeyViolation(error);
  if (broken) log.warn({ err: error }, 'a request was refused by the database');
  if (isForeignKeyViolation(error)) return refused('REFERENCE_CHANGED');
  if (broken)
    return new Fault(400, 'Operation failed', 'A value of the request cannot be stored, such as an id that is not a UUID.', {
      key: 'MALFORMED_VALUE',
    });
  const incident = crypto.randomUUID().slice(0, 8);
  log.error({ err: error, incident, encode: error instanceof EncodeError }, 'unforeseen error in a request');
  return new Fault(500, 'Operation Failed', [say`[Internal engine error. Incident ${incident} in the engine's log tells more.]`], {
    key: 'INTERNAL_ERROR',
  });
}
