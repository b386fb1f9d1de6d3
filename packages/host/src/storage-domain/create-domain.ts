import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../command.ts';
import { formatXleasesIndex, xleasesIndexOffset } from '../lease/xleases-index.ts';
import { storageError, systemCode, toStorageError } from '../storage-error.ts';
import { domainDirectoryMode, domainFileMode, makeFile, replaceFile, statusOf, syncDirectory } from './beneath.ts';
import type { Owner } from './beneath.ts';
import { formatDomainMetadata, newDomainMetadata } from './domain-metadata.ts';
import type { DomainClass, DomainType } from './domain-metadata.ts';
import { initialiseLease, initialiseLockspace, spmResource } from './sanlock.ts';

/** Image that holds the files of an ISO domain. */
export const isoImageId = '11111111-1111-1111-1111-111111111111';

/** Suffix of what is not finished: it never counts as what it will become. */
export const volatileSuffix = '.volatile';

/** Size of `inbox` and `outbox`: 4 KiB for each of 4096 host ids. */
const mailboxBytes = 16 * 1024 * 1024;

const mebibyte = 1024 * 1024;

export interface NewDomain {
  domainId: string;
  name: string;
  class: DomainClass;
  type: DomainType;
  remotePath: string;
  /** 512, 4096, or 0 = what the storage has. */
  blockSizeBytes: number;
  maximumHosts: number;
}

/** Space between leases: it follows from the block size and the number of hosts (sanlock). @throws 1000 */
export function leaseAlignment(blockSizeBytes: number, maximumHosts: number): number {
  if (!Number.isSafeInteger(maximumHosts) || maximumHosts < 1 || maximumHosts > 2000)
    throw storageError('InvalidParameterException', 'maxHosts must be between 1 and 2000');
  if (blockSizeBytes === 512) return mebibyte;
  if (maximumHosts > 1000) return 8 * mebibyte;
  if (maximumHosts > 500) return 4 * mebibyte;
  return maximumHosts > 250 ? 2 * mebibyte : mebibyte;
}

/**
 * Makes a domain of storage format V5 beneath a mount point, in the layout of VDSM. It is built under
 * another name and renamed when it is whole.
 *
 * @returns path of the domain
 * @throws 365 StorageDomainAlreadyExists, 361 StorageDomainNotEmpty when another domain is there, 348
 *   when the block size does not fit the storage, 397, 385 …
 */
export async function createDomain(mountPoint: string, domain: NewDomain, owner: Owner | undefined, nowMs: number): Promise<string> {
  const path = join(mountPoint, domain.domainId);
  await refuseOccupied(mountPoint, domain.domainId);
  const building = `${path}${volatileSuffix}`;
  try {
    await rm(building, { recursive: true, force: true });
    await mkdir(join(building, 'dom_md'), { recursive: true, mode: domainDirectoryMode });
    await mkdir(join(building, 'images'), { mode: domainDirectoryMode });
    const blockSizeBytes = await chooseBlockSize(join(building, 'dom_md'), domain.blockSizeBytes);
    await build(building, { ...domain, blockSizeBytes }, owner, nowMs);
    if (domain.class === 'Iso') await mkdir(join(building, 'images', isoImageId), { mode: domainDirectoryMode });
    await makeMasterTree(building);
    await rename(building, path);
    await syncDirectory(mountPoint);
  } catch (error) {
    await rm(building, { recursive: true, force: true }).catch(() => undefined);
    if (systemCode(error) === 'EACCES' || systemCode(error) === 'EPERM')
      throw storageError('StorageDomainInsufficientPermissions', `No permission to write into ${domain.remotePath}`, error);
    throw toStorageError(error, 'StorageDomainCreationError', `create storage domain ${domain.domainId}`);
  }
  return path;
}

async function refuseOccupied(mountPoint: string, domainId: string): Promise<void> {
  const names = await readdir(mountPoint).catch((error: unknown) => {
    throw toStorageError(error, 'StorageDomainFSNotMounted', 'read the storage connection');
  });
  for (const name of names) {
    if (name.endsWith(volatileSuffix)) continue;
    if ((await statusOf(join(mountPoint, name, 'dom_md'))) === undefined) continue;
    if (name === domainId) throw storageError('StorageDomainAlreadyExists', `Storage domain already exists: ${domainId}`);
    throw storageError(
      'StorageDomainNotEmpty',
      `Another storage domain (${name}) lies on this connection: import it, or use an empty directory`,
    );
  }
}

async function build(directory: string, domain: NewDomain, owner: Owner | undefined, nowMs: number): Promise<void> {
  const files = join(directory, 'dom_md');
  const geometry = { blockSizeBytes: domain.blockSizeBytes, alignmentBytes: leaseAlignment(domain.blockSizeBytes, domain.maximumHosts) };
  for (const name of ['inbox', 'outbox']) await makeFile(join(files, name), owner, { sizeBytes: mailboxBytes });
  for (const name of ['ids', 'leases', 'xleases']) await makeFile(join(files, name), owner);
  await initialiseLockspace(domain.domainId, join(files, 'ids'), geometry);
  await initialiseLease(
    { lockspace: domain.domainId, resource: spmResource, path: join(files, 'leases'), offsetBytes: geometry.alignmentBytes },
    geometry,
  );
  const handle = await open(join(files, 'xleases'), 'r+', domainFileMode);
  try {
    const index = formatXleasesIndex(domain.domainId, Math.floor(nowMs / 1000));
    await handle.write(index, 0, index.length, xleasesIndexOffset(geometry.alignmentBytes));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await replaceFile(join(files, 'metadata'), formatDomainMetadata(newDomainMetadata({ ...domain, ...geometry })), owner);
}

/** The tree that a master domain holds; harmless in any other, so that it can become one at once. */
export async function makeMasterTree(domainPath: string): Promise<void> {
  for (const name of ['vms', 'tasks']) await mkdir(join(domainPath, 'master', name), { recursive: true, mode: domainDirectoryMode });
}

/** The smallest block that the file system takes for direct writes; one without direct writes counts as 512. */
async function chooseBlockSize(directory: string, wanted: number): Promise<number> {
  if (wanted !== 0 && wanted !== 512 && wanted !== 4096)
    throw storageError('InvalidParameterException', 'blockSize must be 512, 4096 or 0');
  const probe = join(directory, 'probe');
  const takes = async (bytes: number): Promise<boolean> => {
    const argv = ['dd', 'if=/dev/zero', `of=${probe}`, `bs=${bytes}`, 'count=1', 'oflag=direct', 'status=none'];
    return await runCommand(argv, { timeoutMs: 30_000 }).then(
      () => true,
      () => false,
    );
  };
  try {
    const found = (await takes(512)) ? 512 : (await takes(4096)) ? 4096 : 512;
    if (wanted !== 0 && wanted < found)
      throw storageError('StorageDomainBlockSizeMismatch', `The storage has blocks of ${found} bytes, ${wanted} were asked for`);
    return wanted === 0 ? found : wanted;
  } finally {
    await rm(probe, { force: true });
  }
}
