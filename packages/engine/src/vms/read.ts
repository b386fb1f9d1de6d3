import { sql } from 'kysely';
import type { Vm } from '@virgate/contract/generated/types';
import type { Readable } from '../rest/listing.ts';
import { tail } from '../rest/listing.ts';
import { ownStamp, type Context } from '../rest/operation.ts';
import { orderedRows } from '../search/compile.ts';
import { shownDefinition, shownIcons, type VmRow } from './definition.ts';
import type { RunPinning } from '../scheduling/host-cpus.ts';
import { cpuRanges } from './domain-xml/numa.ts';
import { difference, type Part } from './difference.ts';
import { clusterMachine, machineOf, type ClusterMachine, type Machine } from './machine.ts';
import { rowOfNextRun } from './next-run.ts';

interface StateRow {
  status: string;
  host_id: string | null;
  pause_code: string | null;
  stop_reason: string | null;
  started_at: number | null;
  stopped_at: number | null;
  run_once: boolean;
  guest: GuestFacts;
  has_illegal_images: boolean;
  vm_pool_id: string | null;
  next_run: Part | null;
  started_with: Machine | null;
  cpu_pinning: RunPinning | null;
  cluster_machine: ClusterMachine | null;
  /** The transactions that last wrote the rows that it was read from. */
  written: string;
}

/** What the guest tells of itself, as kept in `vm_state.guest`. */
export interface GuestFacts {
  fqdn?: string;
  hostName?: string;
  osName?: string;
  osVersion?: string;
  osKernel?: string;
  osArchitecture?: string;
  osFamily?: string;
  timeZone?: string;
  timeZoneOffset?: string;
  user?: string;
  applications?: string[];
  interfaces?: { name: string; mac?: string; ipv4: string[]; ipv6: string[] }[];
}

function guestOf(guest: GuestFacts): Pick<Vm, 'fqdn' | 'guest_operating_system' | 'guest_time_zone'> {
  return {
    ...(guest.fqdn ? { fqdn: guest.fqdn } : {}),
    ...(guest.osName
      ? {
          guest_operating_system: {
            architecture: guest.osArchitecture ?? '',
            codename: '',
            distribution: guest.osName,
            family: guest.osFamily ?? 'Linux',
            kernel: { version: { full_version: guest.osKernel ?? '' } },
            version: { full_version: guest.osVersion ?? '' },
          },
        }
      : {}),
    ...(guest.timeZone ? { guest_time_zone: { name: guest.timeZone, utc_offset: guest.timeZoneOffset ?? '' } } : {}),
  };
}

/** Whether a VM that runs would be another machine by now, since its cluster has changed. */
const isOutdated = (row: VmRow & StateRow): boolean =>
  (row.host_id !== null || row.status === 'suspended') &&
  row.started_with !== null &&
  row.cluster_machine !== null &&
  Object.keys(difference({ ...row.started_with }, { ...machineOf(row, row.cluster_machine) })).length > 0;

/** The CPUs that the engine chose for the present run. */
const dynamicCpu = ({ policy, cpus, topology }: RunPinning): Vm['dynamic_cpu'] => ({
  cpu_tune: { vcpu_pins: cpus.map((ids, vcpu) => ({ vcpu, cpu_set: cpuRanges(ids) })) },
  ...(policy === 'resize_and_pin_numa' ? { topology } : {}),
});

function vmOf(row: VmRow & StateRow, filtered: boolean): Vm {
  const { placement_policy: placement, ...definition } = shownDefinition(row);
  return {
    ...definition,
    ...shownIcons(row),
    ...guestOf(row.guest),
    ...(filtered ? {} : { placement_policy: placement }),
    status: row.status as Vm['status'],
    ...(row.status === 'paused' && row.pause_code ? { status_detail: row.pause_code } : {}),
    run_once: row.run_once,
    has_illegal_images: row.has_illegal_images,
    next_run_configuration_exists: row.next_run !== null || isOutdated(row),
    stop_reason: row.stop_reason ?? '',
    ...(row.started_at === null ? {} : { start_time: row.started_at }),
    ...(row.stopped_at === null ? {} : { stop_time: row.stopped_at }),
    ...(row.template_id === null
      ? {}
      : { template: { id: row.template_id }, original_template: { id: row.original_template_id ?? row.template_id } }),
    ...(row.vm_pool_id === null ? {} : { vm_pool: { id: row.vm_pool_id } }),
    ...(row.host_id === null || filtered ? {} : { host: { id: row.host_id } }),
    ...(row.host_id === null || row.cpu_pinning === null ? {} : { dynamic_cpu: dynamicCpu(row.cpu_pinning) }),
  };
}

/** As the next start will find it, where that is asked for. */
const asAsked = (context: Context, row: VmRow & StateRow): VmRow & StateRow =>
  row.next_run !== null && context.parameters.flag('next_run') ? { ...row, ...rowOfNextRun(row, row.next_run) } : row;

/**
 * Where VMs are read from: `t`, their states `s`, next runs `n` and clusters `c`. Whatever a reading shows comes from these rows, which a
 * stamp knows by the transactions that wrote them, or from the values below, which are part of it.
 */
const source = sql`${orderedRows('vm', 'vm')} left join vm_next_run n on n.vm_id = t.id`;
const sourceRows = ['t', 's', 'n', 'c'] as const;
/** What a stamp is made of. */
const stampColumns = sql`concat(${sql.join(
  sourceRows.map((row) => sql.ref(`${row}.xmin`)),
  sql`, '.', `,
)}) as written,
  exists (select 1 from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = t.id and d.status = 'illegal') as has_illegal_images,
  (select m.vm_pool_id from vm_pool_member m where m.vm_id = t.id) as vm_pool_id`;
type StampColumns = Pick<StateRow, 'written' | 'has_illegal_images' | 'vm_pool_id'>;
const stampOf = (row: StampColumns): string => `${row.written} ${row.has_illegal_images} ${row.vm_pool_id}`;

/** VMs: one statement, whatever their number. */
export const readableVms: Readable = {
  objectType: 'vm',
  table: 'vm',
  only: sql<boolean>`t.entity_type = 'vm'`,
  order: sql`t.name, t.id`,
  search: 'vm',
  async read(context, selection) {
    const found = await sql<VmRow & StateRow>`
      select t.*, s.status, s.host_id, s.pause_code, s.stop_reason, s.started_at, s.stopped_at, s.run_once, s.guest, n.change as next_run, s.started_with, s.cpu_pinning, case when c.id is not null then ${clusterMachine} end as cluster_machine, ${stampColumns}
      from ${source} where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => ({ ...vmOf(asAsked(context, row), context.filtered), [ownStamp]: stampOf(row) }));
  },
  async stamps(context, selection) {
    const found = await sql<StampColumns & { id: string }>`
      select t.id, ${stampColumns} from ${source} where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => ({ id: row.id, stamp: stampOf(row) }));
  },
};
