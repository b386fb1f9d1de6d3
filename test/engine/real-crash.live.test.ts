// Budget: 120 s
// Needs: root, hypervisor
/** `kill -9` of engine, agent and PostgreSQL in turn, while a real agent makes a disk and starts a real QEMU. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { VirtualSwitch } from '@virgate/lab';
import type { ProbePoint } from '@virgate/saga';
import { Installation, eventually, expectStatus } from './installation.ts';
import type { StopPoint } from './interruptible-engine.ts';
import { JoiningHost } from './joining-host.ts';
import { addSharedDomain, enrol, hostIsUp, type SharedDomain } from './real-guest.ts';
import { whole } from './rest-client.ts';

type Victim = 'engine' | 'agent' | 'PostgreSQL';
type Job = 'create' | 'start';

const victims: readonly Victim[] = ['engine', 'agent', 'PostgreSQL'];
/** The host has done what the step asks for, and the engine has not noted it. */
const points: Readonly<Record<Job, StopPoint>> = {
  create: { step: 'disk-0', going: 'run', at: 'ran' },
  start: { step: 'create', going: 'run', at: 'ran' },
};
const settleTimeoutMs = 60_000;
const downMs = 300;
const diskBytes = 64 * 1024 ** 2;

let network: VirtualSwitch;
let installation: Installation;
let host: JoiningHost;
let hostId: string;
let domain: SharedDomain;
let templateId: string;
let reached: ((point: ProbePoint) => void) | undefined;
const outcomes: string[] = [];

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({
    hosts: 0,
    address: network.address,
    durability: 'durable',
    engineProgram: join(import.meta.dirname, 'interruptible-engine.ts'),
  });
  installation.onEngineTold = (message) => {
    const { stoppedAt } = message as { stoppedAt?: ProbePoint };
    if (stoppedAt !== undefined) reached?.(stoppedAt);
  };
  host = await JoiningHost.start({ name: 'metal', number: 1, folder: join(installation.folder, 'hosts'), network });
  hostId = await enrol(installation, host);
  domain = await addSharedDomain(installation, hostId);
  templateId = (await installation.addTemplate('template', { diskBytes })).id;
});
after(async () => {
  await host?.host.powerOff();
  await installation?.stop();
  await network?.stop();
});

/** QEMUs of a VM, wherever on this machine they run. */
async function emulatorsOf(vmId: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return commands.filter((command) => {
    const words = command.split('\0');
    return words[words.indexOf('-uuid') + 1] === vmId;
  }).length;
}

/** Volumes that lie on the storage domain. */
async function volumes(): Promise<string[]> {
  const names = await readdir(join(domain.folder, 'images'), { recursive: true });
  const metadata = names.filter((name) => name.endsWith('.meta')).map((name) => name.slice(name.lastIndexOf('/') + 1, -'.meta'.length));
  return [...new Set(metadata)].toSorted();
}

async function addVm(name: string, headers = {}): Promise<string> {
  const body = { name, cluster: { name: 'Default' }, template: { id: templateId }, memory: 64 * 1024 ** 2 };
  return expectStatus(await installation.rest.post('/vms', body, headers), 201, 202).id as string;
}

/** Begins the job and returns when it has come to its point. */
async function runInto(job: Job, name: string): Promise<{ vmId: string; sagaId: string }> {
  const arrived = new Promise<ProbePoint>((resolve) => {
    reached = resolve;
  });
  const arm = (): Promise<unknown> => installation.engine.ask({ kind: 'stop-at', point: points[job] });
  let vmId: string;
  if (job === 'create') {
    await arm();
    vmId = await addVm(name);
  } else {
    vmId = await addVm(name, whole);
    await arm();
    void installation.rest.post(`/vms/${vmId}/start`, { async: true }).catch(() => undefined);
  }
  const waiting = new AbortController();
  const late = delay(settleTimeoutMs, null, { signal: waiting.signal }).catch(() => null);
  const point = await Promise.race([arrived, late]);
  waiting.abort();
  if (point === null) throw new Error(`No job came to ${JSON.stringify(points[job])}`);
  return { vmId, sagaId: point.sagaId };
}

/** Nobody listens on the agent's port any more: it is really gone. */
const agentIsGone = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: host.host.address, port: 54_321 });
    socket.once('connect', () => resolve(false)).once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });

async function killAndRestart(victim: Victim): Promise<void> {
  if (victim === 'engine') {
    await installation.engine.kill();
    await installation.startEngine();
    return;
  }
  if (victim === 'agent') {
    await host.killAgent();
    await eventually('the agent is gone', agentIsGone, 5_000);
  } else await installation.killPostgres();
  await installation.engine.ask({ kind: 'go-on' });
  await delay(downMs);
  if (victim === 'agent') await host.startAgent();
  else await installation.startPostgres();
}

/** What engine, host and processes say of a VM; undefined while they differ. */
async function agreement(vmId: string): Promise<string | undefined> {
  const { status, body } = await installation.rest.get(`/vms/${vmId}`);
  const emulators = await emulatorsOf(vmId);
  assert.ok(emulators <= 1, `${emulators} QEMUs run`);
  if (status === 404) return emulators === 0 ? 'wholly gone' : undefined;
  if (body.status === 'down') return emulators === 0 ? 'wholly there, down' : undefined;
  return ['up', 'powering_up'].includes(body.status) && emulators === 1 ? 'wholly there, running' : undefined;
}

async function judge(vmId: string, sagaId: string): Promise<string> {
  const rows = (text: string, values: unknown[] = []) => installation.rows(text, values).catch(() => []);
  await eventually(
    'the job ends',
    async () => (await rows(`select 1 from saga where id = $1 and status in ('succeeded', 'failed', 'aborted')`, [sagaId])).length === 1,
    settleTimeoutMs,
  );
  await hostIsUp(installation, hostId);
  const outcome = await eventually('engine, agent and QEMU agree', () => agreement(vmId), settleTimeoutMs);
  await eventually(
    'nothing of the VM is locked',
    async () => (await installation.rows('select 1 from object_lock where object_id = $1', [vmId])).length === 0,
    settleTimeoutMs,
  );
  assert.deepEqual(await installation.rows(`select name, status from disk where status <> 'ok'`), []);
  const images = await installation.rows('select id from image where storage_domain_id = $1', [domain.id]);
  assert.deepEqual(
    await volumes(),
    images.map((image) => image.id as string).toSorted(),
    'storage has the volumes of the disks and no others',
  );
  const [job] = await installation.rows('select status from saga where id = $1', [sagaId]);
  return `${job.status}: ${outcome}`;
}

async function removeVm(vmId: string): Promise<void> {
  const { rest } = installation;
  const { status, body } = await rest.get(`/vms/${vmId}`);
  if (status === 404) return;
  if (body.status !== 'down') {
    expectStatus(await rest.post(`/vms/${vmId}/stop`, {}), 200);
    await installation.vmStatus(vmId, 'down');
  }
  expectStatus(await rest.delete(`/vms/${vmId}`), 200);
  assert.equal(await emulatorsOf(vmId), 0);
}

for (const job of ['create', 'start'] as const) {
  for (const victim of victims) {
    test(`${victim} killed while a VM is to ${job === 'create' ? 'be made' : 'start'}`, async () => {
      const { vmId, sagaId } = await runInto(job, `${job}-${victim}`);
      await killAndRestart(victim);
      try {
        outcomes.push(`${job.padEnd(8)}${victim.padEnd(12)}${await judge(vmId, sagaId)}`);
        await removeVm(vmId);
      } catch (error) {
        throw new Error(`${String(error)}\n${await host.log()}\n${(await installation.engineLog()).slice(-4_000)}`, { cause: error });
      }
    });
  }
}

test('the outcomes', (t) => {
  for (const line of outcomes) t.diagnostic(line);
  assert.equal(outcomes.length, victims.length * 2);
});
