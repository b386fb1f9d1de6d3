import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ApiFault, createClient, EngineUnreachable } from './index.ts';
import type { Client } from './index.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: unknown;
}

type Answer = (request: Seen, response: ServerResponse) => void;

/** Runs `use` against an engine that answers as told and remembers what it was asked. */
async function withEngine(answer: Answer, use: (client: Client, seen: Seen[], url: string) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const one: Seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      seen.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await use(createClient({ url, token: 'secret' }), seen, url);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'correlation-id': 'c-1' })
    .end(body === undefined ? '' : JSON.stringify(body));
}

test('list sends parameters and decodes the collection', async () => {
  await withEngine(
    (_, response) => json(response, 200, { vm: [{ id: '1', memory: '1024' }] }),
    async (client, seen) => {
      assert.deepEqual(await client.vms.list({ search: 'name=a*', max: 5, allContent: true }), [{ id: '1', memory: 1024 }]);
      assert.equal(seen[0]?.method, 'GET');
      assert.equal(seen[0]?.url, '/ovirt-engine/api/vms?search=name%3Da*&max=5&all_content=true');
      assert.equal(seen[0]?.headers.accept, 'application/json');
      assert.equal(seen[0]?.headers.authorization, 'Bearer secret');
    },
  );
});

test('a list asks for the attributes that are wanted, and passes over what comes besides', async () => {
  await withEngine(
    (_, response) => json(response, 200, { vm: [{ id: '1', memory: '1024', name: 'a', link: [{ rel: 'nics' }] }] }),
    async (client, seen) => {
      const fields = ['id', 'memory', 'user_name'];
      assert.deepEqual(await client.vms.list({ max: 5 }, { fields }), [{ id: '1', memory: 1024 }]);
      assert.deepEqual(await client.vms.list({}, { fields: ['links'] }), [{ links: [{ rel: 'nics' }] }]);
      assert.deepEqual(
        seen.map(({ url }) => url),
        ['/ovirt-engine/api/vms?max=5&fields=id%2Cmemory', '/ovirt-engine/api/vms?fields=link'],
      );
    },
  );
});

test('add encodes the object and its query parameters', async () => {
  await withEngine(
    (_, response) => json(response, 202, { id: '9', creation_status: 'pending' }),
    async (client, seen) => {
      const added = await client.vms.add(
        { name: 'web', memory: 1024, delete_protected: true, template: { name: 'small' }, cluster: { id: 'c' } },
        { clone: true },
        { waitForCreation: true },
      );
      assert.deepEqual(added, { id: '9', creation_status: 'pending' });
      assert.equal(seen[0]?.url, '/ovirt-engine/api/vms?clone=true');
      assert.equal(seen[0]?.headers['x-ovirt-expect'], '201-created');
      assert.deepEqual(seen[0]?.body, {
        name: 'web',
        memory: '1024',
        delete_protected: 'true',
        template: { name: 'small' },
        cluster: { id: 'c' },
      });
    },
  );
});

test('actions, updates and removals', async () => {
  await withEngine(
    (_, response) => json(response, 200, { status: 'complete', job: { id: 'j' } }),
    async (client, seen) => {
      const vm = client.vms.vm('1');
      assert.deepEqual(await vm.start({ useCloudInit: true }), { status: 'complete', job: { id: 'j' } });
      await vm.update({ description: 'x' }, {}, { ifMatch: '"7"' });
      await vm.remove({ detachOnly: true });
      await client.vms
        .vm('1')
        .graphicsConsoles.console('766e63')
        .ticket({ ticket: { expiry: 120 } });
      assert.deepEqual(
        seen.map((one) => [one.method, one.url, one.body]),
        [
          ['POST', '/ovirt-engine/api/vms/1/start', { use_cloud_init: 'true' }],
          ['PUT', '/ovirt-engine/api/vms/1', { description: 'x' }],
          ['DELETE', '/ovirt-engine/api/vms/1?detach_only=true', undefined],
          ['POST', '/ovirt-engine/api/vms/1/graphicsconsoles/766e63/ticket', { ticket: { expiry: '120' } }],
        ],
      );
      assert.equal(seen[1]?.headers['if-match'], '"7"');
    },
  );
});

test('refusals become faults: plain, inside an action, and without a body', async () => {
  const bodies: Record<string, [number, unknown]> = {
    '/ovirt-engine/api/vms': [400, { reason: 'Incomplete parameters', detail: 'Vm [name] required for add' }],
    '/ovirt-engine/api/vms/1/start': [
      409,
      { status: 'failed', fault: { reason: 'Operation Failed', detail: '[Cannot run VM. VM is running.]' } },
    ],
    '/ovirt-engine/api/vms/2': [404, undefined],
    '/virgate/api/sessions': [401, { code: 'access_denied', message: 'Wrong name or password.' }],
  };
  await withEngine(
    (request, response) => json(response, ...(bodies[request.url ?? ''] ?? [500, undefined])),
    async (client) => {
      await assert.rejects(client.vms.add({}), {
        name: 'BadRequest',
        status: 400,
        reason: 'Incomplete parameters',
        detail: 'Vm [name] required for add',
      });
      const refusal = await client.vms
        .vm('1')
        .start()
        .catch((error: unknown) => error);
      assert.ok(refusal instanceof ApiFault);
      assert.deepEqual([refusal.status, refusal.text, refusal.correlationId], [409, 'Cannot run VM. VM is running.', 'c-1']);
      await assert.rejects(client.virgate.sessions.add({ username: 'a', password: 'b' }), {
        status: 401,
        code: 'access_denied',
        text: 'Wrong name or password.',
      });
      await assert.rejects(client.vms.vm('2').get(), { status: 404, reason: 'Not found', detail: '' });
    },
  );
});

test('an engine that is away, or too slow, is told from one that refuses', async () => {
  await withEngine(
    () => undefined,
    async (client) => {
      await assert.rejects(client.vms.list({}, { timeoutMs: 30 }), EngineUnreachable);
      const stop = new AbortController();
      const call = client.vms.list({}, { signal: stop.signal });
      stop.abort(new Error('left the page'));
      await assert.rejects(call, /left the page/);
    },
  );
  const away = createClient({ url: 'http://127.0.0.1:1', fetch: () => Promise.reject(new TypeError('refused')) });
  await assert.rejects(away.vms.list(), EngineUnreachable);
});

test('names that the API does not have are refused without a request', async () => {
  await withEngine(
    (_, response) => json(response, 200, {}),
    async (client, seen) => {
      const loose = client as unknown as Record<string, Record<string, () => Promise<unknown>>>;
      await assert.rejects(async () => await loose['vms']?.['explode']?.(), /VmsService has no explode\(\)/);
      await assert.rejects(async () => await loose['vms']?.['update']?.(), /VmsService has no update\(\)/);
      const vms = client.vms;
      assert.equal(await Promise.resolve(vms), vms, 'a chain is not taken for a promise');
      assert.equal(seen.length, 0);
    },
  );
});

test('a session by cookie', async () => {
  await withEngine(
    (request, response) => {
      if (request.method === 'POST')
        return json(response, 201, { user: { id: 'u', name: 'admin', principal: 'admin@internal' }, expires: 1 });
      return json(response, request.method === 'DELETE' ? 204 : 401, undefined);
    },
    async (_, seen, url) => {
      const client = createClient({ url });
      assert.equal((await client.virgate.sessions.add({ username: 'admin@internal', password: 'p' })).user.name, 'admin');
      assert.equal(await client.virgate.currentSession(), undefined);
      await client.virgate.sessions.current.remove();
      assert.deepEqual(
        seen.map((one) => `${one.method} ${one.url}`),
        ['POST /virgate/api/sessions', 'GET /virgate/api/sessions/current', 'DELETE /virgate/api/sessions/current'],
      );
      assert.equal(seen[0]?.headers.authorization, undefined);
    },
  );
});

test('the change feed resumes where it broke off and says when it cannot', async () => {
  const attempts: string[] = [];
  const changes: number[] = [];
  let resyncs = 0;
  const answer: Answer = (request, response) => {
    attempts.push(request.url ?? '');
    const attempt = attempts.length;
    if (attempt === 3) return json(response, 410, { reason: 'Gone', detail: 'resync' });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const seq = attempt * 10;
    response.write(`: hello\n\nid: ${seq}\nevent: change\ndata: ${JSON.stringify({ seq, type: 'vm', id: 'a', op: 'update' })}\n\n`);
    if (attempt < 4) response.end();
  };
  await withEngine(answer, async (client) => {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`gave up after ${attempts.length} attempts`)), 20_000);
      const watch = client.virgate.watchChanges({
        since: 5,
        random: () => 1,
        onResync: () => (resyncs += 1),
        onChange: (change) => {
          changes.push(change.seq);
          if (changes.length < 3) return;
          clearTimeout(deadline);
          watch.close();
          watch.closed.then(resolve, reject);
        },
      });
    });
  });
  assert.deepEqual(attempts, [
    '/virgate/api/changes?since=5',
    '/virgate/api/changes?since=10',
    '/virgate/api/changes?since=20',
    '/virgate/api/changes',
  ]);
  assert.deepEqual(changes, [10, 20, 40]);
  assert.equal(resyncs, 1);
});

test('a feed of windows begins anew with other windows where it stood, and takes nothing of the former stream', async () => {
  const attempts: string[] = [];
  const answer: Answer = (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://engine');
    attempts.push(`${searchParams.get('since')} ${searchParams.get('windows')}`);
    const seq = attempts.length * 10;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(`id: ${seq}\nevent: frame\ndata: {"seq":${seq},"touched":["vm"]}\n\n`);
  };
  await withEngine(answer, async (client) => {
    const seen: number[] = [];
    const windows = [{ key: 'a', kind: 'vm', ids: ['1'] } as const];
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error('nothing came')), 20_000);
      const watch = client.virgate.watchFrames({
        windows: () => windows.slice(0, seen.length),
        onResync: () => reject(new Error('nothing was missed')),
        onFrame: ({ seq }) => {
          seen.push(seq);
          if (seen.length === 1) return watch.renew();
          clearTimeout(deadline);
          watch.close();
          watch.closed.then(resolve, reject);
        },
      });
    });
    assert.deepEqual(seen, [10, 20]);
  });
  assert.deepEqual(attempts, ['null []', '10 [{"key":"a","kind":"vm","ids":["1"]}]']);
});

test('a change feed that the engine refuses ends with the fault', async () => {
  await withEngine(
    (_, response) => json(response, 401, undefined),
    async (client) => {
      const watch = client.virgate.watchChanges({ onChange: () => undefined, onResync: () => undefined });
      await assert.rejects(watch.closed, { status: 401 });
    },
  );
});
