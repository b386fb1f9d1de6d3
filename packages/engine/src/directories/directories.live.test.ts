// Budget: 60 s
// Needs: directoryServer
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Client, type TestEngine } from '../testing/engine.ts';
import { startSlapd, type Slapd } from '../testing/slapd.ts';

const suffix = 'dc=corp,dc=example';
const unit = (name: string) => `dn: ou=${name},${suffix}\nobjectClass: organizationalUnit\nou: ${name}\n`;
const top = `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp\n`;

const posix = [
  top,
  unit('people'),
  unit('groups'),
  ...['ann', 'bob', 'odd*name'].map(
    (name, at) =>
      `dn: uid=${name.replace('*', '\\2a')},ou=people,${suffix}\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nuid: ${name}\ncn: ${name}\nsn: Sur${name}\ngivenName: First${name}\nmail: ${name.replace('*', '')}@corp.example\ndepartmentNumber: lab\nuidNumber: ${1000 + at}\ngidNumber: 100\nhomeDirectory: /home/x\nuserPassword: ${name}-secret\n`,
  ),
  `dn: cn=everybody,ou=groups,${suffix}\nobjectClass: posixGroup\ncn: everybody\ngidNumber: 100\n`,
  `dn: cn=mail,ou=groups,${suffix}\nobjectClass: posixGroup\ncn: mail\ngidNumber: 101\nmemberUid: ann\n`,
  `dn: cn=team,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: team\nmember: uid=ann,ou=people,${suffix}\n`,
  `dn: cn=department,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: department\nmember: cn=team,ou=groups,${suffix}\n`,
  `dn: cn=company,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: company\nmember: cn=department,ou=groups,${suffix}\nmember: cn=circle,ou=groups,${suffix}\n`,
  `dn: cn=circle,ou=groups,${suffix}\nobjectClass: groupOfNames\ncn: circle\nmember: cn=company,ou=groups,${suffix}\n`,
].join('\n');

const tokenFor = (client: Client, username: string, password: string) =>
  client.call('POST', '/ovirt-engine/sso/oauth/token', {
    body: new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

async function addDirectory(engine: TestEngine, slapd: Slapd, change: object = {}): Promise<string> {
  const made = await engine.post('/virgate/api/directories', {
    profile: 'corp',
    domain: 'corp-authz',
    kind: 'rfc2307',
    servers: [slapd.server],
    tls: 'start_tls',
    caPem: slapd.caPem,
    baseDn: suffix,
    bindDn: slapd.bindDn,
    bindPassword: slapd.bindPassword,
    ...change,
  });
  assert.equal(made.status, 201, made.text);
  assert.ok(!made.text.includes(slapd.bindPassword), 'the password is not shown');
  return made.body['id'];
}

const domainOf = async (client: Client): Promise<string> =>
  (await client.get('/domains')).body['domain'].find((one: { name: string }) => one.name === 'corp-authz').id;
const names = (list: { name: string }[] | undefined): string[] => (list ?? []).map((one) => one.name).toSorted();

test('users of a directory are found, added, given roles through groups of groups, and sign in', async (t) => {
  const slapd = await startSlapd(t, { schemas: ['core', 'cosine', 'nis', 'inetorgperson'], suffix, entries: posix });
  const engine = await startTestEngine(t);
  const { get, post } = engine;
  const nobody = engine.client(null);
  const id = await addDirectory(engine, slapd);
  assert.deepEqual((await post(`/virgate/api/directories/${id}/test`, {})).body, { works: true, usersSeen: 3 });
  const domain = await domainOf(engine);
  assert.equal((await get(`/domains/${domain}`)).body['name'], 'corp-authz');
  const users = (await get(`/domains/${domain}/users`)).body['user'];
  assert.deepEqual(users.map((one: { user_name: string }) => one.user_name).toSorted(), [
    'ann@corp-authz',
    'bob@corp-authz',
    'odd*name@corp-authz',
  ]);
  const found = (await get(`/domains/${domain}/users?search=${encodeURIComponent('usrname=an*')}`)).body['user'];
  assert.deepEqual([found.length, found[0].name, found[0].last_name, found[0].email], [1, 'Firstann', 'Surann', 'ann@corp.example']);
  assert.equal((await get(`/domains/${domain}/users/${found[0].id}`)).body['principal'], 'ann');
  assert.equal((await get(`/domains/${domain}/users/${'ab'.repeat(8)}`)).status, 404);
  for (const senseless of ['colour=red', 'usrname=*)(uid=*', 'a b c'])
    assert.deepEqual((await get(`/domains/${domain}/users?search=${encodeURIComponent(senseless)}`)).body, {}, senseless);
  assert.deepEqual(names((await get(`/domains/${domain}/groups?search=*`)).body['group']), [
    'circle',
    'company',
    'department',
    'everybody',
    'mail',
    'team',
  ]);

  assert.deepEqual((await tokenFor(nobody, 'ann@corp', 'ann-secret')).status, 400, 'nobody has given her a role');
  const group = await post('/groups', { name: 'company', domain: { name: 'corp-authz' } });
  assert.equal(group.status, 201, group.text);
  assert.equal((await post('/groups', { name: 'nobodies', domain: { name: 'corp-authz' } })).status, 400);
  assert.equal((await post('/groups', { name: 'company', domain: { name: 'moon' } })).status, 404);
  assert.equal(
    (await post(`/clusters/${defaultClusterId}/permissions`, { role: { name: 'UserRole' }, group: { id: group.body['id'] } })).status,
    201,
  );
  const token = await tokenFor(nobody, 'ann@corp', 'ann-secret');
  assert.equal(token.status, 200, token.text);
  const ann = engine.client(token.body['access_token']);
  assert.equal((await ann.get(`/clusters/${defaultClusterId}`)).status, 200, 'through company > department > team');
  const [me] = (await get('/users?search=usrname%3Dann*')).body['user'];
  assert.deepEqual([me.principal, me.department, me.domain.id], ['ann', 'lab', domain]);
  assert.deepEqual(names((await get(`/users/${me.id}/groups`)).body['group']), ['Everyone', 'company']);

  for (const [name, password] of [
    ['ann@corp', 'wrong'],
    ['ann@corp', ''],
    ['*@corp', 'ann-secret'],
    ['a*@corp', 'ann-secret'],
    ['ann)(uid=*@corp', 'ann-secret'],
    ['nobody@corp', 'ann-secret'],
    ['bob@corp', 'bob-secret'],
  ] as const) {
    const refused = await tokenFor(nobody, name, password);
    assert.deepEqual([refused.status, refused.body['error_code']], [400, 'access_denied'], name);
  }
  const bob = await post('/users', { user_name: 'bob@corp-authz', domain: { name: 'corp-authz' } });
  assert.equal(bob.status, 201, bob.text);
  assert.equal((await get('/events?max=1')).body['event'][0].code, '149');
  assert.equal(
    (await post('/users', { user_name: 'bob@corp-authz', domain: { name: 'corp-authz' } })).body['id'],
    bob.body['id'],
    'twice is once',
  );
  assert.equal((await post('/users', { user_name: 'ghost@corp-authz', domain: { name: 'corp-authz' } })).status, 400);
  const odd = await post('/users', { user_name: 'odd*name', principal: 'odd*name', domain: { id: domain } });
  assert.equal(odd.body['name'], 'Firstodd*name', odd.text);
  await post('/permissions', { role: { name: 'UserRole' }, user: { id: bob.body['id'] } });
  assert.equal((await tokenFor(nobody, 'bob@CORP', 'bob-secret')).status, 200, 'profiles in any case');
  const basic = { authorization: `Basic ${Buffer.from('bob@corp:bob-secret').toString('base64')}` };
  assert.equal((await nobody.get('/clusters', basic)).status, 200);

  const stranger = await engine.user('stranger');
  assert.equal((await stranger.get(`/domains/${domain}/users`)).status, 404, 'directories are not for everybody');
  assert.equal((await stranger.get('/virgate/api/directories')).status, 403);
});

test('who leaves a directory or a group loses what came with it', async (t) => {
  const slapd = await startSlapd(t, { schemas: ['core', 'cosine', 'nis', 'inetorgperson'], suffix, entries: posix });
  const engine = await startTestEngine(t);
  await addDirectory(engine, slapd);
  const nobody = engine.client(null);
  const group = (await engine.post('/groups', { name: 'team', domain: { name: 'corp-authz' } })).body['id'];
  await engine.post(`/clusters/${defaultClusterId}/permissions`, { role: { name: 'UserRole' }, group: { id: group } });
  const bob = (await engine.post('/users', { user_name: 'bob', domain: { name: 'corp-authz' } })).body['id'];
  await engine.post('/permissions', { role: { name: 'UserRole' }, user: { id: bob } });
  const ann = engine.client((await tokenFor(nobody, 'ann@corp', 'ann-secret')).body['access_token']);
  const bobs = engine.client((await tokenFor(nobody, 'bob@corp', 'bob-secret')).body['access_token']);
  assert.equal((await ann.get(`/clusters/${defaultClusterId}`)).status, 200);
  await slapd.modify(
    `dn: cn=team,ou=groups,${suffix}\nchangetype: modify\nreplace: member\nmember: uid=bob,ou=people,${suffix}\n\ndn: uid=bob,ou=people,${suffix}\nchangetype: delete\n`,
  );
  await engine.engine.directories.sync();
  assert.equal((await ann.get(`/clusters/${defaultClusterId}`)).status, 404, 'no member any more');
  assert.equal((await bobs.get('/clusters')).status, 401, 'signed out at once');
  await slapd.stop();
  await engine.engine.directories.sync();
  assert.equal((await ann.get('/clusters')).status, 200, 'a directory that is down changes nothing');
  const down = await tokenFor(nobody, 'ann@corp', 'ann-secret');
  assert.deepEqual([down.status, down.body['error_code']], [400, 'server_error'], down.text);
  const basic = { authorization: `Basic ${Buffer.from('ann@corp:ann-secret').toString('base64')}` };
  assert.equal((await nobody.get('/clusters', basic)).status, 503);
  assert.equal((await engine.get(`/domains/${await domainOf(engine)}/users`)).status, 503);
});

test('servers are tried in turn, and only those whose certificate is right', async (t) => {
  const slapd = await startSlapd(t, { schemas: ['core', 'cosine', 'nis', 'inetorgperson'], suffix, entries: posix });
  const engine = await startTestEngine(t);
  const id = await addDirectory(engine, slapd, { servers: ['127.0.0.1:1', slapd.server] });
  const set = (change: object) => engine.put(`/virgate/api/directories/${id}`, change);
  const works = async () => (await engine.post(`/virgate/api/directories/${id}/test`, {})).body;
  assert.equal((await works())['works'], true, 'the second server');
  await set({ servers: [slapd.secureServer], tls: 'ldaps' });
  assert.equal((await works())['works'], true, 'LDAPS');
  await set({ caPem: engine.caPem });
  assert.equal((await works())['works'], false, "another authority's certificate");
  await set({ servers: [slapd.server], tls: 'start_tls' });
  assert.equal((await works())['works'], false);
  await set({ tls: 'none' });
  assert.equal((await works())['works'], true);
  await set({ bindPassword: 'wrong' });
  assert.match((await works())['reason'], /name and password/);
  for (const [change, field] of [
    [{ kind: 'nt4' }, 'kind'],
    [{ servers: [] }, 'servers'],
    [{ servers: ['ldap://x/'] }, 'servers'],
    [{ baseDn: 'example' }, 'baseDn'],
    [{ caPem: 'nonsense' }, 'caPem'],
    [{ profile: 'internal' }, 'profile'],
    [{ domain: 'other' }, 'domain'],
    [{ tls: 'maybe' }, 'tls'],
  ] as const) {
    const refused = await set(change);
    assert.deepEqual([refused.status, refused.body['field']], [400, field], refused.text);
  }
  assert.equal((await engine.delete(`/virgate/api/directories/${id}`)).status, 204);
  assert.equal((await tokenFor(engine.client(null), 'ann@corp', 'ann-secret')).status, 400);
});

/** What the engine reads of Active Directory's schema: the server's package has it without the rules by which attributes are compared. */
const attribute = (number: number, name: string, rule: string, syntax: number) =>
  `attributetype ( 1.3.6.1.4.1.99999.1.${number} NAME '${name}' EQUALITY ${rule} SYNTAX 1.3.6.1.4.1.1466.115.121.1.${syntax} SINGLE-VALUE )`;
const activeDirectorySchema = `${attribute(11, 'sAMAccountName', 'caseIgnoreMatch', 15)}
${attribute(12, 'userPrincipalName', 'caseIgnoreMatch', 15)}
${attribute(13, 'objectGUID', 'octetStringMatch', 40)}
${attribute(14, 'objectSid', 'octetStringMatch', 40)}
${attribute(15, 'primaryGroupID', 'integerMatch', 27)}
${attribute(16, 'userAccountControl', 'integerMatch', 27)}
${attribute(17, 'department', 'caseIgnoreMatch', 15)}
objectclass ( 1.3.6.1.4.1.99999.2.11 NAME 'user' SUP organizationalPerson STRUCTURAL
  MAY ( sAMAccountName $ userPrincipalName $ objectGUID $ objectSid $ primaryGroupID $ userAccountControl $ department $ givenName $ mail ) )
objectclass ( 1.3.6.1.4.1.99999.2.12 NAME 'group' SUP top STRUCTURAL MUST cn MAY ( member $ sAMAccountName $ objectGUID $ objectSid ) )
`;

const sid = (last: number): string => {
  const bytes = Buffer.from('0105000000000005150000000102030405060708090a0b0c00000000', 'hex');
  bytes.writeUInt32LE(last, bytes.length - 4);
  return bytes.toString('base64');
};
const guid = (last: number): string =>
  Buffer.from(`a0b1c2d3e4f5061728394a5b6c7d8e${last.toString(16).padStart(2, '0')}`, 'hex').toString('base64');
const adGroup = (name: string, number: number, members: string[]) =>
  `dn: cn=${name},ou=groups,${suffix}\nobjectClass: group\ncn: ${name}\nsAMAccountName: ${name}\nobjectGUID:: ${guid(number)}\nobjectSid:: ${sid(number)}\n${members.map((member) => `member: ${member}\n`).join('')}`;
const adUser = (name: string, number: number, control: number) =>
  `dn: cn=${name},ou=people,${suffix}\nobjectClass: user\ncn: ${name}\nsn: Sur${name}\nsAMAccountName: ${name}\nuserPrincipalName: ${name}@corp.example\nobjectGUID:: ${guid(number)}\nobjectSid:: ${sid(number)}\nprimaryGroupID: 77\nuserAccountControl: ${control}\ndepartment: lab\nuserPassword: ${name}-secret\n`;

test('Active Directory: names with and without a domain, primary groups, users switched off', async (t) => {
  const ann = `cn=ann,ou=people,${suffix}`;
  const slapd = await startSlapd(t, {
    schemas: ['core', 'cosine', 'inetorgperson'],
    definitions: activeDirectorySchema,
    suffix,
    entries: [
      top,
      unit('people'),
      unit('groups'),
      adUser('ann', 1, 512),
      adUser('off', 2, 514),
      adGroup('everybody', 77, []),
      adGroup('inner', 78, [ann]),
      adGroup('outer', 79, [`cn=inner,ou=groups,${suffix}`]),
    ].join('\n'),
  });
  const engine = await startTestEngine(t);
  await addDirectory(engine, slapd, { kind: 'active_directory' });
  const nobody = engine.client(null);
  for (const name of ['outer', 'everybody']) {
    const group = await engine.post('/groups', { name: `${name}@corp-authz` });
    assert.equal(group.status, 201, group.text);
    await engine.post('/permissions', { role: { name: 'UserRole' }, group: { id: group.body['id'] } });
  }
  const { secret } = (await engine.post('/virgate/api/sso-clients', { id: 'app', trusted: true })).body;
  const info = (fields: Record<string, string>) =>
    nobody.call('POST', '/ovirt-engine/sso/oauth/token-info', {
      body: new URLSearchParams({ client_id: 'app', client_secret: secret, ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const namesIn = (records: [string, Record<string, string>][], kind: string): string[] =>
    records.map(([, record]) => Object.entries(record).find(([key]) => key.startsWith(`AAA_AUTHZ_${kind}_NAME;`))?.[1] ?? '').toSorted();
  for (const name of ['ann@corp', 'ann@corp.example@corp']) assert.equal((await tokenFor(nobody, name, 'ann-secret')).status, 200, name);
  const [user] = (await engine.get('/users?search=usrname%3Dann*&follow=groups')).body['user'];
  assert.deepEqual([user.principal, names(user.groups.group)], ['ann', ['Everyone', 'everybody', 'outer']]);
  assert.equal((await tokenFor(nobody, 'off@corp', 'off-secret')).status, 400, 'switched off');

  const token: string = (await tokenFor(nobody, 'ann@corp', 'ann-secret')).body['access_token'];
  const facts = (await info({ token })).body;
  assert.deepEqual([facts['user_id'], facts['user_authz'], facts['ovirt'][1].namespace], ['ann@corp', 'corp-authz', suffix]);
  assert.deepEqual(namesIn(facts['ovirt'][1].group_ids[1], 'GROUP'), ['everybody', 'outer'], 'those that are known here');
  assert.equal(Buffer.from(facts['ovirt'][1].principal_id).toString('hex').toUpperCase(), user.domain_entry_id, 'the id in the directory');
  const search = async (query_type: string, params: object) =>
    (await info({ token, query_type, scope: 'ovirt-ext=token-info:authz-search', params: JSON.stringify(params) })).body['result'];
  const users = '(&($USER_ACCOUNT_TYPE)(|(!(sn=Surann))($SAMACCOUNTNAME=ann)))';
  assert.deepEqual(namesIn((await search('users', { authz: 'corp-authz', query: users }))[1], 'PRINCIPAL'), ['ann', 'off']);
  const groups = '(&($LDAP_GROUP_CATEGORY)($CN=*ter))';
  assert.deepEqual(namesIn((await search('groups', { authz: 'corp-authz', query: groups }))[1], 'GROUP'), ['outer']);
  const id = facts['ovirt'][1].principal_id;
  const [[, found]] = (await search('find-principal-by-id', { domain: 'corp-authz', id, groups_resolving: true }))[1];
  const all = Object.entries(found as Record<string, [string, []]>).find(([key]) => key.startsWith('AAA_AUTHZ_PRINCIPAL_GROUPS;'))?.[1][1];
  assert.deepEqual(namesIn(all ?? [], 'GROUP'), ['everybody', 'inner', 'outer'], 'all that he is in, there');
});

test('IPA: ids, groups and locks by its own attributes', async (t) => {
  const slapd = await startSlapd(t, {
    schemas: ['core', 'cosine', 'nis', 'inetorgperson'],
    definitions: `attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'ipaUniqueID' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'nsAccountLock' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'ipaObject' SUP top AUXILIARY MAY ( ipaUniqueID $ nsAccountLock ) )
objectclass ( 1.3.6.1.4.1.99999.2.2 NAME 'ipaUserGroup' SUP groupOfNames STRUCTURAL MAY ipaUniqueID )
`,
    suffix,
    entries: [
      top,
      unit('people'),
      unit('groups'),
      ...['ann', 'off'].map(
        (name, at) =>
          `dn: uid=${name},ou=people,${suffix}\nobjectClass: inetOrgPerson\nobjectClass: posixAccount\nobjectClass: ipaObject\nuid: ${name}\ncn: ${name}\nsn: S\nuidNumber: ${at}\ngidNumber: 1\nhomeDirectory: /\nuserPassword: ${name}-secret\nipaUniqueID: id-${name}\n${name === 'off' ? 'nsAccountLock: TRUE\n' : ''}`,
      ),
      `dn: cn=staff,ou=groups,${suffix}\nobjectClass: ipaUserGroup\ncn: staff\nipaUniqueID: id-staff\nmember: uid=ann,ou=people,${suffix}\nmember: uid=off,ou=people,${suffix}\n`,
    ].join('\n'),
  });
  const engine = await startTestEngine(t);
  await addDirectory(engine, slapd, { kind: 'ipa' });
  const nobody = engine.client(null);
  const group = await engine.post('/groups', { name: 'staff', domain: { name: 'corp-authz' } });
  await engine.post('/permissions', { role: { name: 'UserRole' }, group: { id: group.body['id'] } });
  assert.equal((await tokenFor(nobody, 'ann@corp', 'ann-secret')).status, 200);
  assert.equal((await tokenFor(nobody, 'off@corp', 'off-secret')).status, 400);
});
