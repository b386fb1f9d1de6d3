import assert from 'node:assert/strict';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import fastify from 'fastify';
import { limitBodyTime } from './body-time.ts';

const limitMs = 100;

/** What a server says to a body that stays away for several times its limit, then ends. */
function slowly(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let told = '';
    let rest: NodeJS.Timeout | undefined;
    socket.on('data', (data) => (told += data.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(rest);
      resolve(told);
    });
    socket.write(`PUT ${path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nab`);
    rest = setTimeout(() => socket.writable && socket.write('cd'), 5 * limitMs);
  });
}

test('a body that does not come whole in time ends its request, unless its route lets it take its time', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  limitBodyTime(app, limitMs);
  app.put('/short', (request) => ({ got: request.body }));
  app.put('/long', { config: { endlessBody: true } }, (request) => ({ got: request.body }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  assert.match(await slowly(port, '/short'), /^HTTP\/1\.1 408 /);
  assert.match(await slowly(port, '/long'), /^HTTP\/1\.1 200 [^]*\{"got":"abcd"\}$/);
});
