import { PayloadImageError, payloadTree } from './payload-tree.ts';
import type { PayloadFile, PayloadFolder, TreeRules } from './payload-tree.ts';

/** Bytes of one sector of a CD. */
const sectorBytes = 2048;
/** Sectors before the first descriptor. */
const systemSectors = 16;

/** What an image made here may hold; user data of cloud-init is far smaller. */
export const isoLimits = { totalBytes: 32 * 1024 * 1024, labelCharacters: 32 } as const;

const rules: TreeRules = {
  medium: 'CD',
  totalBytes: isoLimits.totalBytes,
  // oxlint-disable-next-line no-control-regex
  forbidden: /[\u0000-\u001F*/:;?\\\uD800-\uDFFF]/,
  ignoresCase: false,
};

/** Where everything of one of the two directory trees lies. */
interface Placed {
  folder: PayloadFolder;
  parent: Placed | undefined;
  number: number;
  sector: number;
  entries: { name: Buffer; content?: Buffer; folder?: Placed }[];
}

/** How names are written: in the plain tree (ISO 9660) and in the one with full names (Joliet). */
interface Naming {
  nameOf(name: string, index: number, isFolder: boolean): Buffer;
  isJoliet: boolean;
}

const plainNames: Naming = {
  isJoliet: false,
  nameOf: (_, index, isFolder) =>
    Buffer.from(isFolder ? `D${String(index).padStart(4, '0')}` : `F${String(index).padStart(4, '0')}.;1`, 'ascii'),
};
const jolietNames: Naming = { isJoliet: true, nameOf: (name) => utf16(name) };

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function compareNames(a: Buffer, b: Buffer): number {
  return Buffer.compare(a, b);
}

/** All folders of one tree in the order of its path table: parents before children. */
function placeFolders(root: PayloadFolder, naming: Naming): Placed[] {
  const placed: Placed[] = [{ folder: root, parent: undefined, number: 1, sector: 0, entries: [] }];
  for (let index = 0; index < placed.length; index++) {
    const here = placed[index];
    if (!here) break;
    let fileIndex = 0;
    for (const [name, content] of here.folder.files) here.entries.push({ name: naming.nameOf(name, fileIndex++, false), content });
    for (const folder of here.folder.folders.values()) {
      const child: Placed = { folder, parent: here, number: placed.length + 1, sector: 0, entries: [] };
      here.entries.push({ name: naming.nameOf(folder.name, placed.length, true), folder: child });
      placed.push(child);
    }
    here.entries.sort((a, b) => compareNames(a.name, b.name));
  }
  return placed;
}

function both16(target: Buffer, value: number, at: number): void {
  target.writeUInt16LE(value, at);
  target.writeUInt16BE(value, at + 2);
}
function both32(target: Buffer, value: number, at: number): void {
  target.writeUInt32LE(value, at);
  target.writeUInt32BE(value, at + 4);
}

function recordBytes(nameBytes: number): number {
  return 33 + nameBytes + (nameBytes % 2 === 0 ? 1 : 0);
}

function directoryRecord(name: Buffer, sector: number, bytes: number, isFolder: boolean): Buffer {
  const record = Buffer.alloc(recordBytes(name.length));
  record.writeUInt8(record.length, 0);
  both32(record, sector, 2);
  both32(record, bytes, 10);
  // 2000-01-01: the same files give the same image.
  record.set([100, 1, 1, 0, 0, 0, 0], 18);
  record.writeUInt8(isFolder ? 2 : 0, 25);
  both16(record, 1, 28);
  record.writeUInt8(name.length, 32);
  name.copy(record, 33);
  return record;
}

/** Entries of a folder, packed so that none crosses the end of a sector. */
function directoryContent(records: Buffer[]): Buffer {
  const sectors: Buffer[] = [];
  let current: Buffer[] = [];
  let used = 0;
  const flush = (): void => {
    sectors.push(Buffer.concat([...current, Buffer.alloc(sectorBytes - used)]));
    current = [];
    used = 0;
  };
  for (const record of records) {
    if (used + record.length > sectorBytes) flush();
    current.push(record);
    used += record.length;
  }
  flush();
  return Buffer.concat(sectors);
}

function directorySectors(placed: Placed): number {
  const records = [34, 34, ...placed.entries.map((entry) => recordBytes(entry.name.length))].map((bytes) => Buffer.alloc(bytes));
  return directoryContent(records).length / sectorBytes;
}

function writeDirectory(placed: Placed, fileSectors: Map<Buffer, number>): Buffer {
  const bytesOf = (folder: Placed): number => directorySectors(folder) * sectorBytes;
  const parent = placed.parent ?? placed;
  const records = [
    directoryRecord(Buffer.from([0]), placed.sector, bytesOf(placed), true),
    directoryRecord(Buffer.from([1]), parent.sector, bytesOf(parent), true),
    ...placed.entries.map(({ name, content, folder }) =>
      folder
        ? directoryRecord(name, folder.sector, bytesOf(folder), true)
        : directoryRecord(name, fileSectors.get(content ?? Buffer.alloc(0)) ?? 0, content?.length ?? 0, false),
    ),
  ];
  return directoryContent(records);
}

function pathTable(tree: Placed[], naming: Naming, bigEndian: boolean): Buffer {
  const rows = tree.map((placed) => {
    const name = placed.parent
      ? (placed.parent.entries.find((entry) => entry.folder === placed)?.name ?? naming.nameOf('', 0, true))
      : Buffer.from([0]);
    const row = Buffer.alloc(8 + name.length + (name.length % 2));
    row.writeUInt8(name.length, 0);
    if (bigEndian) {
      row.writeUInt32BE(placed.sector, 2);
      row.writeUInt16BE(placed.parent?.number ?? 1, 6);
    } else {
      row.writeUInt32LE(placed.sector, 2);
      row.writeUInt16LE(placed.parent?.number ?? 1, 6);
    }
    name.copy(row, 8);
    return row;
  });
  return Buffer.concat(rows);
}

interface DescriptorFacts {
  label: string;
  sectors: number;
  tableBytes: number;
  tableSector: number;
  bigEndianTableSector: number;
  root: Placed;
}

function volumeDescriptor(naming: Naming, facts: DescriptorFacts): Buffer {
  const sector = Buffer.alloc(sectorBytes);
  sector.writeUInt8(naming.isJoliet ? 2 : 1, 0);
  sector.write('CD001', 1, 'ascii');
  sector.writeUInt8(1, 6);
  const text = (value: string, at: number, bytes: number): void => {
    const encoded = naming.isJoliet ? utf16(value.padEnd(Math.floor(bytes / 2), ' ')) : Buffer.from(value.padEnd(bytes, ' '), 'ascii');
    encoded.copy(sector, at, 0, Math.min(bytes, encoded.length));
  };
  text('', 8, 32);
  text(facts.label, 40, 32);
  both32(sector, facts.sectors, 80);
  // The escape sequence that says "names are UCS-2, level 3".
  if (naming.isJoliet) sector.set([0x25, 0x2f, 0x45], 88);
  both16(sector, 1, 120);
  both16(sector, 1, 124);
  both16(sector, sectorBytes, 128);
  both32(sector, facts.tableBytes, 132);
  sector.writeUInt32LE(facts.tableSector, 140);
  sector.writeUInt32BE(facts.bigEndianTableSector, 148);
  directoryRecord(Buffer.from([0]), facts.root.sector, directorySectors(facts.root) * sectorBytes, true).copy(sector, 156);
  text('', 190, 623);
  for (const at of [813, 830, 847, 864]) sector.write('0'.repeat(16), at, 'ascii');
  sector.writeUInt8(1, 881);
  return sector;
}

function padded(content: Buffer): Buffer {
  const rest = content.length % sectorBytes;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(sectorBytes - rest)]);
}

/**
 * Makes an ISO 9660 image with Joliet names, as guests expect it for cloud-init, sysprep and other
 * payloads. Pure: the same files give the same bytes.
 *
 * @param label volume name: guests look for `cidata`, `config-2` …
 * @throws PayloadImageError
 */
export function makeIsoImage(label: string, files: readonly PayloadFile[]): Buffer {
  if (!/^[\w.-]{0,32}$/.test(label))
    throw new PayloadImageError(
      `The volume name of a payload has at most ${isoLimits.labelCharacters} letters, digits, dots, dashes and underscores`,
    );
  const root = payloadTree(files, rules);
  const trees = [plainNames, jolietNames].map((naming) => ({ naming, tree: placeFolders(root, naming) }));
  let next = systemSectors + 3;
  const take = (sectors: number): number => {
    const first = next;
    next += sectors;
    return first;
  };
  for (const { tree } of trees) for (const placed of tree) placed.sector = take(directorySectors(placed));
  const tables = trees.map(({ naming, tree }) => {
    const bytes = pathTable(tree, naming, false).length;
    const sectors = Math.ceil(bytes / sectorBytes);
    return { bytes, little: take(sectors), big: take(sectors) };
  });
  const contents = new Map<Buffer, number>();
  for (const placed of trees[0]?.tree ?? []) {
    for (const { content } of placed.entries)
      if (content) contents.set(content, take(Math.max(1, Math.ceil(content.length / sectorBytes))));
  }
  const image = Buffer.alloc(next * sectorBytes);
  const put = (content: Buffer, sector: number): void => void padded(content).copy(image, sector * sectorBytes);
  for (const [index, { naming, tree }] of trees.entries()) {
    const table = tables[index];
    const [first] = tree;
    if (!table || !first) continue;
    put(
      volumeDescriptor(naming, {
        label,
        sectors: next,
        tableBytes: table.bytes,
        tableSector: table.little,
        bigEndianTableSector: table.big,
        root: first,
      }),
      systemSectors + index,
    );
    put(pathTable(tree, naming, false), table.little);
    put(pathTable(tree, naming, true), table.big);
    for (const placed of tree) put(writeDirectory(placed, contents), placed.sector);
  }
  const end = Buffer.alloc(7);
  end.writeUInt8(255, 0);
  end.write('CD001', 1, 'ascii');
  end.writeUInt8(1, 6);
  put(end, systemSectors + 2);
  for (const [content, sector] of contents) put(content, sector);
  return image;
}
