import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { roffText } from '../output/roff.ts';
import { run } from '../run.ts';

/** What `virgate help --man …` prints. */
async function page(...words: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const sink = (): Writable =>
    new Writable({
      write(part: Buffer, _encoding, done) {
        text += part.toString();
        done();
      },
    });
  const terminal = { stdin: Readable.from([]), stdout: sink(), stderr: sink(), environment: {}, signal: new AbortController().signal };
  return { code: await run(['help', '--man', ...words], terminal), text };
}

test('pages of the manual hold commands of roff that man knows, and whatever else is text', async () => {
  for (const words of [[], ['vm'], ['vm', 'nic'], ['system']]) {
    const { code, text } = await page(...words);
    assert.equal(code, 0);
    const lines = text.split('\n');
    assert.match(lines[0] ?? '', new RegExp(`^\\.TH ${['VIRGATE', ...words.map((word) => word.toUpperCase())].join('\\\\-')} 1 `));
    assert.deepEqual(
      lines.filter((line) => /^['.]/.test(line) && !/^\.(TH|SH|SS|TP|PP|br|nf|fi)( |$)/.test(line)),
      [],
    );
    assert.deepEqual(text.match(/[^\\]-.{0,40}/g), null, 'dashes are those of the keyboard');
  }
  assert.match((await page('vm')).text, /\.SS virgate vm start VM\n[^]*\\fB\\-\\-use\\-cloud\\-init/);
  const unknown = await page('vm', 'nonsense');
  assert.deepEqual([unknown.code, /nonsense has no page/.test(unknown.text)], [1, true]);
});

test('text of others is no command of roff', () => {
  assert.equal(roffText(`.SH x\n'br\n\\fB "a"-b`), `\\&.SH x\n\\&'br\n\\efB \\(dqa\\(dq\\-b`);
});
