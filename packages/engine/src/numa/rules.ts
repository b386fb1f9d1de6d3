import type { NumaTuneMode, VirtualNumaNode } from '@virgate/contract/generated/types';
import { invalidValue, refused, say } from '../rest/fault.ts';
import type { VirtualNumaCell } from '../vms/domain-xml/numa.ts';

const maxNodes = 128;
const mib = 1024 ** 2;
const modes = ['strict', 'interleave', 'preferred'] as const;

/**
 * What a body says of a node, over what is there. Memory is in MiB. Source: REST contract, NUMA nodes of VMs.
 * @param mode of the VM, for a new node that has none of its own
 */
export function numaNodeOf(body: VirtualNumaNode, before?: VirtualNumaCell, mode: NumaTuneMode = 'interleave'): VirtualNumaCell {
  const index = body.index ?? before?.index ?? 0;
  if (index < 0 || index >= maxNodes) throw invalidValue('index', say`must be between 0 and ${maxNodes - 1}`);
  const memoryBytes = body.memory === undefined ? (before?.memoryBytes ?? 0) : body.memory * mib;
  const cpus = body.cpu?.cores === undefined ? (before?.cpus ?? []) : body.cpu.cores.map((core) => core.index ?? -1);
  const pins = body.numa_node_pins === undefined ? (before?.pins ?? []) : body.numa_node_pins.map((pin) => pin.index ?? -1);
  const tuneMode = body.numa_tune_mode ?? before?.tuneMode ?? mode;
  if (!modes.includes(tuneMode)) throw invalidValue('numa_tune_mode', say`must be one of ${modes.join(', ')}`);
  if (memoryBytes <= 0) throw refused('VM_NUMA_NODE_MEMORY_ERROR');
  if (pins.some((pin) => pin < 0)) throw refused('VM_NUMA_NODE_PINNED_INDEX_ERROR');
  const node: VirtualNumaCell = { index, memoryBytes, cpus, pins, tuneMode };
  checkTuneMode(tuneMode, [node]);
  return node;
}

/**
 * Whether the nodes of a VM can be together.
 * @throws {Fault} 400 or 409 with the message of what cannot
 */
export function checkNumaNodes(nodes: readonly VirtualNumaCell[], vm: { vcpus: number; memoryBytes: number }): void {
  if (nodes.length > vm.vcpus) throw refused('VM_NUMA_NODE_MORE_NODES_THAN_CPUS');
  if (new Set(nodes.map((node) => node.index)).size < nodes.length) throw refused('VM_NUMA_NODE_INDEX_DUPLICATE');
  const cpus = nodes.flatMap((node) => node.cpus);
  if (cpus.some((cpu) => cpu < 0 || cpu >= vm.vcpus)) throw refused('VM_NUMA_NODE_INVALID_CPU_ID');
  if (new Set(cpus).size < cpus.length) throw refused('VM_NUMA_NODE_DUPLICATE_CPU_IDS');
  if (nodes.reduce((sum, node) => sum + node.memoryBytes, 0) > vm.memoryBytes) throw refused('VM_NUMA_NODE_TOTAL_MEMORY_ERROR');
}

/** Whether a VM can start with its nodes: they follow each other from 0, it has their memory, and its pages fit into each. @throws {Fault} */
export function checkNumaComplete(nodes: readonly VirtualNumaCell[], memoryBytes: number, hugePageKib: number | null): void {
  if (nodes.length === 0) return;
  if (hugePageKib !== null && nodes.some((node) => node.memoryBytes % (hugePageKib * 1024) !== 0))
    throw refused('VM_NUMA_NODE_NOT_MULTIPLE_OF_HUGEPAGE');
  if (nodes.some((node, at) => node.index !== at)) throw refused('VM_NUMA_NODE_NON_CONTINUOUS_INDEX');
  if (nodes.reduce((sum, node) => sum + node.memoryBytes, 0) > memoryBytes) throw refused('VM_NUMA_NODE_TOTAL_MEMORY_ERROR');
}

/** Whether a VM can have CPUs for itself: not with memory on nodes that are chosen already. @throws {Fault} 409 */
export function checkNumaUnpinned(nodes: readonly VirtualNumaCell[]): void {
  if (nodes.some((node) => node.pins.length > 0)) throw refused('ACTION_TYPE_CANNOT_SET_DEDICATED_PINNING_WITH_NUMA_NODES_PINNED');
}

/** Whether nodes can have a mode: memory is preferred on one node of the host. @throws {Fault} 409 */
export function checkTuneMode(mode: NumaTuneMode, nodes: readonly VirtualNumaCell[]): void {
  if (mode === 'preferred' && nodes.some((node) => node.pins.length > 1)) throw refused('VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE');
}
