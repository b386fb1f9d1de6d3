import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { entityId, type Sample } from './synthetic-history.ts';

/** What reports show of a synthetic history, said once more by hand from its rows, so that the reports are checked against others. */

const number = (row: Sample, column: string): number => Number(row[column]);
const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);
/** As reports give figures: to four digits after the point, sizes and hours to two. */
export const rounded = (value: number | null, digits = 4): number | null =>
  value === null ? null : Math.round(value * 10 ** digits + 1e-7) / 10 ** digits;

/** The mean of a column by how long its rows stand for; null when nothing is known. */
export function weighedMean(rows: readonly Sample[], column: string, weight = 'minutes_in_status'): number | null {
  const known = rows.filter((row) => row[column] !== null && row[column] !== undefined);
  const whole = sum(known.map((row) => number(row, weight)));
  return whole === 0 ? null : sum(known.map((row) => number(row, column) * number(row, weight))) / whole;
}

/** The mean of a column by minutes; null when nothing is known. */
export const meanByMinutes = (rows: readonly Sample[], column: string): number | null => rounded(weighedMean(rows, column));

/** The mean of a column over its rows. */
export function meanOf(rows: readonly Sample[], column: string): number | null {
  const known = rows.filter((row) => row[column] !== null && row[column] !== undefined);
  return known.length === 0 ? null : rounded(sum(known.map((row) => number(row, column))) / known.length);
}

export const minutesOf = (rows: readonly Sample[]): number => rounded(sum(rows.map((row) => number(row, 'minutes_in_status')))) ?? 0;

/** Rows by a key, in the order of the keys. */
export function grouped(rows: readonly Sample[], keyOf: (row: Sample) => string): [string, Sample[]][] {
  return [...Map.groupBy(rows, keyOf)].toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

/** Objects of the synthetic history: of every kind one is gone, one VM has other names and another cluster by now. */
export const place = {
  dataCenter: entityId(20, 0),
  clusters: [entityId(21, 0), entityId(21, 1)] as const,
  host: (index: number) => entityId(1, index),
  vm: (index: number) => entityId(3, index),
  domain: (index: number) => entityId(7, index),
} as const;
/** Number of the system of VM 0, 1, 2 and 3: a Red Hat, a Windows, a Linux, one that is not known. */
export const systems = [18, 17, 5, 0] as const;

/** Memory in MB of a host or VM in a row, by the version of its configuration then. */
export function memoryOf(kind: 'host' | 'vm', row: Sample): number {
  const version = number(row, `${kind}_configuration_version`) - 1;
  return memoryOfVersion(kind, Math.floor(version / 10), version % 10);
}
const memoryOfVersion = (kind: 'host' | 'vm', index: number, version: number): number =>
  kind === 'host' ? 1024 * (index + 1) + 64 * version : 512 * (index + 1) + 32 * version;

/** Adds the configurations that the samples' versions name: version 1 + 10 × index + {0, 1} of each object. */
export async function addConfigurations(db: Kysely<Tables>, createdAt: Date, removedAt: Date): Promise<void> {
  const [first, second] = place.clusters;
  await sql`insert into history.datacenter_configuration (datacenter_id, datacenter_name, datacenter_description) values (${place.dataCenter}, 'center', '')`.execute(
    db,
  );
  for (const [index, id] of [first, second].entries())
    await sql`insert into history.cluster_configuration (cluster_id, cluster_name, compatibility_version, datacenter_id) values (${id}, ${`cluster${index}`}, '4.7', ${place.dataCenter})`.execute(
      db,
    );
  for (const version of [0, 1]) {
    for (const index of [0, 1]) {
      const id = 1 + index * 10 + version;
      const gone = index === 1 ? removedAt : null;
      await sql`insert into history.host_configuration (history_id, host_id, host_name, cluster_id, host_type, fqdn_or_ip, memory_size_mb, number_of_cores, host_os, vdsm_port, create_date, delete_date)
        overriding system value values (${id}, ${place.host(index)}, ${`host${index}`}, ${first}, 0, 'x', ${memoryOfVersion('host', index, version)}, ${4 * (index + 1)}, ${index === 0 ? 'RHEL' : 'Debian'}, 54321, ${createdAt}, ${gone})`.execute(
        db,
      );
      await sql`insert into history.host_interface_configuration (history_id, host_interface_id, host_interface_name, host_id, create_date, delete_date)
        overriding system value values (${id}, ${entityId(2, index)}, ${`eth${index}`}, ${place.host(0)}, ${createdAt}, ${gone})`.execute(
        db,
      );
      await sql`insert into history.storage_domain_configuration (history_id, storage_domain_id, storage_domain_name, storage_domain_type, storage_type, create_date, delete_date)
        overriding system value values (${id}, ${place.domain(index)}, ${`domain${index}`}, 1, 1, ${createdAt}, ${gone})`.execute(db);
    }
    for (const index of [0, 1, 2, 3]) {
      const id = 1 + index * 10 + version;
      // It has had another name and another cluster; reports go by the newest.
      const name = index === 0 && version === 0 ? 'before' : `vm${index}`;
      const cluster = index === 0 && version === 0 ? second : first;
      await sql`insert into history.vm_configuration (history_id, vm_id, vm_name, cluster_id, template_id, operating_system, vm_type, memory_size_mb, cpu_per_socket, number_of_sockets, high_availability, create_date, delete_date)
        overriding system value values (${id}, ${place.vm(index)}, ${name}, ${cluster}, ${entityId(8, 0)}, ${systems[index] ?? 0}, ${index % 2}, ${memoryOfVersion('vm', index, version)}, ${index + 1}, 1, ${index < 2}, ${createdAt}, ${index === 3 ? removedAt : null})`.execute(
        db,
      );
    }
    for (const index of [0, 1, 2]) {
      const id = 1 + index * 10 + version;
      await sql`insert into history.vm_interface_configuration (history_id, vm_interface_id, vm_interface_name, vm_id, create_date)
        overriding system value values (${id}, ${entityId(4, index)}, ${`nic${index}`}, ${place.vm(0)}, ${createdAt})`.execute(db);
      await sql`insert into history.vm_disk_configuration (history_id, vm_disk_id, vm_disk_name, create_date)
        overriding system value values (${id}, ${entityId(5, index)}, ${`disk${index}`}, ${createdAt})`.execute(db);
      if (version === 0)
        await sql`insert into history.vm_device_history (vm_id, device_id, type, address, is_managed, is_readonly, create_date)
          values (${place.vm(0)}, ${entityId(5, index)}, 'disk', '', true, false, ${createdAt})`.execute(db);
    }
  }
}
