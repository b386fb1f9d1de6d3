// Budget: 60 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Initialization } from '@virgate/contract/generated/types';
import { defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { addDisk, addObjects, rowCounts } from '../testing/objects.ts';
import { addTenant } from '../testing/tenant.ts';

const mib = 1024 ** 2;
const cluster = { id: defaultClusterId };
const configuration = (data: string, type = 'ovf') => ({ initialization: { configuration: { type, data } } });
const refused = (answer: Answer, status: number, text: RegExp, what = ''): void => {
  assert.equal(answer.status, status, `${what} ${answer.text}`);
  assert.match(answer.text, text, what);
};

test('a VM comes back from its OVF, with its disks where they are free', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, put } = test;
  const ids = await addObjects(test);
  const vm = ids['vms'] as string;
  const lost = await addDisk(test, vm, ids['storagedomains'] as string);
  const changed = {
    memory: 256 * mib,
    description: 'kept <all>',
    os: { type: 'rhel_9x64' },
    custom_properties: { custom_property: [{ name: 'sap_agent', value: 'true' }] },
  };
  assert.equal((await put(`/vms/${vm}`, changed)).status, 200);
  const [nic] = (await get(`/vms/${vm}/nics`)).body['nic'];
  const forms = new Map<string, string>();
  for (const [type, more] of [
    ['ovf', ''],
    ['ova', '&ovf_as_ova=true'],
  ] as const) {
    const shown = (await get(`/vms/${vm}?all_content=true${more}`)).body['initialization'].configuration;
    assert.equal(shown.type, type);
    forms.set(type, shown.data);
  }
  assert.match(forms.get('ova') ?? '', /<VirtualSystem ovf:id=/);
  const listed = (await get('/vms?all_content=true&ovf_as_ova=true')).body['vm'] as { id: string; initialization?: Initialization }[];
  assert.equal(listed.find((one) => one.id === vm)?.initialization?.configuration?.type, 'ova');

  const body = { cluster, ...configuration(forms.get('ovf') ?? '') };
  refused(await post('/vms', body), 409, /of this id already/, 'its VM is there');
  assert.equal((await test.delete(`/vms/${vm}?detach_only=true`)).status, 200);
  await test.engine.db.deleteFrom('disk').where('id', '=', lost).execute();

  for (const [type, data] of forms) {
    const made = await post('/vms', { cluster, ...configuration(data, type) });
    assert.equal(made.status, 201, made.text);
    const found = (await get(`/vms/${vm}?follow=nics,disk_attachments`)).body;
    assert.deepEqual(
      [
        found['name'],
        found['memory'],
        found['description'],
        found['os'].type,
        found['status'],
        found['custom_properties'].custom_property[0].name,
      ],
      ['v', String(256 * mib), 'kept <all>', 'rhel_9x64', 'down', 'sap_agent'],
      type,
    );
    assert.deepEqual(
      found['nics'].nic.map((one: typeof nic) => [one.name, one.mac.address, one.interface, one.vnic_profile?.id]),
      [[nic.name, nic.mac.address, nic.interface, nic.vnic_profile?.id]],
    );
    assert.deepEqual(
      found['disk_attachments'].disk_attachment.map((one: { id: string; interface: string }) => [one.id, one.interface]),
      [[ids['disks'], 'virtio_scsi']],
    );
    const [event] = (await get('/events?search=type%3D175&max=1')).body['event'];
    assert.match(event.description, /could not be attached: k/);
    assert.equal((await get('/jobs?max=1')).body['job'][0].description, 'Importing VM v from a configuration');
    if (type === 'ovf') assert.equal((await test.delete(`/vms/${vm}?detach_only=true`)).status, 200);
  }

  // Another VM of the same description, with an id and addresses of its own; its disk is the first one's.
  const copy = await post('/vms', {
    name: 'copy',
    memory: 512 * mib,
    cluster,
    initialization: { ...body.initialization, regenerate_ids: true, host_name: 'guest' },
  });
  assert.equal(copy.status, 201, copy.text);
  assert.notEqual(copy.body['id'], vm);
  const second = (await get(`/vms/${copy.body['id']}?follow=nics,disk_attachments`)).body;
  assert.deepEqual(
    [second['name'], second['memory'], second['initialization'].host_name, second['initialization'].regenerate_ids],
    ['copy', String(512 * mib), 'guest', undefined],
  );
  assert.notEqual(second['nics'].nic[0].mac.address, nic.mac.address);
  assert.deepEqual(second['disk_attachments'].disk_attachment ?? [], []);
});

test('a description that cannot be is refused, and leaves nothing', async (t) => {
  const test = await startTestEngine(t);
  const { post } = test;
  const ids = await addObjects(test);
  const vm = ids['vms'] as string;
  const good = (await test.get(`/vms/${vm}?all_content=true`)).body['initialization'].configuration.data as string;
  const mac = /<rasd:MACAddress>([^<]+)</.exec(good)?.[1] as string;
  const other = randomUUID();
  const fresh = good.replaceAll(vm, other).replace('<Name>v<', '<Name>w<');
  const hostile = (change: object): string => {
    const definition = JSON.parse(
      (/<VirgateDefinition>([^<]*)</.exec(fresh)?.[1] ?? '{}')
        .replaceAll('&quot;', '"')
        .replaceAll('&gt;', '>')
        .replaceAll('&lt;', '<')
        .replaceAll('&amp;', '&'),
    ) as { configuration: { vm: object } };
    Object.assign(definition.configuration.vm, change);
    const text = JSON.stringify(definition).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
    return fresh.replace(/<VirgateDefinition>[^<]*</, () => `<VirgateDefinition>${text}<`);
  };
  const before = await rowCounts(test);
  const data = /initialization\.configuration\.data/;
  for (const [text, status, says] of [
    ['no XML', 400, data],
    ['<Envelope/>', 400, data],
    ['<!DOCTYPE Envelope [<!ENTITY e SYSTEM "file:///etc/passwd">]><Envelope>&e;</Envelope>', 400, data],
    [`<Envelope>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</Envelope>`, 400, data],
    [fresh.replace('<VmType>', '<TemplateType>TEMPLATE</TemplateType><VmType>'), 400, data],
    [fresh.replaceAll(mac, '01:00:00:00:00:01'), 400, data],
    [fresh.replaceAll(/<rasd:Name>[^<]*</g, '<rasd:Name>a b<'), 400, data],
    [hostile({ memory_bytes: 'much' }), 400, data],
    [hostile({ settings: { usb: 'none' } }), 400, data],
    [hostile({ cpu_sockets: 1.5 }), 400, data],
    [hostile({ cpu_sockets: 100_000 }), 400, /cpu\.topology/],
    [hostile({ custom_emulated_machine: 'a b; c' }), 400, /./],
    [fresh, 409, /mac/i],
    [fresh.replaceAll(other, defaultDataCenterId), 409, /of this id already/],
  ] as const)
    refused(await post('/vms', { cluster, ...configuration(text) }), status, says, text.slice(0, 60));
  refused(await post('/vms', { cluster, ...configuration(fresh, 'tar') }), 400, /./);
  refused(await post('/vms', { ...configuration(fresh) }), 400, /cluster/i);
  refused(await post('/vms', { cluster, initialization: { configuration: { type: 'ovf' } } }), 400, /data/);
  refused(
    await post('/vms', { cluster, name: 'v', initialization: { ...configuration(fresh).initialization, regenerate_ids: true } }),
    409,
    /v/,
  );
  // What people who made the engine do not know of a definition is not taken over.
  assert.deepEqual(await rowCounts(test), before);
  const made = await post('/vms', {
    cluster,
    ...configuration(hostile({ entity_type: 'template', created_by: other }).replaceAll(mac, '02:00:00:00:00:07')),
  });
  assert.equal(made.status, 201, made.text);
  assert.equal((await test.get(`/vms/${other}`)).body['name'], 'w');
});

test('an OVF gives its importer only what is his', async (t) => {
  const test = await startTestEngine(t);
  const [mine, theirs] = [await addTenant(test, 'mine'), await addTenant(test, 'theirs')];
  const data = (await test.get(`/vms/${theirs['vms']}?all_content=true`)).body['initialization'].configuration.data as string;
  await test.engine.db
    .deleteFrom('vm')
    .where('id', '=', theirs['vms'] as string)
    .execute();
  const object = { type: 'data_center', id: mine['datacenters'] as string };
  const body = { name: 'taken', cluster: { id: mine['clusters'] }, ...configuration(data) };
  const creator = await test.user('creator', [{ role: 'VmCreator', object }]);
  refused(await creator.post('/vms', body), 403, /import_export_vm/);
  const importer = await test.user('importer', [{ role: 'DataCenterAdmin', object }]);
  assert.equal((await importer.post('/vms', { ...body, cluster: { id: theirs['clusters'] } })).status, 403);
  const made = await importer.post('/vms', body);
  assert.equal(made.status, 201, made.text);
  const found = (await test.get(`/vms/${made.body['id']}?follow=nics,disk_attachments`)).body;
  assert.deepEqual(found['disk_attachments'].disk_attachment ?? [], []);
  assert.equal(found['nics'].nic[0].vnic_profile, undefined);
});

test('exports and imports of archives are checked up to the host that would do them', async (t) => {
  const test = await startTestEngine(t);
  const ids = await addObjects(test);
  const { post } = test;
  const [vm, host, domain] = [ids['vms'] as string, { id: ids['hosts'] as string }, { id: ids['storagedomains'] as string }];
  const status = (value: string, id = vm) =>
    test.engine.db.updateTable('vm_state').set({ status: value }).where('vm_id', '=', id).execute();
  const before = await rowCounts(test);
  const checked = async (path: string, body: object, cases: [object, number, RegExp][]): Promise<void> => {
    for (const [change, code, says] of cases) refused(await post(path, { ...body, ...change }), code, says, JSON.stringify(change));
  };
  for (const path of [`/vms/${vm}/export`, `/templates/${ids['templates']}/export`]) {
    await checked(path, { directory: '/srv/exports', host }, [
      [{ directory: 'exports' }, 400, /directory/],
      [{ directory: '/srv/../etc' }, 400, /directory/],
      [{ directory: undefined }, 400, /directory/],
      [{ filename: '../v.ova' }, 400, /filename/],
      [{ filename: 'v\u0000.ova' }, 400, /filename/],
      [{ host: undefined }, 400, /host/],
      [{ host: { name: 'nowhere' } }, 404, /Host/],
      [{}, 409, /status|not up/i],
    ]);
    await checked(path, {}, [
      [{}, 400, /storage_domain/],
      [{ storage_domain: { name: 'nowhere' } }, 404, /StorageDomain/],
      [{ storage_domain: domain }, 400, /not one for exports/],
    ]);
  }
  refused(await post('/templates/00000000-0000-0000-0000-000000000000/export', { storage_domain: domain }), 409, /blank/i);

  const source = { username: 'root', password: 'never shown', cluster, storage_domain: domain };
  const external = { ...source, name: 'w', provider: 'vmware', url: 'vpx://root@manager.example/dc/cluster/host?no_verify=1' };
  await checked('/externalvmimports', external, [
    [{ provider: undefined }, 400, /provider/],
    [{ url: undefined }, 400, /url/],
    [{ url: 'http://manager.example' }, 400, /url/],
    [{ url: 'vpx://a b' }, 400, /url/],
    [{ url: 'vpx://root@127.0.0.1/dc/esx' }, 400, /url/],
    [{ url: 'vpx://root@169.254.169.254/dc/esx' }, 400, /url/],
    [{ url: 'vpx://root:secret@vc.example/dc/esx' }, 400, /password/],
    [{ provider: 'kvm', url: 'qemu+ssh://h.example/system?command=id' }, 400, /url/],
    [{ provider: 'kvm', url: 'qemu+tcp://localhost/system' }, 400, /url/],
    [{ provider: 'kvm', url: 'qemu:///system' }, 400, /url/],
    [{ provider: 'xen', url: 'xen:///' }, 400, /url/],
    [{ password: 'a\nb' }, 400, /password/],
    [{ drivers_iso: { id: 'virtio-win.iso' } }, 400, /drivers_iso/],
    [{ name: undefined }, 400, /name/],
    [{ vm: { name: 'a/b' } }, 400, /vm\.name/],
    [{ username: undefined }, 400, /username/i],
    [{ password: ' ' }, 400, /password/i],
    [{ cluster: undefined }, 400, /cluster/],
    [{ cluster: { name: 'nowhere' } }, 404, /Cluster/],
    [{ storage_domain: undefined }, 400, /storage_domain/],
    [{ storage_domain: { name: 'nowhere' } }, 404, /StorageDomain/],
    [{ name: 'v' }, 409, /name/i],
    [{ vm: { name: 'v' } }, 409, /name/i],
    [{ cpu_profile: { id: vm } }, 400, /profile/i],
    [{ url: 'ova:///srv/v.ova' }, 400, /host/i],
    [{ url: 'ova://srv/v.ova', host }, 400, /url/],
    [{ url: 'ova:///srv/v.ova', host }, 409, /status/i],
    [{}, 409, /host/i],
  ]);
  const archived = { url: 'ova:///srv/u.ova', cluster, storage_domain: domain, host };
  await checked('/externaltemplateimports', archived, [
    [{ url: external.url }, 400, /url/],
    [{ url: 'ova:///srv/t.ova' }, 409, /name/i],
    [{ template: { name: 't' } }, 409, /name/i],
    [{ host: undefined }, 400, /host/i],
    [{}, 409, /status/i],
  ]);

  await test.engine.db.updateTable('host_state').set({ status: 'up' }).where('host_id', '=', host.id).execute();
  // The host is asked about the VM, and is not there.
  for (const body of [external, { ...external, provider: 'kvm', url: 'qemu+tcp://h.example/system' }]) {
    const answer = await post('/externalvmimports', body);
    assert.ok(answer.status >= 400, answer.text);
    assert.doesNotMatch(answer.text, /never shown/);
  }
  await status('suspended');
  refused(await post(`/vms/${vm}/export`, { directory: '/srv', host }), 409, /suspended/);
  await status('down');
  assert.deepEqual(await rowCounts(test), before);

  const someone = await test.user('someone', [{ role: 'UserVmManager', object: { type: 'vm', id: vm } }]);
  assert.equal((await someone.post(`/vms/${vm}/export`, { directory: '/srv', host })).status, 403);
  const importer = await test.user('importer', [{ role: 'VmImporterExporter', object: { type: 'vm', id: vm } }]);
  refused(await importer.post(`/vms/${vm}/export`, { storage_domain: domain }), 403, /import_export_vm/);
  assert.equal((await importer.post('/externalvmimports', external)).status, 403);
});
