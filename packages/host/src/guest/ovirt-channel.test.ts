import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { emptyGuestFacts, guestStatistics } from './facts.ts';
import { channelLimits, OvirtChannel } from './ovirt-channel.ts';
import { mergeOvirtMessage, readOvirtMessage, withOvirtFacts } from './ovirt-facts.ts';
import type { OvirtGuestFacts } from './ovirt-facts.ts';

test('the channel speaks with a guest, and drops what is too long or too much', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'channel-'));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  const heard: unknown[] = [];
  const channel = new OvirtChannel(path, (message) => void heard.push(message['__name__']));
  t.after(() => channel.close());
  const [guest] = (await once(server, 'connection')) as [Socket];
  let told = '';
  guest.on('data', (chunk: Buffer) => (told += chunk.toString()));
  guest.write('{"__name__":"heartbeat","free-ram":"1"}\nnonsense\n{"name":"no kind"}\n[1]\n');
  guest.write(`{"__name__":"applications","applications":["${'x'.repeat(channelLimits.lineBytes)}"]}\n`);
  guest.write('{"__name__":"host-name","na');
  guest.write('me":"web"}\n');
  const until = async (done: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 500 && !done(); turn++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(done());
  };
  await until(() => heard.length === 2);
  assert.deepEqual(heard, ['heartbeat', 'host-name']);
  channel.send('login', { username: 'ann', password: 'secret' });
  await until(() => told.split('\n').length === 3);
  assert.deepEqual(
    told
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    [
      { __name__: 'refresh', apiVersion: 3 },
      { __name__: 'login', username: 'ann', password: 'secret' },
    ],
  );
  guest.write('{"__name__":"heartbeat"}\n'.repeat(5000));
  guest.end();
  await until(() => channel.closed);
  assert.ok(heard.length < 5000, `${heard.length} messages came through`);
});

const hear = (...messages: object[]): OvirtGuestFacts =>
  messages.reduce<OvirtGuestFacts>((facts, message) => mergeOvirtMessage(facts, message as Record<string, unknown>), {});

test('what the agent tells fills what the QEMU guest agent leaves out', () => {
  const facts = hear(
    { __name__: 'host-name', name: 'web' },
    { __name__: 'active-user', name: 'ann' },
    { __name__: 'session-lock' },
    { __name__: 'network-interfaces', interfaces: [{ name: 'eth0', hw: '56:6F:00:00:00:01', inet: ['10.0.0.5'], inet6: ['fe80::1'] }] },
    { __name__: 'applications', applications: ['app-1'] },
    { __name__: 'disks-usage', disks: [{ path: 'C:', total: '100', used: '40', fs: 'NTFS' }] },
    { __name__: 'number-of-cpus', count: 2 },
    { __name__: 'unheard-of', name: 'x' },
  );
  const alone = withOvirtFacts(guestStatistics(emptyGuestFacts()), facts);
  assert.deepEqual(
    [alone['username'], alone['session'], alone['guestFQDN'], alone['guestIPs'], alone['guestCPUCount'], alone['appsList']],
    ['ann', 'Locked', 'web', '10.0.0.5', 2, ['app-1']],
  );
  const both = withOvirtFacts(guestStatistics({ ...emptyGuestFacts(), hostName: 'qemu', userNames: ['bob'], agentVersion: '7' }), facts);
  assert.deepEqual([both['username'], both['guestFQDN'], both['appsList']], ['bob', 'qemu', ['qemu-guest-agent-7', 'app-1']]);
  assert.equal(hear({ __name__: 'active-user', name: 'ann' }, { __name__: 'session-logoff' }).userName, '');
});

test('a guest that lies is cut to size', () => {
  const lies = hear(
    { __name__: 'host-name', name: `a\u0000\u202E${'x'.repeat(100_000)}` },
    {
      __name__: 'network-interfaces',
      interfaces: Array.from({ length: 1000 }, () => ({ name: 'e', hw: 1, inet: ['<script>', '10.0.0.1'], inet6: 7 })),
    },
    { __name__: 'applications', applications: Array.from({ length: 100_000 }, () => 'y'.repeat(10_000)) },
    { __name__: 'disks-usage', disks: [{ path: '/', total: -1, used: 0 }, { path: '/', total: 1, used: 2 }, null] },
    { __name__: 'number-of-cpus', count: 1e12 },
    { __name__: 'timezone', offset: 1e9, zone: {} },
    { __name__: '__proto__', polluted: true },
    { __name__: 'constructor' },
  );
  assert.equal(lies.hostName?.length, 255);
  assert.equal(lies.interfaces?.length, 64);
  assert.deepEqual(lies.interfaces[0], { name: 'e', hw: '', inet: ['10.0.0.1'], inet6: [] });
  assert.deepEqual([lies.applications?.length, lies.disksUsage, lies.cpuCount, lies.timezone], [2000, [], undefined, undefined]);
  assert.ok(JSON.stringify(withOvirtFacts(guestStatistics(emptyGuestFacts()), lies)).length < 700_000);
  for (const line of ['', 'null', '7', '{', '{"__name__":7}']) assert.equal(readOvirtMessage(line), undefined);
});
