// Budget: 50 s
// Needs: root, hypervisor
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeAuthority } from './agent-fixture/certificates.ts';
import { testDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { hookPoints } from './hooks/index.ts';
import type { HookPoint } from './hooks/index.ts';
import { makePool, newVolume } from './storage-fixture/host.ts';
import type { PoolFixture } from './storage-fixture/host.ts';

let host: LiveHost;
/** To where VMs go. */
let other: LiveHost;
let pool: PoolFixture;
let records: string;

/** A program of a point; those that do something run before the one that records. */
async function install(point: HookPoint, name: string, text: string, on = host): Promise<() => Promise<void>> {
  const folder = join(on.directory, 'hooks', point);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeFile(join(folder, name), text);
  await chmod(join(folder, name), 0o755);
  return () => rm(join(folder, name));
}

interface Record_ {
  point: string;
  vmId: string;
  color: string;
  device: string;
  data: string;
}

/** What the recording hooks have seen, in order. */
async function seen(): Promise<Record_[]> {
  const text = await readFile(records, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [point = '', vmId = '', color = '', device = '', data = ''] = line
        .split('\t')
        .map((part) => Buffer.from(part, 'base64').toString());
      return { point, vmId, color, device, data };
    });
}

const pointsOf = async (vmId: string): Promise<string[]> => (await seen()).filter((row) => row.vmId === vmId).map((row) => row.point);

before(async () => {
  const authority = await makeAuthority();
  [host, other] = await Promise.all([LiveHost.start({ authority }), LiveHost.start({ authority })]);
  records = join(host.directory, 'records');
  const part = (name: string) => `printf %s "\${${name}-}" | base64 -w0; printf '\\t'`;
  const file = '{ cat "${_hook_json-$_hook_domxml}" | base64 -w0; }';
  const places: [HookPoint, LiveHost][] = [
    ...hookPoints.map((point): [HookPoint, LiveHost] => [point, host]),
    ...hookPoints.filter((point) => point.endsWith('_migrate_destination')).map((point): [HookPoint, LiveHost] => [point, other]),
  ];
  for (const [point, on] of places) {
    const lines = ['#!/bin/sh', 'exec 9>>"$RECORDS"', 'flock 9', `exec >&9`, `printf %s ${point} | base64 -w0; printf '\\t'`];
    await install(
      point,
      '90_record',
      [...lines, part('vmId'), part('color'), part('speed'), file, 'echo'].join('\n').replace('$RECORDS', records),
      on,
    );
  }
  await Promise.all([host.startAgent(), other.startAgent()]);
  pool = await makePool(host.storage);
});
after(() => Promise.all([host?.close(), other?.close()]));

async function newDisk(): Promise<NonNullable<Parameters<typeof testDomain>[0]['disk']>> {
  const volume = newVolume(pool, { volFormat: 5 });
  await host.task('Volume.create', volume);
  return { poolId: pool.poolId, domainId: pool.domainId, imageId: volume.imageID, volumeId: volume.volumeID, format: 'raw' };
}

const customElement = (values: Record<string, string>): string =>
  `<ovirt-vm:custom>${Object.entries(values)
    .map(([name, value]) => `<ovirt-vm:${name}>${value}</ovirt-vm:${name}>`)
    .join('')}</ovirt-vm:custom>`;

/** A domain whose VM, NIC and disk have custom properties, as the engine writes them. */
function customDomain(vmId: string, disk?: NonNullable<Parameters<typeof testDomain>[0]['disk']>): string {
  return testDomain({ vmId, paused: true, network: 'ovirtmgmt', ...(disk ? { disk } : {}) })
    .replace('<ovirt-vm:minGuaranteed', `${customElement({ color: 'green; rm -rf $(x) &amp; `y`' })}<ovirt-vm:minGuaranteed`)
    .replace(/(<ovirt-vm:device mac_address="[^"]*">)/, `$1${customElement({ speed: 'nic-speed' })}`)
    .replace(/(<ovirt-vm:device devtype="disk" name="vda">)/, `$1${customElement({ speed: 'disk-speed' })}`);
}

async function start(xml: string, vmId: string, params: object = {}): Promise<void> {
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml, ...params } });
  await host.untilStatus(vmId, 'Paused');
}

const documentOf = async (vmId: string): Promise<string> =>
  (await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] }))[0]?.[vmId] ?? '';

describe('hooks of the host', () => {
  it('are in its capabilities, with the checksums of their files', async () => {
    const { hooks } = await host.call<{ hooks: Record<string, Record<string, { checksum: string }>> }>('Host.getCapabilities');
    assert.deepEqual(Object.keys(hooks).sort(), [...hookPoints].sort());
    assert.match(hooks['before_vm_start']?.['90_record']?.checksum ?? '', /^[0-9a-f]{64}$/);
  });

  it('change what it reports', async () => {
    const remove = await install('after_get_caps', '10', '#!/bin/sh\nsed -i \'s/^{/{"colorOfHost":"blue",/\' "$_hook_json"\n');
    assert.equal((await host.call<Record<string, unknown>>('Host.getCapabilities'))['colorOfHost'], 'blue');
    await remove();
    for (const verb of ['Host.getStats', 'Host.getAllVmStats']) await host.call(verb);
    // The waits below look often.
    for (const point of ['before_get_all_vm_stats', 'after_get_all_vm_stats'])
      await rm(join(host.directory, 'hooks', point), { recursive: true });
    assert.ok((await host.call<object>('Host.hostdevListByCaps', { caps: [] })) !== undefined);
  });

  it('see and change what is asked of the network, and hear how it ended', async () => {
    const setUp = (networks: object) =>
      host.call('Host.setupNetworks', { networks, bondings: {}, options: { connectivityCheck: 'false' } });
    const remove = await install('before_network_setup', '10', '#!/bin/sh\nsed -i s/wrong/ovirtmgmt/ "$_hook_json"\n');
    await setUp({ wrong: { bridged: 'true' } });
    await remove();
    await assert.rejects(setUp({ wrong: { nic: 'none' } }));
    const refuse = await install('before_network_setup', '10', '#!/bin/sh\necho not today >&2; exit 2\n');
    await assert.rejects(setUp({ ovirtmgmt: { bridged: 'true' } }), { code: 1500, message: /not today/ });
    await refuse();
  });
});

describe('hooks of VMs', () => {
  const vmId = randomUUID();
  let disk: NonNullable<Parameters<typeof testDomain>[0]['disk']>;

  it('run around the start, with the properties of the VM and of its devices', async () => {
    disk = await newDisk();
    await start(customDomain(vmId, disk), vmId);
    // A start that leaves the VM paused is a pause as well, to be heard in between.
    assert.deepEqual(
      (await pointsOf(vmId)).filter((point) => point !== 'after_vm_pause'),
      ['after_disk_prepare', 'before_device_create', 'before_vm_start', 'after_vm_start', 'after_device_create', 'after_device_create'],
    );
    const rows = (await seen()).filter((row) => row.vmId === vmId);
    assert.deepEqual([...new Set(rows.map((row) => row.color))], ['green; rm -rf $(x) & `y`']);
    assert.deepEqual(
      rows
        .filter((row) => row.point === 'after_device_create')
        .map((row) => row.device)
        .sort(),
      ['disk-speed', 'nic-speed'],
    );
    assert.equal((JSON.parse(rows[0]?.data ?? '') as { volumeID: string }).volumeID, disk.volumeId);
    await host.call('VM.getStats', { vmID: vmId });
  });

  it('run when it goes on and pauses', async () => {
    await host.call('VM.cont', { vmID: vmId });
    const around = async (): Promise<string[]> => (await pointsOf(vmId)).filter((point) => /_vm_(?:cont|pause)$/.test(point));
    await host.until('that it goes on is heard', async () => (await around()).at(-1) === 'after_vm_cont');
    await host.call('VM.pause', { vmID: vmId });
    await host.untilStatus(vmId, 'Paused');
    await host.until('all are heard', async () => (await around()).length === 5);
    assert.deepEqual((await around()).slice(1), ['before_vm_cont', 'after_vm_cont', 'before_vm_pause', 'after_vm_pause']);
    const refuse = await install('before_vm_cont', '10', '#!/bin/sh\nexit 2\n');
    await assert.rejects(host.call('VM.cont', { vmID: vmId }), { code: 1500 });
    assert.equal((await host.stats(vmId))?.['status'], 'Paused');
    await refuse();
  });

  it('run around tickets, and are told whose they are', async () => {
    const remove = await install('before_vm_set_ticket', '10', `#!/bin/sh\necho "$userName $userId" > ${host.directory}/ticket\n`);
    const params = {
      deviceType: 'graphics',
      graphicsType: 'vnc',
      password: 'Secret77',
      ttl: 60,
      params: { userName: 'o;id', userId: '7' },
    };
    await host.call('VM.updateDevice', { vmID: vmId, params });
    assert.equal(await readFile(join(host.directory, 'ticket'), 'utf8'), 'o;id 7\n');
    assert.ok(!(await readFile(records, 'utf8')).includes(Buffer.from('Secret77').toString('base64').slice(0, 8)));
    await remove();
  });

  const nic = (mac: string, model: string, network: string, link = 'up'): string =>
    `<interface type="bridge"><model type="${model}"/><link state="${link}"/><source bridge="${network}"/><alias name="ua-nic-${mac.slice(-2)}"/><mac address="${mac}"/></interface>`;
  const plug = (device: string, metadata = ''): object => ({
    vmID: vmId,
    params: {
      vmId,
      xml: `<?xml version="1.0"?><hotplug xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><devices>${device}</devices><metadata><ovirt-vm:vm>${metadata}</ovirt-vm:vm></metadata></hotplug>`,
    },
  });

  it('run around hot plug of NICs, and may change them', async () => {
    const mac = '56:6f:00:00:02:01';
    const usb = plug(
      nic(mac, 'usb-net', 'ovirtmgmt'),
      `<ovirt-vm:device mac_address="${mac}">${customElement({ speed: '4096' })}</ovirt-vm:device>`,
    );
    const change = `#!/bin/sh\nsed -i "s|</interface>|<tune><sndbuf>$speed</sndbuf></tune></interface>|" "$_hook_domxml"\n`;
    const remove = await install('before_nic_hotplug', '10', change);
    await host.call('VM.hotplugNic', usb);
    await remove();
    assert.match(await documentOf(vmId), /<sndbuf>4096<\/sndbuf>/);
    await host.call('VM.updateDevice', { vmID: vmId, params: { deviceType: 'interface', xml: nic(mac, 'usb-net', 'ovirtmgmt', 'down') } });
    // A bridge that is none is found out by libvirt alone.
    const broken = await install('before_update_device', '10', '#!/bin/sh\nsed -i "s|usb-net|e1000|" "$_hook_domxml"\n');
    await assert.rejects(
      host.call('VM.updateDevice', { vmID: vmId, params: { deviceType: 'interface', xml: nic(mac, 'usb-net', 'ovirtmgmt') } }),
      { code: 56 },
    );
    await broken();
    await host.call('VM.hotunplugNic', usb);
    assert.ok(!(await documentOf(vmId)).includes(mac));
    const unknown = plug(nic('56:6f:00:00:02:02', 'none-such', 'ovirtmgmt'));
    await assert.rejects(host.call('VM.hotplugNic', unknown), { code: 49 });
    const refuse = await install('before_nic_hotplug', '10', '#!/bin/sh\necho no more NICs; exit 2\n');
    await assert.rejects(host.call('VM.hotplugNic', usb), { code: 1500, message: /no more NICs/ });
    await refuse();
    const rows = (await seen()).filter((row) => row.vmId === vmId && row.point.includes('nic_hot'));
    assert.deepEqual(
      rows.map((row) => [row.point, row.device]),
      [
        ['before_nic_hotplug', '4096'],
        ['after_nic_hotplug', '4096'],
        ['before_nic_hotunplug', '4096'],
        ['after_nic_hotunplug', '4096'],
        ['before_nic_hotplug', ''],
        ['after_nic_hotplug_fail', ''],
      ],
    );
  });

  it('run around hot plug of disks', async () => {
    const second = await newDisk();
    const path = `/rhev/data-center/${second.poolId}/${second.domainId}/images/${second.imageId}/${second.volumeId}`;
    const ids = `<ovirt-vm:poolID>${second.poolId}</ovirt-vm:poolID><ovirt-vm:volumeID>${second.volumeId}</ovirt-vm:volumeID><ovirt-vm:imageID>${second.imageId}</ovirt-vm:imageID><ovirt-vm:domainID>${second.domainId}</ovirt-vm:domainID>`;
    const document = plug(
      `<disk type="file" device="disk" snapshot="no"><target dev="sdb" bus="scsi"/><source file="${path}"/><driver name="qemu" type="raw" error_policy="stop" cache="none"/><alias name="ua-${second.imageId}"/><serial>${second.imageId}</serial></disk>`,
      `<ovirt-vm:device devtype="disk" name="sdb">${ids}${customElement({ speed: 'fast' })}</ovirt-vm:device>`,
    );
    await host.call('VM.hotplugDisk', document);
    await host.call('VM.hotunplugDisk', document);
    const rows = (await seen()).filter((row) => row.vmId === vmId && row.point.includes('disk_hot'));
    assert.deepEqual(
      rows.map((row) => [row.point, row.device]),
      ['before_disk_hotplug', 'after_disk_hotplug', 'before_disk_hotunplug', 'after_disk_hotunplug'].map((point) => [point, 'fast']),
    );
  });

  it('run around hot plug of memory and CPUs, and may forbid it', async () => {
    const grown = randomUUID();
    await start(testDomain({ vmId: grown, paused: true, room: { memoryMib: 1024, vcpus: 2 } }), grown);
    const memory = `<hotplug><devices><memory model="dimm"><target><size unit="KiB">131072</size><node>0</node></target><alias name="ua-${grown}"/></memory></devices></hotplug>`;
    await host.call('VM.hotplugMemory', { vmID: grown, params: { vmId: grown, xml: memory } });
    const remove = await install('before_set_num_of_cpus', '10', '#!/bin/sh\nexit 2\n');
    await assert.rejects(host.call('VM.setNumberOfCpus', { vmID: grown, numberOfCpus: '2' }), { code: 1500 });
    await remove();
    await host.call('VM.setNumberOfCpus', { vmID: grown, numberOfCpus: '2' });
    const points = (await pointsOf(grown)).filter((point) => /memory|cpus/.test(point));
    assert.deepEqual(points, ['before_memory_hotplug', 'after_memory_hotplug', 'before_set_num_of_cpus', 'after_set_num_of_cpus']);
    await host.call('VM.destroy', { vmID: grown });
  });

  it('run around suspending and going on', async () => {
    const [dump, configuration] = [
      newVolume(pool, { size: String(256 * 1024 * 1024), volFormat: 5 }),
      newVolume(pool, { size: String(1024 * 1024), volFormat: 5 }),
    ];
    for (const volume of [dump, configuration]) await host.task('Volume.create', volume);
    const handle = [pool.domainId, pool.poolId, dump.imageID, dump.volumeID, configuration.imageID, configuration.volumeID].join(',');
    const refuse = await install('before_vm_hibernate', '10', '#!/bin/sh\nexit 2\n');
    await assert.rejects(host.call('VM.hibernate', { vmID: vmId, hibernationVolHandle: handle }), { code: 1500 });
    await refuse();
    await host.call('VM.hibernate', { vmID: vmId, hibernationVolHandle: handle });
    await host.untilStatus(vmId, 'Down');
    await host.call('VM.destroy', { vmID: vmId });
    const ids = { poolID: pool.poolId, domainID: pool.domainId };
    await start(customDomain(vmId, disk), vmId, {
      memoryDumpVolume: { ...ids, imageID: dump.imageID, volumeID: dump.volumeID },
      memoryConfVolume: { ...ids, imageID: configuration.imageID, volumeID: configuration.volumeID },
    });
    await host.until('all are heard', async () => (await pointsOf(vmId)).includes('after_vm_dehibernate'));
  });

  it('run around the end, also when unplugging ends with it', async () => {
    // No guest is there to let the NIC go.
    const [, mac = ''] = /mac address=['"](56:6f:00:00:00:[0-9a-f]{2})['"]/.exec(await documentOf(vmId)) ?? [];
    const unplugged = host.call('VM.hotunplugNic', plug(nic(mac, 'virtio', 'ovirtmgmt'))).then(
      () => 'unplugged',
      () => 'failed',
    );
    await host.until('it is asked', async () => (await pointsOf(vmId)).filter((point) => point === 'before_nic_hotunplug').length === 2);
    const before = (await seen()).length;
    await host.call('VM.destroy', { vmID: vmId });
    assert.equal(await unplugged, 'failed');
    const ends = (await seen()).slice(before).filter((row) => row.point.includes('destroy'));
    assert.deepEqual(
      ends.map((row) => row.point),
      [
        'before_device_destroy',
        'before_device_destroy',
        'before_vm_destroy',
        'after_vm_destroy',
        'after_device_destroy',
        'after_device_destroy',
      ],
    );
    assert.ok(ends.every((row) => row.vmId === vmId && row.color.startsWith('green')));
    assert.match(ends[3]?.data ?? '', /<domain/);
  });

  it('keep a VM from starting', async () => {
    const refused = randomUUID();
    const refuse = await install('before_vm_start', '10', '#!/bin/sh\necho no licence for $vmId >&2\nexit 2\n');
    await host.call('VM.create', { vmID: refused, vmParams: { vmId: refused, xml: customDomain(refused) } });
    const row = await host.untilStatus(refused, 'Down');
    assert.match(String(row['exitMessage']), new RegExp(`Hook Error: before_vm_start: 10: no licence for ${refused}`));
    await refuse();
    await host.call('VM.destroy', { vmID: refused });
  });

  it('written in Python for oVirt run unchanged', { skip: !existsSync('/usr/bin/python3') }, async () => {
    const python = randomUUID();
    const text = `#!/usr/bin/python3
import os
import hooking

if 'color' not in os.environ:
    hooking.exit_hook('no color', return_code=1)
domxml = hooking.read_domxml()
domain = domxml.getElementsByTagName('domain')[0]
title = domxml.createElement('title')
title.appendChild(domxml.createTextNode(os.environ['color']))
domain.insertBefore(title, domain.firstChild)
for interface in domxml.getElementsByTagName('interface'):
    tune = domxml.createElement('tune')
    sndbuf = domxml.createElement('sndbuf')
    sndbuf.appendChild(domxml.createTextNode('65536'))
    tune.appendChild(sndbuf)
    interface.appendChild(tune)
flags = hooking.load_vm_launch_flags_from_file(os.environ['vmId'])
hooking.dump_vm_launch_flags_to_file(os.environ['vmId'], flags | 1)
code, out, err = hooking.execCmd(['echo', os.environ['color']], raw=True)
hooking.log('%d %s %s' % (code, out.decode().strip(), hooking.tobool('True')))
hooking.write_domxml(domxml)
`;
    const remove = await install('before_vm_start', '50_python', text);
    const long = await install(
      'before_vm_start',
      '60_long_name',
      '#!/usr/bin/python3\nfrom vdsm.hook import hooking\nhooking.read_domxml()\n',
    );
    const log = await host.log();
    // Not paused by its document: the hook's flag does it.
    await start(customDomain(python).replace('launchPaused>true', 'launchPaused>false'), python).catch(async (error: unknown) => {
      throw new Error(`${String(error)} ${log}`);
    });
    const document = await documentOf(python);
    assert.match(document, /<title>green; rm -rf \$\(x\) &amp; `y`<\/title>/);
    assert.match(document, /<sndbuf>65536<\/sndbuf>/);
    await remove();
    await long();
    await host.call('VM.destroy', { vmID: python });
  });
});

describe('hooks of migration', () => {
  const vmId = randomUUID();
  const migrate = (): Promise<unknown> =>
    host.call('VM.migrate', { vmID: vmId, params: { vmId, dst: `127.0.0.1:${other.port}`, abortOnError: 'true' } });
  const end = (): Promise<{ code: number; message: string }> =>
    host.until('the end of the migration', async () => {
      const { status } = await host.call<{ status: { code: number; message: string } }>('VM.getMigrationStatus', { vmID: vmId });
      return status.message !== 'Migration in progress' && status;
    });

  it('keep a VM where it is, on either host', async () => {
    await start(customDomain(vmId), vmId);
    const places: [HookPoint, LiveHost][] = [
      ['before_device_migrate_source', host],
      ['before_vm_migrate_source', host],
      ['before_device_migrate_destination', other],
      ['before_vm_migrate_destination', other],
    ];
    for (const [point, on] of places) {
      const remove = await install(point, '10', '#!/bin/sh\necho "no leave for $vmId" >&2; exit 2\n', on);
      await migrate();
      assert.deepEqual(await end(), { code: 1500, message: `Hook Error: ${point}: 10: no leave for ${vmId}` });
      await host.untilStatus(vmId, 'Paused');
      assert.equal(await other.stats(vmId), undefined);
      await remove();
    }
    // None behind the one that refused has run, and nothing of what follows a success.
    const [device, vm] = ['before_device_migrate_source', 'before_vm_migrate_source'];
    assert.deepEqual(
      (await pointsOf(vmId)).filter((point) => point.includes('migrate')),
      [device, device, vm, device, vm, 'before_device_migrate_destination'],
    );
  });

  it('run on both hosts, and change with what a VM runs on the other', async () => {
    const from = (await seen()).length;
    const text = (file: string, change: string) => `#!/bin/sh\n${change} "$${file}"\n`;
    const title = text('_hook_domxml', "sed -i 's|<metadata|<title>moved</title><metadata|'");
    const buffer = text('_hook_domxml', "sed -i 's|</interface>|<tune><sndbuf>8192</sndbuf></tune></interface>|'");
    const removes = [
      await install('before_vm_migrate_source', '10', title),
      await install('before_vm_migrate_destination', '10', buffer, other),
    ];
    await migrate();
    await host.untilStatus(vmId, 'Down');
    await other.untilStatus(vmId, 'Paused');
    assert.equal((await end()).code, 0);
    await host.until('all are heard', async () => (await seen()).slice(from).filter((row) => row.point.includes('_migrate_')).length === 8);
    const rows = (await seen()).slice(from).filter((row) => row.vmId === vmId && row.point.includes('_migrate_'));
    assert.deepEqual(
      rows.map((row) => row.point).filter((point) => point.startsWith('before')),
      ['before_device_migrate_source', 'before_vm_migrate_source', 'before_device_migrate_destination', 'before_vm_migrate_destination'],
    );
    for (const [side, order] of [
      ['source', ['after_vm_migrate_source', 'after_device_migrate_source']],
      ['destination', ['after_device_migrate_destination', 'after_vm_migrate_destination']],
    ] as const)
      assert.deepEqual(
        rows.map((row) => row.point).filter((point) => point.startsWith('after') && point.endsWith(side)),
        order,
      );
    for (const row of rows) {
      assert.match(row.color, /^green/);
      const device = row.point.includes('device');
      assert.equal(row.device, device ? 'nic-speed' : '', row.point);
      assert.match(row.data, device ? /^<interface/ : /^<domain/, row.point);
    }
    const [dump] = await other.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] });
    assert.match(dump?.[vmId] ?? '', /<title>moved<\/title>/);
    assert.match(dump?.[vmId] ?? '', /<sndbuf>8192<\/sndbuf>/);
    await Promise.all([host.call('VM.destroy', { vmID: vmId }), other.call('VM.destroy', { vmID: vmId })]);
    for (const remove of removes) await remove();
  });
});

it('every point was reached', async () => {
  await host.stopAgent();
  const fired = new Set((await seen()).map((row) => row.point));
  console.log(`${fired.size}/${hookPoints.length} hook points ran`);
  assert.deepEqual(
    hookPoints.filter((point) => !fired.has(point)),
    [],
  );
});
