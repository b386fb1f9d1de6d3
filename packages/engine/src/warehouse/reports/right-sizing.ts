import type { ReportChart } from '@virgate/contract/generated/virgate';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../tables/schema.ts';
import type { Computed } from './computed.ts';
import { weighted, withinSpan } from './measured.ts';
import { chosenObjects } from './objects.ts';
import type { Asked } from './chosen.ts';
import { sizingOf, type Sizing, type Usage } from './sizing-rules.ts';

/** A VM with what it used. */
interface UsedVm extends Usage {
  id: string;
  label: string;
  cluster_name: string | null;
}

/** VMs that a chart names. */
const mostDrawn = 20;

/**
 * SQL for what VMs have now and used on the days of a span while they ran, in vCPUs and MiB by the size that they had each day. Memory is
 * judged by the highest sample (`peak_…`), CPU by the mean of the busiest hour (`max_…`).
 */
function usedVms({ reader, criteria, span }: Asked): RawBuilder<UsedVm> {
  const minutes = sql<number>`s.minutes_in_status::float8`;
  const cores = sql`(v.cpu_per_socket * v.number_of_sockets)`;
  const of = (percent: string, whole: RawBuilder<unknown>): RawBuilder<number> => sql`(${sql.ref(`s.${percent}`)} / 100.0 * ${whole})`;
  return sql<UsedVm>`with chosen as materialized (${chosenObjects('vm', reader, { ...criteria, showDeleted: false }, span.timeZone)}),
      used as (select s.vm_id, count(distinct s.history_datetime)::float8 as days, (sum(s.minutes_in_status) / 60)::float8 as hours,
          ${weighted(of('cpu_usage_percent', cores), minutes)}::float8 as cpu_average, max(${of('max_cpu_usage', cores)})::float8 as cpu_highest,
          ${weighted(of('memory_usage_percent', sql`v.memory_size_mb`), minutes)}::float8 as memory_average,
          max(coalesce(s.peak_memory_usage, s.max_memory_usage) / 100.0 * v.memory_size_mb)::float8 as memory_highest
        from history.vm_daily_history s join chosen on chosen.id = s.vm_id join history.vm_configuration v on v.history_id = s.vm_configuration_version
        where s.vm_status = 1 and ${withinSpan(span, 'daily')} group by 1)
    select c.id, c.label, c.cluster_name, (n.cpu_per_socket * n.number_of_sockets)::float8 as vcpus, n.memory_size_mb::float8 as "memoryMib",
      coalesce(u.days, 0) as days, coalesce(u.hours, 0) as hours, u.cpu_average as "cpuAverage", u.cpu_highest as "cpuHighest",
      u.memory_average as "memoryAverage", u.memory_highest as "memoryHighest"
    from chosen c join history.vm_configuration n on n.history_id = c.version left join used u on u.vm_id = c.id
    where n.cpu_per_socket * n.number_of_sockets > 0 and n.memory_size_mb > 0 order by c.label, c.id`;
}

interface Judged {
  vm: UsedVm;
  sizing: Sizing;
}

async function judged(db: Kysely<Tables>, asked: Asked): Promise<Judged[]> {
  const found = await usedVms(asked).execute(db);
  return found.rows.map((vm) => ({ vm, sizing: sizingOf(vm) }));
}

const findings = { over: 'Too large', under: 'Too small', mixed: 'Both' } as const;
const rounded = (value: number): number => Math.round(value * 100) / 100;
const share = (part: number | null, whole: number): number | null => (part === null ? null : rounded((100 * part) / whole));
const gib = (mib: number): number => rounded(mib / 1024);

function barsOf(title: string, unit: 'count' | 'gigabytes', rows: readonly Judged[], savedOf: (one: Judged) => number): ReportChart {
  const saving = rows.filter((one) => savedOf(one) > 0).slice(0, mostDrawn);
  return {
    type: 'stacked_bar',
    across: true,
    title,
    subtitle: '',
    unit,
    categories: saving.map(({ vm }) => vm.label),
    series: saving.length === 0 ? [] : [{ name: 'Saved', values: saving.map((one) => rounded(savedOf(one))) }],
  };
}

/** VMs that are too large or too small by the rules, with what they should have and why; where most is saved comes first. */
export async function rightSizing(db: Kysely<Tables>, asked: Asked): Promise<Computed> {
  const rows = (await judged(db, asked))
    .filter(({ sizing }) => Object.hasOwn(findings, sizing.finding))
    .toSorted((left, right) => right.sizing.saved - left.sizing.saved);
  return {
    rows: rows.map(({ vm, sizing }) => ({
      id: vm.id,
      label: vm.label,
      cluster_name: vm.cluster_name,
      finding: findings[sizing.finding as keyof typeof findings],
      vcpus: vm.vcpus,
      cpu_average: share(vm.cpuAverage, vm.vcpus),
      cpu_highest: share(vm.cpuHighest, vm.vcpus),
      new_vcpus: sizing.vcpus,
      memory: gib(vm.memoryMib),
      memory_average: share(vm.memoryAverage, vm.memoryMib),
      memory_highest: share(vm.memoryHighest, vm.memoryMib),
      new_memory: gib(sizing.memoryMib),
      saved_vcpus: vm.vcpus - sizing.vcpus,
      saved_memory: gib(vm.memoryMib - sizing.memoryMib),
      reason: sizing.reasons.join(' '),
    })),
    charts: [
      barsOf('Memory that Can Be Saved', 'gigabytes', rows, ({ vm, sizing }) => (vm.memoryMib - sizing.memoryMib) / 1024),
      barsOf('vCPUs that Can Be Saved', 'count', rows, ({ vm, sizing }) => vm.vcpus - sizing.vcpus),
    ],
  };
}

/** How many VMs were judged how, those with too little history too. */
export async function sizingCounts(db: Kysely<Tables>, asked: Asked): Promise<Computed> {
  const all = await judged(db, asked);
  const words = { ...findings, fits: 'Of the right size', short: 'Too little history' } as const;
  const rows = Object.entries(words).map(([finding, label]) => ({
    label,
    vms: all.filter(({ sizing }) => sizing.finding === finding).length,
  }));
  return { rows: all.length === 0 ? [] : rows, charts: [] };
}
