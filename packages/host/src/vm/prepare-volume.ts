import { VdsmError } from '@virgate/vdsm';
import type { PreparedVolume } from '../domain-xml/environment.ts';
import type { DiskRequest, VolumeIds } from '../domain-xml/request.ts';
import { hookErrorCode } from '../hooks/index.ts';
import { prepareLun } from './prepare-lun.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** The contract's names of formats in what hooks are told of a drive. */
const wireFormats = { raw: 'raw', qcow2: 'cow' } as const;

/**
 * Makes the volume of a VM's disk ready. Hooks of the host may show the guest another file or device in its place, by the entries
 * `path`, `format` and `diskType` of what they are told (VDSM, after_disk_prepare).
 */
async function prepareVolume(vms: VmRegistry, vm: Vm, disk: DiskRequest, ids: VolumeIds): Promise<PreparedVolume> {
  const { images, hooks } = vms.dependencies;
  const ready = await images.prepare(ids);
  const drive = {
    device: disk.device,
    name: disk.target,
    poolID: ids.poolId,
    domainID: ids.domainId,
    imageID: ids.imageId,
    volumeID: ids.volumeId,
    diskType: ready.isBlockDevice === true ? 'block' : 'file',
    path: ready.path,
    format: wireFormats[ready.format] as string,
  };
  const changed = await hooks.onJson('after_disk_prepare', drive, { vmId: vm.vmId, custom: vm.custom });
  const refuse = (what: string): never => {
    throw new VdsmError(hookErrorCode, `Hook Error: after_disk_prepare: ${what} of disk ${disk.target} can't be used`);
  };
  const { path, format, diskType } = changed;
  if (typeof path !== 'string' || !path.startsWith('/') || path.includes('\0')) return refuse('the path');
  if (format !== 'raw' && format !== 'cow') return refuse('the format');
  if (diskType !== 'file' && diskType !== 'block') return refuse('the type');
  return { path, format: format === 'raw' ? 'raw' : 'qcow2', ...(diskType === 'block' ? { isBlockDevice: true } : {}) };
}

/**
 * Makes what a disk shows ready, a volume or a LUN; undefined for a drive without either.
 *
 * @throws VdsmError when this host does not see it
 */
export async function prepareSource(vms: VmRegistry, vm: Vm, disk: DiskRequest): Promise<PreparedVolume | undefined> {
  if (disk.source.kind === 'volume') return await prepareVolume(vms, vm, disk, disk.source.ids);
  return disk.source.kind === 'lun' ? await prepareLun(vms, disk.source.guid) : undefined;
}
