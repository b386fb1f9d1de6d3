// Budget: 40 s
// Needs: root, hypervisor, gluster
/** Storage on a real Gluster volume: the one network file system here that is mounted like those of users. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
// oxlint-disable-next-line no-restricted-imports -- the server is a host of the lab
import { VirtualHost, VirtualSwitch } from '@virgate/lab';
import { runCommand } from './command.ts';
import { storageCode } from './storage-error.ts';
import {
  connectStorage,
  createDomain,
  createPool,
  managePool,
  newVolume,
  startStorageHost,
  type Connection,
  type StorageHost,
} from './storage-fixture/host.ts';
import { blankUuid } from './volume/volume-metadata.ts';

const glusterfs = 7;
let folder: string;
let network: VirtualSwitch;
let server: VirtualHost;
let host: StorageHost;

/** Runs glusterd on a virtual host with state and logs of its own, and makes a volume of one brick. */
async function startGluster(): Promise<void> {
  const state = join(server.folder, 'glusterd');
  const logs = join(server.folder, 'log');
  const brick = join(server.folder, 'brick');
  for (const made of [state, logs, brick]) await mkdir(made);
  await server.run(['mount', '--bind', logs, '/var/log/glusterfs']);
  await server.run(['mount', '--bind', state, '/var/lib/glusterd']);
  const settings = join(server.folder, 'glusterd.vol');
  await writeFile(
    settings,
    `volume management
    type mgmt/glusterd
    option working-directory /var/lib/glusterd
    option transport-type socket
    option transport.socket.bind-address ${server.address}
    option ping-timeout 0
    option max-port 60999
end-volume
`,
  );
  await server.spawn(
    ['glusterd', '--no-daemon', '-f', settings, '-l', join(logs, 'glusterd.log'), '-p', '/run/glusterd.pid'],
    'glusterd.out',
  );
  const gluster = (...words: string[]) => server.run(['gluster', '--mode=script', ...words]);
  for (let look = 0; ; look += 1) {
    const answer = await gluster('pool', 'list').catch((error: unknown) => error as Error);
    if (!(answer instanceof Error)) break;
    if (look > 100) throw new Error(`glusterd does not answer: ${answer.message}\n${await readFile(join(logs, 'glusterd.log'), 'utf8')}`);
    await delay(100);
  }
  await gluster('volume', 'create', 'data', `${server.address}:${brick}`, 'force');
  await gluster('volume', 'start', 'data');
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gluster-'));
  network = await VirtualSwitch.start();
  server = await VirtualHost.start({ name: 'gluster', folder: join(folder, 'server'), network, number: 1 });
  await startGluster();
  host = await startStorageHost();
});
after(async () => {
  // A mount that a failed test left would keep its folder from being removed, or lose what lies on the volume.
  const left = await mounted();
  if (left !== undefined) await runCommand(['umount', '-l', left.split(' ')[4] ?? '']);
  await host?.close();
  await server?.powerOff();
  await network?.stop();
  await rm(folder, { recursive: true, force: true });
});

const remote = (): Connection => ({
  domainType: glusterfs,
  connection: `${server.address}:/data`,
  vfs_type: 'glusterfs',
  mnt_options: `log-file=${join(folder, 'mount.log')}`,
});
/** The line of this process's mounts that is the volume's; undefined when it is not mounted. */
const mounted = async (): Promise<string | undefined> =>
  (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').find((line) => line.includes(join(host.root, 'dc/mnt/glusterSD')));

/** Leaves the pool and the storage. @returns 0 or the code of what went wrong */
async function leave(poolId: string): Promise<number | undefined> {
  await host.call('StoragePool.spmStop', { storagepoolID: poolId });
  await host.call('StoragePool.disconnect', { storagepoolID: poolId, hostID: 1, scsiKey: poolId });
  const { domainType, ...connection } = remote();
  const [gone] = await host.call<{ status: number }[]>('StoragePool.disconnectStorageServer', {
    storagepoolID: blankUuid,
    domainType,
    connectionParams: [{ id: randomUUID(), ...connection }],
  });
  return gone?.status;
}

test('a data domain on a volume of Gluster: made, filled, and whole after another mount', async () => {
  await connectStorage(host, remote());
  assert.match((await mounted()) ?? '', /nosuid,nodev,noexec.* - fuse\.glusterfs /);
  const domainId = await createDomain(host, remote());
  const info = await host.call<Record<string, unknown>>('StorageDomain.getInfo', { storagedomainID: domainId });
  assert.deepEqual([info['type'], info['remotePath']], ['GLUSTERFS', remote().connection]);
  const poolId = await createPool(host, domainId);
  await managePool(host, poolId, domainId);
  const pool = { poolId, domainId, directory: remote().connection };

  const disk = newVolume(pool);
  await host.task('Volume.create', disk);
  const ids = { storagepoolID: poolId, storagedomainID: domainId, imageID: disk.imageID, volumeID: disk.volumeID };
  const { path } = await host.call<{ path: string }>('Image.prepare', ids);
  await runCommand(['qemu-io', '-f', 'qcow2', '-c', 'write -P 7 1M 64k', path]);
  await host.call('Image.teardown', ids);
  assert.ok(existsSync(join(server.folder, 'brick', domainId, 'images', disk.imageID, disk.volumeID)), 'it lies on the server');

  assert.equal(await leave(poolId), 0);
  assert.equal(await mounted(), undefined);

  await connectStorage(host, remote());
  await managePool(host, poolId, domainId);
  const again = await host.call<{ path: string }>('Image.prepare', ids);
  await runCommand(['qemu-io', '-r', '-f', 'qcow2', '-c', 'read -P 7 1M 64k', again.path]);
  await host.call('Image.teardown', ids);
  assert.equal(await leave(poolId), 0);
});

test('a volume that is not there is refused, and nothing stays mounted', async () => {
  const { domainType, ...connection } = remote();
  const [answer] = await host.call<{ status: number }[]>('StoragePool.connectStorageServer', {
    storagepoolID: blankUuid,
    domainType,
    connectionParams: [{ id: randomUUID(), ...connection, connection: `${server.address}:/other` }],
  });
  assert.equal(answer?.status, storageCode('MountError'));
  assert.ok(!(await readFile('/proc/self/mountinfo', 'utf8')).includes(`${server.address}:_other`));
});
