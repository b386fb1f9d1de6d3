// Budget: 80 s
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Installation, defaultClusterId, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import { whole, type Json } from './rest-client.ts';

let installation: Installation;
const mib = 1024 ** 2;

before(async () => {
  installation = await Installation.start();
});
after(() => installation.stop());

const addVm = async (name: string, more: object = {}): Promise<string> =>
  expectStatus(
    await installation.rest.post('/vms', {
      name,
      memory: 256 * mib,
      cluster: { id: defaultClusterId },
      template: { name: 'Blank' },
      ...more,
    }),
    201,
  ).id as string;

async function start(id: string): Promise<string> {
  expectStatus(await installation.rest.post(`/vms/${id}/start`, {}), 200);
  await installation.vmStatus(id, 'up');
  return (await installation.domainOf(id)) ?? '';
}

async function stop(id: string): Promise<void> {
  expectStatus(await installation.rest.post(`/vms/${id}/stop`, {}), 200);
  await installation.vmStatus(id, 'down');
}

const eventCodes = async (search: string): Promise<string[]> =>
  (((await installation.rest.get(`/events?search=${encodeURIComponent(search)}`)).body.event ?? []) as Json[]).map((one) =>
    String(one.code),
  );

test('a running VM changes at once where it can, and keeps the rest for its next start', async () => {
  const { rest } = installation;
  const id = await addVm('editing');
  const shown = async (query = ''): Promise<Json> => expectStatus(await rest.get(`/vms/${id}${query}`), 200);
  const first = await start(id);
  const changed = expectStatus(
    await rest.put(`/vms/${id}`, {
      name: 'edited',
      description: 'now',
      high_availability: { enabled: true, priority: 5 },
      cpu: { topology: { cores: 2 } },
      usb: { enabled: true },
      memory_policy: { guaranteed: 128 * mib },
    }),
    200,
  );
  assert.deepEqual(
    [changed.name, changed.description, changed.high_availability.enabled, changed.memory_policy.guaranteed, changed.cpu.topology.cores],
    ['edited', 'now', 'true', String(128 * mib), '1'],
  );
  assert.equal(changed.next_run_configuration_exists, 'true');
  assert.equal((await shown('?next_run=true')).cpu.topology.cores, '2');
  assert.deepEqual((await rest.get(`/virgate/api/vms/${id}/next-run`)).body.changes, [
    { field: 'cpu.topology.cores', now: 1, next: 2 },
    { field: 'usb.enabled', now: false, next: true },
  ]);
  assert.deepEqual(
    ((await rest.get(`/vms?search=${encodeURIComponent('next_run_config_exists=true')}`)).body.vm as Json[]).map((one) => one.id),
    [id],
  );
  // Another change keeps what waits; taking one back drops it.
  expectStatus(await rest.put(`/vms/${id}`, { comment: 'c', usb: { enabled: false } }), 200);
  assert.deepEqual((await rest.get(`/virgate/api/vms/${id}/next-run`)).body.changes, [{ field: 'cpu.topology.cores', now: 1, next: 2 }]);
  assert.equal((await rest.put(`/vms/${id}`, { cpu: { topology: { cores: 0 } } })).status, 400);
  assert.equal(await installation.domainOf(id), first, 'the running machine is as it was started');
  await stop(id);
  const down = await shown();
  assert.deepEqual([down.cpu.topology.cores, down.next_run_configuration_exists, down.comment], ['2', 'false', 'c']);
  const second = await start(id);
  assert.match(second, /<topology sockets="16" cores="2"/);
  await stop(id);
});

test('the end of a VM that its host tells is the end of its running configuration too', async () => {
  const { rest } = installation;
  const id = await addVm('ending');
  await start(id);
  expectStatus(await rest.put(`/vms/${id}`, { soundcard_enabled: true }), 200);
  expectStatus(await rest.post(`/vms/${id}/shutdown`, {}), 200);
  await installation.vmStatus(id, 'down');
  assert.equal((await rest.get(`/vms/${id}`)).body.next_run_configuration_exists, 'false');
  assert.match(await start(id), /<sound/);
  await stop(id);
});

test('sockets and memory of a VM that is up are changed by its host', async () => {
  const { rest } = installation;
  const id = await addVm('hot');
  await start(id);
  const more = expectStatus(await rest.put(`/vms/${id}`, { cpu: { topology: { sockets: 2 } }, memory: 512 * mib }), 200);
  assert.deepEqual([more.cpu.topology.sockets, more.memory, more.next_run_configuration_exists], ['2', String(512 * mib), 'false']);
  assert.match((await installation.domainOf(id)) ?? '', /<memory model="dimm"><target><size unit="KiB">262144</);
  const codes = await eventCodes('vm.name=hot');
  assert.ok(codes.includes('2033') && codes.includes('2039'), codes.join());
  // Less memory: only pieces that were plugged can go, and only whole.
  expectStatus(await rest.put(`/vms/${id}`, { memory: 384 * mib }), 200);
  assert.ok((await eventCodes('vm.name=hot')).includes('2051'));
  const less = expectStatus(await rest.put(`/vms/${id}`, { memory: 256 * mib }), 200);
  assert.deepEqual([less.memory, less.next_run_configuration_exists], [String(256 * mib), 'false']);
  assert.doesNotMatch((await installation.domainOf(id)) ?? '', /model="dimm"/);
  assert.ok((await eventCodes('vm.name=hot')).includes('2049'));
  expectStatus(await rest.put(`/vms/${id}`, { memory: 128 * mib }), 200);
  assert.ok((await eventCodes('vm.name=hot')).includes('2050'));
  expectStatus(await rest.put(`/vms/${id}`, { memory: 512 * mib }), 200);
  // A guest that keeps its memory, and one whose system cannot let CPUs go.
  await installation.plan({
    verb: 'VM.hotunplugMemory',
    when: 'before',
    action: { kind: 'error', code: 85, message: 'the guest refuses' },
  });
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, { memory: 256 * mib }), 200).memory, String(512 * mib));
  assert.ok((await eventCodes('vm.name=hot')).includes('2047'));
  const fewer = expectStatus(await rest.put(`/vms/${id}`, { cpu: { topology: { sockets: 1 } }, memory: 512 * mib }), 200);
  assert.deepEqual([fewer.cpu.topology.sockets, fewer.next_run_configuration_exists], ['2', 'true']);
  assert.ok((await eventCodes('vm.name=hot')).includes('2034'));
  // Memory that is no whole piece, and what is to wait.
  expectStatus(await rest.put(`/vms/${id}`, { memory: 600 * mib }), 200);
  const waiting = expectStatus(await rest.put(`/vms/${id}?next_run=true`, { cpu: { topology: { sockets: 4 } } }), 200);
  assert.equal(waiting.cpu.topology.sockets, '4');
  const now = expectStatus(await rest.get(`/vms/${id}`), 200);
  assert.deepEqual([now.cpu.topology.sockets, now.memory], ['2', String(512 * mib)]);
  await stop(id);
  const down = expectStatus(await rest.get(`/vms/${id}`), 200);
  assert.deepEqual([down.cpu.topology.sockets, down.memory], ['4', String(600 * mib)]);
});

test('a running VM gets no memory that its host or its quota does not have', async () => {
  const { rest } = installation;
  const tib = 1024 ** 2 * mib;
  const id = await addVm('greedy', { memory_policy: { max: tib } });
  await start(id);
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, { memory: tib }), 200).memory, String(256 * mib));
  const [event] = (await rest.get(`/events?search=${encodeURIComponent('vm.name=greedy and type=2040')}`)).body.event as Json[];
  assert.match(event?.description, /MiB of memory left, and 1048320 are needed/);
  const quotas = `/datacenters/${defaultDataCenterId}/quotas`;
  const quota = expectStatus(await rest.post(quotas, { name: 'tight', cluster_hard_limit_pct: 0 }), 201);
  expectStatus(await rest.post(`${quotas}/${quota.id}/quotaclusterlimits`, { memory_limit: 0.5, vcpu_limit: 10 }), 201);
  expectStatus(await rest.put(`/vms/${id}`, { quota: { id: quota.id } }), 200);
  expectStatus(await rest.put(`/datacenters/${defaultDataCenterId}`, { quota_mode: 'enabled' }), 200);
  assert.match((await rest.put(`/vms/${id}`, { memory: 768 * mib })).text, /quota/i);
  assert.match((await rest.put(`/vms/${id}`, { cpu: { topology: { sockets: 12 } } })).text, /quota/i);
  assert.equal(expectStatus(await rest.put(`/vms/${id}`, { memory: 512 * mib }), 200).memory, String(512 * mib));
  expectStatus(await rest.put(`/datacenters/${defaultDataCenterId}`, { quota_mode: 'disabled' }), 200);
  await stop(id);
});

test('what a host refuses to change waits for the next start', async () => {
  const { rest } = installation;
  const id = await addVm('refused');
  await start(id);
  await installation.plan({ verb: 'VM.setNumberOfCpus', when: 'before', action: { kind: 'error', code: 44, message: 'not here' } });
  const changed = expectStatus(await rest.put(`/vms/${id}`, { cpu: { topology: { sockets: 2 } } }), 200);
  assert.deepEqual([changed.cpu.topology.sockets, changed.next_run_configuration_exists], ['1', 'true']);
  assert.ok((await eventCodes('vm.name=refused')).includes('2034'));
  await stop(id);
  assert.equal((await rest.get(`/vms/${id}`)).body.cpu.topology.sockets, '2');
});

test('a highly available VM that a fault ended is started again; one that a person stops is not', async () => {
  const [precious, plain] = [await addVm('precious', { high_availability: { enabled: true, priority: 50 } }), await addVm('plain')];
  await start(precious);
  await start(plain);
  const launches = async (id: string): Promise<number> => (await installation.look()).launches[id] ?? 0;
  await installation.crashVm(precious);
  await installation.crashVm(plain);
  await eventually('the VM was launched again', async () => (await launches(precious)) === 2);
  await installation.vmStatus(precious, 'up');
  await installation.vmStatus(plain, 'down');
  const codes = await eventCodes('vm.name=precious');
  assert.ok(codes.includes('9602'), codes.join());
  await eventually('nothing is left to start', async () => (await installation.rows('select 1 from vm_restart')).length === 0);
  await stop(precious);
  assert.deepEqual(await installation.rows('select vm_id from vm_restart'), []);
  assert.deepEqual([await launches(precious), await launches(plain)], [2, 1]);
});

test('a reboot of a VM for which something waits ends it and starts it anew', async () => {
  const { rest } = installation;
  const id = await addVm('rebooted');
  await start(id);
  expectStatus(await rest.put(`/vms/${id}`, { cpu: { topology: { threads: 2 } } }), 200);
  expectStatus(await rest.post(`/vms/${id}/reboot`, {}), 200);
  await eventually('it runs as it was to be', async () => /threads="2"/.test((await installation.domainOf(id)) ?? ''));
  const vm = await installation.vmStatus(id, 'up');
  assert.deepEqual([vm.cpu.topology.threads, vm.next_run_configuration_exists], ['2', 'false']);
  await stop(id);
});

/** The files of the payload in a domain, by path. */
const payloadOf = (domain: string): Record<string, string> =>
  Object.fromEntries(
    [...domain.matchAll(/<ovirt-vm:file path="([^"]+)">([^<]*)</g)].map(([, path = '', text = '']) => [
      path,
      Buffer.from(text, 'base64').toString('utf8'),
    ]),
  );

test('a guest is set up at its first start, and again only when that is asked for', async () => {
  const { rest } = installation;
  const nic = { name: 'eth0', boot_protocol: 'static', ip: { address: '192.0.2.5', netmask: '255.255.255.0', gateway: '192.0.2.1' } };
  const initialization = {
    host_name: 'guest-1',
    root_password: 'secret-1',
    authorized_ssh_keys: 'ssh-ed25519 AAAA me',
    custom_script: 'runcmd: [ls]',
    dns_servers: '192.0.2.2',
    nic_configurations: { nic_configuration: [nic] },
  };
  const id = await addVm('set-up', { initialization });
  const shown = (await rest.get(`/vms/${id}`, { 'all-content': 'false' })).body.initialization;
  assert.deepEqual([shown.root_password, shown.host_name], [undefined, 'guest-1']);
  const whole = expectStatus(await rest.get(`/vms/${id}?all_content=true`), 200).initialization.configuration;
  assert.deepEqual([whole.type, /Envelope/.test(whole.data), /secret-1/.test(whole.data)], ['ovf', true, false]);
  assert.equal(shown.configuration, undefined);
  // What clients put in the place of a password that they were not shown changes nothing.
  expectStatus(await rest.put(`/vms/${id}`, { initialization: { root_password: '******', host_name: 'guest-2' } }), 200);
  const files = payloadOf(await start(id));
  assert.deepEqual(Object.keys(files), [
    'openstack/latest/meta_data.json',
    'openstack/latest/user_data',
    'openstack/latest/network_data.json',
  ]);
  const { hostname, public_keys: keys } = JSON.parse(files['openstack/latest/meta_data.json'] ?? '');
  assert.deepEqual([hostname, keys], ['guest-2', { 'openssh-key-0': 'ssh-ed25519 AAAA me' }]);
  assert.match(files['openstack/latest/user_data'] ?? '', /^#cloud-config\n[^]*password: "secret-1"[^]*runcmd: \[ls\]$/);
  assert.equal(JSON.parse(files['openstack/latest/network_data.json'] ?? '').networks[0].ip_address, '192.0.2.5');
  await stop(id);
  assert.doesNotMatch(await start(id), /PAYLOAD:/);
  await stop(id);
  expectStatus(
    await rest.post(`/vms/${id}/start`, { use_cloud_init: true, vm: { initialization: { host_name: 'once', root_password: 'secret-2' } } }),
    200,
  );
  const again = payloadOf((await installation.domainOf(id)) ?? '');
  assert.equal(JSON.parse(again['openstack/latest/meta_data.json'] ?? '').hostname, 'once');
  assert.match(again['openstack/latest/user_data'] ?? '', /password: "secret-2"/);
  for (const rows of ['settings from vm', 'params, state from saga', 'change from vm_next_run']) {
    const kept = JSON.stringify(await installation.rows(`select ${rows}`));
    assert.doesNotMatch(kept, /secret-\d/, rows);
  }
  await stop(id);
  const wrong = await rest.put(`/vms/${id}`, {
    initialization: { nic_configurations: { nic_configuration: [{ ...nic, ip: { address: 'here' } }] } },
  });
  assert.deepEqual([wrong.status, /initialization\.nic_configurations\.ip\.address/.test(wrong.text)], [400, true], wrong.text);

  const windows = await addVm('windows', { os: { type: 'windows_2022' }, initialization: { host_name: 'w<1>', root_password: 'x' } });
  const answer = payloadOf(await start(windows))['Unattend.xml'] ?? '';
  assert.match(answer, /<ComputerName>w&lt;1&gt;<[^]*<AdministratorPassword><Value>x</);
  await stop(windows);
});

test('a VM goes on as the machine that it was, whatever its cluster becomes', async () => {
  const { rest } = installation;
  const id = await addVm('machine');
  const first = await start(id);
  assert.doesNotMatch(first, /i440fx/);
  expectStatus(await rest.put(`/clusters/${defaultClusterId}`, { bios_type: 'i440fx_sea_bios' }), 200);
  assert.equal((await rest.get(`/vms/${id}`)).body.next_run_configuration_exists, 'true');
  const { changes } = (await rest.get(`/virgate/api/vms/${id}/next-run`)).body;
  assert.deepEqual(
    (changes as Json[]).map((one) => one.field),
    ['bios.type', 'custom_emulated_machine'],
  );
  await stop(id);
  assert.equal((await rest.get(`/vms/${id}`)).body.next_run_configuration_exists, 'false');
  assert.match(await start(id), /i440fx/);
  await stop(id);
  expectStatus(await rest.put(`/clusters/${defaultClusterId}`, { bios_type: 'q35_sea_bios' }), 200);
  await eventually('nothing is at work', async () => (await installation.rows('select 1 from object_lock')).length === 0);
});

test('limits of a VM that runs are told to its host when they change', async () => {
  const { rest } = installation;
  const { id: storage } = await installation.addStorage();
  const dataCenter = (await rest.get(`/clusters/${defaultClusterId}`)).body.data_center.id as string;
  const addQos = async (qos: object): Promise<string> =>
    expectStatus(await rest.post(`/datacenters/${dataCenter}/qoss`, qos), 201).id as string;
  const half = await addQos({ name: 'half', type: 'cpu', cpu_limit: 50 });
  const slow = await addQos({ name: 'slow', type: 'storage', max_iops: 100 });
  const profile = expectStatus(await rest.post('/cpuprofiles', { name: 'slow', cluster: { id: defaultClusterId } }), 201).id as string;
  const id = await addVm('limited', { cpu_profile: { id: profile } });
  const network = (await rest.get('/networks?search=name=ovirtmgmt')).body.network[0].id as string;
  const nicProfile = expectStatus(await rest.post('/vnicprofiles', { name: 'narrow', network: { id: network } }), 201).id as string;
  expectStatus(await rest.post(`/vms/${id}/nics`, { name: 'nic1', vnic_profile: { id: nicProfile } }), 201);
  const limitsOf = async (): Promise<string> =>
    /<ovirt-tune:qos[^]*<\/ovirt-tune:qos>/.exec((await installation.domainOf(id)) ?? '')?.[0] ?? '';
  const told = (text: RegExp): Promise<unknown> => eventually(`the host is told ${text}`, async () => text.test(await limitsOf()));
  const disk = expectStatus(
    await rest.post(`/vms/${id}/diskattachments`, {
      interface: 'virtio',
      active: true,
      disk: { name: 'limited', provisioned_size: String(8 * mib), format: 'cow', storage_domains: { storage_domain: [{ id: storage }] } },
    }),
    201,
    202,
  ).id as string;
  await eventually('the disk is there', async () => (await rest.get(`/disks/${disk}`)).body.status === 'ok');
  await start(id);
  assert.equal(await limitsOf(), '');
  expectStatus(await rest.put(`/cpuprofiles/${profile}`, { qos: { id: half } }), 200);
  await told(/<ovirt-tune:vcpuLimit>50</);
  expectStatus(await rest.put(`/datacenters/${dataCenter}/qoss/${half}`, { cpu_limit: 25 }), 200);
  await told(/<ovirt-tune:vcpuLimit>25</);
  const [diskProfile] = (await rest.get(`/storagedomains/${storage}/diskprofiles`)).body.disk_profile as Json[];
  expectStatus(await rest.put(`/diskprofiles/${diskProfile?.id}`, { qos: { id: slow } }), 200);
  await told(new RegExp(`"imageID":"${disk}".*"maximum":.*"total_iops_sec":100,`));
  await eventually('events', async () => {
    const codes = await eventCodes('vm.name=limited');
    return codes.includes('10550') && codes.includes('10551');
  });
  const narrow = await addQos({ name: 'narrow', type: 'network', inbound_average: 10, inbound_peak: 20, inbound_burst: 30 });
  const nicHas = (what: RegExp): Promise<unknown> =>
    eventually(`the NIC has ${what}`, async () =>
      what.test(/<interface[^]*?<\/interface>/.exec((await installation.domainOf(id)) ?? '')?.[0].replaceAll(/\s+/g, ' ') ?? ''),
    );
  expectStatus(await rest.put(`/vnicprofiles/${nicProfile}`, { qos: { id: narrow } }), 200);
  await nicHas(/<inbound average="1250"/);
  expectStatus(await rest.put(`/datacenters/${dataCenter}/qoss/${narrow}`, { inbound_average: 20 }), 200);
  await nicHas(/<inbound average="2500"/);
  expectStatus(await rest.delete(`/datacenters/${dataCenter}/qoss/${narrow}`), 200);
  await nicHas(/^(?!.*<inbound).*<mac /);
  assert.deepEqual(await installation.rows('select 1 from nic_limit_change'), []);
  await eventually('the VM is free', async () => (await installation.rows('select 1 from object_lock')).length === 0);
  // What the host does not do is told, and no more tried.
  await installation.plan({ verb: 'VM.updateVmPolicy', when: 'before', action: { kind: 'error', code: 44, message: 'not here' } });
  expectStatus(await rest.delete(`/datacenters/${dataCenter}/qoss/${half}`), 200);
  await eventually('the refusal is told', async () => (await eventCodes('vm.name=limited')).includes('10553'));
  await eventually('nothing waits', async () => (await installation.rows('select 1 from vm_limit_change')).length === 0);
  await stop(id);
  expectStatus(await rest.put(`/datacenters/${dataCenter}/qoss/${slow}`, { max_iops: 200 }), 200);
  assert.deepEqual(await installation.rows('select 1 from vm_limit_change'), [], 'a VM that is down gets them when it starts');
  assert.match(await start(id), /<total_iops_sec>200</);
  await stop(id);
});

test('what a VM keeps in its TPM and its UEFI goes with it from run to run', async () => {
  const { rest } = installation;
  const id = await addVm('firm', { bios: { type: 'q35_ovmf' }, tpm_enabled: true });
  const kept = async (vmId = id): Promise<Record<string, string>> => {
    const rows = await installation.rows('select kind, hash from vm_external_data where vm_id = $1', [vmId]);
    return Object.fromEntries(rows.map((row) => [row.kind, row.hash]));
  };
  assert.match(await start(id), /<tpm model="tpm-crb">[^]*<nvram template=/);
  await eventually('the engine has it while the VM runs', async () => Object.keys(await kept()).length === 2);
  await stop(id);
  const first = await kept();
  // The second run begins with what the first left, and ends by itself.
  await start(id);
  expectStatus(await rest.post(`/vms/${id}/shutdown`, {}), 200);
  await installation.vmStatus(id, 'down');
  const second = await eventually('what the second run left', async () => {
    const now = await kept();
    return now['tpm'] !== first['tpm'] && now['nvram'] !== first['nvram'] && now;
  });
  const sealed = await installation.rows('select sealed from vm_external_data where vm_id = $1', [id]);
  assert.ok(
    sealed.every(
      (row) =>
        !Buffer.from(row.sealed as Buffer)
          .toString('latin1')
          .includes('cmFu'),
    ),
    'no text that a host gave',
  );
  // A template has it too, and what is made of that.
  const template = expectStatus(await rest.post('/templates', { name: 'firm', vm: { id } }, whole), 201);
  assert.deepEqual(await kept(template.id as string), second);
  const made = await addVm('made', { template: { id: template.id } });
  assert.deepEqual(await kept(made), second);
  // Other firmware has variables of its own, and without a TPM there is no state of one.
  expectStatus(await rest.put(`/vms/${id}`, { bios: { type: 'q35_secure_boot' }, tpm_enabled: false }), 200);
  await start(id);
  await stop(id);
  const third = await kept();
  assert.deepEqual([Object.keys(third), third['nvram'] === second['nvram']], [['nvram'], false]);
});

test('no text of a request becomes part of a domain', async () => {
  const { rest } = installation;
  const evil = `'"/></devices><evil/><!--&x;]]>`;
  const id = await addVm('texts');
  const bodies: Json[] = [
    { description: evil },
    { comment: evil },
    { serial_number: { policy: 'custom', value: evil } },
    { os: { kernel: `/${evil}` } },
    { os: { initrd: `/${evil}` } },
    { os: { cmdline: evil } },
    { os: { type: evil } },
    { time_zone: { name: evil } },
    { custom_emulated_machine: evil },
    { custom_cpu_model: evil },
    { display: { keyboard_layout: evil } },
    { display: { type: 'spice', smartcard_enabled: true } },
    { custom_properties: { custom_property: [{ name: 'sap_agent', value: evil }] } },
    { custom_properties: { custom_property: [{ name: evil, value: 'true' }] } },
    { cpu: { cpu_tune: { vcpu_pins: { vcpu_pin: [{ vcpu: 0, cpu_set: evil }] } } } },
    { initialization: { host_name: evil, custom_script: evil } },
    { payloads: { payload: [{ type: 'cdrom', volume_id: evil, files: { file: [{ name: 'x', content: evil }] } }] } },
    { payloads: { payload: [{ type: 'cdrom', files: { file: [{ name: evil, content: 'x' }] } }] } },
    { name: evil },
  ];
  const answers: number[] = [];
  for (const body of bodies) answers.push((await rest.put(`/vms/${id}`, body)).status);
  assert.deepEqual(
    [...new Set(answers)].toSorted((a, b) => a - b),
    [200, 400],
    answers.join(),
  );
  assert.ok(answers.filter((status) => status === 200).length >= 4, answers.join());
  const kept = expectStatus(await rest.get(`/vms/${id}`), 200);
  assert.equal(kept.serial_number.value, evil);
  expectStatus(await rest.post(`/vms/${id}/nics`, { name: 'n1', description: evil }), 201);
  const xml = await start(id);
  assert.ok(!xml.includes('<evil') && !xml.includes('<!--'), xml);
  assert.ok(xml.includes('&lt;evil/&gt;'), xml);
  await stop(id);
  expectStatus(await rest.delete(`/vms/${id}`), 200);
});
