// Budget: 90 s
// Needs: root, hypervisor, virsh, machine
/** Other machines become hosts: `virgate-host join` on virtual hosts, approval, shared storage, a VM. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import net from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { VirtualSwitch } from '@virgate/lab';
import { VdsmClient, type AnyVerbs } from '@virgate/vdsm';
import { Installation, defaultDataCenterId, eventually, expectStatus } from './installation.ts';
import { JoiningHost } from './joining-host.ts';
import { whole, type Json } from './rest-client.ts';

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
  // The first lines of a key hold its public half, which the request holds as well; this one is of the private exponent.
  const secret = key.split('\n')[10] ?? '';
  assert.equal(secret.length, 64);
  // QEMU on the host reads copies for migrations under TLS
  const own = join(dirname(one.dataFolder), sep);
  const found = await filesWith(installation.folder, secret);
  assert.ok(found.includes(one.keyFile), one.keyFile);
  assert.deepEqual(
    found.filter((path) => !path.startsWith(own)),
    [],
    'the key lies on the host alone',
  );
});

/** What a peer hears on an agent's port after it has said hello; '' when it is cut off. */
function answerOf(host: JoiningHost, options: tls.ConnectionOptions | null): Promise<string> {
  const target = { host: host.host.address, port: 54_321 };
  return new Promise((resolve) => {
    const socket = options === null ? net.connect(target) : tls.connect({ ...target, rejectUnauthorized: false, ...options });
    let heard = '';
    const end = (): void => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(5000, end).on('error', end).on('close', end);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (heard.includes('\0')) end();
    });
    socket.write('CONNECT\naccept-version:1.2\n\n\0');
  });
}

test('an agent takes commands from the engine alone', async () => {
  const pem = async (...path: string[]): Promise<string> => readFile(join(...path), 'utf8');
  const engine = {
    key: await pem(installation.folder, 'pki/keys/engine.key'),
    cert: await pem(installation.folder, 'pki/certs/engine.cer'),
  };
  assert.match(await answerOf(one, engine), /^CONNECTED\n/);
  const host = { key: await pem(one.keyFile), cert: await pem(one.dataFolder, 'pki/host.cer') };
  assert.match(await answerOf(one, host), /^CONNECTED\n/, 'it may send VMs');
  const peer = new VdsmClient<AnyVerbs>({
    host: one.host.address,
    port: 54_321,
    tls: { ...host, ca: await pem(one.dataFolder, 'pki/ca.pem') },
    events: false,
    responseQueue: 'of-a-host',
  });
  assert.equal(await peer.call('Host.ping', {}), true);
  await assert.rejects(peer.call('Host.getAllVmStats', {}), { code: 75 });
  peer.close();
  assert.equal(await answerOf(one, {}), '', 'no certificate');
  assert.ok(!(await answerOf(one, null)).startsWith('CONNECTED'), 'no TLS');
  assert.equal((await hostOf(one.name)).status, 'up');
});

/** The certificate that an agent shows to a new connection. */
const shownBy = (host: JoiningHost): Promise<X509Certificate> =>
  new Promise((resolve, reject) => {
    const socket = tls.connect({ host: host.host.address, port: 54_321, rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error('The agent showed no certificate'));
    });
  });

test('a host gets a new certificate over the connection that it has, for a new key that stays there', async () => {
  const { id } = await hostOf(one.name);
  const [before, oldKey] = [await shownBy(one), await readFile(one.keyFile, 'utf8')];
  expectStatus(await installation.rest.post(`/hosts/${id}/enrollcertificate`, {}), 200);
  const now = await shownBy(one);
  const key = await readFile(one.keyFile, 'utf8');
  assert.notEqual(now.serialNumber, before.serialNumber);
  assert.notEqual(key, oldKey);
  assert.ok(now.checkPrivateKey(createPrivateKey(key)));
  assert.deepEqual([now.subject, now.subjectAltName], [before.subject, before.subjectAltName]);
  assert.equal((await stat(one.keyFile)).mode & 0o777, 0o600);
  assert.deepEqual((await readdir(join(one.dataFolder, 'pki'))).toSorted(), ['ca.pem', 'host.cer', 'host.key']);
  const [state] = await installation.rows('select certificate_serial, certificate_until from host_state where host_id = $1', [id]);
  assert.equal(state.certificate_serial, now.serialNumber);
  assert.equal(new Date(state.certificate_until).getTime(), now.validToDate.getTime());
  assert.equal((await hostOf(one.name)).status, 'up', 'the connection was not cut');
  const events = expectStatus(await installation.rest.get('/events'), 200).event as Json[];
  const codes = events.map((event) => event.code as string);
  assert.deepEqual(
    ['880', '881', '882'].filter((code) => codes.includes(code)),
    ['880', '881'],
  );
  assert.equal(await one.restartAgent(), 0, await one.log());
  await eventually('the engine is connected again', async () => {
    const answer = await installation.rest.post(`/hosts/${id}/refresh`, {});
    return answer.status === 200 && (await hostOf(one.name)).status === 'up';
  });
  assert.equal((await shownBy(one)).serialNumber, now.serialNumber);
});

test('a second host that does not see the storage says so, and serves when it does', async () => {
  const { rest } = installation;
  const first = await hostOf(one.name);
  const storage = { type: 'posixfs', path: shared, vfs_type: 'none' };
  const domain = expectStatus(await rest.post('/storagedomains', { name: 'shared', type: 'data', storage, host: { id: first.id } }), 201);
  domainId = domain.id as string;
  const domains = `/datacenters/${defaultDataCenterId}/storagedomains`;
  expectStatus(await rest.post(domains, { id: domainId }), 201);
  const domainStatus = async (): Promise<string> => expectStatus(await rest.get(`${domains}/${domainId}`), 200).status as string;
  await eventually('the storage domain is active', async () => (await domainStatus()) === 'active');

  // The second host has another, empty folder in that place, until its administrator mounts the shared one.
  await two.host.run(['mount', '-t', 'tmpfs', 'none', join(installation.folder, 'storage')]);
  const { token, fingerprint } = await newToken();
  await two.join(installation.url, token, fingerprint);
  const { id } = await untilStatus(two, 'pending_approval');
  expectStatus(await rest.post(`/hosts/${id}/approve`, {}), 200);
  const refused = await untilStatus(two, 'non_operational');
  assert.equal(refused.status_detail, 'storage_domain_unreachable');
  const events = expectStatus(await rest.get('/events'), 200).event as Json[];
  const said = events.filter((event) => event.host?.id === id && event.code === '522').map((event) => event.description as string);
  assert.equal(said.length, 1, JSON.stringify(events.slice(0, 10)));
  assert.match(said[0] ?? '', /^Host second cannot access the storage domain shared and moved to the non-operational state: /);
  assert.ok(said[0]?.includes(`no usable folder ${shared}.`), said[0]);

  await two.host.run(['umount', join(installation.folder, 'storage')]);
  expectStatus(await rest.post(`/hosts/${id}/activate`, {}), 200);
  await untilStatus(two, 'up');
  assert.equal((await hostOf(one.name)).status, 'up');
  assert.equal(await domainStatus(), 'active');
  await eventually('both hosts report the domain as good', async () => {
    const rows = await installation.rows('select valid, acquired from host_storage_domain where storage_domain_id = $1', [domainId]);
    // No daemon of leases runs on them, and they say so.
    return rows.length === 2 && rows.every((row) => row.valid && !row.acquired);
  });
});

test('a host that does not see a domain that is attached leaves service, the others go on', async () => {
  const { rest } = installation;
  const onlyFirst = join(installation.folder, 'storage-of-first');
  await mkdir(onlyFirst);
  await two.host.run(['mount', '-t', 'tmpfs', 'none', onlyFirst]);
  const [first, second] = [await hostOf(one.name), await hostOf(two.name)];
  const storage = { type: 'posixfs', path: join(onlyFirst, 'domain'), vfs_type: 'none' };
  await mkdir(join(onlyFirst, 'domain'));
  const domain = expectStatus(await rest.post('/storagedomains', { name: 'extra', type: 'data', storage, host: { id: first.id } }), 201);
  const domains = `/datacenters/${defaultDataCenterId}/storagedomains`;
  expectStatus(await rest.post(domains, { id: domain.id }), 201);
  assert.equal(expectStatus(await rest.get(`${domains}/${domain.id}`), 200).status, 'active');
  assert.equal((await hostOf(one.name)).status, 'up');
  const out = await hostOf(two.name);
  assert.deepEqual([out.status, out.status_detail], ['non_operational', 'storage_domain_unreachable']);
  const events = expectStatus(await rest.get('/events'), 200).event as Json[];
  const said = events.find((event) => event.host?.id === second.id && event.code === '522')?.description as string;
  assert.match(said, /^Host second cannot access the storage domain extra .*: The host has no usable folder /);
  await two.host.run(['umount', onlyFirst]);
  expectStatus(await rest.post(`/hosts/${second.id}/activate`, {}), 200);
  await untilStatus(two, 'up');
});

test('a VM with a disk on the shared storage runs on the second host, and its agent finds it after a restart', async () => {
  const { rest } = installation;
  const { id: hostId } = await hostOf(two.name);
  const vm = expectStatus(
    await rest.post('/vms', {
      name: 'guest',
      cluster: { name: 'Default' },
      template: { name: 'Blank' },
      memory: 64 * 1024 ** 2,
      placement_policy: { affinity: 'pinned', hosts: { host: [{ id: hostId }] } },
    }),
    201,
  );
  const disk = {
    name: 'disk',
    provisioned_size: 64 * 1024 ** 2,
    format: 'cow',
    sparse: true,
    storage_domains: { storage_domain: [{ id: domainId }] },
  };
  expectStatus(
    await rest.post(`/vms/${vm.id}/diskattachments`, { interface: 'virtio_scsi', bootable: true, active: true, disk }, whole),
    201,
  );
  expectStatus(await rest.post(`/vms/${vm.id}/start`, {}), 200);
  const started = await eventually('the VM runs', async () => {
    const found = (await rest.get(`/vms/${vm.id}`)).body;
    return ['powering_up', 'up'].includes(found.status) ? found : undefined;
  });
  assert.equal(started.host.id, hostId);
  const domains = async (host: JoiningHost): Promise<string> =>
    (await host.host.run(['virsh', '-c', `qemu:///system?socket=${host.host.libvirtSocket}`, 'list', '--uuid'])).stdout.trim();
  assert.equal(await domains(two), vm.id);
  assert.equal(await domains(one), '');

  assert.equal(await two.restartAgent(), 0, await two.log());
  await untilStatus(two, 'up');
  assert.equal(await domains(two), vm.id);
  expectStatus(await rest.post(`/vms/${vm.id}/stop`, {}), 200);
  await installation.vmStatus(vm.id, 'down');
  assert.equal(await domains(two), '');
  expectStatus(await rest.delete(`/vms/${vm.id}`), 200);
});
