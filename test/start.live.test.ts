// Budget: 240 s
// Needs: root, hypervisor, guestImage, python, browser, sshClient
/** A whole installation as a new user has it: two commands, a real guest, oVirt's own client, a real browser. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { pythonSdk, pythonWith } from './clients/python-environment.ts';
import { expectStatus } from './engine/installation.ts';
import { RestClient } from './engine/rest-client.ts';
import { SshClient } from './engine/ssh-client.ts';
import { PortalDriver, launchChromium } from './portal-driver.ts';

const root = join(import.meta.dirname, '..');
const run = promisify(execFile);
const startTimeoutMs = 600_000;
const stopTimeoutMs = 120_000;
const clientTimeoutMs = 300_000;

interface Endpoint {
  url: string;
  caFile: string;
  username: string;
  passwordFile: string;
  vdsmPort: number;
}

let work: string;
let data: string;
let port: number;
let browser: Browser | undefined;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Runs a command of the project as a user would, and gives what it printed. */
function command(script: string, args: string[], timeoutMs: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'packages/launcher', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ code, output });
    });
  });
}

const start = (): Promise<{ code: number | null; output: string }> =>
  command('start.mjs', ['--data', data, '--port', String(port), '--listen', '127.0.0.1', '--detach'], startTimeoutMs);
const endpoint = (): Endpoint => JSON.parse(readFileSync(join(data, 'endpoint.json'), 'utf8')) as Endpoint;
const apiOf = (one: Endpoint): string => new URL('/ovirt-engine/api', one.url).href;

/** Status of a request to the engine; the certificate is checked against the installation's own authority. */
const statusOf = (url: string, ca: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { ca, headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });

before(async () => {
  work = mkdtempSync(join(tmpdir(), 'vgt-'));
  data = join(work, 'data');
  port = await freePort();
  const { code, output } = await start();
  assert.equal(code, 0, `npm start failed:\n${output.slice(-4000)}`);
});

after(async () => {
  await browser?.close();
  const { code, output } = await command('stop.mjs', ['--data', data, '--guests'], stopTimeoutMs);
  assert.equal(code, 0, `npm run stop failed:\n${output.slice(-4000)}`);
  rmSync(work, { recursive: true, force: true });
});

test('endpoint.json tells scripts where the engine is, and the secret files are secret', async () => {
  const one = endpoint();
  const password = readFileSync(one.passwordFile, 'utf8').trim();
  const ca = readFileSync(one.caFile, 'utf8');
  const authorization = `Basic ${Buffer.from(`${one.username}:${password}`).toString('base64')}`;
  assert.equal(await statusOf(apiOf(one), ca, { authorization }), 200);
  assert.equal(await statusOf(apiOf(one), ca), 401);
  for (const file of ['keys/engine.key', 'keys/ca.key']) {
    const { stdout } = await run('stat', ['-c', '%a', join(data, 'pki', file)]);
    assert.equal(stdout.trim(), '600', file);
  }
  assert.ok(one.vdsmPort > 0);
});

test("oVirt's own Python SDK runs the first virtual machine", { timeout: clientTimeoutMs }, async (t) => {
  const one = endpoint();
  const python = await pythonWith(pythonSdk);
  const { stdout } = await run(
    python,
    [join(root, 'test/clients/python/first_vm.py'), apiOf(one), one.username, one.passwordFile, 'virgate-guest', 'Default', 'yes'],
    { cwd: work, timeout: clientTimeoutMs },
  );
  t.diagnostic(stdout.trim().replaceAll('\n', '; '));
  assert.match(stdout, /^ok everything$/m);
});

test('a browser signs in, makes a VM, types into its console and sees the screen change', { timeout: clientTimeoutMs }, async () => {
  const one = endpoint();
  browser = await launchChromium();
  const portal = await PortalDriver.open(browser, {
    url: one.url,
    username: one.username,
    password: readFileSync(one.passwordFile, 'utf8').trim(),
  });
  await portal.signIn();
  await portal.createVm('web01', 'virgate-guest');
  await portal.start('web01');
  await portal.openConsole('web01');
  const { changed, byItself } = await portal.typeAndWatch('echo hello from the first virtual machine');
  assert.ok(changed > byItself, `typing changed ${changed} pixels, waiting ${byItself}`);
  await portal.leaveConsole();
  await portal.typeAtSerialConsole('web01', 'echo $((6*7))-serial', '42-serial');
  await typeOverSsh(one, 'web01');
  await portal.powerOff('web01');
  await portal.remove('web01');
  await portal.close();
});

/** The same serial port over SSH, by a key that the user has put into his profile: it is taken from the browser. */
async function typeOverSsh({ url, caFile, username, passwordFile }: Endpoint, name: string): Promise<void> {
  const password = readFileSync(passwordFile, 'utf8').trim();
  const rest = new RestClient({ url, caPem: readFileSync(caFile, 'utf8'), user: username, password });
  try {
    const proxy = expectStatus(await rest.get('/virgate/api/serial-console-proxy'), 200);
    const ssh = new SshClient(work, '127.0.0.1', proxy.port as number);
    await ssh.trust(proxy.hostKeys.map((key: { publicKey: string }) => key.publicKey));
    const { user } = expectStatus(await rest.get('/virgate/api/whoami'), 200);
    expectStatus(await rest.post(`/users/${user.id}/sshpublickeys`, { content: await ssh.makeKey('own', 'ed25519') }), 201);
    const terminal = ssh.terminal('own', `connect --vm-name ${name}`);
    await terminal.see(/Connected to web01/);
    terminal.type('\recho $((6*7))-over-ssh\r');
    await terminal.see(/42-over-ssh/);
    terminal.type('\r~.');
    assert.equal(await terminal.ended(), 0, terminal.text);
  } finally {
    rest.close();
  }
}

test('a second start finds everything as it was', async () => {
  const stopped = await command('stop.mjs', ['--data', data], stopTimeoutMs);
  assert.equal(stopped.code, 0, stopped.output.slice(-4000));
  const before = endpoint();
  await assert.rejects(statusOf(new URL('/ovirt-engine/services/health', before.url).href, readFileSync(before.caFile, 'utf8')));
  const { code, output } = await start();
  assert.equal(code, 0, output.slice(-4000));
  assert.deepEqual(endpoint(), before);
  assert.equal(await statusOf(new URL('/ovirt-engine/services/health', before.url).href, readFileSync(before.caFile, 'utf8')), 200);
});
