import { createCipheriv } from 'node:crypto';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

class Bytes {
  #buffer = Buffer.alloc(0);
  #wake: () => void = () => undefined;
  #ended = false;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  async take(count: number): Promise<Buffer> {
    while (this.#buffer.length < count) {
      if (this.#ended) throw new Error('the VNC server closed the connection');
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

/** For tests only: signs in to a VNC server; gives the size of the screen, or `undefined` when the password is refused. */
export async function signInToVnc(port: number, password: string): Promise<{ width: number; height: number } | undefined> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy());
  try {
    const bytes = new Bytes(socket);
    await bytes.take(12);
    socket.write('RFB 003.008\n');
    const types = await bytes.take((await bytes.take(1)).readUInt8(0));
    if (!types.includes(2)) throw new Error(`the VNC server offers no password authentication: ${types.join()}`);
    socket.write(Buffer.from([2]));
    socket.write(respond(await bytes.take(16), password));
    if ((await bytes.take(4)).readUInt32BE(0) !== 0) return undefined;
    socket.write(Buffer.from([1]));
    const size = await bytes.take(4);
    return { width: size.readUInt16BE(0), height: size.readUInt16BE(2) };
  } finally {
    socket.destroy();
  }
}
