import { noId, OvfError, type OvfEntity } from './ovf-model.ts';
import { child, diskInterfaceOf, local, parseOvf, readEnvelope, section, sizeOf, truth, type Node } from './ovf-read.ts';

/** A disk that an archive's description names. */
export interface ArchiveDisk {
  /** Its file in the archive. */
  fileName: string;
  alias: string;
  description: string;
  capacityBytes: number;
  interface: string;
  bootable: boolean;
  readOnly: boolean;
  passDiscard: boolean;
  wipe: boolean;
  /** How it lay on its storage; null where the description does not say. */
  format: 'cow' | 'raw' | null;
  sparse: boolean;
}

/** Disks that an archive may have. */
const maxDisks = 512;

function diskOf(node: Node, files: ReadonlyMap<string, string>): ArchiveDisk | null {
  const { attributes } = node;
  const fileName = files.get(attributes['fileRef'] ?? '');
  // A disk without a file is an empty one.
  if (fileName === undefined) return null;
  const format = attributes['volume-format'];
  return {
    fileName,
    alias: attributes['disk-alias'] ?? '',
    description: attributes['disk-description'] ?? '',
    capacityBytes: sizeOf(node),
    interface: diskInterfaceOf(attributes['disk-interface']),
    bootable: truth(attributes['boot']),
    readOnly: truth(attributes['read-only']),
    passDiscard: truth(attributes['pass-discard']),
    wipe: truth(attributes['wipe-after-delete']),
    format: format === 'COW' ? 'cow' : format === 'RAW' ? 'raw' : null,
    sparse: attributes['volume-type'] !== 'Preallocated',
  };
}

/**
 * Reads the description of an archive, by oVirt or by others: these say less, and number things their own way.
 * @throws OvfError when it is none, or is beyond the limits
 */
export function readArchiveOvf(xml: string): { entity: OvfEntity; disks: ArchiveDisk[] } {
  const envelope = parseOvf(xml);
  const files = new Map(
    (child(envelope, 'References')?.children ?? [])
      .filter((node) => local(node.name) === 'File')
      .map((node) => [node.attributes['id'] ?? '', node.attributes['href'] ?? '']),
  );
  const disks = (section(envelope, 'DiskSection')?.children ?? []).flatMap((node) => {
    const disk = node.name === 'Disk' ? diskOf(node, files) : null;
    return disk ? [disk] : [];
  });
  if (disks.length > maxDisks) throw new OvfError(`The description has more than ${maxDisks} disks`);
  if (new Set(disks.map((disk) => disk.fileName)).size < disks.length) throw new OvfError('Two disks of the description are one file');
  const entity = readEnvelope(envelope, noId);
  // The first disk of a machine that says nothing of it is the one that it boots from.
  const boots = disks.some((disk) => disk.bootable);
  return { entity, disks: disks.map((disk, at) => (boots || at > 0 ? disk : { ...disk, bootable: true })) };
}
