import type { HostCpuUnit } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import type { Loaders } from '../rest/follow.ts';
import { one } from '../rest/listing.ts';
import { collection, type Context, type Entity, type Services } from '../rest/operation.ts';
import type { RunPinning } from '../scheduling/host-cpus.ts';
import { listedPins, type Pin } from '../vms/cpu-pinning.ts';
import { readableHosts } from './read.ts';

type Raw = Record<string, unknown>;
const whole = (value: unknown): number | undefined => {
  const parsed = Number(value);
  return value !== null && value !== '' && Number.isSafeInteger(parsed) ? parsed : undefined;
};

/** CPUs of a host as it reports them. Pure. Source: VDSM, capabilities: cpuTopology, vdsmToCpusAffinity. */
export function cpuUnitsOf(capabilities: Raw): HostCpuUnit[] {
  const topology = Array.isArray(capabilities['cpuTopology']) ? (capabilities['cpuTopology'] as Raw[]) : [];
  const agents = new Set(Array.isArray(capabilities['vdsmToCpusAffinity']) ? capabilities['vdsmToCpusAffinity'].map(Number) : []);
  return topology
    .flatMap((cpu): HostCpuUnit[] => {
      const [id, core, socket] = [whole(cpu['cpu_id']), whole(cpu['core_id']), whole(cpu['socket_id'])];
      return id === undefined
        ? []
        : [
            {
              cpu_id: id,
              ...(core === undefined ? {} : { core_id: core }),
              ...(socket === undefined ? {} : { socket_id: socket }),
              runs_vdsm: agents.has(id),
            },
          ];
    })
    .toSorted((a, b) => (a.cpu_id ?? 0) - (b.cpu_id ?? 0));
}

/** Running VMs of hosts by the CPUs that they are pinned to: `host cpu`. */
async function pinnedVms(context: Context, hostIds: readonly string[]): Promise<Map<string, string[]>> {
  const visible = context.filtered ? visibleTo(context.user, 'vm', 't') : sql<boolean>`true`;
  const found = await sql<{ id: string; host_id: string; pins: Pin[] | null; chosen: RunPinning | null }>`
    select t.id, s.host_id, t.settings #> '{cpu,cpu_tune,vcpu_pins}' as pins, s.cpu_pinning as chosen from vm t join vm_state s on s.vm_id = t.id where s.host_id = any(${hostIds}::uuid[]) and ${visible} order by t.name`.execute(
    context.db,
  );
  const byCpu = new Map<string, string[]>();
  for (const { id, host_id: host, pins, chosen } of found.rows) {
    const cpus = new Set([...listedPins(pins ?? []), ...(chosen?.cpus.flat() ?? [])]);
    for (const cpu of cpus) byCpu.set(`${host} ${cpu}`, [...(byCpu.get(`${host} ${cpu}`) ?? []), id]);
  }
  return byCpu;
}

/** CPUs of many hosts at once. */
async function unitsOfHosts(context: Context, ids: readonly string[]): Promise<Map<string, Entity[]>> {
  const rows = await context.db
    .selectFrom('host_state')
    .select(['host_id', 'capabilities'])
    .where('host_id', 'in', [...ids])
    .execute();
  const pinned = await pinnedVms(context, ids);
  return new Map(
    rows.map(({ host_id: host, capabilities }) => [
      host,
      cpuUnitsOf((capabilities ?? {}) as Raw).map((unit): Entity => {
        const vms = pinned.get(`${host} ${unit.cpu_id ?? -1}`) ?? [];
        return { ...unit, ...(vms.length === 0 ? {} : { vms: vms.map((vm) => ({ id: vm })) }) };
      }),
    ]),
  );
}

export const cpuUnitLoaders: Partial<Loaders> = { children: { 'Host.cpu_units': unitsOfHosts } };

/** `GET hosts/{host}/cpuunits`: every CPU with the running VMs that are pinned to it. */
export const cpuUnitServices: Services = {
  HostCpuUnitsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableHosts, context.path['host']);
        return collection('HostCpuUnit', (await unitsOfHosts(context, [id])).get(id) ?? []);
      },
    },
  },
};
