import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import { makePool, newVolume } from '../storage-fixture/host.ts';
import type { PoolFixture } from '../storage-fixture/host.ts';
import type { LiveHost } from './host.ts';

const run = promisify(execFile);

/** The volume that a test's guest boots from. */
export interface GuestDisk {
  poolId: string;
  domainId: string;
  imageId: string;
  volumeId: string;
  format: 'qcow2';
}

/** For tests only: a DHCP server on the host's bridge. */
export async function startDhcp(host: LiveHost): Promise<ChildProcess> {
  const { stdout } = await run('ip', ['-4', '-j', 'address', 'show', 'dev', host.bridge]);
  const address = (JSON.parse(stdout) as { addr_info: { local: string }[] }[])[0]?.addr_info[0]?.local ?? '';
  const network = address.replace(/\.1$/, '');
  const options = [
    `--interface=${host.bridge}`,
    '--bind-interfaces',
    '--except-interface=lo',
    '--port=0',
    `--dhcp-range=${network}.10,${network}.99,1h`,
    `--dhcp-leasefile=${host.directory}/leases`,
  ];
  return spawn('dnsmasq', ['--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', ...options], { stdio: 'ignore' });
}

/** A guest image, which lies in the host's folder for imports. */
interface Image {
  path: string;
  virtualSizeBytes: number;
}

/** For tests only: a disk with the guest image. */
export async function uploadDisk(host: LiveHost, pool: PoolFixture, image: Image): Promise<GuestDisk> {
  const volume = newVolume(pool, { size: String(image.virtualSizeBytes) });
  await host.task('Volume.create', volume);
  await host.task('Image.download', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: volume.imageID,
    volumeID: volume.volumeID,
    methodArgs: { method: 'file', url: `file://${image.path}` },
  });
  return { poolId: pool.poolId, domainId: pool.domainId, imageId: volume.imageID, volumeId: volume.volumeID, format: 'qcow2' };
}

/** For tests only: a storage domain with a guest image. */
export async function uploadGuest(host: LiveHost, image: Image): Promise<{ pool: PoolFixture; disk: GuestDisk }> {
  const pool = await makePool(host.storage);
  return { pool, disk: await uploadDisk(host, pool, image) };
}
