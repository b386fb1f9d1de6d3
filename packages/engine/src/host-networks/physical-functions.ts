import type { HostNicVirtualFunctionsConfiguration } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';

/** A NIC of a host that makes virtual functions, or is one. */
export interface NicFunctions {
  hostId: string;
  nicName: string;
  /** The host's name of the device behind it. */
  deviceName: string;
  /** How many virtual functions it can make, and has made; null for a NIC that makes none. */
  most: number | null;
  made: number;
  allNetworksAllowed: boolean;
  /** The NIC whose virtual function it is, by its name. */
  physicalNic: string | null;
}

/** What NICs of hosts have to do with virtual functions, in one statement; those that have nothing to do with them are left out. */
export async function functionsOfNics(db: Kysely<Tables>, hostIds: readonly string[]): Promise<NicFunctions[]> {
  const found = await sql<NicFunctions>`
    select d.host_id as "hostId", d.interface as "nicName", p.name as "deviceName", p.virtual_functions as most, coalesce(c.all_networks_allowed, true) as "allNetworksAllowed",
      (select count(*)::int from host_device v where v.host_id = p.host_id and v.physical_function = p.name) as made,
      (select n.interface from host_device n where n.host_id = p.host_id and n.parent = p.physical_function and n.capability = 'net' limit 1) as "physicalNic"
    from host_device d join host_device p on p.host_id = d.host_id and p.name = d.parent
      left join host_nic_functions c on c.host_id = d.host_id and c.nic_name = d.interface
    where d.host_id = any(${hostIds.filter(isUuid)}::uuid[]) and d.capability = 'net' and d.interface is not null
      and (p.virtual_functions > 0 or p.physical_function is not null)`.execute(db);
  return found.rows;
}

/** What a NIC that makes virtual functions shows of them; undefined for other NICs. */
export const shownFunctions = (functions: NicFunctions | undefined): HostNicVirtualFunctionsConfiguration | undefined =>
  functions?.most == null
    ? undefined
    : {
        all_networks_allowed: functions.allNetworksAllowed,
        max_number_of_virtual_functions: functions.most,
        number_of_virtual_functions: functions.made,
      };
