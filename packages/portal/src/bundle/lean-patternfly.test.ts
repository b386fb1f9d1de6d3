import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokensInUse, withoutIconFont, withoutTokens } from './lean-patternfly.ts';

const sheet =
  ':root{--pf-a:#fff;--pf-b:var(--pf-a);--pf-c:url("x;y}z");--pf-d:1px}.x{color:var(--pf-b)}.y{--pf-e:var(--pf-f, 2px);margin:var(--pf-e)}';

test('what is read, directly or through others or by scripts, stays; the rest goes', () => {
  const keep = tokensInUse([sheet], ['style.width = "var(--pf-d)"']);
  assert.deepEqual([...keep].sort(), ['--pf-a', '--pf-b', '--pf-d', '--pf-e', '--pf-f']);
  assert.equal(withoutTokens(sheet, keep), sheet.replace('--pf-c:url("x;y}z");', ''));
});

test('a token that only an unused one reads goes too', () => {
  const css = ':root{--pf-a:1px;--pf-b:var(--pf-a)}.x{margin:0}';
  assert.equal(withoutTokens(css, tokensInUse([css], [])), ':root{}.x{margin:0}');
});

test('the icon font goes, other fonts stay', () => {
  const css =
    '@font-face {\n font-family: RedHatText;\n src: url(a.woff2);\n}\n@font-face {\n font-family: "pf-v6-pficon";\n src: url(pficon.woff2);\n}\n.pf-v6-pficon-add:before {\n content: "x";\n}\n.z{}';
  const left = withoutIconFont(css);
  assert.match(left, /RedHatText/);
  assert.doesNotMatch(left, /pficon/);
  assert.match(left, /\.z\{\}/);
});
