import type { Generated, GeneratedTimestamp, Json, Timestamp } from '@virgate/database';
import type { ColumnType } from 'kysely';
import type { SagaStatus, StepStatus, StopRequest, StoredError } from '../records.ts';

/** Rows of the saga layer, for a schema of the owner's to extend. */
export interface SagaTables {
  saga: SagaTable;
  saga_step: SagaStepTable;
  saga_subject: SagaSubjectTable;
  object_lock: ObjectLockTable;
}

export interface SagaTable {
  id: string;
  name: string;
  version: number;
  title: string | null;
  description: string | null;
  params: Json<object>;
  state: Json<object>;
  status: SagaStatus;
  /** `status` is one of the live ones. */
  live: ColumnType<boolean, never, never>;
  owner: string | null;
  session_id: string | null;
  correlation_id: string | null;
  external: Generated<boolean>;
  auto_cleared: Generated<boolean>;
  lease_owner: string | null;
  lease_incarnation: string | null;
  lease_until: Timestamp | null;
  fence: Generated<number>;
  wake_at: Timestamp | null;
  woken: Generated<boolean>;
  stop_request: StopRequest | null;
  error: Json<StoredError> | null;
  created_at: GeneratedTimestamp;
  started_at: Timestamp | null;
  ended_at: Timestamp | null;
}

export interface SagaStepTable {
  saga_id: string;
  ordinal: number;
  id: string;
  parent_id: string | null;
  name: string;
  title: string | null;
  status: StepStatus;
  attempt: number;
  failures: number;
  polls: number;
  undo_attempt: number;
  undo_failures: number;
  waiting: boolean;
  progress: number | null;
  external_id: string | null;
  external_system: string | null;
  intent_at: Timestamp | null;
  done_at: Timestamp | null;
  undo_intent_at: Timestamp | null;
  undone_at: Timestamp | null;
  error: Json<StoredError> | null;
}

export interface SagaSubjectTable {
  saga_id: string;
  object_type: string;
  object_id: string;
}

export interface ObjectLockTable {
  lock_group: string;
  object_id: string;
  saga_id: string;
  exclusive: boolean;
  message_key: string | null;
  acquired_at: GeneratedTimestamp;
}
