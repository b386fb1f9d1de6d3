import type { Session } from '@virgate/contract/generated/types';
import { derivedId } from '../rest/derived-id.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { guestsOf } from './applications.ts';

/** An address's version, by its form. */
const versionOf = (address: string): 'v4' | 'v6' => (address.includes(':') ? 'v6' : 'v4');

/** Who uses many VMs now: he who looks at the console, and he whom the guest says is signed in to it. */
export async function sessionsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const guests = await guestsOf(context, vmIds);
  const consoles = await context.db
    .selectFrom('vm_console_user')
    .selectAll()
    .where('vm_id', 'in', guests.size === 0 ? [derivedId('none')] : [...guests.keys()])
    .where('client_address', 'is not', null)
    .execute();
  return new Map(
    [...guests].map(([vmId, guest]) => {
      const console = consoles.find((one) => one.vm_id === vmId);
      const sessions: Session[] = [];
      if (console)
        sessions.push({
          id: derivedId('console session', vmId, console.user_name),
          console_user: true,
          ...(console.protocol === '' ? {} : { protocol: console.protocol }),
          ip: { address: console.client_address ?? '', version: versionOf(console.client_address ?? '') },
          ...(console.user_id === null ? {} : { user: { id: console.user_id } }),
          vm: { id: vmId },
        });
      const [first] = (guest.interfaces ?? []).flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]);
      if (guest.user !== undefined)
        sessions.push({
          id: derivedId('guest session', vmId, guest.user),
          console_user: false,
          ...(first === undefined ? {} : { ip: { address: first, version: versionOf(first) } }),
          user: { user_name: guest.user },
          vm: { id: vmId },
        });
      return [vmId, sessions as Entity[]];
    }),
  );
}
