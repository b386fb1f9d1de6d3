import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { encodeFields, structureFields } from './codec.ts';
import { connect } from './connection.ts';
import type { ConnectOptions, LibvirtConnection } from './connection.ts';
import { isLibvirtError, LibvirtClientError } from './errors.ts';
import { encodeFrame } from './frame.ts';
import { ErrorNumber, MessageStatus, MessageType, programs } from './generated/constants.ts';
import { noError, startScriptedDaemon, until } from './testing/scripted-daemon.ts';
import type { Script, ScriptedDaemon } from './testing/scripted-daemon.ts';

const { CONTINUE, OK, ERROR } = MessageStatus;
const volume = { pool: 'p', name: 'v', key: '/v' };
const ended: (() => Promise<void> | void)[] = [];
const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof LibvirtClientError && error.code === expected;

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function start(
  script: Script,
  options: Partial<ConnectOptions> = {},
): Promise<{ daemon: ScriptedDaemon; connection: LibvirtConnection }> {
  const daemon = await startScriptedDaemon(script);
  ended.push(() => daemon.close());
  const connection = await connect({ socketPath: daemon.socketPath, uri: 'test:///default', callTimeoutMs: 3000, ...options });
  ended.push(() => connection.destroy());
  return { daemon, connection };
}

/** Answers the opening of a stream, then does `more` with its serial. */
function opening(
  name: 'STORAGE_VOL_DOWNLOAD' | 'STORAGE_VOL_UPLOAD',
  more: (client: Parameters<Script>[0], serial: number) => void,
): Script {
  return (client, call) => {
    if (call.name !== name) return false;
    client.reply(name, call.serial, {});
    more(client, call.serial);
    return true;
  };
}

function errorPayload(message: string): Buffer {
  const header = { program: programs.remote.number, version: 1, procedure: 0, type: MessageType.REPLY, serial: 0, status: ERROR };
  return encodeFrame(header, (writer) =>
    encodeFields(writer, structureFields('RemoteError'), { ...noError, code: ErrorNumber.OPERATION_FAILED, message }),
  ).subarray(28);
}

describe('downloads', () => {
  it('give all bytes, as they are, and are finished by the loop', async () => {
    const { daemon, connection } = await start(
      opening('STORAGE_VOL_DOWNLOAD', (client, serial) => {
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('abc'));
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('de'));
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
      }),
    );
    const statuses: number[] = [];
    daemon.onStream = (client, frame) => {
      statuses.push(frame.status);
      client.stream('STORAGE_VOL_DOWNLOAD', frame.serial, OK);
    };
    const stream = await connection.volumeDownload(volume);
    let text = '';
    for await (const chunk of stream) text += chunk.toString();
    assert.equal(text, 'abcde');
    assert.deepEqual(statuses, [OK]);
  });

  it('are aborted when the loop is left', async () => {
    const { daemon, connection } = await start(
      opening('STORAGE_VOL_DOWNLOAD', (client, serial) => {
        for (let index = 0; index < 5; index += 1) client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('x'));
      }),
    );
    const statuses: number[] = [];
    daemon.onStream = (client, frame) => {
      statuses.push(frame.status);
      client.stream('STORAGE_VOL_DOWNLOAD', frame.serial, CONTINUE, Buffer.from('on its way'));
      client.stream('STORAGE_VOL_DOWNLOAD', frame.serial, ERROR, errorPayload('aborted'));
    };
    const stream = await connection.volumeDownload(volume);
    for await (const chunk of stream) {
      assert.equal(chunk.toString(), 'x');
      break;
    }
    assert.deepEqual(statuses, [ERROR]);
    assert.ok(stream.closed);
    assert.equal(connection.closed, false);
  });

  it('fail with the error that breaks them', async () => {
    const { connection } = await start(
      opening('STORAGE_VOL_DOWNLOAD', (client, serial) => {
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('x'));
        client.stream('STORAGE_VOL_DOWNLOAD', serial, ERROR, errorPayload('disk on fire'));
      }),
    );
    const stream = await connection.volumeDownload(volume);
    await assert.rejects(
      async () => {
        for await (const _ of stream);
      },
      (error) => isLibvirtError(error, ErrorNumber.OPERATION_FAILED) && error.message === 'disk on fire',
    );
  });

  it('fail with the connection', async () => {
    const { daemon, connection } = await start(opening('STORAGE_VOL_DOWNLOAD', () => undefined));
    const stream = await connection.volumeDownload(volume);
    const reading = assert.rejects(async () => {
      for await (const _ of stream);
    }, code('CLOSED'));
    daemon.clients[0]!.socket.destroy();
    await reading;
  });

  it('hold back the daemon while their reader is behind', async () => {
    const chunk = Buffer.alloc(200_000, 1);
    const chunks = 100;
    const { daemon, connection } = await start(
      opening('STORAGE_VOL_DOWNLOAD', (client, serial) => {
        for (let index = 0; index < chunks; index += 1) client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, chunk);
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
      }),
      { limits: { streamBufferBytes: 500_000 }, keepalive: false },
    );
    daemon.onStream = (client, frame) => client.stream('STORAGE_VOL_DOWNLOAD', frame.serial, OK);
    const stream = await connection.volumeDownload(volume);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    assert.ok(daemon.clients[0]!.socket.writableLength > (chunk.length * chunks) / 2, 'the daemon could send everything');
    let bytes = 0;
    for await (const part of stream) bytes += part.length;
    assert.equal(bytes, chunk.length * chunks);
  });

  it('tell holes from data where they were asked for', async () => {
    const { daemon, connection } = await start(
      opening('STORAGE_VOL_DOWNLOAD', (client, serial) => {
        const hole = {
          program: programs.remote.number,
          version: 1,
          procedure: 209,
          type: MessageType.STREAM_HOLE,
          serial,
          status: CONTINUE,
        };
        client.socket.write(
          encodeFrame(hole, (writer) => encodeFields(writer, structureFields('StreamHole'), { length: 1n << 40n, flags: 0 })),
        );
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('x'));
        client.stream('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
      }),
    );
    daemon.onStream = (client, frame) => client.stream('STORAGE_VOL_DOWNLOAD', frame.serial, OK);
    const packets: unknown[] = [];
    for await (const packet of (await connection.volumeDownload(volume, 0, 0, 1)).packets()) packets.push(packet);
    assert.deepEqual(packets, [{ holeBytes: 1n << 40n }, { data: Buffer.from('x') }]);
    const stream = await connection.volumeDownload(volume);
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, code('PROTOCOL'));
  });

  it('that nobody waits for any more are aborted when they open', async () => {
    const serials: number[] = [];
    const { daemon, connection } = await start((_, call) => call.name === 'STORAGE_VOL_DOWNLOAD' && serials.push(call.serial) > 0);
    const statuses: number[] = [];
    daemon.onStream = (_, frame) => statuses.push(frame.status);
    await assert.rejects(
      connection.openStream('STORAGE_VOL_DOWNLOAD', { vol: volume, offset: 0, length: 0 }, { timeoutMs: 20 }),
      code('TIMEOUT'),
    );
    daemon.clients[0]!.reply('STORAGE_VOL_DOWNLOAD', serials[0]!, {});
    await until(() => statuses.length === 1, 'the abort');
    assert.deepEqual(statuses, [ERROR]);
    daemon.clients[0]!.stream('STORAGE_VOL_DOWNLOAD', serials[0]!, CONTINUE, Buffer.from('late'));
    assert.equal(connection.abandonedCalls, 0);
  });
});

describe('uploads', () => {
  it('go in pieces that the daemon takes, and end when it confirms', async () => {
    const { daemon, connection } = await start(opening('STORAGE_VOL_UPLOAD', () => undefined));
    const lengths: number[] = [];
    daemon.onStream = (client, frame) => {
      if (frame.status === CONTINUE) lengths.push(frame.payload.length);
      else client.stream('STORAGE_VOL_UPLOAD', frame.serial, OK);
    };
    const stream = await connection.volumeUpload(volume);
    await stream.write(Buffer.alloc(600_001, 7));
    await stream.finish();
    assert.deepEqual(lengths, [262_120, 262_120, 75_761]);
    await assert.rejects(stream.write(Buffer.from('more')), code('CLOSED'));
  });

  it("reject with the daemon's error at their end", async () => {
    const { daemon, connection } = await start(opening('STORAGE_VOL_UPLOAD', () => undefined));
    daemon.onStream = (client, frame) => {
      if (frame.status === OK) client.stream('STORAGE_VOL_UPLOAD', frame.serial, ERROR, errorPayload('no space left'));
    };
    const stream = await connection.volumeUpload(volume);
    await stream.write(Buffer.from('x'));
    await assert.rejects(stream.finish(), (error) => isLibvirtError(error) && error.message === 'no space left');
  });

  it('may be aborted', async () => {
    const { daemon, connection } = await start(opening('STORAGE_VOL_UPLOAD', () => undefined));
    daemon.onStream = (client, frame) => client.stream('STORAGE_VOL_UPLOAD', frame.serial, OK);
    const stream = await connection.volumeUpload(volume);
    await stream.abort();
    assert.ok(stream.closed);
  });

  it('are limited in number', async () => {
    const { connection } = await start(
      opening('STORAGE_VOL_UPLOAD', () => undefined),
      { limits: { streams: 2 } },
    );
    await connection.volumeUpload(volume);
    await connection.volumeUpload(volume);
    await assert.rejects(connection.volumeUpload(volume), code('LIMIT'));
  });
});
