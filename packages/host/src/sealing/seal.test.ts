import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VolumeMetadata } from '../volume/volume-metadata.ts';
import { sealCommand, sealEnvironment } from './seal.ts';

const volume = (path: string, format: VolumeMetadata['format']) => ({ path, metadata: { format } as VolumeMetadata });

test('all disks are sealed by one command, which is told their formats', () => {
  assert.deepEqual(sealCommand([volume('/d/one', 'COW'), volume('/d/two', 'RAW')]), [
    'virt-sysprep',
    '--quiet',
    '--no-network',
    '--hostname',
    'localhost',
    '--write',
    '/etc/machine-id:',
    '--format',
    'qcow2',
    '-a',
    '/d/one',
    '--format',
    'raw',
    '-a',
    '/d/two',
  ]);
});

test('the machine that changes the disks is started without libvirtd, and without KVM where guests have none', () => {
  assert.deepEqual(sealEnvironment('kvm'), { LIBGUESTFS_BACKEND: 'direct' });
  assert.deepEqual(sealEnvironment('tcg'), { LIBGUESTFS_BACKEND: 'direct', LIBGUESTFS_BACKEND_SETTINGS: 'force_tcg' });
});
