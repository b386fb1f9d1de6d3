// Budget: 30 s
/** Assistants: what they see, that they change nothing before somebody says so, and that every call is kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestEngine, type Client, type TestEngine } from '../testing/engine.ts';

const place = '/virgate/api/mcp';
const accept = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };

interface Told {
  isError: boolean;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests say themselves what they expect
  value: any;
}

let number = 0;

/** One request of the protocol, as revisions before 2026 speak it. */
async function ask(client: Client, method: string, params: object): Promise<{ status: number; result: Record<string, unknown> }> {
  number += 1;
  const answer = await client.post(place, { jsonrpc: '2.0', id: number, method, params }, accept);
  const text = /^data: (.*)$/m.exec(answer.text)?.[1] ?? answer.text;
  return {
    status: answer.status,
    result: text.startsWith('{') ? ((JSON.parse(text) as { result: Record<string, unknown> }).result ?? {}) : {},
  };
}

async function call(client: Client, name: string, given: object): Promise<Told> {
  const { result } = await ask(client, 'tools/call', { name, arguments: given });
  const [content] = result['content'] as { text: string }[];
  return { isError: result['isError'] === true, value: JSON.parse(content?.text ?? 'null') };
}

const tokenOf = async (client: Client, scope: unknown): Promise<string> =>
  (await client.post('/virgate/api/tokens', { name: `assistant ${(number += 1)}`, scope })).body['token'] as string;

test('assistants', async (t) => {
  const engine = await startTestEngine(t);
  const reader = engine.client(await tokenOf(engine, 'read_only'));
  await t.test('the protocol is spoken, by who is signed in', () => protocol(engine, reader));
  await t.test('tools that look answer at once, with what their user may see', () => looking(engine, reader));
  await t.test('changes wait for a person, and are made once', () => proposing(engine, reader));
  await t.test('a change of something that has changed meanwhile is not made', () => meanwhile(engine, reader));
  await t.test('what is malformed, forbidden or secret is no proposal', () => refusals(engine, reader));
  await t.test('a policy says yes in advance, for what the token may do', () => policies(engine, reader));
  await t.test('every call is kept, and told to who may know', () => audit(engine));
});

async function protocol(engine: TestEngine, reader: Client): Promise<void> {
  const { result } = await ask(reader, 'initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });
  assert.equal((result['serverInfo'] as { name: string }).name, 'virgate');
  const nobody = await engine.client(null).post(place, { jsonrpc: '2.0', id: 1, method: 'tools/list' }, accept);
  assert.deepEqual(
    [nobody.status, nobody.body['code'], nobody.headers['www-authenticate']],
    [401, 'not_signed_in', 'Bearer realm="virgate"'],
  );
  const { result: listed } = await ask(reader, 'tools/list', {});
  const tools = listed['tools'] as {
    name: string;
    inputSchema: { properties: object; required: string[] };
    annotations: { readOnlyHint: boolean };
  }[];
  const named = new Map(tools.map((tool) => [tool.name, tool]));
  assert.equal(named.size, tools.length, 'names are unique');
  assert.deepEqual(named.get('vm_start')?.inputSchema.required, ['vm', 'reason']);
  assert.deepEqual([named.get('vm_list')?.annotations.readOnlyHint, named.get('vm_start')?.annotations.readOnlyHint], [true, false]);
  assert.ok(
    tools.every(({ name }) => /^[a-z0-9_]{1,64}$/.test(name)),
    'names are as clients take them',
  );
  assert.equal((await reader.call('GET', place)).status, 405);
}

async function looking(engine: TestEngine, reader: Client): Promise<void> {
  const clusters = await call(reader, 'cluster_list', { search: 'name=Default' });
  assert.deepEqual(
    clusters.value.cluster.map(({ name }: { name: string }) => name),
    ['Default'],
  );
  assert.equal(JSON.stringify(clusters.value).includes('href'), false, 'places are left out');
  const found = await call(reader, 'find', { query: 'Clusters: name=Default' });
  assert.equal(found.value.results.length, 1);
  assert.equal((await call(reader, 'api_describe', { type: 'Cpu' })).value.properties.topology.type, 'object');
  const more = await call(reader, 'tools_find', { words: 'affinity group list' });
  assert.ok(
    more.value.some(({ name }: { name: string }) => name === 'cluster_group_list'),
    JSON.stringify(more.value.map((one: { name: string }) => one.name)),
  );
  const stranger = await engine.user('stranger');
  assert.deepEqual((await call(stranger, 'cluster_list', {})).value, {});
  const wrong = await call(reader, 'find', { query: 'Vms: status=' });
  assert.ok(wrong.isError && wrong.value.code !== undefined, JSON.stringify(wrong.value));
}

async function proposing(engine: TestEngine, reader: Client): Promise<void> {
  const asked = await call(reader, 'tag_add', { body: { name: 'blue' }, reason: 'Because the sky is' });
  const { proposal } = asked.value;
  assert.deepEqual(
    [asked.isError, proposal.state, proposal.operation, proposal.body],
    [false, 'pending', 'TagsService.add', { name: 'blue' }],
  );
  assert.equal((await engine.get('/tags?search=name%3Dblue')).text.includes('blue'), false);
  const one = `/virgate/api/proposals/${proposal.id}`;
  assert.deepEqual((await reader.get(one)).body['reason'], 'Because the sky is');
  assert.equal((await reader.post(`${one}/approve`, undefined)).status, 403);
  const full = engine.client(await tokenOf(engine, 'full'));
  assert.equal((await full.post(`${one}/approve`, undefined)).body['code'], 'token_decides_nothing');
  const stranger = await engine.user('another');
  assert.equal((await stranger.post(`${one}/approve`, undefined)).status, 404);
  const approvals = await Promise.all([1, 2, 3].map(() => engine.post(`${one}/approve`, undefined)));
  assert.deepEqual(
    approvals.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409, 409],
  );
  const done = (await reader.get(one)).body;
  assert.deepEqual([done['state'], done['status'], done['decidedBy']], ['done', 201, 'admin@internal-authz']);
  assert.equal(done['decisionReason'], null);
  assert.match((await engine.get('/tags')).text, /blue/);
  const no = (await call(reader, 'tag_add', { body: { name: 'red' }, reason: 'why not' })).value.proposal.id as string;
  const tooLong = await engine.post(`/virgate/api/proposals/${no}/reject`, { reason: 'x'.repeat(2001) });
  assert.deepEqual([tooLong.status, tooLong.body['field']], [400, 'reason']);
  const rejected = (await engine.post(`/virgate/api/proposals/${no}/reject`, { reason: ' There is one. ' })).body;
  assert.deepEqual([rejected['state'], rejected['decisionReason']], ['rejected', 'There is one.']);
  assert.equal((await engine.post(`/virgate/api/proposals/${no}/approve`, undefined)).status, 409);
  assert.equal((await call(reader, 'proposal_get', { proposal: no })).value.state, 'rejected');
}

async function meanwhile(engine: TestEngine, reader: Client): Promise<void> {
  const tag = (await engine.post('/tags', { name: 'moving' })).body['id'] as string;
  const { proposal } = (await call(reader, 'tag_update', { tag, body: { description: 'new' }, reason: 'tidy' })).value;
  assert.equal((await engine.put(`/tags/${tag}`, { description: 'of somebody else' })).status, 200);
  const approved = (await engine.post(`/virgate/api/proposals/${proposal.id}/approve`, undefined)).body;
  assert.deepEqual([approved['state'], approved['status']], ['failed', 412]);
  assert.equal((await engine.get(`/tags/${tag}`, { accept: 'application/json' })).body['description'], 'of somebody else');
}

async function refusals(engine: TestEngine, reader: Client): Promise<void> {
  const told = async (client: Client, name: string, given: object): Promise<unknown[]> => {
    const { isError, value } = await call(client, name, given);
    return [isError, value.code, value.field];
  };
  assert.deepEqual(await told(reader, 'tag_add', { body: { nmae: 'x' }, reason: 'x' }), [true, 'invalid_value', 'body']);
  assert.deepEqual(await told(reader, 'tag_add', { body: {}, reason: 'x' }), [true, 'incomplete', 'body']);
  assert.deepEqual(await told(reader, 'tag_add', { body: { name: 'x' } }), [true, 'incomplete', 'reason']);
  assert.deepEqual(await told(reader, 'tag_add', { body: { name: 'x' }, reason: ' ' }), [true, 'invalid_value', 'reason']);
  assert.deepEqual(await told(reader, 'vm_get', { vm: '..' }), [true, 'invalid_value', 'vm']);
  assert.deepEqual(await told(reader, 'vm_get', { vm: '../hosts' }), [true, 'not_found', undefined]);
  assert.deepEqual(await told(reader, 'vm_get', { id: 'x' }), [true, 'incomplete', 'vm']);
  assert.deepEqual(await told(reader, 'vm_list', { max: 'all' }), [true, 'invalid_value', 'max']);
  assert.deepEqual(await told(reader, 'no_such_tool', {}), [true, 'unknown_tool', undefined]);
  assert.deepEqual(await told(reader, 'host_add', { body: { name: 'h', address: 'h', root_password: 'secret' }, reason: 'x' }), [
    true,
    'secret_in_proposal',
    'body',
  ]);
  const stranger = await engine.user('third');
  assert.equal((await call(stranger, 'tag_add', { body: { name: 'x' }, reason: 'x' })).value.code, 'USER_NOT_AUTHORIZED_TO_PERFORM_ACTION');
  const left = (await engine.get('/virgate/api/proposals?state=pending')).body['total'];
  assert.equal(left, 0);
}

async function policies(engine: TestEngine, reader: Client): Promise<void> {
  const wrong = await engine.post('/virgate/api/proposal-policies', { name: 'x', operations: ['TagsService.fly'] });
  assert.deepEqual([wrong.status, wrong.body['field']], [400, 'operations']);
  const made = await engine.post('/virgate/api/proposal-policies', { name: 'tags', operations: ['TagsService.add'] });
  assert.equal(made.status, 201, made.text);
  const full = engine.client(await tokenOf(engine, 'full'));
  const done = (await call(full, 'tag_add', { body: { name: 'green' }, reason: 'tidy' })).value.proposal;
  assert.deepEqual([done.state, done.decidedBy], ['done', 'policy tags']);
  const waits = (await call(reader, 'tag_add', { body: { name: 'yellow' }, reason: 'tidy' })).value.proposal;
  assert.equal(waits.state, 'pending', 'a token that may only read changes nothing, whatever the policy');
  assert.equal((await engine.delete(`/virgate/api/proposal-policies/${made.body['id']}`)).status, 204);
  assert.equal((await call(full, 'tag_add', { body: { name: 'grey' }, reason: 'tidy' })).value.proposal.state, 'pending');
}

async function audit(engine: TestEngine): Promise<void> {
  const { calls, total } = (await engine.get('/virgate/api/assistant-calls?max=1000')).body;
  const kept = calls as { tool: string; status: number; proposal: string | null; arguments: Record<string, unknown> }[];
  assert.equal(kept.length, total);
  for (const tool of ['cluster_list', 'tag_add', 'no_such_tool', 'host_add'])
    assert.ok(
      kept.some((one) => one.tool === tool),
      tool,
    );
  assert.equal(JSON.stringify(kept).includes('secret'), false, 'bodies are not kept with calls');
  const stranger = await engine.user('fourth');
  assert.equal((await stranger.get('/virgate/api/assistant-calls')).body['total'], 0);
  const { id } = await engine.user('fifth');
  assert.equal((await stranger.get(`/virgate/api/proposals?user=${id}`)).status, 403);
}
