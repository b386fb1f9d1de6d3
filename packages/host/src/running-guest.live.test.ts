// Budget: 70 s
// Needs: root, hypervisor, guestImage
// oxlint-disable-next-line no-restricted-imports -- this test boots a guest, and the lab builds the image for it
import { buildGuestImage } from '@virgate/lab';
import { connect } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { testDomain } from './agent-fixture/domain.ts';
import { uploadGuest } from './agent-fixture/guest.ts';
import { LiveHost } from './agent-fixture/host.ts';

const bootTimeoutMs = 180_000;
const vmId = randomUUID();

let host: LiveHost;

/** What the host is told of its memory: of 8 GiB so much is free. */
const tellFree = (percent: number): Promise<void> =>
  writeFile(join(host.directory, 'meminfo'), `MemTotal: 8388608 kB\nMemFree: ${Math.round(percent * 83_886)} kB\n`);

before(async () => {
  host = await LiveHost.start({ memory: { informationFile: 'meminfo', sharingDirectory: 'ksm', intervalSeconds: 1 } });
  await tellFree(50);
  await mkdir(join(host.directory, 'ksm'));
  for (const [name, value] of Object.entries({
    run: 0,
    pages_to_scan: 100,
    sleep_millisecs: 20,
    merge_across_nodes: 1,
    pages_sharing: 256,
  }))
    await writeFile(join(host.directory, 'ksm', name), String(value));
  await host.startAgent();
  const image = await buildGuestImage({ outDir: join(host.directory, 'import'), cacheDir: '/var/tmp/virgate-packages' });
  const { disk } = await uploadGuest(host, image);
  const xml = testDomain({ vmId, name: 'grown', memoryMib: 256, guaranteedMib: 128, room: { memoryMib: 4096, vcpus: 4 }, disk });
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml } });
  await host.untilStatus(vmId, 'Up', bootTimeoutMs);
});
after(() => host.close());

const domain = async (): Promise<string> =>
  (await host.call<Record<string, string>[]>('Host.dumpxmls', { vmList: [vmId] }))[0]?.[vmId] ?? '';

/** Waits until the guest itself tells something. */
const guestTells = (what: string, look: (row: Record<string, unknown>) => boolean): Promise<unknown> =>
  host.until(what, async () => look((await host.stats(vmId)) ?? {}), bootTimeoutMs);

describe('a running guest', () => {
  const setCpus = (numberOfCpus: string) => host.call<{ xml: string }>('VM.setNumberOfCpus', { vmID: vmId, numberOfCpus });

  it('gets CPUs', async () => {
    assert.match((await setCpus('3')).xml, /<vcpu [^>]*current=["']3["'][^>]*>4</);
    await guestTells('three CPUs', (row) => row['guestCPUCount'] === 3);
    assert.equal((await host.stats(vmId))?.['vcpuCount'], '3');
    await assert.rejects(setCpus('5'), { code: 60, message: /vcpu/ });
    await assert.rejects(setCpus('0'), { code: 91 });
    await assert.rejects(host.call('VM.setNumberOfCpus', { vmID: vmId }), { code: 11 });
  });

  it('gets memory in pieces', async () => {
    const id = randomUUID();
    const piece = (more: string, change = '', alias = id) => ({
      vmID: vmId,
      params: {
        vmId,
        memGuaranteedSize: 192,
        xml: `<?xml version="1.0"?><hotplug><devices><memory model="dimm">${change}<target>${more}</target><alias name="ua-${alias}"/></memory></devices></hotplug>`,
      },
    });
    const dimm = piece('<size unit="KiB">131072</size><node>0</node>');
    const { xml } = await host.call<{ xml: string }>('VM.hotplugMemory', dimm);
    assert.match(xml, /<memory model=["']dimm["']/);
    await host.call('VM.hotplugMemory', dimm);
    assert.equal((await domain()).split(`ua-${id}`).length, 2, 'asked twice, there once');
    await guestTells('more memory', (row) => Number((row['memoryStats'] as { mem_total?: string } | undefined)?.mem_total) > 300 * 1024);
    const balloon = (await host.stats(vmId))?.['balloonInfo'] as Record<string, string>;
    assert.deepEqual([balloon['balloon_max'], balloon['balloon_min']], [String(384 * 1024), String(192 * 1024)]);
    const refused = (params: object, code: number): Promise<void> => assert.rejects(host.call('VM.hotplugMemory', params), { code });
    await refused(piece('<node>0</node>'), 91);
    await refused(piece('<size unit="KiB">131072</size><node>7</node>', '', randomUUID()), 70);
    await refused(piece('<size unit="KiB">131072</size>', '<source><path>/etc/passwd</path></source>'), 91);
    // Whether the guest lets it go is the guest's decision; what was never there is gone.
    const other = piece('<size unit="KiB">131072</size><node>0</node>', '', randomUUID());
    assert.equal(await host.call('VM.hotunplugMemory', other), true);
  });

  it('gives memory to a host that is short of it, and gets it back', async () => {
    const balloon = async (): Promise<Record<string, string>> => (await host.stats(vmId))?.['balloonInfo'] as Record<string, string>;
    const sharing = (name: string): Promise<string> => readFile(join(host.directory, 'ksm', name), 'utf8');
    assert.equal((await host.call<Record<string, unknown>>('Host.getStats'))['momStatus'], 'inactive');
    const policy = (values: object) => host.call('Host.setMOMPolicyParameters', { key_value_store: values });
    assert.equal(await policy({ balloonEnabled: true, ksmEnabled: true, ksmMergeAcrossNodes: true }), true);
    await tellFree(4);
    const { balloon_max: whole } = await balloon();
    const shrunk = await host.until('the balloon takes memory', async () => {
      const { balloon_target: target } = await balloon();
      return Number(target) < Number(whole) * 0.95 && target;
    });
    // The guest itself has less now, which its agent tells.
    await guestTells('less memory', (row) => Number((row['balloonInfo'] as Record<string, string>)['balloon_cur']) < Number(whole));
    assert.ok(Number(shrunk) >= 192 * 1024, 'what is guaranteed stays');
    assert.deepEqual([await sharing('run'), Number(await sharing('pages_to_scan')) > 100], ['1', true]);
    const statistics = await host.call<Record<string, unknown>>('Host.getStats');
    assert.deepEqual([statistics['momStatus'], statistics['ksmState'], statistics['memShared']], ['active', true, 1]);
    await tellFree(60);
    await host.until('the balloon gives it back', async () => (await balloon())['balloon_target'] === whole);
    await policy({ ksmEnabled: false });
    await host.until('pages are parted', async () => (await sharing('run')) === '2');
    const set = (target: unknown) => host.call('VM.setBalloonTarget', { vmID: vmId, target });
    await policy({ balloonEnabled: true });
    assert.deepEqual(await set(Number(whole)), { code: 0, message: 'Done' });
    await assert.rejects(set(-1), { code: 91 });
    await assert.rejects(host.call('Host.setKsmTune', { tuningParams: { run: 7 } }), { code: 91 });
    assert.deepEqual(await host.call('Host.setKsmTune', { tuningParams: { run: 0, pages_to_scan: 64 } }), { code: 0, message: 'Done' });
  });

  it("is spoken with by the channel of oVirt's agent", async () => {
    const connection = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system' });
    const inGuest = async (command: string, output: boolean): Promise<Record<string, unknown>> => {
      const execute = { execute: 'guest-exec', arguments: { path: '/bin/sh', arg: ['-c', command], 'capture-output': output } };
      return (JSON.parse(await connection.domainAgentCommand(vmId, JSON.stringify(execute), 10)) as { return: Record<string, unknown> })
        .return;
    };
    const login = { vmID: vmId, domain: 'example.org', username: 'ann', password: 'secret-of-ann' };
    try {
      await assert.rejects(host.call('VM.desktopLogin', login), { code: 19 });
      const say = (message: object): string => `echo '${JSON.stringify(message)}' >&3`;
      const agent = [
        'exec 3<>$(ls /dev/vport*p1)',
        'cat <&3 >/tmp/heard &',
        say({ __name__: 'active-user', name: 'bob' }),
        say({ __name__: 'session-unlock' }),
        `while :; do ${say({ __name__: 'heartbeat', 'free-ram': '20' })}; sleep 2; done`,
      ];
      await inGuest(agent.join('\n'), false);
      await guestTells('what the agent says', (row) => row['username'] === 'bob' && row['session'] === 'Active');
      assert.equal(await host.call('VM.desktopLogin', login), true);
      assert.equal(await host.call('VM.desktopLock', { vmID: vmId }), true);
      assert.equal(await host.call('VM.desktopLogoff', { vmID: vmId, force: false }), true);
      const heard = await host.until('the guest hears', async () => {
        const { pid } = await inGuest('cat /tmp/heard', true);
        const status = { execute: 'guest-exec-status', arguments: { pid } };
        const answer = JSON.parse(await connection.domainAgentCommand(vmId, JSON.stringify(status), 10)) as {
          return: Record<string, string>;
        };
        const text = Buffer.from(answer.return['out-data'] ?? '', 'base64').toString();
        return text.includes('log-off') && text;
      });
      const names = heard
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Record<string, string>)['__name__']);
      assert.deepEqual(names.slice(-3), ['login', 'lock-screen', 'log-off']);
      assert.match(heard, /"username":"ann@example.org","password":"secret-of-ann"/);
      assert.ok(!(await host.log()).includes('secret-of-ann'));
    } finally {
      await connection.close();
    }
  });

  // The last: an emulated QEMU that let a CPU go is not to be trusted with more.
  it('lets CPUs go', async () => {
    await setCpus('2');
    await guestTells('two CPUs', (row) => row['guestCPUCount'] === 2);
    await setCpus('2');
  });
});
