import assert from 'node:assert/strict';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from './connection.ts';
import { relayCalls } from './relay.ts';
import { startScriptedDaemon } from './testing/scripted-daemon.ts';

test('a relay lets through what may pass, refuses the rest by name, and ends with either end', async (context) => {
  const daemon = await startScriptedDaemon((client, { name, serial }) => {
    if (name !== 'CONNECT_GET_HOSTNAME') return false;
    client.reply('CONNECT_GET_HOSTNAME', serial, { hostname: 'behind' });
    return true;
  });
  context.after(() => daemon.close());
  const ended = Promise.withResolvers<void>();
  const seen: string[] = [];
  const door = createServer((peer) => {
    const refuse = ({ name }: { name: string }): string | undefined => {
      seen.push(name);
      return name.startsWith('DOMAIN_') ? 'not for you' : undefined;
    };
    relayCalls({ peer, daemon: createConnection(daemon.socketPath), refuse }).then(ended.resolve, ended.reject);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  context.after(() => door.close());
  const transport = createConnection({ host: '127.0.0.1', port: (door.address() as AddressInfo).port });
  const connection = await connect({ transport, uri: 'qemu:///system' });
  assert.equal(await connection.hostname(), 'behind');
  await assert.rejects(connection.domainDestroy('6f9d7c1e-0000-4000-8000-000000000001'), /not for you/);
  assert.equal(await connection.hostname(), 'behind');
  assert.ok(seen.includes('DOMAIN_DESTROY_FLAGS') && seen.includes('CONNECT_OPEN'));
  assert.ok(!daemon.clients[0]?.received.some((frame) => frame.procedure === 234), 'the daemon never saw it');
  await connection.close();
  await ended.promise;
});
