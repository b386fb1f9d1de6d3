import { unitNamed } from './units.ts';

/** A scheduling policy: what the scheduler goes by in the clusters that have it. */
export interface SchedulingPolicyRules {
  id: string;
  name: string;
  description: string;
  /** Of every installation, and never changed. */
  locked: boolean;
  filters: readonly { unitId: string; position: number }[];
  weights: readonly { unitId: string; factor: number }[];
  balance: string | null;
  properties: Readonly<Record<string, string>>;
}

const filterNames = [
  'CPU',
  'CPUOverloaded',
  'Emulated-Machine',
  'HA',
  'Swap',
  'Memory',
  'NUMA',
  'HugePages',
  'Migration',
  'VmAffinityGroups',
  'VmToHostsAffinityGroups',
  'Network',
  'HostedEngineSpares',
  'Migration-Tsc-Frequency',
  'Host-hooks',
] as const;
const commonWeights: Record<string, number> = {
  PreferredHosts: 99,
  HA: 1,
  OptimalForHaReservation: 1,
  VmAffinityGroups: 1,
  VmToHostsAffinityGroups: 20,
  'CPU for high performance VMs': 4,
  'CPU and NUMA pinning compatibility': 5,
};
const even = { OptimalForCpuEvenDistribution: 2, OptimalForMemoryEvenDistribution: 1 };
const properties = { CpuOverCommitDurationMinutes: '2', HighUtilization: '80' };

/** The first filter runs first, the last one last, all others between them in no order. */
const positioned = (names: readonly string[]): { unitId: string; position: number }[] =>
  names.map((name, at) => ({ unitId: unitNamed('filter', name).id, position: at === 0 ? -1 : at === names.length - 1 ? 1 : 0 }));

const predefined = (
  id: string,
  name: string,
  balance: string,
  weights: Record<string, number>,
  more: Record<string, string> = {},
  first: readonly string[] = [],
): SchedulingPolicyRules => ({
  id,
  name,
  description: '',
  locked: true,
  filters: positioned([...first, ...filterNames]),
  weights: Object.entries({ ...commonWeights, ...weights }).map(([unit, factor]) => ({ unitId: unitNamed('weight', unit).id, factor })),
  balance: unitNamed('balance', balance).id,
  properties: { ...properties, ...more },
});

/** The policies of every installation. Source: scheduler, predefined policies. */
export const predefinedPolicies: readonly SchedulingPolicyRules[] = [
  predefined('b4ed2332-a7ac-4d5f-9596-99a439cb2812', 'none', 'None', even),
  predefined('7677771e-5eab-422e-83fa-dc04080d21b7', 'cluster_maintenance', 'None', even, {}, ['ClusterInMaintenance']),
  predefined('20d25257-b4bd-4589-92a6-c4c5c5d3fd1a', 'evenly_distributed', 'OptimalForEvenDistribution', even, {
    HeSparesCount: '0',
    VCpuToPhysicalCpuRatio: '0',
  }),
  predefined(
    '5a2b0939-7d46-4b73-a469-e9c2c7fc6a53',
    'power_saving',
    'OptimalForPowerSaving',
    { OptimalForCpuPowerSaving: 2, OptimalForMemoryPowerSaving: 1 },
    { HeSparesCount: '0', LowUtilization: '20' },
  ),
  predefined(
    '8d5d7bec-68de-4a67-b53e-0ac54686d579',
    'vm_evenly_distributed',
    'OptimalForEvenGuestDistribution',
    { OptimalForEvenGuestDistribution: 2 },
    { HeSparesCount: '0', HighVmCount: '10', MigrationThreshold: '5', SpmVmGrace: '5' },
  ),
];

/** The policy of every cluster that names none. */
export const defaultPolicy: SchedulingPolicyRules = predefinedPolicies[0] as SchedulingPolicyRules;
