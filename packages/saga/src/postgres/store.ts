import { isDatabaseUnavailable, json, sqlState, timestamp, transaction, type Listener } from '@virgate/database';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { LeaseLostError } from '../errors.ts';
import { sagaLimits } from '../limits.ts';
import type { HeldLock, LockRequest } from '../locks/request.ts';
import { isLive, type JsonObject, type SagaRecord, type StepRecord, type StopRequest, type Subject } from '../records.ts';
import type { Claim, Held, Lease, NewSaga, Pruning, Renewal, SagaStore, StoreTopic } from '../store.ts';
import { acquireLocks, readLocks } from './locks.ts';
import { optionalJson, stepChange, time, toSaga, toStep } from './rows.ts';
import type { SagaTables } from './tables.ts';

/** What the store works on. */
export interface PostgresStoreOptions<DB extends SagaTables> {
  db: Kysely<DB>;
  listener: Listener;
  /** Another clock than the server's, for simulations. */
  now?: () => number;
}

const channels: Record<StoreTopic, string> = { due: 'saga_due', ended: 'saga_ended' };

type Plain = Kysely<SagaTables>;

/** Sagas in PostgreSQL. All times between engines are the database server's. */
export class PostgresSagaStore<DB extends SagaTables> implements SagaStore<Kysely<DB>, Transaction<DB>> {
  readonly db: Kysely<DB>;
  private readonly listener: Listener;
  private readonly clock: (() => number) | undefined;

  constructor(options: PostgresStoreOptions<DB>) {
    this.db = options.db;
    this.listener = options.listener;
    this.clock = options.now;
  }

  async transaction<T>(db: Kysely<DB>, fn: (trx: Transaction<DB>) => Promise<T>): Promise<T> {
    return await transaction(db, fn);
  }

  isUnavailable(error: unknown): boolean {
    // What was still in the way after all tries is no fault of the step either.
    const state = sqlState(error);
    return isDatabaseUnavailable(error) || state === '40001' || state === '40P01' || state === '25P03';
  }

  async insert(trx: Transaction<DB>, { saga, steps, subjects }: NewSaga): Promise<boolean> {
    const inserted = await plain(trx)
      .insertInto('saga')
      .values({
        id: saga.id,
        name: saga.name,
        version: saga.version,
        title: saga.title,
        description: saga.description,
        params: json(saga.params),
        state: json(saga.state),
        status: saga.status,
        owner: saga.owner,
        session_id: saga.sessionId,
        correlation_id: saga.correlationId,
        external: saga.external,
        auto_cleared: saga.autoCleared,
        wake_at: isLive(saga.status) && !saga.external ? sql<Date>`${this.nowSql()}` : null,
        error: optionalJson(saga.error),
        created_at: sql<Date>`${this.nowSql()}`,
        started_at: saga.startedAt === null ? null : timestamp(saga.startedAt),
        ended_at: isLive(saga.status) ? null : sql<Date>`${this.nowSql()}`,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('created_at')
      .executeTakeFirst();
    if (inserted === undefined) return false;
    saga.createdAt = inserted.created_at;
    for (const step of steps) await this.insertStep(trx, saga.id, step);
    if (subjects.length > 0) {
      await sql`
        insert into saga_subject (saga_id, object_type, object_id)
        select distinct ${saga.id}::uuid, object_type, object_id
        from unnest(${subjects.map((each) => each.type)}::text[], ${subjects.map((each) => each.id)}::text[])
          as subject (object_type, object_id)`.execute(trx);
    }
    return true;
  }

  async insertStep(trx: Transaction<DB>, sagaId: string, step: StepRecord): Promise<void> {
    await plain(trx)
      .insertInto('saga_step')
      .values({
        saga_id: sagaId,
        ordinal: step.ordinal,
        id: step.id,
        parent_id: step.parentId,
        name: step.name,
        title: step.title,
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
        intent_at: time(step.intentAt),
        done_at: time(step.doneAt),
        undo_intent_at: time(step.undoIntentAt),
        undone_at: time(step.undoneAt),
        error: optionalJson(step.error),
      })
      .execute();
  }

  async claim(claim: Claim): Promise<SagaRecord[]> {
    const { rows } = await sql<Parameters<typeof toSaga>[0]>`
      with due as (
        select id from saga
        where live and not external
          and (wake_at <= ${this.nowSql()} or wake_at > ${this.nowSql()} + ${sagaLimits.longestWaitMs} * interval '1 millisecond')
          and (lease_until is null or lease_until <= ${this.nowSql()}
            or lease_until > ${this.nowSql()} + ${claim.leaseMs * sagaLimits.leaseFutures} * interval '1 millisecond')
          and (name, version) in (
            select * from unnest(${claim.kinds.map((kind) => kind.name)}::text[], ${claim.kinds.map((kind) => kind.version)}::integer[])
          )
        order by wake_at, id
        limit ${claim.limit}
        for update skip locked
      )
      update saga
      set lease_owner = ${claim.engineId}, lease_incarnation = ${claim.incarnation}::uuid,
        lease_until = ${this.nowSql()} + ${claim.leaseMs} * interval '1 millisecond',
        fence = nextval('saga_fence'), woken = false
      from due where saga.id = due.id
      returning saga.*`.execute(this.db);
    return rows.map(toSaga).sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0));
  }

  async expireEarlier(engineId: string, incarnation: string): Promise<number> {
    const { numAffectedRows } = await sql`
      update saga set lease_owner = null, lease_incarnation = null, lease_until = null
      where live and lease_owner = ${engineId} and lease_incarnation <> ${incarnation}::uuid`.execute(this.db);
    return Number(numAffectedRows ?? 0);
  }

  async hold(trx: Transaction<DB>, lease: Lease): Promise<Held> {
    const { rows } = await sql<{ now: number; stop_request: StopRequest | null; woken: boolean }>`
      select ${this.nowSql()} as now, stop_request, woken from saga
      where id = ${lease.sagaId}::uuid and fence = ${lease.fence} and lease_owner is not null
      for no key update`.execute(trx);
    const row = rows[0];
    if (row === undefined) throw new LeaseLostError(lease.sagaId, lease.fence);
    return { now: row.now, stopRequest: row.stop_request, woken: row.woken };
  }

  async renew(leases: readonly Lease[], leaseMs: number): Promise<Renewal[]> {
    if (leases.length === 0) return [];
    const ids = leases.map((lease) => lease.sagaId);
    const fences = leases.map((lease) => lease.fence);
    const { rows } = await sql<{ id: string; fence: number; renewed: boolean; owned: boolean; stop_request: StopRequest | null }>`
      with mine as (
        select * from unnest(${ids}::uuid[], ${fences}::bigint[]) as mine (id, fence)
      ), free as (
        select saga.id from saga join mine on saga.id = mine.id and saga.fence = mine.fence
        where saga.lease_owner is not null
        for no key update of saga skip locked
      ), renewed as (
        update saga set lease_until = ${this.nowSql()} + ${leaseMs} * interval '1 millisecond'
        from free where saga.id = free.id
        returning saga.id, saga.fence
      )
      select mine.id, mine.fence, renewed.id is not null as renewed,
        coalesce(saga.fence = mine.fence and saga.lease_owner is not null, false) as owned, saga.stop_request
      from mine left join saga on saga.id = mine.id left join renewed on renewed.id = mine.id and renewed.fence = mine.fence`.execute(
      this.db,
    );
    return rows.map((row) => ({
      sagaId: row.id,
      fence: row.fence,
      outcome: row.renewed ? 'renewed' : row.owned ? 'busy' : 'lost',
      stopRequest: row.stop_request,
    }));
  }

  async release(lease: Lease, delayMs: number): Promise<void> {
    await transaction(this.db, async (trx) => {
      await sql`
        update saga
        set lease_owner = null, lease_incarnation = null, lease_until = null, woken = false,
          wake_at = ${this.nowSql()} + case when woken then 0 else ${delayMs}::double precision end * interval '1 millisecond'
        where id = ${lease.sagaId}::uuid and fence = ${lease.fence} and lease_owner is not null`.execute(trx);
      await this.announce(trx, 'due', lease.sagaId);
    });
  }

  async write(trx: Transaction<DB>, saga: SagaRecord, steps: readonly StepRecord[]): Promise<void> {
    const free = saga.leaseOwner === null;
    await sql`
      update saga
      set status = ${saga.status}, state = cast(${JSON.stringify(saga.state)} as jsonb), error = ${optionalJson(saga.error)},
        wake_at = ${time(saga.wakeAt)}, started_at = ${time(saga.startedAt)}, ended_at = ${time(saga.endedAt)}
        ${free ? sql`, lease_owner = null, lease_incarnation = null, lease_until = null, woken = false` : sql``}
      where id = ${saga.id}::uuid`.execute(trx);
    if (steps.length > 0) await this.writeSteps(trx, saga.id, steps);
  }

  async writeSteps(trx: Transaction<DB>, sagaId: string, steps: readonly StepRecord[]): Promise<void> {
    await sql`
      update saga_step
      set status = new.status, attempt = new.attempt, failures = new.failures, polls = new.polls, undo_attempt = new.undo_attempt,
        undo_failures = new.undo_failures, waiting = new.waiting, progress = new.progress, external_id = new.external_id,
        external_system = new.external_system, intent_at = new.intent_at, done_at = new.done_at,
        undo_intent_at = new.undo_intent_at, undone_at = new.undone_at, error = new.error
      from jsonb_populate_recordset(null::saga_step, cast(${JSON.stringify(steps.map(stepChange))} as jsonb)) as new
      where saga_step.saga_id = ${sagaId}::uuid and saga_step.ordinal = new.ordinal`.execute(trx);
  }

  async writeState(trx: Transaction<DB>, sagaId: string, state: JsonObject): Promise<void> {
    await plain(trx)
      .updateTable('saga')
      .set({ state: json(state) })
      .where('id', '=', sagaId)
      .execute();
  }

  async wake(db: Kysely<DB>, sagaId: string): Promise<boolean> {
    return await this.transaction(db, async (trx) => {
      const { numAffectedRows } = await sql`
        update saga set woken = true, wake_at = least(wake_at, ${this.nowSql()})
        where id = ${sagaId}::uuid and live and not external`.execute(trx);
      if (numAffectedRows !== 1n) return false;
      await this.announce(trx, 'due', sagaId);
      return true;
    });
  }

  async requestStop(db: Kysely<DB>, sagaId: string, request: StopRequest): Promise<boolean> {
    return await this.transaction(db, async (trx) => {
      const { numAffectedRows } = await sql`
        update saga
        set stop_request = case when stop_request = 'abandon' then stop_request else ${request} end,
          woken = true, wake_at = least(wake_at, ${this.nowSql()})
        where id = ${sagaId}::uuid and live and not external`.execute(trx);
      if (numAffectedRows !== 1n) return false;
      await this.announce(trx, 'due', sagaId);
      return true;
    });
  }

  async read(db: Kysely<DB>, sagaId: string): Promise<SagaRecord | undefined> {
    const row = await plain(db).selectFrom('saga').selectAll().where('id', '=', sagaId).executeTakeFirst();
    return row === undefined ? undefined : toSaga(row);
  }

  async readForUpdate(trx: Transaction<DB>, sagaId: string): Promise<SagaRecord | undefined> {
    const row = await plain(trx).selectFrom('saga').selectAll().where('id', '=', sagaId).forNoKeyUpdate().executeTakeFirst();
    return row === undefined ? undefined : toSaga(row);
  }

  async readSteps(db: Kysely<DB>, sagaId: string): Promise<StepRecord[]> {
    const rows = await plain(db).selectFrom('saga_step').selectAll().where('saga_id', '=', sagaId).orderBy('ordinal').execute();
    return rows.map(toStep);
  }

  async readSubjects(db: Kysely<DB>, sagaId: string): Promise<Subject[]> {
    const rows = await plain(db)
      .selectFrom('saga_subject')
      .selectAll()
      .where('saga_id', '=', sagaId)
      .orderBy('object_type')
      .orderBy('object_id')
      .execute();
    return rows.map((row) => ({ type: row.object_type, id: row.object_id }));
  }

  async prune(pruning: Pruning): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from saga where id in (
        select id from saga
        where auto_cleared and ended_at is not null
          and ended_at < case when status = 'succeeded' then ${timestamp(pruning.succeededBefore)}::timestamptz else ${timestamp(pruning.failedBefore)}::timestamptz end
        order by ended_at limit ${pruning.limit}
        for update skip locked
      )`.execute(this.db);
    return Number(numAffectedRows ?? 0);
  }

  async remove(db: Kysely<DB>, sagaId: string): Promise<boolean> {
    const { numDeletedRows } = await plain(db)
      .deleteFrom('saga')
      .where('id', '=', sagaId)
      .where('ended_at', 'is not', null)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }

  async nextDueAt(): Promise<number | undefined> {
    const { rows } = await sql<{ due: number | null }>`
      select min(greatest(wake_at, coalesce(lease_until, wake_at))) as due from saga where live and not external`.execute(this.db);
    return rows[0]?.due ?? undefined;
  }

  async now(db: Kysely<DB>): Promise<number> {
    const { rows } = await sql<{ now: number }>`select ${this.nowSql()} as now`.execute(db);
    return (rows[0] as { now: number }).now;
  }

  async lock(trx: Transaction<DB>, sagaId: string | undefined, requests: readonly LockRequest[], waitMs: number): Promise<void> {
    await acquireLocks(plain(trx), sagaId, requests, waitMs);
  }

  async unlock(trx: Transaction<DB>, sagaId: string): Promise<void> {
    await plain(trx).deleteFrom('object_lock').where('saga_id', '=', sagaId).execute();
  }

  async locks(db: Kysely<DB>, objectIds?: readonly string[]): Promise<HeldLock[]> {
    return await readLocks(plain(db), objectIds);
  }

  async announce(trx: Transaction<DB>, topic: StoreTopic, sagaId: string): Promise<void> {
    await sql`select pg_notify(${channels[topic]}, ${sagaId})`.execute(trx);
  }

  async subscribe(topic: StoreTopic, handler: (sagaId: string | undefined) => void): Promise<() => void> {
    return await this.listener.listen(channels[topic], handler, () => handler(undefined));
  }

  /** The store's clock, rounded to what a JavaScript number carries. */
  private nowSql(): RawBuilder<number> {
    if (this.clock !== undefined) return sql<number>`${timestamp(this.clock())}::timestamptz`;
    return sql<number>`date_trunc('milliseconds', clock_timestamp())`;
  }
}

/** The owner's schema has the saga tables among others; here only they matter. */
function plain<DB extends SagaTables>(db: Kysely<DB>): Plain {
  return db as unknown as Plain;
}
