// Budget: 40 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankTemplateId, defaultClusterId, defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { addObjects, rowCounts } from '../testing/objects.ts';
import { addTenant } from '../testing/tenant.ts';

const faultOf = (answer: Answer): { reason?: string; detail?: string } => answer.body['fault'] ?? answer.body;

/** Refused as the request's own fault, by a text that names what is wrong. */
function refused(answer: Answer, names: RegExp, what: string): void {
  assert.ok([400, 404, 409, 413, 414].includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 200)}`);
  assert.match(`${faultOf(answer).reason} ${faultOf(answer).detail}`, names, what);
}

test('names that nobody should have are refused, and those that people have are kept as they are', async (t) => {
  const test = await startTestEngine(t);
  const kinds: Record<string, object> = {
    '/vms': { cluster: { id: defaultClusterId }, template: { id: blankTemplateId } },
    '/clusters': { data_center: { id: defaultDataCenterId }, cpu: { architecture: 'x86_64', type: '' } },
    '/datacenters': { local: false },
    '/networks': { data_center: { id: defaultDataCenterId } },
    '/macpools': { ranges: { range: [{ from: '02:0b:00:00:00:00', to: '02:0b:00:00:00:ff' }] } },
    '/roles': { administrative: false, permits: { permit: [{ id: '1' }] } },
  };
  const names = [
    '',
    ' ',
    'a"b',
    "a'b",
    '<script>alert(1)</script>',
    'a\nb',
    'a\u0000b',
    '\u202Eexe.gnp',
    'x'.repeat(10_000),
    '../../etc',
    'a/b',
    '$(id)',
    '`id`',
    'a;b',
    '%s%n',
    'a\\b',
  ];
  const before = await rowCounts(test);
  for (const [path, body] of Object.entries(kinds))
    for (const name of names)
      refused(
        await test.post(path, { ...body, name }),
        /name|Name|Incomplete|NAME|text|character/,
        `${path} named ${JSON.stringify(name.slice(0, 40))}`,
      );
  assert.deepEqual(await rowCounts(test), before, 'nothing was made');
  for (const name of ['Büro-Server_1', '日本語', 'a.b-c_d', '-dash']) {
    const made = await test.post('/vms', { ...kinds['/vms'], name });
    if (name === '-dash' && made.status === 400) continue;
    assert.equal(made.status, 201, `${name}: ${made.text}`);
    assert.equal((await test.get(`/vms/${made.body['id']}`)).body['name'], name);
  }
  const upper = await test.post('/vms', { ...kinds['/vms'], name: 'BÜRO-SERVER_1' });
  assert.ok(upper.status === 201 || upper.status === 409, 'the same name in other letters is another name, or is taken');
});

test('texts for people are kept whole, whatever is in them', async (t) => {
  const test = await startTestEngine(t);
  const { vms } = await addObjects(test);
  for (const text of ['<b>&amp;"\'</b>', "'; drop table vm; --", '\u{1F600} \u202E', 'line\nbreak\ttab', '$(id) `id` %n', ']]>']) {
    assert.equal((await test.put(`/vms/${vms}`, { description: text })).status, 200);
    assert.equal((await test.get(`/vms/${vms}`)).body['description'], text);
    const xml = await test.get(`/vms/${vms}`, { accept: 'application/xml' });
    assert.equal(xml.status, 200);
    assert.doesNotMatch(xml.text, /<b>/);
  }
});

test('searches and lists of no sense or measure are answered soon and without harm', async (t) => {
  const test = await startTestEngine(t);
  await addObjects(test);
  const searches = [
    "name='; drop table vm; --",
    'name="',
    "name='x",
    '((((((((((name=a',
    'name=a or or or',
    `name=${'a*'.repeat(500)}`,
    '*'.repeat(1000),
    'Vms:Vms:Vms: name=a',
    'name=a page 1000000000',
    'sortby nothing',
    'cluster.name.name.name=x',
    '\u0000',
    '\\',
    '%',
    '__proto__=1',
  ];
  for (const search of searches) {
    const answer = await test.get(`/vms?search=${encodeURIComponent(search)}`);
    assert.ok(answer.status === 200 || answer.status === 400, `${search.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  refused(await test.get('/vms?max=-1'), /max/, 'max=-1');
  assert.equal((await test.get('/vms?max=99999999999999999999')).status, 200);
  refused(await test.get(`/vms?follow=${Array.from({ length: 50 }, () => 'vm').join('.')}`), /follow/, 'fifty links deep');
  refused(
    await test.get(`/vms?follow=${Array.from({ length: 300 }, (_, index) => `nics${index}`).join(',')}`),
    /follow/,
    'three hundred links',
  );
  assert.equal((await test.get('/vms')).status, 200);
});

test('storage is connected from where storage is, with options that give nobody more than storage', async (t) => {
  const test = await startTestEngine(t);
  const before = await rowCounts(test);
  const nfs = { type: 'nfs', address: 'filer.example.com', path: '/export' };
  const wrong: [object, RegExp][] = [
    [{ ...nfs, address: 'file:///etc' }, /address/],
    [{ ...nfs, address: '127.0.0.1' }, /address/],
    [{ ...nfs, address: '::1' }, /address/],
    [{ ...nfs, address: 'localhost' }, /address/],
    [{ ...nfs, address: '169.254.169.254' }, /address/],
    [{ ...nfs, address: 'fe80::1' }, /address/],
    [{ ...nfs, address: '0.0.0.0' }, /address/],
    [{ ...nfs, address: 'filer -o exec' }, /address/],
    [{ ...nfs, address: '-filer' }, /address/],
    [{ ...nfs, path: 'relative' }, /path/],
    [{ ...nfs, path: '/a/../../etc' }, /path/],
    [{ ...nfs, path: '/a,b' }, /path/],
    [{ ...nfs, mount_options: 'exec,suid' }, /mount_options/],
    [{ ...nfs, mount_options: 'rw,dev' }, /mount_options/],
    [{ ...nfs, mount_options: 'rw -o suid' }, /mount_options/],
    [{ ...nfs, mount_options: 'rw\nsuid' }, /mount_options/],
    [{ type: 'posixfs', path: '/dev/sdb1', vfs_type: 'ext4; reboot' }, /vfs_type/],
    [{ type: 'iscsi', address: 'a b', port: 3260, target: 'iqn.2026-01.com.example:a' }, /address/],
    [{ type: 'iscsi', address: 'san.example.com', port: 3260, target: 'iqn; reboot' }, /target/],
  ];
  for (const [connection, names] of wrong) refused(await test.post('/storageconnections', connection), names, JSON.stringify(connection));
  assert.deepEqual(await rowCounts(test), before, 'nothing was made');
  const right = await test.post('/storageconnections', { ...nfs, mount_options: 'rw,soft,sec=krb5', address: '[2001:db8::1]' });
  assert.equal(right.status, 201, right.text);
});

test('options of fence agents, keys and first-boot data are data', async (t) => {
  const test = await startTestEngine(t);
  const { hosts, vms } = await addObjects(test);
  const agent = { type: 'ipmilan', address: '127.0.9.11', username: 'u', password: 'p', order: 2 };
  const agents = `/hosts/${hosts}/fenceagents`;
  for (const [more, names] of [
    [{ type: 'ipmilan; reboot' }, /type/],
    [{ type: '../../bin/sh' }, /type/],
    [{ address: '$(id)' }, /address|Address|IP/],
    [{ address: '-o exec' }, /address|Address|IP/],
    [{ options: { option: [{ name: 'a\nb', value: 'c' }] } }, /option/],
    [{ options: { option: [{ name: 'a', value: 'b\nshell=reboot' }] } }, /option/],
  ] as const)
    refused(await test.post(agents, { ...agent, ...more }), names, JSON.stringify(more));
  const users = (await test.get('/users')).body['user'] as { id: string }[];
  const keys = `/users/${users[0]?.id}/sshpublickeys`;
  for (const content of [
    'garbage',
    'ssh-rsa AAAA',
    '-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----',
    `ssh-rsa ${'A'.repeat(20_000)}`,
    'command="reboot" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJkTbLUF1WVJkCHYsvUfUzsqKrYcr5ztIXwrQwPeXWiq',
  ])
    refused(await test.post(keys, { content }), /key|content/i, content.slice(0, 40));
  const huge = await test.put(`/vms/${vms}`, { initialization: { custom_script: 'x'.repeat(10 * 1024 * 1024) } });
  refused(huge, /large|long|size|characters|bytes/i, 'first-boot data of 10 MB');
  const secret = await test.put(`/vms/${vms}`, { initialization: { root_password: 'never shown', user_name: 'root' } });
  assert.equal(secret.status, 200, secret.text);
  for (const path of [`/vms/${vms}`, `/vms/${vms}?all_content=true`, `/virgate/api/vms/${vms}/next-run`, '/events', '/jobs'])
    assert.doesNotMatch((await test.get(path)).text, /never shown/, path);
});
test('an OVF that names what is of another tenant gives nothing of it', async (t) => {
  const test = await startTestEngine(t);
  const [mine, theirs] = [await addTenant(test, 'mine'), await addTenant(test, 'theirs')];
  const ovf = (await test.get(`/vms/${theirs['vms']}?all_content=true`)).body['initialization']?.configuration?.data as string | undefined;
  assert.notEqual(ovf, undefined, 'a VM shows its OVF');
  const power = await test.user('power', [{ role: 'PowerUserRole', object: { type: 'data_center', id: mine['datacenters'] ?? '' } }]);
  const body = { name: 'copy', cluster: { id: mine['clusters'] }, initialization: { configuration: { type: 'ovf', data: ovf } } };
  const answer = await power.post('/vms', body);
  assert.ok(answer.status >= 400, `${answer.status} ${answer.text.slice(0, 300)}`);
  const attachments = await test.get(`/disks/${theirs['disks']}?follow=vms`);
  assert.doesNotMatch(attachments.text, /"name":"copy"/);
});
