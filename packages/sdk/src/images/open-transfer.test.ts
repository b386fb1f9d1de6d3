import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '../client.ts';
import { addressOf } from './open-transfer.ts';

const both = { transfer_url: 'https://host.example:54322/images/a', proxy_url: 'https://engine.example/images/a' };
const clientThat = (send: (url: string, init: RequestInit) => Promise<Response>) =>
  ({ transport: { send } }) as unknown as Pick<Client, 'transport'>;

test('an image goes to the host where it answers, whatever it says, else through the engine', async () => {
  const asked: string[] = [];
  const answers = clientThat(async (url, init) => {
    asked.push(`${init.method} ${url}`);
    return new Response('{}', { status: 403 });
  });
  assert.equal(await addressOf(answers, both), both.transfer_url);
  assert.deepEqual(asked, [`OPTIONS ${both.transfer_url}`]);
  const deaf = clientThat(() => Promise.reject(new TypeError('fetch failed')));
  assert.equal(await addressOf(deaf, both), both.proxy_url);
});

test('where there is one address it is not asked first', async () => {
  const none = clientThat(() => Promise.reject(new Error('nothing is to be asked')));
  assert.equal(await addressOf(none, { transfer_url: both.transfer_url }), both.transfer_url);
  assert.equal(await addressOf(none, { proxy_url: both.proxy_url }), both.proxy_url);
  assert.equal(await addressOf(none, {}), undefined);
});

test('who gives up is not sent elsewhere', async () => {
  const gone = AbortSignal.abort(new Error('enough'));
  const deaf = clientThat(() => Promise.reject(new TypeError('fetch failed')));
  await assert.rejects(addressOf(deaf, both, { signal: gone }), /enough/);
});

test('a page sends through the engine that it came from, whatever addresses a transfer tells', async () => {
  const silent = {
    transport: { origin: 'https://portal.example', send: () => Promise.reject(new Error('nothing is to be asked')) },
  } as unknown as Pick<Client, 'transport'>;
  assert.equal(await addressOf(silent, { ...both, id: 'a' }, { via: 'engine' }), 'https://portal.example/images/a');
});
