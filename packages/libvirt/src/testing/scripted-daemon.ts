import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeFields, encodeFields, structureFields } from '../codec.ts';
import { encodeFrame, FrameReader } from '../frame.ts';
import type { Frame } from '../frame.ts';
import { MessageStatus, MessageType, programs } from '../generated/constants.ts';
import { procedures } from '../generated/procedures.ts';
import type { Messages, Procedures } from '../generated/procedures.ts';
import type { RemoteError } from '../generated/structures.ts';
import { XdrReader } from '../xdr.ts';

/** What the script sees of one client. */
export interface ScriptedClient {
  socket: Socket;
  /** Every frame that came from the client, keepalives included. */
  received: Frame[];
  reply<Name extends keyof Procedures>(name: Name, serial: number, values: Procedures[Name]['ret']): void;
  replyError(name: keyof Procedures, serial: number, code: number, message: string): void;
  message<Name extends keyof Messages>(name: Name, values: Messages[Name]): void;
  stream(name: keyof Procedures, serial: number, status: number, data?: Uint8Array): void;
}

export interface ScriptedCall {
  name: keyof Procedures;
  serial: number;
  args: Record<string, unknown>;
}

/** Answers a call itself and returns true, or leaves it to the standard answers of the handshake. */
export type Script = (client: ScriptedClient, call: ScriptedCall) => boolean;

export interface ScriptedDaemon {
  socketPath: string;
  clients: ScriptedClient[];
  /** What is done with frames of streams. */
  onStream: (client: ScriptedClient, frame: Frame) => void;
  close(): Promise<void>;
}

const nameOf = new Map(
  Object.entries(procedures).map(([name, table]) => [`${programs[table.program].number}:${table.number}`, name as keyof Procedures]),
);

export const noError: RemoteError = {
  code: 0,
  domain: 0,
  message: null,
  level: 2,
  dom: null,
  str1: null,
  str2: null,
  str3: null,
  int1: -1,
  int2: -1,
  net: null,
};

function headerOf(name: keyof typeof procedures, type: number, serial: number, status: number): Parameters<typeof encodeFrame>[0] {
  const { program, number } = procedures[name];
  return { program: programs[program].number, version: programs[program].version, procedure: number, type, serial, status };
}

function newClient(socket: Socket): ScriptedClient {
  return {
    socket,
    received: [],
    reply: (name, serial, values) => {
      socket.write(
        encodeFrame(headerOf(name, MessageType.REPLY, serial, MessageStatus.OK), (writer) =>
          encodeFields(writer, procedures[name].ret, values),
        ),
      );
    },
    replyError: (name, serial, code, message) => {
      socket.write(
        encodeFrame(headerOf(name, MessageType.REPLY, serial, MessageStatus.ERROR), (writer) =>
          encodeFields(writer, structureFields('RemoteError'), { ...noError, code, message }),
        ),
      );
    },
    message: (name, values) => {
      socket.write(
        encodeFrame(headerOf(name, MessageType.MESSAGE, 1, MessageStatus.OK), (writer) =>
          encodeFields(writer, procedures[name].message, values),
        ),
      );
    },
    stream: (name, serial, status, data) => {
      socket.write(encodeFrame(headerOf(name, MessageType.STREAM, serial, status), data && ((writer) => writer.raw(data))));
    },
  };
}

function handshake(client: ScriptedClient, { name, serial }: ScriptedCall): void {
  if (name === 'AUTH_LIST') client.reply(name, serial, { types: [0] });
  else if (name === 'CONNECT_SUPPORTS_FEATURE') client.reply(name, serial, { supported: 1 });
  else if (name === 'CONNECT_OPEN' || name === 'CONNECT_CLOSE') client.reply(name, serial, {});
  else client.replyError(name, serial, 3, `${name} is not in the script`);
}

/** A libvirt daemon on a socket in a folder of its own that answers as a test says. */
export async function startScriptedDaemon(script: Script = () => false): Promise<ScriptedDaemon> {
  const folder = await mkdtemp(join(tmpdir(), 'libvirt-'));
  const socketPath = join(folder, 'sock');
  const daemon: ScriptedDaemon = { socketPath, clients: [], onStream: () => undefined, close };
  const server = createServer((socket) => {
    const client = newClient(socket);
    daemon.clients.push(client);
    const frames = new FrameReader();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const frame of frames.push(chunk)) {
        client.received.push(frame);
        if (frame.type === MessageType.STREAM) daemon.onStream(client, frame);
        if (frame.type !== MessageType.CALL) continue;
        const name = nameOf.get(`${frame.program}:${frame.procedure}`)!;
        const call = {
          name,
          serial: frame.serial,
          args: decodeFields(new XdrReader(frame.payload), procedures[name].args) as Record<string, unknown>,
        };
        if (!script(client, call)) handshake(client, call);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });

  async function close(): Promise<void> {
    for (const { socket } of daemon.clients) socket.destroy();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    await rm(folder, { recursive: true, force: true });
  }
  return daemon;
}

/** Waits until a condition holds; fails after some seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadlineMs = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
