import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { Tables } from '../tables/schema.ts';

/** A VM whose console somebody opens or leaves, and the host that says so. */
interface Place {
  vm: { id: string; name: string };
  host: { id: string; name: string };
}

/**
 * Takes in from where a VM's console is looked at: who opened it is the one for whom the last ticket was made.
 * @param address empty when nobody looks
 */
export async function noteConsoleClient(trx: Transaction<Tables>, place: Place, address: string): Promise<void> {
  const known = await trx.selectFrom('vm_console_user').selectAll().where('vm_id', '=', place.vm.id).executeTakeFirst();
  const before = known?.client_address ?? '';
  if (before === address) return;
  const user = { id: known?.user_id ?? '', name: known?.user_name ?? '' };
  await (address === ''
    ? trx.deleteFrom('vm_console_user').where('vm_id', '=', place.vm.id).execute()
    : trx
        .insertInto('vm_console_user')
        .values({ vm_id: place.vm.id, user_id: null, user_name: '', protocol: '', client_address: address })
        .onConflict((there) => there.column('vm_id').doUpdateSet({ client_address: address }))
        .execute());
  await recordEvent(trx, {
    name: address === '' ? 'VM_CONSOLE_DISCONNECTED' : 'VM_CONSOLE_CONNECTED',
    vm: place.vm,
    host: place.host,
    ...(user.id === '' ? {} : { user }),
  });
}
