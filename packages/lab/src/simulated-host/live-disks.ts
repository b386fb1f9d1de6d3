import { carryBitmaps } from './bitmaps.ts';
import { failure, readInteger, readList, readObject, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import { NO_ID } from './storage.ts';
import type { SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';
import { factsOf } from './virtual-machine.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachines } from './virtual-machines.ts';
import type { DomainDisk } from './domain-xml.ts';

interface DiskParts {
  readonly vms: VirtualMachines;
  readonly tasks: SimulatedTasks;
  readonly storage: SimulatedStorage;
}

/** How long QEMU works on a merge or on a copy until both sides are alike. */
const WORK_MS = 40;

/** A merge that QEMU works on; plain data, so that it can lie in a file. */
export interface SimulatedMerge {
  readonly imageId: string;
  readonly domainId: string;
  readonly baseId: string;
  readonly topId: string;
  readonly doneAtMs: number;
}

/** A disk that is written to in two places. */
export interface SimulatedReplica {
  readonly poolId: string;
  readonly domainId: string;
  readonly volumeId: string;
  readonly readyAtMs: number;
}

const diskOf = (vm: VirtualMachine, imageId: string): DomainDisk | undefined => factsOf(vm).disks.find((disk) => disk.imageId === imageId);

/** The chain of a volume as the storage has it, the volume first. */
function chainOf(storage: SimulatedStorage, domainId: string, volumeId: string): string[] {
  const chain: string[] = [];
  const { volumes } = storage.domain(domainId);
  for (let next = volumeId; next !== NO_ID && volumes[next] !== undefined && !chain.includes(next);) {
    chain.push(next);
    next = volumes[next]?.parentId ?? NO_ID;
  }
  return chain;
}

/** Puts a disk on another volume or domain, in the domain and in its metadata. */
function switchDisk(vm: VirtualMachine, disk: DomainDisk, to: { domainId?: string; volumeId?: string }): void {
  const replace = (element: string): string => {
    if (!element.includes(disk.imageId)) return element;
    const moved = to.domainId === undefined ? element : element.replaceAll(disk.domainId, to.domainId);
    return to.volumeId === undefined ? moved : moved.replaceAll(disk.volumeId, to.volumeId);
  };
  vm.xml = vm.xml.replaceAll(/<disk\b[\s\S]*?<\/disk>/g, replace).replaceAll(/<ovirt-vm:device\b[\s\S]*?<\/ovirt-vm:device>/g, replace);
}

/** The chain and the copy of each disk, as a hypervisor tells them of a running domain. */
export function liveXml(storage: SimulatedStorage, vm: VirtualMachine): string {
  return vm.xml.replaceAll(/<disk\b[\s\S]*?<\/disk>/g, (element) => {
    const disk = factsOf(vm).disks.find((one) => element.includes(`/images/${one.imageId}/`));
    if (!disk || element.includes('cdrom') || storage.content.domains[disk.domainId]?.broken !== false) return element;
    const path = (domainId: string, volumeId: string): string =>
      `/rhev/data-center/${disk.poolId}/${domainId}/images/${disk.imageId}/${volumeId}`;
    const below = chainOf(storage, disk.domainId, disk.volumeId)
      .slice(1)
      .map((id) => `<backingStore type="file"><source file="${path(disk.domainId, id)}"/>`);
    const replica = vm.replicas?.[disk.imageId];
    const ready = replica !== undefined && Date.now() >= replica.readyAtMs ? ' ready="yes"' : '';
    const mirror = replica
      ? `<mirror type="file" job="copy"${ready}><source file="${path(replica.domainId, replica.volumeId)}"/></mirror>`
      : '';
    return element.replace('</disk>', `${below.join('')}${'</backingStore>'.repeat(below.length)}${mirror}</disk>`);
  });
}

/** What QEMU has come to by now: merges that are due are done. */
export function settleDisks({ vms, storage }: Pick<DiskParts, 'vms' | 'storage'>, vm: VirtualMachine): void {
  for (const [id, merge] of Object.entries(vm.merges ?? {})) {
    if (vm.running && Date.now() < merge.doneAtMs) continue;
    delete vm.merges?.[id];
    delete vm.jobs[id];
    if (!vm.running) continue;
    const { volumes } = storage.domain(merge.domainId);
    const [base, top] = [volumes[merge.baseId], volumes[merge.topId]];
    if (!base || !top) continue;
    base.capacityBytes = Math.max(base.capacityBytes, top.capacityBytes);
    for (const volume of Object.values(volumes)) if (volume.parentId === merge.topId) volume.parentId = merge.baseId;
    top.legality = 'ILLEGAL';
    carryBitmaps(storage, top, base);
    const disk = diskOf(vm, merge.imageId);
    if (disk?.volumeId === merge.topId) switchDisk(vm, disk, { volumeId: merge.baseId });
    vms.relock(vm);
    vms.changed(vm);
    storage.onChange();
  }
}

interface Snapshotted {
  imageId: string;
  domainId: string;
  baseId: string;
  volumeId: string;
}

function snapshot({ vms, storage, tasks }: DiskParts, params: Parameters): true {
  const vm = vms.running(readText(params, 'vmID'));
  const drives = readList(params, 'snapDrives').map((item): Snapshotted => {
    const drive = item as Parameters;
    return {
      imageId: readText(drive, 'imageID'),
      domainId: readText(drive, 'domainID'),
      baseId: readText(drive, 'baseVolumeID'),
      volumeId: readText(drive, 'volumeID'),
    };
  });
  for (const drive of drives) {
    const { volumeId } = diskOf(vm, drive.imageId) ?? { volumeId: '' };
    if (volumeId !== drive.baseId && volumeId !== drive.volumeId)
      throw failure('SnapshotFailed', `Snapshot failed: disk ${drive.imageId} does not write to ${drive.baseId}`);
    if (storage.volume(drive.domainId, drive.volumeId).parentId !== drive.baseId)
      throw failure('SnapshotFailed', `Snapshot failed: volume ${drive.volumeId} does not stand on ${drive.baseId}`);
  }
  return tasks.startJob(readText(params, 'jobUUID'), 'virt', 'snapshot_vm', () => {
    if (!vm.running) throw failure('VMIsDown', 'Virtual machine is down');
    for (const drive of drives) {
      const disk = diskOf(vm, drive.imageId);
      if (disk?.volumeId !== drive.baseId) continue;
      carryBitmaps(storage, storage.volume(drive.domainId, drive.baseId), storage.volume(drive.domainId, drive.volumeId));
      switchDisk(vm, disk, { volumeId: drive.volumeId });
    }
    vms.relock(vm);
    vms.changed(vm);
  });
}

function merge({ vms, storage }: DiskParts, params: Parameters): true {
  const vm = vms.running(readText(params, 'vmID'));
  const drive = readObject(params, 'drive');
  const id = readText(params, 'jobUUID');
  if (vm.merges?.[id] !== undefined) return true;
  const imageId = readText(drive, 'imageID');
  const disk = diskOf(vm, imageId);
  const [baseId, topId] = [readText(params, 'baseVolUUID'), readText(params, 'topVolUUID')];
  if (!disk) throw failure('MergeFailed', `Merge failed: no disk ${imageId}`);
  if (Object.values(vm.merges ?? {}).some((one) => one.imageId === imageId) || vm.replicas?.[imageId] !== undefined)
    throw failure('MergeFailed', 'Merge failed: a block job works on the disk');
  const chain = chainOf(storage, disk.domainId, disk.volumeId);
  if (!chain.includes(topId) || chain[chain.indexOf(topId) + 1] !== baseId)
    throw failure('MergeFailed', `Merge failed: ${topId} does not stand on ${baseId}`);
  if (storage.volume(disk.domainId, baseId).imageId !== imageId) throw failure('CannotShareVolume', `Volume ${baseId} is a template's`);
  vm.merges = { ...vm.merges, [id]: { imageId, domainId: disk.domainId, baseId, topId, doneAtMs: Date.now() + WORK_MS } };
  vm.jobs[id] = {
    id,
    jobType: 'block',
    blockJobType: 'commit',
    bandwidth: 0,
    cur: '0',
    end: '1048576',
    imgUUID: imageId,
    drive: disk.target,
  };
  vms.changed(vm);
  return true;
}

interface Place {
  poolId: string;
  domainId: string;
  imageId: string;
  volumeId: string;
}

const placeOf = (value: Parameters): Place => ({
  poolId: readText(value, 'poolID'),
  domainId: readText(value, 'domainID'),
  imageId: readText(value, 'imageID'),
  volumeId: readText(value, 'volumeID'),
});

function startReplica({ vms, storage }: DiskParts, params: Parameters): true {
  const vm = vms.running(readText(params, 'vmID'));
  const [source, destination] = [placeOf(readObject(params, 'srcDisk')), placeOf(readObject(params, 'dstDisk'))];
  const disk = diskOf(vm, source.imageId);
  storage.volume(destination.domainId, destination.volumeId);
  if (disk?.volumeId !== source.volumeId) throw failure('ReplicaError', 'The disk writes to another volume');
  const known = vm.replicas?.[source.imageId];
  if (disk.domainId === destination.domainId || known?.domainId === destination.domainId) return true;
  if (known !== undefined) throw failure('ReplicaError', 'A block job works on the disk already');
  vm.replicas = {
    ...vm.replicas,
    [source.imageId]: {
      poolId: destination.poolId,
      domainId: destination.domainId,
      volumeId: destination.volumeId,
      readyAtMs: Date.now() + WORK_MS,
    },
  };
  vms.changed(vm);
  return true;
}

function finishReplica({ vms, storage }: DiskParts, params: Parameters): true {
  const vm = vms.running(readText(params, 'vmID'));
  const [source, destination] = [placeOf(readObject(params, 'srcDisk')), placeOf(readObject(params, 'dstDisk'))];
  const disk = diskOf(vm, source.imageId);
  if (!disk) throw failure('ReplicaError', 'The VM has no such disk');
  const replica = vm.replicas?.[source.imageId];
  const end = (): void => {
    const { [source.imageId]: _ended, ...rest } = vm.replicas ?? {};
    vm.replicas = rest;
    vms.relock(vm);
    vms.changed(vm);
  };
  if (source.domainId === destination.domainId) {
    if (disk.domainId !== source.domainId) throw failure('ReplicaError', 'The disk is on the other domain already');
    end();
    return true;
  }
  if (disk.domainId === destination.domainId) return true;
  if (replica?.domainId !== destination.domainId) throw failure('ReplicationNotInProgress', 'The disk is not being replicated');
  if (Date.now() < replica.readyAtMs) throw failure('ResourceUnavailable', 'The disk is not wholly copied yet');
  const chain = chainOf(storage, destination.domainId, destination.volumeId);
  const hollow = chain.slice(1).find((id) => storage.volume(destination.domainId, id).isEmpty === true);
  if (hollow !== undefined) throw failure('ReplicaError', `Volume ${hollow} has no data yet`);
  delete storage.volume(destination.domainId, destination.volumeId).isEmpty;
  switchDisk(vm, disk, { domainId: destination.domainId });
  storage.onChange();
  end();
  return true;
}

/** Verbs about the disks of running machines. */
export function liveDiskVerbs(parts: DiskParts): Record<string, SimulatedVerb> {
  const { vms, storage } = parts;
  /** Everything sees what QEMU has come to. */
  const settled =
    (verb: SimulatedVerb): SimulatedVerb =>
    (params, call) => {
      const vm = vms.all.get(readText(params, 'vmID'));
      if (vm) settleDisks(parts, vm);
      return verb(params, call);
    };
  return {
    'VM.snapshot': settled((params) => snapshot(parts, params)),
    'VM.merge': settled((params) => merge(parts, params)),
    'VM.diskReplicateStart': settled((params) => startReplica(parts, params)),
    'VM.diskReplicateFinish': settled((params) => finishReplica(parts, params)),
    'VM.diskSizeExtend': settled((params) => {
      const vm = vms.running(readText(params, 'vmID'));
      const imageId = readText(readObject(params, 'driveSpecs'), 'imageID');
      const disk = diskOf(vm, imageId);
      if (!disk) throw failure('BadDiskResizeParameter', `The VM has no disk ${imageId}`);
      const bytes = readInteger(params, 'newSize');
      const volume = storage.volume(disk.domainId, disk.volumeId);
      if (bytes < volume.capacityBytes) throw failure('BadDiskResizeParameter', 'A disk cannot be made smaller');
      volume.capacityBytes = bytes;
      storage.onChange();
      return String(bytes);
    }),
  };
}
