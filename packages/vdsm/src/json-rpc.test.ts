import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { VdsmError } from './errors.ts';
import { encodeError, encodeResult, namedParameters, parseJson, parseMessages, parseRequests } from './json-rpc.ts';

function faultOf(body: string): [number, unknown] {
  const [request] = parseRequests(body, 3).requests;
  assert.ok(request && 'fault' in request, 'a fault was expected');
  return [request.fault.code, request.id];
}

describe('requests', () => {
  test('an object', () => {
    assert.deepEqual(parseRequests('{"jsonrpc":"2.0","method":"Host.ping2","params":{"a":1},"id":"x"}', 3), {
      batch: false,
      requests: [{ method: 'Host.ping2', params: { a: 1 }, id: 'x' }],
    });
  });

  test('no params, positional params, no id', () => {
    const { requests } = parseRequests('[{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b","params":[1,2]}]', 3);
    assert.deepEqual(requests, [
      { method: 'a', params: {}, id: 1 },
      { method: 'b', params: [1, 2] },
    ]);
  });

  const refused: Array<[string, string, number, unknown]> = [
    ['no JSON', '{', -32700, null],
    ['nothing', '', -32700, null],
    ['gzip', '\x1f\x8b\x08\x00', -32700, null],
    ['a number', '1', -32600, null],
    ['null', 'null', -32600, null],
    ['an empty batch', '[]', -32600, null],
    ['too large a batch', '[1,2,3,4]', -32600, null],
    ['an element that is no object', '[1]', -32600, null],
    ['no jsonrpc', '{"method":"a","id":"x"}', -32600, null],
    ['another jsonrpc', '{"jsonrpc":"1.0","method":"a","id":"x"}', -32600, null],
    ['no method', '{"jsonrpc":"2.0","id":"x"}', -32600, 'x'],
    ['an endless method', `{"jsonrpc":"2.0","id":"x","method":"${'a'.repeat(256)}"}`, -32600, 'x'],
    ['a method that is no text', '{"jsonrpc":"2.0","method":1,"id":"x"}', -32600, 'x'],
    ['params that are a text', '{"jsonrpc":"2.0","method":"a","params":"x","id":"x"}', -32602, 'x'],
    ['an id that is an object', '{"jsonrpc":"2.0","method":"a","id":{}}', -32600, null],
    ['nested 100,000 deep', '['.repeat(100_000), -32700, null],
  ];
  for (const [name, body, code, id] of refused) test(name, () => assert.deepEqual(faultOf(body), [code, id]));

  test('brackets in strings are no depth', () => {
    assert.equal(parseJson(JSON.stringify('[{'.repeat(1000))), '[{'.repeat(1000));
    assert.equal(parseJson(JSON.stringify(`"\\"${'['.repeat(1000)}`)), `"\\"${'['.repeat(1000)}`);
  });

  test('__proto__, also written with an escape, does not come through', () => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      const value = parseJson(`{"a":{"${key}":{"polluted":1},"b":2}}`) as { a: object };
      assert.deepEqual(Object.keys(value.a), ['b']);
      assert.equal((value.a as Record<string, unknown>)['polluted'], undefined);
    }
  });

  test('positional parameters get the names of the contract', () => {
    assert.deepEqual(namedParameters(['x', 1], ['vmID', 'b', 'c']), { vmID: 'x', b: 1 });
    assert.deepEqual(namedParameters({ a: 1 }, undefined), { a: 1 });
    assert.throws(
      () => namedParameters([1], []),
      (error) => error instanceof VdsmError && error.code === -32602,
    );
    assert.throws(() => namedParameters([1], undefined), VdsmError);
  });
});

describe('answers', () => {
  test('a verb without return value answers true; null stays null', () => {
    assert.equal(encodeResult('x', undefined), '{"jsonrpc":"2.0","id":"x","result":true}');
    assert.equal(encodeResult(1, null), '{"jsonrpc":"2.0","id":1,"result":null}');
  });

  test('codes are integers; anything unforeseen is -32603 with its text', () => {
    assert.equal(encodeError('x', new VdsmError(1, 'no VM')), '{"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no VM"}}');
    assert.equal(encodeError('x', new TypeError('bug')), '{"jsonrpc":"2.0","id":"x","error":{"code":-32603,"message":"bug"}}');
    assert.equal(encodeError('x', 'text'), '{"jsonrpc":"2.0","id":"x","error":{"code":-32603,"message":"Internal error"}}');
    assert.equal(new VdsmError(1.5, '').code, -32603);
  });

  test('what a host sends: results, errors, notifications, and things to leave out', () => {
    const body =
      '[{"jsonrpc":"2.0","id":"a","result":null},{"id":"b","error":{"code":99,"message":"m"}},{"method":"|a|b|c","params":{"x":1}},{"method":"|a|b|c"},7,null,{},{"id":{}},{"method":"call","id":1},{"id":"d"},{"id":"e","error":"text"},{"id":"f","error":{"code":"host:1"}}]';
    const messages = parseMessages(body);
    assert.deepEqual(
      messages.map((message) =>
        'method' in message ? [message.method, message.params] : [message.id, message.result, message.error?.code],
      ),
      [
        ['a', null, undefined],
        ['b', undefined, 99],
        ['|a|b|c', { x: 1 }],
        ['|a|b|c', {}],
        ['d', undefined, -32603],
        ['e', undefined, -32603],
        ['f', undefined, -32603],
      ],
    );
    assert.throws(() => parseMessages('{'), VdsmError);
  });
});
