/** What a VM has, and what it used of it while it ran: vCPUs and GiB, not percent, so that it may have been resized meanwhile. */
export interface Usage {
  vcpus: number;
  memoryMib: number;
  /** Days on which it ran, and hours altogether. */
  days: number;
  hours: number;
  /** vCPUs on average, and in the busiest hour of all; null when nothing is known. */
  cpuAverage: number | null;
  cpuHighest: number | null;
  /** MiB on average, and in the highest sample of all; null without a guest that tells. */
  memoryAverage: number | null;
  memoryHighest: number | null;
}

/**
 * The rules. Sizes are judged by the highest that was used, with room above it: an hour of CPU, since a minute at the limit hurts nobody,
 * but a sample of memory, since a lack of it does. The average has to agree, so that one bad day decides nothing.
 */
export const sizingRules = {
  /** A VM that ran on fewer days, or for fewer hours, is not judged. */
  fewestDays: 7,
  fewestHours: 72,
  cpu: {
    /** The busiest hour is to take this share of the recommended vCPUs. */
    target: 0.7,
    /** Too many when fewer would do and the average is below this share; too few when both are above these. */
    idleAverage: 0.4,
    busyHighest: 0.9,
    busyAverage: 0.6,
  },
  memory: {
    target: 0.8,
    /** Memory is recommended in such steps, and not less than this. */
    stepMib: 256,
    leastMib: 512,
    /** Too much when no more than this share of it would do; too little when both are above these. */
    idleShare: 0.75,
    busyHighest: 0.95,
    busyAverage: 0.8,
  },
  /** A vCPU counts as much as this much memory when sizes are ranked by what is saved. */
  gibOfVcpu: 4,
} as const;

/** What is to be done about a VM: nothing known of it, nothing, less, more, or less of the one and more of the other. */
export type SizingFinding = 'short' | 'fits' | 'over' | 'under' | 'mixed';

export interface Sizing {
  finding: SizingFinding;
  vcpus: number;
  memoryMib: number;
  /** What is saved, in GiB of memory, a vCPU counting as `gibOfVcpu` of them; less than 0 when more is needed. */
  saved: number;
  /** Why, in words. */
  reasons: string[];
}

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;
const plain = (value: number): string => String(Math.round(value * 100) / 100);

function cpuSize({ vcpus, cpuAverage, cpuHighest }: Usage): { size: number; reason?: string } {
  if (cpuAverage === null || cpuHighest === null) return { size: vcpus };
  const { target, idleAverage, busyHighest, busyAverage } = sizingRules.cpu;
  const needed = Math.max(Math.ceil(cpuHighest / target - 1e-9), 1);
  const used = `of ${vcpus} vCPUs ${plain(cpuAverage)} (${percent(cpuAverage, vcpus)}) were used on average and ${plain(cpuHighest)} (${percent(cpuHighest, vcpus)}) in the busiest hour`;
  if (cpuHighest >= busyHighest * vcpus && cpuAverage >= busyAverage * vcpus) {
    const size = Math.max(needed, vcpus + 1);
    return { size, reason: `CPU: ${used}; with ${size} the busiest hour takes ${percent(cpuHighest, size)}.` };
  }
  if (needed < vcpus && cpuAverage < idleAverage * vcpus)
    return { size: needed, reason: `CPU: ${used}; ${needed} are enough for that hour at ${percent(cpuHighest, needed)}.` };
  return { size: vcpus };
}

function memorySize({ memoryMib, memoryAverage, memoryHighest }: Usage): { size: number; reason?: string } {
  // Guests without an agent tell nothing, or zero.
  if (memoryAverage === null || memoryHighest === null || memoryHighest === 0) return { size: memoryMib };
  const { target, stepMib, leastMib, idleShare, busyHighest, busyAverage } = sizingRules.memory;
  const needed = Math.max(Math.ceil(memoryHighest / target / stepMib - 1e-9) * stepMib, leastMib);
  const gib = (mib: number): string => `${plain(mib / 1024)} GiB`;
  const used = `of ${gib(memoryMib)} ${gib(memoryAverage)} (${percent(memoryAverage, memoryMib)}) were used on average and ${gib(memoryHighest)} (${percent(memoryHighest, memoryMib)}) at most`;
  if (memoryHighest >= busyHighest * memoryMib && memoryAverage >= busyAverage * memoryMib) {
    const size = Math.max(needed, memoryMib + stepMib);
    return { size, reason: `Memory: ${used}; with ${gib(size)} the most takes ${percent(memoryHighest, size)}.` };
  }
  if (needed <= idleShare * memoryMib)
    return { size: needed, reason: `Memory: ${used}; ${gib(needed)} are enough for the most at ${percent(memoryHighest, needed)}.` };
  return { size: memoryMib };
}

/** Whether a VM has the right size, and which it should have. Pure. */
export function sizingOf(usage: Usage): Sizing {
  const { vcpus, memoryMib, days, hours } = usage;
  if (days < sizingRules.fewestDays || hours < sizingRules.fewestHours)
    return { finding: 'short', vcpus, memoryMib, saved: 0, reasons: [] };
  const [cpu, memory] = [cpuSize(usage), memorySize(usage)];
  const [less, more] = [cpu.size < vcpus || memory.size < memoryMib, cpu.size > vcpus || memory.size > memoryMib];
  return {
    finding: less && more ? 'mixed' : less ? 'over' : more ? 'under' : 'fits',
    vcpus: cpu.size,
    memoryMib: memory.size,
    saved: (vcpus - cpu.size) * sizingRules.gibOfVcpu + (memoryMib - memory.size) / 1024,
    reasons: [cpu.reason, memory.reason].filter((reason) => reason !== undefined),
  };
}
