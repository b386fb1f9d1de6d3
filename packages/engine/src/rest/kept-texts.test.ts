import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptTexts } from './kept-texts.ts';

test('a text is found in the state for which it was kept, and in no other', () => {
  const texts = new KeptTexts();
  assert.equal(texts.find('a', '1'), undefined);
  texts.keep('a', { stamp: '1', own: ['<a>', 'ä€'] });
  assert.deepEqual(texts.find('a', '1')?.own, ['<a>', 'ä€']);
  assert.equal(texts.find('a', '2'), undefined);
  texts.keep('a', { stamp: '2', own: ['x'] });
  assert.equal(texts.find('a', '1'), undefined);
  assert.deepEqual(texts.find('a', '2')?.own, ['x']);
});

test('what was used longest ago goes when there is no room', () => {
  const texts = new KeptTexts(30);
  for (const key of ['a', 'b', 'c']) texts.keep(key, { stamp: '1', own: ['12345678'] });
  assert.ok(texts.find('a', '1'));
  texts.keep('d', { stamp: '1', own: ['12345678'] });
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].filter((key) => texts.find(key, '1') !== undefined),
    ['a', 'c', 'd'],
  );
  texts.keep('e', { stamp: '1', own: ['1'.repeat(40)] });
  assert.equal(texts.find('e', '1'), undefined);
  texts.keep('f', { stamp: '1', own: ['1'] });
  assert.ok(texts.find('f', '1'), 'what is dropped no longer counts');
});
