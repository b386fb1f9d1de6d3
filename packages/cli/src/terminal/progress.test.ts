import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { widthOf } from '../output/safe-text.ts';
import { bytesText, durationText, progressLine, Rate, type Drawing, type Progress } from './progress-line.ts';

const drawing: Drawing = { columns: 100, elapsedMs: 12_400, frame: 0, colours: false };
const mib = 1024 ** 2;

test('sizes and times as people read them', () => {
  assert.deepEqual([0, 1023, 1024, 1.5 * 1024 ** 3, 2048 * 1024 ** 5].map(bytesText), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 GiB',
    '2048.0 PiB',
  ]);
  assert.deepEqual([0, 7.4, 59.6, 3753].map(durationText), ['0:00', '0:07', '1:00', '1:02:33']);
});

test('what is known is shown: a share, bytes with rate and time, or that it goes on', () => {
  const bytes: Progress = { text: 'upload web', done: 256 * mib, total: 1024 * mib, unit: 'bytes' };
  assert.equal(
    progressLine(bytes, { ...drawing, perSecond: 64 * mib }),
    'upload web  [########----------------------]   25 %  0:12 left  64.0 MiB/s  256.0 MiB of 1.0 GiB',
  );
  assert.equal(progressLine(bytes, drawing), 'upload web  [########----------------------]   25 %  256.0 MiB of 1.0 GiB');
  assert.equal(progressLine({ text: 'Copying', done: 42, total: 100 }, drawing), 'Copying  [#############-----------------]   42 %');
  assert.equal(progressLine({ text: 'start web01' }, drawing), '⠋ start web01 … 12 s');
  assert.equal(progressLine({ text: 'x', done: 0, total: 0 }, drawing), '⠋ x … 12 s');
});

test('a line fits on any terminal, and does nothing else to it', () => {
  const texts = ['a', 'a name that is much longer than any narrow terminal has room for', '漢字の長い名前です', 'evil \u001b[2J\r\nname'];
  for (const text of texts)
    for (let columns = 2; columns < 130; columns += 1)
      for (const progress of [{ text }, { text, done: 3, total: 7 }, { text, done: 5 * mib, total: 9 * mib, unit: 'bytes' as const }])
        for (const colours of [false, true]) {
          const line = progressLine(progress, { ...drawing, columns, perSecond: mib, colours });
          const plain = stripVTControlCharacters(line);
          assert.ok(widthOf(plain) < columns, `${columns}: ${widthOf(plain)} ${plain}`);
          // oxlint-disable-next-line no-control-regex
          assert.doesNotMatch(line.replaceAll(/\u001b\[(32|39)m/g, ''), /[\u0000-\u001f]/);
          if (!colours) assert.equal(line, plain);
        }
});

test('the rate is that of the last seconds', () => {
  const rate = new Rate();
  assert.equal(rate.of(0, 0), undefined);
  assert.equal(rate.of(100, 100), undefined, 'too early to tell');
  assert.equal(rate.of(1000, 1000), 1000);
  for (let at = 1; at <= 40; at += 1) rate.of(1000 + at, 1000 + at * 1000);
  const slow = rate.of(1041, 42_000) ?? 0;
  assert.ok(slow > 0.8 && slow < 1.2, String(slow));
});
