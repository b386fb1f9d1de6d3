import { json, timestamp } from '@virgate/database';
import { sql, type Selectable } from 'kysely';
import type { SagaRecord, StepRecord } from '../records.ts';
import type { SagaStepTable, SagaTable } from './tables.ts';

/** A saga's row as a record. */
export function toSaga(row: Selectable<SagaTable>): SagaRecord {
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    title: row.title,
    description: row.description,
    params: row.params,
    state: row.state,
    status: row.status,
    owner: row.owner,
    sessionId: row.session_id,
    correlationId: row.correlation_id,
    external: row.external,
    autoCleared: row.auto_cleared,
    leaseOwner: row.lease_owner,
    leaseUntil: row.lease_until,
    fence: row.fence,
    wakeAt: row.wake_at,
    stopRequest: row.stop_request,
    error: row.error,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** A step's row as a record. */
export function toStep(row: Selectable<SagaStepTable>): StepRecord {
  return {
    id: row.id,
    ordinal: row.ordinal,
    parentId: row.parent_id,
    name: row.name,
    title: row.title,
    status: row.status,
    attempt: row.attempt,
    failures: row.failures,
    polls: row.polls,
    undoAttempt: row.undo_attempt,
    undoFailures: row.undo_failures,
    waiting: row.waiting,
    progress: row.progress,
    externalId: row.external_id,
    externalSystem: row.external_system,
    intentAt: row.intent_at,
    doneAt: row.done_at,
    undoIntentAt: row.undo_intent_at,
    undoneAt: row.undone_at,
    error: row.error,
  };
}

/** A time that may be missing. */
export function time(epochMs: number | null): Date | null {
  return epochMs === null ? null : timestamp(epochMs);
}

/** A `jsonb` that may be missing. */
export function optionalJson<T>(value: T | null) {
  return value === null ? sql<T>`null` : json(value);
}

/** The columns of a step that change, for one update of many. */
export function stepChange(step: StepRecord): Record<string, unknown> {
  return {
    ordinal: step.ordinal,
    status: step.status,
    attempt: step.attempt,
    failures: step.failures,
    polls: step.polls,
    undo_attempt: step.undoAttempt,
    undo_failures: step.undoFailures,
    waiting: step.waiting,
    progress: step.progress,
    external_id: step.externalId,
    external_system: step.externalSystem,
    intent_at: isoTime(step.intentAt),
    done_at: isoTime(step.doneAt),
    undo_intent_at: isoTime(step.undoIntentAt),
    undone_at: isoTime(step.undoneAt),
    error: step.error,
  };
}

function isoTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
