import { sqlState } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import { LockConflictError, SagaError } from '../errors.ts';
import { lockKey, normalizeLocks, type HeldLock, type LockRequest } from '../locks/request.ts';
import type { SagaTables } from './tables.ts';

interface ConflictRow {
  ordinal: number;
  message_key: string | null;
  saga_id: string;
  name: string;
  title: string | null;
  description: string | null;
  owner: string | null;
  started_at: number;
}

/**
 * Takes locks, all or none.
 *
 * Two things make a lock. An advisory lock of the transaction lets one taker in at a time, and is the whole lock of a short operation. A row
 * in `object_lock` is what a saga leaves behind for as long as it lives. A taker first waits for the advisory lock, then looks at the rows.
 *
 * @throws LockConflictError; SagaError `isolation_unsupported` in a transaction whose snapshot may be older than the wait.
 */
export async function acquireLocks(
  trx: Kysely<SagaTables>,
  sagaId: string | undefined,
  requests: readonly LockRequest[],
  waitMs: number,
): Promise<void> {
  const wanted = normalizeLocks(requests);
  if (wanted.length === 0) return;
  const groups = wanted.map((each) => each.group);
  const objectIds = wanted.map((each) => each.objectId);
  const exclusive = wanted.map((each) => each.mode === 'exclusive');
  await waitForShortOperations(trx, wanted, exclusive, waitMs);
  const { rows } = await sql<ConflictRow>`
    select wanted.ordinal::integer - 1 as ordinal, held.message_key, held.saga_id, saga.name, saga.title, saga.description, saga.owner,
      coalesce(saga.started_at, saga.created_at) as started_at
    from unnest(${groups}::text[], ${objectIds}::text[], ${exclusive}::boolean[])
      with ordinality as wanted (lock_group, object_id, exclusive, ordinal)
    join object_lock as held using (lock_group, object_id)
    join saga on saga.id = held.saga_id
    where (held.exclusive or wanted.exclusive) and held.saga_id is distinct from ${sagaId ?? null}::uuid
    order by wanted.ordinal, held.exclusive desc, held.acquired_at
    limit 1`.execute(trx);
  const conflict = rows[0];
  if (conflict !== undefined) throw conflictOf(wanted[conflict.ordinal] as LockRequest, conflict);
  if (sagaId === undefined) return;
  const messageKeys = wanted.map((each) => each.messageKey ?? null);
  await sql`
    insert into object_lock (lock_group, object_id, saga_id, exclusive, message_key)
    select lock_group, object_id, ${sagaId}::uuid, exclusive, message_key
    from unnest(${groups}::text[], ${objectIds}::text[], ${exclusive}::boolean[], ${messageKeys}::text[])
      as wanted (lock_group, object_id, exclusive, message_key)
    on conflict (lock_group, object_id, saga_id) do update
      set exclusive = object_lock.exclusive or excluded.exclusive,
        message_key = coalesce(excluded.message_key, object_lock.message_key)`.execute(trx);
}

async function waitForShortOperations(
  trx: Kysely<SagaTables>,
  wanted: readonly LockRequest[],
  exclusive: readonly boolean[],
  waitMs: number,
): Promise<void> {
  const { rows } = await sql<{ isolation: string; lock_timeout: string }>`
    select current_setting('transaction_isolation') as isolation, current_setting('lock_timeout') as lock_timeout,
      set_config('lock_timeout', ${String(Math.max(1, Math.ceil(waitMs)))}, true)`.execute(trx);
  const before = rows[0] as { isolation: string; lock_timeout: string };
  if (before.isolation !== 'read committed') {
    throw new SagaError(
      'isolation_unsupported',
      `Locks can be taken in a "read committed" transaction only; this one is "${before.isolation}".`,
    );
  }
  // The order of the keys is the same for everybody, so that two takers never wait for each other.
  const keys = wanted.map(lockKey);
  try {
    await sql`
      select case when exclusive then pg_advisory_xact_lock(key) else pg_advisory_xact_lock_shared(key) end
      from (
        select hashtextextended(name, 7246) as key, bool_or(exclusive) as exclusive
        from unnest(${keys}::text[], ${[...exclusive]}::boolean[]) as wanted (name, exclusive)
        group by 1 order by 1
      ) as ordered`.execute(trx);
  } catch (error) {
    if (sqlState(error) === '55P03') throw new LockConflictError(wanted[0] as LockRequest, undefined, undefined);
    throw error;
  }
  await sql`select set_config('lock_timeout', ${before.lock_timeout}, true)`.execute(trx);
}

function conflictOf(request: LockRequest, row: ConflictRow): LockConflictError {
  return new LockConflictError(request, row.message_key ?? undefined, {
    sagaId: row.saga_id,
    name: row.name,
    title: row.title,
    description: row.description,
    owner: row.owner,
    startedAt: row.started_at,
  });
}

/** Locks on objects, or all of them. */
export async function readLocks(db: Kysely<SagaTables>, objectIds: readonly string[] | undefined): Promise<HeldLock[]> {
  let query = db.selectFrom('object_lock').selectAll().orderBy('lock_group').orderBy('object_id').orderBy('saga_id');
  if (objectIds !== undefined) query = query.where(sql<boolean>`object_id = any(${[...objectIds]}::text[])`);
  const rows = await query.execute();
  return rows.map((row) => ({
    group: row.lock_group,
    objectId: row.object_id,
    mode: row.exclusive ? 'exclusive' : 'shared',
    sagaId: row.saga_id,
    ...(row.message_key === null ? {} : { messageKey: row.message_key }),
  }));
}
