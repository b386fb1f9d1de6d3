import { DomainBlockCopyFlags, DomainBlockJobAbortFlags } from '@virgate/libvirt';
import { VdsmError } from '@virgate/vdsm';
import { element } from '../domain-xml/element.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { writeXml } from '../domain-xml/write.ts';
import { readObject, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { findDrive, keepDrives, readDriveSpec, setDeviceChildren, sourceOf } from './drives.ts';
import type { Drive } from './drives.ts';
import { editMetadata } from './metadata-state.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

const replicaFailed = 55;
const notReady = 40;
const notInProgress = 88;

/** Where a disk is written to twice, in the metadata of the device. Source: VDSM, domain metadata. */
const replicaElement = (ids: VolumeIds, path: string, format: string) =>
  element('diskReplicate', {}, [
    element('device', {}, ['disk']),
    element('poolID', {}, [ids.poolId]),
    element('domainID', {}, [ids.domainId]),
    element('imageID', {}, [ids.imageId]),
    element('volumeID', {}, [ids.volumeId]),
    element('path', {}, [path]),
    element('format', {}, [format]),
  ]);

const coded = (error: unknown): VdsmError => (error instanceof VdsmError ? error : asFault(error, replicaFailed));

/** @throws VdsmError 55 when the disk is not on the volume that it is said to be on */
async function sourceDrive(vms: VmRegistry, vm: Vm, source: VolumeIds): Promise<Drive> {
  const drive = await findDrive(vms, vm, source.imageId, replicaFailed);
  if (drive.ids.volumeId !== source.volumeId)
    throw new VdsmError(replicaFailed, `Disk ${drive.target} writes to volume ${drive.ids.volumeId}, not ${source.volumeId}`);
  return drive;
}

/**
 * The verb VM.diskReplicateStart: from now on what a disk writes goes to a volume on another domain as well, which gets what the source's
 * volume holds (VDSM schema, VM.diskReplicateStart). Its parents there are filled by others meanwhile. A repeat changes nothing.
 */
export function startReplica(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const source = readDriveSpec(readObject(params, 'srcDisk'));
    const destination = readDriveSpec(readObject(params, 'dstDisk'));
    const { images } = vms.dependencies;
    try {
      await vms.inTurn(vm, async () => {
        const drive = await sourceDrive(vms, vm, source);
        const ready = await images.prepare(destination);
        if (drive.path === ready.path || drive.mirror?.path === ready.path) return;
        if (drive.shared) throw new VdsmError(replicaFailed, `Disk ${drive.target} is shared or transient`);
        if (drive.mirror) throw new VdsmError(replicaFailed, `A block job works on disk ${drive.target} already`);
        if (ready.isBlockDevice === true)
          await vms.dependencies.liveVolumes.makeCopyRoom(
            { domainId: source.domainId, imageId: source.imageId, volumeId: source.volumeId },
            { domainId: destination.domainId, imageId: destination.imageId, volumeId: destination.volumeId },
          );
        // Noted before libvirt is asked: the folder's link goes at the VM's end, whatever comes of it.
        vm.volumes = [
          ...vm.volumes.filter((one) => one.imageId !== destination.imageId || one.domainId !== destination.domainId),
          destination,
        ];
        await vms.save(vm);
        await editMetadata(vms, vm, (metadata) =>
          setDeviceChildren(metadata, drive.target, { diskReplicate: replicaElement(destination, ready.path, ready.format) }),
        );
        const target = sourceOf(ready);
        const xml = writeXml(element('disk', { type: target.type }, [element('driver', { type: ready.format }), target.source]));
        const { SHALLOW, REUSE_EXT, TRANSIENT_JOB } = DomainBlockCopyFlags;
        try {
          await vms.call(vm, 'control', (connection) =>
            connection.domainBlockCopy(vm.vmId, drive.target, xml, SHALLOW | REUSE_EXT | TRANSIENT_JOB),
          );
        } catch (error) {
          const now = await findDrive(vms, vm, source.imageId, replicaFailed);
          if (now.mirror?.path !== ready.path) {
            await forget(vms, vm, now, destination);
            throw error;
          }
        }
        await vms.refreshFacts(vm);
      });
    } catch (error) {
      throw coded(error);
    }
    return true;
  };
}

/** Nothing is written twice any more; the disk stays where it was. */
async function forget(vms: VmRegistry, vm: Vm, drive: Drive, other: VolumeIds): Promise<void> {
  await editMetadata(vms, vm, (metadata) => setDeviceChildren(metadata, drive.target, { diskReplicate: undefined }));
  await letGo(vms, vm, other);
  await vms.refreshFacts(vm);
}

async function letGo(vms: VmRegistry, vm: Vm, volume: VolumeIds): Promise<void> {
  const { images, log } = vms.dependencies;
  vm.volumes = vm.volumes.filter((one) => one.imageId !== volume.imageId || one.domainId !== volume.domainId);
  await vms.save(vm);
  await images
    .teardown(volume)
    .catch((error: unknown) => log.warn({ vmId: vm.vmId, ...volume, error: String(error) }, 'A volume could not be let go'));
}

/**
 * The verb VM.diskReplicateFinish: the disk goes over to the other volume, or, when source and destination are the same, stays
 * (VDSM schema, VM.diskReplicateFinish).
 *
 * @throws VdsmError 40 as long as the two are not alike, 88 when nothing is written twice
 */
export function finishReplica(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const source = readDriveSpec(readObject(params, 'srcDisk'));
    const destination = readDriveSpec(readObject(params, 'dstDisk'));
    const stays = source.domainId === destination.domainId && source.volumeId === destination.volumeId;
    try {
      await vms.inTurn(vm, () => (stays ? cancel(vms, vm, source) : goOver(vms, vm, source, destination)));
    } catch (error) {
      throw coded(error);
    }
    return true;
  };
}

async function cancel(vms: VmRegistry, vm: Vm, source: VolumeIds): Promise<void> {
  const drive = await findDrive(vms, vm, source.imageId, replicaFailed);
  if (drive.ids.domainId !== source.domainId)
    throw new VdsmError(replicaFailed, `Disk ${drive.target} is on storage domain ${drive.ids.domainId} already`);
  if (drive.mirror && drive.mirror.job !== 'copy') throw new VdsmError(replicaFailed, `Another block job works on disk ${drive.target}`);
  if (drive.mirror) await vms.call(vm, 'control', (connection) => connection.domainBlockJobAbort(vm.vmId, drive.target));
  await editMetadata(vms, vm, (metadata) => setDeviceChildren(metadata, drive.target, { diskReplicate: undefined }));
  const others = vm.volumes.filter((one) => one.imageId === source.imageId && one.domainId !== source.domainId);
  for (const other of others) await letGo(vms, vm, other);
  await vms.refreshFacts(vm);
}

async function goOver(vms: VmRegistry, vm: Vm, source: VolumeIds, destination: VolumeIds): Promise<void> {
  const { images } = vms.dependencies;
  const drive = await findDrive(vms, vm, source.imageId, replicaFailed);
  // With their parents in place now: what the disk goes over to has to be whole.
  const ready = await images.prepare(destination);
  if (drive.path !== ready.path) {
    if (drive.mirror?.job !== 'copy' || drive.mirror.path !== ready.path)
      throw new VdsmError(notInProgress, `Disk ${drive.target} is not being replicated to storage domain ${destination.domainId}`);
    const info = await vms.call(vm, 'query', (connection) => connection.domainBlockJobInfo(vm.vmId, drive.target));
    if (!drive.mirror.ready || info === undefined || info.current !== info.end)
      throw new VdsmError(notReady, `Disk ${drive.target} is not wholly on storage domain ${destination.domainId} yet`);
    await vms.call(vm, 'start', (connection) => connection.domainBlockJobAbort(vm.vmId, drive.target, DomainBlockJobAbortFlags.PIVOT));
  }
  vm.volumes = vm.volumes.filter((one) => one.imageId !== source.imageId || one.domainId === destination.domainId);
  await keepDrives(vms, vm, new Map([[source.imageId, { poolId: destination.poolId, domainId: destination.domainId }]]), (metadata) =>
    setDeviceChildren(metadata, drive.target, { diskReplicate: undefined }),
  );
  await letGo(vms, vm, source);
}
