import type { cpus as english } from '../en/cpus.ts';

export const cpus: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy : l’épinglage manuel exige cpu.cpu_tune.vcpu_pins',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy : cpu.cpu_tune.vcpu_pins exige la politique manual',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED:
    'cpu_pinning_policy : les VM ont des processeurs dédiés à partir du niveau de compatibilité 4.7',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy : une VM dont les nœuds NUMA sont épinglés ne peut pas avoir de processeurs dédiés',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED:
    'cpu.topology.sockets : la VM a des processeurs dédiés et n’en reçoit pas d’autres pendant son exécution',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins : cpu_set doit laisser au moins un processeur',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins : la VM n’a pas de processeur de ce numéro',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins : un processeur est épinglé deux fois',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins : cpu_set doit énumérer des processeurs d’un hôte, par exemple 0-3,^2',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'Le système de l’invité ne prend pas en charge l’ajout de processeurs à chaud',
  HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'Le système de l’invité ne prend pas en charge le retrait de processeurs à chaud',
  VM_PINNING_PCPU_DOES_NOT_EXIST: 'L’hôte n’a pas assez de processeurs pour ceux de la VM, ou ne les indique pas',
  VM_NUMA_NODE_PINNED_INDEX_ERROR: 'numa_node_pins : index doit être le numéro d’un nœud NUMA de l’hôte',
  VM_NUMA_NODE_MEMORY_ERROR: 'memory : un nœud NUMA a besoin de mémoire',
  VM_NUMA_NODE_TOTAL_MEMORY_ERROR: 'Les nœuds NUMA de la VM ont plus de mémoire que la VM. Donnez-leur-en moins, ou plus à la VM',
  VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE: 'La mémoire de chaque nœud NUMA doit être un multiple des pages énormes de la VM',
  VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE:
    'numa_tune_mode : en mode preferred, un nœud NUMA est épinglé à un seul nœud de l’hôte au plus',
  VM_NUMA_NODE_MORE_NODES_THAN_CPUS: 'La VM aurait plus de nœuds NUMA que de processeurs',
  VM_NUMA_NODE_INDEX_DUPLICATE: 'index : la VM a déjà un nœud NUMA de ce numéro',
  VM_NUMA_NODE_NON_CONTINUOUS_INDEX: 'Les nœuds NUMA de la VM doivent être numérotés à partir de 0 sans trou',
  VM_NUMA_NODE_DUPLICATE_CPU_IDS: 'cpu.cores : un processeur n’appartient qu’à un seul nœud NUMA',
  VM_NUMA_NODE_INVALID_CPU_ID: 'cpu.cores : la VM n’a pas de processeur de ce numéro ; ils sont comptés à partir de 0',
};
