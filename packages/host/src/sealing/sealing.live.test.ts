// Budget: 10 s
// Needs: root, hypervisor
/** What is not sealed, and why; that it is done a whole template shows, in `archives-real`. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { makePool, newVolume, startStorageHost } from '../storage-fixture/host.ts';
import type { PoolFixture, StorageHost } from '../storage-fixture/host.ts';

let host: StorageHost;
let pool: PoolFixture;
before(async () => {
  host = await startStorageHost();
  pool = await makePool(host);
});
after(() => host.close());

interface Image {
  sd_id: string;
  img_id: string;
  vol_id: string;
}

const seal = (images: Image[]): Promise<void> => host.job('VM.seal', { vmID: randomUUID(), sp_id: pool.poolId, images });

async function newImage(): Promise<Image> {
  const volume = newVolume(pool, { size: String(1024 ** 2), volFormat: 4 });
  await host.task('Volume.create', volume);
  return { sd_id: pool.domainId, img_id: volume.imageID, vol_id: volume.volumeID };
}

test('a volume on which others may stand, one that is not there, and none are refused', async () => {
  const image = await newImage();
  await host.job('SDM.update_volume', { vol_info: { ...image, generation: 0 }, vol_attr: { type: 'SHARED' } });
  await assert.rejects(seal([await newImage(), image]), { code: 219 });
  await assert.rejects(seal([{ ...image, vol_id: randomUUID() }]), { code: 201 });
  await assert.rejects(seal([]), { code: 91 });
});

test('a host without virt-sysprep says what is to be installed', async () => {
  const image = await newImage();
  const { PATH: path } = process.env;
  process.env['PATH'] = host.root;
  try {
    await assert.rejects(seal([image]), { code: 100, message: /install the package "guestfs-tools"/ });
  } finally {
    process.env['PATH'] = path;
  }
});
