import { sql, type Kysely, type Transaction } from 'kysely';
import { chooseCpus, hostCpusOf, isChosenPolicy, type HostCpus, type RunPinning } from '../scheduling/host-cpus.ts';
import type { Tables } from '../tables/schema.ts';
import { listedPins, policyOf, type Pin } from './cpu-pinning.ts';
import { definitionOf } from './definition.ts';
import { cellsOn, cpuRanges } from './domain-xml/numa.ts';
import type { DomainPlan } from './domain-xml/domain.ts';

/** The CPUs of a host, with what VMs other than this one have of them that run there or are about to. */
async function cpusOfHost(trx: Kysely<Tables>, hostId: string, exceptVmId: string): Promise<HostCpus> {
  const found = await sql<{ topology: unknown; agents: unknown; vms: { chosen: RunPinning | null; pins: Pin[] | null }[] }>`
    select s.capabilities -> 'cpuTopology' as topology, s.capabilities -> 'vdsmToCpusAffinity' as agents,
      coalesce((select jsonb_agg(jsonb_build_object('chosen', v.cpu_pinning, 'pins', m.settings #> '{cpu,cpu_tune,vcpu_pins}'))
        from vm_state v join vm m on m.id = v.vm_id where v.host_id = s.host_id and v.vm_id <> ${exceptVmId}), '[]') as vms
    from host_state s where s.host_id = ${hostId}`.execute(trx);
  const row = found.rows[0];
  return hostCpusOf(row?.topology, row?.agents, row?.vms.map(({ chosen, pins }) => ({ chosen, pins: listedPins(pins ?? []) })) ?? []);
}

/**
 * Chooses the CPUs of a host for a VM that is about to run there. Of two VMs that want the same CPUs the second sees the first: both lock
 * the host's row. What this start has chosen there before stays.
 * @param kept the CPUs that a suspended VM had
 * @returns null for a VM for which the engine chooses nothing, or a message of the scheduler when the host has them no more
 */
export async function choosePinning(
  trx: Transaction<Tables>,
  vmId: string,
  hostId: string,
  kept: RunPinning | null,
): Promise<RunPinning | string | null> {
  const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
  const definition = definitionOf(row);
  const policy = policyOf(definition);
  if (policy === 'none') return null;
  await trx.selectFrom('host').select('id').where('id', '=', hostId).forNoKeyUpdate().execute();
  const state = await trx.selectFrom('vm_state').select(['host_id', 'cpu_pinning']).where('vm_id', '=', vmId).executeTakeFirstOrThrow();
  const host = await cpusOfHost(trx, hostId, vmId);
  if (!isChosenPolicy(policy)) {
    const isTaken = listedPins(definition.cpu?.cpu_tune?.vcpu_pins ?? []).some((cpu) => host.exclusive.has(cpu));
    return isTaken ? 'VAR__DETAIL__VM_PINNING_PCPU_DOES_NOT_EXIST' : null;
  }
  if (state.host_id === hostId && state.cpu_pinning?.policy === policy) return state.cpu_pinning;
  const shape = { sockets: row.cpu_sockets, cores: row.cpu_cores, threads: row.cpu_threads };
  return chooseCpus(policy, shape, host, kept);
}

/** What a domain has of CPUs that the engine chose: pins, and with a shape that follows the host also that and its nodes. */
export function pinnedPlan(
  { cpus, policy, topology, nodes }: RunPinning,
  memoryBytes: number,
): Pick<DomainPlan, 'vcpuPins'> & Partial<Pick<DomainPlan, 'topology' | 'numaNodes'>> {
  const vcpuPins = cpus.map((ids, vcpu) => ({ vcpu, cpus: cpuRanges(ids) }));
  return policy === 'resize_and_pin_numa' ? { vcpuPins, topology, numaNodes: cellsOn(nodes, memoryBytes) } : { vcpuPins };
}
