import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of the CPUs and NUMA nodes of virtual machines. */
export const cpus = {
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy: manual pinning needs cpu.cpu_tune.vcpu_pins',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy: cpu.cpu_tune.vcpu_pins need the policy manual',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED: 'cpu_pinning_policy: VMs have CPUs for themselves from compatibility level 4.7 on',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy: a VM whose NUMA nodes are pinned cannot have CPUs for itself',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED: 'cpu.topology.sockets: the VM has its CPUs for itself, and gets no others while it runs',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins: cpu_set must leave at least one CPU',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins: the VM has no CPU of this number',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins: a CPU is pinned twice',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins: cpu_set must list CPUs of a host, such as 0-3,^2',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'The operating system of the guest takes no CPUs while it runs',
  HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'The operating system of the guest gives no CPUs back while it runs',
  VM_PINNING_PCPU_DOES_NOT_EXIST: 'The host has not enough CPUs for those of the VM, or does not tell of them',
  VM_NUMA_NODE_PINNED_INDEX_ERROR: 'numa_node_pins: index must be the number of a NUMA node of the host',
  VM_NUMA_NODE_MEMORY_ERROR: 'memory: a NUMA node needs memory',
  VM_NUMA_NODE_TOTAL_MEMORY_ERROR: 'The NUMA nodes of the VM have more memory than the VM. Give them less, or the VM more',
  VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE: "The memory of each NUMA node must be a multiple of the VM's huge pages",
  VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE:
    "numa_tune_mode: with the mode preferred a NUMA node is pinned to one of the host's at most",
  VM_NUMA_NODE_MORE_NODES_THAN_CPUS: 'The VM would have more NUMA nodes than CPUs',
  VM_NUMA_NODE_INDEX_DUPLICATE: 'index: the VM has a NUMA node of this number already',
  VM_NUMA_NODE_NON_CONTINUOUS_INDEX: 'The NUMA nodes of the VM must be numbered from 0 on without a gap',
  VM_NUMA_NODE_DUPLICATE_CPU_IDS: 'cpu.cores: a CPU belongs to one NUMA node only',
  VM_NUMA_NODE_INVALID_CPU_ID: 'cpu.cores: the VM has no CPU of this number; they are counted from 0',
} as const satisfies Partial<Record<EngineMessage, string>>;
