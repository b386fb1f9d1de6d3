import type { HeldLock, LockRequest } from './locks/request.ts';
import type { JsonObject, SagaRecord, StepRecord, StopRequest, Subject } from './records.ts';

/** A saga with everything that is stored of it at the start. */
export interface NewSaga {
  saga: SagaRecord;
  steps: StepRecord[];
  subjects: Subject[];
}

/** A lease as the worker knows it. */
export interface Lease {
  sagaId: string;
  fence: number;
}

/** What to claim. */
export interface Claim {
  engineId: string;
  /** Different for every start of the engine. */
  incarnation: string;
  leaseMs: number;
  limit: number;
  /** Only sagas that this engine knows how to run. */
  kinds: readonly { name: string; version: number }[];
}

/** What a look at the saga's row under its lock shows. */
export interface Held {
  /** The store's clock, epoch milliseconds. */
  now: number;
  stopRequest: StopRequest | null;
  /** It was woken since it was taken. */
  woken: boolean;
}

/** What came of renewing a lease. `busy`: a transaction has the row, so nobody can take it either. */
export interface Renewal extends Lease {
  outcome: 'renewed' | 'busy' | 'lost';
  stopRequest: StopRequest | null;
}

/** Which ended sagas to remove. */
export interface Pruning {
  succeededBefore: number;
  failedBefore: number;
  limit: number;
}

/** `due`: there may be something to claim; `ended`: the saga of that id has ended. */
export type StoreTopic = 'due' | 'ended';

/**
 * Where sagas live. `Db` is a handle outside of transactions, `Trx` one inside; a method that takes `Db` joins the transaction when it is
 * given one.
 */
export interface SagaStore<Db, Trx extends Db> {
  readonly db: Db;
  /** Runs `fn` in a transaction (the given one, or a new one), repeating it when others are in its way. */
  transaction<T>(db: Db, fn: (trx: Trx) => Promise<T>): Promise<T>;
  /** Whether the error means that the store can't be used now, through no fault of the caller. */
  isUnavailable(error: unknown): boolean;

  /** Stores a saga; fills in `createdAt` by the store's clock. False when there is one of this id already. */
  insert(trx: Trx, saga: NewSaga): Promise<boolean>;
  /** Takes due sagas: whose time has come and that nobody holds. */
  claim(claim: Claim): Promise<SagaRecord[]>;
  /** Makes the leases of earlier incarnations of this engine end now; says how many. */
  expireEarlier(engineId: string, incarnation: string): Promise<number>;
  /** Locks the saga's row for this transaction and makes sure that the lease is still ours. @throws LeaseLostError */
  hold(trx: Trx, lease: Lease): Promise<Held>;
  /** Renews leases in one statement. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<Renewal[]>;
  /** Gives a lease back; the saga is due again after the delay. A lease that is lost is fine. */
  release(lease: Lease, delayMs: number): Promise<void>;
  /** Writes what the runner decides of a saga and of the given steps. Does not touch `stopRequest`, nor the lease unless the record has none. */
  write(trx: Trx, saga: SagaRecord, steps: readonly StepRecord[]): Promise<void>;
  writeSteps(trx: Trx, sagaId: string, steps: readonly StepRecord[]): Promise<void>;
  writeState(trx: Trx, sagaId: string, state: JsonObject): Promise<void>;
  /** Makes the saga due now; also when it is running: its next wait then ends at once. False when it is not live. */
  wake(db: Db, sagaId: string): Promise<boolean>;
  /** Notes what was asked of a saga and makes it due. False when it is not live. */
  requestStop(db: Db, sagaId: string, request: StopRequest): Promise<boolean>;

  read(db: Db, sagaId: string): Promise<SagaRecord | undefined>;
  /** Reads a saga and locks its row for the transaction. */
  readForUpdate(trx: Trx, sagaId: string): Promise<SagaRecord | undefined>;
  readSteps(db: Db, sagaId: string): Promise<StepRecord[]>;
  readSubjects(db: Db, sagaId: string): Promise<Subject[]>;
  /** Adds a step to a saga that is external. */
  insertStep(trx: Trx, sagaId: string, step: StepRecord): Promise<void>;
  /** Removes ended sagas that are cleared by themselves; says how many. */
  prune(pruning: Pruning): Promise<number>;
  /** Removes one ended saga; false when it is not there or live. */
  remove(db: Db, sagaId: string): Promise<boolean>;
  /** When the next saga is due, by the store's clock; undefined when none waits. */
  nextDueAt(): Promise<number | undefined>;
  /** The store's clock. */
  now(db: Db): Promise<number>;

  /**
   * Takes locks, all or none: for the saga until it ends, or, without one, for the transaction. Waits for short operations up to `waitMs`.
   * @throws LockConflictError
   */
  lock(trx: Trx, sagaId: string | undefined, requests: readonly LockRequest[], waitMs: number): Promise<void>;
  /** Gives back all locks of a saga. */
  unlock(trx: Trx, sagaId: string): Promise<void>;
  /** Locks on objects, or all. */
  locks(db: Db, objectIds?: readonly string[]): Promise<HeldLock[]>;

  /** Tells every engine when the transaction commits. */
  announce(trx: Trx, topic: StoreTopic, sagaId: string): Promise<void>;
  /** Hears announcements; `payload` is the saga's id, or undefined when some may have been missed. */
  subscribe(topic: StoreTopic, handler: (sagaId: string | undefined) => void): Promise<() => void>;
}
