import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutSecrets } from './log.ts';

describe('log', () => {
  it('masks what the contract calls a secret, at any depth', () => {
    const fields = {
      vmId: 'a',
      params: { password: 'p1', _X_tpmdata: 'p2', list: [{ passwd: 'p3', name: 'n' }] },
      Password: 'p4',
      token: 'p5',
    };
    assert.deepEqual(withoutSecrets(fields), {
      vmId: 'a',
      params: { password: '*****', _X_tpmdata: '*****', list: [{ passwd: '*****', name: 'n' }] },
      Password: '*****',
      token: '*****',
    });
  });

  it('ends at a depth, and writes no more of an error than its message', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    assert.ok(JSON.stringify(withoutSecrets(loop)).length < 200);
    const error = Object.assign(new Error('no'), { password: 'p' });
    assert.deepEqual(withoutSecrets({ error }), { error: { name: 'Error', message: 'no' } });
  });
});
