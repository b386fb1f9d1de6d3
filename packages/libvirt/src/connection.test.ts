import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { connect } from './connection.ts';
import type { ConnectOptions, LibvirtConnection } from './connection.ts';
import { isLibvirtError, LibvirtClientError } from './errors.ts';
import { encodeFrame } from './frame.ts';
import { ErrorNumber, KeepaliveProcedure, MessageType, programs } from './generated/constants.ts';
import { startScriptedDaemon, until } from './testing/scripted-daemon.ts';
import type { Script, ScriptedCall, ScriptedDaemon } from './testing/scripted-daemon.ts';

const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
const domain = { name: 'a', uuid, id: 3 };
const ended: (() => Promise<void> | void)[] = [];
const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof LibvirtClientError && error.code === expected;

async function daemonWith(script?: Script): Promise<ScriptedDaemon> {
  const daemon = await startScriptedDaemon(script);
  ended.push(() => daemon.close());
  return daemon;
}

async function connectTo(daemon: ScriptedDaemon, options: Partial<ConnectOptions> = {}): Promise<LibvirtConnection> {
  const connection = await connect({ socketPath: daemon.socketPath, uri: 'test:///default', callTimeoutMs: 3000, ...options });
  ended.push(() => connection.destroy());
  return connection;
}

/** A script that keeps the calls of a procedure for the test to answer. */
function holding(name: string): { held: ScriptedCall[]; script: Script } {
  const held: ScriptedCall[] = [];
  return { held, script: (_, call) => call.name === name && held.push(call) > 0 };
}

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

describe('connecting', () => {
  it('says what to look at when there is no socket', async () => {
    await assert.rejects(
      connect({ socketPath: '/nowhere/sock', uri: 'test:///default' }),
      (error) => code('CONNECT')(error) && /\/nowhere\/sock/.test(String(error)),
    );
  });

  it('passes on the refusal of the URI and drops the connection', async () => {
    const daemon = await daemonWith((client, { name, serial }) => {
      if (name !== 'CONNECT_OPEN') return false;
      client.replyError(name, serial, ErrorNumber.NO_CONNECT, 'no such driver');
      return true;
    });
    await assert.rejects(connectTo(daemon), (error) => isLibvirtError(error, ErrorNumber.NO_CONNECT));
    await until(() => daemon.clients[0]!.socket.destroyed || daemon.clients[0]!.socket.readableEnded, 'the end of the connection');
  });

  it('refuses a daemon that wants SASL, and asks polkit where it may', async () => {
    let types = [1];
    const calls: string[] = [];
    const daemon = await daemonWith((client, { name, serial }) => {
      calls.push(name);
      if (name === 'AUTH_LIST') client.reply(name, serial, { types });
      else if (name === 'AUTH_POLKIT') client.reply(name, serial, { complete: 1 });
      else return false;
      return true;
    });
    await assert.rejects(connectTo(daemon), code('AUTHENTICATION'));
    types = [2];
    await connectTo(daemon);
    assert.ok(calls.includes('AUTH_POLKIT'));
  });

  it('gives up on a daemon that does not answer', async () => {
    const daemon = await daemonWith(() => true);
    await assert.rejects(connectTo(daemon, { connectTimeoutMs: 30 }), code('TIMEOUT'));
  });
});

describe('calls', () => {
  it('that pass their deadline reject; the late answer is dropped and frees the place', async () => {
    const { held, script } = holding('CONNECT_GET_HOSTNAME');
    const daemon = await daemonWith(script);
    const connection = await connectTo(daemon);
    await assert.rejects(
      connection.call('CONNECT_GET_HOSTNAME', {}, { timeoutMs: 20 }),
      (error) => code('TIMEOUT')(error) && (error as LibvirtClientError).procedure === 'CONNECT_GET_HOSTNAME',
    );
    assert.equal(connection.abandonedCalls, 1);
    daemon.clients[0]!.reply('CONNECT_GET_HOSTNAME', held[0]!.serial, { hostname: 'late' });
    await until(() => connection.abandonedCalls === 0, 'the late answer');
    assert.equal(connection.closed, false);
  });

  it('can be given up by a signal, before and after they are sent', async () => {
    const { held, script } = holding('CONNECT_GET_HOSTNAME');
    const connection = await connectTo(await daemonWith(script));
    await assert.rejects(connection.call('CONNECT_GET_HOSTNAME', {}, { signal: AbortSignal.abort() }), code('ABORTED'));
    const controller = new AbortController();
    const call = connection.call('CONNECT_GET_HOSTNAME', {}, { signal: controller.signal });
    await until(() => held.length === 1, 'the call');
    controller.abort(new Error('enough'));
    await assert.rejects(call, code('ABORTED'));
  });

  it('are answered in any order', async () => {
    const { held, script } = holding('DOMAIN_LOOKUP_BY_NAME');
    const daemon = await daemonWith(script);
    const connection = await connectTo(daemon);
    const calls = ['x', 'y', 'z'].map((name) => connection.domainLookupByName(name));
    await until(() => held.length === 3, 'three calls');
    for (const { serial, args } of held.slice().reverse())
      daemon.clients[0]!.reply('DOMAIN_LOOKUP_BY_NAME', serial, { dom: { ...domain, name: String(args['name']) } });
    assert.deepEqual(
      (await Promise.all(calls)).map(({ name }) => name),
      ['x', 'y', 'z'],
    );
  });

  it('wait for their turn, in bounds', async () => {
    const { held, script } = holding('CONNECT_GET_HOSTNAME');
    const daemon = await daemonWith(script);
    const connection = await connectTo(daemon, { limits: { callsInFlight: 2, callsQueued: 2 } });
    const calls = Array.from({ length: 4 }, () => connection.hostname());
    await assert.rejects(connection.hostname(), code('LIMIT'));
    await until(() => held.length === 2, 'two calls');
    for (let index = 0; index < 4; index += 1) {
      await until(() => held.length > index, `call ${index}`);
      assert.ok(held.length <= index + 2, 'more than two in flight');
      daemon.clients[0]!.reply('CONNECT_GET_HOSTNAME', held[index]!.serial, { hostname: String(index) });
      await calls[index];
    }
    assert.deepEqual(await Promise.all(calls), ['0', '1', '2', '3']);
  });

  it('that time out in the queue are never sent', async () => {
    const { held, script } = holding('CONNECT_GET_HOSTNAME');
    const daemon = await daemonWith(script);
    const connection = await connectTo(daemon, { limits: { callsInFlight: 1 } });
    const first = connection.hostname();
    await assert.rejects(connection.call('CONNECT_GET_HOSTNAME', {}, { timeoutMs: 20 }), code('TIMEOUT'));
    daemon.clients[0]!.reply('CONNECT_GET_HOSTNAME', held[0]!.serial, { hostname: 'a' });
    await first;
    assert.equal(connection.abandonedCalls, 0);
    assert.equal(held.length, 1);
  });

  it('with arguments that do not fit send nothing', async () => {
    const daemon = await daemonWith();
    const connection = await connectTo(daemon);
    const before = daemon.clients[0]!.received.length;
    await assert.rejects(
      connection.domainDestroy('no-uuid'),
      (error) => code('INVALID_ARGUMENT')(error) && /DOMAIN_DESTROY_FLAGS: dom: uuid/.test(String(error)),
    );
    await assert.rejects(connection.call('DOMAIN_OPEN_GRAPHICS', { dom: domain, idx: 0 }), code('UNSUPPORTED'));
    await assert.rejects(connection.openStream('CONNECT_GET_HOSTNAME', {}), code('INVALID_ARGUMENT'));
    assert.equal(daemon.clients[0]!.received.length, before);
  });

  it('whose answer cannot be read are rejected alone', async () => {
    const daemon = await daemonWith((client, { name, serial }) => {
      if (name === 'CONNECT_GET_HOSTNAME') client.reply('DOMAIN_GET_STATE' as typeof name, serial, { state: 1, reason: 2 } as never);
      return false;
    });
    const connection = await connectTo(daemon);
    await assert.rejects(connection.hostname(), code('PROTOCOL'));
  });
});

describe('a broken peer', () => {
  const frameOf = (fields: { procedure?: number; serial?: number; type?: number; program?: number }, payload = Buffer.alloc(0)): Buffer =>
    encodeFrame(
      { program: programs.remote.number, version: 1, procedure: 59, type: MessageType.REPLY, serial: 4, status: 0, ...fields },
      (writer) => writer.raw(payload),
    );
  const cases: Record<string, { bytes: (serial: number) => Buffer; expected: string }> = {
    'answers a serial that no call has': { bytes: (serial) => frameOf({ serial: serial + 1000 }), expected: 'PROTOCOL' },
    'answers from another procedure': { bytes: (serial) => frameOf({ serial, procedure: 1 }), expected: 'PROTOCOL' },
    'answers from another program': { bytes: (serial) => frameOf({ serial, program: programs.qemu.number }), expected: 'PROTOCOL' },
    'sends calls': { bytes: (serial) => frameOf({ serial, type: MessageType.CALL }), expected: 'PROTOCOL' },
    'announces an oversized frame': { bytes: () => Buffer.from('7fffffff', 'hex'), expected: 'PROTOCOL' },
    'announces a frame without a header': { bytes: () => Buffer.from('00000008', 'hex'), expected: 'PROTOCOL' },
    'sends an unknown keepalive': {
      bytes: () => frameOf({ program: programs.keepalive.number, procedure: 9, type: MessageType.MESSAGE, serial: 0 }),
      expected: 'PROTOCOL',
    },
    'sends text': { bytes: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), expected: 'PROTOCOL' },
  };
  for (const [title, { bytes, expected }] of Object.entries(cases)) {
    it(`that ${title} loses the connection; all that waits is rejected`, async () => {
      const { held, script } = holding('CONNECT_GET_HOSTNAME');
      const daemon = await daemonWith(script);
      const connection = await connectTo(daemon, { limits: { callsInFlight: 1 } });
      const closed = new Promise((resolve) => {
        connection.once('close', resolve);
      });
      const calls = [connection.hostname(), connection.hostname()];
      await until(() => held.length === 1, 'the call');
      daemon.clients[0]!.socket.write(bytes(held[0]!.serial));
      for (const call of calls) await assert.rejects(call, code(expected));
      assert.ok(code(expected)(await closed));
      assert.ok(connection.closed);
      await assert.rejects(connection.hostname(), code(expected));
    });
  }

  it('that cuts an answer short and goes away rejects the call', async () => {
    const daemon = await daemonWith((client, { name }) => {
      if (name === 'CONNECT_GET_HOSTNAME') client.socket.end(Buffer.from('0000002420008086000000010000003b', 'hex'));
      return name === 'CONNECT_GET_HOSTNAME';
    });
    const connection = await connectTo(daemon);
    await assert.rejects(connection.hostname(), code('CLOSED'));
    assert.equal((await connection.ended)?.code, 'CLOSED');
  });

  it('that is closed from here ends without an error', async () => {
    const { held, script } = holding('CONNECT_GET_HOSTNAME');
    const connection = await connectTo(await daemonWith(script));
    const call = connection.hostname();
    await until(() => held.length === 1, 'the call');
    const closed = new Promise((resolve) => {
      connection.once('close', resolve);
    });
    await Promise.all([assert.rejects(call, code('CLOSED')), connection.close()]);
    assert.equal(await closed, undefined);
    await connection.close();
  });
});

describe('keepalive', () => {
  it('gives up on a peer that stays silent', async () => {
    const daemon = await daemonWith();
    const connection = await connectTo(daemon, { keepalive: { intervalMs: 10, count: 2 } });
    assert.equal((await connection.ended)?.code, 'KEEPALIVE');
    const pings = daemon.clients[0]!.received.filter(
      ({ program, procedure }) => program === programs.keepalive.number && procedure === KeepaliveProcedure.PING,
    );
    assert.equal(pings.length, 2);
  });

  it('is not asked for when it is not wanted', async () => {
    const names: string[] = [];
    const daemon = await daemonWith((_, { name }) => {
      names.push(name);
      return false;
    });
    await connectTo(daemon, { keepalive: false });
    assert.deepEqual(names, ['AUTH_LIST', 'CONNECT_OPEN']);
  });
});

describe('events', () => {
  const answering: Script = (client, { name, serial }) => {
    if (name === 'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY') client.reply(name, serial, { callbackID: 7 });
    else if (name === 'CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY') client.reply(name, serial, {});
    else return false;
    return true;
  };

  it('are registered once a kind, by the first handler, until the last is gone', async () => {
    const calls: ScriptedCall[] = [];
    const daemon = await daemonWith((client, call) => {
      calls.push(call);
      return answering(client, call);
    });
    const connection = await connectTo(daemon);
    calls.length = 0;
    const seen: string[] = [];
    const first = await connection.onDomainEvent('lifecycle', () => {
      seen.push('first');
    });
    const second = await connection.onDomainEvent('lifecycle', () => {
      seen.push('second');
    });
    daemon.clients[0]!.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 7, dom: domain, event: 2, detail: 0 });
    await until(() => seen.length === 2, 'the event');
    await first();
    daemon.clients[0]!.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 7, dom: domain, event: 5, detail: 0 });
    await until(() => seen.length === 3, 'the second event');
    await second();
    assert.deepEqual(seen, ['first', 'second', 'second']);
    assert.deepEqual(
      calls.map(({ name, args }) => [name, args]),
      [
        ['CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', { eventID: 0, dom: null }],
        ['CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY', { callbackID: 7 }],
      ],
    );
  });

  it('do not miss one that comes in the same bytes as the answer to the registration', async () => {
    const daemon = await daemonWith((client, call) => {
      if (!answering(client, call)) return false;
      client.message('DOMAIN_EVENT_CALLBACK_LIFECYCLE', { callbackID: 7, dom: domain, event: 4, detail: 1 });
      return true;
    });
    const seen: unknown[] = [];
    const connection = await connectTo(daemon);
    await connection.onDomainEvent('lifecycle', (event) => {
      seen.push(event);
    });
    await until(() => seen.length === 1, 'the event');
    assert.deepEqual(seen, [{ dom: domain, event: 4, detail: 1 }]);
  });

  it('that cannot be read, and handlers that throw, are told and harm nothing', async () => {
    const daemon = await daemonWith(answering);
    const connection = await connectTo(daemon);
    const errors: unknown[] = [];
    connection.on('eventError', (error) => errors.push(error));
    const seen: unknown[] = [];
    await connection.onDomainEvent('reboot', () => {
      throw new Error('a mistake in a handler');
    });
    await connection.onDomainEvent('reboot', (event) => seen.push(event));
    const header = { program: programs.remote.number, version: 1, procedure: 319, type: MessageType.MESSAGE, serial: 1, status: 0 };
    daemon.clients[0]!.socket.write(encodeFrame(header, (writer) => writer.raw(Buffer.alloc(9))));
    daemon.clients[0]!.socket.write(encodeFrame({ ...header, procedure: 9999 }));
    daemon.clients[0]!.message('DOMAIN_EVENT_CALLBACK_REBOOT', { callbackID: 7, dom: domain });
    await until(() => errors.length === 2 && seen.length === 1, 'two errors and an event');
    assert.ok(code('PROTOCOL')(errors[0]));
    assert.equal((errors[1] as Error).message, 'a mistake in a handler');
    assert.equal(connection.closed, false);
  });

  it('that libvirtd refuses to register reject, and can be tried again', async () => {
    let refuse = true;
    const daemon = await daemonWith((client, call) => {
      if (call.name !== 'CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY' || !refuse) return answering(client, call);
      client.replyError(call.name, call.serial, ErrorNumber.NO_SUPPORT, 'unknown event');
      return true;
    });
    const connection = await connectTo(daemon);
    await assert.rejects(
      connection.onDomainEvent('nicMacChange', () => undefined),
      (error) => isLibvirtError(error, ErrorNumber.NO_SUPPORT),
    );
    refuse = false;
    await connection.onDomainEvent('nicMacChange', () => undefined);
  });
});
