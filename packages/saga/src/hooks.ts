import type { SagaRecord, SagaStatus, StepRecord, StepStatus } from './records.ts';

/** One change of status, or of a step's progress. */
export type SagaChange =
  | { kind: 'saga'; from: SagaStatus | null; to: SagaStatus }
  | { kind: 'step'; step: StepRecord; from: StepStatus; to: StepStatus }
  | { kind: 'progress'; step: StepRecord };

/** What the owner of the sagas wants to know. */
export interface SagaHooks<Trx> {
  /**
   * Called in the transaction of a change, for each one, in order: what it writes is there exactly when the change is. An error
   * undoes the transaction.
   */
  onTransition?(trx: Trx, saga: Readonly<SagaRecord>, change: SagaChange): Promise<void>;
  /** Told of errors that are dealt with, such as a store that is not to be reached, or a step that will be retried. */
  onError?(error: unknown, where: { sagaId?: string; name?: string; step?: string; doing: string }): void;
}
