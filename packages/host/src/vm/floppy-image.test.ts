import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { floppyLimits, makeFloppyImage } from './floppy-image.ts';
import { PayloadImageError } from './payload-tree.ts';

interface Found {
  content: string;
  short: string;
}

/** Reads a disk by what its own boot sector says: path → content and short name. */
function readFat(image: Buffer): { label: string; files: Map<string, Found> } {
  const sector = image.readUInt16LE(11);
  const [reserved, tables, rootEntries, tableSectors] = [14, 16, 17, 22].map((at) =>
    at === 16 ? image.readUInt8(at) : image.readUInt16LE(at),
  );
  assert.ok(reserved && tables && rootEntries && tableSectors);
  const rootAt = (reserved + tables * tableSectors) * sector;
  const dataAt = rootAt + rootEntries * 32;
  const table = image.subarray(reserved * sector, (reserved + tableSectors) * sector);
  assert.deepEqual(table, image.subarray((reserved + tableSectors) * sector, rootAt), 'the second table is the first');
  const chain = (start: number): Buffer => {
    const parts: Buffer[] = [];
    for (let cluster = start; cluster >= 2 && cluster < 0xff8 && parts.length < 2900;) {
      parts.push(image.subarray(dataAt + (cluster - 2) * sector, dataAt + (cluster - 1) * sector));
      const pair = table.readUInt16LE(cluster + (cluster >> 1));
      cluster = cluster % 2 === 0 ? pair & 0xfff : pair >> 4;
    }
    return Buffer.concat(parts);
  };
  const found = { label: '', files: new Map<string, Found>() };
  const readFolder = (folder: Buffer, path: string): void => {
    let long = '';
    for (let at = 0; at < folder.length && folder[at] !== 0; at += 32) {
      const entry = folder.subarray(at, at + 32);
      const attribute = entry.readUInt8(11);
      const short = entry.toString('latin1', 0, 11);
      if (attribute === 0x0f) {
        long = entry.toString('utf16le', 1, 11) + entry.toString('utf16le', 14, 26) + entry.toString('utf16le', 28, 32) + long;
        continue;
      }
      const name = long === '' ? `${short.slice(0, 8).trim()}.${short.slice(8).trim()}`.replace(/\.$/, '') : (long.split('\0')[0] ?? '');
      long = '';
      const content = chain(entry.readUInt16LE(26));
      if (attribute & 0x08) found.label = short.trim();
      else if (!(attribute & 0x10)) found.files.set(path + name, { content: content.toString('utf8', 0, entry.readUInt32LE(28)), short });
      else if (!short.startsWith('.')) readFolder(content, `${path}${name}/`);
    }
  };
  readFolder(image.subarray(rootAt, dataAt), '');
  return found;
}

const filesOf = (texts: Record<string, string>) => Object.entries(texts).map(([path, text]) => ({ path, content: Buffer.from(text) }));
const contentsOf = (image: Buffer) => Object.fromEntries([...readFat(image).files].map(([path, { content }]) => [path, content]));

const texts = {
  'sysprep.inf': '[Unattended]\r\n',
  'Unattend.xml': `<unattend>${'x'.repeat(5000)}</unattend>`,
  'A-NAME.TXT': 'plain',
  'a long name with its own ending.configuration': 'long',
  'a long name with another ending.configuration': 'other',
  exactly13char: 'end of an entry',
  '.hidden': '',
  'žluť.txt': 'žluť',
  'openstack/latest/meta_data.json': '{}',
  'openstack/latest/user_data': '#cloud-config\n',
  'openstack/content/0000': 'x',
};

describe('image of a floppy disk', () => {
  it('holds the files under their full names, and short ones for who knows no others', () => {
    const image = makeFloppyImage('config-2', filesOf(texts));
    assert.equal(image.length, 1_474_560);
    const { label, files } = readFat(image);
    assert.equal(label, 'config-2');
    assert.deepEqual(contentsOf(image), texts);
    assert.equal(files.get('sysprep.inf')?.short, 'SYSPREP INF');
    assert.equal(files.get('Unattend.xml')?.short, 'UNATTENDXML');
    const shorts = [...files].filter(([path]) => path.startsWith('a long')).map(([, { short }]) => short);
    assert.deepEqual(shorts, ['ALONGN~1CON', 'ALONGN~2CON']);
    assert.deepEqual(makeFloppyImage('config-2', filesOf(texts)), image, 'the same files give the same image');
  });

  it('is filled to its last cluster, and not beyond', () => {
    const full = makeFloppyImage('', [{ path: 'FULL', content: Buffer.alloc(floppyLimits.contentBytes, 'a') }]);
    assert.equal(readFat(full).files.get('FULL')?.content.length, floppyLimits.contentBytes);
    assert.throws(() => makeFloppyImage('', [{ path: 'FULL', content: Buffer.alloc(floppyLimits.contentBytes + 1) }]), PayloadImageError);
    // The folder needs a place too.
    assert.throws(
      () => makeFloppyImage('', [{ path: 'a/FULL', content: Buffer.alloc(floppyLimits.contentBytes) }]),
      /does not fit on a floppy disk/,
    );
    const many = Array.from({ length: 120 }, (_, index): [string, string] => [`long name of file ${index}`, 'x']);
    assert.throws(() => makeFloppyImage('', filesOf(Object.fromEntries(many))), /too many files for the first folder/);
    assert.equal(
      Object.keys(contentsOf(makeFloppyImage('', filesOf(Object.fromEntries(many.map(([path, text]) => [`f/${path}`, text])))))).length,
      120,
    );
  });

  it('refuses names that lead elsewhere, and those that are one', () => {
    for (const path of [
      '',
      '..',
      '../x',
      'a/../b',
      'a//b',
      'a\\b',
      'a\u0000b',
      'a\nb',
      'a:b',
      'a?',
      'a.',
      'a ',
      'x'.repeat(65),
      'a/'.repeat(9) + 'a',
      'a/',
    ])
      assert.throws(() => makeFloppyImage('x', filesOf({ [path]: 'a' })), PayloadImageError, path);
    const pairs: Record<string, string>[] = [
      { 'a.txt': '1', 'A.TXT': '2' },
      { folder: '1', 'FOLDER/b': '2' },
      { 'FOLDER/b': '2', folder: '1' },
    ];
    for (const pair of pairs) assert.throws(() => makeFloppyImage('x', filesOf(pair)), PayloadImageError);
    assert.deepEqual(contentsOf(makeFloppyImage('x', filesOf({ 'Folder/a': '1', 'FOLDER/b': '2' }))), { 'Folder/a': '1', 'Folder/b': '2' });
    for (const label of ['twelve-chars', 'bad label', 'é']) assert.throws(() => makeFloppyImage(label, []), PayloadImageError);
  });
});
