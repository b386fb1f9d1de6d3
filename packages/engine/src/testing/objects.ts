import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { blankTemplateId, defaultClusterId, defaultDataCenterId, managementNetworkId } from '../installation/fixed-ids.ts';
import type { TypeName } from '@virgate/contract/generated/types';
import { typeInfo } from '@virgate/contract/type-info';
import { sql } from 'kysely';
import type { TestEngine } from './engine.ts';

const leasedUntil = () => new Date(Date.now() + 3_600_000);
const gib = 1024 ** 3;

/** Ids of objects of a test, by the collection in whose path they stand. */
export type ObjectIds = Readonly<Record<string, string>>;

/** A host in maintenance that another engine looks after, and the storage domain of a data center that it manages. */
export async function addHostAndStorage(
  test: TestEngine,
  name = '',
  dataCenterId: string = defaultDataCenterId,
  clusterId: string = defaultClusterId,
): Promise<{ hosts: string; storagedomains: string }> {
  const { db } = test.engine;
  const [host, connection, domain] = [randomUUID(), randomUUID(), randomUUID()];
  await db
    .insertInto('host')
    .values({ id: host, name: `${name}h`, address: `127.0.9.${9 + name.length}`, cluster_id: clusterId })
    .execute();
  await db
    .insertInto('host_state')
    .values({ host_id: host, status: 'maintenance', lease_owner: 'another', lease_until: leasedUntil() })
    .execute();
  await db
    .insertInto('storage_connection')
    .values({ id: connection, type: 'localfs', path: `/nowhere${name}` })
    .execute();
  await db
    .insertInto('storage_domain')
    .values({ id: domain, name: `${name}d`, type: 'data', storage_type: 'localfs', storage_connection_id: connection })
    .execute();
  await db
    .insertInto('data_center_storage_domain')
    .values({ data_center_id: dataCenterId, storage_domain_id: domain, status: 'active' })
    .execute();
  await db.updateTable('data_center').set({ spm_host_id: host }).where('id', '=', dataCenterId).execute();
  return { hosts: host, storagedomains: domain };
}

/** A disk that a VM has, as if a host had made it. */
export async function addDisk(test: TestEngine, vm: string, domain: string): Promise<string> {
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

type Make = (path: string, body: object) => Promise<string>;

/** A quota with limits, an affinity group and a label with a VM and a host, and QoS. */
async function addRules(made: Make, vm: string, host: string): Promise<Record<'quotas' | 'affinitylabels' | 'affinitygroups', string>> {
  const dataCenter = `/datacenters/${defaultDataCenterId}`;
  const quotas = await made(`${dataCenter}/quotas`, { name: 'q' });
  await made(`${dataCenter}/quotas/${quotas}/quotaclusterlimits`, { cluster: { id: defaultClusterId }, vcpu_limit: 4, memory_limit: 8 });
  await made(`${dataCenter}/qoss`, { name: 's', type: 'cpu', cpu_limit: 50 });
  const affinitylabels = await made('/affinitylabels', { name: 'l' });
  await made(`/affinitylabels/${affinitylabels}/vms`, { id: vm });
  await made(`/affinitylabels/${affinitylabels}/hosts`, { id: host });
  const groups = `/clusters/${defaultClusterId}/affinitygroups`;
  const affinitygroups = await made(groups, { name: 'g', vms_rule: { enabled: true, enforcing: false, positive: true } });
  await made(`${groups}/${affinitygroups}/vms`, { id: vm });
  await made(`${groups}/${affinitygroups}/hosts`, { id: host });
  await made(`${groups}/${affinitygroups}/vmlabels`, { id: affinitylabels });
  await made('/schedulingpolicies', { name: 'p' });
  return { quotas, affinitylabels, affinitygroups };
}

/** What a VM, a template and a host have beside themselves. */
async function addDevices(test: TestEngine, made: Make, ids: Record<'vms' | 'templates' | 'hosts', string>): Promise<void> {
  for (const owner of [`/vms/${ids.vms}`, `/templates/${ids.templates}`]) {
    await made(`${owner}/watchdogs`, { action: 'reset', model: 'i6300esb' });
    await made(`${owner}/tags`, {
      name: await made('/tags', { name: `of-${owner.split('/')[1]}` }).then(async (id) =>
        String((await test.get(`/tags/${id}`)).body['name']),
      ),
    });
  }
  const admin = await test.engine.db.selectFrom('app_user').select('id').where('principal', '=', 'admin').executeTakeFirstOrThrow();
  await made(`/vms/${ids.vms}/permissions`, { role: { name: 'UserRole' }, user: { id: admin.id } });
  await made(`/vms/${ids.vms}/numanodes`, { index: 0, memory: 512, cpu: { cores: { core: [{ index: 0 }] } } });
  await made(`/hosts/${ids.hosts}/fenceagents`, { type: 'ipmilan', address: '127.0.9.10', username: 'u', password: 'p', order: 1 });
  const job = await made('/jobs', { description: 'outside', auto_cleared: false });
  await made(`/jobs/${job}/steps`, { description: 'first', type: 'validating' });
  await made('/events', { origin: 'test', severity: 'normal', custom_id: 1, description: 'told from outside' });
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
  const { quotas, affinitylabels, affinitygroups } = await addRules(made, vms, hosts);
  await addDevices(test, made, { vms, templates, hosts });
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
    quotas,
    affinitylabels,
    affinitygroups,
    diskattachments: disks,
    tags: await made('/tags', { name: 'mark' }),
    roles: await made('/roles', { name: 'r', administrative: false, permits: { permit: [{ id: '1' }] } }),
    macpools: await made('/macpools', { name: 'm', ranges: { range: [{ from: '02:00:00:00:00:01', to: '02:00:00:00:00:09' }] } }),
    bookmarks: await made('/bookmarks', { name: 'b', value: 'vms:' }),
    vnicprofiles: await made(`/networks/${managementNetworkId}/vnicprofiles`, { name: 'p' }),
  };
}

/** How many rows each table has, but those whose rows come and go by themselves: what a refused request must not change. */
export async function rowCounts({ engine }: TestEngine): Promise<{ name: string; rows: number }[]> {
  const tables = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('host_statistics', 'vm_statistics', 'warehouse_pending', 'warehouse_progress') order by 1`.execute(
    engine.db,
  );
  const counts = tables.rows.map(({ name }) => sql`select ${name}::text as name, count(*) as rows from ${sql.table(name)}`);
  return (await sql<{ name: string; rows: number }>`${sql.join(counts, sql` union all `)} order by 1`.execute(engine.db)).rows;
}

/** Values of attributes that only some texts are right for, by type. */
const plausibleValues: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  SshPublicKey: { content: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJkTbLUF1WVJkCHYsvUfUzsqKrYcr5ztIXwrQwPeXWiq tester' },
  UserOption: { content: '"x"' },
  NetworkLabel: { id: 'label1' },
  Disk: { format: 'cow', provisioned_size: 1024 ** 3 },
};

/** What a body needs so that an operation looks further than at what is missing: references to objects that are there. */
export function plausibleBody(type: TypeName, ids: ObjectIds): Record<string, unknown> {
  const references: Readonly<Record<string, string | undefined>> = {
    cluster: ids['clusters'],
    template: ids['templates'],
    vm: ids['vms'],
    data_center: ids['datacenters'],
    host: ids['hosts'],
    network: ids['networks'],
    storage_domain: ids['storagedomains'],
    disk: ids['disks'],
    role: ids['roles'],
    tag: ids['tags'],
  };
  const body: Record<string, unknown> = {};
  for (const { element, kind, item } of typeInfo(type).attributes) {
    if (element === 'name' || element === 'description') body[element] = `n${randomUUID().slice(0, 8)}`;
    else if (element === 'memory') body[element] = 1024 ** 3;
    else if (kind === 'struct' && item === undefined && references[element] !== undefined) body[element] = { id: references[element] };
  }
  return { ...body, ...plausibleValues[type] };
}
