import assert from 'node:assert/strict';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import type { TestEngine } from './engine.ts';
import { addDisk, addHostAndStorage, type ObjectIds } from './objects.ts';

/** A data center of its own with one object of each kind in it: what another tenant must neither see nor touch. Two tenants have names of two lengths. */
export async function addTenant(test: TestEngine, name: string): Promise<ObjectIds> {
  const made = async (path: string, body: object): Promise<string> => {
    const answer = await test.post(path, body, { expect: '201-created' });
    assert.equal(answer.status, 201, `${path}: ${answer.text}`);
    return answer.body['id'] as string;
  };
  const macs = name.length.toString(16).padStart(2, '0');
  const macpools = await made('/macpools', {
    name: `${name}-macs`,
    ranges: { range: [{ from: `02:0a:00:${macs}:00:00`, to: `02:0a:00:${macs}:ff:ff` }] },
    allow_duplicates: true,
  });
  const datacenters = await made('/datacenters', { name: `${name}-dc`, local: false });
  const clusters = await made('/clusters', {
    name: `${name}-cluster`,
    cpu: { architecture: 'x86_64', type: 'Intel Nehalem Family' },
    data_center: { id: datacenters },
  });
  const { hosts, storagedomains } = await addHostAndStorage(test, name, datacenters, clusters);
  const networks = await made('/networks', { name: `${name}-net`, data_center: { id: datacenters }, usages: { usage: ['vm'] } });
  await made(`/clusters/${clusters}/networks`, { id: networks, required: false });
  const vnicprofiles = await made('/vnicprofiles', { name: `${name}-profile`, network: { id: networks } });
  const vms = await made('/vms', { name: `${name}-vm`, cluster: { id: clusters }, template: { id: blankTemplateId } });
  const nics = await made(`/vms/${vms}/nics`, { name: `${name}-nic`, vnic_profile: { id: vnicprofiles } });
  const templates = await made('/templates', { name: `${name}-template`, vm: { id: vms } });
  const disks = await addDisk(test, vms, storagedomains);
  const quotas = await made(`/datacenters/${datacenters}/quotas`, { name: `${name}-quota` });
  const qoss = await made(`/datacenters/${datacenters}/qoss`, { name: `${name}-qos`, type: 'cpu', cpu_limit: 50 });
  const affinitygroups = await made(`/clusters/${clusters}/affinitygroups`, { name: `${name}-group`, positive: true, enforcing: false });
  const firstOf = async (path: string): Promise<string> => {
    const members = Object.values((await test.get(path)).body).flat() as { id: string }[];
    assert.notEqual(members[0], undefined, path);
    return members[0]?.id ?? '';
  };
  return {
    datacenters,
    clusters,
    hosts,
    storagedomains,
    networks,
    vnicprofiles,
    macpools,
    vms,
    nics,
    templates,
    disks,
    diskattachments: disks,
    quotas,
    qoss,
    affinitygroups,
    cpuprofiles: await firstOf(`/clusters/${clusters}/cpuprofiles`),
    snapshots: await firstOf(`/vms/${vms}/snapshots`),
  };
}
