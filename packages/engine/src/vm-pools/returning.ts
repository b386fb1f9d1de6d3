import { predefinedRoles } from '@virgate/contract/generated/roles';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** The role that whoever takes a VM of a pool gets on it. Source: engine behaviour, VM pools. */
export const takerRole = 'UserRole';

interface TakenRow {
  vm_id: string;
  vm_name: string;
  pool_name: string;
  user_id: string;
  user_name: string | null;
}

async function release(trx: Trx, taken: readonly TakenRow[]): Promise<void> {
  const role = predefinedRoles.find((one) => one.name === takerRole);
  for (const row of taken) {
    await trx.updateTable('vm_pool_member').set({ user_id: null, taken_at: null }).where('vm_id', '=', row.vm_id).execute();
    const revoked = await trx
      .deleteFrom('permission')
      .where('object_id', '=', row.vm_id)
      .where('principal_id', '=', row.user_id)
      .where('role_id', '=', role?.id ?? '')
      .returning('id')
      .execute();
    await recordEvent(trx, {
      name: 'USER_DETACH_USER_FROM_POOL',
      vm: { id: row.vm_id, name: row.vm_name },
      user: { id: row.user_id, name: row.user_name ?? '' },
      values: { pool: row.pool_name },
    });
    await noteChange(
      trx,
      'permission',
      revoked.map((one) => one.id),
      'remove',
    );
  }
}

const takenOf = (trx: Trx, vmIds: readonly string[], automaticOnly: boolean) =>
  sql<TakenRow>`select m.vm_id, v.name as vm_name, p.name as pool_name, m.user_id, u.principal || '@' || u.domain as user_name
    from vm_pool_member m join vm_pool p on p.id = m.vm_pool_id join vm v on v.id = m.vm_id join vm_state s on s.vm_id = m.vm_id left join app_user u on u.id = m.user_id
    where m.vm_id = any(${[...vmIds]}::uuid[]) and m.user_id is not null and s.status in ('down', 'image_locked') and (${!automaticOnly} or p.type = 'automatic')`.execute(
    trx,
  );

/** VMs of automatic pools go back to their pools when they go down, in the transaction that notes it; of manual ones they stay taken. */
export async function returnToPools(trx: Trx, vmIds: readonly string[]): Promise<void> {
  await release(trx, (await takenOf(trx, vmIds, true)).rows);
}

/** A run that a pool asked for: for the user who takes the VM, or for nobody yet. */
export interface PoolRun {
  id: string;
  name: string;
  forUser: boolean;
}

/** What comes of a run that a pool asked for, in the transaction that ends the job. */
export async function poolRunEnded(
  trx: Trx,
  run: PoolRun,
  vm: { id: string; name: string },
  about: { user: { id: string; name: string } | null; correlationId: string; jobId: string },
  succeeded: boolean,
): Promise<void> {
  if (run.forUser) {
    await recordEvent(trx, {
      name: succeeded ? 'USER_ATTACH_USER_TO_VM_FROM_POOL_FINISHED_SUCCESS' : 'USER_ATTACH_USER_TO_VM_FROM_POOL_FINISHED_FAILURE',
      vm,
      ...about,
      values: { pool: run.name },
    });
    if (!succeeded) await release(trx, (await takenOf(trx, [vm.id], false)).rows);
    return;
  }
  await sql`update vm_pool set failures = ${succeeded ? sql`0` : sql`failures + 1`} where id = ${run.id}`.execute(trx);
  if (!succeeded) await recordEvent(trx, { name: 'VM_FAILED_TO_PRESTART_IN_POOL', vm, ...about, values: { pool: run.name } });
}
