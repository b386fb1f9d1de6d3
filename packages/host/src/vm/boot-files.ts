import { VdsmError } from '@virgate/vdsm';
import { realpath, stat } from 'node:fs/promises';
import { readBootFiles, setBootFile, volumeOfPath } from '../domain-xml/boot-files.ts';
import type { BootPart } from '../domain-xml/boot-files.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import type { VolumeIds } from '../domain-xml/request.ts';
import { errorCode } from '../verb.ts';
import type { ImagePreparer } from './images.ts';

/** From where VMs may boot kernels: volumes, and folders that the administrator of this host has named. */
export interface BootPlaces {
  images: Pick<ImagePreparer, 'prepare'>;
  bootDirectories: readonly string[];
}

const refuse = (message: string): never => {
  throw new VdsmError(errorCode.cannotCreateVm, message);
};

async function isFile(path: string): Promise<boolean> {
  return (await stat(path)).isFile();
}

/** Where a file really lies that is beneath one of the folders. */
async function allowedFile(part: BootPart, path: string, directories: readonly string[]): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  for (const directory of real === undefined ? [] : directories) {
    const root = await realpath(directory).catch(() => undefined);
    const isBeneath = root !== undefined && real !== undefined && real.startsWith(root.endsWith('/') ? root : `${root}/`);
    if (isBeneath && (await isFile(real))) return real;
  }
  // Nothing is said of what lies elsewhere: not even whether it is there.
  const folders = directories.length === 0 ? 'which names none' : directories.join(', ');
  return refuse(`The ${part} ${path} is no file beneath the folders of this host agent's setting boot.directories (${folders})`);
}

/** The file of a volume. What its storage put a link in place of is not let through. */
async function volumeFile(part: BootPart, ids: VolumeIds, images: BootPlaces['images']): Promise<string> {
  const { path, format, isBlockDevice, network } = await images.prepare(ids);
  if (format !== 'raw') refuse(`The ${part} lies on volume ${ids.volumeId} in the format ${format}; only raw volumes can be booted from`);
  if (isBlockDevice === true || network)
    refuse(`The ${part} lies on volume ${ids.volumeId} of a block domain; QEMU reads it from files only: put it on a file domain`);
  const real = await realpath(path);
  const found = volumeOfPath(real);
  const isSame = found?.domainId === ids.domainId && found.imageId === ids.imageId && found.volumeId === ids.volumeId;
  if (!isSame || !(await isFile(real))) refuse(`The ${part} on volume ${ids.volumeId} is no file of its storage domain`);
  return real;
}

/**
 * Makes what a domain boots from ready, and the domain boot from where it really lies on this host.
 *
 * @param domain it is changed
 * @throws DomainRequestError, VdsmError 9 for what the host does not let VMs have, and those of storage
 */
export async function placeBootFiles({ images, bootDirectories }: BootPlaces, domain: XmlElement): Promise<void> {
  for (const { part, source } of readBootFiles(domain)) {
    const path =
      source.kind === 'volume' ? await volumeFile(part, source.ids, images) : await allowedFile(part, source.path, bootDirectories);
    setBootFile(domain, part, path);
  }
}
