import { VdsmError } from '@virgate/vdsm';
import { readSize } from '../storage-parameters.ts';
import { readObject, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { findDrive, readDriveSpec } from './drives.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';

const resizeFailed = 58;

/**
 * The verb VM.diskSizeExtend: a running guest sees a larger disk (VDSM schema, VM.diskSizeExtend). One that is as large already is left as it
 * is.
 *
 * @returns the size in bytes, as text
 */
export function extendDiskSize(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.running(readUuid(params, 'vmID'));
    const ids = readDriveSpec(readObject(params, 'driveSpecs'));
    const sizeBytes = readSize(params, 'newSize');
    try {
      await vms.inTurn(vm, async () => {
        const drive = await findDrive(vms, vm, ids.imageId, resizeFailed);
        if (drive.mirror) throw new VdsmError(resizeFailed, `A block job works on disk ${drive.target}; wait for its end`);
        const { imageId, volumeId } = drive.ids;
        const place = { domainId: ids.domainId, imageId, volumeId };
        // the pool's manager has made it larger already, which this host has not seen
        if (drive.isBlockDevice) await vms.dependencies.liveVolumes.refresh(place);
        const info = await vms.call(vm, 'query', (connection) =>
          connection.call('DOMAIN_GET_BLOCK_INFO', { dom: { name: vm.name, uuid: vm.vmId, id: -1 }, path: drive.target }),
        );
        if (BigInt(sizeBytes) < info.capacity)
          throw new VdsmError(resizeFailed, `Disk ${drive.target} has ${info.capacity} bytes; it cannot be made smaller`);
        if (BigInt(sizeBytes) > info.capacity)
          await vms.call(vm, 'control', (connection) => connection.domainBlockResize(vm.vmId, drive.target, sizeBytes));
        await vms.dependencies.liveVolumes.setCapacity(place, sizeBytes);
      });
    } catch (error) {
      throw error instanceof VdsmError ? error : asFault(error, resizeFailed);
    }
    return String(sizeBytes);
  };
}
