// Budget: 90 s
// Needs: root, hypervisor, guestImage
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from './endpoint.ts';
import { isRunning } from './process/identity.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { EngineClient, members } from './setup/engine-client.ts';

const launcherFolder = resolve(import.meta.dirname, '..');
let folder: string;

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

/** Runs `npm start` or `npm run stop` as a user does. */
async function command(name: 'start' | 'stop', ...args: string[]): Promise<Ran> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(launcherFolder, `${name}.mjs`), '--data', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output, seconds: (performance.now() - startedAt) / 1000 };
}

function recorded(name: string): ProcessIdentity {
  return JSON.parse(readFileSync(join(folder, 'run', `${name}.json`), 'utf8')) as ProcessIdentity;
}

function client(): EngineClient {
  const endpoint = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8')) as Endpoint;
  return new EngineClient(endpoint.url, endpoint.caFile, {
    username: endpoint.username,
    password: readFileSync(endpoint.passwordFile, 'utf8').trim(),
  });
}

async function namesOf(collection: string, member: string): Promise<unknown[]> {
  const api = client();
  try {
    return members(await api.get(`/ovirt-engine/api/${collection}`), member).map((entry) => entry['name']);
  } finally {
    api.close();
  }
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await condition().catch(() => false)) return;
    await sleep(100);
  }
  assert.fail(`${what} did not come about`);
}

before(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'l-')), 'data');
});

after(async () => {
  if (existsSync(join(folder, 'settings.json'))) await command('stop', '--guests');
  await rm(folder, { recursive: true, force: true });
});

test('the first start makes everything', async () => {
  const { code, output } = await command('start', '--detach', '--listen', '127.0.0.1');
  assert.equal(code, 0, output);
  assert.match(output, /\[10\/10\] storage and template … ok/);
  assert.match(output, new RegExp(`password {2}${readFileSync(join(folder, 'admin-password'), 'utf8').trim()}`));
  assert.deepEqual(await namesOf('hosts', 'host'), ['local']);
  assert.deepEqual(await namesOf('storagedomains', 'storage_domain'), ['local']);
  assert.deepEqual(new Set(await namesOf('templates', 'template')), new Set(['Blank', 'virgate-guest']));
  assert.deepEqual(await namesOf('vms', 'vm'), []);
});

test('secrets can be read by their owner only', () => {
  const secrets = [
    'admin-password',
    'settings.json',
    'endpoint.json',
    'etc',
    'run',
    'log',
    'pki',
    'pki/keys/engine.key',
    'host',
    'storage',
    'images',
    'libvirt',
    'database',
  ];
  for (const secret of secrets) assert.equal(statSync(join(folder, secret)).mode & 0o077, 0, secret);
  assert.equal(statSync(folder).mode & 0o066, 0);
});

test('a second start beside the first one is refused', async () => {
  const { code, output } = await command('start', '--listen', '127.0.0.1');
  assert.equal(code, 1);
  assert.match(output, /runs in .* already at https:\/\/127\.0\.0\.1:\d+.*\nStop it with: npm run stop/);
});

test('an engine that is killed comes back, and so does the agent', async () => {
  for (const which of ['engine', 'host-agent']) {
    const old = recorded(which);
    process.kill(old.pid, 'SIGKILL');
    await until(`another ${which}`, async () => recorded(which).pid !== old.pid && isRunning(recorded(which)));
  }
  await until('an answer', async () => (await namesOf('hosts', 'host')).length === 1);
  assert.match(readFileSync(join(folder, 'log/launcher.log'), 'utf8'), /the engine ended \(SIGKILL\) and is started again/);
});

test('after the launcher was killed, the next start takes over what runs', async () => {
  const [launcher, engine, libvirtd] = [
    recorded('launcher'),
    recorded('engine'),
    readFileSync(join(folder, 'libvirt/libvirtd.json'), 'utf8'),
  ];
  process.kill(launcher.pid, 'SIGKILL');
  const { code, output } = await command('start', '--detach');
  assert.equal(code, 0, output);
  assert.equal(isRunning(engine), false, 'there is one engine only');
  assert.equal(readFileSync(join(folder, 'libvirt/libvirtd.json'), 'utf8'), libvirtd, 'the hypervisor went on');
  assert.match(output, /storage and template … ok \(.*made before\)/);
});

test('a stop ends everything but guests and their hypervisor; with --guests nothing is left', async () => {
  const processes = ['launcher', 'engine', 'host-agent'].map(recorded);
  assert.equal((await command('stop')).code, 0);
  assert.deepEqual(processes.map(isRunning), [false, false, false]);
  assert.ok(isRunning(recorded('dnsmasq')), 'guests keep their network');
  const bridge = readdirSync('/sys/class/net').filter((name) => name.startsWith('vgt-'));
  const { code, output } = await command('stop', '--guests');
  assert.equal(code, 0, output);
  assert.ok(readdirSync('/sys/class/net').filter((name) => name.startsWith('vgt-')).length < bridge.length);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(folder), false, 'nothing is mounted there any more');
  const leftovers = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && existsSync(`/proc/${pid}/cmdline`) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`);
      } catch {
        return false;
      }
    });
  assert.deepEqual(leftovers, []);
});
