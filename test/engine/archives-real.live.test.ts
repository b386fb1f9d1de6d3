// Budget: 90 s
// Needs: root, hypervisor, sealing
/** Hooks with custom properties, archives (OVA) and sealed templates, with a real agent: what is in the domain and on the disks. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { unpackApplianceKernel, VirtualSwitch } from '@virgate/lab';
import { Installation, defaultClusterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { addSharedDomain, enrol, type SharedDomain } from './real-guest.ts';
import { whole, type Json } from './rest-client.ts';

const diskBytes = 64 * 1024 ** 2;
/** The tool that seals boots a machine of its own. */
const sealTimeoutMs = 240_000;

let network: VirtualSwitch;
let installation: Installation;
let host: JoiningHost;
let hostId: string;
let domain: SharedDomain;
let exports: string;
/** The folder of modules, which libguestfs takes for granted, when it was not there. */
let madeFolder: string | undefined;

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  await installation.bearLoad();
  // The machine that seals disks: the agent is started with what tells of its kernel.
  const cacheDir = '/var/tmp/virgate-packages';
  Object.assign(process.env, await unpackApplianceKernel({ outDir: cacheDir, cacheDir }), { LIBGUESTFS_CACHEDIR: installation.folder });
  madeFolder = await mkdir('/lib/modules', { recursive: true });
  host = await JoiningHost.start({ name: 'metal', number: 1, folder: join(installation.folder, 'hosts'), network });
  hostId = await enrol(installation, host);
  exports = join(installation.folder, 'exports');
  await mkdir(exports, { mode: 0o755 });
  domain = await addSharedDomain(installation, hostId);
});
after(async () => {
  await host?.host.powerOff();
  await installation?.stop();
  await network?.stop();
  // Only where the machine had none.
  if (madeFolder !== undefined) await rmdir(madeFolder).catch(() => undefined);
});

const virsh = async (...command: string[]): Promise<string> =>
  (await host.host.run(['virsh', '-c', `qemu+unix:///system?socket=${host.host.libvirtSocket}`, ...command])).stdout;

/** The file of a VM's only disk, and its format as QEMU calls it. */
async function diskOf(vm: string): Promise<{ path: string; format: string }> {
  const [row] = await installation.rows(
    'select a.disk_id, i.id, i.format from disk_attachment a join image i on i.disk_id = a.disk_id where a.vm_id = $1',
    [vm],
  );
  return { path: join(domain.folder, 'images', String(row?.disk_id), String(row?.id)), format: row?.format === 'cow' ? 'qcow2' : 'raw' };
}

/** Whether two disks have the same content. */
async function compare(first: { path: string; format: string }, second: { path: string; format: string }): Promise<void> {
  await run('qemu-img', 'compare', '-U', '-f', first.format, '-F', second.format, first.path, second.path);
}

const run = (...command: string[]): Promise<{ stdout: string }> => host.host.run(command);

test('a hook of the host gets the properties of a profile and of the VM, and changes the NIC', async () => {
  const { rest } = installation;
  const hooks = join(installation.folder, 'hooks');
  const install = async (point: string, text: string): Promise<void> => {
    await mkdir(join(hooks, point), { recursive: true, mode: 0o755 });
    await writeFile(join(hooks, point, '50_sndbuf'), `#!/bin/sh\n${text}\n`);
    await chmod(join(hooks, point, '50_sndbuf'), 0o755);
  };
  await install('before_device_create', 'sed -i "s|</interface>|<tune><sndbuf>$sendbuffer</sndbuf></tune></interface>|" "$_hook_domxml"');
  await install('before_vm_start', `printf '%s' "$color" > ${join(installation.folder, 'color')}`);
  // The folder is an option of the agent.
  const configFile = join(host.dataFolder, 'agent.json');
  const config: Json = JSON.parse((await run('cat', configFile)).stdout);
  await writeFile(configFile, JSON.stringify({ ...config, hooks: { directory: hooks } }));
  await host.restartAgent();
  await eventually('the hooks are seen', async () => {
    await rest.post(`/hosts/${hostId}/refresh`, {});
    return ((await rest.get(`/hosts/${hostId}/hooks`)).body.hook as Json[] | undefined)?.length === 2;
  });

  const option = (name: string, value: string) => rest.put(`/virgate/api/options/${name}`, { version: '4.7', value });
  expectStatus(await option('CustomDeviceProperties', '{type=interface;prop={sendbuffer=^[0-9]{1,9}$}}'), 204);
  expectStatus(await option('UserDefinedVMProperties', 'color=^.*$'), 204);
  expectStatus(await rest.post('/reloadconfigurations', {}), 200);
  const [management] = (await rest.get('/networks')).body.network as Json[];
  const properties = { custom_property: [{ name: 'sendbuffer', value: '4096' }] };
  const profile = expectStatus(
    await rest.post(`/networks/${management?.id}/vnicprofiles`, { name: 'buffered', custom_properties: properties }),
    201,
  );
  const color = '$(touch /tmp/owned) `id` ; "\'&<x>';
  const vm = expectStatus(
    await rest.post('/vms', {
      name: 'hooked',
      cluster: { id: defaultClusterId },
      template: { name: 'Blank' },
      memory: 64 * 1024 ** 2,
      custom_properties: { custom_property: [{ name: 'color', value: color }] },
    }),
    201,
  ).id as string;
  expectStatus(await rest.post(`/vms/${vm}/nics`, { name: 'nic1', vnic_profile: { id: profile.id } }), 201);
  expectStatus(await rest.post(`/vms/${vm}/start`, { pause: true }), 200);
  await eventually('it runs', async () => (await rest.get(`/vms/${vm}`)).body.status === 'paused');
  assert.match(await virsh('dumpxml', vm), /<sndbuf>4096<\/sndbuf>/);
  assert.equal((await run('cat', join(installation.folder, 'color'))).stdout, color);
  expectStatus(await rest.post(`/vms/${vm}/stop`, {}), 200);
});

test('a VM that was exported is imported with the same content', async () => {
  const { rest } = installation;
  const template = (await installation.addTemplate('base', { diskBytes })).id;
  const body = { cluster: { id: defaultClusterId }, template: { id: template }, memory: 64 * 1024 ** 2 };
  const vm = expectStatus(await rest.post('/vms', { ...body, name: 'original' }, whole), 201).id as string;
  const original = await diskOf(vm);
  await run('qemu-io', '-f', original.format, '-c', 'write -P 5 1M 3M', '-c', 'write -P 6 40M 64k', original.path);
  const target = { host: { id: hostId }, directory: exports, filename: 'original.ova' };
  expectStatus(await rest.post(`/vms/${vm}/export`, target), 200);
  assert.deepEqual(await readdir(exports), ['original.ova']);
  const place = { cluster: { id: defaultClusterId }, storage_domain: { id: domain.id }, host: { id: hostId } };
  const request = { ...place, provider: 'kvm', name: 'copy', url: `ova://${exports}/original.ova` };
  const copy = expectStatus(await rest.post('/externalvmimports', request), 201).vm.id as string;
  await compare(original, await diskOf(copy));
  expectStatus(await rest.post(`/vms/${copy}/start`, { pause: true }), 200);
  await eventually('it runs', async () => (await rest.get(`/vms/${copy}`)).body.status === 'paused');
  expectStatus(await rest.post(`/vms/${copy}/stop`, {}), 200);

  expectStatus(await rest.post(`/templates/${template}/export`, { ...target, filename: 'base.ova' }), 200);
  const imported = expectStatus(
    await rest.post('/externaltemplateimports', { ...place, url: `ova://${exports}/base.ova`, template: { name: 'second' } }),
    201,
  );
  const thin = await rest.post('/vms', { ...body, name: 'thin', template: { id: imported.template.id } }, whole);
  expectStatus(thin, 201);
  await compare(await diskOf(template), await diskOf(imported.template.id as string));
});

const foreign = `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
  <References><File ovf:href="disk.vmdk" ovf:id="file1"/></References>
  <DiskSection><Info>Disks</Info><Disk ovf:capacity="64" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
  <NetworkSection><Info>Networks</Info><Network ovf:name="VM Network"/></NetworkSection>
  <VirtualSystem ovf:id="appliance"><Info>A machine</Info><Name>appliance</Name>
    <OperatingSystemSection ovf:id="36"><Info>OS</Info><Description>Linux</Description></OperatingSystemSection>
    <VirtualHardwareSection><Info>Hardware</Info>
      <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>64</rasd:VirtualQuantity></Item>
      <Item><rasd:ElementName>Network adapter 1</rasd:ElementName><rasd:InstanceID>7</rasd:InstanceID><rasd:ResourceType>10</rasd:ResourceType><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType><rasd:Connection>VM Network</rasd:Connection></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>`;

test('an archive in the form of VMware becomes a VM', async () => {
  const { rest } = installation;
  const work = join(installation.folder, 'work');
  await mkdir(work);
  const source = join(work, 'source.raw');
  await run('truncate', '-s', String(diskBytes), source);
  await run('qemu-io', '-f', 'raw', '-c', 'write -P 9 30M 2M', source);
  await run('qemu-img', 'convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', source, join(work, 'disk.vmdk'));
  await writeFile(join(work, 'appliance.ovf'), foreign);
  await run('tar', '-C', work, '--format=ustar', '-cf', join(exports, 'appliance.ova'), 'appliance.ovf', 'disk.vmdk');
  const request = {
    cluster: { id: defaultClusterId },
    storage_domain: { id: domain.id },
    host: { id: hostId },
    provider: 'vmware',
    name: 'appliance',
    url: `ova://${exports}/appliance.ova`,
  };
  const id = expectStatus(await rest.post('/externalvmimports', request), 201).vm.id as string;
  const vm = expectStatus(await rest.get(`/vms/${id}?follow=nics,disk_attachments`), 200);
  assert.deepEqual(
    [vm.memory, vm.cpu.topology.sockets, vm.nics.nic.length, vm.disk_attachments.disk_attachment[0]?.bootable],
    [String(diskBytes), '2', 1, 'true'],
  );
  await compare({ path: source, format: 'raw' }, await diskOf(id));
  const hostile = { ...request, name: 'hostile', url: 'ova:///etc/passwd' };
  assert.match((await rest.post('/externalvmimports', hostile)).text, /no folder for archives/);
  await run('tar', '-C', work, '-cf', join(exports, 'deep.ova'), './appliance.ovf', join('..', 'work', 'disk.vmdk'));
  assert.match((await rest.post('/externalvmimports', { ...hostile, url: `ova://${exports}/deep.ova` })).text, /is a path/);
});

test('a sealed template has nothing of the machine that it was made of', async () => {
  const { rest } = installation;
  const tree = join(installation.folder, 'tree');
  const files: Record<string, string> = {
    'etc/os-release': 'ID=debian\nNAME=Debian\nVERSION_ID="12"\n',
    'etc/debian_version': '12.0\n',
    'etc/fstab': '/dev/vda / ext4 defaults 0 1\n',
    'etc/hostname': 'original\n',
    'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\n',
    'etc/ssh/ssh_host_ed25519_key': 'secret\n',
    'etc/motd': 'kept\n',
    'root/.bash_history': 'history\n',
  };
  for (const folder of ['bin', 'boot', 'etc/ssh', 'root', 'usr/bin', 'var/log']) await mkdir(join(tree, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(tree, path), text);
  const body = { name: 'unsealed', cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 };
  const vm = expectStatus(await rest.post('/vms', body), 201).id as string;
  const disk = {
    name: 'system',
    provisioned_size: diskBytes,
    format: 'raw',
    sparse: true,
    storage_domains: { storage_domain: [{ id: domain.id }] },
  };
  expectStatus(await rest.post(`/vms/${vm}/diskattachments`, { interface: 'virtio', bootable: true, active: true, disk }, whole), 201);
  const original = await diskOf(vm);
  await run('mke2fs', '-q', '-F', '-t', 'ext4', '-d', tree, original.path);
  const template = expectStatus(await rest.post('/templates?seal=true', { name: 'sealed', vm: { id: vm } }, whole), 201);
  await eventually('it is sealed', async () => (await rest.get(`/templates/${template.id}`)).body.status === 'ok', sealTimeoutMs);
  const { path } = await diskOf(template.id as string);
  const debug = async (image: string, command: string): Promise<string> => (await host.host.run(['debugfs', '-R', command, image])).stdout;
  assert.match(await readFile(`${path}.meta`, 'utf8'), /VOLTYPE=SHARED/);
  assert.equal(await debug(path, 'cat /etc/motd'), 'kept\n');
  assert.equal(await debug(path, 'cat /etc/hostname'), 'localhost\n');
  assert.equal((await debug(path, 'cat /etc/machine-id')).trim(), '');
  assert.doesNotMatch(await debug(path, 'ls /etc/ssh'), /ssh_host/);
  assert.doesNotMatch(await debug(path, 'ls /root'), /bash_history/);
  assert.equal(await debug(original.path, 'cat /etc/ssh/ssh_host_ed25519_key'), 'secret\n', "the VM's own disk is as it was");

  // What is no system cannot be sealed, and no template comes of it.
  await run('mke2fs', '-q', '-F', '-t', 'ext4', original.path);
  await rest.post('/templates?seal=true', { name: 'hollow', vm: { id: vm } }, whole);
  const [event] = await eventually(
    'it is told why it cannot be sealed',
    async () => (await rest.get('/events?max=1&search=type%3D1324')).body.event as Json[] | undefined,
    sealTimeoutMs,
  );
  assert.equal((await rest.get('/templates?search=name%3Dhollow')).body.template, undefined);
  assert.match(String(event?.description), /no operating system/);
});
