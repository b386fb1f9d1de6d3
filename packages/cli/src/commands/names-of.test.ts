import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { run } from '../run.ts';

type Rows = readonly { id: string; name?: string }[];

/**
 * What `virgate complete -- …` prints, and which places it asked an engine that answers as told; undefined: 400. Names alone are told only by
 * an engine that is given them.
 */
async function completed(words: string[], answer: (place: string, parameters: URLSearchParams) => Rows | undefined, told?: string[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? '', 'http://engine');
    const place = pathname.replace('/ovirt-engine/api', '');
    asked.push(`${place}${decodeURIComponent(search.replaceAll('+', ' '))}`);
    if (pathname === '/virgate/api/names') {
      response.writeHead(told === undefined ? 404 : 200).end(JSON.stringify(told === undefined ? {} : { total: told.length, names: told }));
      return;
    }
    const rows = answer(place, searchParams);
    response.writeHead(rows === undefined ? 400 : 200).end(rows === undefined || rows.length === 0 ? '{}' : JSON.stringify({ one: rows }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let out = '';
  const sink = new Writable({
    write(part: Buffer, _encoding, done) {
      out += part.toString();
      done();
    },
  });
  const environment = { VIRGATE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, VIRGATE_TOKEN: 't', HOME: '/nowhere' };
  const signal = new AbortController().signal;
  try {
    await run(['complete', '--', ...words], { stdin: Readable.from([]), stdout: sink, stderr: sink, environment, signal });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return { names: out.split('\n').filter(Boolean), asked };
}

const names = '/virgate/api/names?kind=vm&max=100';

test('names alone are asked for where the engine tells them', async () => {
  const found = await completed(['vm', 'start', 'we'], () => undefined, ['web01', 'web 02']);
  assert.deepEqual([found.names, found.asked], [['web01', 'web 02'], [`${names}&beginning=we`]]);
});

test('names that begin so are asked for, and no more of the objects than that', async () => {
  const found = await completed(['vm', 'start', 'we'], () => [
    { id: '1', name: 'web01' },
    { id: '2', name: 'web02' },
  ]);
  assert.deepEqual(found.names, ['web01', 'web02']);
  assert.deepEqual(found.asked, [`${names}&beginning=we`, '/vms?search=name=we*&max=100&fields=id,name']);
});

test('of many names the last is offered too, so that a shell completes only what all have in common', async () => {
  const first = Array.from({ length: 100 }, (_, at) => ({ id: String(at), name: `web-${String(at).padStart(4, '0')}` }));
  const found = await completed(['vm', 'start', ''], (_, parameters) =>
    parameters.get('search') === 'sortby name desc' ? [{ id: 'z', name: 'web-9999' }] : first,
  );
  assert.deepEqual([found.names.length, found.names[0], found.names.at(-1)], [101, 'web-0000', 'web-9999']);
  assert.deepEqual(found.asked, [names, '/vms?max=100&fields=id,name', '/vms?search=sortby name desc&max=1&fields=id,name']);
});

test('what lies within an object is found below its id, and where types have no names there are ids', async () => {
  const found = await completed(['vm', 'nic', 'update', 'web01', ''], (place) =>
    place === '/vms' ? [{ id: 'v/1', name: 'web01' }] : [{ id: 'n', name: 'nic1' }],
  );
  assert.deepEqual(
    [found.names, found.asked],
    [['nic1'], ['/vms?search=name=web01&fields=id,name', '/vms/v%2F1/nics?max=100&fields=id,name']],
  );
  const unnamed = await completed(['event', 'get', ''], (_, parameters) => (parameters.has('fields') ? undefined : [{ id: '7' }]));
  assert.deepEqual(unnamed.names, ['7']);
});

test('an engine that cannot be asked offers nothing', async () => {
  assert.deepEqual((await completed(['vm', 'start', ''], () => undefined)).names, []);
});
