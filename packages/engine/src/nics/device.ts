import { sql, type Kysely, type RawBuilder } from 'kysely';
import { ovnBridge } from '../ovn/names.ts';
import { networkFilterName } from '../network-filters/predefined.ts';
import type { Tables } from '../tables/schema.ts';
import type { Bandwidth, NicDevice } from '../vms/domain-xml/interfaces.ts';
import type { QosLimits } from '../qos/limits.ts';

/** Queues that a NIC gets at most. Source: engine behaviour, queues of vNICs. */
const maxNicQueues = 4;

/** Queues of a VM's paravirtualized NICs: one for each of its CPUs, unless it is to have but one. */
export const nicQueuesOf = (settings: { multi_queues_enabled?: boolean }, vcpus: number): number =>
  settings.multi_queues_enabled === false ? 1 : Math.min(vcpus, maxNicQueues);

interface Row {
  id: string;
  mac: string;
  interface: string;
  linked: boolean;
  network: string | null;
  mtu: number | null;
  isolated: boolean | null;
  mirroring: boolean | null;
  on_ovn: boolean | null;
  filter_id: string | null;
  parameters: { name: string; value: string }[] | null;
  settings: { customProperties?: Record<string, string> } | null;
  limits: QosLimits | null;
  vlan: number | null;
  function: Record<string, string> | null;
}

function filterOf(id: string | null, parameters: { name: string; value: string }[] | null): NicDevice['filter'] {
  const name = networkFilterName(id);
  return name === null ? null : { name, parameters: parameters ?? [] };
}

const kilobytesInMegabit = 125;

/** Mbit/s and MB of a QoS as kilobytes a second and kibibytes. */
function bandwidthOf(direction: 'inbound' | 'outbound', limits: QosLimits | null): Bandwidth | null {
  const average = limits?.[`${direction}_average`];
  if (average === undefined) return null;
  return {
    averageKilobytes: average * kilobytesInMegabit,
    peakKilobytes: (limits?.[`${direction}_peak`] ?? average) * kilobytesInMegabit,
    burstKibibytes: (limits?.[`${direction}_burst`] ?? 0) * 1024,
  };
}

const deviceOf = (row: Row, bootOrder: number | null, queues: number): NicDevice => ({
  id: row.id,
  mac: row.mac,
  model: (row.interface === 'rtl8139_virtio' ? 'virtio' : row.interface) as NicDevice['model'],
  network: row.on_ovn ? ovnBridge : row.network,
  linked: row.linked,
  mtu: row.mtu,
  // What a port of OVN lets pass is OVN's business.
  filter: row.on_ovn ? null : filterOf(row.filter_id, row.parameters),
  inbound: bandwidthOf('inbound', row.limits),
  outbound: bandwidthOf('outbound', row.limits),
  portIsolation: row.isolated ?? false,
  ovnPort: row.on_ovn ? row.id : null,
  portMirroring: row.mirroring ?? false,
  bootOrder,
  customProperties: row.settings?.customProperties ?? {},
  virtualFunction: row.interface === 'pci_passthrough' ? { address: row.function ?? {}, vlanId: row.vlan } : null,
  queues: row.interface === 'virtio' || row.interface === 'rtl8139_virtio' ? queues : 1,
});

/** NICs as domains need them. @param nics SQL of rows `n`, with their order */
async function load(db: Kysely<Tables>, nics: RawBuilder<unknown>): Promise<Row[]> {
  const found = await sql<Row>`
    select n.id, n.mac, n.interface, n.linked, w.vdsm_name as network, nullif(w.mtu, 0) as mtu, w.port_isolation as isolated, p.port_mirroring as mirroring, w.provider_id is not null as on_ovn, p.settings, p.network_filter_id as filter_id, q.limits, w.vlan_id as vlan,
      (select d.address from nic_virtual_function f join host_device d on d.host_id = f.host_id and d.name = f.device_name
        join nic i on i.id = f.nic_id join vm_state s on s.vm_id = i.vm_id and s.host_id = f.host_id where f.nic_id = n.id) as function,
      (select jsonb_agg(jsonb_build_object('name', f.name, 'value', f.value) order by f.name, f.id) from nic_filter_parameter f where f.nic_id = n.id) as parameters
    from ${nics} n left join vnic_profile p on p.id = n.vnic_profile_id left join network w on w.id = p.network_id left join qos q on q.id = p.qos_id order by n.name`.execute(
    db,
  );
  return found.rows;
}

/** The NICs that a VM starts with, by name; the first gets the boot order that is given. */
export async function loadNicDevices(db: Kysely<Tables>, vmId: string, bootOrder: number | null, queues: number): Promise<NicDevice[]> {
  const rows = await load(db, sql`(select * from nic where vm_id = ${vmId} and plugged)`);
  return rows.map((row, at) => deviceOf(row, bootOrder === null ? null : bootOrder + at, queues));
}

/** A NIC as it is to be, which need not be what its row says yet. */
export interface WantedNic {
  id: string;
  mac: string;
  interface: string;
  linked: boolean;
  vnic_profile_id: string | null;
}

/** The device of a NIC that a running VM is given, or that is changed in it. */
export async function nicDevice(db: Kysely<Tables>, nic: WantedNic, queues: number): Promise<NicDevice> {
  const [row] = await load(
    db,
    sql`(select ${nic.id}::uuid as id, ${nic.mac}::text as mac, ${nic.interface}::text as interface, ${nic.linked}::boolean as linked,
      ${nic.vnic_profile_id}::uuid as vnic_profile_id, '' as name)`,
  );
  if (!row) throw new Error('One row was selected');
  return deviceOf(row, null, queues);
}
