import type { VirtualNumaNode } from '@virgate/contract/generated/types';
import { invalidValue, refused } from '../rest/fault.ts';
import type { VirtualNumaCell } from '../vms/domain-xml/numa.ts';

const maxNodes = 128;
const mib = 1024 ** 2;
const modes = ['strict', 'interleave', 'preferred'] as const;

/** What a body says of a node, over what is there. Memory is in MiB. Source: REST contract, NUMA nodes of VMs. */
export function numaNodeOf(body: VirtualNumaNode, before?: VirtualNumaCell): VirtualNumaCell {
  const index = body.index ?? before?.index ?? 0;
  if (index < 0 || index >= maxNodes) throw invalidValue('index', `must be between 0 and ${maxNodes - 1}`);
  const memoryBytes = body.memory === undefined ? (before?.memoryBytes ?? 0) : body.memory * mib;
  const cpus = body.cpu?.cores === undefined ? (before?.cpus ?? []) : body.cpu.cores.map((core) => core.index ?? -1);
  const pins = body.numa_node_pins === undefined ? (before?.pins ?? []) : body.numa_node_pins.map((pin) => pin.index ?? -1);
  const tuneMode = body.numa_tune_mode ?? before?.tuneMode ?? 'interleave';
  if (!modes.includes(tuneMode)) throw invalidValue('numa_tune_mode', `must be one of ${modes.join(', ')}`);
  if (memoryBytes <= 0) throw refused('VM_NUMA_NODE_MEMORY_ERROR');
  if (pins.some((pin) => pin < 0)) throw refused('VM_NUMA_NODE_PINNED_INDEX_ERROR');
  if (tuneMode === 'preferred' && pins.length > 1) throw refused('VM_NUMA_NODE_PREFERRED_NOT_PINNED_TO_SINGLE_NODE');
  return { index, memoryBytes, cpus, pins, tuneMode };
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

/** Whether a VM can start with its nodes: they follow each other from 0, and it has their memory. @throws {Fault} */
export function checkNumaComplete(nodes: readonly VirtualNumaCell[], memoryBytes: number): void {
  if (nodes.length === 0) return;
  if (nodes.some((node, at) => node.index !== at)) throw refused('VM_NUMA_NODE_NON_CONTINUOUS_INDEX');
  if (nodes.reduce((sum, node) => sum + node.memoryBytes, 0) > memoryBytes) throw refused('VM_NUMA_NODE_TOTAL_MEMORY_ERROR');
}
