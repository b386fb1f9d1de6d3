// Budget: 60 s
// Needs: directoryServer
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { adminPassword, startTestEngine, type Client } from '../testing/engine.ts';
import { startSlapd } from '../testing/slapd.ts';
import { DirectoryUnavailable } from './connection.ts';
import { LdapDirectory, type DirectoryConfig } from './ldap.ts';

const suffix = 'dc=corp,dc=example';
const top = `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp\n`;
const person = (name: string) =>
  `dn: uid=${name},${suffix}\nobjectClass: inetOrgPerson\nuid: ${name}\ncn: ${name}\nsn: S\nuserPassword: ${name}-secret\n`;
const group = (name: string, members: readonly string[]) =>
  `dn: cn=${name},${suffix}\nobjectClass: groupOfNames\ncn: ${name}\n${members.map((member) => `member: ${member}\n`).join('')}`;
const schemas = ['core', 'cosine', 'nis', 'inetorgperson'];
const settings = 'index objectClass,member,uniqueMember,uid,memberUid,entryUUID eq';
const counted = (count: number) => Array.from({ length: count }, (_, at) => at);

const directoryOf = (servers: string[], change: Partial<DirectoryConfig> = {}): LdapDirectory =>
  new LdapDirectory({
    id: 'x',
    profile: 'corp',
    domain: 'corp-authz',
    kind: 'rfc2307',
    servers,
    tls: 'none',
    caPem: null,
    baseDn: suffix,
    bindDn: `cn=admin,${suffix}`,
    bindPassword: 'search-secret',
    ...change,
  });

/** A server that takes connections and says nothing, or breaks them off when it is told to. */
async function silentServer(t: TestContext): Promise<{ server: string; breakOff(): void; connected: Promise<void> }> {
  const sockets = new Set<Socket>();
  let seen = (): void => undefined;
  const connected = new Promise<void>((resolve) => (seen = resolve));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    seen();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakOff = () => sockets.forEach((socket) => socket.destroy());
  t.after(() => {
    breakOff();
    server.close();
  });
  return { server: `127.0.0.1:${(server.address() as AddressInfo).port}`, breakOff, connected };
}

const tokenFor = (client: Client, username: string, password: string) =>
  client.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

test('a user of ten thousand groups, nested ones among them, signs in and works; one more is refused, not cut off', async (t) => {
  const ann = `uid=ann,${suffix}`;
  const slapd = await startSlapd(t, {
    schemas,
    settings,
    suffix,
    entries: [
      top,
      person('ann'),
      ...counted(9_000).map((at) => group(`direct${at}`, [ann])),
      ...counted(999).map((at) => group(`outer${at}`, [`cn=direct${at},${suffix}`])),
      group('last', [`cn=outer998,${suffix}`]),
    ].join('\n'),
  });
  const engine = await startTestEngine(t);
  const made = await engine.post('/virgate/api/directories', {
    profile: 'corp',
    kind: 'rfc2307',
    servers: [slapd.server],
    tls: 'none',
    baseDn: suffix,
    bindDn: slapd.bindDn,
    bindPassword: slapd.bindPassword,
  });
  assert.equal(made.status, 201, made.text);
  const last = await engine.post('/groups', { name: 'last', domain: { name: 'corp' } });
  assert.equal(last.status, 201, last.text);
  await engine.post('/permissions', { role: { name: 'ReadOnlyAdmin' }, group: { id: last.body['id'] } });
  const nobody = engine.client(null);
  const token = await tokenFor(nobody, 'ann@corp', 'ann-secret');
  assert.equal(token.status, 200, token.text);
  const client = engine.client(token.body['access_token']);
  assert.equal((await client.get('/clusters')).body['cluster'].length, 1, 'by the group at the end of the chain');
  const who = (await client.get('/virgate/api/whoami')).body;
  assert.deepEqual(
    who['groups'].map((one: { name: string }) => one.name),
    ['Everyone', 'last'],
  );
  const { groups = [] } = (await engine.engine.directories.byProfile('corp').then((one) => one?.user('ann'))) ?? {};
  assert.equal(groups.length, 10_000);
  await slapd.modify(`dn: cn=more,${suffix}\nchangetype: add\nobjectClass: groupOfNames\ncn: more\nmember: ${ann}\n`);
  const more = await tokenFor(nobody, 'ann@corp', 'ann-secret');
  assert.deepEqual([more.status, more.body['error_code']], [400, 'server_error'], more.text);
  assert.equal((await client.get('/clusters')).status, 200, 'who is signed in stays so');
});

test('a server that gives only so many entries: lists are cut, groups of a user never', async (t) => {
  const slapd = await startSlapd(t, {
    schemas,
    settings: `${settings}\nsizelimit 120`,
    suffix,
    entries: [
      top,
      ...counted(150).map((at) => person(`user${at}`)),
      ...counted(150).map((at) => group(`group${at}`, [`uid=user0,${suffix}`])),
    ].join('\n'),
  });
  const search = { bindDn: `uid=user1,${suffix}`, bindPassword: 'user1-secret' };
  const directory = directoryOf([slapd.server], search);
  assert.equal((await directory.users([], 100)).length, 100);
  assert.equal((await directory.groups('group*', 100)).length, 100);
  assert.deepEqual((await directory.user('user1'))?.groups, []);
  await assert.rejects(directory.user('user0'), /gives no more than/);
  const { groups = [] } = (await directoryOf([slapd.server]).user('user0')) ?? {};
  assert.equal(groups.length, 150, 'the account of the server is without limits');
});

test('a server that is silent or breaks off is passed over, and asked last for a while', async (t) => {
  const slapd = await startSlapd(t, { schemas, settings, suffix, entries: [top, person('ann')].join('\n') });
  const silent = await silentServer(t);
  const limits = { operationTimeoutMs: 300, connectTimeoutMs: 300, serverMs: 1_000 };
  const directory = directoryOf([silent.server, slapd.server], { limits });
  assert.equal((await directory.user('ann'))?.user.principal, 'ann');
  const before = silent.connected;
  await before;
  await assert.rejects(directoryOf([silent.server], { limits }).user('ann'), DirectoryUnavailable);
  await slapd.stop();
  await assert.rejects(directory.user('ann'), (error: Error) => {
    assert.ok(error instanceof DirectoryUnavailable);
    // The one that worked is asked first now.
    assert.ok(error.message.indexOf(slapd.server) < error.message.indexOf(silent.server), error.message);
    return true;
  });
});

test('while a directory is silent others sign in; wrong passwords are not brought to it for ever', async (t) => {
  const slapd = await startSlapd(t, { schemas, settings, suffix, entries: [top, person('ann')].join('\n') });
  const silent = await silentServer(t);
  const engine = await startTestEngine(t);
  const nobody = engine.client(null);
  const add = (profile: string, server: string) =>
    engine.post('/virgate/api/directories', {
      profile,
      kind: 'rfc2307',
      servers: [server],
      tls: 'none',
      baseDn: suffix,
      bindDn: slapd.bindDn,
      bindPassword: slapd.bindPassword,
    });
  await add('slow', silent.server);
  await add('corp', slapd.server);
  const waiting = counted(30).map(() => tokenFor(nobody, 'ann@slow', 'x'));
  await silent.connected;
  assert.equal((await tokenFor(nobody, 'admin@internal', adminPassword)).status, 200);
  const sweep = setInterval(() => silent.breakOff(), 20);
  for (const answer of await Promise.all(waiting)) assert.equal(answer.body['error_code'], 'server_error', answer.text);
  clearInterval(sweep);

  const ann = await engine.post('/users', { user_name: 'ann@corp', domain: { name: 'corp' } });
  assert.equal(ann.status, 201, ann.text);
  await engine.post('/permissions', { role: { name: 'UserRole' }, user: { id: ann.body['id'] } });
  for (const name of ['ann@corp', 'ghost@corp'])
    for (const attempt of counted(5)) assert.equal((await tokenFor(nobody, name, `wrong${attempt}`)).status, 400);
  const [right, ghost] = [await tokenFor(nobody, 'ANN@Corp', 'ann-secret'), await tokenFor(nobody, 'ghost@corp', 'x')];
  assert.equal(right.status, 400, 'the directory is not asked any more');
  assert.equal(right.body['error'].replace('ANN@', 'ghost@'), ghost.body['error']);
  const unlock = `/virgate/api/users/${ann.body['id']}`;
  assert.equal((await engine.put(unlock, { password: 'new-secret-1' })).status, 409);
  assert.equal((await engine.put(unlock, { unlock: true })).status, 204);
  assert.equal((await tokenFor(nobody, 'ann@corp', 'ann-secret')).status, 200);
});
