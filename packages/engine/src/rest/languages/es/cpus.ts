import type { cpus as english } from '../en/cpus.ts';

export const cpus: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_CANNOT_SET_MANUAL_PINNING: 'cpu_pinning_policy: la fijación manual necesita cpu.cpu_tune.vcpu_pins',
  ACTION_TYPE_FAILED_VM_MANUAL_PINNING_POLICY_NOT_SELECTED: 'cpu_pinning_policy: cpu.cpu_tune.vcpu_pins necesita la política manual',
  ACTION_TYPE_FAILED_DEDICATED_IS_NOT_SUPPORTED: 'cpu_pinning_policy: las VM tienen CPU propias a partir del nivel de compatibilidad 4.7',
  ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED:
    'cpu_pinning_policy: una VM cuyos nodos NUMA están fijados no puede tener CPU propias',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_DEDICATED: 'cpu.topology.sockets: la VM tiene sus CPU en exclusiva y no recibe otras mientras se ejecuta',
  VM_PINNING_PINNED_TO_NO_CPU: 'cpu.cpu_tune.vcpu_pins: cpu_set debe dejar al menos una CPU',
  VM_PINNING_VCPU_DOES_NOT_EXIST: 'cpu.cpu_tune.vcpu_pins: la VM no tiene ninguna CPU con ese número',
  VM_PINNING_DUPLICATE_DEFINITION: 'cpu.cpu_tune.vcpu_pins: una CPU está fijada dos veces',
  VM_PINNING_FORMAT_INVALID: 'cpu.cpu_tune.vcpu_pins: cpu_set debe enumerar CPU de un host, como 0-3,^2',
  HOT_PLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'El sistema del huésped no admite añadir CPU en caliente',
  HOT_UNPLUG_CPU_IS_NOT_SUPPORTED_FOR_GUEST_OS: 'El sistema del huésped no admite quitar CPU en caliente',
  VM_PINNING_PCPU_DOES_NOT_EXIST: 'El host no tiene suficientes CPU para las de la VM, o no informa de ellas',
  VM_NUMA_NODE_PINNED_INDEX_ERROR: 'numa_node_pins: index debe ser el número de un nodo NUMA del host',
  VM_NUMA_NODE_MEMORY_ERROR: 'memory: un nodo NUMA necesita memoria',
  VM_NUMA_NODE_TOTAL_MEMORY_ERROR: 'Los nodos NUMA de la VM tienen más memoria que la VM. Déles menos, o más a la VM',
  VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE: 'La memoria de cada nodo NUMA debe ser un múltiplo de las páginas enormes de la VM',
  VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE: 'numa_tune_mode: con el modo preferred un nodo NUMA se fija como máximo a uno del host',
  VM_NUMA_NODE_MORE_NODES_THAN_CPUS: 'La VM tendría más nodos NUMA que CPU',
  VM_NUMA_NODE_INDEX_DUPLICATE: 'index: la VM ya tiene un nodo NUMA con ese número',
  VM_NUMA_NODE_NON_CONTINUOUS_INDEX: 'Los nodos NUMA de la VM deben numerarse desde 0 sin huecos',
  VM_NUMA_NODE_DUPLICATE_CPU_IDS: 'cpu.cores: una CPU pertenece a un solo nodo NUMA',
  VM_NUMA_NODE_INVALID_CPU_ID: 'cpu.cores: la VM no tiene una CPU con ese número; se cuentan desde 0',
};
