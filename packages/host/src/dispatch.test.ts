import { VdsmError } from '@virgate/vdsm';
import type { VdsmCall } from '@virgate/vdsm';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDispatcher } from './dispatch.ts';

const call = (method: string, params = {}): VdsmCall => ({
  method,
  params,
  id: 1,
  peer: { address: '127.0.0.1', localAddress: '127.0.0.1' },
});
const withCode = (code: number) => (error: unknown) => error instanceof VdsmError && error.code === code;

describe('finding the verb of a call', () => {
  let ready = false;
  const dispatch = createDispatcher({ 'Host.echo': (params) => Promise.resolve(params) }, () => ready);

  it('answers 99 to everything until the agent is ready', async () => {
    for (const method of ['Host.echo', 'VM.migrate', 'No.such']) await assert.rejects(dispatch(call(method)), withCode(99));
  });

  it('runs what is there and tells what is missing from what does not exist', async () => {
    ready = true;
    assert.deepEqual(await dispatch(call('Host.echo', { a: 1 })), { a: 1 });
    await assert.rejects(dispatch(call('VM.merge')), withCode(44));
    for (const method of ['No.such', 'constructor', '__proto__', 'toString', ''])
      await assert.rejects(dispatch(call(method)), withCode(-32601));
  });
});
