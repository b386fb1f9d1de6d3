import { sagaLimits } from '../limits.ts';
import { SagaError } from '../errors.ts';

/** One lock. Locks of different groups on the same object don't meet. */
export interface LockRequest {
  /** What of the object is locked, such as `VM` or `VM_NAME`. */
  group: string;
  /** The object's id; for groups of names, the name. */
  objectId: string;
  mode: 'exclusive' | 'shared';
  /** What others are told while this lock is held. */
  messageKey?: string;
}

/** A lock that is held. */
export interface HeldLock extends LockRequest {
  sagaId: string;
}

/**
 * Pure: one request for each object, exclusive winning over shared, in an order that is the same for everybody, so that two takers never
 * wait for each other.
 *
 * @throws SagaError `too_large`.
 */
export function normalizeLocks(requests: readonly LockRequest[]): LockRequest[] {
  if (requests.length > sagaLimits.locks) {
    throw new SagaError('too_large', `${requests.length} locks were asked for; at most ${sagaLimits.locks} are possible at once.`);
  }
  const byObject = new Map<string, LockRequest>();
  for (const request of requests) {
    const key = lockKey(request);
    const known = byObject.get(key);
    if (known === undefined || (known.mode === 'shared' && request.mode === 'exclusive')) byObject.set(key, request);
  }
  return [...byObject.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, request]) => request);
}

/** Identity of what is locked. */
export function lockKey(lock: { group: string; objectId: string }): string {
  return `${lock.group}:${lock.objectId}`;
}

/** Pure: whether two locks on the same object by different holders can't be held together. */
export function locksCollide(a: { mode: LockRequest['mode'] }, b: { mode: LockRequest['mode'] }): boolean {
  return a.mode === 'exclusive' || b.mode === 'exclusive';
}
