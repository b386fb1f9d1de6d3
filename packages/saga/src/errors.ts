import type { LockRequest } from './locks/request.ts';
import { sagaLimits } from './limits.ts';
import type { StoredError } from './records.ts';

/** This worker no longer holds the saga: another one does, or the saga has ended. Nothing was written. */
export class LeaseLostError extends Error {
  readonly code = 'lease_lost';
  readonly sagaId: string;
  readonly fence: number;

  constructor(sagaId: string, fence: number) {
    super(`The lease ${fence} of saga ${sagaId} is no longer held.`);
    this.name = 'LeaseLostError';
    this.sagaId = sagaId;
    this.fence = fence;
  }
}

/** Who holds a lock. */
export interface LockHolder {
  sagaId: string;
  name: string;
  title: string | null;
  description: string | null;
  owner: string | null;
  startedAt: number;
}

/** A lock is held by something else. */
export class LockConflictError extends Error {
  readonly code = 'lock_conflict';
  /** The lock that was asked for. */
  readonly object: { group: string; objectId: string };
  /** What the holder wants others to be told; undefined when the holder is a short operation. */
  readonly messageKey: string | undefined;
  /** The running saga that holds it; undefined when the holder is a short operation that did not end in time. */
  readonly holder: LockHolder | undefined;
  /** All the keys to show, as errors that are stored carry them. */
  readonly messages: string[];

  constructor(request: LockRequest, messageKey: string | undefined, holder: LockHolder | undefined) {
    const by = holder === undefined ? 'a short operation' : `${holder.description ?? holder.title ?? holder.name} (saga ${holder.sagaId})`;
    super(`${request.group} ${request.objectId} is locked by ${by}: wait for it to end and try again.`);
    this.name = 'LockConflictError';
    this.object = { group: request.group, objectId: request.objectId };
    this.messageKey = messageKey;
    this.holder = holder;
    this.messages = messageKey === undefined ? [] : [messageKey];
  }
}

export type SagaErrorCode =
  | 'saga_cancelled'
  | 'step_timed_out'
  | 'step_attempts_exceeded'
  | 'step_unresponsive'
  | 'definition_unknown'
  | 'definition_changed'
  | 'definition_invalid'
  | 'too_large'
  | 'isolation_unsupported'
  | 'not_found'
  | 'not_external';

/** A coded failure of the saga layer itself. */
export class SagaError extends Error {
  readonly code: SagaErrorCode;

  constructor(code: SagaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SagaError';
    this.code = code;
  }
}

/** Why a step's signal was aborted. */
export type AbortCause = 'lease_lost' | 'shutdown' | 'cancelled' | 'timed_out';

/** The reason that a step's signal carries. */
export class StepAbortedError extends Error {
  readonly code = 'step_aborted';
  readonly abortCause: AbortCause;

  constructor(abortCause: AbortCause) {
    super(`The step was told to stop: ${abortCause.replaceAll('_', ' ')}.`);
    this.name = 'StepAbortedError';
    this.abortCause = abortCause;
  }
}

/** A simulated end of the worker: nothing it does afterwards reaches the store. Only simulations throw it. */
export class WorkerCrashedError extends Error {
  readonly code = 'worker_crashed';

  constructor() {
    super('The simulated worker has crashed.');
    this.name = 'WorkerCrashedError';
  }
}

/** What an error says of itself, as plain data; undefined when that is nothing, no such data or too much. */
function plainDetails(details: unknown): unknown {
  try {
    const text = JSON.stringify(details ?? undefined);
    return text !== undefined && text.length <= sagaLimits.errorTextLength ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** An error as it is stored: bounded, and without a stack. */
export function storedError(error: unknown, step?: string): StoredError {
  const thrown = error as { code?: unknown; message?: unknown; messages?: unknown; details?: unknown } | null | undefined;
  const stored: StoredError = {
    code: typeof thrown?.code === 'string' ? thrown.code.slice(0, 200) : 'internal',
    message: (typeof thrown?.message === 'string' ? thrown.message : String(error)).slice(0, sagaLimits.errorTextLength),
  };
  if (Array.isArray(thrown?.messages)) {
    const keys = thrown.messages.filter((each): each is string => typeof each === 'string');
    if (keys.length > 0) stored.messages = keys.slice(0, sagaLimits.errorMessages).map((each) => each.slice(0, sagaLimits.errorTextLength));
  }
  const details = plainDetails(thrown?.details);
  if (details !== undefined) stored.details = details;
  if (step !== undefined) stored.step = step;
  return stored;
}
