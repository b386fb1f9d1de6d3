import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askingAgain } from './asking.ts';

/** A network that fails as often as told. */
function network(failures: number, error: Error = new TypeError('Failed to fetch')) {
  const sent: string[] = [];
  const send: typeof fetch = async (_input, init) => {
    sent.push(init?.method ?? 'GET');
    if (sent.length <= failures) throw error;
    return new Response('answer');
  };
  return { sent, ask: askingAgain(send) };
}

test('what only reads is asked for once more when no answer came', async () => {
  const { sent, ask } = network(1);
  assert.equal(await (await ask('/x')).text(), 'answer');
  assert.equal(sent.length, 2);
  const gone = network(9);
  await assert.rejects(gone.ask('/x'), TypeError);
  assert.equal(gone.sent.length, 2);
});

test('what changes something, and what was given up, is not sent again', async () => {
  const post = network(1);
  await assert.rejects(post.ask('/x', { method: 'POST' }), TypeError);
  assert.deepEqual(post.sent, ['POST']);
  const given = network(1, new DOMException('given up', 'AbortError'));
  await assert.rejects(given.ask('/x'), { name: 'AbortError' });
  assert.equal(given.sent.length, 1);
});
