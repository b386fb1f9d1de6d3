import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, tokenOf, type Endpoint } from './client.ts';
import { median, ms, percentile, say } from './figures.ts';

const root = join(import.meta.dirname, '../..');
const storedVms = 1_000;
const connections = 8;
const loadMs = 6_000;
const singleReads = 300;
const starts = 5;
const template = 'virgate-guest';

function command(script: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'packages/launcher', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} ended with ${code}`))));
  });
}

/** QEMU processes of a VM, by their command lines. */
function qemuOf(vmId: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes('qemu-system') && line.includes(vmId);
      } catch {
        return false;
      }
    });
}

/** Milliseconds until a condition holds, looked at every 2 ms. */
async function until(condition: () => boolean, limitMs = 60_000): Promise<number> {
  const begun = performance.now();
  while (!condition()) {
    if (performance.now() - begun > limitMs) throw new Error('it took too long');
    await delay(2);
  }
  return performance.now() - begun;
}

async function statusIs(client: Client, id: string, status: string): Promise<void> {
  for (let round = 0; round < 600; round += 1) {
    if ((await client.send('GET', `/vms/${id}`)).body['status'] === status) return;
    await delay(100);
  }
  throw new Error(`VM ${id} did not come to be ${status}`);
}

/** API start → QEMU running, against `virsh create` of the very domain that the host made of it. */
async function benchStart(client: Client, data: string, work: string): Promise<void> {
  const made = await client.send(
    'POST',
    '/vms',
    { name: 'bench', cluster: { name: 'Default' }, template: { name: template } },
    { 'X-Ovirt-Expect': '201-created' },
  );
  const id = String(made.body['id']);
  const socket = join(data, 'libvirt/run/libvirt-sock');
  const virsh = (...args: string[]): string =>
    execFileSync('virsh', ['-q', '-c', `qemu+unix:///system?socket=${socket}`, ...args], { encoding: 'utf8' });
  const api: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < starts; round += 1) {
    const begun = performance.now();
    const answered = client.send('POST', `/vms/${id}/start`, {});
    await until(() => qemuOf(id).length > 0);
    api.push(performance.now() - begun);
    await answered;
    await statusIs(client, id, 'up');
    if (round === 0) writeFileSync(join(work, 'domain.xml'), virsh('dumpxml', '--inactive', '--security-info', id));
    await client.send('POST', `/vms/${id}/stop`, {});
    await until(() => qemuOf(id).length === 0);
    const yardstick = performance.now();
    const child = spawn('virsh', ['-q', '-c', `qemu+unix:///system?socket=${socket}`, 'create', join(work, 'domain.xml')], {
      stdio: 'ignore',
    });
    await until(() => qemuOf(id).length > 0);
    bare.push(performance.now() - yardstick);
    await new Promise((resolve) => child.once('exit', resolve));
    virsh('destroy', id);
    await until(() => qemuOf(id).length === 0);
    await delay(1_000);
  }
  await client.send('DELETE', `/vms/${id}`);
  say(
    'API start → QEMU running (median)',
    `${ms(median(api))}; virsh create ${ms(median(bare))}; difference ${ms(median(api) - median(bare))}, ratio ${(median(api) / median(bare)).toFixed(2)}`,
  );
}

async function benchReads(endpoint: Endpoint, token: string, client: Client): Promise<void> {
  const ids: string[] = [];
  const begun = performance.now();
  for (let at = 0; at < storedVms; at += 1) {
    const made = await client.send('POST', '/vms', {
      name: `stored-${String(at).padStart(4, '0')}`,
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
    });
    if (made.status !== 201) throw new Error(`VM ${at} could not be made: ${made.status}`);
    ids.push(String(made.body['id']));
  }
  say(`add ${storedVms} VMs without disks, one after the other`, `${((storedVms * 1000) / (performance.now() - begun)).toFixed(1)}/s`);
  const single: number[] = [];
  for (let at = 0; at < singleReads; at += 1) {
    const from = performance.now();
    await client.read(`/vms/${ids[(at * 7) % ids.length]}`);
    single.push(performance.now() - from);
  }
  say(
    `GET one VM, ${storedVms} stored, p50 (p95)`,
    `${ms(median(single))} (${ms(percentile(single, 0.95))}); a real engine of this kind: 15-20 ms`,
  );
  const crowd = new Client(endpoint, token, connections);
  let answered = 0;
  const end = performance.now() + loadMs;
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      for (let at = lane; performance.now() < end; at += connections) {
        await crowd.read(`/vms/${ids[at % ids.length]}`);
        answered += 1;
      }
    }),
  );
  crowd.close();
  say(
    `GET one VM on ${connections} connections, client on the same CPUs`,
    `${((answered * 1000) / loadMs).toFixed(0)} requests/s; a real engine of this kind: 216/s`,
  );
}

const residentMib = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

function processOf(script: string, data: string): number | undefined {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes(script) && line.includes(data);
      } catch {
        return false;
      }
    });
}

/** Second start: from the command to an answer of the API. */
async function benchSecondStart(endpoint: Endpoint, args: string[]): Promise<void> {
  await command('stop.mjs', args.slice(0, 2));
  const begun = performance.now();
  const started = command('start.mjs', [...args, '--detach']);
  const ca = readFileSync(endpoint.caFile);
  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const sent = request(new URL('/ovirt-engine/services/health', endpoint.url), { ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      sent.once('error', () => resolve(false));
      sent.end();
    });
  while (!(await answers())) await delay(20);
  say('second start → API answers', ms(performance.now() - begun));
  await started;
}

/**
 * The figures of the first virtual machine, on an installation of its own that is started for them and removed afterwards.
 * Needs root and the programs of the hypervisor.
 */
export async function benchFirstVm(): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'vgb-'));
  const data = join(work, 'data');
  const args = ['--data', data, '--listen', '127.0.0.1', '--port', '28543'];
  try {
    await command('start.mjs', [...args, '--detach']);
    const endpoint = JSON.parse(readFileSync(join(data, 'endpoint.json'), 'utf8')) as Endpoint;
    const token = await tokenOf(endpoint);
    const client = new Client(endpoint, token, 1);
    await benchStart(client, data, work);
    await benchReads(endpoint, token, client);
    client.close();
    await benchSecondStart(endpoint, args);
    await delay(20_000);
    const engine = processOf('packages/engine/src/main.ts', data);
    const agent = processOf('packages/host/src/main.ts', data);
    if (engine === undefined || agent === undefined) throw new Error('the processes of engine and agent were not found');
    say(
      'resident memory idle: engine + agent',
      `${residentMib(engine).toFixed(0)} + ${residentMib(agent).toFixed(0)} = ${(residentMib(engine) + residentMib(agent)).toFixed(0)} MiB (aim: 400)`,
    );
  } finally {
    await command('stop.mjs', ['--data', data, '--guests']);
    rmSync(work, { recursive: true, force: true });
  }
}
