import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';

/** What comes on a connection, taken piece by piece. */
export class Bytes {
  #buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #ended = false;
  readonly #socket: Duplex;
  readonly #add = (chunk: Buffer): void => {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    this.#wake();
  };

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', this.#add);
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Leaves the connection to somebody else. */
  leave(): void {
    this.#socket.off('data', this.#add);
  }

  async take(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) {
      if (this.#ended) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }
}

/** VNC uses the bits of each byte of a password the other way round. */
function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
  return reversed;
}

function respond(challenge: Buffer, password: string): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8);
  const half = Buffer.from(key.map(reverseBits));
  // Triple DES with one key three times is DES, which is no longer offered by itself.
  const cipher = createCipheriv('des-ede3', Buffer.concat([half, half, half]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** How a test's viewer of VNC comes to its server. */
export interface VncWay {
  /** Authority (PEM) by which the server has to be known: TLS by VeNCrypt, and no other way. */
  ca?: string;
  /** A connection that is there already, instead of one to the port. */
  socket?: Duplex;
}

async function intoTls(socket: Duplex, bytes: Bytes, ca: string): Promise<Duplex> {
  socket.write(Buffer.from([19]));
  await bytes.take(2);
  socket.write(Buffer.from([0, 2]));
  const [refused, count = 0] = await bytes.take(2);
  const kinds = await bytes.take(4 * count);
  if (refused !== 0 || kinds.readUInt32BE(0) !== 261) throw new Error('the VNC server offers no password within TLS');
  socket.write(kinds.subarray(0, 4));
  if ((await bytes.take(1))[0] !== 1) throw new Error('the VNC server refuses TLS');
  bytes.leave();
  const secured = connectTls({ socket, ca, host: '127.0.0.1', servername: 'localhost' });
  await once(secured, 'secureConnect');
  return secured;
}

/** For tests only: signs in to a VNC server; gives the size of the screen, or `undefined` when the password is refused. */
export async function signInToVnc(
  port: number,
  password: string,
  { ca, socket = connect(port, '127.0.0.1') }: VncWay = {},
): Promise<{ width: number; height: number } | undefined> {
  const timer = setTimeout(() => socket.destroy(), 10_000);
  try {
    let [wire, bytes] = [socket, new Bytes(socket)];
    await bytes.take(12);
    socket.write('RFB 003.008\n');
    const types = await bytes.take((await bytes.take(1)).readUInt8(0));
    if (!types.equals(Buffer.from([ca === undefined ? 2 : 19]))) throw new Error(`the VNC server offers other ways: ${types.join()}`);
    if (ca === undefined) wire.write(Buffer.from([2]));
    else {
      wire = await intoTls(socket, bytes, ca);
      bytes = new Bytes(wire);
    }
    wire.write(respond(await bytes.take(16), password));
    if ((await bytes.take(4)).readUInt32BE(0) !== 0) return undefined;
    wire.write(Buffer.from([1]));
    const size = await bytes.take(4);
    return { width: size.readUInt16BE(0), height: size.readUInt16BE(2) };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
