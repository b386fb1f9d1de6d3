import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Jobs } from '../jobs/jobs.ts';
import { Fault } from '../rest/fault.ts';
import { boundByFunctions, hasFunctions } from '../nics/virtual-functions.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from './lock.ts';
import { migrateJob, type MigrateParams } from './migrate-saga.ts';
import { checkStatus } from './status-rules.ts';

/** A VM that the engine moves of its own accord. */
export type EngineMigration = Pick<MigrateParams, 'vmId' | 'vmName' | 'sourceId' | 'sourceName' | 'onlyHosts' | 'cause'>;

/** SQL: whether the engine may move a VM without being asked. `vm` is the alias of its table. */
export const movable = (vm: string): RawBuilder<boolean> => sql<boolean>`(${sql.ref(`${vm}.affinity`)} = 'migratable'
  and not exists (select 1 from vm_host_device d where d.vm_id = ${sql.ref(`${vm}.id`)})
  and not exists (select 1 from disk_attachment r where r.vm_id = ${sql.ref(`${vm}.id`)} and r.active and r.uses_scsi_reservation)
  and not ${boundByFunctions(sql.ref(`${vm}.id`))})`;

/** SQL: whether a job is at work on a VM, by the alias of its table. */
export const busy = (vm: string): RawBuilder<boolean> => sql<boolean>`exists (
  select 1 from object_lock l where l.object_id = ${sql.ref(`${vm}.id`)}::text and l.lock_group = 'VM')`;

/**
 * Begins to move a VM, within a transaction.
 * @throws {LockConflictError} somebody works on it
 * @throws {Fault} 409: it is in no state in which it can be moved, or has left the host
 */
export async function beginEngineMigration(trx: Transaction<Tables>, jobs: Jobs, uuid: () => string, move: EngineMigration): Promise<void> {
  await jobs.beginFor<MigrateParams>(trx, null, migrateJob, {
    params: { ...move, user: null, correlationId: uuid(), hasFunctions: await hasFunctions(trx, move.vmId) },
    description: `Migrating VM ${move.vmName}`,
    subjects: [
      { type: 'vm', id: move.vmId },
      { type: 'host', id: move.sourceId },
    ],
  });
  const state = await stateOf(trx, move.vmId);
  checkStatus('MigrateVm', state.status);
}

/** As {@link beginEngineMigration}, in a transaction of its own; a VM that cannot be moved now is left to a later round. */
export async function tryEngineMigration(db: Kysely<Tables>, jobs: Jobs, uuid: () => string, move: EngineMigration): Promise<void> {
  try {
    await transaction(db, (trx) => beginEngineMigration(trx, jobs, uuid, move));
  } catch (error) {
    // Somebody works on it, or it just starts or stops: the next round sees.
    if (!(error instanceof LockConflictError || error instanceof Fault)) throw error;
  }
}
