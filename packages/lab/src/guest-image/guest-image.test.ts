import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseModuleDependencies, selectModuleFiles } from './kernel-modules.ts';
import { parseLibraries } from './root-file-system.ts';

const TABLE =
  'kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko\nkernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko\nkernel/drivers/virtio/virtio-rng.ko:\n';

test('modules are copied with what they need; dashes and underscores are the same', () => {
  const table = parseModuleDependencies(TABLE);
  assert.deepEqual(selectModuleFiles(table, new Set(), ['virtio_blk', 'ext4', 'virtio_rng', 'never_there']), [
    'kernel/drivers/block/virtio_blk.ko',
    'kernel/drivers/virtio/virtio-rng.ko',
    'kernel/drivers/virtio/virtio.ko',
    'kernel/drivers/virtio/virtio_ring.ko',
    'kernel/fs/ext4/ext4.ko.xz',
    'kernel/lib/crc16.ko',
  ]);
});

test('a kernel without an essential module is refused, unless it has it built in', () => {
  const table = parseModuleDependencies(TABLE);
  assert.throws(() => selectModuleFiles(table, new Set(), ['virtio_net']), { code: 'module_missing' });
  assert.deepEqual(selectModuleFiles(table, new Set(['virtio_net']), ['virtio_net']), []);
});

test('libraries are read from the output of ldd', () => {
  const output =
    '\tlinux-vdso.so.1 (0x00007ffe1)\n\tlibglib-2.0.so.0 => /lib/x86_64-linux-gnu/libglib-2.0.so.0 (0x00007f1)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f2)\n';
  assert.deepEqual(parseLibraries(output), ['/lib/x86_64-linux-gnu/libglib-2.0.so.0', '/lib64/ld-linux-x86-64.so.2']);
  assert.throws(() => parseLibraries('\tliburing.so.2 => not found\n'), { code: 'library_missing' });
});
