// Budget: 75 s
// Needs: sshClient
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Installation, defaultClusterId, eventually, expectStatus, freePort, refused } from './installation.ts';
import type { Answer, Json, RestClient } from './rest-client.ts';
import { SshClient } from './ssh-client.ts';

let installation: Installation;
let ca: string;
let vm: Json;
let ssh: SshClient;

before(async () => {
  const serialConsolePort = await freePort('127.0.0.1');
  installation = await Installation.start({ serialConsolePort });
  ssh = new SshClient(installation.folder, '127.0.0.1', serialConsolePort);
  ca = await readFile(join(installation.folder, 'pki/ca.pem'), 'utf8');
  vm = await addVm('looked-at');
  await run(vm.id);
});
after(() => installation.stop());

const addVm = async (name: string, change: Json = {}): Promise<Json> => {
  const definition = { name, cluster: { name: 'Default' }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2, ...change };
  return expectStatus(await installation.rest.post('/vms', definition), 201);
};
const run = async (vmId: string): Promise<string> => {
  expectStatus(await installation.rest.post(`/vms/${vmId}/start`, {}), 200);
  await installation.vmStatus(vmId, 'up');
  return String(await installation.domainOf(vmId));
};
const stop = async (vmId: string): Promise<void> => {
  expectStatus(await installation.rest.post(`/vms/${vmId}/stop`, {}), 200);
  await installation.vmStatus(vmId, 'down');
};
const events = async (): Promise<string[]> =>
  (expectStatus(await installation.rest.get('/events?max=30'), 200).event as Json[]).map((event) => String(event.code));

const cookieOf = (answer: Answer): string => String(answer.headers['set-cookie']).split(';')[0] ?? '';

/** A browser: its cookie, and how it asks. */
async function signIn(
  nobody: RestClient,
  username: string,
  password: string,
): Promise<{ cookie: string; post: (path: string) => Promise<Answer> }> {
  const cookie = cookieOf(await nobody.post('/virgate/api/sessions', { username, password }));
  const headers = { cookie, origin: installation.url };
  return { cookie, post: (path) => nobody.call('POST', path, { headers }) };
}

/** The console of a ticket's path, opened from a page of the engine. */
function open(path: string, cookie: string, origin = installation.url): WebSocket {
  return new WebSocket(`${installation.url.replace('https', 'wss')}${path}`, 'binary', { ca, headers: { cookie, origin } });
}

async function refusedWith(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  socket.on('error', () => undefined);
  socket.terminate();
  return response.statusCode;
}

test('a screen and a serial port come through the engine, once each, to who asked for them and from its own pages', async () => {
  const nobody = installation.rest.as(null);
  await installation.addUser('ann', [{ role: 'UserVmManager', type: 'vm', id: vm.id }], 'secret');
  await installation.addUser('bob', [{ role: 'UserRole', type: 'vm', id: vm.id }], 'secret');
  const [annsBrowser, bobsBrowser] = [await signIn(nobody, 'ann', 'secret'), await signIn(nobody, 'bob', 'secret')];
  const screens = `/virgate/api/vms/${vm.id}/console-tickets`;
  const serials = `/virgate/api/vms/${vm.id}/serial-console-tickets`;

  const screen = expectStatus(await annsBrowser.post(screens), 201);
  assert.match(screen.password, /^\w{8}$/);
  assert.equal(await refusedWith(open(screen.path, bobsBrowser.cookie)), 403, 'who has not asked for it');
  assert.equal(await refusedWith(open(screen.path, annsBrowser.cookie, 'https://elsewhere.example')), 403, 'another page');
  const first = open(screen.path, annsBrowser.cookie);
  assert.equal(String(((await once(first, 'message')) as [Buffer])[0]), 'RFB 003.008\n');
  assert.equal(await refusedWith(open(screen.path, annsBrowser.cookie)), 403, 'a ticket is used once');
  first.close();

  assert.equal((await bobsBrowser.post(serials)).status, 403, 'a role without the permit for serial consoles');
  const serial = open(expectStatus(await annsBrowser.post(serials), 201).path, annsBrowser.cookie);
  await once(serial, 'open');
  serial.send('ls\r');
  assert.equal(String(((await once(serial, 'message')) as [Buffer])[0]), 'ls\r');
  const over = once(serial, 'close');
  serial.close();
  await over;
});

test('a console closes with the session that opened it', async () => {
  const { rest } = installation;
  const nobody = rest.as(null);
  await installation.addUser('carl', [{ role: 'UserVmManager', type: 'vm', id: vm.id }], 'secret');
  const [one, other] = [await signIn(nobody, 'carl', 'secret'), await signIn(nobody, 'carl', 'secret')];
  const opened = async ({ cookie, post }: typeof one): Promise<WebSocket> => {
    const console = open(expectStatus(await post(`/virgate/api/vms/${vm.id}/console-tickets`), 201).path, cookie);
    await once(console, 'message');
    return console;
  };
  const [closing, staying] = [await opened(one), await opened(other)];
  const closed = once(closing, 'close');
  const signOut = await nobody.call('DELETE', '/virgate/api/sessions/current', {
    headers: { cookie: one.cookie, origin: installation.url },
  });
  assert.equal(signOut.status, 204);
  assert.equal((await closed)[0], 1008);
  assert.equal(staying.readyState, WebSocket.OPEN, 'another session is another');
  const switchedOff = once(staying, 'close');
  await installation.rows(`update app_user set enabled = false where principal = 'carl'`);
  assert.equal((await switchedOff)[0], 1008);
});

/** Stores a public key in a user's own profile. @returns the path of the key */
async function storeKey(user: RestClient, name: string, publicKey: string): Promise<string> {
  const [found] = expectStatus(await installation.rest.get(`/users?search=usrname%3D${name}`), 200).user as Json[];
  const { id } = expectStatus(await user.post(`/users/${found?.id}/sshpublickeys`, { content: publicKey }), 201);
  return `/users/${found?.id}/sshpublickeys/${id}`;
}

test('serial consoles open over SSH with the key of a profile, by menu, name and id, and close with everything that they need', async () => {
  const { rest } = installation;
  const proxy = expectStatus(await rest.get('/virgate/api/serial-console-proxy'), 200);
  assert.deepEqual([proxy.user, proxy.hostKeys.map((one: Json) => one.type)], ['ovirt-vmconsole', ['ssh-ed25519', 'ecdsa-sha2-nistp256']]);
  await ssh.trust(proxy.hostKeys.map((one: Json) => one.publicKey));
  const hostile = await addVm('hostile');
  await run(hostile.id);
  await installation.rows('update vm set name = $1 where id = $2', ['evil\u001b]0;owned\u0007\u009b2J\u202e', hostile.id]);
  const roles = [vm, hostile].map(({ id }) => ({ role: 'UserVmManager', type: 'vm', id: id as string }));
  const users = {
    dora: await installation.addUser('dora', roles),
    emil: await installation.addUser('emil', [{ role: 'UserRole', type: 'vm', id: vm.id }]),
    fred: await installation.addUser('fred', roles.slice(0, 1)),
  };
  const dorasKey = await ssh.makeKey('dora', 'ed25519');
  const dorasPath = await storeKey(users.dora, 'dora', `${await ssh.makeKey('other', 'rsa')}\n${dorasKey}\n`);
  await storeKey(users.emil, 'emil', await ssh.makeKey('emil', 'ecdsa'));
  await storeKey(users.fred, 'fred', await ssh.makeKey('fred', 'rsa'));
  await ssh.makeKey('stranger', 'ed25519');

  for (const key of ['dora', 'other']) {
    const listed = await ssh.run(key, 'list');
    assert.deepEqual(
      [listed.code, listed.err, listed.out.trim().split('\n').toSorted()],
      [0, '', [`${vm.id}\tlooked-at`, `${hostile.id}\tevil\\u001b]0;owned\\u0007\\u009b2J\\u202e`].toSorted()],
    );
  }
  assert.deepEqual(JSON.parse((await ssh.run('fred', 'list --format json')).out).consoles, [
    { console: 'default', host: installation.hosts[0]?.address, vm: 'looked-at', vmid: vm.id },
  ]);
  assert.deepEqual(await ssh.run('emil', 'list'), { code: 0, out: '', err: '' }, 'a role without the permit');
  assert.match((await ssh.run('dora', 'connect --vm-name looked-at')).err, /A terminal is needed/);
  for (const [command, code, text] of [
    ['reboot', 2, /unknown command reboot[^]*Usage/],
    [`connect --vm-id=${randomUUID()}`, 1, /no virtual machine/],
  ] as const) {
    const terminal = ssh.terminal('dora', command);
    assert.equal(await terminal.ended(), code);
    assert.match(terminal.text, text);
  }
  const strangers = await ssh.run('stranger', 'list');
  assert.deepEqual([strangers.code, /Permission denied \(publickey\)/.test(strangers.err)], [255, true], strangers.err);
  assert.equal((await ssh.run('dora', 'list', { user: 'root' })).code, 255);
  assert.equal((await ssh.run('dora', 'list', { user: 'fred@internal' })).code, 255, "another's name");
  assert.equal((await ssh.run('dora', 'list', { user: 'dora@internal' })).code, 0, 'his own name');
  assert.notEqual((await ssh.run('dora', '', { args: ['-W', '127.0.0.1:22'] })).code, 0, 'nothing is forwarded');
  assert.notEqual((await ssh.run('dora', 'sftp', { args: ['-s'] })).code, 0, 'there are no files');

  const menu = ssh.terminal('dora');
  await menu.see(/ 1 +evil\\u001b[^\n]*\r\n +2 +looked-at \[[^]*SELECT> $/);
  // oxlint-disable-next-line no-control-regex -- controls are what is looked for
  assert.doesNotMatch(menu.text, /[\u0000-\u0009\u000e-\u001f\u007f-\u009f]/, 'a name does nothing to the terminal');
  menu.type('7\r');
  await menu.see(/no such console[^]*SELECT> $/);
  menu.type('x\u007f2\r');
  await menu.see(/Connected to looked-at/);
  menu.type('echo ~.~\r');
  await menu.see(/echo ~\.~\r/);
  const sessions = expectStatus(await users.dora.get('/virgate/api/sessions'), 200).sessions as Json[];
  const session = sessions.find((one) => one.kind === 'ssh');
  assert.deepEqual([session?.sourceAddress, String(session?.userAgent).startsWith('OpenSSH')], ['127.0.0.1', true]);
  menu.type('\r~.');
  assert.equal(await menu.ended(), 0);
  assert.match(menu.text, /The console of looked-at is closed/);
  const told = (expectStatus(await rest.get('/events?max=60'), 200).event as Json[]).map((event) => event.description as string);
  for (const text of [
    /dora.* is connected to VM looked-at/,
    /dora.* is no longer connected to VM looked-at/,
    /dora.* logged in/,
    /dora.* logged out/,
  ])
    assert.ok(
      told.some((one) => text.test(one)),
      `${String(text)}: ${told.join('\n')}`,
    );

  const only = ssh.terminal('fred', '', { ownEscape: true });
  await only.see(/Connected to looked-at/);
  only.type('\r~.');
  await only.ended();
  const ended = ssh.terminal('fred');
  await ended.see(/Connected/);
  const keyGone = ssh.terminal('dora', `connect --vm-id ${vm.id}`);
  await keyGone.see(/Connected/);
  assert.equal(await ended.ended(), 0, 'the next one takes the port');
  const down = ssh.terminal('dora', `connect --vm-id=${hostile.id}`);
  await down.see(/Connected/);
  await stop(hostile.id);
  assert.equal(await down.ended(), 0, 'a console goes with its VM');
  expectStatus(await users.dora.delete(dorasPath), 200);
  await keyGone.ended();
  assert.equal((await ssh.run('dora', 'list')).code, 255, 'a key that was taken away');

  await storeKey(users.dora, 'dora', await readFile(join(installation.folder, 'fred.pub'), 'utf8'));
  assert.equal((await ssh.run('fred', 'list')).code, 255, 'a key of two users says of none who he is');
  assert.equal((await ssh.run('fred', 'list', { user: 'fred@internal' })).out, `${vm.id}\tlooked-at\n`);
  expectStatus(await rest.delete(`/vms/${hostile.id}`), 200);
});

test('who shows keys that nobody has is sent away after a while', async () => {
  await installation.rows(`insert into sign_in_failure (bucket, failures, since) values ('ssh 127.0.0.1', 50, now())
    on conflict (bucket) do update set failures = 50, since = now()`);
  assert.equal((await ssh.run('fred', 'list', { user: 'fred@internal' })).code, 255, 'for known keys, too');
  await installation.rows(`delete from sign_in_failure where bucket = 'ssh 127.0.0.1'`);
  assert.equal((await ssh.run('fred', 'list', { user: 'fred@internal' })).code, 0);
  assert.equal((await ssh.run('stranger', 'list')).code, 255);
  await eventually(
    'the failure is counted',
    async () => (await installation.rows(`select 1 from sign_in_failure where bucket = 'ssh 127.0.0.1'`)).length === 1,
  );
});

test('what has no console now says so', async () => {
  const { rest } = installation;
  const off = await addVm('without-serial', { console: { enabled: false } });
  const adminPassword = await readFile(join(installation.folder, 'password'), 'utf8');
  const browser = await signIn(rest.as(null), 'admin', adminPassword.trim());
  const path = `/virgate/api/vms/${off.id}/serial-console-tickets`;
  assert.equal((await browser.post(path)).status, 409, 'it does not run');
  await run(off.id);
  assert.equal((await browser.post(path)).status, 409, 'it has none');
});

/** The status of an attempt to open a console's WebSocket with nothing but a ticket. */
function statusOfOpening(ticket: string): Promise<number | undefined> {
  const socket = new WebSocket(`${installation.url.replace('https', 'wss')}/virgate/api/consoles/${ticket}`, 'binary', { ca });
  return new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.on('upgrade', ({ statusCode }) => resolve(statusCode));
    socket.on('open', () => socket.close());
    socket.on('unexpected-response', (_request, { statusCode }) => {
      resolve(statusCode);
      socket.terminate();
    });
  });
}

test('consoles are added and taken, opened by a file or a ticket, and show who looks', async () => {
  const { rest } = installation;
  const { id } = await addVm('with-console');
  const consoles = `/vms/${id}/graphicsconsoles`;
  const [vnc, spice] = ['766e63', '7370696365'];
  const protocols = async (path: string): Promise<string[]> =>
    ((expectStatus(await rest.get(path), 200).graphics_console ?? []) as Json[]).map((one) => one.protocol);
  assert.deepEqual(await protocols(consoles), ['vnc']);
  refused(await rest.post(consoles, { protocol: 'vnc' }), 400, /display of this protocol already/);
  assert.equal(expectStatus(await rest.post(consoles, { protocol: 'spice' }), 201).id, spice);
  assert.deepEqual(await protocols(consoles), ['spice', 'vnc']);
  expectStatus(await rest.delete(`${consoles}/${spice}`), 200);
  assert.equal((await rest.get(`${consoles}/${spice}`)).status, 404);
  refused(await rest.post(`${consoles}/${vnc}/proxyticket`, {}), 409, /status "down"/);
  const asFile = { accept: 'application/x-virt-viewer' };
  assert.match((await rest.get(`${consoles}/${vnc}`, asFile)).text, /^<\?xml[^]*<fault>[^]*status "down"/);
  refused(await rest.post(`/vms/${id}/screenshot`, {}), 409, /has to be up/);

  const started = await run(id);
  assert.match(started, /<graphics type="vnc"/);
  assert.doesNotMatch(started, /type="spice"/);
  const file = await rest.get(`${consoles}/${vnc}`, asFile);
  assert.equal(file.status, 200);
  const keys = file.text.split('\n').flatMap((line) => /^(\[?[\w-]+\]?)=?/.exec(line)?.[1] ?? []);
  const first = ['[virt-viewer]', 'type', 'host', 'port', 'password', 'delete-this-file', 'fullscreen', 'title', 'toggle-fullscreen'];
  const others = ['release-cursor', 'secure-attention', 'versions', '[ovirt]', 'host', 'vm-guid', 'sso-token', 'admin', 'ca'];
  assert.deepEqual(keys, [...first, ...others]);
  assert.match(file.text, /^type=vnc$/m);
  const host = `/hosts/${installation.hosts[0]?.id}`;
  refused(await rest.put(host, { display: { address: 'two words' } }), 400, /display\.address/);
  refused(await rest.put(host, { os: { custom_kernel_cmdline: 'nosmt' } }), 400, /custom_kernel_cmdline/);
  assert.equal(expectStatus(await rest.put(host, { vgpu_placement: 'separated' }), 200).vgpu_placement, 'separated');
  assert.equal(
    expectStatus(await rest.put(host, { display: { address: 'consoles.example.org' } }), 200).display.address,
    'consoles.example.org',
  );
  assert.match((await rest.get(`${consoles}/${vnc}`, asFile)).text, /^host=consoles\.example\.org$/m);
  const seen = async (): Promise<string> => expectStatus(await rest.get(`${consoles}/${vnc}?current=true`), 200).address;
  assert.equal(await seen(), 'consoles.example.org');
  for (const path of [`/vms/${id}?detail=current_graphics_consoles`, `/vms/${id};detail=current_graphics_consoles`]) {
    const [inline] = expectStatus(await rest.get(path), 200).graphics_consoles.graphics_console as Json[];
    assert.deepEqual([inline?.protocol, inline?.address], ['vnc', 'consoles.example.org']);
  }
  assert.equal(expectStatus(await rest.put(host, { display: { address: '' } }), 200).display, undefined);
  assert.notEqual(await seen(), 'consoles.example.org');
  const inside = expectStatus(await rest.post(`${consoles}/${vnc}/remoteviewerconnectionfile`, {}), 200);
  assert.match(inside.remote_viewer_connection_file, /^\[virt-viewer\]\ntype=vnc/);
  expectStatus(await rest.put(`/clusters/${defaultClusterId}`, { display: { proxy: 'http://spice.example:3128' } }), 200);
  const { id: withSpice } = await addVm('with-spice', { display: { type: 'spice' } });
  assert.match(await run(withSpice), /<channel name="main" mode="secure"\/>/);
  assert.match((await rest.get(`/vms/${withSpice}/graphicsconsoles/${spice}`, asFile)).text, /^proxy=http:\/\/spice\.example:3128$/m);
  const ticket = expectStatus(await rest.post(`${consoles}/${vnc}/proxyticket`, {}), 200).proxy_ticket.value as string;
  assert.deepEqual(
    [await statusOfOpening(ticket), await statusOfOpening(ticket), await statusOfOpening('none')],
    [101, 403, 403],
    'once, and no session',
  );
  assert.equal((await rest.post(`${consoles}/${spice}/proxyticket`, {})).status, 404);

  // Who is signed in to the guest is told by statistics, which come at once when they are asked for.
  const ask = async (): Promise<Json> => expectStatus(await rest.post(`/hosts/${installation.hosts[0]?.id}/refresh`, {}), 200);
  await installation.useConsole(id, '192.0.2.7', 'guest-user');
  await ask();
  const sessions = await eventually('the console is in use', async () => {
    const found = ((await rest.get(`/vms/${id}/sessions`)).body.session ?? []) as Json[];
    return found.length === 2 ? found : undefined;
  });
  const [console, guest] = [sessions.find((one) => one.console_user === 'true'), sessions.find((one) => one.console_user === 'false')];
  assert.equal(console?.ip.address, '192.0.2.7');
  assert.ok(console?.user.id);
  assert.equal(guest?.user.user_name, 'guest-user');
  assert.equal(expectStatus(await rest.get(`/vms/${id}/sessions/${console?.id}`), 200).protocol, 'vnc');
  const other = await installation.addUser('looker', [{ role: 'UserRole', type: 'vm', id }]);
  assert.equal((await other.post(`${consoles}/${vnc}/ticket`, {})).status, 403, 'somebody else looks already');
  refused(await rest.put(`/vms/${id}`, { display: { disconnect_action: 'EXPLODE' } }), 400, /display\.disconnect_action/);
  refused(await rest.put(`/vms/${id}`, { display: { disconnect_action_delay: -1 } }), 400, /display\.disconnect_action_delay/);
  // Where the VM lets everybody, the last one wins; what happens when he leaves its host is told with the ticket.
  const display = { allow_override: true, disconnect_action: 'SHUTDOWN', disconnect_action_delay: 7 };
  expectStatus(await rest.put(`/vms/${id}`, { display }), 200);
  expectStatus(await other.post(`${consoles}/${vnc}/ticket`, {}), 200);
  const told = async (): Promise<unknown> => (await installation.look()).vms.find((one) => one.vmId === id)?.consoleEnd;
  assert.equal(await told(), 'SHUTDOWN 7');
  expectStatus(await rest.put(`/vms/${id}`, { display: { allow_override: false, disconnect_action: 'NONE' } }), 200);
  expectStatus(await rest.post(`/vms/${id}/ticket`, {}), 200);
  assert.equal(await told(), 'NONE 7');
  await ask();
  await eventually(
    'the console is seen in use again',
    async () => ((await rest.get(`/vms/${id}/sessions`)).body.session ?? []).length === 2,
  );
  const applications = expectStatus(await rest.get(`/vms/${id}/applications`), 200).application as Json[];
  assert.deepEqual(
    applications.map((one) => one.name),
    ['qemu-guest-agent-7.2.0'],
  );
  assert.equal(expectStatus(await rest.get(`/vms/${id}/applications/${applications[0]?.id}`), 200).vm.id, id);
  await installation.useConsole(id, '');
  await ask();
  await eventually('nobody looks', async () => (await rest.get(`/vms/${id}/sessions`)).body.session === undefined);
  const codes = await events();
  for (const code of ['167', '168']) assert.ok(codes.includes(code), code);

  assert.match(Buffer.from(expectStatus(await rest.post(`/vms/${id}/screenshot`, {}), 200).image, 'base64').toString(), /^P6 1 1 255/);
  expectStatus(await rest.post(`/vms/${id}/freezefilesystems`, {}), 200);
  expectStatus(await rest.post(`/vms/${id}/thawfilesystems`, {}), 200);
  await installation.plan({ verb: 'VM.freeze', action: { kind: 'error', code: 19, message: 'Guest agent is not responsive' } });
  refused(await rest.post(`/vms/${id}/freezefilesystems`, {}), 409, /not responsive/);
  for (const code of ['13502', '10766', '10767', '10768', '10769']) assert.ok((await events()).includes(code), code);
  expectStatus(await rest.post(`/vms/${id}/logon`, {}), 200);
  await eventually('the user is signed in to the guest', async () => {
    await ask();
    return (await rest.get(`/vms/${id}/sessions`)).body.session?.[0]?.user?.user_name?.startsWith('admin');
  });
  await installation.plan({ verb: 'VM.desktopLogin', action: { kind: 'error', code: 19, message: 'Guest agent is not responsive' } });
  refused(await rest.post(`/vms/${id}/logon`, {}), 409, /not responsive/);
  refused(await rest.post(`/vms/${id}/migrate`, {}), 409, /no host that satisfies/);
  refused(await rest.post(`/vms/${id}/migrate`, { host: { id: installation.hosts[0]?.id } }), 409, /on this host already/);
  refused(await rest.post(`/vms/${id}/cancelmigration`, {}), 409, /not being migrated/);
  await stop(id);
  refused(await rest.post(`/vms/${id}/thawfilesystems`, {}), 409, /not running/);

  expectStatus(await rest.delete(`${consoles}/${vnc}`), 200);
  assert.doesNotMatch(await run(id), /<graphics|<video/, 'it is headless');
  refused(await rest.post(`/vms/${id}/screenshot`, {}), 409, /no display/);
  await stop(id);
  await installation.quiet();
});
