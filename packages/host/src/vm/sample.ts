import type { ParameterRecord } from '@virgate/libvirt';

/** Counters of one disk since the VM started. */
export interface DiskSample {
  readRequests: number;
  readBytes: number;
  readNs: number;
  writeRequests: number;
  writtenBytes: number;
  writeNs: number;
  flushRequests: number;
  flushNs: number;
  physicalBytes: number;
  allocatedBytes: number;
}
export interface NicSample {
  receivedBytes: number;
  receivedErrors: number;
  receivedDropped: number;
  sentBytes: number;
  sentErrors: number;
  sentDropped: number;
}

/** What libvirt says of a running domain at one moment. Values that it does not give are missing. */
export interface VmSample {
  atMs: number;
  cpuTimeNs: number | undefined;
  cpuSystemNs: number | undefined;
  vcpus: number | undefined;
  balloon: {
    currentKib?: number;
    maximumKib?: number;
    unusedKib?: number;
    availableKib?: number;
    diskCachesKib?: number;
    swapIn?: number;
    swapOut?: number;
    majorFaults?: number;
    minorFaults?: number;
  };
  /** By target device. */
  disks: Map<string, DiskSample>;
  /** By the host's device. */
  nics: Map<string, NicSample>;
  /** QEMU itself answered, not only libvirt's memory. */
  complete: boolean;
}

/** Most disks or NICs of one VM that are sampled. */
const maximumDevices = 512;

function numberOf(record: ParameterRecord, name: string): number | undefined {
  const value = record[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function count(record: ParameterRecord, name: string): number {
  return Math.min(maximumDevices, Math.max(0, numberOf(record, name) ?? 0));
}

function readDisk(record: ParameterRecord, prefix: string): DiskSample {
  const at = (name: string): number => numberOf(record, `${prefix}.${name}`) ?? 0;
  return {
    readRequests: at('rd.reqs'),
    readBytes: at('rd.bytes'),
    readNs: at('rd.times'),
    writeRequests: at('wr.reqs'),
    writtenBytes: at('wr.bytes'),
    writeNs: at('wr.times'),
    flushRequests: at('fl.reqs'),
    flushNs: at('fl.times'),
    physicalBytes: at('physical'),
    allocatedBytes: at('allocation'),
  };
}

function readNic(record: ParameterRecord, prefix: string): NicSample {
  const at = (name: string): number => numberOf(record, `${prefix}.${name}`) ?? 0;
  return {
    receivedBytes: at('rx.bytes'),
    receivedErrors: at('rx.errs'),
    receivedDropped: at('rx.drop'),
    sentBytes: at('tx.bytes'),
    sentErrors: at('tx.errs'),
    sentDropped: at('tx.drop'),
  };
}

const balloonNames = {
  currentKib: 'balloon.current',
  maximumKib: 'balloon.maximum',
  unusedKib: 'balloon.unused',
  availableKib: 'balloon.available',
  diskCachesKib: 'balloon.disk_caches',
  swapIn: 'balloon.swap_in',
  swapOut: 'balloon.swap_out',
  majorFaults: 'balloon.major_fault',
  minorFaults: 'balloon.minor_fault',
} as const;

/** One row of libvirt's bulk statistics. Pure. */
export function readSample(record: ParameterRecord, atMs: number): VmSample {
  const disks = new Map<string, DiskSample>();
  let complete = true;
  for (let index = 0; index < count(record, 'block.count'); index++) {
    const name = record[`block.${index}.name`];
    if (typeof name !== 'string') continue;
    // A busy domain is skipped, and then has no numbers that only QEMU knows.
    if (record[`block.${index}.path`] !== undefined && numberOf(record, `block.${index}.rd.reqs`) === undefined) complete = false;
    disks.set(name, readDisk(record, `block.${index}`));
  }
  const nics = new Map<string, NicSample>();
  for (let index = 0; index < count(record, 'net.count'); index++) {
    const name = record[`net.${index}.name`];
    if (typeof name === 'string') nics.set(name, readNic(record, `net.${index}`));
  }
  const balloon = Object.fromEntries(
    Object.entries(balloonNames).flatMap(([key, name]) => {
      const value = numberOf(record, name);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return {
    atMs,
    cpuTimeNs: numberOf(record, 'cpu.time'),
    cpuSystemNs: numberOf(record, 'cpu.system'),
    vcpus: numberOf(record, 'vcpu.current'),
    balloon,
    disks,
    nics,
    complete,
  };
}
