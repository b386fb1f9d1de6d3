import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import type { HostDevice, MediatedDevice } from '../vms/domain-xml/host-devices.ts';

/**
 * Devices of hosts that a VM is given, as the host has them on which it runs or is about to; before one is chosen, those of the first
 * that it is pinned to.
 */
export async function loadHostDevices(db: Kysely<Tables>, vmId: string): Promise<HostDevice[]> {
  const found = await sql<HostDevice>`
    select v.device_name as name, coalesce(d.capability, '') as capability, coalesce(d.address, '{}') as address
    from vm_host_device v join vm t on t.id = v.vm_id join vm_state s on s.vm_id = t.id
      left join host_device d on d.host_id = coalesce(s.host_id, t.pinned_host_ids[1]) and d.name = v.device_name
    where v.vm_id = ${vmId} and not v.placeholder order by v.device_name`.execute(db);
  return found.rows;
}

/** Mediated devices of a VM, oldest first. Source: REST contract, VmMediatedDevice, spec_params. */
export async function loadMediatedDevices(db: Kysely<Tables>, vmId: string): Promise<MediatedDevice[]> {
  const rows = await db
    .selectFrom('vm_mediated_device')
    .select(['id', 'spec_params'])
    .where('vm_id', '=', vmId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(({ id, spec_params: properties }) => {
    const valueOf = (name: string): string | undefined => properties.find((one) => one.name === name)?.value;
    return {
      id,
      type: valueOf('mdevType') ?? '',
      hasDisplay: valueOf('nodisplay') !== 'true',
      driverParameters: valueOf('driverParams') ?? null,
    };
  });
}
