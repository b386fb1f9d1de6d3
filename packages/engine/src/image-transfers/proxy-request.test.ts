import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../rest/fault.ts';
import { answerHeaders, originHeaders, proxyUrl, readProxyRequest } from './proxy-request.ts';

const id = '0b1c2d3e-0000-4000-8000-00000000000a';
const status = (run: () => unknown): number => {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error.status;
    throw error;
  }
  return 200;
};
const read = (method: string, url: string, headers: Record<string, string> = {}) => readProxyRequest(method, url, headers);

test('a request is made anew of what the protocol knows', () => {
  const sent = read('PUT', `/images/${id.toUpperCase()}?flush=n`, {
    'content-length': '4',
    'content-range': 'bytes 0-3/*',
    authorization: 'Bearer secret',
    cookie: 'session=secret',
    'x-forwarded-for': '192.0.2.1',
    connection: 'upgrade',
  });
  assert.equal(sent.path, `/images/${id}?flush=n`);
  assert.deepEqual(sent.headers, { 'content-range': 'bytes 0-3/*', 'content-length': '4' });
  assert.equal(read('GET', `/images/${id}/extents?context=dirty`).path, `/images/${id}/extents?context=dirty`);
  assert.equal(read('GET', `/images/${id}`).path, `/images/${id}`);
});

test('paths, parameters, methods and bodies that the protocol does not know are refused', () => {
  for (const url of [
    '/images/',
    '/images/*',
    `/images//${id}`,
    `//images/${id}`,
    `/images/../images/${id}`,
    `/images/${id}/../../tickets`,
    `/images/${id}%2f..`,
    `/images/${id}/extents/`,
    `/images/${id}\r\nX: y`,
    `https://elsewhere/images/${id}`,
  ])
    assert.equal(
      status(() => read('GET', url)),
      404,
      url,
    );
  for (const query of ['flush=maybe', 'context=all', 'path=/etc', '__proto__=y', 'flush'])
    assert.equal(
      status(() => read('GET', `/images/${id}?${query}`)),
      400,
      query,
    );
  for (const method of ['POST', 'DELETE', 'HEAD', 'TRACE'])
    assert.equal(
      status(() => read(method, `/images/${id}`)),
      405,
      method,
    );
  assert.equal(
    status(() => read('PUT', `/images/${id}/extents`, { 'content-length': '1' })),
    405,
  );
  assert.equal(
    status(() => read('PUT', `/images/${id}`, { 'transfer-encoding': 'chunked' })),
    411,
  );
  assert.equal(
    status(() => read('GET', `/images/${id}`, { 'content-length': '5' })),
    400,
  );
});

test('only what belongs to the image is told of a host', () => {
  assert.deepEqual(answerHeaders({ 'content-length': '1', 'set-cookie': ['a=b'], server: 'x', 'access-control-allow-origin': '*' }), {
    'content-length': '1',
  });
});

test('pages of this engine are let in, and no others', () => {
  assert.deepEqual(originHeaders({ host: 'engine:8443' }), {});
  assert.equal(originHeaders({ host: 'engine:8443', origin: 'https://engine:8443' })['access-control-allow-origin'], 'https://engine:8443');
  for (const origin of ['https://elsewhere', 'http://engine:8443', 'https://engine', 'null', 'https://engine:8443.elsewhere'])
    assert.equal(
      status(() => originHeaders({ host: 'engine:8443', origin })),
      403,
      origin,
    );
});

test('the address is of the name that the client calls, where that is one', () => {
  assert.equal(proxyUrl('engine:8443', id), `https://engine:8443/images/${id}`);
  assert.equal(proxyUrl('[::1]:8443', id), `https://[::1]:8443/images/${id}`);
  for (const host of ['elsewhere/x?', 'user@elsewhere', 'a b', '', 'x#']) assert.equal(proxyUrl(host, id), undefined, host);
});
