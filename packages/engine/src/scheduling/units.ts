/** What a policy is made of: filters refuse hosts, weights rank them, balances move VMs that run. */
export type UnitKind = 'filter' | 'weight' | 'balance' | 'selector';

/** One unit of the scheduler, as the API shows it. */
export interface PolicyUnit {
  id: string;
  name: string;
  kind: UnitKind;
  /** Runs whatever the policy says, and is not part of policies. */
  mandatory: boolean;
  /** Properties of a policy that it reads. */
  properties: readonly string[];
}

const unit =
  (kind: UnitKind, mandatory = false) =>
  ([name, id, ...properties]: readonly [name: string, id: string, ...properties: string[]]): PolicyUnit => ({
    id,
    name,
    kind,
    mandatory,
    properties,
  });

/** All units that the contract knows. Source: scheduler, policy units; their ids are visible in the API. */
export const policyUnits: readonly PolicyUnit[] = [
  ...(
    [
      ['Compatibility-Version', '3e4a7d54-9e7f-11e5-8994-feff819cdc9f'],
      ['CPU-Level', '438b052c-90ab-40e8-9be0-a22560202ea6'],
      ['CPUTopology', '35c2f1a5-8928-48e9-81ac-4c49eb49d60e'],
      ['CpuPinning', '6d636bf6-a35c-4f9d-b68d-0731f731cddc'],
      ['HostDevice', '728a21f1-f97e-4d32-bc3e-b3cc49756abb'],
      ['PinToHost', '12262ab6-9690-4bc3-a2b3-35573b172d54'],
      ['VM leases ready', 'b454ae40-f767-45b1-949a-7e5bd04d83ab'],
      ['MDevice', 'aa604ea6-f758-4d28-8e05-bf5f4a0818bd'],
    ] as const
  ).map(unit('filter', true)),
  ...(
    [
      ['CPU', '6d636bf6-a35c-4f9d-b68d-0731f720cddc'],
      ['CPUOverloaded', '98842bc5-4094-4b83-8224-7b50f86a94c9', 'HighUtilization', 'CpuOverCommitDurationMinutes'],
      ['Emulated-Machine', '58894b5b-d55d-4f85-8f82-5bf217e640b0'],
      ['HA', 'e659c871-0bf1-4ccc-b748-f28f5d08dffd'],
      ['Swap', '43b9e654-337f-4b0d-a896-cbb22ce5a7fc', 'MaximumAllowedSwapUsage'],
      ['Memory', 'c9ddbb34-0e1d-4061-a8d7-b0893fa80932'],
      ['NUMA', 'fcbfe4b1-b83e-4428-b9d3-b3d348b93be6'],
      ['HugePages', '23e07b34-66dd-4735-bc45-bcddded02c05'],
      ['Migration', 'e659c871-0bf1-4ccc-b748-f28f5d08ddda'],
      ['VmAffinityGroups', '84e6ddee-ab0d-42dd-82f0-c297779db566'],
      ['VmToHostsAffinityGroups', 'e69808a9-8a41-40f1-94ba-dd5d385d82d8'],
      ['Network', '72163d1c-9468-4480-99d9-0888664eb143'],
      ['HostedEngineSpares', '53bff075-8306-446f-a53b-9c872a29d197', 'HeSparesCount'],
      ['Migration-Tsc-Frequency', '47ea3cd0-8a2f-438d-9f63-49534178882a'],
      ['Host-hooks', 'aae8c702-4756-4934-b84c-8daf59efc134'],
      ['ClusterInMaintenance', '0bd8fef9-bcb4-4250-9998-410f01608d9b'],
      ['InClusterUpgrade', '84e6ddee-ab0d-42dd-82f0-c298889db567'],
    ] as const
  ).map(unit('filter')),
  ...(
    [
      ['OptimalForCpuEvenDistribution', '7db4ab05-81ab-42e8-868a-aee2df483edb', 'HighUtilization', 'VCpuToPhysicalCpuRatio'],
      ['OptimalForMemoryEvenDistribution', '4134247a-9c58-4b9a-8593-530bb9e37c59'],
      ['OptimalForCpuPowerSaving', '736999d0-1023-46a4-9a75-1316ed50e15b', 'HighUtilization', 'VCpuToPhysicalCpuRatio'],
      ['OptimalForMemoryPowerSaving', '9dfe6086-646d-43b8-8eef-4d94de8472c8', 'MaxFreeMemoryForOverUtilized'],
      ['OptimalForEvenGuestDistribution', '3ba8c988-f779-42c0-90ce-caa8243edee7', 'SpmVmGrace'],
      ['OptimalForHaReservation', '7f262d70-6cac-11e3-981f-0800200c9a66', 'ScaleDown'],
      ['PreferredHosts', '591cdb81-ba67-45b4-9642-e28f61a97d57'],
      ['HA', '98e92667-6161-41fb-b3fa-34f820ccbc4b'],
      ['VmAffinityGroups', '84e6ddee-ab0d-42dd-82f0-c297779db567'],
      ['VmToHostsAffinityGroups', '427aed70-dae3-48ba-8fe9-a902a9d563c8'],
      ['CPU for high performance VMs', '71931e14-f0e6-4f91-a7c8-d494a26e3a09'],
      ['CPU and NUMA pinning compatibility', '1b14ac11-20e9-4593-a149-2eb83c60a330'],
      ['Fit VM to single host NUMA node', 'f58c1cb9-d91f-48a6-a196-c6d22fb10c4e'],
      ['InClusterUpgrade', '84e6ddee-ab0d-42dd-82f0-c298889db568'],
    ] as const
  ).map(unit('weight')),
  ...(
    [
      ['None', '38440000-8cf0-14bd-c43e-10b96e4ef00a'],
      [
        'OptimalForEvenDistribution',
        '7db4ab05-81ab-42e8-868a-aee2df483ed2',
        'HighUtilization',
        'CpuOverCommitDurationMinutes',
        'MinFreeMemoryForUnderUtilized',
        'MaxFreeMemoryForOverUtilized',
        'VCpuToPhysicalCpuRatio',
      ],
      [
        'OptimalForPowerSaving',
        '736999d0-1023-46a4-9a75-1316ed50e151',
        'HighUtilization',
        'LowUtilization',
        'CpuOverCommitDurationMinutes',
        'HostsInReserve',
        'EnableAutomaticHostPowerManagement',
        'MinFreeMemoryForUnderUtilized',
        'MaxFreeMemoryForOverUtilized',
        'VCpuToPhysicalCpuRatio',
      ],
      ['OptimalForEvenGuestDistribution', 'd58c8e32-44e1-418f-9222-52cd887bf9e0', 'HighVmCount', 'MigrationThreshold', 'SpmVmGrace'],
    ] as const
  ).map(unit('balance')),
  ...(
    [
      ['RankSelector', 'b280e7de-5df8-401e-b004-a1414d79a687'],
      ['BasicWeighting', '0c89f215-9c4f-4bbb-8419-31a2d43ae7ea'],
    ] as const
  ).map(unit('selector')),
];

/** Units that policies are made of, which are those that the API shows. */
export const shownUnits: readonly PolicyUnit[] = policyUnits.filter((unit) => !unit.mandatory);

/** The unit of a kind with this name. @throws {Error} for a name that there is not: it is the code that is wrong */
export function unitNamed(kind: UnitKind, name: string): PolicyUnit {
  const found = policyUnits.find((one) => one.kind === kind && one.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  return found;
}

const numbers =
  (least: number, most: number) =>
  (value: string): boolean =>
    /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most;
const any = Number.MAX_SAFE_INTEGER;

/** Properties of policies, and which values they may have. Source: scheduler, property validation. */
export const policyProperties: Readonly<Record<string, (value: string) => boolean>> = {
  ScaleDown: numbers(1, 100),
  HighVmCount: numbers(0, any),
  SpmVmGrace: numbers(0, any),
  HostsInReserve: numbers(0, any),
  HeSparesCount: numbers(0, any),
  MigrationThreshold: numbers(2, any),
  CpuOverCommitDurationMinutes: numbers(1, any),
  HighUtilization: numbers(50, 99),
  LowUtilization: numbers(0, 49),
  VCpuToPhysicalCpuRatio: (value) => /^[0-2](\.\d{1,3})?$/.test(value),
  EnableAutomaticHostPowerManagement: (value) => value === 'true' || value === 'false',
  MaxFreeMemoryForOverUtilized: numbers(1, any),
  MinFreeMemoryForUnderUtilized: numbers(1, any),
  MaximumAllowedSwapUsage: numbers(0, 199),
};
