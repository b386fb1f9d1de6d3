/** Where a saga stands. The first three are live: only a live saga may hold locks. */
export type SagaStatus = 'pending' | 'running' | 'undoing' | 'succeeded' | 'failed' | 'aborted';

/** Where a step stands. `failed` stays when the failed step has been undone; `undo_failed` means that undoing it was given up. */
export type StepStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'undoing' | 'undone' | 'undo_failed';

/** What was asked of a live saga: `cancel` undoes it, `abandon` ends it where it stands. */
export type StopRequest = 'cancel' | 'abandon';

/** Why a saga or a step failed, as it is stored. */
export interface StoredError {
  code: string;
  message: string;
  /** Message keys for whoever shows the error. */
  messages?: string[];
  /** What else the error says of itself (`details`), as plain data; left out when it is too long. */
  details?: unknown;
  /** Name of the step that failed. */
  step?: string;
  /** Steps whose undo was given up: what they did is still there. */
  undoFailed?: { step: string; code: string; message: string }[];
  /** True when an operator ended the saga where it stood. */
  abandoned?: boolean;
}

/** What a saga is about, for finding it by object. */
export interface Subject {
  type: string;
  id: string;
}

/** A plain object that JSON carries. */
export type JsonObject = object;

/** A saga's row. Times are epoch milliseconds of the store's clock. */
export interface SagaRecord {
  id: string;
  name: string;
  version: number;
  title: string | null;
  description: string | null;
  params: JsonObject;
  state: JsonObject;
  status: SagaStatus;
  /** The user for whom it runs. */
  owner: string | null;
  sessionId: string | null;
  correlationId: string | null;
  /** Kept up by an outside client; no runner touches it. */
  external: boolean;
  /** Whether `prune` removes it. */
  autoCleared: boolean;
  leaseOwner: string | null;
  leaseUntil: number | null;
  /** Number of the latest lease: greater for every lease that was ever taken later, of any saga. */
  fence: number;
  wakeAt: number | null;
  stopRequest: StopRequest | null;
  error: StoredError | null;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
}

/** A step's row. */
export interface StepRecord {
  /** Stable id, for interfaces that show steps. */
  id: string;
  ordinal: number;
  parentId: string | null;
  name: string;
  title: string | null;
  status: StepStatus;
  /** How often it was started, apart from continued waiting. */
  attempt: number;
  /** How often it threw and is to be tried again. */
  failures: number;
  /** How often it was continued after a wait. */
  polls: number;
  undoAttempt: number;
  undoFailures: number;
  /** It returned a wait and is to be continued. */
  waiting: boolean;
  /** 0 to 100, when the step says. */
  progress: number | null;
  externalId: string | null;
  externalSystem: string | null;
  intentAt: number | null;
  doneAt: number | null;
  undoIntentAt: number | null;
  undoneAt: number | null;
  error: StoredError | null;
}

/** Whether a saga of this status still has work before it. */
export function isLive(status: SagaStatus): boolean {
  return status === 'pending' || status === 'running' || status === 'undoing';
}

/** A step that has not begun. */
export function freshStep(id: string, ordinal: number, name: string, title: string | null): StepRecord {
  return {
    id,
    ordinal,
    parentId: null,
    name,
    title,
    status: 'pending',
    attempt: 0,
    failures: 0,
    polls: 0,
    undoAttempt: 0,
    undoFailures: 0,
    waiting: false,
    progress: null,
    externalId: null,
    externalSystem: null,
    intentAt: null,
    doneAt: null,
    undoIntentAt: null,
    undoneAt: null,
    error: null,
  };
}
