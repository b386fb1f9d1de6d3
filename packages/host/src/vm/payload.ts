import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elements, textOf, walk } from '../domain-xml/element.ts';
import type { XmlElement } from '../domain-xml/element.ts';
import { findDevice, localName } from '../domain-xml/metadata.ts';
import type { DiskRequest, DomainRequest } from '../domain-xml/request.ts';
import { DomainRequestError } from '../domain-xml/request.ts';
import { makeFloppyImage } from './floppy-image.ts';
import { isoLimits, makeIsoImage } from './iso-image.ts';
import type { PayloadFile } from './payload-tree.ts';

function decodeFile(node: XmlElement): PayloadFile {
  const path = node.attributes.get('path') ?? '';
  const text = textOf(node).replace(/\s+/g, '');
  if (text.length > isoLimits.totalBytes * 1.4) throw new DomainRequestError('A file of the payload is too large');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new DomainRequestError('A file of the payload is not in base64');
  return { path, content: Buffer.from(text, 'base64') };
}

/** Drives that payloads can be in: how their images are made, and how the names of these end. */
const media: Record<string, { make: (label: string, files: readonly PayloadFile[]) => Buffer; suffix: string } | undefined> = {
  cdrom: { make: makeIsoImage, suffix: 'iso' },
  floppy: { make: makeFloppyImage, suffix: 'img' },
};

/** Where the image of a payload lies. @param disk the drive that it is in */
export const payloadPath = (directory: string, vmId: string, disk: { target: string; device: string }): string =>
  join(directory, `${vmId}.${disk.target}.${media[disk.device]?.suffix ?? 'img'}`);

/** The image that a payload in the metadata describes: volume name and files. @throws DomainRequestError, PayloadImageError */
export function payloadImage(request: DomainRequest, { target, device: drive }: Pick<DiskRequest, 'target' | 'device'>): Buffer {
  const medium = media[drive];
  if (!medium) throw new DomainRequestError(`The payload of the disk ${target} is neither a CD nor a floppy disk`);
  const device = findDevice(request.metadata, { devtype: 'disk', name: target });
  const payload = device && [...walk(device.node)].find((node) => ['payload', 'vmPayload'].includes(localName(node)));
  if (!payload) throw new DomainRequestError(`The metadata has no payload for the disk ${target}`);
  const parts = elements(payload);
  const label = textOf(parts.find((node) => localName(node) === 'volId'));
  const files = [...walk(payload)].filter((node) => localName(node) === 'file').map(decodeFile);
  return medium.make(label, files);
}

/** Writes the images of a VM's payloads; gives their paths by target device. */
export async function writePayloads(request: DomainRequest, directory: string): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const disk of request.disks) {
    if (disk.source.kind !== 'payload') continue;
    const path = payloadPath(directory, request.vmId, disk);
    const image = payloadImage(request, disk);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(path, image, { mode: 0o600 });
    paths.set(disk.target, path);
  }
  return paths;
}

/** Removes the images of a VM's payloads: they may hold secrets of the guest. */
export async function removePayloads(vmId: string, directory: string): Promise<void> {
  const names = await readdir(directory).catch((): string[] => []);
  await Promise.all(names.filter((name) => name.startsWith(`${vmId}.`)).map((name) => rm(join(directory, name), { force: true })));
}
