import { VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { archiveFolder, openArchive } from './path.ts';
import { archiveLimits, readArchive, tarHeader } from './tar.ts';
import type { ArchiveEntry } from './tar.ts';
import { describeArchive } from './unpack.ts';
import { isVmdk, readVmdkHeader } from '../volume/vmdk-header.ts';

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'archive-'));
});
after(() => rm(root, { recursive: true, force: true }));

const end = Buffer.alloc(1024);
const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof VdsmError && [484, 379].includes(error.code) && pattern.test(error.message);

/** A header changed by hand, with the checksum that it then has. */
function header(change: (block: Buffer) => void, name = 'vm.ovf', size = 0): Buffer {
  const block = tarHeader(name, size, 0);
  change(block);
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function file(name: string, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([tarHeader(name, bytes.length, 0), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

async function archive(...parts: Buffer[]): Promise<string> {
  const path = join(root, `${createHash('sha1').update(Buffer.concat(parts)).digest('hex')}.ova`);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function entriesOf(...parts: Buffer[]): Promise<ArchiveEntry[]> {
  const handle = await open(await archive(...parts));
  try {
    return await readArchive(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

test('files are found where they begin', async () => {
  const found = await entriesOf(file('vm.ovf', '<x/>'), file('disk', Buffer.alloc(513)), end);
  assert.deepEqual(found, [
    { name: 'vm.ovf', offset: 512, sizeBytes: 4 },
    { name: 'disk', offset: 1536, sizeBytes: 513 },
  ]);
});

const hostile: Record<string, [parts: Buffer[], pattern: RegExp]> = {
  'an absolute path': [[file('/etc/passwd', 'x'), end], /is a path/],
  'a path upwards': [[file('../x', 'x'), end], /is a path/],
  'a path below': [[file('a/b', 'x'), end], /is a path/],
  'a path in the prefix': [[header((block) => void block.write('a', 345)), end], /is a path/],
  'a name with a control character': [[file('a\nb', 'x'), end], /is a path, or no plain name/],
  'no name': [[header((block) => block.fill(0, 0, 100)), end], /no usable name/],
  'a symbolic link': [[header((block) => void block.write('2', 156)), end], /a symbolic link/],
  'a hard link': [[header((block) => void block.write('1', 156)), end], /a hard link/],
  'a character device': [[header((block) => void block.write('3', 156)), end], /a device/],
  'a block device': [[header((block) => void block.write('4', 156)), end], /a device/],
  'a folder': [[header((block) => void block.write('5', 156)), end], /a folder/],
  'a pipe': [[header((block) => void block.write('6', 156)), end], /a pipe/],
  'a sparse file': [[header((block) => void block.write('S', 156)), end], /a sparse file/],
  'an extended header': [[header((block) => void block.write('x', 156)), end], /an extended header/],
  'a wrong checksum': [[Buffer.concat([tarHeader('vm.ovf', 0, 0).fill('b', 0, 1), end])], /checksum/],
  text: [[Buffer.from('not an archive '.repeat(100))], /checksum/],
  'a size beyond the end': [[tarHeader('vm.ovf', 4096, 0), end], /ends within/],
  'a size of 2^63': [
    [
      header((block) => {
        block.fill(0, 124, 136);
        block[124] = 0x80;
        block.writeBigUInt64BE(2n ** 63n, 128);
      }),
      end,
    ],
    /out of range/,
  ],
  'a negative size': [[header((block) => void block.fill(0xff, 124, 136)), end], /out of range/],
  'a size that is no number': [[header((block) => void block.write('0000000008z', 124)), end], /no number/],
  'an end too early': [[file('vm.ovf', 'x'), Buffer.alloc(100)], /ends too early/],
  'the same name twice': [[file('vm.ovf', 'x'), file('vm.ovf', 'y'), end], /two files/],
  'too many files': [
    [...Array.from({ length: archiveLimits.entries + 1 }, (_, at) => tarHeader(`f${at}`, 0, 0)), end],
    /more than 1000 files/,
  ],
  nothing: [[end], /empty/],
};
for (const [what, [parts, pattern]] of Object.entries(hostile))
  test(`an archive with ${what} is refused`, () => assert.rejects(entriesOf(...parts), refused(pattern)));

test('a large size is written as GNU does, and read again', async () => {
  const path = join(root, 'large.ova');
  const size = 9 * 1024 ** 3;
  const handle = await open(path, 'w+');
  try {
    await handle.write(tarHeader('disk', size, 0), 0, 512, 0);
    await handle.truncate(512 + size + 1024);
    assert.deepEqual(await readArchive(handle, 512 + size + 1024), [{ name: 'disk', offset: 512, sizeBytes: size }]);
  } finally {
    await handle.close();
  }
});

test('archives lie in no folder of the host itself, nor behind a link', async () => {
  for (const path of ['/', '/etc', '/usr/lib', '/proc/self', '/dev/shm', 'relative', join(root, 'none'), `/tmp/../etc`])
    await assert.rejects(archiveFolder(path, []), refused(/refused/), path);
  await mkdir(join(root, 'kept', 'deep'), { recursive: true });
  await assert.rejects(archiveFolder(join(root, 'kept', 'deep'), [join(root, 'kept')]), refused(/no folder for archives/));
  await symlink('/etc', join(root, 'link'));
  await assert.rejects(archiveFolder(join(root, 'link'), []), refused(/\/etc is no folder/));
  await symlink('/etc/passwd', join(root, 'x.ova'));
  await assert.rejects(openArchive(join(root, 'x.ova'), []), refused(/ELOOP/));
  await assert.rejects(openArchive(root, []), refused(/is no file/));
});

const vmdkDescriptor = (change: (text: string) => string = (text) => text): string =>
  change(`# Disk DescriptorFile
version=1
CID=12345678
parentCID=ffffffff
createType="streamOptimized"

# Extent description
RW 131072 SPARSE "disk.vmdk"

ddb.adapterType = "lsilogic"
`);

function vmdk(change: (block: Buffer) => void = () => undefined, descriptor = vmdkDescriptor()): Buffer {
  const start = Buffer.alloc(64 * 1024);
  start.write('KDMV');
  start.writeUInt32LE(3, 4);
  start.writeUInt32LE(0x30001, 8);
  start.writeBigUInt64LE(131_072n, 12);
  start.writeBigUInt64LE(128n, 20);
  start.writeBigUInt64LE(1n, 28);
  start.writeBigUInt64LE(20n, 36);
  start.writeUInt32LE(512, 44);
  start.writeUInt16LE(1, 77);
  start.write(descriptor, 512);
  change(start);
  return start;
}

test('a VMDK of one file is taken, and one that names another is not', () => {
  assert.ok(isVmdk(vmdk()));
  assert.deepEqual(readVmdkHeader(vmdk()), { format: 'vmdk', virtualSizeBytes: 64 * 1024 ** 2 });
  const bad: [Buffer, RegExp][] = [
    [vmdk((block) => void block.writeBigUInt64LE(2n ** 62n, 12)), /virtual size/],
    [vmdk((block) => void block.writeBigUInt64LE(0n, 12)), /virtual size/],
    [vmdk((block) => void block.writeBigUInt64LE(0n, 20)), /grains/],
    [vmdk((block) => void block.writeUInt32LE(2 ** 31, 44)), /grain tables/],
    [vmdk((block) => void block.writeUInt16LE(7, 77)), /compressed in a way/],
    [vmdk((block) => void block.writeBigUInt64LE(2n ** 60n, 28)), /no descriptor/],
    [vmdk((block) => void block.writeBigUInt64LE(0n, 36)), /no descriptor/],
    [vmdk(undefined, 'nothing'), /no descriptor/],
    [
      vmdk(
        undefined,
        vmdkDescriptor((text) => text.replace('ffffffff', '12345678')),
      ),
      /stands on another image/,
    ],
    [
      vmdk(
        undefined,
        vmdkDescriptor((text) => `${text}parentFileNameHint="/etc/shadow"\n`),
      ),
      /stands on another image/,
    ],
    [
      vmdk(
        undefined,
        vmdkDescriptor((text) => text.replace('streamOptimized', 'monolithicFlat')),
      ),
      /no VMDK of one file/,
    ],
    [
      vmdk(
        undefined,
        vmdkDescriptor((text) => text.replace('SPARSE "disk.vmdk"', 'FLAT "/etc/shadow" 0')),
      ),
      /other files/,
    ],
    [
      vmdk(
        undefined,
        vmdkDescriptor((text) => `${text}RW 1 SPARSE "/etc/shadow"\n`),
      ),
      /other files/,
    ],
    [vmdk().subarray(0, 100), /cut off/],
  ];
  for (const [start, pattern] of bad) assert.throws(() => readVmdkHeader(start), refused(pattern));
});

test('an archive tells its description and what its disks are', async () => {
  const luks = Buffer.from([0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe, ...Buffer.alloc(600)]);
  const path = await archive(
    file('x.ovf', '<Envelope/>'),
    file('x.mf', ''),
    file('a.vmdk', vmdk()),
    file('b', luks),
    file('c', Buffer.alloc(700)),
    end,
  );
  const { description, disks } = await describeArchive(path, []);
  assert.equal(description, '<Envelope/>');
  assert.deepEqual(
    disks.map(({ name, image }) => [name, 'problem' in image ? image.problem : [image.format, image.virtualSizeBytes]]),
    [
      ['a.vmdk', ['vmdk', 64 * 1024 ** 2]],
      ['b', 'The image is LUKS; convert it to qcow2 or raw first (qemu-img convert, or unpack it)'],
      ['c', ['raw', 1024]],
    ],
  );
  await assert.rejects(describeArchive(await archive(file('a', 'x'), end), []), refused(/needs one description/));
  await assert.rejects(describeArchive(await archive(file('a.ovf', 'x'), file('b.ovf', 'x'), end), []), refused(/needs one description/));
  const bomb = Buffer.concat([tarHeader('vm.ovf', 9 * 1024 ** 2, 0), Buffer.alloc(9 * 1024 ** 2), end]);
  await assert.rejects(describeArchive(await archive(bomb), []), refused(/vm\.ovf has more than/));
});
