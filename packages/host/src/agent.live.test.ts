// Needs: root, hypervisor
import { connect } from '@virgate/libvirt';
import { checkWireTypes, VdsmError } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import type { TestDomain } from './agent-fixture/domain.ts';
import { LiveHost } from './agent-fixture/host.ts';

let host: LiveHost;

before(async () => {
  host = await LiveHost.start();
  await host.startAgent();
});
after(() => host.close());

const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

async function create(domain: Partial<TestDomain> = {}): Promise<string> {
  const vmId = randomUUID();
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, ...domain }) } });
  return vmId;
}

async function createPaused(domain: Partial<TestDomain> = {}): Promise<string> {
  const vmId = await create({ paused: true, ...domain });
  await host.untilStatus(vmId, 'Paused');
  return vmId;
}

/** Statuses that events told of a VM, in order. */
function told(vmId: string): unknown[] {
  return host.events
    .filter((event) => event.id === `|virt|VM_status|${vmId}`)
    .map((event) => (event.params[vmId] as { status: string }).status);
}

async function onLibvirt<T>(work: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> {
  const connection = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system' });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function qemuPid(vmId: string): Promise<number> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const name of names) {
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('qemu-system') && line.includes(vmId)) return Number(name);
  }
  throw new Error('QEMU does not run');
}

describe('host', () => {
  it('fits a cluster of Westmere CPUs at level 4.7 under emulation', async () => {
    const capabilities = await host.call<Record<string, unknown>>('Host.getCapabilities');
    const flags = String(capabilities['cpuFlags']).split(',');
    for (const flag of ['vmx', 'nx', 'aes', 'model_Westmere', 'model_Nehalem']) assert.ok(flags.includes(flag), flag);
    assert.equal(capabilities['kvmEnabled'], 'true');
    const machines = capabilities['emulatedMachines'] as string[];
    assert.ok(machines.includes('pc-q35-4.1') && machines.includes('pc-i440fx-2.12'));
    assert.ok((capabilities['clusterLevels'] as string[]).includes('4.7'));
    const networks = capabilities['networks'] as Record<string, Record<string, unknown>>;
    assert.equal(networks['ovirtmgmt']?.['bridged'], true);
    assert.match(String(networks['ovirtmgmt']['addr']), /^10\.97\.\d+\.1$/);
    assert.equal(capabilities['lastClientIface'], 'ovirtmgmt');
  });

  it('reports in the wire types of the contract', async () => {
    const [capabilities, hardware, statistics] = await Promise.all(
      ['Host.getCapabilities', 'Host.getHardwareInfo', 'Host.getStats'].map((verb) => host.call<object>(verb)),
    );
    assert.deepEqual(checkWireTypes('capabilities', capabilities ?? {}), []);
    assert.deepEqual(checkWireTypes('hardware', hardware ?? {}), []);
    assert.deepEqual(checkWireTypes('hostStatistics', statistics ?? {}), []);
  });

  it('answers unknown verbs and verbs that it has not', async () => {
    await assert.rejects(host.call('VM.fly'), withCode(-32601));
    await assert.rejects(host.call('VM.getIoTune', { vmID: randomUUID() }), withCode(44));
    await assert.rejects(host.call('VM.getStats', { vmID: randomUUID() }), withCode(1));
    await assert.rejects(host.call('VM.destroy', { vmID: 'x; rm -rf /' }), withCode(91));
    await assert.rejects(host.call('VM.destroy', {}), withCode(11));
  });

  it('accepts the network set-up that it has, and refuses what cannot be', async () => {
    const setUp = (networks: object, bondings: object = {}) =>
      host.call('Host.setupNetworks', { networks, bondings, options: { connectivityCheck: 'true', connectivityTimeout: 120 } });
    assert.deepEqual(await setUp({ ovirtmgmt: { bridged: 'true', defaultRoute: true, switch: 'legacy' } }), { code: 0, message: 'Done' });
    await assert.rejects(setUp({ ovirtmgmt: { nic: 'no-such-nic' } }), withCode(23));
    await assert.rejects(setUp({ red: { bridged: 'true' } }), withCode(44));
    await assert.rejects(setUp({ ovirtmgmt: { remove: 'true' } }), withCode(44));
    await assert.rejects(setUp({ none: { remove: 'true' } }), withCode(27));
    await assert.rejects(setUp({}, { bond0: { nics: [] } }), withCode(25));
  });
});

describe('VM without a disk', () => {
  it('starts, pauses, goes on and ends', async () => {
    const vmId = await createPaused({ network: 'ovirtmgmt' });
    const stats = await host.untilStatus(vmId, 'Paused');
    assert.deepEqual(checkWireTypes('vmStatistics', stats), []);
    assert.equal((stats['displayInfo'] as { type: string }[])[0]?.type, 'vnc');
    assert.deepEqual(await host.call('VM.cont', { vmID: vmId }), { vmList: {} });
    await host.untilStatus(vmId, 'Powering up');
    await host.call('VM.pause', { vmID: vmId });
    await host.untilStatus(vmId, 'Paused');
    assert.equal(await host.call('VM.reset', { vmID: vmId }), true);
    const [dump] = await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] });
    assert.match(dump?.[vmId] ?? '', /<ovirt-vm:clusterVersion>4\.7</);
    assert.match(dump?.[vmId] ?? '', /ua-/);
    assert.equal(await host.call('VM.destroy', { vmID: vmId }), true);
    assert.equal(await host.stats(vmId), undefined);
    assert.deepEqual(told(vmId), ['Paused', 'Powering up', 'Paused']);
    assert.deepEqual(await onLibvirt(async (connection) => (await connection.listAllDomains()).length), 0);
  });

  it('has a NIC without network on a bridge of its own that is never up', async () => {
    const vmId = await createPaused({ network: ';vdsmdummy;' });
    const link = `/sys/class/net/${host.bridge}-off`;
    assert.equal((await readdir(`${link}/brif`)).length, 1);
    assert.equal((await readFile(`${link}/operstate`, 'utf8')).trim(), 'down');
    const capabilities = await host.call<{ bridges: object; networks: object }>('Host.getCapabilities');
    assert.deepEqual(Object.keys(capabilities.networks), ['ovirtmgmt']);
    assert.ok(!Object.keys(capabilities.bridges).includes(`${host.bridge}-off`));
    await host.call('VM.destroy', { vmID: vmId });
    await host.stopAgent();
    await assert.rejects(readdir(link));
    await host.startAgent();
  });

  it('exists once', async () => {
    const vmId = await createPaused();
    await assert.rejects(host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId }) } }), withCode(4));
    await host.call('VM.destroy', { vmID: vmId });
    await assert.rejects(host.call('VM.destroy', { vmID: vmId }), withCode(1));
  });

  it('is not started from a document that asks for too much', async () => {
    const vmId = randomUUID();
    const xml = testDomain({ vmId }).replace(
      '<devices>',
      '<devices><disk type="file" device="cdrom"><source file="/etc/shadow"/><target dev="sdc" bus="scsi"/></disk>',
    );
    const lease = `<lease><key>${vmId}</key><lockspace>${randomUUID()}</lockspace><target path="LEASE-PATH:" offset="LEASE-OFFSET:"/></lease>`;
    const leased = testDomain({ vmId }).replace('</devices>', `${lease}</devices>`);
    await assert.rejects(host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: leased } }), /no lock manager/);
    await assert.rejects(host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml } }), withCode(9));
    await assert.rejects(
      host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: '<!DOCTYPE a [<!ENTITY b "c">]><domain/>' } }),
      withCode(9),
    );
    assert.deepEqual(await host.call('Host.getVMList'), []);
  });

  it('is down with the reason when it cannot start, until it is collected', async () => {
    const vmId = await create({ network: 'nowhere' });
    const row = await host.untilStatus(vmId, 'Down');
    assert.equal(row['exitCode'], 1);
    assert.equal(row['exitReason'], 3);
    assert.match(String(row['exitMessage']), /no network 'nowhere'/);
    assert.deepEqual(told(vmId), ['Down']);
    await host.call('VM.destroy', { vmID: vmId });
    assert.equal(await host.stats(vmId), undefined);
  });

  it('is down with an error when QEMU is killed', async () => {
    const vmId = await create();
    await host.untilStatus(vmId, 'Powering up');
    process.kill(await qemuPid(vmId), 'SIGKILL');
    const row = await host.untilStatus(vmId, 'Down');
    assert.equal(row['exitCode'], 1);
    assert.equal(row['exitReason'], 2);
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('answers for the others while the monitor of one hangs', async () => {
    const [stuck, fine] = [await create(), await createPaused()];
    await host.untilStatus(stuck, 'Powering up');
    const pid = await qemuPid(stuck);
    process.kill(pid, 'SIGSTOP');
    try {
      const hanging = host.call('VM.pause', { vmID: stuck }).catch((error: unknown) => error);
      const startedMs = Date.now();
      await host.call('VM.cont', { vmID: fine });
      await host.untilStatus(fine, 'Powering up');
      assert.ok((await host.call<unknown[]>('Host.getAllVmStats')).length === 2);
      assert.ok(Date.now() - startedMs < 5000);
      await host.call('VM.destroy', { vmID: fine });
      process.kill(pid, 'SIGCONT');
      assert.deepEqual(await hanging, { vmList: {} });
    } finally {
      process.kill(pid, 'SIGCONT');
      await host.call('VM.destroy', { vmID: stuck });
    }
  });
});

describe('restart of the agent', () => {
  it('finds running VMs and ended ones again', async () => {
    const running = await createPaused({ destroyOnReboot: true });
    const ended = await create();
    await host.untilStatus(ended, 'Powering up');
    const before = await host.stats(running);
    await host.stopAgent('SIGKILL');
    process.kill(await qemuPid(ended), 'SIGKILL');
    await host.startAgent();
    assert.equal((await host.stats(running))?.['status'], 'Paused');
    const down = await host.untilStatus(ended, 'Down');
    assert.deepEqual([down['exitCode'], down['exitReason']], [1, 2]);
    assert.ok(Number((await host.stats(running))?.['statusTime']) > Number(before?.['statusTime']), 'stamps go on');
    assert.equal((await host.stats(running))?.['hash'], before?.['hash']);
    await host.stopAgent('SIGKILL');
    await host.startAgent();
    assert.equal((await host.stats(ended))?.['exitReason'], 2, 'an ended VM is remembered until it is collected');
    for (const vmID of [running, ended]) await host.call('VM.destroy', { vmID });
    assert.deepEqual(await host.call('Host.getVMList'), []);
    assert.deepEqual(await readdir(join(host.directory, 'state', 'vms')), []);
  });

  it('leaves a VM wholly there or wholly gone when it is killed during a start', async () => {
    for (const delayMs of [0, 5, 20, 60, 150, 300]) {
      const vmId = randomUUID();
      void host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, paused: true }) } }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await host.stopAgent('SIGKILL');
      await host.startAgent();
      const row = await host.stats(vmId);
      const domains = await onLibvirt((connection) => connection.listAllDomains());
      if (row?.['status'] === 'Paused')
        assert.deepEqual(
          domains.map((domain) => domain.uuid),
          [vmId],
        );
      else {
        assert.deepEqual(domains, []);
        if (row) assert.equal(row['status'], 'Down');
      }
      if (row) await host.call('VM.destroy', { vmID: vmId });
    }
  });

  it('ends a VM that runs although the engine was told that it is down', async () => {
    const vmId = await create();
    await host.untilStatus(vmId, 'Powering up');
    process.kill(await qemuPid(vmId), 'SIGKILL');
    await host.untilStatus(vmId, 'Down');
    const start = () => onLibvirt((connection) => connection.domainCreate(vmId));
    await start();
    await host.until('it is ended', () =>
      qemuPid(vmId).then(
        () => false,
        () => true,
      ),
    );
    await host.stopAgent();
    await start();
    await host.startAgent();
    await assert.rejects(qemuPid(vmId));
    assert.equal((await host.stats(vmId))?.['exitReason'], 2);
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('stops cleanly and leaves guests running, one that just starts too', async () => {
    const vmId = await create({ paused: true });
    assert.equal(await host.stopAgent('SIGTERM'), 0);
    assert.ok(await qemuPid(vmId));
    await host.startAgent();
    assert.equal((await host.stats(vmId))?.['status'], 'Paused');
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('forgets nothing when libvirtd is killed', async () => {
    const vmId = await createPaused();
    await host.killLibvirtd();
    await host.startLibvirtd();
    await host.until('the VM can be changed again', () =>
      host.call('VM.cont', { vmID: vmId }).then(
        () => true,
        () => false,
      ),
    );
    await host.untilStatus(vmId, 'Powering up');
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('answers 99 while it waits for libvirtd', async () => {
    const vmId = await createPaused();
    await host.stopAgent();
    await host.libvirtd.stop();
    await host.startAgent({ wait: false });
    await host.until('the answer that it recovers', () => host.call('Host.ping2').then(() => false, withCode(99)));
    await assert.rejects(host.call('VM.fly'), withCode(99));
    await host.startLibvirtd();
    await host.untilStatus(vmId, 'Paused');
    await host.call('VM.destroy', { vmID: vmId });
  });

  it('does not start with a record that is none', async () => {
    await host.stopAgent();
    await writeFile(join(host.directory, 'state', 'vms', `${randomUUID()}.json`), '{"vmId":1');
    await host.startAgent();
    assert.deepEqual(await host.call('Host.getVMList'), []);
  });
});
