import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Message } from '../rest/messages.ts';
import { assignFunctions, type FreeFunction } from '../scheduling/virtual-functions.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/**
 * SQL for the virtual functions of a host that nobody uses, as {@link FreeFunction}s: no VM that runs there, or is on its way there, has them, and their own NICs have no
 * network of the host. A NIC that does not let its functions have all networks names networks and labels.
 */
export const freeFunctions = (host: RawBuilder<unknown>): RawBuilder<FreeFunction[]> => sql<FreeFunction[]>`coalesce((
  select jsonb_agg(jsonb_build_object('device', f.name, 'networks', case when coalesce(c.all_networks_allowed, true) then null else (
      select coalesce(jsonb_agg(w.vdsm_name), '[]') from network w where
        exists (select 1 from host_nic_function_network a where a.host_id = f.host_id and a.nic_name = p.interface and a.network_id = w.id)
        or exists (select 1 from host_nic_function_label l where l.host_id = f.host_id and l.nic_name = p.interface and l.label = w.label)) end) order by f.name)
  from host_device f join host_device p on p.host_id = f.host_id and p.parent = f.physical_function and p.capability = 'net'
    left join host_nic_functions c on c.host_id = p.host_id and c.nic_name = p.interface
  where f.host_id = ${host} and f.assignable
    and not exists (select 1 from vm_host_device g join vm_state s on s.vm_id = g.vm_id where g.device_name = f.name and s.host_id = f.host_id)
    and not exists (select 1 from nic_virtual_function u join nic i on i.id = u.nic_id join vm_state s on s.vm_id = i.vm_id
      where u.device_name = f.name and u.host_id = f.host_id and f.host_id in (s.host_id, s.migrating_to_host_id))
    and not exists (select 1 from host_device n join host_nic i on i.host_id = n.host_id and i.name = n.interface
      where n.host_id = f.host_id and n.parent = f.name and (i.network_name is not null or i.bond_name is not null
        or exists (select 1 from host_nic b where b.host_id = i.host_id and b.base_name = i.name)
        or exists (select 1 from host_nic_label l where l.host_id = i.host_id and l.nic_name = i.name)))), '[]')`;

async function loadFree(db: Kysely<Tables>, hostId: string): Promise<FreeFunction[]> {
  const found = await sql<{ free: FreeFunction[] }>`select ${freeFunctions(sql`${hostId}::uuid`)} as free`.execute(db);
  return found.rows[0]?.free ?? [];
}

/** NICs, each with its network's name on hosts. */
type Wanted = readonly { id: string; network: string | null }[];

/** Notes which functions of a host NICs are from now on. @returns false when the host has none left for one of them */
async function take(trx: Trx, hostId: string, nics: Wanted): Promise<boolean> {
  // Two VMs that start at once on a host must not choose the same.
  await trx.selectFrom('host').select('id').where('id', '=', hostId).forNoKeyUpdate().execute();
  const chosen = assignFunctions(
    nics.map((nic) => nic.network ?? ''),
    await loadFree(trx, hostId),
  );
  if (chosen === null) return false;
  for (const [index, { id }] of nics.entries()) {
    const device = { device_name: chosen[index] ?? '' };
    await trx
      .insertInto('nic_virtual_function')
      .values({ nic_id: id, host_id: hostId, ...device })
      .onConflict((known) => known.columns(['nic_id', 'host_id']).doUpdateSet(device))
      .execute();
  }
  return true;
}

/**
 * Gives the NICs of a VM that are to be virtual functions such of the host on which it is about to start.
 * @returns why the host cannot have the VM any more; null when it can
 */
export async function chooseFunctions(trx: Trx, vmId: string, hostId: string): Promise<Message | null> {
  await sql`delete from nic_virtual_function where nic_id in (select id from nic where vm_id = ${vmId})`.execute(trx);
  return takeAll(trx, vmId, hostId);
}

/** As {@link chooseFunctions}, of the host to which a VM is about to be moved; those that it has where it runs stay its own. */
export async function chooseFunctionsAhead(trx: Trx, vmId: string, hostId: string): Promise<Message | null> {
  await sql`delete from nic_virtual_function where host_id = ${hostId} and nic_id in (select id from nic where vm_id = ${vmId})`.execute(
    trx,
  );
  return takeAll(trx, vmId, hostId);
}

async function takeAll(trx: Trx, vmId: string, hostId: string): Promise<Message | null> {
  const nics = await sql<{ id: string; network: string | null }>`
    select n.id, w.vdsm_name as network from nic n join vnic_profile p on p.id = n.vnic_profile_id and p.pass_through join network w on w.id = p.network_id
    where n.vm_id = ${vmId} and n.plugged order by n.name`.execute(trx);
  if (nics.rows.length === 0 || (await take(trx, hostId, nics.rows))) return null;
  return 'VAR__DETAIL__NO_SUITABLE_VF';
}

/** The NICs of a VM have the functions of one host and no other. */
export const keepFunctionsOf = async (trx: Trx, vmId: string, hostId: string): Promise<void> =>
  void (await sql`delete from nic_virtual_function where host_id <> ${hostId} and nic_id in (select id from nic where vm_id = ${vmId})`.execute(
    trx,
  ));

/**
 * SQL for the NICs `n` that a VM has as virtual functions, with their profiles `p`.
 * @param vm the VM's id
 */
export const functionNics = (vm: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`nic n join vnic_profile p on p.id = n.vnic_profile_id and p.pass_through where n.vm_id = ${vm} and n.plugged`;

/** SQL: whether a VM has NICs as virtual functions that bind it to its host. @param vm the VM's id */
export const boundByFunctions = (vm: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select 1 from ${functionNics(vm)} and not p.migratable)`;

/** Names of such NICs. */
export async function bindingNics(db: Kysely<Tables>, vmId: string): Promise<string[]> {
  const found = await sql<{
    name: string;
  }>`select n.name from ${functionNics(sql`${vmId}::uuid`)} and not p.migratable order by n.name`.execute(db);
  return found.rows.map((row) => row.name);
}

/** Whether a VM has NICs as virtual functions at all. */
export async function hasFunctions(db: Kysely<Tables>, vmId: string): Promise<boolean> {
  const found = await sql`select 1 from ${functionNics(sql`${vmId}::uuid`)} limit 1`.execute(db);
  return found.rows.length > 0;
}

/** Gives a NIC that a running VM is to get a function of its host. @returns false when there is none for it */
export const chooseFunction = (trx: Trx, hostId: string, nic: { id: string; network: string | null }): Promise<boolean> =>
  take(trx, hostId, [nic]);

/** A NIC is no function any more. */
export const freeFunction = async (trx: Trx, nicId: string): Promise<void> =>
  void (await trx.deleteFrom('nic_virtual_function').where('nic_id', '=', nicId).execute());
