import { sql, type Transaction } from 'kysely';
import type { OvnNic } from '../ovn/northbound.ts';
import type { Tables } from '../tables/schema.ts';
import { onProvider, type NetworkProviders, type ProviderRow } from './providers.ts';

type Trx = Transaction<Tables>;

/** A NIC of a VM with the provider on whose network it is to be. */
export interface ProviderPort {
  provider: Pick<ProviderRow, 'name' | 'url'>;
  nic: OvnNic;
}

interface Row {
  id: string;
  name: string;
  mac: string;
  vm_id: string;
  network_id: string;
  provider_name: string;
  url: string;
  /** The custom property of the profile: ids with commas. */
  groups: string | null;
}

/** Source: contract, device custom properties, SecurityGroups. */
const groupsOf = (text: string | null): string[] => [
  ...new Set(
    (text ?? '')
      .split(',')
      .map((id) => id.trim().toLowerCase())
      .filter(Boolean),
  ),
];

const portOf = (row: Row): ProviderPort => ({
  provider: { name: row.provider_name, url: row.url },
  nic: { id: row.id, name: row.name, mac: row.mac, vmId: row.vm_id, networkId: row.network_id, securityGroups: groupsOf(row.groups) },
});

/** The NICs with which a VM starts that are on networks of providers. */
export async function portsOfVm(trx: Trx, vmId: string): Promise<ProviderPort[]> {
  const found = await sql<Row>`
    select n.id, n.name, n.mac, n.vm_id, w.provider_network_id as network_id, r.name as provider_name, r.url, p.settings #>> '{customProperties,SecurityGroups}' as groups
    from nic n join vnic_profile p on p.id = n.vnic_profile_id join network w on w.id = p.network_id join network_provider r on r.id = w.provider_id
    where n.vm_id = ${vmId}::uuid and n.plugged order by n.id`.execute(trx);
  return found.rows.map(portOf);
}

/** A NIC as it is to be, which need not be what its row says yet, where its network is one of a provider. */
export async function portsOfNic(
  trx: Trx,
  nic: Omit<OvnNic, 'networkId' | 'securityGroups'>,
  profileId: string | null,
): Promise<ProviderPort[]> {
  if (profileId === null) return [];
  const found = await sql<Pick<Row, 'network_id' | 'provider_name' | 'url' | 'groups'>>`
    select w.provider_network_id as network_id, r.name as provider_name, r.url, p.settings #>> '{customProperties,SecurityGroups}' as groups
    from vnic_profile p join network w on w.id = p.network_id join network_provider r on r.id = w.provider_id where p.id = ${profileId}::uuid`.execute(
    trx,
  );
  return found.rows.map((row) => portOf({ ...nic, ...row, vm_id: nic.vmId }));
}

/** Makes NICs ports of their networks, before a host is asked to plug them in. Repeatable. @throws {Fault} 503, 409 */
export async function putPorts(providers: NetworkProviders, ports: readonly ProviderPort[]): Promise<void> {
  for (const { provider, nic } of ports) await onProvider(provider, () => providers.at(provider).putPort(nic));
}
