/** Durable multi-step work: a journal of steps with undo, leases with fencing numbers, object locks. */
export {
  defineSaga,
  Wait,
  type AnySagaDefinition,
  type ListedSagaDefinition,
  type RetryPolicy,
  type SagaContext,
  type SagaDefinition,
  type SagaEnd,
  type SagaStep,
} from './definition.ts';
export {
  createSagas,
  Sagas,
  type CancelAnswer,
  type RecordOptions,
  type SagaDetails,
  type SagaOutcome,
  type SagasOptions,
  type StartOptions,
} from './sagas.ts';
export type { SagaLabels } from './labels.ts';
export { ExternalJobs, type ExternalJobOptions, type ExternalStepOptions } from './external-jobs.ts';
export { createRunner, type Runner, type RunnerOptions } from './runner.ts';
export type { SagaChange, SagaHooks } from './hooks.ts';
export type { ProbePoint } from './execution/environment.ts';
export {
  LeaseLostError,
  LockConflictError,
  SagaError,
  StepAbortedError,
  type AbortCause,
  type LockHolder,
  type SagaErrorCode,
} from './errors.ts';
export type { HeldLock, LockRequest } from './locks/request.ts';
export {
  isLive,
  type SagaRecord,
  type SagaStatus,
  type StepRecord,
  type StepStatus,
  type StopRequest,
  type StoredError,
  type Subject,
} from './records.ts';
export { sagaLimits } from './limits.ts';
export { systemClock, type Clock } from './clock.ts';
export { derivedUuid } from './identity.ts';
export type { SagaStore } from './store.ts';
export { PostgresSagaStore, type PostgresStoreOptions } from './postgres/store.ts';
export { sagaMigrations } from './postgres/migrations.ts';
export type { ObjectLockTable, SagaStepTable, SagaSubjectTable, SagaTable, SagaTables } from './postgres/tables.ts';
export { MemorySagaStore, type MemoryDb } from './memory/store.ts';
