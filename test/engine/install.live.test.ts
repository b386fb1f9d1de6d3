// Budget: 90 s
// Needs: root, hypervisor, ssh
/** A machine becomes a host over SSH: the engine brings the agent, which joins and comes up. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { VirtualHost, VirtualSwitch } from '@virgate/lab';
import { Installation, eventually, expectStatus } from './installation.ts';
import type { Answer, Json } from './rest-client.ts';

const run = promisify(execFile);
const password = 'correct horse';
const devices = `mount -t tmpfs tmpfs /dev
mkdir /dev/shm /dev/pts
for one in 'null 1 3' 'zero 1 5' 'full 1 7' 'random 1 8' 'urandom 1 9' 'tty 5 0'; do set -- $one; mknod -m 666 "/dev/$1" c "$2" "$3"; done`;
const systemId = 'aaa00000-0000-0000-0000-123456789aaa';

let network: VirtualSwitch;
let installation: Installation;
let machine: VirtualHost;
let fingerprint: string;
let publicKey: string;
/** What the machine does in place of a reboot, and where it tells of it. */
let reboots: string;
/** Folders that the machine itself lacks and that the host needs as mount points. */
const made: string[] = [];

before(async () => {
  network = await VirtualSwitch.start();
  installation = await Installation.start({ hosts: 0, address: network.address });
  machine = await VirtualHost.start({ name: 'bare', number: 1, folder: join(installation.folder, 'bare'), network });
  await machine.startLibvirtd();
  const { folder } = machine;
  for (const place of ['/opt', '/var/lib/virgate-host', '/rhev']) {
    if (
      await mkdir(place).then(
        () => true,
        () => false,
      )
    )
      made.push(place);
    await machine.run(['mount', '-t', 'tmpfs', 'tmpfs', place]);
  }
  await machine.run(['mkdir', '-p', '/run/libvirt', '/run/sshd']);
  // A machine without /dev/kvm: one that is there may be of no use here.
  await machine.run(['sh', '-ec', devices]);
  await machine.run(['ln', '-s', machine.libvirtSocket, '/run/libvirt/libvirt-sock']);
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host_key')]);
  fingerprint = (await run('ssh-keygen', ['-l', '-f', join(folder, 'host_key')])).stdout.split(' ')[1] ?? '';
  publicKey = await readFile(join(folder, 'host_key.pub'), 'utf8');
  const key = await installation.rest.as(null).get('/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY');
  await writeFile(join(folder, 'authorized_keys'), key.text);
  const { stdout: hash } = await run('openssl', ['passwd', '-6', password]);
  await writeFile(join(folder, 'shadow'), `root:${hash.trim()}:19000:0:99999:7:::\nsshd:!:19000::::::\n`, { mode: 0o600 });
  await machine.run(['mount', '--bind', join(folder, 'shadow'), '/etc/shadow']);
  reboots = join(folder, 'reboots');
  const programs = join(folder, 'bin');
  await mkdir(programs);
  // The machine is one of namespaces: a reboot of it is that its agent goes and comes.
  const agent = '/opt/virgate-host/agent run > /var/lib/virgate-host/agent.log 2>&1 < /dev/null';
  await writeFile(join(programs, 'shutdown'), `#!/bin/sh\necho "$@" >> ${reboots}\necho $$ > /run/virgate-host.pid\nexec ${agent}\n`);
  await chmod(join(programs, 'shutdown'), 0o755);
  await writeFile(
    join(folder, 'sshd_config'),
    `Port 22\nHostKey ${join(folder, 'host_key')}\nAuthorizedKeysFile ${join(folder, 'authorized_keys')}\nPermitRootLogin yes\nPasswordAuthentication yes\nStrictModes no\nSetEnv PATH=${programs}:/usr/sbin:/usr/bin:/sbin:/bin\nUsePAM no\nPidFile none\n`,
  );
  await machine.spawn(['/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')], 'sshd.log');
  await eventually('sshd listens', async () => {
    const { stdout } = await machine.run(['ss', '-Hltn', 'sport = :22']);
    return stdout.trim() === '' ? undefined : true;
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${await readFile(join(folder, 'sshd.log'), 'utf8').catch(() => '')}`);
  });
});
after(async () => {
  await machine?.powerOff();
  await installation?.stop();
  await network?.stop();
  for (const place of made) await rmdir(place).catch(() => undefined);
});

const hostOf = async (id: string): Promise<Json> => expectStatus(await installation.rest.get(`/hosts/${id}`), 200);
const codes = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=10'), 200).event as Json[]).map((one) => one.code as string);
const add = (body: Json): Promise<Answer> => installation.rest.post('/hosts', { name: 'bare', address: machine.address, ...body });

/** Waits for a status; an error tells what the host said. */
async function untilStatus(id: string, status: string): Promise<Json> {
  let last: Json;
  return eventually(
    `the host is ${status}`,
    async () => {
      last = await hostOf(id);
      return last.status === status ? last : undefined;
    },
    60_000,
  ).catch(async (error: unknown) => {
    const { stdout } = await machine.run(['sh', '-c', 'tail -c 3000 /var/lib/virgate-host/agent.log']).catch(() => ({ stdout: '' }));
    throw new Error(
      `${String(error)}; it is ${last?.status}: ${last?.status_detail}\n${stdout}\n${(await installation.engineLog()).slice(-3_000)}`,
    );
  });
}

test('what cannot be is refused before anything is tried', async () => {
  assert.equal((await add({ ssh: { port: 70_000, authentication_method: 'publickey' } })).status, 400);
  assert.equal((await add({ ssh: { user: { user_name: 'a b' } } })).status, 400);
  assert.equal((await add({ ssh: { fingerprint: 'aa:bb', authentication_method: 'publickey' } })).status, 400);
  assert.equal((await add({ ssh: { public_key: 'ssh-ed25519 AAAA', authentication_method: 'publickey' } })).status, 400);
  const two = { public_key: publicKey, fingerprint: `SHA256:${'A'.repeat(43)}` };
  assert.match((await add({ ssh: { ...two, authentication_method: 'publickey' } })).text, /ssh\.public_key/);
  assert.equal((await add({ ssh: { authentication_method: 'password' } })).status, 400);
  const joined = await installation.rest.post('/hosts?reboot=true', { name: 'bare', address: machine.address });
  assert.deepEqual([joined.status, /reboot/.test(joined.text)], [400, true], joined.text);
  assert.equal(expectStatus(await installation.rest.get('/hosts'), 200).host, undefined);
});

test('a wrong password or key of the host ends in install_failed, with the reason', async () => {
  const wrong = expectStatus(await add({ root_password: 'wrong' }), 201);
  assert.match((await untilStatus(wrong.id, 'install_failed')).status_detail, /root is refused/);
  assert.ok((await codes()).includes('505'));
  const other = `SHA256:${'A'.repeat(43)}`;
  const strange = await installation.rest.call('POST', `/hosts/${wrong.id}/install`, {
    body: { root_password: password, ssh: { fingerprint: other } },
  });
  assert.equal(strange.status, 409, strange.text);
  assert.ok(strange.text.includes(fingerprint), strange.text);
  const viewer = await installation.addUser('viewer', [{ role: 'ReadOnlyAdmin', type: 'system', id: systemId }]);
  assert.equal((await viewer.call('POST', `/hosts/${wrong.id}/install`, { body: { root_password: password } })).status, 403);
  expectStatus(await installation.rest.delete(`/hosts/${wrong.id}`), 200);
  const kept = JSON.stringify(await installation.rows('select params, state from saga'));
  assert.ok(!kept.includes(password) && !kept.includes('wrong"'), 'no password is kept in the clear');
});

test('a bare machine becomes a host by a password, and is installed again by the key of the engine', async () => {
  const host = expectStatus(await add({ root_password: password, ssh: { public_key: publicKey } }), 201);
  assert.equal(host.status, 'installing');
  const up = await untilStatus(host.id, 'up');
  assert.equal(up.ssh.fingerprint, fingerprint);
  assert.equal(up.ssh.user.password, undefined);
  assert.ok((await codes()).includes('504'));
  const before = await installation.rows('select certificate_serial from host_state');

  const whileUp = await installation.rest.call('POST', `/hosts/${host.id}/install`, { body: {} });
  assert.equal(whileUp.status, 409, whileUp.text);
  expectStatus(await installation.rest.call('POST', `/hosts/${host.id}/deactivate`, { body: {} }), 200);
  await untilStatus(host.id, 'maintenance');
  expectStatus(await installation.rest.call('POST', `/hosts/${host.id}/install`, { body: { activate: true } }), 200);
  await untilStatus(host.id, 'up');
  assert.notDeepEqual(await installation.rows('select certificate_serial from host_state'), before, 'it has a new certificate');
  assert.equal(await readFile(reboots, 'utf8').catch(() => ''), '', 'nobody asked for a reboot');

  expectStatus(await installation.rest.call('POST', `/hosts/${host.id}/deactivate`, { body: {} }), 200);
  await untilStatus(host.id, 'maintenance');
  expectStatus(await installation.rest.call('POST', `/hosts/${host.id}/install`, { body: { activate: true, reboot: true } }), 200);
  assert.match((await hostOf(host.id)).status, /^(reboot|unassigned|initializing|up)$/);
  await untilStatus(host.id, 'up');
  assert.equal(await readFile(reboots, 'utf8'), '-r now\n', 'once');
});

test('the host has the agent of the engine; an elder one is told of, and upgraded', async () => {
  const { rest } = installation;
  const [host] = expectStatus(await rest.get('/hosts'), 200).host as Json[];
  const act = (action: string) => rest.call('POST', `/hosts/${host.id}/${action}`, { body: {} });
  expectStatus(await act('upgradecheck'), 200);
  assert.equal((await hostOf(host.id)).update_available, 'false');
  await machine.run(['sh', '-c', 'echo elder > /opt/virgate-host/version']);
  expectStatus(await act('upgradecheck'), 200);
  assert.equal((await hostOf(host.id)).update_available, 'true');
  assert.ok((await codes()).includes('885'));
  const before = await installation.rows('select certificate_serial from host_state');
  expectStatus(await act('upgrade'), 200);
  const up = await untilStatus(host.id, 'up');
  assert.equal(up.update_available, 'false');
  assert.ok((await codes()).includes('842'));
  assert.deepEqual(await installation.rows('select certificate_serial from host_state'), before, 'it keeps its certificate');
});
