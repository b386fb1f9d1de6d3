// Budget: 90 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus, gib, refused } from './installation.ts';
import { whole, type Answer, type Json } from './rest-client.ts';

let installation: Installation;
before(async () => {
  installation = await Installation.start();
  await installation.addStorage();
});
after(() => installation.stop());

const cdrom = '00000000-0000-0000-0000-000000000000';
const addVm = async (name: string, change: Json = {}): Promise<Json> =>
  expectStatus(
    await installation.rest.post('/vms', {
      name,
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 64 * 1024 ** 2,
      ...change,
    }),
    201,
  );
const addDisk = async (name: string, change: Json = {}): Promise<Json> =>
  expectStatus(
    await installation.rest.post(
      '/disks',
      { name, format: 'raw', provisioned_size: gib, storage_domains: { storage_domain: [{ name: 'data' }] }, ...change },
      whole,
    ),
    201,
  );
const run = async (vmId: string, body: Json = {}): Promise<string> => {
  expectStatus(await installation.rest.post(`/vms/${vmId}/start`, body), 200);
  await installation.vmStatus(vmId, 'up');
  return domain(vmId);
};
const stop = async (vmId: string): Promise<void> => {
  expectStatus(await installation.rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
};
const domain = async (vmId: string): Promise<string> => String(await installation.domainOf(vmId));
const events = async (max = 30): Promise<string[]> =>
  (expectStatus(await installation.rest.get(`/events?max=${max}`), 200).event as Json[]).map((event) => String(event.code));
const nothingLeft = async (): Promise<void> => {
  assert.deepEqual(await installation.rows('select lock_group, object_id from object_lock'), []);
  assert.deepEqual(await installation.rows(`select name from saga where status in ('running', 'undoing')`), []);
};

test('a CD is in the drive at the next start, and is changed while the VM runs', async () => {
  const { rest } = installation;
  const [boot, tools, plain] = [
    await addDisk('boot.iso', { content_type: 'iso' }),
    await addDisk('tools.iso', { content_type: 'iso' }),
    await addDisk('plain'),
  ];
  const [data] = (await rest.get('/storagedomains')).body.storage_domain as Json[];
  const files = (expectStatus(await rest.get(`/storagedomains/${data.id}/files`), 200).file as Json[]).map((file) => file.name);
  assert.deepEqual(files, ['boot.iso', 'tools.iso']);
  assert.equal(expectStatus(await rest.get(`/storagedomains/${data.id}/files/${boot.id}`), 200).type, 'iso');
  assert.deepEqual(
    (expectStatus(await rest.get(`/storagedomains/${data.id}/files?search=TOOLS*&case_sensitive=false`), 200).file as Json[]).length,
    1,
  );

  const { id } = await addVm('with-cd');
  const drive = `/vms/${id}/cdroms/${cdrom}`;
  assert.equal(expectStatus(await rest.get(drive), 200).file, undefined);
  refused(await rest.put(drive, { file: { id: plain.id } }), 400, /iso image/i);
  refused(await rest.put(`${drive}?current=true`, { file: { id: boot.id } }), 409, /not running/i);
  assert.equal(expectStatus(await rest.post(`/vms/${id}/cdroms`, { file: { id: tools.id } }), 201).file.id, tools.id);
  assert.equal(expectStatus(await rest.post(`/vms/${id}/cdroms`, { file: { id: '' } }), 201).file, undefined, 'an empty drive');
  assert.equal(expectStatus(await rest.put(drive, { file: { id: boot.id } }), 200).file.id, boot.id);
  refused(await rest.delete(`/disks/${boot.id}`), 409, /in the CD drive of the VM/);

  const started = await run(id);
  assert.match(started, new RegExp(`<source file="/rhev/data-center/[^"]*/images/${boot.id}/`));
  assert.match(started, new RegExp(`<ovirt-vm:imageID>${boot.id}</ovirt-vm:imageID>`));
  assert.equal(expectStatus(await rest.get(`${drive}?current=true`), 200).file.id, boot.id);
  assert.equal(expectStatus(await rest.put(`${drive}?current=true`, { file: { id: tools.id } }), 200).file.id, tools.id);
  assert.match(await domain(id), new RegExp(`images/${tools.id}/`));
  assert.equal(expectStatus(await rest.get(drive), 200).file.id, boot.id, 'the next start keeps its own');
  assert.equal(expectStatus(await rest.put(`${drive};current=true`, { file: { id: '' } }), 200).file, undefined);
  assert.doesNotMatch(await domain(id), new RegExp(`images/${tools.id}/`));
  const codes = await events();
  for (const code of ['38', '528']) assert.ok(codes.includes(code), code);

  await installation.plan({ verb: 'VM.changeCD', action: { kind: 'error', code: 41, message: 'The drive is locked by the guest' } });
  refused(await rest.put(`${drive}?current=true`, { file: { id: tools.id } }), 409, /locked by the guest/);
  assert.equal(expectStatus(await rest.get(`${drive}?current=true`), 200).file, undefined);
  assert.ok((await events()).includes('102'));
  await stop(id);

  const once = await run(id, { vm: { cdroms: { cdrom: [{ file: { id: tools.id } }] } } });
  assert.match(once, new RegExp(`images/${tools.id}/`));
  const storage = `/datacenters/${data.data_centers?.data_center?.[0]?.id ?? ''}/storagedomains/${data.id}`;
  refused(await rest.post(`${storage}/deactivate`, {}), 409, /in CD drives of running VMs/);
  await stop(id);
  assert.match(await run(id), new RegExp(`images/${boot.id}/`), 'once is once');
  await stop(id);
  expectStatus(await rest.put(drive, { file: { id: '' } }), 200);
  expectStatus(await rest.delete(`/disks/${boot.id}`), 200);
  await nothingLeft();
});

test('addresses of NICs are put in order, and a watchdog is in the domain', async () => {
  const { rest } = installation;
  const { id } = await addVm('with-nics');
  expectStatus(await rest.post(`/vms/${id}/watchdogs`, { model: 'i6300esb', action: 'reset' }), 201);
  for (const [name, mac] of [
    ['nic10', '02:00:00:00:00:01'],
    ['nic2', '02:00:00:00:00:02'],
  ])
    expectStatus(await rest.post(`/vms/${id}/nics`, { name, mac: { address: mac } }), 201);
  expectStatus(await rest.post(`/vms/${id}/reordermacaddresses`, {}), 200);
  const nics = expectStatus(await rest.get(`/vms/${id}/nics`), 200).nic as Json[];
  assert.deepEqual(Object.fromEntries(nics.map((nic) => [nic.name, nic.mac.address])), {
    nic10: '02:00:00:00:00:02',
    nic2: '02:00:00:00:00:01',
  });
  assert.match(await run(id), /<watchdog model="i6300esb" action="reset"/);
  refused(await rest.post(`/vms/${id}/reordermacaddresses`, {}), 409, /status "/);
  await stop(id);
});

test('devices of its host go into a VM that is pinned to it, whole groups of them', async () => {
  const { rest } = installation;
  const [host] = installation.hosts;
  const hex = (name: string): string => Buffer.from(name).toString('hex');
  const devices = expectStatus(await rest.get(`/hosts/${host?.id}/devices`), 200).host_device as Json[];
  assert.equal(devices.length, 9);
  const card = expectStatus(await rest.get(`/hosts/${host?.id}/devices/${hex('pci_0000_03_07_0')}`), 200);
  assert.equal(card.iommu_group, '7');
  assert.equal(card.product.name, 'Simulated network card');
  const units = expectStatus(await rest.get(`/hosts/${host?.id}/cpuunits`), 200).host_cpu_unit as Json[];
  assert.deepEqual([units[0]?.cpu_id, units[0]?.runs_vdsm, units[0]?.href], ['0', 'false', undefined]);

  const { id: onCpu } = await addVm('on-cpu', { cpu: { cpu_tune: { vcpu_pins: { vcpu_pin: [{ vcpu: 0, cpu_set: '0' }] } } } });
  await run(onCpu);
  const [unit] = expectStatus(await rest.get(`/hosts/${host?.id}/cpuunits`), 200).host_cpu_unit as Json[];
  assert.deepEqual(
    unit?.vms.vm.map((vm: Json) => vm.id),
    [onCpu],
  );
  await stop(onCpu);
  refused(await rest.post(`/vms/${onCpu}/autopincpuandnumanodes`, { optimize_cpu_settings: true }), 409, /not pinned/i);
  expectStatus(await rest.put(`/vms/${onCpu}`, { placement_policy: { affinity: 'pinned', hosts: { host: [{ id: host?.id }] } } }), 200);
  expectStatus(await rest.post(`/vms/${onCpu}/autopincpuandnumanodes`, { optimize_cpu_settings: true }), 200);
  const { cpu } = (await rest.get(`/vms/${onCpu}`)).body;
  assert.equal(Number(cpu.topology.cores), units.length - 1, 'one core is left to the host');
  assert.deepEqual(cpu.cpu_tune.vcpu_pins.vcpu_pin[0], { vcpu: '0', cpu_set: '1' });
  assert.match(await run(onCpu), /<vcpupin vcpu="0" cpuset="1"/);
  refused(await rest.post(`/vms/${onCpu}/autopincpuandnumanodes`, {}), 409, /status "up"/);
  await stop(onCpu);

  const { id } = await addVm('with-devices');
  const mine = `/vms/${id}/hostdevices`;
  refused(await rest.post(mine, { name: 'pci_0000_03_07_0' }), 409, /not pinned/i);
  expectStatus(await rest.put(`/vms/${id}`, { placement_policy: { affinity: 'pinned', hosts: { host: [{ id: host?.id }] } } }), 200);
  refused(await rest.post(mine, { name: 'pci_9999' }), 400, /have the device pci_9999/);
  refused(await rest.post(mine, { name: 'computer' }), 409, /cannot be given to VMs/);
  expectStatus(await rest.post(mine, { name: 'pci_0000_03_07_0' }), 201);
  expectStatus(await rest.post(mine, { id: hex('usb_1_2') }), 201);
  refused(await rest.post(mine, { name: 'usb_1_2' }), 409, /has the device usb_1_2 already/);
  const given = expectStatus(await rest.get(mine), 200).host_device as Json[];
  assert.deepEqual(
    given.map((one) => [one.name, one.placeholder]),
    [
      ['pci_0000_03_07_0', 'false'],
      ['pci_0000_03_07_1', 'true'],
      ['usb_1_2', 'false'],
    ],
  );
  const mdevs = `/vms/${id}/mediateddevices`;
  refused(await rest.post(mdevs, { spec_params: { property: [{ name: 'nodisplay', value: 'true' }] } }), 400, /mdev/i);
  const property = (value: string): Json => ({ spec_params: { property: [{ name: 'mdevType', value }] } });
  const mdev = expectStatus(await rest.post(mdevs, property('sim-99')), 201);
  refused(await rest.post(`/vms/${id}/start`, {}), 409, /mdev/i);
  expectStatus(await rest.put(`${mdevs}/${mdev.id}`, property('sim-22')), 200);

  const started = await run(id);
  assert.match(started, /<hostdev [^>]*type="pci"[^>]*><source><address domain="0x0000" bus="0x03" slot="0x07" function="0x0"/);
  assert.doesNotMatch(started, /function="0x1"/, 'what only goes along is not given');
  assert.match(started, /<hostdev [^>]*type="usb"[^>]*><source><address bus="1" device="2"/);
  assert.match(started, new RegExp(`<hostdev [^>]*type="mdev"[^>]*><source><address uuid="${mdev.id}"`));
  assert.match(started, /<ovirt-vm:mdevType>sim-22\|(compact|separate)</);
  assert.equal(expectStatus(await rest.get(`/hosts/${host?.id}/devices/${hex('usb_1_2')}`), 200).vm.id, id);
  refused(await rest.delete(`${mine}/${hex('usb_1_2')}`), 409, /status "up"/);
  refused(await rest.post(`/vms/${id}/migrate`, {}), 409, /pinned/i);
  await stop(id);
  expectStatus(await rest.delete(`${mine}/${hex('pci_0000_03_07_0')}`), 200);
  assert.deepEqual(
    (expectStatus(await rest.get(mine), 200).host_device as Json[]).map((one) => one.name),
    ['usb_1_2'],
  );
  expectStatus(await rest.delete(`${mdevs}/${mdev.id}`), 200);
  assert.equal((await rest.get(`${mdevs}/${mdev.id}`)).status, 404);
  for (const code of ['10800', '10801']) assert.ok((await events()).includes(code), code);
  await nothingLeft();
});

test('a NIC of a profile that passes devices through is a virtual function of the host, for networks that may have one', async () => {
  const { rest } = installation;
  const [host] = installation.hosts;
  const dataCenter = { name: 'Default' };
  const fast = expectStatus(
    await rest.post('/networks', { name: 'fast', data_center: dataCenter, vlan: { id: 33 }, profile_required: false }),
    201,
  );
  expectStatus(await rest.post(`/clusters/${defaultClusterId}/networks`, { id: fast.id, required: false }), 201);
  const isolated = expectStatus(await rest.post('/networks', { name: 'apart', data_center: dataCenter, port_isolation: true }), 201);
  const passes = { pass_through: { mode: 'enabled' } };
  refused(await rest.post('/vnicprofiles', { name: 'x', network: { id: isolated.id }, ...passes }), 400, /isolation/i);
  refused(
    await rest.post('/vnicprofiles', { name: 'x', network: { id: fast.id }, network_filter: { name: 'vdsm-no-mac-spoofing' }, ...passes }),
    400,
    /filter/i,
  );
  const profile = expectStatus(await rest.post('/vnicprofiles', { name: 'direct', network: { id: fast.id }, ...passes }), 201);
  assert.deepEqual([profile.pass_through.mode, profile.network_filter], ['enabled', undefined]);

  const { id } = await addVm('direct');
  const nics = `/vms/${id}/nics`;
  refused(await rest.post(nics, { name: 'n1', interface: 'virtio', vnic_profile: { id: profile.id } }), 409, /profile/i);
  refused(await rest.post(nics, { name: 'n1', interface: 'pci_passthrough' }), 409, /profile/i);
  refused(await rest.post(nics, { name: 'n1', vnic_profile: { id: profile.id }, linked: false }), 400, /link/i);
  const nic = expectStatus(
    await rest.post(nics, { name: 'n1', vnic_profile: { id: profile.id }, mac: { address: '02:00:00:00:05:01' } }),
    201,
  );
  assert.equal(nic.interface, 'pci_passthrough');
  refused(await rest.put(`/vnicprofiles/${profile.id}`, { pass_through: { mode: 'disabled' } }), 409, /have the vNIC profile/);

  const em3 = (expectStatus(await rest.get(`/hosts/${host?.id}/nics`), 200).host_nic as Json[]).find((one) => one.name === 'em3');
  const card = `/hosts/${host?.id}/nics/${em3.id}`;
  expectStatus(
    await rest.post(`${card}/updatevirtualfunctionsconfiguration`, { virtual_functions_configuration: { all_networks_allowed: false } }),
    200,
  );
  refused(await rest.post(`/vms/${id}/start`, {}), 409, /no suitable virtual function/);
  expectStatus(await rest.post(`${card}/virtualfunctionallowednetworks`, { id: fast.id }), 201);
  const started = await run(id);
  assert.match(
    started,
    /<interface type="hostdev" managed="no"><driver name="vfio"\/><source><address type="pci" domain="0x0000" bus="0x03" slot="0x15" function="0x0"\/><\/source><vlan><tag id="33"\/><\/vlan>.*02:00:00:00:05:01/,
  );
  const hex = (name: string): string => Buffer.from(name).toString('hex');
  assert.equal(expectStatus(await rest.get(`/hosts/${host?.id}/devices/${hex('pci_0000_05_10_0')}`), 200).vm.id, id);
  refused(
    await rest.post(`${card}/updatevirtualfunctionsconfiguration`, { virtual_functions_configuration: { number_of_virtual_functions: 0 } }),
    400,
    /in use/i,
  );

  const second = expectStatus(await rest.post(nics, { name: 'n2', vnic_profile: { id: profile.id } }), 201);
  assert.match(await domain(id), /<interface type="hostdev".*<interface type="hostdev"[^>]*>.*function="0x1"/s);
  refused(await rest.post(nics, { name: 'n3', vnic_profile: { id: profile.id } }), 400, /virtual function/i);
  assert.equal((expectStatus(await rest.get(nics), 200).nic as Json[]).length, 2, 'nothing is half done');
  expectStatus(await rest.post(`${nics}/${second.id}/deactivate`, {}), 200);
  assert.doesNotMatch(await domain(id), /function="0x1"/);
  const third = expectStatus(await rest.post(nics, { name: 'n3', vnic_profile: { id: profile.id } }), 201);
  assert.equal((await rest.get(`${nics}/${third.id}`)).body.plugged, 'true', 'what was let go of is free again');
  await stop(id);
  assert.equal(expectStatus(await rest.get(`/hosts/${host?.id}/devices/${hex('pci_0000_05_10_0')}`), 200).vm, undefined);
  expectStatus(await rest.delete(`/vms/${id}`), 200);
  // Its profile goes with the network.
  for (const network of [fast, isolated]) expectStatus(await rest.delete(`/networks/${network.id}`), 200);
  await nothingLeft();
});

test('NICs and disks go into a running VM and out of it', async () => {
  const { rest } = installation;
  const { id } = await addVm('hot');
  const profiles = (await rest.get('/vnicprofiles')).body.vnic_profile as Json[];
  await run(id);
  const nics = `/vms/${id}/nics`;
  const added = expectStatus(
    await rest.post(nics, { name: 'hot1', vnic_profile: { id: profiles[0]?.id }, mac: { address: '02:00:00:00:01:01' } }),
    201,
  );
  assert.equal((await rest.get(`${nics}/${added.id}`)).body.plugged, 'true');
  assert.match(await domain(id), /<link state="up"\/>.*ovirtmgmt.*02:00:00:00:01:01/);
  const item = `${nics}/${added.id}`;
  refused(await rest.put(item, { mac: { address: '02:00:00:00:01:02' } }), 409, /keeps its address/);
  refused(await rest.delete(item), 409, /plugged into a VM that runs/);
  assert.equal(expectStatus(await rest.put(item, { linked: false }), 200).linked, 'false');
  assert.match(await domain(id), /<link state="down"\/>.*02:00:00:00:01:01/);
  expectStatus(await rest.post(`${item}/deactivate`, {}), 200);
  assert.doesNotMatch(await domain(id), /02:00:00:00:01:01/);
  assert.equal(expectStatus(await rest.put(item, { mac: { address: '02:00:00:00:01:03' }, plugged: true }), 200).plugged, 'true');
  assert.match(await domain(id), /02:00:00:00:01:03/);
  await installation.plan({ verb: 'VM.hotplugNic', action: { kind: 'error', code: 49, message: 'no PCI slot is left' } });
  refused(await rest.post(nics, { name: 'hot2' }), 409, /no PCI slot/);
  assert.equal((expectStatus(await rest.get(nics), 200).nic as Json[]).length, 1, 'what did not work leaves nothing');
  await installation.plan({ verb: 'VM.hotunplugNic', when: 'after', action: { kind: 'restart', downMs: 50 } });
  expectStatus(await rest.post(`${item}/deactivate`, {}), 200);
  expectStatus(await rest.delete(item), 200);

  const disks = `/vms/${id}/diskattachments`;
  const [first, second] = [await addDisk('hot-a'), await addDisk('hot-b')];
  const attach = async (disk: Json): Promise<Json> =>
    expectStatus(await rest.post(disks, { interface: 'virtio_scsi', disk: { id: disk.id } }), 201);
  const targetOf = async (disk: Json): Promise<string | undefined> =>
    new RegExp(`<target dev="(sd[a-z])"[^>]*/>(?:(?!<target).)*<serial>${disk.id}</serial>`).exec(await domain(id))?.[1];
  assert.equal((await attach(first)).active, 'true');
  await attach(second);
  assert.deepEqual([await targetOf(first), await targetOf(second)], ['sda', 'sdb']);
  expectStatus(await rest.put(`${disks}/${first.id}`, { active: false }), 200);
  assert.equal(await targetOf(first), undefined);
  refused(await rest.put(`${disks}/${second.id}`, { interface: 'virtio' }), 409, /status "up"/);
  const third = expectStatus(
    await rest.post(
      disks,
      {
        interface: 'virtio_scsi',
        disk: { name: 'hot-c', provisioned_size: gib, format: 'raw', storage_domains: { storage_domain: [{ name: 'data' }] } },
      },
      whole,
    ),
    201,
  );
  assert.equal(third.active, 'true');
  assert.equal(await targetOf(third.disk), 'sda', 'the place that is free again');
  assert.equal(expectStatus(await rest.put(`${disks}/${first.id}`, { active: true }), 200).active, 'true');
  assert.equal(await targetOf(first), 'sde', 'the places of the CD drive and of the payload behind it stay free');
  refused(await rest.post(disks, { interface: 'sata', disk: { id: (await addDisk('cold')).id } }), 409, /virtio/i);
  await installation.plan({
    verb: 'VM.hotunplugDisk',
    action: { kind: 'error', code: 46, message: 'the guest did not let the device go' },
  });
  refused(await rest.delete(`${disks}/${second.id}`), 409, /did not let/);
  assert.equal((await rest.get(`${disks}/${second.id}`)).body.active, 'true');
  expectStatus(await rest.delete(`${disks}/${second.id}`), 200);
  assert.equal((await rest.get(`${disks}/${second.id}`)).status, 404);
  assert.equal(await targetOf(second), undefined);
  const backup = (body: Json): Promise<Answer> => rest.post(`/vms/${id}/backups`, body);
  const disksOf = (...ids: string[]): Json => ({ disks: { disk: ids.map((one) => ({ id: one })) } });
  refused(await backup(disksOf(second.id)), 400, /no disk of this id/);
  refused(await backup({ ...disksOf(first.id), from_checkpoint_id: id }), 400, /no checkpoint of this id/);
  assert.equal((await backup({})).status, 400);
  assert.deepEqual((await rest.get(`/vms/${id}/checkpoints`)).body, {});
  assert.equal((await rest.post(`/vms/${id}/backups/${id}/finalize`, {})).status, 404);
  const codes = await events(100);
  for (const code of ['932', '1012', '1014', '934', '1117', '933', '2000', '2002', '2003']) assert.ok(codes.includes(code), code);
  await stop(id);
  await nothingLeft();
});

test('a lease of a VM lies on its storage, and its host holds it', async () => {
  const { rest } = installation;
  const second = await installation.addStorage('leases');
  const [first] = (await rest.get('/storagedomains?search=name%3Ddata')).body.storage_domain as Json[];
  const lease = (id: unknown) => ({ lease: { storage_domain: { id } } });
  const kept = async (): Promise<string[]> =>
    (await installation.rows('select storage_domain_id, vm_id from vm_lease')).map((one) => `${one.storage_domain_id}/${one.vm_id}`);
  const lie = async (...where: string[]): Promise<void> => {
    assert.deepEqual([...(await installation.look()).leases].toSorted(), where.toSorted());
    assert.deepEqual((await kept()).toSorted(), where.toSorted());
  };
  const body = { cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 };
  const ha = { high_availability: { enabled: true } };
  const said = (answer: Answer, status: number, text: RegExp) => {
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, text);
  };
  said(await rest.post('/vms', { ...body, name: 'leased', ...lease(first?.id) }), 409, /[Ll]ease/);
  said(await rest.post('/vms', { ...body, ...ha, name: 'leased', ...lease(defaultClusterId) }), 404, /StorageDomain/);
  await installation.plan({ verb: 'Lease.create', when: 'before', action: { kind: 'error', code: 397, message: 'no room' } });
  said(await rest.post('/vms', { ...body, ...ha, name: 'leased', ...lease(first?.id) }, whole), 409, /space|room/i);
  assert.equal((await rest.get('/vms?search=name%3Dleased')).body.vm, undefined);
  await lie();

  const vm = expectStatus(await rest.post('/vms', { ...body, ...ha, name: 'leased', ...lease(first?.id) }, whole), 201);
  const id = vm.id as string;
  assert.deepEqual([vm.status, vm.lease.storage_domain.id], ['down', first?.id]);
  await lie(`${first?.id}/${id}`);
  said(await rest.put(`/vms/${id}`, { high_availability: { enabled: false } }), 409, /[Ll]ease/);
  // What cannot be made elsewhere stays where it is.
  await installation.plan({ verb: 'Lease.create', when: 'before', action: { kind: 'error', code: 397, message: 'no room' } });
  said(await rest.put(`/vms/${id}`, lease(second.id)), 409, /space|room/i);
  assert.equal(expectStatus(await rest.get(`/vms/${id}`), 200).lease.storage_domain.id, first?.id);
  await lie(`${first?.id}/${id}`);
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, lease(second.id)), 200).lease.storage_domain.id, second.id);
  await lie(`${second.id}/${id}`);

  await eventually(
    'the host has its place on both domains',
    async () =>
      (
        await installation.rows('select 1 from host_storage_domain where acquired and storage_domain_id in ($1, $2)', [
          first?.id,
          second.id,
        ])
      ).length === 2,
  );
  expectStatus(await rest.post(`/vms/${id}/start`, {}), 200);
  await installation.vmStatus(id, 'up');
  const xml = (await installation.domainOf(id)) ?? '';
  assert.match(
    xml,
    new RegExp(
      `<lease><key>${id}</key><lockspace>${second.id}</lockspace><target path="LEASE-PATH:${id}:${second.id}" offset="LEASE-OFFSET:${id}:${second.id}"/></lease>`,
    ),
  );
  assert.match(xml, /resumeBehavior>kill</);
  const place = `/datacenters/${defaultDataCenterId}/storagedomains/${second.id}`;
  said(await rest.post(`${place}/deactivate`, {}), 409, /[Ll]ease/);
  // A running VM lets its lease go and takes one, unless its host refuses.
  const holds = async (): Promise<string[]> => ((await installation.domainOf(id)) ?? '').match(/(?<=<lockspace>)[^<]*/g) ?? [];
  const waiting = async () => (await installation.rows('select 1 from vm_next_run where vm_id = $1', [id])).length;
  await installation.plan({ verb: 'VM.hotunplugLease', when: 'before', action: { kind: 'error', code: 87, message: 'not now' } });
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, { lease: {} }), 200).lease.storage_domain.id, second.id);
  await lie(`${second.id}/${id}`);
  assert.ok((await events(5)).includes('1221'));
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, { lease: {} }), 200).lease, undefined);
  assert.deepEqual([await holds(), await waiting()], [[], 0]);
  await lie();
  await installation.plan({ verb: 'VM.hotplugLease', when: 'before', action: { kind: 'error', code: 86, message: 'held by another' } });
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, lease(second.id)), 200).lease, undefined);
  assert.deepEqual([await holds(), await waiting()], [[], 1]);
  await lie();
  assert.ok((await events(5)).includes('1220'));
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, lease(second.id)), 200).lease.storage_domain.id, second.id);
  assert.deepEqual([await holds(), await waiting()], [[second.id], 0]);
  await lie(`${second.id}/${id}`);
  // One that lies elsewhere it gets at its next start: in between it would run without any.
  expectStatus(await rest.put(`/vms/${id}`, lease(first?.id)), 200);
  assert.equal(expectStatus(await rest.get(`/vms/${id}?next_run=true`), 200).lease.storage_domain.id, first?.id);
  await lie(`${second.id}/${id}`);
  expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200);
  await installation.vmStatus(id, 'down');
  expectStatus(await rest.post(`/vms/${id}/start`, {}), 200);
  await installation.vmStatus(id, 'up');
  assert.match((await installation.domainOf(id)) ?? '', new RegExp(`<lockspace>${first?.id}<`));
  await lie(`${first?.id}/${id}`);
  expectStatus(await rest.post(`/vms/${id}/stop`, {}), 200);
  await installation.vmStatus(id, 'down');

  // A lease is one VM's: neither a clone nor a template's VM has it.
  const clone = expectStatus(await rest.post(`/vms/${id}/clone`, { vm: { name: 'unleased' } }), 200);
  assert.equal(expectStatus(await rest.get(`/vms/${clone.vm.id}`), 200).lease, undefined);
  const mould = expectStatus(await rest.post('/templates', { name: 'unleased', vm: { id } }, whole), 201);
  assert.equal(expectStatus(await rest.get(`/templates/${mould.id}`), 200).lease, undefined);
  const taken = expectStatus(await rest.put(`/vms/${id}`, { lease: {} }), 200);
  assert.equal(taken.lease, undefined);
  await lie();
  expectStatus(await rest.put(`/vms/${id}`, lease(second.id)), 200);
  expectStatus(await rest.post(`${place}/deactivate`, {}), 200);
  said(await rest.post(`/vms/${id}/start`, {}), 409, /[Ll]ease/);
  said(await rest.delete(place), 409, /[Ll]ease/);
  said(await rest.put(`/vms/${clone.vm.id}`, { ...ha, ...lease(second.id) }), 409, /[Ll]ease/);
  said(await rest.delete(`/vms/${id}`), 409, /[Ll]ease/);
  expectStatus(await rest.post(`${place}/activate`, {}), 200);
  expectStatus(await rest.delete(`/vms/${id}`), 200);
  await lie();
  assert.deepEqual(await installation.rows('select 1 from object_lock'), []);
});

test('a machine boots a kernel from an ISO image, or from a path that its host may allow', async () => {
  const { rest } = installation;
  const [kernel, initrd] = [await addDisk('vmlinuz', { content_type: 'iso' }), await addDisk('initrd.img', { content_type: 'iso' })];
  const plain = await addDisk('no image');
  const vm = await addVm('kernel');
  const set = (os: Json) => rest.put(`/vms/${vm.id}`, { os });
  refused(await set({ kernel: 'vmlinuz' }), 400, /os\.kernel/);
  refused(await set({ kernel: '/boot/../etc/shadow' }), 400, /os\.kernel/);
  refused(await set({ initrd: '/boot/initrd' }), 400, /os\.initrd/);
  refused(await set({ kernel: 'iso://nowhere' }), 400, /os\.kernel.*nowhere/);
  refused(await set({ kernel: `iso://${plain.id}` }), 400, /os\.kernel/);
  refused(await set({ kernel: '/boot/vmlinuz', cmdline: 'a'.repeat(3000) }), 400, /os\.cmdline/);
  const path = (xml: string, part: string) => new RegExp(`<${part}>([^<]*)</${part}>`).exec(xml)?.[1] ?? '';

  const os = { kernel: 'iso://vmlinuz', initrd: `iso://${initrd.id}`, cmdline: 'console=ttyS0 "a b" <c>' };
  expectStatus(await set(os), 200);
  const xml = await run(vm.id);
  const repository = /^\/rhev\/data-center\/[^/]+\/[^/]+\/images\/([^/]+)\/[^/]+$/;
  assert.equal(repository.exec(path(xml, 'kernel'))?.[1], kernel.id);
  assert.equal(repository.exec(path(xml, 'initrd'))?.[1], initrd.id);
  assert.equal(path(xml, 'cmdline'), 'console=ttyS0 &quot;a b&quot; &lt;c&gt;');
  assert.equal(expectStatus(await rest.get(`/vms/${vm.id}`), 200).os.kernel, 'iso://vmlinuz', 'it is kept as it was said');
  await stop(vm.id);

  // Once differently; what is said for a run is checked as well, and what a VM was defined with as soon as it starts.
  assert.equal(path(await run(vm.id, { vm: { os: { kernel: '/boot/once' } } }), 'kernel'), '/boot/once');
  await stop(vm.id);
  refused(await rest.post(`/vms/${vm.id}/start`, { vm: { os: { kernel: 'iso://nowhere' } } }), 400, /vm\.os\.kernel/);
  const second = await addDisk('vmlinuz', { content_type: 'iso' });
  refused(await rest.post(`/vms/${vm.id}/start`, {}), 400, /os\.kernel.*several/);
  expectStatus(await rest.put(`/vms/${vm.id}`, { comment: 'something else' }), 200);
  for (const disk of [kernel, second]) expectStatus(await rest.delete(`/disks/${disk.id}`), 200);
  refused(await rest.post(`/vms/${vm.id}/start`, {}), 400, /os\.kernel/);
  expectStatus(await set({ kernel: '', initrd: '', cmdline: '' }), 200);
  assert.doesNotMatch(await run(vm.id), /<kernel>|<initrd>|<cmdline>/);
  await stop(vm.id);
});

test('a payload of the type floppy is on a floppy disk', async () => {
  const { rest } = installation;
  const vm = await addVm('floppy');
  const payload = (more: Json, type = 'floppy') => ({
    payloads: { payload: [{ type, files: { file: [{ name: 'sysprep.inf', content: 'x' }] }, ...more }] },
  });
  refused(await rest.put(`/vms/${vm.id}`, payload({ volume_id: 'twelve-chars' })), 400, /volume_id/);
  refused(await rest.put(`/vms/${vm.id}`, payload({ files: { file: [{ name: 'a', content: 'x'.repeat(1_500_000) }] } })), 400, /floppy/);
  expectStatus(await rest.put(`/vms/${vm.id}`, payload({ volume_id: 'answers' })), 200);
  const xml = await run(vm.id);
  assert.match(xml, /<disk type="file" device="floppy"[^>]*>(?:(?!<\/disk>).)*"PAYLOAD:"(?:(?!<\/disk>).)*<target dev="fda" bus="fdc"/s);
  assert.match(xml, /<ovirt-vm:device devtype="disk" name="fda"><ovirt-vm:payload><ovirt-vm:volId>answers</);
  await stop(vm.id);
  expectStatus(await rest.put(`/vms/${vm.id}`, payload({}, 'cdrom')), 200);
  assert.doesNotMatch(await run(vm.id), /device="floppy"/);
  await stop(vm.id);
});
