import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { StorageDomain } from '../storage-domain/store.ts';
import { createStorageActivity } from './storage-activity.ts';
import { createFenceVerbs } from './verbs.ts';

const domainId = '3f1a3e0e-1111-4222-8333-444455556666';
const base = { addr: '192.0.2.7', port: 0, agent: 'test', username: 'admin', password: 'lab 123', action: 'status' };

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fence-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** An agent that keeps what it is told and ends as it is told. */
async function agent(t: TestContext, exitCode: number, active = false) {
  const path = await folder(t);
  await writeFile(join(path, 'fence_test'), `#!/bin/sh\ncat > "${path}/told"\necho "no answer from the board" >&2\nexit ${exitCode}\n`);
  await chmod(join(path, 'fence_test'), 0o755);
  const verbs = createFenceVerbs({ isActiveOnStorage: () => Promise.resolve(active), folders: [path], log: { info: () => undefined } });
  return {
    fence: (params: object): Promise<unknown> =>
      verbs['Host.fenceNode']?.({ ...base, ...params }, undefined as never) ?? Promise.reject(new Error('no verb')),
    told: () => readFile(join(path, 'told'), 'utf8').catch(() => undefined),
  };
}

test('the exit code of the agent is the power status', async (t) => {
  assert.deepEqual(await (await agent(t, 0)).fence({}), { power: 'on' });
  assert.deepEqual(await (await agent(t, 2)).fence({}), { power: 'off' });
  await assert.rejects((await agent(t, 1)).fence({}), { code: 1, message: /no answer from the board/ });
  await assert.rejects((await agent(t, 7)).fence({}), { code: 1 });
});

test('the agent is told on its standard input', async (t) => {
  const { fence, told } = await agent(t, 0);
  assert.deepEqual(await fence({ action: 'off', port: '623', secure: 'true', options: 'lanplus=1\ncipher=3\n' }), {
    operationStatus: 'initiated',
    power: 'unknown',
  });
  assert.equal(
    await told(),
    'agent=fence_test\nipaddr=192.0.2.7\nlogin=admin\naction=off\npasswd=lab 123\nport=623\nsecure=yes\nlanplus=1\ncipher=3\n',
  );
});

test('an action that fails is a failure', async (t) => {
  await assert.rejects((await agent(t, 1)).fence({ action: 'off' }), { code: 1 });
  await assert.rejects((await agent(t, 2)).fence({ action: 'reboot' }), { code: 2 });
});

test('a host that is alive on storage is not switched off, and its status is told', async (t) => {
  const { fence, told } = await agent(t, 0, true);
  const policy = { storageDomainHostIdMap: { [domainId]: 1 } };
  assert.deepEqual(await fence({ action: 'off', policy }), { operationStatus: 'skipped' });
  assert.equal(await told(), undefined);
  assert.deepEqual(await fence({ policy }), { power: 'on' });
});

const refused: { it: string; params: object; code: number }[] = [
  { it: 'an agent that is not there', params: { agent: 'no_such' }, code: 43 },
  { it: 'a path for an agent', params: { agent: '../test' }, code: 91 },
  { it: 'another action', params: { action: 'explode' }, code: 91 },
  { it: 'a password of two lines', params: { password: 'a\naction=off' }, code: 91 },
  { it: 'a name of two lines', params: { username: 'a\r\nb' }, code: 91 },
  { it: 'options that are none', params: { options: 'lanplus' }, code: 91 },
  { it: 'a host id beyond the lockspace', params: { policy: { storageDomainHostIdMap: { [domainId]: 0 } } }, code: 91 },
  { it: 'no password', params: { password: undefined }, code: 11 },
];
for (const { it, params, code } of refused)
  test(`${it} is refused`, async (t) => {
    const { fence, told } = await agent(t, 0);
    await assert.rejects(fence(params), { code });
    assert.equal(await told(), undefined);
  });

/** A lockspace in which host 2 renews its lease, host 3 did once, and no other has one. */
async function lockspace(t: TestContext) {
  const path = await folder(t);
  await mkdir(join(path, 'dom_md'));
  const lease = (timestamp: number): Buffer => {
    const record = Buffer.alloc(512);
    record.writeUInt32LE(0x12212010, 0);
    record.write(domainId, 56, 'latin1');
    record.writeBigUInt64LE(BigInt(timestamp), 152);
    return record;
  };
  await writeFile(join(path, 'dom_md', 'ids'), Buffer.concat([lease(0), lease(1000), lease(500)]));
  let at = 1000;
  const file = await open(join(path, 'dom_md', 'ids'), 'r+');
  let written: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    at += 20;
    const record = lease(at);
    written = written.then(() => file.write(record, 0, 512, 512));
  }, 20);
  t.after(async () => {
    clearInterval(timer);
    await written;
    await file.close();
  });
  const domain = { id: domainId, path, metadata: { blockSizeBytes: 512 } } as StorageDomain;
  return createStorageActivity(
    { find: (id) => (id === domainId ? Promise.resolve(domain) : Promise.reject(new Error('none'))) },
    { watchMs: 500, pollMs: 10 },
  );
}

test('who renews a lease is active on storage', async (t) => {
  const isActive = await lockspace(t);
  assert.equal(await isActive({ [domainId]: 2 }), true);
  assert.equal(await isActive({ [domainId]: 3 }), false, 'an old lease');
  assert.equal(await isActive({ [domainId]: 1 }), false, 'a free lease');
  assert.equal(await isActive({ [domainId]: 9 }), false, 'beyond the file');
  assert.equal(await isActive({ '00000000-0000-0000-0000-000000000000': 2 }), false, 'no such domain');
  assert.equal(await isActive({}), false);
});
