import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultDataCenterId } from '../installation/fixed-ids.ts';
import { startTestEngine } from '../testing/engine.ts';

const xml = { 'content-type': 'application/xml', accept: 'application/xml' };
const dataCenter = `<data_center id="${defaultDataCenterId}"/>`;

test('hostile and broken bodies are refused, and the engine goes on', async (t) => {
  const { call, get } = await startTestEngine(t);
  const send = (body: string, headers: Record<string, string> = xml) => call('POST', '/clusters', { body, headers });
  const laughs = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join('');
  const bodies: Record<string, [string, number]> = {
    'external entity': [`<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><cluster><name>&x;</name>${dataCenter}</cluster>`, 400],
    'billion laughs': [`<!DOCTYPE c [<!ENTITY l0 "ha">${laughs}]><cluster><name>&l9;</name>${dataCenter}</cluster>`, 400],
    'bare DTD': [`<!DOCTYPE cluster><cluster><name>a</name>${dataCenter}</cluster>`, 400],
    'unknown element': [`<cluster><name>a</name><colour>red</colour>${dataCenter}</cluster>`, 400],
    'wrong root': [`<vm><name>a</name></vm>`, 400],
    'bad enum': [`<cluster><name>a</name><bios_type>coreboot</bios_type>${dataCenter}</cluster>`, 400],
    'bad boolean': [`<cluster><name>a</name><ballooning_enabled>perhaps</ballooning_enabled>${dataCenter}</cluster>`, 400],
    overflow: [`<cluster><name>a</name><version><major>99999999999999999999</major></version>${dataCenter}</cluster>`, 400],
    'cut off': ['<cluster><name>a</na', 400],
    nothing: ['', 400],
    'too deep': [`<cluster>${'<version>'.repeat(5000)}`, 400],
  };
  for (const [what, [body, status]] of Object.entries(bodies)) {
    const answer = await send(body);
    assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`);
    assert.match(answer.text, /<fault>/, what);
    assert.doesNotMatch(answer.text, /root:/, what);
  }
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  for (const body of [
    '{"cluster":{"name":"a"}}',
    '[]',
    '{"name":',
    'null',
    `{"name":${'['.repeat(5000)}`,
    '{"__proto__":{"administrator":true},"name":"a"}',
  ]) {
    const answer = await send(body, json);
    assert.equal(answer.status, 400, `${body.slice(0, 60)}: ${answer.text.slice(0, 200)}`);
  }
  assert.equal((await send('name: a', { 'content-type': 'text/yaml' })).status, 415);
  assert.equal((await call('GET', '/clusters', { headers: { accept: 'image/png' } })).status, 406);
  assert.equal((await get('/clusters?max=-1')).status, 400);
  assert.deepEqual((await get(`/clusters?search=${encodeURIComponent("name='; drop table cluster; --")}`)).body, {});
  assert.equal((await get('/clusters/..%2f..%2fetc')).status, 404);
  assert.equal((await get('/clusters/%00')).status, 404);
  assert.equal((await get('/clusters')).body['cluster'].length, 1, 'nothing was made, and the engine still answers');
});
