import { json, transaction } from '@virgate/database';
import { sql, type Kysely } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import type { Tables } from '../tables/schema.ts';

type Raw = Record<string, unknown>;
const object = (value: unknown): Raw => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {});

/** Bounds on what one host may make us store. */
const maxDevices = 4096;
const maxText = 256;

/** A device as its host reports it. Numbers in addresses are texts on the wire. */
export interface ReportedHostDevice {
  name: string;
  parent: string | null;
  /** The NIC that a device of the network is, by its name. */
  interface: string | null;
  capability: string;
  driver: string | null;
  iommu_group: number | null;
  product_id: string | null;
  product_name: string | null;
  vendor_id: string | null;
  vendor_name: string | null;
  physical_function: string | null;
  virtual_functions: number | null;
  assignable: boolean;
  address: Record<string, string>;
  mediated_types: { name: string; readable: string; instances: number | null; description: string }[];
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value.slice(0, maxText) : null);
function count(value: unknown): number | null {
  const parsed = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : null;
}

function deviceOf(name: string, answer: unknown): ReportedHostDevice {
  const params = object(object(answer)['params']);
  return {
    name: name.slice(0, maxText),
    parent: text(params['parent']),
    interface: text(params['interface']),
    capability: text(params['capability']) ?? '',
    driver: text(params['driver']),
    iommu_group: count(params['iommu_group']),
    product_id: text(params['product_id']),
    product_name: text(params['product']),
    vendor_id: text(params['vendor_id']),
    vendor_name: text(params['vendor']),
    physical_function: text(params['physfn']),
    virtual_functions: count(params['totalvfs']),
    // Hosts that do not say it mean that it is. Source: VDSM, HostDevice.
    assignable: String(params['is_assignable'] ?? 'true') === 'true',
    address: Object.fromEntries(
      Object.entries(object(params['address'])).flatMap(([key, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[key.slice(0, 32), String(value).slice(0, 64)]] : [],
      ),
    ),
    mediated_types: Object.entries(object(params['mdev'])).map(([type, value]) => {
      const told = object(value);
      return {
        name: type.slice(0, maxText),
        readable: text(told['name']) ?? '',
        instances: count(told['available_instances']),
        description: text(told['description']) ?? '',
      };
    }),
  };
}

/** Reads the answer of Host.hostdevListByCaps. Pure. */
export const reportedDevices = (answer: unknown): ReportedHostDevice[] =>
  Object.entries(object(answer))
    .slice(0, maxDevices)
    .map(([name, device]) => deviceOf(name, device));

/** Stores what devices a host has; the change feed tells of the host only when they are others than before. */
export async function saveHostDevices(db: Kysely<Tables>, hostId: string, devices: readonly ReportedHostDevice[]): Promise<void> {
  const rows = json(devices as unknown[]);
  await transaction(db, async (trx) => {
    const gone = await trx
      .deleteFrom('host_device')
      .where('host_id', '=', hostId)
      .where('name', 'not in', devices.length === 0 ? [''] : devices.map((device) => device.name))
      .executeTakeFirst();
    const changed = await sql`
      insert into host_device as d (host_id, name, parent, capability, driver, iommu_group, product_id, product_name, vendor_id, vendor_name,
        physical_function, virtual_functions, assignable, address, mediated_types, interface)
      select ${hostId}, r.* from jsonb_to_recordset(${rows}) as r (name text, parent text, capability text, driver text, iommu_group int,
        product_id text, product_name text, vendor_id text, vendor_name text, physical_function text, virtual_functions int,
        assignable boolean, address jsonb, mediated_types jsonb, interface text)
      on conflict (host_id, name) do update set parent = excluded.parent, capability = excluded.capability, driver = excluded.driver,
        iommu_group = excluded.iommu_group, product_id = excluded.product_id, product_name = excluded.product_name,
        vendor_id = excluded.vendor_id, vendor_name = excluded.vendor_name, physical_function = excluded.physical_function,
        virtual_functions = excluded.virtual_functions, assignable = excluded.assignable, address = excluded.address,
        mediated_types = excluded.mediated_types, interface = excluded.interface
      where (d.*) is distinct from (excluded.*)`.execute(trx);
    if (gone.numDeletedRows > 0n || (changed.numAffectedRows ?? 0n) > 0n) await noteChange(trx, 'host', hostId, 'update');
  });
}
