import type { Nic, ReportedDevice } from '@virgate/contract/generated/types';
import { createHash } from 'node:crypto';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { OwnerKind } from '../devices/owner.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import type { NicTable } from '../tables/schema.ts';
import type { GuestFacts } from '../vms/read.ts';

type Row = Selectable<NicTable> & { entity_type: string; network_id: string | null };

const nicOf = (row: Row): Nic => ({
  ...row.settings,
  id: row.id,
  name: row.name,
  interface: row.interface as Nic['interface'],
  linked: row.linked,
  plugged: row.plugged,
  synced: true,
  ...(row.mac === null ? {} : { mac: { address: row.mac } }),
  ...(row.vnic_profile_id === null ? {} : { vnic_profile: { id: row.vnic_profile_id } }),
  [row.entity_type]: { id: row.vm_id },
});

/** NICs of owners of a kind that the caller sees. */
async function read(context: Context, type: OwnerKind['type'], condition: RawBuilder<boolean>): Promise<Row[]> {
  const visible = context.filtered ? visibleTo(context.user, type === 'vm' ? 'vm' : 'template', 't') : sql<boolean>`true`;
  const found = await sql<Row>`
    select n.*, t.entity_type, p.network_id from nic n join vm t on t.id = n.vm_id left join vnic_profile p on p.id = n.vnic_profile_id
    where ${condition} and t.entity_type = ${type} and ${visible} order by n.name`.execute(context.db);
  return found.rows;
}

/** NICs of many VMs, templates or instance types at once. */
export async function nicsOf(context: Context, ownerIds: readonly string[], type: OwnerKind['type']): Promise<Map<string, Entity[]>> {
  const rows = await read(context, type, sql<boolean>`n.vm_id = any(${ownerIds}::uuid[])`);
  return new Map([...Map.groupBy(rows, (row) => row.vm_id)].map(([id, own]) => [id, own.map((row) => nicOf(row) as Entity)]));
}

/** NICs of VMs, with their places: what refers to NICs refers to these. */
export async function nicsByIds(context: Context, ids: readonly string[]): Promise<Entity[]> {
  const rows = await read(context, 'vm', sql<boolean>`n.id = any(${ids.filter(isUuid)}::uuid[])`);
  return rows.map((row) => ({ ...nicOf(row), href: placeOf('vms', row.vm_id, 'nics', row.id) }));
}

/** One NIC. @throws {Fault} 404 */
export async function nic(context: Context, type: OwnerKind['type'], ownerId: string, id: string): Promise<Entity> {
  const found = (await nicsOf(context, [ownerId], type)).get(ownerId)?.find((one) => one.id === id);
  if (!found) throw notFound();
  return found;
}

/** A stable id for what has none of its own: a device that a guest reports. */
function reportedId(vmId: string, name: string, mac: string): string {
  const hash = createHash('sha256').update(`${vmId} ${name} ${mac}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Of many NICs the device with the address of each, as the guest reports it. */
export async function reportedDevicesOfNics(context: Context, nicIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const nics = await context.db
    .selectFrom('nic')
    .select(['id', 'vm_id', 'mac'])
    .where('id', 'in', [...nicIds])
    .execute();
  const byVm = await reportedDevicesOf(context, [...new Set(nics.map((one) => one.vm_id))]);
  const same = (device: ReportedDevice, mac: string | null): boolean => device.mac?.address?.toLowerCase() === mac?.toLowerCase();
  return new Map(
    nics.map(({ id, vm_id: vmId, mac }) => [id, (byVm.get(vmId) ?? []).filter((device) => same(device as ReportedDevice, mac))]),
  );
}

/** Network devices that guests report, with their addresses: of many VMs at once. */
export async function reportedDevicesOf(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<{
    vm_id: string;
    guest: GuestFacts;
  }>`select s.vm_id, s.guest from vm_state s join vm t on t.id = s.vm_id where s.vm_id = any(${vmIds}::uuid[]) and ${visible}`.execute(
    context.db,
  );
  return new Map(
    found.rows.map((row) => [
      row.vm_id,
      (row.guest.interfaces ?? []).map(
        (one): Entity =>
          ({
            id: reportedId(row.vm_id, one.name, one.mac ?? ''),
            name: one.name,
            description: 'guest reported data',
            type: 'network',
            ...(one.mac ? { mac: { address: one.mac } } : {}),
            ips: [
              ...one.ipv4.map((address) => ({ address, version: 'v4' as const })),
              ...one.ipv6.map((address) => ({ address, version: 'v6' as const })),
            ],
            vm: { id: row.vm_id },
          }) satisfies ReportedDevice as Entity,
      ),
    ]),
  );
}
