import { LiveHost, makeAuthority, makePool, newVolume, testDomain, type PoolFixture } from '@virgate/host/testing';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median, ms, say } from './figures.ts';

const run = promisify(execFile);
const pairs = 20;
const crowd = 100;
const pollMs = 15_000;
const polls = 4;
const guestMib = 256;
/** Ticks of a process's CPU time in a second. Source: sysconf(_SC_CLK_TCK), which is 100 on Linux. */
const ticksPerSecond = 100;
const lookMs = 2;
const limitMs = 120_000;

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await condition())) {
    if (performance.now() - begun > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(lookMs);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
};
const residentMib = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const uriOf = (host: LiveHost): string => `qemu+unix:///system?socket=${host.libvirtd.socketPath}`;
const virsh = async (host: LiveHost, ...args: string[]): Promise<string> =>
  (await run('virsh', ['-q', '-c', uriOf(host), ...args], { maxBuffer: 4 * 1024 ** 2 })).stdout;

function sayPair(what: string, ours: readonly number[], bare: readonly number[]): void {
  const [mine, yardstick] = [median(ours), median(bare)];
  say(what, `${ms(mine)}; virsh ${ms(yardstick)}; ratio ${(mine / yardstick).toFixed(2)}, difference ${ms(mine - yardstick)}`);
}

async function createVm(host: LiveHost, domain: Partial<Parameters<typeof testDomain>[0]> = {}): Promise<string> {
  const vmId = randomUUID();
  await host.call('VM.create', { vmID: vmId, vmParams: { vmId, xml: testDomain({ vmId, ...domain }) } });
  await host.untilStatus(vmId, domain.paused === true ? 'Paused' : 'Powering up');
  return vmId;
}

/** A VM like one that the agent runs, which only libvirt knows. @returns its id */
async function createTwin(host: LiveHost, vmId: string, change: (xml: string) => string = (xml) => xml): Promise<string> {
  const twin = randomUUID();
  const file = join(host.directory, `${twin}.xml`);
  const xml = await virsh(host, 'dumpxml', '--inactive', '--security-info', vmId);
  await writeFile(file, change(xml.replaceAll(vmId, twin).replaceAll(`vm-${vmId.slice(0, 8)}`, `vm-${twin.slice(0, 8)}`)));
  await virsh(host, 'create', file);
  return twin;
}

/** What a hundred domains that stand still cost the agent, and how soon it knows them again. */
async function benchCrowd(host: LiveHost): Promise<void> {
  const rows = async (): Promise<number> =>
    (await host.call<{ status: string }[]>('Host.getAllVmStats').catch(() => [])).filter(({ status }) => status === 'Paused').length;
  for (let at = 0; at < crowd; at += 1) await createVm(host, { paused: true, memoryMib: 32 });
  await until('all are there', async () => (await rows()) === crowd);
  const pid = host.agentPid ?? 0;
  await delay(pollMs);
  const [before, begun] = [cpuMs(pid), performance.now()];
  for (let poll = 0; poll < polls; poll += 1) {
    await delay(pollMs);
    await host.call('Host.getAllVmStats');
  }
  const share = (cpuMs(pid) - before) / (performance.now() - begun);
  say(
    `${crowd} paused domains, asked every ${pollMs / 1000} s: agent`,
    `${(share * 100).toFixed(1)} % of a core (aim 10), ${residentMib(pid).toFixed(0)} MiB (aim 150)`,
  );
  await host.stopAgent('SIGKILL');
  const again = await timed(async () => {
    await host.startAgent({ wait: false });
    await until('all are there again', async () => (await rows()) === crowd);
  });
  say(`agent killed and started → all ${crowd} reported`, `${ms(again)} (aim 5000)`);
}

const hotplug = (vmId: string, device: string): object => ({
  vmID: vmId,
  params: {
    vmId,
    xml: `<hotplug xmlns:ovirt-vm="http://ovirt.org/vm/1.0"><devices>${device}</devices><metadata><ovirt-vm:vm/></metadata></hotplug>`,
  },
});

/** A NIC put into a running VM, by the agent and by virsh. */
async function benchHotPlug(host: LiveHost): Promise<void> {
  const vmId = await createVm(host);
  const twin = await createTwin(host, vmId);
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let at = 0; at < pairs; at += 1) {
    const mac = `56:6f:00:00:02:${at.toString(16).padStart(2, '0')}`;
    const nic = `<interface type="bridge"><model type="virtio"/><link state="up"/><source bridge="ovirtmgmt"/><alias name="ua-${randomUUID()}"/><mac address="${mac}"/></interface>`;
    const theirs = mac.replace(':02:', ':03:');
    ours.push(await timed(() => host.call('VM.hotplugNic', hotplug(vmId, nic))));
    bare.push(
      await timed(() => virsh(host, 'attach-interface', twin, 'bridge', host.bridge, '--model', 'virtio', '--mac', theirs, '--live')),
    );
  }
  sayPair('a NIC plugged into a running VM', ours, bare);
  await virsh(host, 'destroy', twin);
  await host.call('VM.destroy', { vmID: vmId });
}

/** One disk of a VM, as its chain of volumes. */
interface Chain {
  pool: PoolFixture;
  vmId: string;
  imageId: string;
  base: string;
}

async function snapshotAndMerge(host: LiveHost, { pool, vmId, imageId, base }: Chain): Promise<[number, number]> {
  const volume = newVolume(pool, { imageID: imageId, srcImgUUID: imageId, srcVolUUID: base, size: String(64 * 1024 ** 2) });
  await host.task('Volume.create', volume);
  const jobUUID = randomUUID();
  const drive = { baseVolumeID: base, domainID: pool.domainId, imageID: imageId, volumeID: volume.volumeID };
  const snapshot = await timed(async () => {
    await host.call('VM.snapshot', { vmID: vmId, snapDrives: [drive], jobUUID });
    await until('the snapshot', async () => {
      const jobs = await host.call<Record<string, { status: string }>>('Host.getJobs', { job_type: 'virt', job_ids: [jobUUID] });
      if (jobs[jobUUID]?.status === 'failed') throw new Error('the snapshot failed');
      return jobs[jobUUID]?.status === 'done';
    });
  });
  const mergeId = randomUUID();
  const disk = { poolID: pool.poolId, domainID: pool.domainId, imageID: imageId, volumeID: volume.volumeID, device: 'disk' };
  const merge = await timed(async () => {
    await host.call('VM.merge', {
      vmID: vmId,
      drive: disk,
      baseVolUUID: base,
      topVolUUID: volume.volumeID,
      bandwidth: '0',
      jobUUID: mergeId,
    });
    await until('the merge', async () => {
      const jobs = (await host.stats(vmId))?.['vmJobs'] as object | undefined;
      return !Object.hasOwn(jobs ?? { [mergeId]: 1 }, mergeId);
    });
  });
  await host.task('Image.deleteVolumes', {
    storagepoolID: pool.poolId,
    storagedomainID: pool.domainId,
    imageID: imageId,
    volumeList: [volume.volumeID],
  });
  return [snapshot, merge];
}

/** A new layer under a running VM and its merge, by the agent and by virsh on an equal disk. */
async function benchSnapshots(host: LiveHost): Promise<void> {
  const pool = await makePool(host.storage);
  const volume = newVolume(pool);
  await host.task('Volume.create', volume);
  const [imageId, base] = [volume.imageID, volume.volumeID];
  const vmId = await createVm(host, { disk: { poolId: pool.poolId, domainId: pool.domainId, imageId, volumeId: base, format: 'qcow2' } });
  const file = join(host.directory, 'twin.qcow2');
  const layer = join(host.directory, 'twin.layer.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', file, '64M']);
  const twin = await createTwin(host, vmId, (xml) => xml.replace(/<source file='[^']*'/, `<source file='${file}'`));
  const figures = { snapshot: [] as number[], bareSnapshot: [] as number[], merge: [] as number[], bareMerge: [] as number[] };
  const diskspec = `vda,snapshot=external,file=${layer}`;
  for (let at = 0; at < pairs; at += 1) {
    const [snapshot, merge] = await snapshotAndMerge(host, { pool, vmId, imageId, base });
    figures.snapshot.push(snapshot);
    figures.merge.push(merge);
    figures.bareSnapshot.push(
      await timed(() => virsh(host, 'snapshot-create-as', twin, '--disk-only', '--no-metadata', '--atomic', '--diskspec', diskspec)),
    );
    figures.bareMerge.push(await timed(() => virsh(host, 'blockcommit', twin, 'vda', '--base', file, '--active', '--pivot', '--wait')));
    await rm(layer);
  }
  sayPair('live snapshot of one disk', figures.snapshot, figures.bareSnapshot);
  sayPair('its live merge', figures.merge, figures.bareMerge);
  await virsh(host, 'destroy', twin);
  await host.call('VM.destroy', { vmID: vmId });
}

/** Milliseconds for which a guest stood still to change the host, as the libvirt of the host says that it came to. */
async function downtimeMs(host: LiveHost, vmId: string): Promise<number> {
  const told = await virsh(host, 'domjobinfo', vmId, '--completed');
  return Number(/Total downtime:\s+(\d+)/.exec(told)?.[1] ?? Number.NaN);
}

/** An idle guest from one host to another, by the agents and by virsh between the same libvirts. */
async function benchMigration(one: LiveHost, two: LiveHost): Promise<void> {
  const [ours, bare, down, bareDown]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let at = 0; at < pairs; at += 1) {
    const vmId = await createVm(one, { memoryMib: guestMib });
    const twin = await createTwin(one, vmId);
    // Both have left their firmware behind and wait for something to boot from.
    await delay(2000);
    const params = { vmId, src: '127.0.0.1', dst: `127.0.0.1:${two.port}`, method: 'online', tunneled: 'false', abortOnError: 'true' };
    ours.push(
      await timed(async () => {
        await one.call('VM.migrate', { vmID: vmId, params });
        await until('it has gone', async () => (await one.stats(vmId))?.['status'] === 'Down');
      }),
    );
    await two.untilStatus(vmId, 'Up');
    down.push(await downtimeMs(two, vmId));
    bare.push(
      await timed(() => virsh(one, 'migrate', twin, uriOf(two), '--live', '--p2p', '--persistent', '--undefinesource', '--unsafe')),
    );
    bareDown.push(await downtimeMs(two, twin));
    await virsh(two, 'destroy', twin);
    await virsh(two, 'undefine', twin);
    await one.call('VM.destroy', { vmID: vmId });
    await two.call('VM.destroy', { vmID: vmId });
  }
  sayPair(`migration of an idle guest of ${guestMib} MiB`, ours, bare);
  sayPair('  its downtime', down, bareDown);
}

/**
 * What the host agent costs, and how much longer its work takes than libvirt's own, on two hosts that are made for it.
 * Needs root and the programs of the hypervisor.
 */
export async function benchHost(): Promise<void> {
  const authority = await makeAuthority();
  const one = await LiveHost.start({ authority });
  let two: LiveHost | undefined;
  try {
    two = await LiveHost.start({ authority });
    await Promise.all([one.startAgent(), two.startAgent()]);
    await benchHotPlug(one);
    await benchSnapshots(one);
    await benchMigration(one, two);
    await benchCrowd(one);
  } finally {
    await two?.close();
    await one.close();
  }
}
