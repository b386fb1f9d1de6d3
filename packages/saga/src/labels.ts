import { SagaError } from './errors.ts';
import { sagaLimits } from './limits.ts';
import type { SagaRecord, Subject } from './records.ts';

/** What every saga may say of itself. */
export interface SagaLabels {
  /** The user for whom it runs. */
  owner?: string;
  sessionId?: string;
  correlationId?: string;
  /** For people; default the definition's title. */
  title?: string;
  description?: string;
  /** What it is about, for finding it by object. */
  subjects?: readonly Subject[];
  /** Default true: `prune` removes it some time after its end. */
  autoCleared?: boolean;
}

/** A record with nothing but its labels. */
export function newSaga(id: string, name: string, labels: SagaLabels): SagaRecord {
  return {
    id,
    name,
    version: 0,
    title: labels.title ?? null,
    description: labels.description ?? null,
    params: {},
    state: {},
    status: 'pending',
    owner: labels.owner ?? null,
    sessionId: labels.sessionId ?? null,
    correlationId: labels.correlationId ?? null,
    external: false,
    autoCleared: labels.autoCleared ?? true,
    leaseOwner: null,
    leaseUntil: null,
    fence: 0,
    wakeAt: null,
    stopRequest: null,
    error: null,
    createdAt: 0,
    startedAt: null,
    endedAt: null,
  };
}

/** The subjects. @throws SagaError `too_large`. */
export function subjectsOf(labels: SagaLabels): Subject[] {
  const subjects = [...(labels.subjects ?? [])];
  if (subjects.length > sagaLimits.subjects) {
    throw new SagaError('too_large', `A saga may have ${sagaLimits.subjects} subjects; this one has ${subjects.length}.`);
  }
  return subjects;
}
