import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { Bytes } from './vnc.ts';

/** Answers of a SPICE server. Source: SPICE protocol, link errors. */
export const spiceAnswers = { ok: 0, needsTls: 5, refused: 7 } as const;
const headerBytes = 16;
const keyBytes = 162;

/** The first message of a client that wants the main channel and has nothing special about it. */
function linkMessage(): Buffer {
  const message = Buffer.alloc(headerBytes + 18);
  message.write('REDQ');
  message.writeUInt32LE(2, 4);
  message.writeUInt32LE(2, 8);
  message.writeUInt32LE(18, 12);
  message.writeUInt8(1, headerBytes + 4);
  message.writeUInt32LE(18, headerBytes + 14);
  return message;
}

/**
 * For tests only: links to the main channel of a SPICE server.
 *
 * @param ca authority (PEM) by which it has to be known; without one its plain port is meant
 * @returns its answer, and the subject of its certificate as viewers compare it
 */
export async function linkToSpice(port: number, password: string, ca?: string): Promise<{ answer: number; subject: string }> {
  const place = { host: '127.0.0.1', port };
  const socket = ca === undefined ? connect(place) : connectTls({ ...place, ca });
  const timer = setTimeout(() => socket.destroy(), 10_000);
  try {
    await once(socket, ca === undefined ? 'connect' : 'secureConnect');
    const peer = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : {};
    const subject = Object.entries(peer)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(',');
    const bytes = new Bytes(socket);
    socket.write(linkMessage());
    const reply = await bytes.take((await bytes.take(headerBytes)).readUInt32LE(12));
    const error = reply.readUInt32LE(0);
    if (error !== spiceAnswers.ok) return { answer: error, subject };
    const key = createPublicKey({ key: reply.subarray(4, 4 + keyBytes), format: 'der', type: 'spki' });
    socket.write(publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(`${password}\0`)));
    return { answer: (await bytes.take(4)).readUInt32LE(0), subject };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
