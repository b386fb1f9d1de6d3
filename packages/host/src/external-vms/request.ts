import { invalidParameter, readObject, readOptionalText, readText, readUuid } from '../verb.ts';

/** What becomes of another manager's VM here (VDSM schema, ExternalVmParams). */
export interface ImportRequest {
  jobId: string;
  vmName: string;
  poolId: string;
  domainId: string;
  format: 'raw' | 'qcow2';
  allocation: 'sparse' | 'preallocated';
  /** The volumes for its disks, in their order. */
  disks: { imageId: string; volumeId: string }[];
  /** A file on this host with drivers for Windows. */
  driversIso: string | undefined;
}

const maximumDisks = 64;

/** Reads `vminfo` and `jobid`. @throws 11, 91 */
export function readImport(params: Record<string, unknown>): ImportRequest {
  const info = readObject(params, 'vminfo');
  const list = info['disks'];
  if (!Array.isArray(list) || list.length === 0 || list.length > maximumDisks)
    throw invalidParameter('vminfo.disks', `a list of 1 to ${maximumDisks} disks is needed`);
  const vmName = readText(info, 'vmName', 255);
  if (vmName === '' || vmName.startsWith('-') || [...vmName].some((sign) => sign < ' ' || sign === '\u007f'))
    throw invalidParameter('vminfo.vmName', 'the name of a VM is needed, which begins with no dash');
  const driversIso = readOptionalText(info, 'virtio_iso_path', 4096);
  if (driversIso !== undefined && (!driversIso.startsWith('/') || driversIso.split('/').includes('..')))
    throw invalidParameter('vminfo.virtio_iso_path', 'the absolute path of a file is needed, without ..');
  const format = (readOptionalText(info, 'format', 16) ?? 'RAW').toUpperCase();
  if (format !== 'RAW' && format !== 'COW') throw invalidParameter('vminfo.format', 'RAW or COW is needed');
  const allocation = (readOptionalText(info, 'allocation', 16) ?? 'SPARSE').toUpperCase();
  if (allocation !== 'SPARSE' && allocation !== 'PREALLOCATED')
    throw invalidParameter('vminfo.allocation', 'SPARSE or PREALLOCATED is needed');
  return {
    jobId: readUuid(params, 'jobid'),
    vmName,
    poolId: readUuid(info, 'poolID'),
    domainId: readUuid(info, 'domainID'),
    format: format === 'COW' ? 'qcow2' : 'raw',
    allocation: allocation === 'SPARSE' ? 'sparse' : 'preallocated',
    disks: list.map((_, at) => {
      const disk = readObject({ disk: list[at] as unknown }, 'disk');
      return { imageId: readUuid(disk, 'imageID'), volumeId: readUuid(disk, 'volumeID') };
    }),
    driversIso,
  };
}
