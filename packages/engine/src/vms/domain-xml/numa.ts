import { element, type Element } from './element.ts';

/** A NUMA node of a guest, and the host's nodes on which its memory is to be. */
export interface VirtualNumaCell {
  index: number;
  memoryBytes: number;
  cpus: readonly number[];
  pins: readonly number[];
  tuneMode: 'strict' | 'interleave' | 'preferred';
}

const mib = 1024 ** 2;
const kib = (bytes: number): number => Math.floor(bytes / 1024);

/** CPUs as libvirt lists them: `0-3,6`. */
export function cpuRanges(cpus: readonly number[]): string {
  const sorted = [...new Set(cpus)].toSorted((a, b) => a - b);
  const runs: [from: number, to: number][] = [];
  for (const cpu of sorted) {
    const last = runs.at(-1);
    if (last && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/** Nodes for a guest whose CPUs lie on these nodes of its host: each with its share of the memory, there. One node of a host needs none. */
export function cellsOn(nodes: readonly { index: number; vcpus: readonly number[] }[], memoryBytes: number): VirtualNumaCell[] {
  if (nodes.length < 2) return [];
  const share = Math.floor(memoryBytes / nodes.length / mib) * mib;
  return nodes.map((node, index) => ({
    index,
    memoryBytes: index === 0 ? memoryBytes - share * (nodes.length - 1) : share,
    cpus: node.vcpus,
    pins: [node.index],
    tuneMode: 'interleave',
  }));
}

/** The cells of a guest: its virtual nodes, of which the last also gets the CPUs that can be plugged and what is left of the memory; else one of everything. */
export function numaCells(nodes: readonly VirtualNumaCell[], maxVcpus: number, memoryBytes: number): Element[] {
  if (nodes.length === 0) return [element('cell', { id: 0, cpus: `0-${maxVcpus - 1}`, memory: kib(memoryBytes) })];
  const taken = new Set(nodes.flatMap((node) => node.cpus));
  const spare = Array.from({ length: maxVcpus }, (_, cpu) => cpu).filter((cpu) => !taken.has(cpu));
  const rest = memoryBytes - nodes.reduce((sum, node) => sum + node.memoryBytes, 0);
  return nodes.map((node, at) =>
    element('cell', {
      id: node.index,
      cpus: cpuRanges(at === nodes.length - 1 ? [...node.cpus, ...spare] : node.cpus),
      memory: kib(node.memoryBytes + (at === nodes.length - 1 ? rest : 0)),
    }),
  );
}

/** Where the memory of pinned nodes is to be; null where none is pinned. */
export function numaTuneElement(nodes: readonly VirtualNumaCell[]): Element | null {
  const pinned = nodes.filter((node) => node.pins.length > 0);
  if (pinned.length === 0) return null;
  return element(
    'numatune',
    {},
    pinned.map((node) => element('memnode', { cellid: node.index, mode: node.tuneMode, nodeset: cpuRanges(node.pins) })),
  );
}
