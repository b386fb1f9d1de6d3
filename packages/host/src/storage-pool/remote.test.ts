import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeRemotePath } from '../storage-domain/repository.ts';
import { readRemote } from './remote.ts';

test('a local directory is taken as it is', () => {
  assert.deepEqual(readRemote(4, { connection: '/data/images/' }), { kind: 'directory', remotePath: '/data/images' });
  assert.deepEqual(readRemote(6, { connection: '/data/images', vfs_type: 'none' }), { kind: 'directory', remotePath: '/data/images' });
});

test('NFS gets its options', () => {
  const remote = readRemote(1, {
    connection: 'nfs.example:/export//data/',
    protocol_version: '4.1',
    timeout: '600',
    retrans: '6',
    mnt_options: 'sec=krb5',
  });
  assert.deepEqual(remote, {
    kind: 'mount',
    remotePath: 'nfs.example:/export/data',
    type: 'nfs',
    options: ['soft', 'nosharecache', 'timeo=600', 'retrans=6', 'vers=4.1', 'sec=krb5', 'nosuid', 'nodev', 'noexec'],
  });
  const auto = readRemote(1, { connection: '[2001:db8::1]:/data', protocol_version: 'auto' });
  assert.equal(auto.kind === 'mount' && auto.options.some((option) => option.startsWith('vers')), false);
});

test('the name of a mount point can be undone', () => {
  assert.equal(escapeRemotePath('nfs.example:/export/my_data'), 'nfs.example:_export_my__data');
});

const refused: [number, Record<string, string>, number][] = [
  [4, { connection: 'relative' }, 453],
  [4, { connection: '' }, 453],
  [4, { connection: '/' }, 453],
  [4, { connection: '/etc' }, 453],
  [4, { connection: '/data/../etc' }, 453],
  [4, { connection: '/da ta' }, 453],
  [4, { connection: '/da,ta' }, 453],
  [4, { connection: '/data\n/x' }, 453],
  [4, { connection: '/dátá' }, 390],
  [4, { connection: `/${'x'.repeat(2000)}` }, 453],
  [1, { connection: 'file:///etc' }, 453],
  [1, { connection: 'server' }, 453],
  [1, { connection: '-oexec:/x' }, 453],
  [1, { connection: '169.254.169.254:/x' }, 453],
  [1, { connection: '[fe80::1]:/x' }, 453],
  [1, { connection: '[dead]:/x' }, 472],
  [1, { connection: 'a:/b c' }, 453],
  [1, { connection: 'a:/b', mnt_options: 'exec' }, 453],
  [1, { connection: 'a:/b', mnt_options: 'rw,suid' }, 453],
  [1, { connection: 'a:/b', mnt_options: 'x-mount.mkdir' }, 453],
  [1, { connection: 'a:/b', mnt_options: 'a b' }, 453],
  [1, { connection: 'a:/b', protocol_version: '5' }, 453],
  [1, { connection: 'a:/b', timeout: '-1' }, 453],
  [6, { connection: '/dev/x', vfs_type: '--help' }, 470],
  [6, { connection: 'http://x/y', vfs_type: 'ext4' }, 453],
  [3, { connection: '10.0.0.1', iqn: 'iqn' }, 468],
  [99, { connection: '/x' }, 468],
];

for (const [type, connection, code] of refused) {
  test(`refused: type ${type} ${JSON.stringify(connection).slice(0, 80)}`, () => {
    assert.throws(() => readRemote(type, connection), { code });
  });
}
