import { LeaseLostError, LockConflictError } from '../errors.ts';
import { sagaLimits } from '../limits.ts';
import { locksCollide, lockKey, normalizeLocks, type HeldLock, type LockRequest } from '../locks/request.ts';
import { isLive, type JsonObject, type SagaRecord, type StepRecord, type StopRequest, type Subject } from '../records.ts';
import type { Claim, Held, Lease, NewSaga, Pruning, Renewal, SagaStore, StoreTopic } from '../store.ts';

/** Never changed in place: a transaction puts a new one into its own map. */
interface StoredSaga {
  readonly saga: Readonly<SagaRecord>;
  readonly incarnation: string | null;
  readonly woken: boolean;
  readonly steps: readonly StepRecord[];
  readonly subjects: readonly Subject[];
}

interface Data<World> {
  sagas: Map<string, StoredSaga>;
  locks: Map<string, readonly HeldLock[]>;
  fence: number;
  world: World;
}

/** A handle of the memory store. Inside a transaction `world` is that transaction's own copy; outside it is what is committed. */
export interface MemoryDb<World> {
  readonly world: World;
}

class Handle<World> implements MemoryDb<World> {
  readonly store: MemorySagaStore<World>;
  data: Data<World> | undefined;
  readonly announced: { topic: StoreTopic; sagaId: string }[] = [];
  private copied = false;

  constructor(store: MemorySagaStore<World>) {
    this.store = store;
  }

  get world(): World {
    if (this.data === undefined) return this.store.committed.world;
    if (!this.copied) this.data.world = structuredClone(this.data.world);
    this.copied = true;
    return this.data.world;
  }

  begin(committed: Data<World>): Data<World> {
    this.data = { ...committed, sagas: new Map(committed.sagas), locks: new Map(committed.locks) };
    return this.data;
  }
}

/**
 * Sagas in memory, with a clock of the caller's. `world` is what the sagas of a simulation change: it takes part in transactions, as the
 * owner's tables do in PostgreSQL. One transaction runs at a time.
 */
export class MemorySagaStore<World> implements SagaStore<MemoryDb<World>, MemoryDb<World>> {
  readonly db: MemoryDb<World>;
  committed: Data<World>;
  private readonly clock: () => number;
  private readonly handlers = new Map<StoreTopic, Set<(sagaId: string | undefined) => void>>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: { world: World; now: () => number }) {
    this.clock = options.now;
    this.committed = { sagas: new Map(), locks: new Map(), fence: 0, world: options.world };
    this.db = new Handle(this);
  }

  async transaction<T>(db: MemoryDb<World>, fn: (trx: MemoryDb<World>) => Promise<T>): Promise<T> {
    if ((db as Handle<World>).data !== undefined) return await fn(db);
    const before = this.turn;
    let finish = (): void => undefined;
    this.turn = new Promise<void>((resolve) => (finish = resolve));
    await before;
    const handle = new Handle(this);
    const data = handle.begin(this.committed);
    try {
      const result = await fn(handle);
      this.committed = data;
      for (const { topic, sagaId } of handle.announced) for (const handler of this.handlers.get(topic) ?? []) handler(sagaId);
      return result;
    } finally {
      handle.data = undefined;
      finish();
    }
  }

  isUnavailable(error: unknown): boolean {
    return (error as { code?: unknown } | null)?.code === 'store_unavailable';
  }

  async insert(trx: MemoryDb<World>, { saga, steps, subjects }: NewSaga): Promise<boolean> {
    const data = this.data(trx);
    if (data.sagas.has(saga.id)) return false;
    const now = this.clock();
    saga.createdAt = now;
    const live = isLive(saga.status);
    const stored: SagaRecord = { ...saga, wakeAt: live && !saga.external ? now : null, endedAt: live ? null : now };
    data.sagas.set(saga.id, structuredClone({ saga: stored, incarnation: null, woken: false, steps, subjects }));
    return true;
  }

  async insertStep(trx: MemoryDb<World>, sagaId: string, step: StepRecord): Promise<void> {
    this.patch(trx, sagaId, { steps: [...this.must(trx, sagaId).steps, { ...step }] });
  }

  async claim(claim: Claim): Promise<SagaRecord[]> {
    return await this.transaction(this.db, async (trx) => {
      const now = this.clock();
      const data = this.data(trx);
      const due = [...data.sagas.values()]
        .filter(
          ({ saga }) =>
            isDue(saga, now, claim.leaseMs) && claim.kinds.some((kind) => kind.name === saga.name && kind.version === saga.version),
        )
        .sort((a, b) => (a.saga.wakeAt ?? 0) - (b.saga.wakeAt ?? 0) || (a.saga.id < b.saga.id ? -1 : 1))
        .slice(0, claim.limit);
      return due.map((entry) => {
        data.fence += 1;
        const saga = { ...entry.saga, leaseOwner: claim.engineId, leaseUntil: now + claim.leaseMs, fence: data.fence };
        this.patch(trx, saga.id, { incarnation: claim.incarnation, woken: false, saga });
        return structuredClone(saga);
      });
    });
  }

  async expireEarlier(engineId: string, incarnation: string): Promise<number> {
    return await this.transaction(this.db, async (trx) => {
      let expired = 0;
      for (const entry of this.data(trx).sagas.values()) {
        if (entry.saga.leaseOwner !== engineId || entry.incarnation === incarnation) continue;
        this.patch(trx, entry.saga.id, { saga: { ...entry.saga, leaseOwner: null, leaseUntil: null } });
        expired += 1;
      }
      return expired;
    });
  }

  async hold(trx: MemoryDb<World>, lease: Lease): Promise<Held> {
    const entry = this.data(trx).sagas.get(lease.sagaId);
    if (entry === undefined || entry.saga.fence !== lease.fence || entry.saga.leaseOwner === null) {
      throw new LeaseLostError(lease.sagaId, lease.fence);
    }
    return { now: this.clock(), stopRequest: entry.saga.stopRequest, woken: entry.woken };
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<Renewal[]> {
    return await this.transaction(this.db, async (trx) =>
      leases.map(({ sagaId, fence }) => {
        const lease = { sagaId, fence };
        const entry = this.data(trx).sagas.get(lease.sagaId);
        if (entry === undefined || entry.saga.fence !== lease.fence || entry.saga.leaseOwner === null) {
          return { ...lease, outcome: 'lost' as const, stopRequest: null };
        }
        this.patch(trx, lease.sagaId, { saga: { ...entry.saga, leaseUntil: this.clock() + leaseMs } });
        return { ...lease, outcome: 'renewed' as const, stopRequest: entry.saga.stopRequest };
      }),
    );
  }

  async release(lease: Lease, delayMs: number): Promise<void> {
    await this.transaction(this.db, async (trx) => {
      const entry = this.data(trx).sagas.get(lease.sagaId);
      if (entry === undefined || entry.saga.fence !== lease.fence || entry.saga.leaseOwner === null) return;
      const wakeAt = this.clock() + (entry.woken ? 0 : delayMs);
      this.patch(trx, lease.sagaId, { woken: false, saga: { ...entry.saga, leaseOwner: null, leaseUntil: null, wakeAt } });
      await this.announce(trx, 'due', lease.sagaId);
    });
  }

  async write(trx: MemoryDb<World>, saga: SagaRecord, steps: readonly StepRecord[]): Promise<void> {
    const entry = this.must(trx, saga.id);
    const { stopRequest, leaseOwner, leaseUntil, fence } = entry.saga;
    const free = saga.leaseOwner === null;
    if (!isLive(saga.status) && this.heldBy(trx, saga.id).length > 0)
      throw new Error(`The saga ${saga.id} cannot end while it holds locks.`);
    const lease = free ? { leaseOwner: null, leaseUntil: null } : { leaseOwner, leaseUntil };
    this.patch(trx, saga.id, {
      woken: !free && entry.woken,
      saga: { ...saga, ...lease, stopRequest, fence, state: structuredClone(saga.state) },
    });
    await this.writeSteps(trx, saga.id, steps);
  }

  async writeSteps(trx: MemoryDb<World>, sagaId: string, steps: readonly StepRecord[]): Promise<void> {
    if (steps.length === 0) return;
    const written = [...this.must(trx, sagaId).steps];
    for (const step of steps) written[step.ordinal] = step;
    this.patch(trx, sagaId, { steps: written });
  }

  async writeState(trx: MemoryDb<World>, sagaId: string, state: JsonObject): Promise<void> {
    this.patch(trx, sagaId, { saga: { ...this.must(trx, sagaId).saga, state: structuredClone(state) } });
  }

  async wake(db: MemoryDb<World>, sagaId: string): Promise<boolean> {
    return await this.transaction(db, async (trx) => await this.makeDue(trx, sagaId, {}));
  }

  async requestStop(db: MemoryDb<World>, sagaId: string, request: StopRequest): Promise<boolean> {
    return await this.transaction(db, async (trx) => {
      const before = this.data(trx).sagas.get(sagaId)?.saga.stopRequest;
      return await this.makeDue(trx, sagaId, { stopRequest: before === 'abandon' ? before : request });
    });
  }

  async read(db: MemoryDb<World>, sagaId: string): Promise<SagaRecord | undefined> {
    return structuredClone(this.data(db).sagas.get(sagaId)?.saga);
  }

  async readForUpdate(trx: MemoryDb<World>, sagaId: string): Promise<SagaRecord | undefined> {
    return await this.read(trx, sagaId);
  }

  async readSteps(db: MemoryDb<World>, sagaId: string): Promise<StepRecord[]> {
    return [...(this.data(db).sagas.get(sagaId)?.steps ?? [])];
  }

  async readSubjects(db: MemoryDb<World>, sagaId: string): Promise<Subject[]> {
    return [...(this.data(db).sagas.get(sagaId)?.subjects ?? [])];
  }

  async prune(pruning: Pruning): Promise<number> {
    return await this.transaction(this.db, async (trx) => {
      const { sagas } = this.data(trx);
      const old = [...sagas.values()]
        .filter(({ saga }) => saga.autoCleared && saga.endedAt !== null)
        .filter(({ saga }) => (saga.endedAt ?? 0) < (saga.status === 'succeeded' ? pruning.succeededBefore : pruning.failedBefore))
        .slice(0, pruning.limit);
      for (const { saga } of old) sagas.delete(saga.id);
      return old.length;
    });
  }

  async remove(db: MemoryDb<World>, sagaId: string): Promise<boolean> {
    return await this.transaction(db, async (trx) => {
      const entry = this.data(trx).sagas.get(sagaId);
      if (entry === undefined || entry.saga.endedAt === null) return false;
      return this.data(trx).sagas.delete(sagaId);
    });
  }

  async nextDueAt(): Promise<number | undefined> {
    const times = [...this.committed.sagas.values()]
      .filter(({ saga }) => isLive(saga.status) && !saga.external && saga.wakeAt !== null)
      .map(({ saga }) => Math.max(saga.wakeAt ?? 0, saga.leaseUntil ?? 0));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  async now(): Promise<number> {
    return this.clock();
  }

  async lock(trx: MemoryDb<World>, sagaId: string | undefined, requests: readonly LockRequest[]): Promise<void> {
    const data = this.data(trx);
    const wanted = normalizeLocks(requests);
    for (const request of wanted) {
      const holder = (data.locks.get(lockKey(request)) ?? []).find((held) => held.sagaId !== sagaId && locksCollide(held, request));
      if (holder !== undefined) throw this.conflict(data, request, holder);
    }
    if (sagaId === undefined) return;
    if (!isLive(this.must(trx, sagaId).saga.status)) throw new Error(`The saga ${sagaId} has ended; it takes no locks.`);
    for (const request of wanted) {
      const held = data.locks.get(lockKey(request)) ?? [];
      const own = held.find((each) => each.sagaId === sagaId);
      const mode = own?.mode === 'exclusive' ? 'exclusive' : request.mode;
      const fresh: HeldLock = { ...own, ...request, mode, sagaId };
      data.locks.set(lockKey(request), [...held.filter((each) => each.sagaId !== sagaId), fresh]);
    }
  }

  async unlock(trx: MemoryDb<World>, sagaId: string): Promise<void> {
    const { locks } = this.data(trx);
    for (const [key, held] of locks) {
      const rest = held.filter((each) => each.sagaId !== sagaId);
      if (rest.length === 0) locks.delete(key);
      else locks.set(key, rest);
    }
  }

  async locks(db: MemoryDb<World>, objectIds?: readonly string[]): Promise<HeldLock[]> {
    const all = [...this.data(db).locks.values()].flat();
    return structuredClone(objectIds === undefined ? all : all.filter((held) => objectIds.includes(held.objectId)));
  }

  async announce(trx: MemoryDb<World>, topic: StoreTopic, sagaId: string): Promise<void> {
    (trx as Handle<World>).announced.push({ topic, sagaId });
  }

  async subscribe(topic: StoreTopic, handler: (sagaId: string | undefined) => void): Promise<() => void> {
    const handlers = this.handlers.get(topic) ?? new Set();
    this.handlers.set(topic, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  private data(db: MemoryDb<World>): Data<World> {
    return (db as Handle<World>).data ?? this.committed;
  }

  private must(trx: MemoryDb<World>, sagaId: string): StoredSaga {
    const entry = this.data(trx).sagas.get(sagaId);
    if (entry === undefined) throw new Error(`There is no saga ${sagaId}.`);
    return entry;
  }

  private patch(trx: MemoryDb<World>, sagaId: string, patch: Partial<StoredSaga>): void {
    this.data(trx).sagas.set(sagaId, { ...this.must(trx, sagaId), ...patch });
  }

  private heldBy(trx: MemoryDb<World>, sagaId: string): HeldLock[] {
    return [...this.data(trx).locks.values()].flat().filter((held) => held.sagaId === sagaId);
  }

  private async makeDue(trx: MemoryDb<World>, sagaId: string, patch: Partial<SagaRecord>): Promise<boolean> {
    const entry = this.data(trx).sagas.get(sagaId);
    if (entry === undefined || !isLive(entry.saga.status) || entry.saga.external) return false;
    const now = this.clock();
    this.patch(trx, sagaId, { woken: true, saga: { ...entry.saga, ...patch, wakeAt: Math.min(entry.saga.wakeAt ?? now, now) } });
    await this.announce(trx, 'due', sagaId);
    return true;
  }

  private conflict(data: Data<World>, request: LockRequest, held: HeldLock): LockConflictError {
    const holder = data.sagas.get(held.sagaId)?.saga;
    if (holder === undefined) throw new Error(`The lock ${lockKey(held)} has no saga.`);
    return new LockConflictError(request, held.messageKey, {
      sagaId: holder.id,
      name: holder.name,
      title: holder.title,
      description: holder.description,
      owner: holder.owner,
      startedAt: holder.startedAt ?? holder.createdAt,
    });
  }
}

/** Whether the saga's time has come and nobody holds it. What is too far in the future was written before the clock was set back. */
function isDue(saga: SagaRecord, now: number, leaseMs: number): boolean {
  if (!isLive(saga.status) || saga.external || saga.wakeAt === null) return false;
  const awake = saga.wakeAt <= now || saga.wakeAt > now + sagaLimits.longestWaitMs;
  return awake && (saga.leaseUntil === null || saga.leaseUntil <= now || saga.leaseUntil > now + leaseMs * sagaLimits.leaseFutures);
}
