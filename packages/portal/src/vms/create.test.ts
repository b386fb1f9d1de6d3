import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@virgate/sdk';
import { en } from '../text/en.ts';
import { asTemplate, createVm, creationSchema, noNetwork } from './create.ts';
import type { Creation, CreationStep } from './create.ts';

const creation: Creation = {
  name: 'web01',
  templateId: 't',
  clusterId: 'c',
  memoryMib: 512,
  cores: 2,
  allocation: 'thin',
  network: asTemplate,
  start: false,
};

/** A client whose requests are answered by path, and the requests that it made. */
function recorded(answers: Record<string, [number, unknown]>): { client: ReturnType<typeof createClient>; calls: string[] } {
  const calls: string[] = [];
  const client = createClient({
    url: 'https://engine.example',
    fetch: (input, init) => {
      const call = `${init?.method} ${(input as string).replace('https://engine.example/ovirt-engine/api', '')}`;
      calls.push(init?.body === undefined ? call : `${call} ${init.body as string}`);
      const [status, body] = answers[call] ?? [200, {}];
      return Promise.resolve(new Response(JSON.stringify(body), { status }));
    },
  });
  return { client, calls };
}

const vmBody =
  '{"name":"web01","cpu":{"topology":{"cores":"2","sockets":"1","threads":"1"}},"memory":"536870912","memory_policy":{"guaranteed":"536870912","max":"2147483648"},"cluster":{"id":"c"},"template":{"id":"t"}}';

test('thin, as in the template: one request', async () => {
  const { client, calls } = recorded({ 'POST /vms?clone=false': [202, { id: '7' }] });
  assert.deepEqual(await createVm(client, creation, () => undefined), { id: '7' });
  assert.equal(calls.length, 1);
  assert.deepEqual(JSON.parse(calls[0]?.slice('POST /vms?clone=false '.length) ?? ''), JSON.parse(vmBody));
});

test('a network where the template has none, and a start', async () => {
  const { client, calls } = recorded({ 'POST /vms?clone=true': [201, { id: '7' }], 'GET /vms/7/nics': [200, {}] });
  const steps: CreationStep[] = [];
  await createVm(client, { ...creation, allocation: 'clone', network: 'p1', start: true }, (step) => steps.push(step));
  assert.deepEqual(steps, ['vm', 'nic', 'start']);
  assert.deepEqual(calls.slice(1), [
    'GET /vms/7/nics',
    'POST /vms/7/nics {"name":"nic1","interface":"virtio","vnic_profile":{"id":"p1"}}',
    'POST /vms/7/start {}',
  ]);
});

test('the interface that the template brought is changed or taken away', async () => {
  const answers = { 'POST /vms?clone=false': [201, { id: '7' }], 'GET /vms/7/nics': [200, { nic: [{ id: 'n', name: 'eth0' }] }] } as Record<
    string,
    [number, unknown]
  >;
  const changed = recorded(answers);
  await createVm(changed.client, { ...creation, network: 'p1' }, () => undefined);
  assert.equal(changed.calls[2], 'PUT /vms/7/nics/n {"vnic_profile":{"id":"p1"}}');
  const none = recorded(answers);
  await createVm(none.client, { ...creation, network: noNetwork }, () => undefined);
  assert.equal(none.calls[2], 'DELETE /vms/7/nics/n');
});

test('a VM that is refused throws; one that was made is told even when a later step failed', async () => {
  const refused = recorded({ 'POST /vms?clone=false': [409, { reason: 'Operation Failed', detail: '[Name in use.]' }] });
  await assert.rejects(
    createVm(refused.client, creation, () => undefined),
    { status: 409 },
  );
  const partial = recorded({
    'POST /vms?clone=false': [201, { id: '7' }],
    'POST /vms/7/start': [409, { fault: { reason: 'Operation Failed', detail: '[No host.]' }, status: 'failed' }],
  });
  const result = await createVm(partial.client, { ...creation, start: true }, () => undefined);
  assert.equal(result.id, '7');
  assert.match(String(result.failure), /No host/);
});

test('the form refuses what the engine would, with a text for each', () => {
  const wrong: [Partial<Record<keyof Creation, unknown>>, string][] = [
    [{ name: ' ' }, 'create.name.need'],
    [{ name: 'a b' }, 'create.name.bad'],
    [{ name: 'x'.repeat(256) }, 'create.name.bad'],
    [{ templateId: '' }, 'create.template.need'],
    [{ memoryMib: 1.5 }, 'create.memory.bad'],
    [{ memoryMib: NaN }, 'create.memory.bad'],
    [{ cores: 0 }, 'create.cores.bad'],
  ];
  for (const [change, message] of wrong) {
    const result = creationSchema.safeParse({ ...creation, ...change });
    assert.equal(result.error?.issues[0]?.message, message, JSON.stringify(change));
    assert.ok(message in en);
  }
  assert.ok(creationSchema.safeParse({ ...creation, name: 'Büro-1.test_2+' }).success);
});
