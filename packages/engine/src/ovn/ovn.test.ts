import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonDocuments, OvsdbError, transact } from './ovsdb.ts';
import { parseRemote } from './remote.ts';
import { firstAddress, isInside, parseCidr, serverMac } from './subnets.ts';

test('addresses of databases are read as OVN writes them, and nothing else is one', () => {
  assert.deepEqual(parseRemote('unix:/run/ovn/ovnnb_db.sock'), { kind: 'unix', path: '/run/ovn/ovnnb_db.sock' });
  assert.deepEqual(parseRemote('ssl:192.0.2.1:6641'), { kind: 'ssl', host: '192.0.2.1', port: 6641 });
  assert.deepEqual(parseRemote('tcp:[2001:db8::1]:6641'), { kind: 'tcp', host: '2001:db8::1', port: 6641 });
  for (const wrong of [
    '',
    'https://ovn:9696',
    'tcp:192.0.2.1',
    'tcp:192.0.2.1:0',
    'tcp:192.0.2.1:70000',
    'unix:relative',
    'ssl:[nonsense]:1',
    'ssl:a b:1',
  ])
    assert.equal(parseRemote(wrong), null, wrong);
});

test('a stream of JSON documents is cut where each ends, wherever its pieces end', () => {
  const documents = [{ id: 1, result: ['}"{', { a: '\\"' }] }, { id: 'echo', method: 'echo', params: [] }, { id: 2 }];
  const text = documents.map((one) => JSON.stringify(one)).join('\n ');
  for (const size of [1, 3, text.length]) {
    const cutter = new JsonDocuments();
    const found: unknown[] = [];
    for (let at = 0; at < text.length; at += size) found.push(...cutter.take(text.slice(at, at + size)));
    assert.deepEqual(found, documents, String(size));
  }
});

test('subnets have room for guests, and begin where their prefix says', () => {
  const block = parseCidr('198.51.100.64/26');
  assert.ok(block);
  assert.equal(firstAddress(block), '198.51.100.65');
  assert.deepEqual(
    ['198.51.100.65', '198.51.100.126', '198.51.100.64', '198.51.100.127', '198.51.101.1', 'x'].map((one) => isInside(one, block)),
    [true, true, false, false, false, false],
  );
  for (const wrong of ['198.51.100.1/24', '198.51.100.0', '198.51.100.0/31', '198.51.100.0/0', '300.0.0.0/8', '2001:db8::/64'])
    assert.equal(parseCidr(wrong), null, wrong);
  assert.equal(serverMac('198.51.100.1'), '02:00:c6:33:64:01');
});

test('a database that is not there is said to be unreachable', async () => {
  const tls = { key: '', cert: '', ca: '' };
  const failed = async (remote: string): Promise<string> =>
    transact(remote, tls, 'OVN_Northbound', []).then(
      () => 'answered',
      (error: unknown) => (error instanceof OvsdbError ? error.code : String(error)),
    );
  assert.equal(await failed('unix:/nonexistent/ovn.sock'), 'unreachable');
  assert.equal(await failed('http://ovn'), 'bad_address');
});
