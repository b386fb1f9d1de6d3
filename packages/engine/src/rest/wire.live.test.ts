// Budget: 45 s
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { request } from 'node:https';
import { sql } from 'kysely';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { seed } from '../seeding/seed.ts';
import { startTestEngine, type Answer, type TestEngine } from '../testing/engine.ts';
import { partSize } from './stamped.ts';

const size = {
  vms: 2 * partSize + 30,
  disksPerVm: 1,
  nicsPerVm: 1,
  hosts: 4,
  clusters: 2,
  dataCenters: 1,
  domainsPerDataCenter: 1,
  users: 2,
  events: 0,
};

/** The bytes of an answer, as they came. */
function bytesOf(
  test: TestEngine,
  path: string,
  headers: Record<string, string>,
): Promise<{ headers: Record<string, unknown>; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/ovirt-engine/api${path}`, test.url);
    const sent = request(url, { ca: test.caPem, headers: { authorization: `Bearer ${test.token}`, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => resolve({ headers: response.headers, body: Buffer.concat(parts) }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** The end of a body, with something done when its beginning has come. */
function endOf(test: TestEngine, path: string, work: () => Promise<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${test.token}`, accept: 'application/json' };
    const sent = request(new URL(`/ovirt-engine/api${path}`, test.url), { ca: test.caPem, headers }, (response) => {
      let end = '';
      response.setEncoding('utf8');
      response.once('data', () => {
        response.pause();
        work().then(() => response.resume(), reject);
      });
      response.on('data', (part: string) => (end = `${end}${part}`.slice(-100_000)));
      response.once('error', reject);
      response.once('end', () => resolve(end));
    });
    sent.once('error', reject);
    sent.end();
  });
}

test('HEAD, OPTIONS and verbs that are not there', async (t) => {
  const { call, get } = await startTestEngine(t);
  for (const path of ['', '/vms', '/clusters', `/clusters/${defaultClusterId}`]) {
    for (const accept of ['application/json', 'application/xml']) {
      const whole = await call('GET', path, { headers: { accept } });
      const head = await call('HEAD', path, { headers: { accept } });
      assert.equal(head.status, 200, path);
      assert.equal(head.text, '');
      for (const name of ['content-type', 'etag', 'vary', 'link'])
        if (path !== '' || name !== 'etag') assert.equal(head.headers[name], whole.headers[name], `${path} ${name}`);
      assert.equal(Number(head.headers['content-length']), Buffer.byteLength(whole.text), path);
    }
  }
  const verbs: [string, string][] = [
    ['', 'HEAD, GET, OPTIONS'],
    ['/clusters', 'HEAD, GET, POST, OPTIONS'],
    [`/clusters/${defaultClusterId}`, 'HEAD, GET, DELETE, PUT, OPTIONS'],
    [`/clusters/${defaultClusterId}/syncallnetworks`, 'POST, OPTIONS'],
  ];
  for (const [path, allow] of verbs) {
    const options = await call('OPTIONS', path);
    assert.deepEqual([options.status, options.headers['allow'], options.text], [200, allow, allow], path);
    const wrong = await call('PATCH', path);
    assert.deepEqual([wrong.status, wrong.headers['allow'], wrong.text], [405, allow, ''], path);
  }
  assert.equal((await call('OPTIONS', '/nothing')).status, 404);
  for (const [status, headers] of [
    [406, { accept: 'image/png' }],
    [415, { 'content-type': 'text/yaml' }],
  ] as const) {
    const answer = await call('POST', '/clusters', { body: 'x', headers });
    assert.deepEqual([answer.status, answer.text], [status, '']);
  }
  assert.equal((await get(`/clusters/${defaultClusterId}`)).status, 200);
});

test('a long list comes in parts, whole and in order, in either format, compressed or not', async (t) => {
  const test = await startTestEngine(t);
  const { get, engine } = test;
  await seed(engine.db, 'many', size);
  const names = Array.from({ length: size.vms }, (_, at) => `many-vm-${String(at).padStart(6, '0')}`);
  const namesIn = (body: { vm?: { name: string }[] }): string[] => (body.vm ?? []).map(({ name }) => name);
  const all = await get('/vms?follow=nics,disk_attachments.disk');
  assert.deepEqual(namesIn(all.body as { vm: { name: string }[] }), names);
  assert.equal(all.headers['content-length'], undefined, 'its length is not known when it begins');
  for (const vm of [all.body['vm'][0], all.body['vm'].at(-1)]) {
    assert.equal(vm.nics.nic.length, 1);
    assert.equal(vm.disk_attachments.disk_attachment[0].disk.status, 'ok');
    assert.ok(vm.actions.link.some((link: { href: string }) => link.href === `/ovirt-engine/api/vms/${vm.id}/start`));
  }
  const xml = (await bytesOf(test, '/vms', { accept: 'application/xml' })).body.toString();
  assert.deepEqual(
    [...xml.matchAll(/^ {4}<vm .*\n(?:.*\n)*? {8}<name>(.*)<\/name>/gm)].map(([, name]) => name),
    names,
  );
  const sorted = await get(`/vms?search=${encodeURIComponent('name = many* sortby name desc')}`);
  assert.deepEqual(namesIn(sorted.body as { vm: { name: string }[] }), names.toReversed());
  assert.equal(namesIn((await get(`/vms?max=${partSize + 7}`)).body as { vm: { name: string }[] }).length, partSize + 7);
  const head = await test.call('HEAD', '/vms');
  const plain = await bytesOf(test, '/vms', { accept: 'application/json' });
  assert.equal(Number(head.headers['content-length']), plain.body.length);
  for (const [coding, inflate] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
    ['deflate', inflateSync],
  ] as const) {
    for (const path of ['/vms', `/clusters/${defaultClusterId}`]) {
      const bare = path === '/vms' ? plain : await bytesOf(test, path, { accept: 'application/json' });
      const coded = await bytesOf(test, path, { accept: 'application/json', 'accept-encoding': coding });
      assert.equal(coded.headers['content-encoding'], coding);
      assert.deepEqual(inflate(coded.body), bare.body, `${path} ${coding}`);
      assert.ok(coded.body.length < bare.body.length);
    }
  }
});

/** Root and first lines of a body. */
const isXml = (answer: Answer): boolean => answer.text.startsWith('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n');

test('which version, which format, under which name', async (t) => {
  const { call, get, client } = await startTestEngine(t);
  const cluster = `/clusters/${defaultClusterId}`;
  for (const [path, root] of [
    [`/v4${cluster}`, '/ovirt-engine/api/v4'],
    [cluster, '/ovirt-engine/api'],
  ] as const) {
    const { body } = await get(path);
    assert.equal(body['href'], `${root}${cluster}`);
    for (const { href } of [...body['link'], ...body['actions'].link]) assert.ok(href.startsWith(`${root}${cluster}/`), href);
  }
  for (const answer of [await get('/v5/vms'), await get('/v44'), await get('/vms', { version: '5' }), await get('/vms', { version: 'x' })])
    assert.deepEqual([answer.status, answer.text], [400, ''], 'there is no such version');
  assert.equal((await get('/v4x')).status, 404);
  const accepted: [string | undefined, 'xml' | 'json' | 406][] = [
    [undefined, 'xml'],
    ['*/*', 'xml'],
    ['application/*', 'xml'],
    ['application/json', 'json'],
    ['text/html, application/json', 'json'],
    ['text/html, */*;q=0.1', 'xml'],
    ['application/json, */*', 'json'],
    ['application/xml;q=0.5, application/json', 'json'],
    ['application/json;q=0.5, application/xml;q=0.4', 'json'],
    ['application/json, application/xml', 'xml'],
    ['application/json;q=0', 406],
    ['application/json;q=nonsense', 406],
    ['image/png', 406],
  ];
  for (const [accept, expected] of accepted) {
    const answer = await call('GET', cluster, { headers: { accept: accept ?? '' } });
    if (expected === 406) assert.deepEqual([answer.status, answer.text], [406, ''], accept);
    else assert.deepEqual([answer.status, isXml(answer) ? 'xml' : 'json'], [200, expected], accept);
  }
  assert.ok(!isXml(await get(`${cluster}?accept=application/json`, { accept: 'application/xml' })), 'the parameter counts more');
  const echoed = await get(cluster, { 'correlation-id': 'a b$c_-d'.padEnd(60, 'x') });
  assert.equal(echoed.headers['correlation-id'], 'abc_-d'.padEnd(36, 'x'));
  assert.equal((await get(`${cluster}?correlation_id=mine`)).headers['correlation-id'], 'mine');
  assert.match(String((await get(cluster)).headers['correlation-id']), /^[\da-f-]{36}$/);
  const nobody = await client(null).get('/vms');
  assert.deepEqual([nobody.status, nobody.text, nobody.headers['www-authenticate']], [401, '', 'Basic realm="RESTAPI"']);
  for (const path of ['/ovirt-engine/apidoc', '/ovirt-engine/apidoc/', '/model', '/model.html']) {
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.headers['location']], [302, '/virgate/api/docs'], path);
  }
});

test('parameters in the query, the last segment, or a header; what is none counts as missing', async (t) => {
  const test = await startTestEngine(t);
  const { get, post, call } = test;
  const vm = (await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' } })).body['id'];
  await post('/vms', { name: 'w', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
  const count = async (path: string, headers?: Record<string, string>) => ((await get(path, headers)).body['vm'] ?? []).length as number;
  const counts: [string, number][] = [
    ['/vms?max=1', 1],
    ['/vms;max=1', 1],
    ['/vms;max=2?max=1', 1],
    ['/vms?max=0', 0],
    ['/vms?max=abc', 2],
    ['/vms?search=V&case_sensitive=true', 0],
    ['/vms?search=V', 1],
    ['/vms;case_sensitive?search=V', 0],
    ['/vms?search=name%3Dv%20or%20name%3Dw%20page%202', 0],
  ];
  for (const [path, expected] of counts) assert.equal(await count(path), expected, path);
  assert.equal((await get('/vms?max=-1')).status, 400);
  const sizes: [string, string | undefined, number][] = [
    ['/vms?detail=size', '2', 2],
    ['/vms;detail=+size-main', '2', 0],
    ['/vms?detail=size&max=1', '1', 1],
    ['/vms?detail=size&search=name%3Dv', '1', 1],
    ['/templates?detail=size;-main', '1', 0],
    ['/vms?detail=-main', undefined, 0],
    ['/disks?detail=size', undefined, 0],
  ];
  for (const [path, size, members] of sizes) {
    const { body } = await get(path);
    assert.deepEqual([body['size'], (body['vm'] ?? []).length], [size, members], path);
  }
  assert.match((await get('/vms?detail=size', { accept: 'application/xml' })).text, /^<\?xml[^>]*>\s*<vms>\s*<size>2<\/size>\s*<vm /);
  assert.equal((await get(`/vms;max=0/${vm}`)).status, 200, 'parameters of other segments are not the collection’s');
  for (const flag of ['t', 'TRUE', 'y', 'yes', '1', '']) assert.ok(!('summary' in (await get(`?filter=${flag}`)).body), flag);
  for (const flag of ['f', 'False', 'n', 'no', '0', 'perhaps']) assert.ok('summary' in (await get(`?filter=${flag}`)).body, flag);
  assert.ok(!('summary' in (await get('', { filter: 'true' })).body));
  const all = (answer: Answer) => JSON.stringify(answer.body).includes('"ovf"');
  for (const [path, headers, expected] of [
    [`/vms/${vm}`, {}, false],
    [`/vms/${vm}?all_content=true`, {}, true],
    [`/vms/${vm};all_content`, {}, true],
    [`/vms/${vm}`, { 'all-content': 'true' }, true],
    ['/vms', { 'all-content': 'true' }, true],
  ] as const)
    assert.equal(all(await get(path, headers)), expected, `${path} ${JSON.stringify(headers)}`);
  // Events after one.
  for (const at of [1, 2, 3]) await post('/events', { origin: 'x', severity: 'normal', custom_id: at, description: `e${at}` });
  const events = ((await get('/events')).body['event'] as { id: string; index: string }[]).map(({ id }) => Number(id));
  assert.deepEqual(
    events,
    events.toSorted((a, b) => b - a),
    'newest first',
  );
  assert.equal(((await get(`/events;from=${events[2]}`)).body['event'] as unknown[]).length, 2);
  const begun = await call('POST', `/vms/${vm}/start`, { body: { pause: true }, headers: { expect: '202-accepted' } });
  assert.equal(begun.status, 202, begun.text);
});

test('what is followed has its own links and actions, as where it was followed to', async (t) => {
  const { get, post } = await startTestEngine(t);
  const vm = (await post('/vms', { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' } })).body['id'];
  await post(`/vms/${vm}/nics`, { name: 'n1' });
  const alone = (await get(`/vms/${vm}/nics`)).body['nic'];
  const cluster = (await get(`/clusters/${defaultClusterId}`)).body;
  const dataCenter = (await get(`/datacenters/${cluster['data_center'].id}`)).body;
  const followed = (await get(`/vms/${vm}?follow=nics,cluster.data_center`)).body;
  assert.deepEqual(followed['nics'].nic, alone);
  assert.ok(alone[0].actions.link.length > 0 && alone[0].link.length > 0);
  assert.deepEqual(followed['cluster'], { ...cluster, data_center: dataCenter });
  const [listed] = (await get('/vms?follow=NICs,Cluster')).body['vm'];
  assert.deepEqual([listed.nics.nic, listed.cluster], [alone, cluster]);
  assert.deepEqual(Object.keys(listed.template).sort(), ['href', 'id'], 'what is not followed stays a reference');
  for (const [path, detail] of [
    ['/vms?follow=nonsense', /no link nonsense/],
    [`/vms?follow=${Array(7).fill('vm').join('.')}`, /deeper than 6/],
    [`/vms?follow=${Array(41).fill('nics').join(',')}`, /at most 40/],
  ] as const) {
    const answer = await get(path);
    assert.equal(answer.status, 400);
    assert.match(answer.body['detail'], detail);
  }
});

test('additions, changes, removals and actions answer as the contract says', async (t) => {
  const { get, post, put, call, delete: remove } = await startTestEngine(t);
  const added = await post(
    '/vms',
    { name: 'v', cluster: { id: defaultClusterId }, template: { name: 'Blank' } },
    { expect: '201-created' },
  );
  const { id } = added.body;
  assert.deepEqual([added.status, added.headers['location']], [201, `/ovirt-engine/api/vms/${id}`]);
  for (const name of Object.keys((await get(`/vms/${id}`)).body)) assert.ok(name in added.body, `the whole object: ${name}`);
  const changed = await put(`/vms/${id}`, { comment: 'c' });
  assert.deepEqual([changed.status, changed.body['comment']], [200, 'c']);
  const absent = await put(`/vms/${id}`, { comment: 'd', external_host_provider: { name: 'foreman' } });
  assert.deepEqual([absent.status, (await get(`/vms/${id}`)).body['comment']], [404, 'c'], absent.text);
  const moved = await put(`/vms/${id}`, { id: defaultClusterId });
  assert.deepEqual([moved.status, moved.body['reason']], [409, 'Broken immutability constraint']);
  const action = await post(`/vms/${id}/stop`, { reason: 'why' });
  assert.deepEqual([action.status, action.body['reason'], action.body['status']], [409, 'why', 'failed']);
  assert.equal(action.body['fault'].reason, 'Operation Failed');
  assert.match(action.body['fault'].detail, /^\[.*\]$/);
  assert.equal((await call('POST', `/vms/${id}/stop`)).status, 409, 'an action needs no body here');
  assert.deepEqual([action.headers['content-language'], action.headers['vary']], ['en', 'Accept, Accept-Encoding, Accept-Language']);
  const german = { 'accept-language': 'nl, de-AT;q=0.9, en;q=0.8' };
  const refusedInGerman = await post(`/vms/${id}/stop`, {}, german);
  assert.equal(refusedInGerman.headers['content-language'], 'de');
  assert.deepEqual(refusedInGerman.body['fault'], {
    reason: 'Operation Failed',
    detail: '[Nicht möglich: die VM beenden. Die VM läuft nicht.]',
  });
  const old = await call('POST', `/v3/vms/${id}/stop`, {
    body: '<action/>',
    headers: { ...german, 'content-type': 'application/xml', accept: 'application/xml' },
  });
  assert.match(old.text, /<detail>\[Nicht möglich: die VM beenden\. Die VM läuft nicht\.\]<\/detail>/);
  const wrong = await call('PUT', `/vms/${id}`, { body: { name: '' }, headers: { 'accept-language': 'ja' } });
  assert.deepEqual([wrong.status, wrong.body['reason'], wrong.body['detail']], [400, 'Invalid value', 'name: 空にはできません']);
  const gone = await remove(`/vms/${id}`);
  assert.deepEqual([gone.status, gone.body['status'], typeof gone.body['job'].href], [200, 'complete', 'string']);
  for (const path of [`/vms/${id}`, '/vms/abc', '/nothing']) {
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.text], [404, ''], path);
  }
  const incomplete = await post('/vms', {});
  assert.deepEqual([incomplete.status, incomplete.body['reason']], [400, 'Incomplete parameters']);
  const xml = { accept: 'application/xml', 'content-type': 'application/xml' };
  const broken = await call('POST', '/clusters', { body: '<cluster', headers: xml });
  assert.equal(broken.status, 400);
  assert.match(
    broken.text,
    /<fault>\n {4}<detail>.*\/ovirt-engine\/apidoc#services\/ClustersService\/methods\/add<\/detail>\n {4}<reason>Request syntactically incorrect\.<\/reason>/,
  );
  for (const body of [{ cluster: { name: 'x' } }, { nope: 1 }, { name: { a: 1 } }])
    assert.equal((await post('/clusters', body)).status, 400);
  assert.deepEqual((await get('/vms')).body, {}, 'an empty collection in JSON');
  assert.match((await get('/vms', { accept: 'application/xml' })).text, /\n<vms\/>\n?$/);
});

test('events, users and descriptions of VMs come in parts too, whole and in order', async (t) => {
  const test = await startTestEngine(t);
  const { get, engine } = test;
  const many = 20 * partSize + 5;
  await sql`insert into audit_log (code, severity, description) select 30, 'normal', 'e' || n from generate_series(1, ${many}::int) n`.execute(
    engine.db,
  );
  await sql`insert into app_user (id, principal, domain, external_id) select gen_random_uuid(), 'u' || lpad(n::text, 6, '0'), 'ldap', n::text
    from generate_series(1, ${3 * partSize}::int) n`.execute(engine.db);
  const whole = await get('/events');
  assert.equal(whole.headers['content-length'], undefined, 'its length is not known when it begins');
  const numbers = (body: Answer['body']) => ((body['event'] ?? []) as { id: string }[]).map(({ id }) => Number(id));
  const all = numbers(whole.body);
  assert.ok(all.length >= many);
  assert.deepEqual(
    all,
    all.toSorted((a, b) => b - a),
  );
  const cut = 2 * partSize + 3;
  assert.deepEqual(numbers((await get(`/events?max=${cut}`)).body), all.slice(0, cut));
  assert.deepEqual(numbers((await get(`/events?from=${all[cut]}`)).body), all.slice(0, cut));
  assert.equal(numbers((await get(`/events?search=${encodeURIComponent('message=e1*')}&max=${cut}`)).body).length, cut);
  const ascending = numbers((await get(`/events?search=${encodeURIComponent('sortby time asc')}`)).body);
  assert.equal(new Set(ascending).size, ascending.length);
  assert.ok(ascending.length >= many);
  const names = ((await get('/users')).body['user'] as { principal: string }[]).map(({ principal }) => principal);
  assert.equal(names.filter((name) => name.startsWith('u0')).length, 3 * partSize);
  assert.deepEqual(names, names.toSorted());
  // A list of a hundred thousand does not stand in memory whole.
  await sql`insert into audit_log (code, severity, description) select 30, 'normal', repeat('x', 400) from generate_series(1, 100000)`.execute(
    engine.db,
  );
  const oldest = Number(all.at(-1));
  // What is removed after the beginning has come is not told any more: it had not been read yet.
  const end = await endOf(test, '/events', () => sql`delete from audit_log where id < ${oldest + 10}`.execute(engine.db));
  assert.match(end, new RegExp(`"id":"${oldest + 10}"[^]*\\]\\}$`));
  assert.ok(!end.includes(`"id":"${oldest + 9}"`));
  await seed(engine.db, 'many', { ...size, vms: partSize + 10 });
  const described = (await get('/vms?all_content=true')).body['vm'] as { initialization?: { configuration?: { data: string } } }[];
  assert.equal(described.length, partSize + 10);
  for (const vm of described) assert.match(vm.initialization?.configuration?.data ?? '', /Envelope/);
});
