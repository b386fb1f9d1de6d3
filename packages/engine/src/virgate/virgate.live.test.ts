// Budget: 30 s
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { virgateServices } from '@virgate/contract/generated/virgate';
import { virgateRoot } from '@virgate/contract/virgate/declaration';
import { startTestEngine, type TestEngine } from '../testing/engine.ts';

/** Every method of the declaration with a path whose ids name nothing. */
const methods = Object.entries(virgateServices).flatMap(([service, { path, methods: list }]) =>
  list.map((method) => ({
    ...method,
    service: `${service}.${method.name}`,
    template: path,
    address: `${virgateRoot}${path.replace(/\{\w+\}/g, () => randomUUID())}${method.action === undefined ? '' : `/${method.action}`}`,
  })),
);

test('the declared API', async (t) => {
  const engine = await startTestEngine(t);
  await t.test('every method asks who it is, whether he may, and what for', () => everyMethod(engine));
  await t.test('what is not declared is no place, and other verbs are told which there are', () => noPlaces(engine));
  await t.test('values out of their bounds are refused with the field that is wrong', () => badValues(engine));
});

async function everyMethod(engine: TestEngine): Promise<void> {
  const nobody = engine.client(null);
  const stranger = await engine.user('stranger');
  for (const { service, http, template, address, access, permit, on, body } of methods) {
    const call = (client: typeof nobody, options = {}) => client.call(http, address, options);
    const refused = await call(nobody, { body: '[]' });
    assert.equal(
      refused.status,
      access === 'public' ? (body === undefined ? 403 : refused.status) : 401,
      `${service} without a user: ${refused.text}`,
    );
    assert.ok(
      refused.status < 500 && typeof refused.body['code'] === 'string' && typeof refused.body['message'] === 'string',
      `${service}: ${refused.text}`,
    );
    if (access === 'public' || access === 'browser') continue;
    // What the permit is asked on may stand in the body, which then has to be readable.
    const unread = on === undefined || template.includes(`{${on}}`) ? '{"' : '{}';
    if (permit !== undefined || access !== 'signed_in')
      assert.equal((await call(stranger, { body: unread })).status, 403, `${service} without a permit`);
    if (body === undefined) continue;
    for (const malformed of ['{"', '[]', '{"noSuchMember": 1}']) {
      const answer = await call(engine, { body: malformed });
      assert.ok(
        [400, 404].includes(answer.status) && answer.body['message'],
        `${service} with ${malformed}: ${answer.status} ${answer.text}`,
      );
    }
  }
}

async function noPlaces({ get, call }: TestEngine): Promise<void> {
  assert.deepEqual((await get('/virgate/api/no-such-place')).body, { code: 'not_found', message: 'There is no such place in this API.' });
  const patched = await call('PATCH', '/virgate/api/password-policy', { body: '{}' });
  assert.deepEqual([patched.status, patched.headers['allow'], patched.body['code']], [405, 'HEAD, GET, PUT', 'method_not_allowed']);
  assert.equal((await call('HEAD', '/virgate/api/password-policy')).status, 200);
}

async function badValues({ put, post, get }: TestEngine): Promise<void> {
  const wrong = await put('/virgate/api/password-policy', { minLength: 3 });
  assert.deepEqual(
    [wrong.status, wrong.body],
    [400, { code: 'invalid_value', message: 'minLength must be a whole number from 6 to 128.', field: 'minLength' }],
  );
  const missing = await post('/virgate/api/users', { name: 'ann' });
  assert.deepEqual([missing.status, missing.body], [400, { code: 'incomplete', message: 'password is needed.', field: 'password' }]);
  assert.equal((await get('/virgate/api/search')).body['field'], 'query');
  assert.deepEqual((await get('/virgate/api/vms/not-an-id/actions')).body['code'], 'not_found');
}
