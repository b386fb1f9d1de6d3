import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { derivedId } from '../rest/derived-id.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { GuestFacts } from '../vms/read.ts';

/** What guests of many VMs have told of themselves; VMs that the caller may not see are left out. */
export async function guestsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, GuestFacts>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<{ vm_id: string; guest: GuestFacts }>`
    select s.vm_id, s.guest from vm_state s join vm t on t.id = s.vm_id
    where s.vm_id = any(${vmIds.filter(isUuid)}::uuid[]) and ${visible}`.execute(context.db);
  return new Map(found.rows.map((row) => [row.vm_id, row.guest]));
}

/** Applications that guests report as installed, of many VMs at once. */
export async function applicationsOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const guests = await guestsOf(context, vmIds);
  return new Map(
    [...guests].map(([vmId, guest]) => [
      vmId,
      [...new Set(guest.applications ?? [])].map((name): Entity => ({ id: derivedId('application', vmId, name), name, vm: { id: vmId } })),
    ]),
  );
}
