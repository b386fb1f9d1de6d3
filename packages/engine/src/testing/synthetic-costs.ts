import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { place } from './report-figures.ts';
import { entityId, type Sample } from './synthetic-history.ts';

/** What the VMs and disks of a synthetic history were when, and what that costs: counted out by hand, in whole numbers and fractions. */

const at = (text: string): number => Date.parse(text);
const always = Infinity;

/** A configuration of a VM, in force from `begin` to before `until`. */
interface VmVersion {
  version: number;
  vm: number;
  cluster: number;
  vcpus: number;
  memoryMib: number;
  begin: number;
  until: number;
}

/**
 * VM 0 grows and moves to the other cluster in the middle of an hour, and shrinks within another; VM 2 begins in the middle of an hour;
 * VM 3 is gone in the middle of one.
 */
export const vmVersions: readonly VmVersion[] = [
  { version: 1001, vm: 0, cluster: 0, vcpus: 2, memoryMib: 2048, begin: at('2030-01-01T00:00:00Z'), until: at('2030-10-27T10:20:00Z') },
  { version: 1002, vm: 0, cluster: 1, vcpus: 6, memoryMib: 4608, begin: at('2030-10-27T10:20:00Z'), until: at('2030-10-27T18:07:30Z') },
  { version: 1003, vm: 0, cluster: 1, vcpus: 3, memoryMib: 1000, begin: at('2030-10-27T18:07:30Z'), until: always },
  { version: 1011, vm: 1, cluster: 0, vcpus: 4, memoryMib: 8192, begin: at('2030-01-01T00:00:00Z'), until: always },
  { version: 1021, vm: 2, cluster: 1, vcpus: 1, memoryMib: 512, begin: at('2030-10-27T03:48:00Z'), until: always },
  { version: 1031, vm: 3, cluster: 0, vcpus: 8, memoryMib: 16_384, begin: at('2030-01-01T00:00:00Z'), until: at('2030-10-27T05:31:00Z') },
];
export const owners = ['ann', 'bob', 'ann', 'ann'] as const;
export const tags: readonly (readonly string[])[] = [['gold'], ['gold', 'silver'], [], ['silver']];

/** Which disk a VM had when, and how large it was where. Disk 1 has two VMs for a while, disk 0 moves and grows. */
export const attachments = [
  { disk: 0, vm: 0, begin: at('2030-02-01T00:00:00Z'), until: always },
  { disk: 1, vm: 0, begin: at('2030-10-20T00:00:00Z'), until: at('2030-10-27T12:00:00Z') },
  { disk: 1, vm: 1, begin: at('2030-10-27T06:10:00Z'), until: always },
  { disk: 2, vm: 3, begin: at('2030-03-01T00:00:00Z'), until: at('2030-10-27T05:31:00Z') },
] as const;
export const diskVersions = [
  { disk: 0, domain: 0, mib: 10_240, begin: at('2030-02-01T00:00:00Z'), until: at('2030-10-27T08:00:00Z') },
  { disk: 0, domain: 1, mib: 15_360, begin: at('2030-10-27T08:00:00Z'), until: always },
  { disk: 1, domain: 1, mib: 1_001_001, begin: at('2030-10-20T00:00:00Z'), until: always },
  { disk: 2, domain: 0, mib: 1_048_576, begin: at('2030-03-01T00:00:00Z'), until: at('2030-10-27T05:31:00Z') },
] as const;

/** Adds all of that to a history, as the engine records it. */
export async function addCostConfigurations(db: Kysely<Tables>): Promise<void> {
  const gone = (until: number): Date | null => (until === always ? null : new Date(until));
  for (const [index, version] of vmVersions.entries()) {
    const { vm, begin, until } = version;
    const first = !vmVersions.slice(0, index).some((one) => one.vm === vm);
    const last = !vmVersions.slice(index + 1).some((one) => one.vm === vm);
    await sql`insert into history.vm_configuration (history_id, vm_id, vm_name, cluster_id, template_id, operating_system, vm_type, memory_size_mb, cpu_per_socket, number_of_sockets,
        created_by_user_name, create_date, update_date, delete_date)
      overriding system value values (${version.version}, ${place.vm(vm)}, ${`vm${vm}`}, ${place.clusters[version.cluster] ?? ''}, ${entityId(8, 0)}, 5, 1, ${version.memoryMib}, ${version.vcpus}, 1,
        ${owners[vm] ?? null}, ${new Date(vmVersions.find((one) => one.vm === vm)?.begin ?? begin)}, ${first ? null : new Date(begin)}, ${last ? gone(until) : null})`.execute(
      db,
    );
  }
  await sql`insert into history.datacenter_configuration (datacenter_id, datacenter_name, datacenter_description) values (${place.dataCenter}, 'center', '')`.execute(
    db,
  );
  for (const [index, id] of place.clusters.entries())
    await sql`insert into history.cluster_configuration (cluster_id, cluster_name, compatibility_version, datacenter_id) values (${id}, ${`cluster${index}`}, '4.7', ${place.dataCenter})`.execute(
      db,
    );
  for (const index of [0, 1])
    await sql`insert into history.storage_domain_configuration (storage_domain_id, storage_domain_name, storage_domain_type, storage_type, create_date)
      values (${place.domain(index)}, ${`domain${index}`}, 1, ${index === 0 ? 1 : 3}, ${new Date(0)})`.execute(db);
  for (const { disk, vm, begin, until } of attachments)
    await sql`insert into history.vm_device_history (vm_id, device_id, type, address, is_managed, is_readonly, create_date, delete_date)
      values (${place.vm(vm)}, ${entityId(5, disk)}, 'disk', '', true, false, ${new Date(begin)}, ${gone(until)})`.execute(db);
  for (const [index, { disk, domain, mib, begin, until }] of diskVersions.entries()) {
    const first = !diskVersions.slice(0, index).some((one) => one.disk === disk);
    const last = !diskVersions.slice(index + 1).some((one) => one.disk === disk);
    await sql`insert into history.vm_disk_configuration (vm_disk_id, vm_disk_name, storage_domain_id, vm_disk_size_mb, create_date, update_date, delete_date)
      values (${entityId(5, disk)}, ${`disk${disk}`}, ${place.domain(domain)}, ${mib}, ${new Date(begin)}, ${first ? null : new Date(begin)}, ${last ? gone(until) : null})`.execute(
      db,
    );
  }
  const names = ['gold', 'silver'];
  for (const [index, name] of names.entries())
    await sql`insert into history.tag_details (tag_id, tag_name, tag_path, tag_level, create_date) values (${entityId(30, index)}, ${name}, ${`/root/${name}`}, 1, ${new Date(0)})`.execute(
      db,
    );
  for (const [vm, own] of tags.entries())
    for (const name of own)
      await sql`insert into history.tag_relations_history (entity_id, entity_type, parent_id, attach_date) values (${place.vm(vm)}, 2, ${entityId(30, names.indexOf(name))}, ${new Date(0)})`.execute(
        db,
      );
  // What was attached once and had been taken away again before.
  await sql`insert into history.tag_relations_history (entity_id, entity_type, parent_id, attach_date, detach_date) values (${place.vm(2)}, 2, ${entityId(30, 0)}, ${new Date(0)}, ${new Date(1)})`.execute(
    db,
  );
}

/** A fraction of whole numbers. */
interface Fraction {
  over: bigint;
  under: bigint;
}
const plus = (left: Fraction, right: Fraction): Fraction => ({
  over: left.over * right.under + right.over * left.under,
  under: left.under * right.under,
});
const fraction = (over: bigint, under = 1n): Fraction => ({ over, under });
const zero = fraction(0n);
const times = (one: Fraction, factor: bigint, divisor = 1n): Fraction => ({ over: one.over * factor, under: one.under * divisor });

const scale = 1_000_000_000n;
/** A decimal with up to nine digits after its point, times a thousand million. */
const scaledPrice = (text: string): bigint => {
  const [whole = '0', digits = ''] = text.split('.');
  return BigInt(whole) * scale + BigInt(digits.padEnd(9, '0'));
};

/** An amount of some quantity at a price, in the smallest unit of the currency, half away from zero. */
function amount(quantity: Fraction, price: string, digits: number): bigint {
  const over = quantity.over * scaledPrice(price) * 10n ** BigInt(digits);
  const under = quantity.under * scale;
  return (2n * over + under) / (2n * under);
}

/** Prices as the list of a test has them. */
export interface TestPrices {
  digits: number;
  vcpuHour: readonly string[];
  memoryGibHour: readonly string[];
  gibMonth: readonly string[];
}

/** What a VM used in a cluster, and what that costs, in the smallest unit of the currency. */
export interface CostLine {
  vm: number;
  cluster: number;
  hours: number;
  cpu: bigint;
  memory: bigint;
  storage: bigint;
}

const overlap = (left: { begin: number; until: number }, right: { begin: number; until: number }): number =>
  Math.max(Math.min(left.until, right.until) - Math.max(left.begin, right.begin), 0);

/**
 * Lines of costs.
 * @param rows of hours or days in which VMs ran: `vm`, `begin`, `until`, and minutes as the tables write them
 */
export function costLines(
  rows: readonly { vm: number; begin: number; until: number; minutes: string }[],
  span: { begin: number; until: number },
  prices: TestPrices,
): CostLine[] {
  const lines: CostLine[] = [];
  for (const vm of [0, 1, 2, 3])
    for (const cluster of [0, 1]) {
      let [hours, vcpuHours, mibHours] = [zero, zero, zero];
      for (const row of rows.filter((one) => one.vm === vm)) {
        const own = vmVersions.filter((one) => one.vm === vm).map((one) => ({ ...one, part: overlap(one, row) }));
        const whole = own.reduce((sum, { part }) => sum + part, 0);
        const hundredths = BigInt(row.minutes.replace('.', ''));
        for (const { part, vcpus, memoryMib } of own.filter((one) => one.cluster === cluster && one.part > 0)) {
          const ran = fraction(hundredths * BigInt(part), 6000n * BigInt(whole));
          hours = plus(hours, ran);
          vcpuHours = plus(vcpuHours, times(ran, BigInt(vcpus)));
          mibHours = plus(mibHours, times(ran, BigInt(memoryMib)));
        }
      }
      const storage = [0, 1]
        .map((domain) =>
          amount(times(heldMib(vm, cluster, domain, span), 1n, 1024n * 3_600_000n * 730n), prices.gibMonth[domain] ?? '0', prices.digits),
        )
        .reduce((left, right) => left + right, 0n);
      if (hours.over === 0n && storage === 0n) continue;
      lines.push({
        vm,
        cluster,
        hours: Number((hours.over * 1_000_000n) / hours.under) / 1e6,
        cpu: amount(vcpuHours, prices.vcpuHour[cluster] ?? '0', prices.digits),
        memory: amount(times(mibHours, 1n, 1024n), prices.memoryGibHour[cluster] ?? '0', prices.digits),
        storage,
      });
    }
  return lines;
}

/** MiB × milliseconds that a VM held in a storage domain while it was in a cluster, from change to change. */
function heldMib(vm: number, cluster: number, domain: number, span: { begin: number; until: number }): Fraction {
  const edges = [...vmVersions, ...attachments, ...diskVersions]
    .flatMap(({ begin, until }) => [begin, until])
    .concat(span.begin, span.until)
    .filter((edge) => edge >= span.begin && edge <= span.until);
  const moments = [...new Set(edges)].toSorted((left, right) => left - right);
  let held = zero;
  for (const [index, begin] of moments.entries()) {
    const until = moments[index + 1];
    if (until === undefined) break;
    const then = <T extends { begin: number; until: number }>(all: readonly T[]): T[] =>
      all.filter((one) => one.begin <= begin && one.until >= until);
    if (!then(vmVersions).some((one) => one.vm === vm && one.cluster === cluster)) continue;
    for (const { disk } of then(attachments).filter((one) => one.vm === vm)) {
      const holders = then(attachments).filter((one) => one.disk === disk).length;
      const size = then(diskVersions).find((one) => one.disk === disk && one.domain === domain);
      if (size !== undefined) held = plus(held, fraction(BigInt(size.mib) * BigInt(until - begin), BigInt(holders)));
    }
  }
  return held;
}

/** Rows of a table in which VMs were up, as {@link costLines} takes them. */
export const upRows = (rows: readonly Sample[], timesOf: (row: Sample) => { begin: number; until: number }) =>
  rows
    .filter((row) => row['vm_status'] === '1')
    .map((row) => ({ vm: Number(row['vm_id']?.slice(-2)), minutes: row['minutes_in_status'] ?? '0.00', ...timesOf(row) }));
