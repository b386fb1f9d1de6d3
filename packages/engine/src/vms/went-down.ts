import type { Transaction } from 'kysely';
import { failBackupsOf } from '../backups/rows.ts';
import { lockUntilReturned } from '../snapshots/stateless.ts';
import type { Tables } from '../tables/schema.ts';
import { returnToPools } from '../vm-pools/returning.ts';
import { applyNextRun } from './next-run.ts';
import { queueFailedVms } from './restarts.ts';

/**
 * What the end of VMs' runs brings with it, in the transaction that notes them as down: their backups end, stateless ones are locked until they
 * are what they were, the others get what waited for their next start, those of automatic pools are free again, and highly available ones that
 * failed are to be started again. Source: engine behaviour, a VM that went down.
 */
export async function vmsWentDown(trx: Transaction<Tables>, vmIds: readonly string[]): Promise<void> {
  await failBackupsOf(trx, vmIds, 'the VM does not run any more');
  await lockUntilReturned(trx, vmIds);
  await applyNextRun(trx, vmIds);
  await returnToPools(trx, vmIds);
  await queueFailedVms(trx, vmIds);
}
