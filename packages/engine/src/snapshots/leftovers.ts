import { transaction } from '@virgate/database';
import { LockConflictError, defineSaga, type RetryPolicy, type SagaContext, type SagaStep, type Wait } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { Fault } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { deleteVolume, type DroppedVolume } from './chain.ts';

/**
 * The deletion of volumes that no chain has any more. A job that made one superfluous has done its work by then: when the storage does not
 * let it go the job ends well, and the deletion is tried again by itself, ever more rarely, until an event says what is to be done. The rows
 * tell all, so that any engine goes on with it.
 */

type Trx = Transaction<Tables>;

/** How often a job tries to delete a volume before it leaves it. */
const attemptsOfJob = 4;
/** For the steps of {@link deleteNowOrLater}: it ends the retries of refusals by itself. */
export const deletionRetry: RetryPolicy = { attempts: 8, delayMs: 1_000 };

const checkMs = 5_000;
const minuteMs = 60_000;
const longestPauseMs = 60 * minuteMs;
/** With these pauses it is tried for about a day. */
const attemptsLimit = 28;

/** How long to wait after so many vain attempts. */
export const pauseMs = (attempts: number): number => Math.min(minuteMs * 2 ** (attempts - 1), longestPauseMs);

/**
 * Deletes a volume that nothing uses any more; what cannot be deleted after some tries is left to be tried again later. To be returned from a
 * step with {@link deletionRetry}.
 */
export async function deleteNowOrLater<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  disk: { diskId: string; dataCenterId: string; storageDomainId: string },
  volumeId: string,
): Promise<Wait | undefined> {
  try {
    return await deleteVolume(ctx, hosts, disk, volumeId);
  } catch (error) {
    if (!(error instanceof Fault) || ctx.attempt < attemptsOfJob) throw error;
    await ctx.tx(async (trx) => {
      await trx
        .insertInto('leftover_volume')
        .values({
          id: volumeId,
          disk_id: disk.diskId,
          storage_domain_id: disk.storageDomainId,
          next_at: new Date(ctx.now() + pauseMs(1)),
          reason: error.message,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
    return undefined;
  }
}

/** Steps that delete volumes which are out of use, each before what it stands on. */
export const dropSteps = <P extends { dropped: DroppedVolume[] }, S extends TaskState>(
  hosts: HostSessions,
  dropped: readonly DroppedVolume[],
): SagaStep<P, S, Trx>[] =>
  dropped.map((volume, index) => ({
    name: `drop-${index}`,
    title: `Deleting a volume of disk ${volume.name}`,
    retry: deletionRetry,
    run: async (ctx) => deleteNowOrLater(ctx as never, hosts, volume, volume.volumeId),
    record: async (_ctx, trx) => void (await trx.deleteFrom('image').where('id', '=', volume.volumeId).execute()),
  }));

/** Deletes what is left of a disk before its volumes are merged: hosts refuse to merge what a leftover stands on. To be returned from a step. */
export async function deleteLeftoversOf<S extends TaskState>(
  ctx: SagaContext<object, S, Trx>,
  hosts: HostSessions,
  disk: { diskId: string; dataCenterId: string; storageDomainId: string },
): Promise<Wait | undefined> {
  const left = await ctx.tx((trx) =>
    trx.selectFrom('leftover_volume').select('id').where('disk_id', '=', disk.diskId).orderBy('created_at').orderBy('id').execute(),
  );
  for (const { id } of left) {
    const wait = await deleteVolume(ctx, hosts, disk, id);
    if (wait) return wait;
    await ctx.tx((trx) => trx.deleteFrom('leftover_volume').where('id', '=', id).execute());
  }
  return undefined;
}

/**
 * Has the vain deletion of leftovers tried again from the beginning: the storage was seen to, or other volumes of the disk are deleted.
 * @param of all of a storage domain, or those of some disks
 */
export async function tryLeftoversAgain(trx: Trx, of: { domainId: string } | { diskIds: readonly string[] }): Promise<void> {
  await sql`update leftover_volume set attempts = 1, next_at = now()
    where attempts > 1 and ${'domainId' in of ? sql`storage_domain_id = ${of.domainId}` : sql`disk_id = any(${[...of.diskIds]}::uuid[])`}`.execute(
    trx,
  );
}

interface Params {
  volume: DroppedVolume;
}

/** One more attempt; a vain one is noted, and the last one told. */
export const deleteLeftoverSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'DeleteLeftoverVolume',
    version: 1,
    title: ({ volume }) => `Deleting a volume that disk ${volume.name} does not use any more`,
    locks: ({ volume }) => [{ group: 'DISK', objectId: volume.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {} }),
    steps: ({ volume }) => [
      {
        name: 'delete',
        title: `Deleting a volume of disk ${volume.name}`,
        run: async (ctx) => deleteVolume(ctx as never, hosts, volume, volume.volumeId),
        record: async (_ctx, trx) => void (await trx.deleteFrom('leftover_volume').where('id', '=', volume.volumeId).execute()),
      },
    ],
    async ended(end, trx) {
      if (end.status !== 'succeeded') await noteVainAttempt(trx, end.params.volume, { jobId: end.id, reason: end.error?.message ?? '' });
    },
  }) as unknown as EngineSaga;

async function noteVainAttempt(trx: Trx, volume: DroppedVolume, { jobId, reason }: { jobId: string; reason: string }): Promise<void> {
  const row = await trx.selectFrom('leftover_volume').select('attempts').where('id', '=', volume.volumeId).executeTakeFirst();
  if (row === undefined) return;
  const attempts = row.attempts + 1;
  const isLast = attempts >= attemptsLimit;
  await sql`update leftover_volume set attempts = ${attempts}, reason = ${reason},
      next_at = ${isLast ? null : sql`now() + ${pauseMs(attempts)} * interval '1 millisecond'`}
    where id = ${volume.volumeId}`.execute(trx);
  if (!isLast) return;
  const domain = await trx.selectFrom('storage_domain').select(['id', 'name']).where('id', '=', volume.storageDomainId).executeTakeFirst();
  await recordEvent(trx, {
    name: 'USER_MOVE_IMAGE_GROUP_FAILED_TO_DELETE_SRC_IMAGE',
    ...(domain ? { storageDomain: domain } : {}),
    jobId,
    values: { volume: volume.volumeId, disk: volume.name, attempts: String(attempts), reason },
  });
}

/** Looks for leftovers whose next attempt is due, and makes it. Any engine may do it, at any time. */
export class LeftoverVolumes extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; log: Logger }) {
    super({ what: 'leftover volumes', everyMs: checkMs, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
  }

  protected async look(): Promise<void> {
    // A disk's leftovers go one after the other, those that stand on others first; a domain that is not active says nothing of them.
    const found = await sql<DroppedVolume>`
      select distinct on (l.disk_id) l.id as "volumeId", l.disk_id as "diskId", d.name, x.data_center_id as "dataCenterId", l.storage_domain_id as "storageDomainId"
      from leftover_volume l join disk d on d.id = l.disk_id
        join data_center_storage_domain x on x.storage_domain_id = l.storage_domain_id and x.status = 'active'
      where l.next_at <= now() and d.status = 'ok'
        and not exists (select 1 from object_lock o where o.lock_group = 'DISK' and o.object_id = l.disk_id::text)
      order by l.disk_id, l.next_at, l.created_at limit 20`.execute(this.#db);
    for (const volume of found.rows) {
      const request = { params: { volume }, description: `Deleting a volume that disk ${volume.name} does not use any more`, subjects: [] };
      await transaction(this.#db, (trx) => this.#jobs.beginFor<Params>(trx, null, 'DeleteLeftoverVolume', request)).catch(
        (error: unknown) => {
          // another engine, or another job on the disk, was faster
          if (!(error instanceof LockConflictError)) throw error;
        },
      );
    }
  }
}
