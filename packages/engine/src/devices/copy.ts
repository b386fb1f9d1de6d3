import { json } from '@virgate/database';
import type { Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { copyExternalData } from '../vms/external-data.ts';

/** Gives a new VM or template the watchdog, the mediated devices, the CD, and the firmware's data of what it is made of. */
export async function copyDevices(trx: Transaction<Tables>, fromId: string, toId: string, uuid: () => string): Promise<void> {
  await copyWatchdog(trx, fromId, toId, uuid);
  await copyMediatedDevices(trx, fromId, toId, uuid);
  await copyExternalData(trx, fromId, toId);
  const cdrom = await trx.selectFrom('vm_cdrom').selectAll().where('vm_id', '=', fromId).executeTakeFirst();
  if (cdrom)
    await trx
      .insertInto('vm_cdrom')
      .values({ ...cdrom, vm_id: toId })
      .execute();
}

async function copyMediatedDevices(trx: Transaction<Tables>, fromId: string, toId: string, uuid: () => string): Promise<void> {
  const devices = await trx
    .selectFrom('vm_mediated_device')
    .select('spec_params')
    .where('vm_id', '=', fromId)
    .orderBy('created_at')
    .execute();
  for (const { spec_params: properties } of devices)
    await trx
      .insertInto('vm_mediated_device')
      .values({ id: uuid(), vm_id: toId, spec_params: json(properties) })
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
