import { OvfError, readArchiveOvf, type ArchiveDisk, type OvfEntity } from '@virgate/contract/ovf';
import { VdsmError } from '@virgate/vdsm';
import { hostFailed, invalidValue, say } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';

const readTimeoutMs = 60_000;

/** A disk of an archive, as the host has read it. */
interface FoundDisk {
  name: string;
  /** Bytes in the archive, and of the disk. */
  size: string;
  capacity?: string;
  format?: string;
  /** Why it cannot be taken. */
  problem?: string;
}

/** A disk of an archive: what its description says, and how large it really is. */
export interface DescribedDisk extends ArchiveDisk {
  provisionedBytes: number;
}

/** What an archive on a host holds. */
export interface Archive {
  hostId: string;
  path: string;
  entity: OvfEntity;
  disks: DescribedDisk[];
}

/** The disk's size as the host found it, or as the description says when that is more. @throws {Fault} 400, 502 */
function described(disk: ArchiveDisk, found: readonly FoundDisk[]): DescribedDisk {
  const file = found.find(({ name }) => name === disk.fileName);
  if (file === undefined)
    throw invalidValue('url', say`the archive has no file ${JSON.stringify(disk.fileName)}, which its description names`);
  if (file.problem !== undefined) throw invalidValue('url', say`${file.name}: ${file.problem}`);
  const real = Number(file.capacity);
  if (!Number.isSafeInteger(real) || real <= 0) throw invalidValue('url', say`${file.name} is a disk without a size`);
  return { ...disk, provisionedBytes: Math.max(real, Number.isSafeInteger(disk.capacityBytes) ? disk.capacityBytes : 0) };
}

/**
 * What an archive on a host holds. The host reads headers only, so that no job is needed.
 * @throws {Fault} for an archive that the host does not take, or whose description is none
 */
export async function readArchive(context: Context, hostId: string, path: string): Promise<Archive> {
  const { client, fence } = await context.engine.hosts.access(hostId);
  const options = { timeoutMs: readTimeoutMs, fence, correlationId: context.correlationId };
  try {
    const { ovf = '', disks = [] } = (await client.call('Virgate.readArchive', { path }, options)) as { ovf?: string; disks?: FoundDisk[] };
    const { entity, disks: named } = readArchiveOvf(ovf);
    return { hostId, path, entity, disks: named.map((disk) => described(disk, disks)) };
  } catch (error) {
    if (error instanceof VdsmError) throw hostFailed('Cannot read the archive', error.message, error);
    if (error instanceof OvfError) throw invalidValue('url', error.message);
    throw error;
  }
}
