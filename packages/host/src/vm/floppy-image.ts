import { PayloadImageError, payloadTree } from './payload-tree.ts';
import type { PayloadFile, PayloadFolder, TreeRules } from './payload-tree.ts';

const sectorBytes = 512;
const entryBytes = 32;
/** A floppy disk of 1.44 MB as every system formats it: FAT12, one sector a cluster. */
const geometry = { sectors: 2880, sectorsPerTrack: 18, heads: 2, tables: 2, tableSectors: 9, rootEntries: 224 } as const;
const tableStart = 1;
const rootStart = tableStart + geometry.tables * geometry.tableSectors;
const dataStart = rootStart + (geometry.rootEntries * entryBytes) / sectorBytes;
const clusters = geometry.sectors - dataStart;
/** Clusters are numbered from here. */
const firstCluster = 2;
const endOfChain = 0xfff;
const mediaByte = 0xf0;

const attributes = { volumeLabel: 0x08, folder: 0x10, file: 0x20, longName: 0x0f } as const;
/** 2000-01-01: the same files give the same image. */
const date = (20 << 9) | (1 << 5) | 1;
const longNameCharacters = 13;

/** What a floppy disk has room for. */
export const floppyLimits = {
  imageBytes: geometry.sectors * sectorBytes,
  contentBytes: clusters * sectorBytes,
  labelCharacters: 11,
} as const;

const rules: TreeRules = {
  medium: 'floppy disk',
  totalBytes: floppyLimits.contentBytes,
  // oxlint-disable-next-line no-control-regex
  forbidden: /[\u0000-\u001F"*/:<>?\\|\uD800-\uDFFF]|[. ]$/,
  ignoresCase: true,
};

/** The name that systems without long ones see: eight characters and three, unique in its folder. */
function shortName(name: string, taken: Set<string>): string {
  const upper = name.toUpperCase();
  const pad = (base: string, extension: string): string => base.padEnd(8) + extension.padEnd(3);
  const fits = /^([A-Z0-9_$~!#%&'()@^`{}-]{1,8})(?:\.([A-Z0-9_$~!#%&'()@^`{}-]{1,3}))?$/.exec(upper);
  const plain = fits && pad(fits[1] ?? '', fits[2] ?? '');
  if (plain !== null && !taken.has(plain)) return plain;
  const dot = upper.lastIndexOf('.');
  const clean = (text: string): string => text.replace(/[^A-Z0-9_-]/g, '_');
  const base = clean((dot > 0 ? upper.slice(0, dot) : upper).replace(/[. ]/g, '')) || '_';
  const extension = dot > 0 ? clean(upper.slice(dot + 1)).slice(0, 3) : '';
  for (let number = 1; ; number++) {
    const tail = `~${number}`;
    const numbered = pad(base.slice(0, 8 - tail.length) + tail, extension);
    if (!taken.has(numbered)) return numbered;
  }
}

/** By which entries of a long name say to which short one they belong. */
function checksum(short: Buffer): number {
  let sum = 0;
  for (const byte of short) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff;
  return sum;
}

/** Where the characters of a long name lie in its entries. */
const longNamePlaces = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

function longNameEntries(name: string, short: Buffer): Buffer[] {
  const count = Math.ceil(name.length / longNameCharacters);
  const entries = Array.from({ length: count }, (_, index) => {
    const entry = Buffer.alloc(entryBytes);
    entry.writeUInt8((index + 1) | (index === count - 1 ? 0x40 : 0), 0);
    entry.writeUInt8(attributes.longName, 11);
    entry.writeUInt8(checksum(short), 13);
    for (const [place, offset] of longNamePlaces.entries()) {
      const at = index * longNameCharacters + place;
      entry.writeUInt16LE(at < name.length ? name.charCodeAt(at) : at === name.length ? 0 : 0xffff, offset);
    }
    return entry;
  });
  return entries.reverse();
}

function entryOf(short: Buffer, attribute: number, cluster = 0, bytes = 0): Buffer {
  const entry = Buffer.alloc(entryBytes);
  short.copy(entry, 0, 0, 11);
  entry.writeUInt8(attribute, 11);
  for (const offset of [16, 18, 24]) entry.writeUInt16LE(date, offset);
  entry.writeUInt16LE(cluster, 26);
  entry.writeUInt32LE(bytes, 28);
  return entry;
}

/** The part of the disk that files and folders lie in, cluster after cluster. */
class DataArea {
  readonly contents: { cluster: number; content: Buffer }[] = [];
  readonly links = new Map<number, number>();
  #next = firstCluster;

  /** @returns the first cluster of what was put there; 0 for nothing */
  take(bytes: number): number {
    const count = Math.ceil(bytes / sectorBytes);
    if (count === 0) return 0;
    const first = this.#next;
    this.#next += count;
    if (this.#next - firstCluster > clusters)
      throw new PayloadImageError(`The payload does not fit on a floppy disk: it has room for ${floppyLimits.contentBytes} bytes`);
    for (let cluster = first; cluster < this.#next - 1; cluster++) this.links.set(cluster, cluster + 1);
    this.links.set(this.#next - 1, endOfChain);
    return first;
  }

  put(cluster: number, content: Buffer): void {
    if (content.length > 0) this.contents.push({ cluster, content });
  }
}

/** A name of a folder with the entries that tell it. */
function namedEntries(name: string, taken: Set<string>): { short: Buffer; before: Buffer[] } {
  const text = shortName(name, taken);
  taken.add(text);
  const short = Buffer.from(text, 'latin1');
  const plain = `${text.slice(0, 8).trimEnd()}.${text.slice(8).trimEnd()}`.replace(/\.$/, '');
  return { short, before: plain === name ? [] : longNameEntries(name, short) };
}

const dotName = (dots: string): Buffer => Buffer.from(dots.padEnd(11), 'latin1');

/** The entries of a folder. What is in it is put into the data area; its own place there is taken before it is known what it holds. */
function folderEntries(folder: PayloadFolder, data: DataArea, taken: Set<string>, own: number): Buffer[] {
  const entries: Buffer[] = [];
  for (const [name, content] of folder.files) {
    const { short, before } = namedEntries(name, taken);
    const cluster = data.take(content.length);
    data.put(cluster, content);
    entries.push(...before, entryOf(short, attributes.file, cluster, content.length));
  }
  for (const child of folder.folders.values()) {
    const { short, before } = namedEntries(child.name, taken);
    const cluster = data.take(folderBytes(child));
    const within = folderEntries(child, data, new Set(), cluster);
    const dots = [entryOf(dotName('.'), attributes.folder, cluster), entryOf(dotName('..'), attributes.folder, own)];
    data.put(cluster, Buffer.concat([...dots, ...within]));
    entries.push(...before, entryOf(short, attributes.folder, cluster));
  }
  return entries;
}

function folderBytes(folder: PayloadFolder): number {
  const taken = new Set<string>();
  const names = [...folder.files.keys(), ...folder.folders.keys()];
  return names.reduce((bytes, name) => bytes + (namedEntries(name, taken).before.length + 1) * entryBytes, 2 * entryBytes);
}

function bootSector(label: string): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  // A jump over the parameters to code that waits: the disk is not to be booted from.
  sector.set([0xeb, 0x3c, 0x90], 0);
  sector.write('MSDOS5.0', 3, 'latin1');
  sector.writeUInt16LE(sectorBytes, 11);
  sector.writeUInt8(1, 13);
  sector.writeUInt16LE(tableStart, 14);
  sector.writeUInt8(geometry.tables, 16);
  sector.writeUInt16LE(geometry.rootEntries, 17);
  sector.writeUInt16LE(geometry.sectors, 19);
  sector.writeUInt8(mediaByte, 21);
  sector.writeUInt16LE(geometry.tableSectors, 22);
  sector.writeUInt16LE(geometry.sectorsPerTrack, 24);
  sector.writeUInt16LE(geometry.heads, 26);
  sector.writeUInt8(0x29, 38);
  sector.writeUInt32LE(0x20000101, 39);
  sector.write((label || 'NO NAME').padEnd(11), 43, 'latin1');
  sector.write('FAT12   ', 54, 'latin1');
  sector.set([0xf4, 0xeb, 0xfd], 62);
  sector.set([0x55, 0xaa], 510);
  return sector;
}

/** Each entry of the table has twelve bits. */
function allocationTable(links: ReadonlyMap<number, number>): Buffer {
  const table = Buffer.alloc(geometry.tableSectors * sectorBytes);
  const set = (cluster: number, value: number): void => {
    const at = Math.floor(cluster * 1.5);
    const before = table.readUInt16LE(at);
    table.writeUInt16LE(cluster % 2 === 0 ? (before & 0xf000) | value : (before & 0x000f) | (value << 4), at);
  };
  set(0, 0xf00 | mediaByte);
  set(1, endOfChain);
  for (const [cluster, next] of links) set(cluster, next);
  return table;
}

/**
 * Makes the image of a floppy disk of 1.44 MB (FAT12, long names), as guests expect it for answer files. Pure: the same files give the same
 * bytes.
 *
 * @param label volume name
 * @throws PayloadImageError
 */
export function makeFloppyImage(label: string, files: readonly PayloadFile[]): Buffer {
  if (!/^[\w.-]{0,11}$/.test(label))
    throw new PayloadImageError(
      `The volume name of a floppy disk has at most ${floppyLimits.labelCharacters} letters, digits, dots, dashes and underscores`,
    );
  const data = new DataArea();
  const named = label === '' ? [] : [entryOf(Buffer.from(label.padEnd(11), 'latin1'), attributes.volumeLabel)];
  const root = [...named, ...folderEntries(payloadTree(files, rules), data, new Set(), 0)];
  if (root.length > geometry.rootEntries)
    throw new PayloadImageError('The payload has too many files for the first folder of a floppy disk; put them into folders');
  const image = Buffer.alloc(floppyLimits.imageBytes);
  bootSector(label).copy(image);
  const table = allocationTable(data.links);
  for (let copy = 0; copy < geometry.tables; copy++) table.copy(image, (tableStart + copy * geometry.tableSectors) * sectorBytes);
  Buffer.concat(root).copy(image, rootStart * sectorBytes);
  for (const { cluster, content } of data.contents) content.copy(image, (dataStart + cluster - firstCluster) * sectorBytes);
  return image;
}
