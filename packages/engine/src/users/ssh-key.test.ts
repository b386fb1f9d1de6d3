import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../rest/fault.ts';
import { checkSshKey, isSshKey } from './ssh-key.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M';

test('public keys are known by their form, with or without a comment', () => {
  assert.ok(isSshKey(key));
  assert.ok(isSshKey(`  ${key} ann@example.com`));
  for (const wrong of ['', 'ssh-ed25519', key.replace('ed25519', 'rsa'), key.slice(0, 30), 'ssh-rsa AAAA', 'ssh-ed25519 <script>'])
    assert.ok(!isSshKey(wrong), wrong);
  assert.doesNotThrow(() => checkSshKey(`${key}\n${key} two\n`));
  for (const wrong of ['\n', `${key}\nnonsense`, `${key}\n`.repeat(21)]) assert.throws(() => checkSshKey(wrong), Fault);
});
