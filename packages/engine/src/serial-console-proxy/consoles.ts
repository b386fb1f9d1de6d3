import { sql, type Kysely } from 'kysely';
import type { SignedIn } from '../access/permissions.ts';
import { objectKinds } from '../access/objects.ts';
import { withConsole } from '../consoles/ticket.ts';
import type { Tables } from '../tables/schema.ts';

/** A serial console that a user may open now. */
export interface SerialConsole {
  vmId: string;
  vmName: string;
  /** Address of the VM's host. */
  host: string;
}

/** Consoles that a list or a menu has at most. */
export const maxListed = 1000;

const permit = 'connect_to_serial_console';

/**
 * The serial consoles that a user may open now: of VMs that run, have one, and on which he has `connect_to_serial_console`, by name.
 * @param vm the only one that is asked for
 */
export async function serialConsolesOf(
  db: Kysely<Tables>,
  user: SignedIn,
  vm: { id?: string | undefined; name?: string | undefined } = {},
): Promise<SerialConsole[]> {
  const given = sql`from permission p join role r on r.id = p.role_id where p.principal_id = any(${user.principals}::uuid[]) and ${permit} = any(r.permits)`;
  const permitted = user.systemPermits.has(permit)
    ? sql`true`
    : sql`(v.id in (select p.object_id ${given}) or ${objectKinds.vm.parents('v')} && array(select p.object_id ${given}))`;
  const found = await sql<SerialConsole>`
    select v.id as "vmId", v.name as "vmName", h.address as host
    from vm v join vm_state s on s.vm_id = v.id join host h on h.id = s.host_id
    where v.entity_type = 'vm' and s.status = any(${withConsole}::text[]) and coalesce(v.settings #>> '{console,enabled}', 'true') <> 'false'
      and (${vm.id ?? null}::text is null or v.id::text = lower(${vm.id ?? null})) and (${vm.name ?? null}::text is null or v.name = ${vm.name ?? null})
      and ${permitted}
    order by v.name, v.id limit ${maxListed}`.execute(db);
  return found.rows;
}
