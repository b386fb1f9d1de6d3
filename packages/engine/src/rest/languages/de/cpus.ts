import type { cpus as english } from '../en/cpus.ts';

export const cpus: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy: manuelle Bindung braucht cpu.cpu_tune.vcpu_pins',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy: cpu.cpu_tune.vcpu_pins braucht die Richtlinie manual',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED: 'cpu_pinning_policy: eigene CPUs haben VMs ab Kompatibilitätsstufe 4.7',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy: eine VM, deren NUMA-Knoten gebunden sind, kann keine eigenen CPUs haben',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED:
    'cpu.topology.sockets: die VM hat ihre CPUs für sich und bekommt keine weiteren, während sie läuft',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins: cpu_set muss mindestens eine CPU übrig lassen',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins: die VM hat keine CPU dieser Nummer',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins: eine CPU ist zweimal gebunden',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins: cpu_set muss CPUs eines Hosts aufzählen, etwa 0-3,^2',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'Das Betriebssystem des Gasts nimmt im Betrieb keine CPUs auf',
  HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'Das Betriebssystem des Gasts gibt im Betrieb keine CPUs ab',
  VM_PINNING_PCPU_DOES_NOT_EXIST: 'Der Host hat nicht genug CPUs für die der VM, oder er nennt sie nicht',
  VM_NUMA_NODE_PINNED_INDEX_ERROR: 'numa_node_pins: index muss die Nummer eines NUMA-Knotens des Hosts sein',
  VM_NUMA_NODE_MEMORY_ERROR: 'memory: ein NUMA-Knoten braucht Arbeitsspeicher',
  VM_NUMA_NODE_TOTAL_MEMORY_ERROR: 'Die NUMA-Knoten der VM haben mehr Arbeitsspeicher als die VM. Geben Sie ihnen weniger oder der VM mehr',
  VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE: 'Der Arbeitsspeicher jedes NUMA-Knotens muss ein Vielfaches der Huge Pages der VM sein',
  VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE:
    'numa_tune_mode: im Modus preferred ist ein NUMA-Knoten an höchstens einen des Hosts gebunden',
  VM_NUMA_NODE_MORE_NODES_THAN_CPUS: 'Die VM hätte mehr NUMA-Knoten als CPUs',
  VM_NUMA_NODE_INDEX_DUPLICATE: 'index: die VM hat bereits einen NUMA-Knoten dieser Nummer',
  VM_NUMA_NODE_NON_CONTINUOUS_INDEX: 'Die NUMA-Knoten der VM müssen von 0 an lückenlos nummeriert sein',
  VM_NUMA_NODE_DUPLICATE_CPU_IDS: 'cpu.cores: eine CPU gehört zu nur einem NUMA-Knoten',
  VM_NUMA_NODE_INVALID_CPU_ID: 'cpu.cores: die VM hat keine CPU dieser Nummer; sie werden von 0 an gezählt',
};
