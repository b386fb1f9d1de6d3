import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';

/** Longest that an installation may take to fail where nothing answers. */
const maxMs = 10_000;

/** A port of loopback at which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilFailed({ get }: TestEngine, id: string): Promise<Record<string, string>> {
  const until = Date.now() + maxMs;
  for (;;) {
    const { body } = await get(`/hosts/${id}`);
    if (body['status'] === 'install_failed') return body as Record<string, string>;
    assert.ok(Date.now() < until, `the host is ${body['status']}`);
    await sleep(100);
  }
}

test('a host that refuses SSH is install_failed within seconds, and its event says why', async (t) => {
  const test = await startTestEngine(t);
  const port = await closedPort();
  const ssh = { port, authentication_method: 'password', user: { user_name: 'root', password: 'p' } };
  for (const [name, address] of [
    ['by-address', '127.0.0.1'],
    ['by-name', 'localhost'],
  ] as const) {
    const { status, body } = await test.post('/hosts', { name, address, ssh });
    assert.equal(status, 201);
    assert.match(body['status'], /^install(ing|_failed)$/, 'a refusal may come before the answer');
    const failed = await untilFailed(test, body['id']);
    assert.match(failed['status_detail'] ?? '', /ECONNREFUSED/);
    const events = (await test.get(`/events?search=${encodeURIComponent(`host.name=${name}`)}`)).body['event'] as Record<string, string>[];
    assert.match(events.find((one) => one['code'] === '505')?.['description'] ?? '', /ECONNREFUSED/);
    const job = (await test.get('/jobs')).body['job'].find((one: { description: string }) => one.description.endsWith(name));
    assert.equal(job?.status, 'failed');
  }
});
