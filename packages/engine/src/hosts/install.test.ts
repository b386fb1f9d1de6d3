import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Ssh } from '@virgate/contract/generated/types';
import type { Context } from '../rest/operation.ts';
import { sshOf } from './install.ts';

const context = { engine: { authority: { secretKey: randomBytes(32) } } } as unknown as Context;
const fingerprintOf = (ssh: Ssh, before?: Ssh): string | null =>
  sshOf(context, { ssh: { ...ssh, authentication_method: 'publickey' } }, before).fingerprint;
/** A key and what `ssh-keygen -l` says of it. */
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const fingerprint = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU';
const other = `SHA256:${'A'.repeat(43)}`;

test('a host shows the key that was given, as it is or by its fingerprint', () => {
  assert.equal(fingerprintOf({ public_key: publicKey }), fingerprint);
  assert.equal(fingerprintOf({ public_key: `${publicKey} root@host\n` }), fingerprint);
  assert.equal(fingerprintOf({ public_key: publicKey, fingerprint }), fingerprint);
  assert.equal(fingerprintOf({ public_key: publicKey }, { fingerprint: other }), fingerprint, 'another key than before');
  assert.equal(fingerprintOf({}, { fingerprint: other }), other);
  assert.equal(fingerprintOf({}), null);
  assert.throws(() => fingerprintOf({ public_key: publicKey, fingerprint: other }), /public_key/);
  for (const wrong of ['ssh-ed25519 AAAA', 'nonsense', `${publicKey}!`, 'x'.repeat(20_000)])
    assert.throws(() => fingerprintOf({ public_key: wrong }), /public_key/);
});
