import type { cpus as english } from '../en/cpus.ts';

export const cpus: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy: 手動ピニングには cpu.cpu_tune.vcpu_pins が必要です',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy: cpu.cpu_tune.vcpu_pins にはポリシー manual が必要です',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED: 'cpu_pinning_policy: VM が専用の CPU を持てるのは互換性レベル 4.7 以降です',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy: NUMA ノードがピニングされた VM は専用の CPU を持てません',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED: 'cpu.topology.sockets: VM は専用の CPU を持ち、実行中に追加できません',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins: cpu_set には少なくとも 1 つの CPU が残る必要があります',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins: VM にこの番号の CPU はありません',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins: CPU が重複してピニングされています',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins: cpu_set には 0-3,^2 のようにホストの CPU を列挙してください',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'ゲスト OS は CPU のホットプラグをサポートしていません',
  HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'ゲスト OS は CPU のホットアンプラグをサポートしていません',
  VM_PINNING_PCPU_DOES_NOT_EXIST: 'ホストの CPU が VM の CPU に対して足りないか、ホストが CPU を報告していません',
  VM_NUMA_NODE_PINNED_INDEX_ERROR: 'numa_node_pins: index はホストの NUMA ノードの番号でなければなりません',
  VM_NUMA_NODE_MEMORY_ERROR: 'memory: NUMA ノードにはメモリーが必要です',
  VM_NUMA_NODE_TOTAL_MEMORY_ERROR:
    'VM の NUMA ノードのメモリーの合計が VM のメモリーを超えています。ノードを減らすか、VM を増やしてください',
  VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE: '各 NUMA ノードのメモリーは VM のヒュージページの倍数でなければなりません',
  VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE:
    'numa_tune_mode: モード preferred では NUMA ノードをピニングできるホストのノードは 1 つまでです',
  VM_NUMA_NODE_MORE_NODES_THAN_CPUS: 'VM の NUMA ノードの数が CPU の数を超えます',
  VM_NUMA_NODE_INDEX_DUPLICATE: 'index: VM には既にこの番号の NUMA ノードがあります',
  VM_NUMA_NODE_NON_CONTINUOUS_INDEX: 'VM の NUMA ノードの番号は 0 から連続していなければなりません',
  VM_NUMA_NODE_DUPLICATE_CPU_IDS: 'cpu.cores: 1 つの CPU が属せる NUMA ノードは 1 つだけです',
  VM_NUMA_NODE_INVALID_CPU_ID: 'cpu.cores: VM にこの番号の CPU はありません。番号は 0 から数えます',
};
