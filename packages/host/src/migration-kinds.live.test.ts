// Budget: 150 s
// Needs: root, hypervisor, guestImage, ovmf, tpm, iscsi
/** Two agents, each with a libvirtd of its own and one storage domain, move real guests in every way that engines ask for. */
import { configOptions } from '@virgate/contract/generated/config-options';
// oxlint-disable-next-line no-restricted-imports -- the lab builds the image of the guest
import { buildGuestImage, KERNEL_COMMAND_LINE } from '@virgate/lab';
import { DomainGetJobStatsFlags, connect } from '@virgate/libvirt';
import type { LibvirtConnection } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { makeAuthority } from './agent-fixture/certificates.ts';
import { testDomain } from './agent-fixture/domain.ts';
import type { TestDomain } from './agent-fixture/domain.ts';
import { uploadDisk } from './agent-fixture/guest.ts';
import { LiveHost } from './agent-fixture/host.ts';
import { connectStorage, makePool, newVolume } from './storage-fixture/host.ts';
import type { PoolFixture } from './storage-fixture/host.ts';
import { startTargets } from './storage-fixture/iscsi-target.ts';
import type { TestTargets } from './storage-fixture/iscsi-target.ts';
import { makeBlockDomain, makeLun } from './storage-fixture/lun.ts';
import type { Lun } from './storage-fixture/lun.ts';

const bootTimeoutMs = 180_000;
const local = 4;
const plain = randomUUID();
/** With variables of UEFI and a TPM. */
const measured = randomUUID();
/** With a disk on a block domain, and another that is a LUN of an iSCSI target; it boots a kernel and an initrd of volumes. */
const blocks = randomUUID();
const iqn = 'iqn.2026-11.com.example:migrated';
/** Lies in the guests' memory alone: it is there as long as they have not started anew. */
const mark = `/tmp/${randomUUID()}`;

let lun: Lun;
let targets: TestTargets;
const hosts: LiveHost[] = [];
const connections: LibvirtConnection[] = [];
/** On which of the hosts a VM is. */
const place = new Map<string, number>();

const hostOf = (vmId: string): LiveHost => hosts[place.get(vmId) ?? 0] as LiveHost;
const otherThan = (vmId: string): LiveHost => hosts[1 - (place.get(vmId) ?? 0)] as LiveHost;
const libvirtOf = (vmId: string): LibvirtConnection => connections[place.get(vmId) ?? 0] as LibvirtConnection;

/** Asks a guest's agent. */
async function ask<T>(vmId: string, execute: string, parameters: object = {}): Promise<T> {
  const command = JSON.stringify({ execute, arguments: parameters });
  return (JSON.parse(await libvirtOf(vmId).domainAgentCommand(vmId, command, 10)) as { return: T }).return;
}

/** Runs a shell command in a guest. @returns its exit code and what it printed */
async function inGuest(vmId: string, command: string): Promise<{ code: number; output: string }> {
  const { pid } = await ask<{ pid: number }>(vmId, 'guest-exec', { path: '/bin/sh', arg: ['-c', command], 'capture-output': true });
  const ended = await hostOf(vmId).until('the end of a program in the guest', async () => {
    const status = await ask<{ exited: boolean; exitcode: number; 'out-data'?: string }>(vmId, 'guest-exec-status', { pid });
    return status.exited && status;
  });
  return {
    code: ended.exitcode,
    output: Buffer.from(ended['out-data'] ?? '', 'base64')
      .toString()
      .trim(),
  };
}

/** QEMU processes of a VM, wherever on this machine they run. */
async function emulators(vmId: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map(async (pid) => ({ pid: Number(pid), words: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0') })),
  );
  return commands.filter(({ words }) => words[words.indexOf('-uuid') + 1] === vmId).map(({ pid }) => pid);
}

/** The VM is in one place, and the guest has gone on all the time. */
async function isWell(vmId: string): Promise<void> {
  await hostOf(vmId).until('one QEMU is left', async () => (await emulators(vmId)).length === 1);
  assert.equal((await inGuest(vmId, `test -e ${mark}`)).code, 0, 'the guest is the same');
}

/** A raw volume with a file of the guest's image. @returns the path by which engines name it */
async function uploadFile(pool: PoolFixture, path: string): Promise<string> {
  const [one] = hosts as [LiveHost];
  const size = Math.ceil((await stat(path)).size / 4096) * 4096;
  const { imageID, volumeID, ...volume } = newVolume(pool, { size: String(size), volFormat: 5 });
  await one.task('Volume.create', { ...volume, imageID, volumeID });
  // as an image transfer does it: an initrd is packed, which downloads refuse
  await writeFile(join(pool.directory, pool.domainId, 'images', imageID, volumeID), await readFile(path), { flag: 'r+' });
  return `/rhev/data-center/${pool.poolId}/${pool.domainId}/images/${imageID}/${volumeID}`;
}

const withLun = (xml: string): string =>
  xml
    .replace(
      '</devices>',
      `<disk snapshot="no" type="block" device="disk"><target dev="vdb" bus="virtio"/><source dev="/dev/mapper/${iqn}:lun-1"/><driver name="qemu" type="raw" io="native" cache="none" error_policy="stop"/></disk></devices>`,
    )
    .replace(
      '</ovirt-vm:vm>',
      `<ovirt-vm:device devtype="disk" name="vdb"><ovirt-vm:GUID>${iqn}:lun-1</ovirt-vm:GUID></ovirt-vm:device></ovirt-vm:vm>`,
    );

/** Boots the VM that has disks on LUNs. */
async function bootOnBlocks(pool: PoolFixture, image: Awaited<ReturnType<typeof buildGuestImage>>): Promise<void> {
  const [one] = hosts as [LiveHost];
  const boots = {
    kernel: await uploadFile(pool, image.kernelPath),
    initrd: await uploadFile(pool, image.initrdPath),
    cmdline: KERNEL_COMMAND_LINE,
  };
  const domainId = await makeBlockDomain(one, [lun]);
  const there = { storagepoolID: pool.poolId, storagedomainID: domainId };
  await one.call('StorageDomain.attach', there);
  await one.call('StorageDomain.activate', there);
  const domainDict = { [pool.domainId]: 'active', [domainId]: 'active' };
  const master = { storagepoolID: pool.poolId, masterSdUUID: pool.domainId, masterVersion: 1 };
  for (const [index, host] of hosts.entries()) {
    await host.call('StoragePool.connect', { ...master, hostID: index + 1, scsiKey: pool.poolId, domainDict });
    const connection = { id: randomUUID(), connection: '127.0.0.1', port: String(targets.port), iqn };
    await host.call('StoragePool.connectStorageServer', { storagepoolID: pool.poolId, domainType: 3, connectionParams: [connection] });
  }
  const disk = await uploadDisk(one, { ...pool, domainId }, image);
  await boot(blocks, { memoryMib: 128, disk, boot: boots }, withLun);
}

async function boot(vmId: string, domain: Partial<TestDomain>, change = (xml: string): string => xml): Promise<void> {
  place.set(vmId, 0);
  const xml = change(testDomain({ vmId, network: 'ovirtmgmt', ...domain }));
  await hostOf(vmId).call('VM.create', { vmID: vmId, vmParams: { vmId, xml } });
  await hostOf(vmId).until(
    'the guest answers',
    async () => (await inGuest(vmId, `touch ${mark}`).catch(() => ({ code: 1 }))).code === 0,
    bootTimeoutMs,
  );
}

interface Schedule {
  init: object[];
  stalling: object[];
}

/** What an engine sends for a VM whose policy has a name. */
function policy(name: string): Record<string, unknown> {
  interface Action {
    action: string;
    params: string[];
  }
  interface Policy {
    name: string;
    autoConvergence: boolean;
    migrationCompression: boolean;
    maxMigrations: number;
    config: { initialItems: Action[]; convergenceItems: { stallingLimit: number; convergenceItem: Action }[]; lastItems: Action[] };
  }
  const versions = configOptions.find((option) => option.name === 'MigrationPolicies')?.defaultByVersion ?? {};
  const text = Object.entries(versions).find(([levels]) => levels.includes('4.7'))?.[1] ?? '[]';
  const found = (JSON.parse(text) as Policy[]).find((one) => one.name === name);
  assert.ok(found, name);
  const action = ({ action: named, params }: Action) => ({ name: named, params });
  const { initialItems, convergenceItems, lastItems } = found.config;
  const convergenceSchedule: Schedule = {
    init: initialItems.map(action),
    stalling: [
      ...convergenceItems.map(({ stallingLimit, convergenceItem }) => ({ limit: stallingLimit, action: action(convergenceItem) })),
      ...lastItems.map((item) => ({ limit: -1, action: action(item) })),
    ],
  };
  return {
    autoConverge: String(found.autoConvergence),
    compressed: String(found.migrationCompression),
    incomingLimit: found.maxMigrations,
    outgoingLimit: found.maxMigrations,
    convergenceSchedule,
  };
}

const order = (vmId: string, more: object): object => ({
  vmID: vmId,
  params: {
    vmId,
    src: '127.0.0.1',
    dst: `127.0.0.1:${otherThan(vmId).port}`,
    method: 'online',
    tunneled: 'false',
    abortOnError: 'true',
    ...more,
  },
});

/** Moves a VM to the other host. @returns figures of the migration by libvirt's names */
async function move(vmId: string, more: object = {}, status = 'Up'): Promise<Record<string, unknown>> {
  const [from, to] = [hostOf(vmId), otherThan(vmId)];
  await from.call('VM.migrate', order(vmId, more));
  const gone = await from.until(
    'the VM has left',
    async () => {
      const row = await from.stats(vmId);
      if (row?.['status'] === 'Down') return row;
      const { status: said } = await from.call<{ status: { code: number; message: string } }>('VM.getMigrationStatus', { vmID: vmId });
      if (said.code !== 0) throw new Error(`${said.message}\n${await from.log()}\n${await to.log()}`);
    },
    30_000,
  );
  assert.deepEqual([gone['exitCode'], gone['exitReason']], [0, 4]);
  await to.untilStatus(vmId, status, 15_000);
  place.set(vmId, 1 - (place.get(vmId) ?? 0));
  await from.call('VM.destroy', { vmID: vmId });
  const { statistics } = await libvirtOf(vmId).domainJobStats(vmId, DomainGetJobStatsFlags.COMPLETED);
  if (status === 'Up') await isWell(vmId);
  return statistics;
}

before(async () => {
  const authority = await makeAuthority();
  lun = await makeLun(join(tmpdir(), `${randomUUID()}.lun`), 16);
  targets = await startTargets({ [iqn]: null });
  const storage = { blockDevices: [lun.path], volumeActivation: 'loop' };
  hosts.push(...(await Promise.all([1, 2].map(() => LiveHost.start({ authority, storage })))));
  await Promise.all(hosts.map((host) => host.startAgent()));
  for (const { libvirtd } of hosts) connections.push(await connect({ socketPath: libvirtd.socketPath, uri: 'qemu:///system' }));
  const [one, two] = hosts as [LiveHost, LiveHost];
  const image = await buildGuestImage({ outDir: join(one.directory, 'import'), cacheDir: '/var/tmp/virgate-packages' });
  const pool = await makePool(one.storage);
  await connectStorage(two.storage, { domainType: local, connection: pool.directory });
  const master = { storagepoolID: pool.poolId, masterSdUUID: pool.domainId, masterVersion: 1 };
  await two.call('StoragePool.connect', { ...master, hostID: 2, scsiKey: pool.poolId, domainDict: { [pool.domainId]: 'active' } });
  const disks = [await uploadDisk(one, pool, image), await uploadDisk(one, pool, image)] as const;
  await Promise.all([
    boot(plain, { memoryMib: 128, disk: disks[0], payload: { 'meta-data': 'instance-id: one\n' } }),
    boot(measured, { memoryMib: 256, disk: disks[1], uefi: true, tpm: true }),
    bootOnBlocks(pool, image),
  ]);
});
after(async () => {
  for (const connection of connections) await connection.close();
  await Promise.all(hosts.map((host) => host.close()));
  await targets?.stop();
  await lun?.remove();
});

/** What a VM keeps in files of its host. */
async function filesOf(vmId: string): Promise<{ nvram: string; tpm: Buffer; registers: string }> {
  const data = async (kind: string): Promise<Record<string, string>> =>
    hostOf(vmId).call('VM.getExternalData', { vmID: vmId, kind, forceUpdate: true });
  const packed = Buffer.from((await data('tpm'))['_X_data'] ?? '', 'base64');
  const tpm = execFileSync('tar', ['--extract', '--xz', '--to-stdout', './tpm2/tpm2-00.permall'], { input: packed });
  const { output: registers } = await inGuest(vmId, 'cat /sys/class/tpm/tpm0/pcr-sha256/*');
  return { nvram: (await data('nvram'))['hash'] ?? '', tpm, registers };
}

/** Why the last migration of a VM failed. */
const failureOf = (vmId: string): Promise<{ code: number; message: string }> =>
  hostOf(vmId).until('the end of the migration', async () => {
    const { status } = await hostOf(vmId).call<{ status: { code: number; message: string } }>('VM.getMigrationStatus', { vmID: vmId });
    return status.code !== 0 && status;
  });

describe('a guest goes to the other host', () => {
  for (const name of ['Minimal downtime', 'Suspend workload if needed', 'Post-copy migration', 'Very large VMs'])
    it(`by the policy ${name}`, async () => {
      const figures = await move(plain, policy(name));
      assert.equal('compression_cache' in figures, name === 'Suspend workload if needed');
    });

  it('through parallel connections, compressed, and no faster than it may', async () => {
    await move(plain, { parallel: 2 });
    assert.ok('compression_cache' in (await move(plain, { compressed: 'true' })));
    const figures = await move(plain, { maxBandwidth: 40 });
    const mibPerSecond = Number(figures['memory_processed']) / 1024 ** 2 / (Number(figures['time_elapsed']) / 1000);
    assert.ok(mibPerSecond < 60, `${mibPerSecond} MiB/s`);
  });

  it('after it was switched to post-copy', async () => {
    const from = hostOf(plain);
    const schedule = { init: [], stalling: [{ limit: -1, action: { name: 'postcopy', params: [] } }] };
    const figures = await move(plain, { maxBandwidth: 16, convergenceSchedule: schedule });
    const paused = from.events.some(({ params }) => {
      const told = params[plain] as { status?: string; pauseCode?: string } | undefined;
      return told?.status === 'Paused' && told.pauseCode === 'POSTCOPY';
    });
    assert.ok(paused, `${JSON.stringify(figures)}\n${await from.log()}`);
  });

  it('while it is paused, and goes on there', async () => {
    await hostOf(plain).call('VM.pause', { vmID: plain });
    await hostOf(plain).untilStatus(plain, 'Paused');
    await move(plain, policy('Post-copy migration'), 'Paused');
    await hostOf(plain).call('VM.cont', { vmID: plain });
    await hostOf(plain).untilStatus(plain, 'Up');
    await isWell(plain);
  });

  it('with the variables of its firmware and with its TPM', async () => {
    const before = await filesOf(measured);
    assert.match(before.registers, /[0-9A-F]{64}/);
    for (let way = 0; way < 2; way++) {
      await move(measured);
      const { nvram, tpm, registers } = await filesOf(measured);
      assert.deepEqual([nvram, registers], [before.nvram, before.registers]);
      const same = before.tpm.filter((byte, at) => byte === tpm[at]).length;
      assert.ok(same > before.tpm.length * 0.9, `${same} of ${before.tpm.length} bytes of the TPM's state are the same`);
    }
  });

  it('with a disk on a block domain, one that is a LUN, and a kernel of its own, while it writes to both', async () => {
    const said = async (command: string): Promise<string> => {
      const { code, output } = await inGuest(blocks, command);
      assert.equal(code, 0, `${command}: ${output}`);
      return output;
    };
    const sums = 'echo 3 > /proc/sys/vm/drop_caches; sha256sum /root/load; dd if=/dev/vdb bs=64k count=16 2>/dev/null | sha256sum';
    const kernel = await said('cat /proc/cmdline');
    for (let way = 0; way < 2; way += 1) {
      await said('dd if=/dev/urandom of=/root/load bs=64k count=16; dd if=/root/load of=/dev/vdb bs=64k; sync');
      const before = await said(sums);
      // It writes on while it moves, to both.
      await inGuest(
        blocks,
        '(i=0; while [ $i -lt 100 ]; do echo $i > /root/steps; echo $i | dd of=/dev/vdb bs=512 seek=4096 conv=sync,fsync; i=$((i+1)); sleep 0.05; done; echo done > /root/steps) > /dev/null 2>&1 &',
      );
      await move(blocks);
      assert.equal(await said(sums), before);
    }
    await said('until [ "$(cat /root/steps)" = done ]; do sleep 0.2; done; sync');
    assert.equal(await said('dd if=/dev/vdb bs=512 skip=4096 count=1 2>/dev/null | head -c 2'), '99');
    assert.equal(await said('cat /proc/cmdline'), kernel);
  });

  it('encrypted, and not when the other host can not', async () => {
    await move(plain, { encrypted: true });
    await move(plain, { encrypted: true, parallel: 2 });
    const authorityFile = join(otherThan(plain).libvirtd.migrationPkiDirectory ?? '', 'ca-cert.pem');
    await rename(authorityFile, `${authorityFile}.away`);
    await hostOf(plain).call('VM.migrate', order(plain, { encrypted: true }));
    const { code, message } = await failureOf(plain);
    assert.equal(code, 12);
    assert.match(message, /ca-cert\.pem/);
    await rename(`${authorityFile}.away`, authorityFile);
    await hostOf(plain).untilStatus(plain, 'Up');
    await isWell(plain);
  });

  // The last one: an agent that comes after another has to be told of iSCSI targets anew.
  it('or stays, as the rest of the schedule wants it, also when the agent is killed in between', async () => {
    const [from, to] = [hostOf(plain), otherThan(plain)];
    // More than can be copied in one go, again and again.
    await inGuest(
      plain,
      '(while [ ! -f /run/enough ]; do dd if=/dev/urandom of=/run/dirty bs=64k count=128 2>/dev/null; done; rm /run/enough /run/dirty) > /dev/null 2>&1 &',
    );
    const stalling = [
      { limit: -1, action: { name: 'setDowntime', params: ['1'] } },
      { limit: 0, action: { name: 'abort', params: [] } },
    ];
    const helped = async (): Promise<string[]> =>
      (await readFile(join(from.directory, 'agent.log'), 'utf8'))
        .split('\n')
        .filter((line) => line.includes(plain) && line.includes('A migration is helped to its end'))
        .slice(before);
    let before = 0;
    before = (await helped()).length;
    await from.call('VM.migrate', order(plain, { maxBandwidth: 8, convergenceSchedule: { init: [], stalling } }));
    await from.until('its first action', async () => (await helped()).length === 1, 30_000);
    await from.stopAgent('SIGKILL');
    await from.startAgent();
    await from.untilStatus(plain, 'Up', 45_000);
    const [first = '', second = '', ...others] = await helped();
    assert.deepEqual([first.includes('setDowntime'), second.includes('abort'), others], [true, true, []], `${first}\n${second}`);
    await to.until('the other host has forgotten it', async () => (await to.stats(plain)) === undefined);
    await inGuest(plain, 'touch /run/enough; while [ -f /run/enough ]; do sleep 0.1; done');
    await isWell(plain);
  });
});
