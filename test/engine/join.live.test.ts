// Budget: 90 s
// Needs: root, hypervisor
/** Other machines become hosts: `virgate-host join` on virtual hosts, approval, shared storage, a VM. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { VirtualSwitch } from '@virgate/lab';
import { Installation, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import type { Json } from './rest-client.ts';

let network: VirtualSwitch;
let installation: Installation;
let one: JoiningHost;
let two: JoiningHost;
let shared: string;
let domainId: string;

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  shared = join(installation.folder, 'storage', 'shared');
  await mkdir(shared, { recursive: true });
  const folder = join(installation.folder, 'hosts');
  one = await JoiningHost.start({ name: 'first', number: 1, folder, network });
  two = await JoiningHost.start({ name: 'second', number: 2, folder, network });
});
after(async () => {
  await Promise.all([one?.host.powerOff(), two?.host.powerOff()]);
  await installation?.stop();
  await network?.stop();
});

const newToken = async (): Promise<{ token: string; fingerprint: string }> =>
  expectStatus(await installation.rest.post('/virgate/api/host-enrolment-tokens', {}), 201);
const hosts = async (): Promise<Json[]> => expectStatus(await installation.rest.get('/hosts'), 200).host ?? [];
const hostOf = async (name: string): Promise<Json> => (await hosts()).find((host) => host.name === name);
const count = async (table: string): Promise<number> => (await installation.rows(`select count(*)::int as n from ${table}`))[0].n as number;

/** Waits until a host has a status; an error tells the end of the logs. */
async function untilStatus(host: JoiningHost, status: string): Promise<Json> {
  let last: Json;
  try {
    return await eventually(`host ${host.name} is ${status}`, async () => {
      last = await hostOf(host.name);
      return last?.status === status ? last : undefined;
    });
  } catch (error) {
    const logs = `${await host.log()}\n${(await installation.engineLog()).slice(-3_000)}`;
    throw new Error(`${String(error)}; it is ${last?.status} (${last?.status_detail})\n${logs}`, { cause: error });
  }
}

/** Files below a folder that contain a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: string[] = [];
  for (const file of files) if ((await readFile(file)).includes(text)) found.push(file);
  return found;
}

test('a wrong token or fingerprint is refused, and leaves nothing on either side', async () => {
  const { token, fingerprint } = await newToken();
  const { url } = installation;
  const wrongToken = await one.joinAndFail(url, 'A'.repeat(32), fingerprint);
  assert.equal(wrongToken.code, 1);
  assert.match(wrongToken.stderr, /^virgate-host: TOKEN: .*Ask the administrator for a new one/m);
  const wrongFingerprint = await one.joinAndFail(url, token, 'ab'.repeat(32));
  assert.equal(wrongFingerprint.code, 1);
  assert.match(wrongFingerprint.stderr, /^virgate-host: FINGERPRINT: .*has another authority/m);
  const usage = await one.joinAndFail(url, token, 'abc');
  assert.equal(usage.code, 2);
  assert.match(usage.stderr, /^virgate-host: USAGE: .*64 hexadecimal digits/m);
  for (const { stderr } of [wrongToken, wrongFingerprint, usage])
    assert.ok(!stderr.includes(token) && !stderr.includes('A'.repeat(32)) && !stderr.includes('    at '), stderr);
  assert.ok(!existsSync(one.dataFolder));
  assert.deepEqual(await hosts(), []);
  assert.deepEqual([await count('host'), await count('host_enrolment')], [0, 0]);
  assert.deepEqual(await installation.rows('select used_at from host_enrolment_token'), [{ used_at: null }]);
});

test('the right ones make a host that waits for approval; approved it comes up, and its key never left it', async () => {
  const { token, fingerprint } = await newToken();
  await one.join(installation.url, token, fingerprint);
  const waiting = await untilStatus(one, 'pending_approval');
  assert.equal(waiting.address, one.host.address);
  const key = await readFile(one.keyFile, 'utf8');
  assert.equal((await stat(one.keyFile)).mode & 0o777, 0o600);
  assert.ok(!existsSync(join(one.dataFolder, 'pki/host.cer')), 'no certificate before approval');
  assert.deepEqual(await installation.rows('select certificate_pem from host_enrolment'), [{ certificate_pem: null }]);

  const used = await two.joinAndFail(installation.url, token, fingerprint);
  assert.match(used.stderr, /^virgate-host: TOKEN: .*has been used/m);

  expectStatus(await installation.rest.post(`/hosts/${waiting.id}/approve`, {}), 200);
  const up = await untilStatus(one, 'up');
  assert.ok(up.version.full_version && up.cpu.topology.cores > 0, 'its capabilities are known');
  const certificate = new X509Certificate(await readFile(join(one.dataFolder, 'pki/host.cer')));
  assert.ok(certificate.verify(new X509Certificate(await readFile(join(installation.folder, 'pki/ca.pem'))).publicKey));
  assert.equal(certificate.checkIP(one.host.address), one.host.address);

  await installation.rows('checkpoint');
  const secret = key.split('\n')[3] ?? '';
  assert.ok(secret.length > 60);
  assert.deepEqual(await filesWith(installation.folder, secret), [one.keyFile], 'the key lies on the host alone');
});
