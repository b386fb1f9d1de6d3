import type { HostDevice } from '@virgate/contract/generated/types';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { HostDeviceTable } from '../tables/schema.ts';

/** Ids of host devices: the name in hex. Source: REST contract, ids. */
export const hostDeviceId = (name: string): string => Buffer.from(name).toString('hex');

type Row = Selectable<HostDeviceTable> & {
  /** The running VM that has it. */
  holder: string | null;
};

function deviceOf(row: Row): HostDevice {
  const { mediated_types: mediated } = row;
  return {
    id: hostDeviceId(row.name),
    name: row.name,
    capability: row.capability,
    ...(row.driver === null ? {} : { driver: row.driver }),
    ...(row.iommu_group === null ? {} : { iommu_group: row.iommu_group }),
    ...(row.product_id === null && row.product_name === null
      ? {}
      : { product: { id: row.product_id ?? '', name: row.product_name ?? '' } }),
    ...(row.vendor_id === null && row.vendor_name === null ? {} : { vendor: { id: row.vendor_id ?? '', name: row.vendor_name ?? '' } }),
    ...(row.virtual_functions === null ? {} : { virtual_functions: row.virtual_functions }),
    ...(row.physical_function === null
      ? {}
      : { physical_function: { id: hostDeviceId(row.physical_function), name: row.physical_function } }),
    ...(row.parent === null ? {} : { parent_device: { id: hostDeviceId(row.parent), name: row.parent } }),
    ...(mediated.length === 0
      ? {}
      : {
          m_dev_types: mediated.map((type) => ({
            name: type.name,
            human_readable_name: type.readable,
            description: type.description,
            ...(type.instances === null ? {} : { available_instances: type.instances }),
          })),
        }),
    host: { id: row.host_id },
    ...(row.holder === null ? {} : { vm: { id: row.holder } }),
  };
}

const select = (condition: RawBuilder<unknown>): RawBuilder<Row> => sql<Row>`
  select d.*, coalesce((select v.vm_id from vm_host_device v join vm_state s on s.vm_id = v.vm_id
    where v.device_name = d.name and s.host_id = d.host_id limit 1),
    (select i.vm_id from nic_virtual_function f join nic i on i.id = f.nic_id join vm_state s on s.vm_id = i.vm_id
    where f.device_name = d.name and f.host_id = d.host_id and s.host_id = d.host_id limit 1)) as holder
  from host_device d join host t on t.id = d.host_id where ${condition} order by d.name`;

/** Devices of many hosts at once. */
export async function devicesOfHosts(context: Context, hostIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'host', 't') : sql<boolean>`true`;
  const found = await select(sql`t.id = any(${hostIds.filter(isUuid)}::uuid[]) and ${visible}`).execute(context.db);
  const byHost = Map.groupBy(found.rows, (row) => row.host_id);
  return new Map([...byHost].map(([id, rows]) => [id, rows.map((row) => deviceOf(row) as Entity)]));
}

/**
 * Devices of hosts that many VMs are given, as the first of the hosts that a VM is pinned to has them; one that is there no more
 * shows its name alone.
 */
export async function devicesOfVms(context: Context, vmIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const given = await sql<{ vm_id: string; device_name: string; placeholder: boolean; host_id: string | null }>`
    select v.vm_id, v.device_name, v.placeholder, coalesce(s.host_id, t.pinned_host_ids[1]) as host_id
    from vm_host_device v join vm t on t.id = v.vm_id left join vm_state s on s.vm_id = t.id
    where v.vm_id = any(${vmIds.filter(isUuid)}::uuid[]) and ${visible} order by v.device_name`.execute(context.db);
  const hostIds = [...new Set(given.rows.flatMap((row) => row.host_id ?? []))];
  const known = await select(sql`t.id = any(${hostIds}::uuid[])`).execute(context.db);
  const byPlace = new Map(known.rows.map((row) => [`${row.host_id} ${row.name}`, row]));
  const byVm = Map.groupBy(given.rows, (row) => row.vm_id);
  return new Map(
    [...byVm].map(([vmId, rows]) => [
      vmId,
      rows.map((row): Entity => {
        const device = byPlace.get(`${row.host_id} ${row.device_name}`);
        const shown: HostDevice = device ? deviceOf(device) : { id: hostDeviceId(row.device_name), name: row.device_name };
        return { ...shown, placeholder: row.placeholder, vm: { id: vmId } };
      }),
    ]),
  );
}
