import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';

/** Gives a new VM or template the watchdog and the CD of what it is made of. */
export async function copyDevices(trx: Transaction<Tables>, fromId: string, toId: string, uuid: () => string): Promise<void> {
  await copyWatchdog(trx, fromId, toId, uuid);
  const cdrom = await trx.selectFrom('vm_cdrom').selectAll().where('vm_id', '=', fromId).executeTakeFirst();
  if (cdrom)
    await trx
      .insertInto('vm_cdrom')
      .values({ ...cdrom, vm_id: toId })
      .execute();
}

/** Gives a VM the watchdog of a template or instance type in place of its own; one without a watchdog takes none away. */
export async function copyWatchdog(trx: Transaction<Tables>, fromId: string, toId: string, uuid: () => string): Promise<void> {
  const watchdog = await trx.selectFrom('vm_watchdog').selectAll().where('vm_id', '=', fromId).executeTakeFirst();
  if (!watchdog) return;
  await trx
    .insertInto('vm_watchdog')
    .values({ ...watchdog, id: uuid(), vm_id: toId })
    .onConflict((there) => there.column('vm_id').doUpdateSet({ model: watchdog.model, action: watchdog.action }))
    .execute();
}
