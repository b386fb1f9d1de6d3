import { cpuModels } from '@virgate/contract/generated/cpus';
import { sql, type RawBuilder } from 'kysely';
import type { DomainPlan } from './domain-xml/domain.ts';
import type { VmRow } from './definition.ts';

/** What a VM's machine takes from its cluster. */
export interface ClusterMachine {
  /** `4.7` */
  level: string;
  cpu_type: string | null;
  bios_type: string;
  emulated_machine: string | null;
}

/** The machine that a VM runs as; kept from its start on, since the cluster may change meanwhile. */
export type Machine = Pick<DomainPlan, 'clusterLevel' | 'biosType' | 'emulatedMachine' | 'cpuVerb'>;

/** Machine types that a level's VMs get when the cluster has none noted, by chipset. Source: engine configuration, ClusterEmulatedMachines. */
const upstreamMachines = { q35: 'pc-q35-4.1', i440fx: 'pc-i440fx-2.12' };

/** SQL of a {@link ClusterMachine} from a cluster's row `c`. */
export const clusterMachine: RawBuilder<ClusterMachine> = sql`jsonb_build_object('level', c.compatibility_major || '.' || c.compatibility_minor,
  'cpu_type', c.cpu_type, 'bios_type', c.bios_type, 'emulated_machine', c.emulated_machine)`;

function emulatedMachineOf(row: VmRow, cluster: ClusterMachine, bios: DomainPlan['biosType']): string {
  const q35 = bios !== 'i440fx_sea_bios';
  const clusters = cluster.emulated_machine !== null && cluster.emulated_machine.includes('q35') === q35 ? cluster.emulated_machine : null;
  return row.custom_emulated_machine ?? clusters ?? (q35 ? upstreamMachines.q35 : upstreamMachines.i440fx);
}

/** The machine that a start gives a VM: its own choices, else those of its cluster at the VM's level. */
export function machineOf(row: VmRow, cluster: ClusterMachine): Machine {
  const biosType = (row.bios_type === 'cluster_default' ? cluster.bios_type : row.bios_type) as DomainPlan['biosType'];
  const { custom_compatibility_major: major, custom_compatibility_minor: minor } = row;
  const clusterLevel = major === null ? cluster.level : `${major}.${minor ?? 0}`;
  return {
    clusterLevel,
    biosType,
    emulatedMachine: emulatedMachineOf(row, cluster, biosType),
    cpuVerb: row.custom_cpu_model ?? cpuModels[clusterLevel]?.find((model) => model.name === cluster.cpu_type)?.verb ?? 'qemu64',
  };
}
