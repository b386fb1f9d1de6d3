import { rm, truncate, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { runCommand } from '../command.ts';
import { newVolume } from './host.ts';
import type { PoolFixture, StorageCaller, StorageHost } from './host.ts';

/** For tests only: a loop device over a sparse file, which stands for a LUN. Every host on this machine sees it. */
export interface Lun {
  /** Path of the device. */
  path: string;
  guid: string;
  file: string;
  remove(): Promise<void>;
}

export async function makeLun(file: string, gibibytes: number): Promise<Lun> {
  await writeFile(file, '');
  await truncate(file, gibibytes * 1024 ** 3);
  const path = (await runCommand(['losetup', '--find', '--show', file])).stdout.trim();
  return {
    path,
    file,
    guid: path.replace('/dev/', ''),
    async remove() {
      // volumes that a test left active lie on it
      const { stdout } = await runCommand(['losetup', '--list', '--noheadings', '--raw', '--output', 'NAME,BACK-FILE']);
      for (const line of stdout.split('\n')) {
        const [name = '', backing] = line.split(' ');
        if (backing === path) await runCommand(['losetup', '--detach', name]).catch(() => undefined);
      }
      await runCommand(['losetup', '--detach', path]);
      await rm(file, { force: true });
    },
  };
}

/** A block domain on LUNs, as an engine makes it. @returns its id */
export async function makeBlockDomain(host: Pick<StorageCaller, 'call'>, luns: readonly Lun[], domainType = 3): Promise<string> {
  const domainId = randomUUID();
  const vgUUID = await host.call<string>('LVMVolumeGroup.create', { name: domainId, devlist: luns.map(({ guid }) => guid), force: false });
  await host.call('StorageDomain.create', {
    storagedomainID: domainId,
    domainType,
    typeArgs: vgUUID,
    name: 'blocks',
    domainClass: 1,
    version: '5',
    blockSize: 512,
    maxHosts: 250,
  });
  return domainId;
}

/** A pool whose master is a block domain, this host its manager. */
export async function makeBlockPool(host: StorageHost, luns: readonly Lun[]): Promise<PoolFixture> {
  const poolId = randomUUID();
  const domainId = await makeBlockDomain(host, luns);
  const master = { storagepoolID: poolId, masterSdUUID: domainId, masterVersion: 1 };
  await host.call('StoragePool.create', { ...master, name: 'Default', domainList: [domainId] });
  await host.call('StoragePool.connect', { ...master, hostID: 1, scsiKey: poolId, domainDict: { [domainId]: 'active' } });
  await host.task('StoragePool.spmStart', { storagepoolID: poolId, prevID: -1, prevLver: '-1', enableScsiFencing: 'false' });
  return { poolId, domainId, directory: '' };
}

/**
 * Parts the free room of a block domain in two. Without device-mapper a volume grows only into what is free beside it, so that two that are
 * to grow need a half each: LVM puts a new volume where most is free.
 */
export async function halveFreeRoom(host: StorageHost, pool: PoolFixture, domainId: string): Promise<void> {
  const { diskfree } = await host.call<{ diskfree: string }>('StorageDomain.getStats', { storagedomainID: domainId });
  const extent = 128 * 1024 ** 2;
  const place = { storagedomainID: domainId, volFormat: 5, preallocate: 1 };
  const half = newVolume(pool, { ...place, size: String(Math.floor(Number(diskfree) / 2 / extent) * extent) });
  await host.task('Volume.create', half);
  await host.task('Volume.create', newVolume(pool, { ...place, size: String(extent) }));
  const image = { storagepoolID: pool.poolId, storagedomainID: domainId, imageID: half.imageID };
  await host.task('Image.delete', { ...image, postZero: false, force: true });
}

/** Leaves the pool, so that nothing of it is active on this host. */
export async function leavePool(host: StorageHost, { poolId }: PoolFixture): Promise<void> {
  await host.call('StoragePool.spmStop', { storagepoolID: poolId });
  await host.call('StoragePool.disconnect', { storagepoolID: poolId, hostID: 1, scsiKey: poolId });
}
