import { isUuid } from '../uuid.ts';
import { child, childrenNamed, setText, textOf } from './element.ts';
import type { XmlElement } from './element.ts';
import { DomainRequestError } from './request-error.ts';
import type { VolumeIds } from './request.ts';

/** The files from which QEMU boots a guest by itself. */
export type BootPart = 'kernel' | 'initrd';

/** Where one of them comes from. */
export type BootSource =
  | { kind: 'volume'; ids: VolumeIds }
  /** A file of the host, which only the agent's setting can allow. */
  | { kind: 'file'; path: string };

/** A file that a domain boots from. */
export interface BootFile {
  part: BootPart;
  source: BootSource;
}

/** `commandLineCharacters`: what x86 kernels take (COMMAND_LINE_SIZE). */
export const bootLimits = { pathCharacters: 4096, commandLineCharacters: 2048 } as const;

const bootParts = ['kernel', 'initrd'] as const satisfies BootPart[];

/** Files of the host that a domain may name in its `os`, which no agent makes ready. */
const refusedParts = ['dtb', 'shim', 'acpi'];

// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001F\u007F]/;

/** Wherever the repository is mounted: a document that comes from another host has the path of that one. */
const volumePath = /(?:\/([^/]+))?\/([^/]+)\/images\/([^/]+)\/([^/]+)$/;

/** Where the pool is not told; volumes are found without it. */
const noPool = '00000000-0000-0000-0000-000000000000';

/** The volume that a path of the repository names; undefined for any other path. */
export function volumeOfPath(path: string): VolumeIds | undefined {
  const [, poolId, domainId, imageId, volumeId] = volumePath.exec(path) ?? [];
  if (!isUuid(domainId) || !isUuid(imageId) || !isUuid(volumeId)) return undefined;
  return { poolId: isUuid(poolId) ? poolId : noPool, domainId, imageId, volumeId };
}

function readBootFile(part: BootPart, node: XmlElement): BootFile {
  const path = textOf(node);
  const usable = path.startsWith('/') && path.length <= bootLimits.pathCharacters && !controlCharacters.test(path) && !path.includes(',');
  if (!usable || path.split('/').includes('..'))
    throw new DomainRequestError(`The ${part} of the domain is no absolute path without '..', commas and control characters`);
  const ids = volumeOfPath(path);
  return { part, source: ids ? { kind: 'volume', ids } : { kind: 'file', path } };
}

/**
 * What a domain boots from instead of its devices; empty for most. Whether the host lets it have these files shows when they are made ready.
 *
 * @throws DomainRequestError for what no domain may boot from
 */
export function readBootFiles(domain: XmlElement): BootFile[] {
  const os = child(domain, 'os');
  if (!os) return [];
  for (const name of refusedParts)
    if (child(os, name))
      throw new DomainRequestError(`The ${name} of the domain is not accepted: it is a file of the host, and no disk of a VM`);
  for (const name of [...bootParts, 'cmdline'])
    if (childrenNamed(os, name).length > 1) throw new DomainRequestError(`The domain has more than one ${name}`);
  const files = bootParts.flatMap((part) => {
    const node = child(os, part);
    return node && textOf(node) !== '' ? [readBootFile(part, node)] : [];
  });
  const commandLine = textOf(child(os, 'cmdline'));
  if (commandLine.length > bootLimits.commandLineCharacters || controlCharacters.test(commandLine))
    throw new DomainRequestError(
      `The command line of the kernel has control characters, or more than ${bootLimits.commandLineCharacters} characters`,
    );
  const hasKernel = files.some(({ part }) => part === 'kernel');
  if (!hasKernel && files.length > 0) throw new DomainRequestError('The domain has an initrd but no kernel that could use it');
  if (!hasKernel && commandLine !== '') throw new DomainRequestError('The domain has a command line but no kernel that could use it');
  return files;
}

/** The volumes among what a domain boots from. @throws DomainRequestError */
export const bootVolumes = (domain: XmlElement): VolumeIds[] =>
  readBootFiles(domain).flatMap(({ source }) => (source.kind === 'volume' ? [source.ids] : []));

/** Makes a domain boot from a file of this host. */
export function setBootFile(domain: XmlElement, part: BootPart, path: string): void {
  const os = child(domain, 'os');
  const node = os && child(os, part);
  if (node) setText(node, path);
}
