import type { HostNic, Ip, NetworkAttachment, NetworkLabel } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { ReportedAddress } from '../monitoring/reported-networks.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { readableHosts } from '../hosts/read.ts';
import { functionsOfNics, shownFunctions, type NicFunctions } from './physical-functions.ts';
import { compareAttachment } from './sync.ts';
import { switchTypeOf, type Attachment, type ClusterNetwork, type HostNicRow } from './state.ts';

type NicRow = HostNicRow & { hostId: string; networkId: string | null; custom: boolean; up: boolean | null; speedMbps: number | null };
type AttachmentRow = Attachment &
  Pick<ClusterNetwork, 'vlanId' | 'mtu' | 'vmNetwork' | 'defaultRoute' | 'nameServers' | 'qos' | 'switchType'> & {
    hostId: string;
    nicId: string | null;
  };

const bitsPerMegabit = 1_000_000;

const ipOf = ({ address, netmask, gateway }: ReportedAddress, version: 'v4' | 'v6'): Ip => ({
  ...(address === '' ? {} : { address, netmask }),
  ...(gateway === '' ? {} : { gateway }),
  version,
});

/** Whether members of hosts may be seen: as the hosts themselves. */
const visible = (context: Context) => (context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`);

function nicOf(row: NicRow, siblings: readonly NicRow[], functions: NicFunctions | undefined): HostNic {
  const { settings } = row;
  const idOf = (name: string): string | undefined => siblings.find((nic) => nic.hostId === row.hostId && nic.name === name)?.id;
  const members = siblings.filter((nic) => nic.hostId === row.hostId && nic.bondName === row.name);
  const speedMbps = settings.speedMbps || (row.speedMbps ?? 0);
  const active = idOf(settings.activeMember);
  const physical = functions?.physicalNic == null ? undefined : idOf(functions.physicalNic);
  const configuration = shownFunctions(functions);
  return {
    id: row.id,
    name: row.name,
    host: { id: row.hostId },
    ...(row.mac ? { mac: { address: row.mac } } : {}),
    mtu: settings.mtu,
    ...(speedMbps > 0 ? { speed: speedMbps * bitsPerMegabit } : {}),
    ...(row.up === null ? {} : { status: row.up ? 'up' : 'down' }),
    bridged: row.bridged,
    boot_protocol: settings.ipv4.method,
    ip: ipOf(settings.ipv4, 'v4'),
    ipv6_boot_protocol: settings.ipv6.method,
    ipv6: ipOf(settings.ipv6, 'v6'),
    custom_configuration: row.custom,
    ...(row.networkId === null ? {} : { network: { id: row.networkId } }),
    ...(configuration === undefined ? {} : { virtual_functions_configuration: configuration }),
    ...(physical === undefined
      ? {}
      : { physical_function: { id: physical, href: `/ovirt-engine/api/hosts/${row.hostId}/nics/${physical}` } }),
    ...(row.kind === 'vlan' ? { base_interface: row.baseName ?? '', ...(row.vlanId === null ? {} : { vlan: { id: row.vlanId } }) } : {}),
    ...(settings.aggregatorId === null || settings.aggregatorId === undefined ? {} : { ad_aggregator_id: settings.aggregatorId }),
    ...(row.kind === 'bond'
      ? {
          bonding: {
            options: Object.entries(settings.options).map(([name, value]) => ({ name, value })),
            slaves: members.map((nic) => ({ id: nic.id, href: `/ovirt-engine/api/hosts/${nic.hostId}/nics/${nic.id}` })),
            ...(active === undefined ? {} : { active_slave: { id: active, href: `/ovirt-engine/api/hosts/${row.hostId}/nics/${active}` } }),
            ...(settings.partnerMac === '' ? {} : { ad_partner_mac: { address: settings.partnerMac } }),
          },
        }
      : {}),
  };
}

/** NICs, bonds and VLANs of many hosts at once. */
export async function nicsOfHosts(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<NicRow & { attachment: (Attachment & ClusterNetwork) | null }>`
    select n.id, n.host_id as "hostId", n.name, n.kind, n.mac, n.base_name as "baseName", n.bond_name as "bondName", n.vlan_id as "vlanId",
      n.network_name as "networkName", n.bridged, n.settings, w.id as "networkId",
      (s.raw -> 'nics' -> n.name ->> 'up')::boolean as up, (s.raw -> 'nics' -> n.name ->> 'speedMbps')::int as "speedMbps",
      case when a.id is null then null else jsonb_build_object('wanted', a.wanted, 'reported', a.reported, 'vlanId', w.vlan_id, 'mtu', w.mtu,
        'vmNetwork', w.vm_network, 'defaultRoute', c.default_route, 'nameServers', w.name_servers, 'qos', q.limits,
        'switchType', ${switchTypeOf('k')}) end as attachment
    from host_nic n join host t on t.id = n.host_id join cluster k on k.id = t.cluster_id
      left join network w on w.vdsm_name = n.network_name and w.data_center_id = k.data_center_id
      left join network_attachment a on a.host_id = n.host_id and a.network_id = w.id
      left join network_cluster c on c.network_id = w.id and c.cluster_id = t.cluster_id left join qos q on q.id = w.qos_id
      left join host_statistics s on s.host_id = n.host_id
    where n.host_id = any(${hostIds.filter(isUuid)}::uuid[]) and ${visible(context)} order by n.host_id, n.name`.execute(context.db);
  const rows = found.rows.map(({ attachment, ...row }): NicRow => ({
    ...row,
    custom: attachment !== null && compareAttachment(attachment, attachment).some((line) => !line.in_sync),
  }));
  const functions = new Map((await functionsOfNics(context.db, hostIds)).map((one) => [`${one.hostId} ${one.nicName}`, one]));
  return new Map(
    [...Map.groupBy(rows, (row) => row.hostId)].map(([id, nics]) => [
      id,
      nics.map((row) => nicOf(row, nics, functions.get(`${id} ${row.name}`)) as Entity),
    ]),
  );
}

/** NICs of whichever hosts, by id. */
export async function nicsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const owners = await sql<{
    host_id: string;
  }>`select distinct host_id from host_nic where id = any(${ids.filter(isUuid)}::uuid[])`.execute(context.db);
  const byHost = await nicsOfHosts(
    context,
    owners.rows.map((row) => row.host_id),
  );
  return [...byHost.values()].flat().filter((nic) => ids.includes(nic.id ?? ''));
}

/** The NIC of the path `/hosts/{host}/nics/{nic}`. @throws {Fault} 404 */
export async function nicOfPath(context: Context): Promise<Entity> {
  const host = context.path['host'] ?? '';
  const found = (await nicsOfHosts(context, [host])).get(host)?.find((nic) => nic.id === context.path['nic']);
  if (!found) throw notFound();
  return found;
}

const assignment = (address: ReportedAddress, version: 'v4' | 'v6') => ({ assignment_method: address.method, ip: ipOf(address, version) });

function attachmentOf(row: AttachmentRow): NetworkAttachment {
  const rows = compareAttachment(row, row);
  return {
    id: row.id,
    host: { id: row.hostId },
    network: { id: row.networkId },
    ...(row.nicId === null ? {} : { host_nic: { id: row.nicId, href: `/ovirt-engine/api/hosts/${row.hostId}/nics/${row.nicId}` } }),
    in_sync: rows.every((line) => line.in_sync),
    ip_address_assignments: [assignment(row.wanted.ipv4, 'v4'), assignment(row.wanted.ipv6, 'v6')],
    reported_configurations: rows,
    ...(row.wanted.properties.length === 0 ? {} : { properties: row.wanted.properties }),
    ...(row.wanted.nameServers === undefined ? {} : { dns_resolver_configuration: { name_servers: row.wanted.nameServers } }),
    ...(row.wanted.qos === undefined ? {} : { qos: { ...row.wanted.qos, type: 'hostnetwork' } }),
  };
}

/** Networks on many hosts at once. */
export async function attachmentsOfHosts(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<AttachmentRow>`
    select a.id, a.host_id as "hostId", a.network_id as "networkId", a.nic_name as "nicName", a.wanted, a.reported, w.vlan_id as "vlanId", w.mtu,
      w.vm_network as "vmNetwork", coalesce(c.default_route, false) as "defaultRoute", w.name_servers as "nameServers", q.limits as qos, n.id as "nicId",
      ${switchTypeOf('k')} as "switchType"
    from network_attachment a join host t on t.id = a.host_id join cluster k on k.id = t.cluster_id join network w on w.id = a.network_id
      left join network_cluster c on c.network_id = w.id and c.cluster_id = t.cluster_id left join qos q on q.id = w.qos_id
      left join host_nic n on n.host_id = a.host_id and n.name = a.nic_name
    where a.host_id = any(${hostIds.filter(isUuid)}::uuid[]) and ${visible(context)} order by a.host_id, w.name`.execute(context.db);
  const byHost = Map.groupBy(found.rows, (row) => row.hostId);
  return new Map([...byHost].map(([id, rows]) => [id, rows.map((row) => attachmentOf(row) as Entity)]));
}

/** Networks on the host of the path, or on one NIC of it. @throws {Fault} 404 */
export async function attachmentsOfPath(context: Context): Promise<Entity[]> {
  const host = await one(context, readableHosts, context.path['host']);
  const all = (await attachmentsOfHosts(context, [host.id ?? ''])).get(host.id ?? '') ?? [];
  if (context.path['nic'] === undefined) return all;
  const nic = await nicOfPath(context);
  return all.filter((attachment) => (attachment['host_nic'] as Entity | undefined)?.id === nic.id);
}

/** @throws {Fault} 404 */
export async function attachmentOfPath(context: Context, id = context.path['attachment']): Promise<Entity> {
  const found = (await attachmentsOfPath(context)).find((attachment) => attachment.id === id);
  if (!found) throw notFound();
  return found;
}

/** Labels of NICs, for many at once. */
export async function labelsOfNics(context: Context, nicIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ id: string; host_id: string; label: string }>`
    select n.id, n.host_id, l.label from host_nic n join host t on t.id = n.host_id join host_nic_label l on l.host_id = n.host_id and l.nic_name = n.name
    where n.id = any(${nicIds.filter(isUuid)}::uuid[]) and ${visible(context)} order by l.label`.execute(context.db);
  const label = (row: { id: string; host_id: string; label: string }): NetworkLabel => ({
    id: row.label,
    host_nic: { id: row.id, href: `/ovirt-engine/api/hosts/${row.host_id}/nics/${row.id}` },
  });
  const byNic = Map.groupBy(found.rows, (row) => row.id);
  return new Map([...byNic].map(([id, rows]) => [id, rows.map((row) => label(row) as Entity)]));
}
