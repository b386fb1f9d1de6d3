import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isoLimits, makeIsoImage } from './iso-image.ts';
import { PayloadImageError } from './payload-tree.ts';

const sector = 2048;

/** Reads the tree of full names back: path → content. */
function readJoliet(image: Buffer): Map<string, string> {
  const descriptor = image.subarray(17 * sector, 18 * sector);
  assert.equal(descriptor.toString('ascii', 1, 6), 'CD001');
  const found = new Map<string, string>();
  const readFolder = (at: number, bytes: number, path: string): void => {
    const folder = image.subarray(at * sector, at * sector + bytes);
    for (let offset = 0; offset < folder.length;) {
      const length = folder.readUInt8(offset);
      if (length === 0) {
        offset = (Math.floor(offset / sector) + 1) * sector;
        continue;
      }
      const place = folder.readUInt32LE(offset + 2);
      const size = folder.readUInt32LE(offset + 10);
      const name = folder.subarray(offset + 33, offset + 33 + folder.readUInt8(offset + 32));
      const isFolder = (folder.readUInt8(offset + 25) & 2) !== 0;
      if (name.length > 1) {
        const full = `${path}${Buffer.from(name).swap16().toString('utf16le')}`;
        if (isFolder) readFolder(place, size, `${full}/`);
        else found.set(full, image.toString('utf8', place * sector, place * sector + size));
      }
      offset += length;
    }
  };
  readFolder(descriptor.readUInt32LE(156 + 2), descriptor.readUInt32LE(156 + 10), '');
  return found;
}

describe('payload image', () => {
  it('holds the files under their full names', () => {
    const files = {
      'meta-data': 'instance-id: 1\n',
      'user-data': `#cloud-config\n${'x'.repeat(5000)}`,
      'openstack/latest/meta_data.json': '{}',
      'openstack/content/0000': 'žluť',
      empty: '',
    };
    const image = makeIsoImage(
      'cidata',
      Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
    );
    assert.deepEqual(Object.fromEntries(readJoliet(image)), files);
    assert.equal(image.toString('ascii', 16 * sector + 40, 16 * sector + 46), 'cidata');
    assert.equal(image.length % sector, 0);
  });

  it('holds more files than one sector of a folder has room for', () => {
    const files = Array.from({ length: 200 }, (_, index) => ({
      path: `folder/file-with-a-long-name-${index}`,
      content: Buffer.from(String(index)),
    }));
    const read = readJoliet(makeIsoImage('config-2', files));
    assert.equal(read.size, 200);
    assert.equal(read.get('folder/file-with-a-long-name-137'), '137');
  });

  it('refuses names that lead elsewhere, and too much', () => {
    const image = (path: string) => makeIsoImage('x', [{ path, content: Buffer.from('a') }]);
    for (const path of [
      '',
      '..',
      '../x',
      'a/../b',
      'a//b',
      'a/./b',
      'a\\b',
      'a\u0000b',
      'a\nb',
      'x'.repeat(65),
      'a/'.repeat(9) + 'a',
      'a/',
    ]) {
      assert.throws(() => image(path), PayloadImageError, path);
    }
    assert.throws(() => makeIsoImage('bad label!', []), PayloadImageError);
    assert.throws(() => makeIsoImage('x', [{ path: 'a', content: Buffer.alloc(isoLimits.totalBytes + 1) }]), PayloadImageError);
    assert.throws(
      () =>
        makeIsoImage('x', [
          { path: 'a', content: Buffer.alloc(1) },
          { path: 'a', content: Buffer.alloc(1) },
        ]),
      PayloadImageError,
    );
    assert.throws(
      () =>
        makeIsoImage('x', [
          { path: 'a', content: Buffer.alloc(1) },
          { path: 'a/b', content: Buffer.alloc(1) },
        ]),
      PayloadImageError,
    );
  });
});
