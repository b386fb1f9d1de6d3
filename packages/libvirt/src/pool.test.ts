import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { LibvirtClientError } from './errors.ts';
import { MessageStatus } from './generated/constants.ts';
import { LibvirtPool } from './pool.ts';
import type { PoolOptions } from './pool.ts';
import { startScriptedDaemon, until } from './testing/scripted-daemon.ts';
import type { Script, ScriptedDaemon } from './testing/scripted-daemon.ts';

const domain = { name: 'a', uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', id: 3 };
const ended: (() => Promise<void> | void)[] = [];
const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof LibvirtClientError && error.code === expected;

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

const standard: Script = (client, { name, serial }) => {
  if (name === 'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY') client.reply(name, serial, { callbackID: 1 });
  else if (name === 'CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY') client.reply(name, serial, {});
  else if (name === 'CONNECT_GET_HOSTNAME') client.reply(name, serial, { hostname: 'h' });
  else return false;
  return true;
};

async function start(
  script: Script = standard,
  options: Partial<PoolOptions> = {},
): Promise<{ daemon: ScriptedDaemon; pool: LibvirtPool }> {
  const daemon = await startScriptedDaemon(script);
  ended.push(() => daemon.close());
  const pool = new LibvirtPool({
    socketPath: daemon.socketPath,
    uri: 'test:///default',
    callTimeoutMs: 3000,
    backOff: { firstMs: 5, maxMs: 10 },
    ...options,
  });
  ended.push(() => pool.close());
  return { daemon, pool };
}

describe('the pool', () => {
  it('keeps events, short calls and jobs apart', async () => {
    const { daemon, pool } = await start();
    await pool.start();
    assert.equal(await pool.hostname(), 'h');
    assert.equal(await pool.hostname(), 'h');
    assert.equal(daemon.clients.length, 2);
    await pool.job(async (connection) => {
      assert.equal(await connection.hostname(), 'h');
      assert.equal(daemon.clients.length, 3);
    });
    await until(() => daemon.clients[2]!.socket.destroyed, "the end of the job's connection");
    await assert.rejects(
      pool.job(() => Promise.reject(new Error('work failed'))),
      /work failed/,
    );
    await until(() => daemon.clients[3]!.socket.destroyed, "the end of the second job's connection");
  });

  it('connects anew after a loss, with all handlers, and says so', async () => {
    const { daemon, pool } = await start();
    const told: string[] = [];
    pool.on('up', () => told.push('up'));
    pool.on('down', () => told.push('down'));
    const seen: number[] = [];
    await pool.onDomainEvent('lifecycle', ({ event }) => {
      seen.push(event);
    });
    await pool.start();
    daemon.clients[0]!.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 1, dom: domain, event: 1, detail: 0 });
    await until(() => seen.length === 1, 'the first event');
    daemon.clients[0]!.socket.destroy();
    await until(() => told.length === 3, 'up, down, up');
    assert.deepEqual(told, ['up', 'down', 'up']);
    assert.ok(pool.up);
    daemon.clients[1]!.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 1, dom: domain, event: 2, detail: 0 });
    await until(() => seen.length === 2, 'the second event');
    assert.deepEqual(seen, [1, 2]);
  });

  it('tries until the daemon is there', async () => {
    let attempts = 0;
    const { daemon, pool } = await start(standard);
    const failures: unknown[] = [];
    const late = new LibvirtPool({
      socketPath: daemon.socketPath,
      uri: 'test:///default',
      backOff: { firstMs: 1, maxMs: 2 },
      open: async (options) => {
        attempts += 1;
        if (attempts < 4) throw new LibvirtClientError('CONNECT', 'not yet');
        return await (await import('./connection.ts')).connect(options);
      },
    });
    ended.push(() => late.close());
    late.on('down', (error) => failures.push(error));
    await late.start();
    assert.equal(attempts, 4);
    assert.equal(failures.length, 3);
    assert.ok(failures.every(code('CONNECT')));
    assert.equal(pool.up, false);
  });

  it('does not register a handler that was removed while it was down', async () => {
    const { daemon, pool } = await start();
    const off = await pool.onDomainEvent('reboot', () => undefined);
    await off();
    const seen: unknown[] = [];
    await pool.start();
    const offLater = await pool.onDomainEvent('lifecycle', (event) => seen.push(event));
    await offLater();
    daemon.clients[0]!.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 1, dom: domain, event: 1, detail: 0 });
    assert.equal(await pool.hostname(), 'h');
    assert.deepEqual(seen, []);
  });

  it('rejects a call under way when its connection is lost, and uses a new one for the next', async () => {
    let lose = true;
    const { daemon, pool } = await start((client, call) => {
      if (call.name === 'CONNECT_GET_HOSTNAME' && lose) {
        lose = false;
        client.socket.destroy();
        return true;
      }
      return standard(client, call);
    });
    await assert.rejects(pool.hostname(), code('CLOSED'));
    assert.equal(await pool.hostname(), 'h');
    assert.equal(daemon.clients.length, 2);
  });

  it('leaves a connection whose places are all taken by calls that nobody waits for', async () => {
    let stuck = true;
    const { daemon, pool } = await start(
      (client, call) => (call.name === 'CONNECT_GET_HOSTNAME' && stuck ? true : standard(client, call)),
      { limits: { callsInFlight: 2 } },
    );
    const calls = [1, 2].map(() => pool.call('CONNECT_GET_HOSTNAME', {}, { timeoutMs: 20 }));
    for (const call of calls) await assert.rejects(call, code('TIMEOUT'));
    stuck = false;
    assert.equal(await pool.hostname(), 'h');
    assert.equal(daemon.clients.length, 2);
  });

  it('opens one connection for calls that begin together', async () => {
    const { daemon, pool } = await start();
    await Promise.all(Array.from({ length: 20 }, () => pool.hostname()));
    assert.equal(daemon.clients.length, 1);
  });

  it('gives a stream a connection without keepalive that goes with it', async () => {
    const names: string[] = [];
    const { daemon, pool } = await start((client, call) => {
      names.push(call.name);
      if (call.name !== 'DOMAIN_SCREENSHOT') return standard(client, call);
      client.reply(call.name, call.serial, { mime: 'image/png' });
      client.stream(call.name, call.serial, MessageStatus.CONTINUE, Buffer.from('png'));
      client.stream(call.name, call.serial, MessageStatus.CONTINUE);
      return true;
    });
    daemon.onStream = (client, frame) => client.stream('DOMAIN_SCREENSHOT', frame.serial, MessageStatus.OK);
    const { stream } = await pool.domainScreenshot(domain);
    let text = '';
    for await (const chunk of stream) text += chunk.toString();
    assert.equal(text, 'png');
    await until(() => daemon.clients[0]!.socket.destroyed, "the end of the stream's connection");
    assert.deepEqual(names, ['AUTH_LIST', 'CONNECT_OPEN', 'DOMAIN_SCREENSHOT', 'CONNECT_CLOSE']);
    await assert.rejects(pool.domainConsole(domain));
    await until(() => daemon.clients[1]!.socket.destroyed, "the end of the refused stream's connection");
  });

  it('limits jobs', async () => {
    const { pool } = await start(standard, { jobConnections: 1 });
    await pool.job(async () => {
      await assert.rejects(
        pool.job(() => Promise.resolve()),
        code('LIMIT'),
      );
    });
    await pool.job(() => Promise.resolve());
  });

  it('closes everything and refuses further work', async () => {
    const { daemon, pool } = await start();
    await pool.start();
    await pool.hostname();
    await pool.close();
    await until(() => daemon.clients.every(({ socket }) => socket.destroyed), 'the end of all connections');
    await assert.rejects(pool.hostname(), code('CLOSED'));
    await assert.rejects(pool.start(), code('CLOSED'));
    await pool.close();
  });

  it('stops waiting for a daemon when it is closed', async () => {
    const pool = new LibvirtPool({ socketPath: '/nowhere/sock', uri: 'test:///default', backOff: { firstMs: 60_000, maxMs: 60_000 } });
    const started = assert.rejects(pool.start(), code('CLOSED'));
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
    await pool.close();
    await started;
  });
});
