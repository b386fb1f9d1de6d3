import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { blankTemplateId, defaultClusterId, defaultDataCenterId, managementNetworkId } from '../installation/fixed-ids.ts';
import type { TestEngine } from './engine.ts';

const leasedUntil = () => new Date(Date.now() + 3_600_000);
const gib = 1024 ** 3;

/** Ids of objects of a test, by the collection in whose path they stand. */
export type ObjectIds = Readonly<Record<string, string>>;

/** A host in maintenance that another engine looks after, and the storage domain of the Default data center that it manages. */
async function addHostAndStorage(test: TestEngine): Promise<{ hosts: string; storagedomains: string }> {
  const { db } = test.engine;
  const [host, connection, domain] = [randomUUID(), randomUUID(), randomUUID()];
  await db.insertInto('host').values({ id: host, name: 'h', address: '127.0.9.9', cluster_id: defaultClusterId }).execute();
  await db
    .insertInto('host_state')
    .values({ host_id: host, status: 'maintenance', lease_owner: 'another', lease_until: leasedUntil() })
    .execute();
  await db.insertInto('storage_connection').values({ id: connection, type: 'localfs', path: '/nowhere' }).execute();
  await db
    .insertInto('storage_domain')
    .values({ id: domain, name: 'd', type: 'data', storage_type: 'localfs', storage_connection_id: connection })
    .execute();
  await db
    .insertInto('data_center_storage_domain')
    .values({ data_center_id: defaultDataCenterId, storage_domain_id: domain, status: 'active' })
    .execute();
  await db.updateTable('data_center').set({ spm_host_id: host }).where('id', '=', defaultDataCenterId).execute();
  return { hosts: host, storagedomains: domain };
}

/** A disk that a VM has, as if a host had made it. */
async function addDisk(test: TestEngine, vm: string, domain: string): Promise<string> {
  const { db } = test.engine;
  const [disk, image] = [randomUUID(), randomUUID()];
  const shape = { format: 'cow', sparse: true, provisioned_bytes: gib };
  await db
    .insertInto('disk')
    .values({ id: disk, name: 'k', ...shape })
    .execute();
  await db
    .insertInto('image')
    .values({ id: image, disk_id: disk, storage_domain_id: domain, ...shape })
    .execute();
  await db.insertInto('disk_attachment').values({ disk_id: disk, vm_id: vm, interface: 'virtio_scsi' }).execute();
  return disk;
}

/** One object of each of the commonest kinds, without a host that would do anything. */
export async function addObjects(test: TestEngine): Promise<ObjectIds> {
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await test.post(path, body, { expect: '201-created' });
    assert.equal(answer.status, 201, `${path}: ${answer.text}`);
    return answer.body['id'] as string;
  };
  const { hosts, storagedomains } = await addHostAndStorage(test);
  const vms = await made('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { id: blankTemplateId } });
  const nics = await made(`/vms/${vms}/nics`, { name: 'nic1' });
  const templates = await made('/templates', { name: 't', vm: { id: vms } });
  const disks = await addDisk(test, vms, storagedomains);
  return {
    datacenters: defaultDataCenterId,
    clusters: defaultClusterId,
    networks: managementNetworkId,
    hosts,
    storagedomains,
    vms,
    nics,
    templates,
    disks,
    diskattachments: disks,
    tags: await made('/tags', { name: 'mark' }),
    roles: await made('/roles', { name: 'r', administrative: false, permits: { permit: [{ id: '1' }] } }),
    macpools: await made('/macpools', { name: 'm', ranges: { range: [{ from: '02:00:00:00:00:01', to: '02:00:00:00:00:09' }] } }),
    bookmarks: await made('/bookmarks', { name: 'b', value: 'vms:' }),
    vnicprofiles: await made(`/networks/${managementNetworkId}/vnicprofiles`, { name: 'p' }),
  };
}
