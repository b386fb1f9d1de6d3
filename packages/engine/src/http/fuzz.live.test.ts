// Budget: 40 s
import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { test } from 'node:test';
import { makeValue, randomSource } from '@virgate/contract/random-value';
import { encodeJson } from '@virgate/contract/json';
import { encodeXml } from '@virgate/contract/xml';
import { bodyTypeOf, matchRoute, routes } from '@virgate/contract/routes';
import type { TypeName, Types } from '@virgate/contract/generated/types';
import { startTestEngine, type Answer } from '../testing/engine.ts';
import { addObjects } from '../testing/objects.ts';
import { Places } from '../testing/places.ts';

const requests = process.env['VIRGATE_LONG_RUN'] === '1' ? 50_000 : 2_500;
const seed = 20_261_128;
const parallel = 8;

/** Texts that routers, parameters and search stumble over. */
const oddities = [
  '..',
  '.',
  '%00',
  '%2e%2e%2f',
  '%ff',
  '%F0%9F%98%80',
  ';',
  ';max=1',
  ';current',
  ';=',
  ';;',
  '-1',
  '0',
  '99999999999999999999',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-4fff-8fff-ffffffffffff',
  'null',
  '__proto__',
  'constructor',
  'creation_status',
  'search',
  '%27%20or%201%3D1--',
  '*',
  '%',
  'vms',
  'x'.repeat(2000),
];
const parameterNames = [
  'search',
  'max',
  'follow',
  'detail',
  'filter',
  'all_content',
  'async',
  'from',
  'case_sensitive',
  'accept',
  'next_run',
  'current',
  'unregistered',
  'x',
];
const parameterValues = [
  '',
  '1',
  '-1',
  'true',
  'nics.vnic_profile',
  'a.b.c.d.e.f.g',
  ','.repeat(60),
  'name=',
  'name=(',
  'sortby name page 9999999999',
  "name='\\'",
  '%25%25',
  'application/json',
  '+statistics',
  '1e9',
  '\u202E',
  '* '.repeat(300),
];
const contentTypes = [
  'application/xml',
  'application/json',
  'text/xml; charset=utf-16',
  'application/json;charset=UTF-8',
  'multipart/form-data',
  '',
];
const accepts = [
  'application/xml',
  'application/json',
  '*/*',
  'image/png',
  'application/xml;q=0.1, application/json;q=x',
  'application/x-virt-viewer',
  '',
];

/** The one host here never answers: what asks it is not tried. */
const asksHost = /\/hosts\/[^/]+\/(refresh|storage)/;
const asynchronous = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}async=true`;
const pathPart = (text: string): string => encodeURI(text).replace(/[?#]/g, encodeURIComponent);

test('no request brings an error of the engine, whatever it is made of', async (t) => {
  const test = await startTestEngine(t);
  const placed = (await new Places(test, await addObjects(test)).all()).filter(({ path }) => !asksHost.test(path));
  const random = randomSource(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const chance = (share: number): boolean => random() < share;

  /** A path: of an object that is there, of the contract, or of nothing, with something odd in it now and then. */
  function somePath(): string {
    const base = chance(0.7) ? pick(placed).path : pick(routes).template.replace(/\{[^}]+\}/g, () => pathPart(pick(oddities)));
    const segments = base.split('/');
    if (chance(0.25)) segments.splice(1 + Math.floor(random() * segments.length), chance(0.5) ? 1 : 0, pick(oddities));
    const query = Array.from(
      { length: chance(0.4) ? Math.ceil(random() * 3) : 0 },
      () => `${pick(parameterNames)}=${encodeURIComponent(pick(parameterValues))}`,
    );
    return `${segments.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  }

  /** A document of some type, whole or cut, and what it says it is. */
  function body(http: string, place: string): { body: string; type: string } {
    const match = matchRoute(http, (place.split(/[?;]/)[0] ?? '').split('/').slice(1));
    const wanted = match.kind === 'found' && match.methods[0] !== undefined ? bodyTypeOf(match.methods[0]) : undefined;
    const type = (chance(0.8) ? wanted : undefined) ?? (pick(['Vm', 'Action', 'Disk', 'Host', 'Permission']) as TypeName);
    const value = makeValue(type, random, chance(0.5) ? 1 : 2) as Types[TypeName];
    const isXml = chance(0.5);
    const text = isXml ? encodeXml(type, value) : encodeJson(type, value);
    const cut = chance(0.2) ? text.slice(0, Math.floor(random() * text.length)) : text;
    return { body: cut, type: chance(0.9) ? (isXml ? 'application/xml' : 'application/json') : pick(contentTypes) };
  }

  const troubles: string[] = [];
  const statuses = new Map<number, number>();
  async function one(index: number): Promise<void> {
    const http = pick(['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']);
    // Nobody waits here for what a host does.
    const place = http === 'POST' || http === 'DELETE' ? asynchronous(somePath()) : somePath();
    const sent = http === 'POST' || http === 'PUT' ? body(http, place) : undefined;
    let answer: Answer;
    try {
      answer = await test.call(http, place, {
        ...(sent ? { body: sent.body } : {}),
        headers: {
          accept: pick(accepts),
          ...(sent ? { 'content-type': sent.type } : {}),
          ...(chance(0.1) ? { 'correlation-id': 'a b\u00e9'.repeat(30) } : {}),
          ...(chance(0.05) ? { 'x-ovirt-expect': '202-accepted' } : {}),
        },
      });
    } catch (error) {
      // What the client itself takes for no URL or header was never sent.
      if (error instanceof TypeError) return;
      troubles.push(`case ${index}: ${http} ${place.slice(0, 300)}: ${String(error)}`);
      return;
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    // The contract has 500 for some states, such as a disk without an image: those are refusals, and say so.
    if (answer.status >= 500 && answer.status !== 501 && !/\[Cannot /.test(answer.text))
      troubles.push(
        `case ${index}: ${http} ${place.slice(0, 300)} ${sent?.body.slice(0, 200) ?? ''}: ${answer.status} ${answer.text.slice(0, 200)}`,
      );
  }
  for (let at = 0; at < requests; at += parallel) await Promise.all(Array.from({ length: parallel }, (_, index) => one(at + index)));
  assert.deepEqual(troubles, [], `seed ${seed}`);
  assert.equal(
    [200, 400, 404, 405, 406, 415].every((status) => statuses.has(status)),
    true,
    JSON.stringify([...statuses]),
  );
  assert.equal((await test.get('/vms')).status, 200);
});

/** Sends bytes as they are, and gives what comes back until the engine closes or says nothing for a moment. */
function raw(port: number, ca: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername: 'localhost' });
    let told = '';
    socket.setTimeout(300, () => socket.destroy());
    socket.on('secureConnect', () => socket.write(bytes));
    socket.on('data', (part) => (told += part.toString('latin1')));
    socket.on('error', (error) => ('code' in error && error.code === 'ECONNRESET' ? resolve(told) : reject(error)));
    socket.on('close', () => resolve(told));
  });
}

test('what is no HTTP ends its connection, and no other', async (t) => {
  const test = await startTestEngine(t);
  const port = Number(new URL(test.url).port);
  const requestsOfNoKind = [
    '\0\0\0\0',
    'GET\r\n\r\n',
    `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    'GET /ovirt-engine/api HTTP/9.9\r\nHost: x\r\n\r\n',
    'POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
    'POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /a HTTP/1.1\r\n\r\n',
    'POST /ovirt-engine/api/vms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n',
    `GET /ovirt-engine/api HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(20_000)}\r\n`,
    'GET /ovirt-engine/api/%zz HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET //ovirt-engine/api HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://other/ovirt-engine/api HTTP/1.1\r\nHost: x\r\n\r\n',
    Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 0xff, 0xff, 0xff, 0xff, 0xff]),
  ];
  for (const bytes of requestsOfNoKind) {
    const told = await raw(port, test.caPem, bytes);
    assert.match(told, /^$|^HTTP\/1\.1 [23 4]\d\d /, `${bytes.toString('latin1').slice(0, 60)}: ${told.slice(0, 200)}`);
    assert.equal((await test.get('/clusters')).status, 200);
  }
});
