import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { AgentTls } from '../certificate/renewal.ts';
import type { GraphicsFacts } from '../domain-xml/facts.ts';

const connectTimeoutMs = 10_000;
const anyAddresses = new Set(['', '0', '0.0.0.0', '::']);

/** Numbers of RFB (RFC 6143, security types) and of its extension VeNCrypt. */
const versionBytes = 12;
const security = { vnc: 2, veNCrypt: 19 } as const;
const veNCryptVersion = Buffer.from([0, 2]);
const x509Vnc = 261;

/** @throws Error when nobody answers in time */
export async function connected(socket: Socket, event = 'connect'): Promise<Socket> {
  const timer = setTimeout(() => socket.destroy(new Error('The console does not answer')), connectTimeoutMs);
  try {
    await once(socket, event);
  } finally {
    clearTimeout(timer);
  }
  return socket;
}

/** So many bytes of a stream, which must not flow. @throws Error when it ends before */
async function take(stream: Duplex, count: number): Promise<Buffer> {
  for (;;) {
    const bytes = stream.read(count) as Buffer | null;
    if (bytes?.length === count) return bytes;
    if (bytes !== null || stream.readableEnded || stream.destroyed) throw new Error('The connection ended in the midst of a greeting');
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of ['readable', 'end', 'close']) stream.off(event, go);
        resolve();
      };
      for (const event of ['readable', 'end', 'close']) stream.on(event, go);
    });
  }
}

/** TLS to a screen of this host itself: it has to show a certificate of this host, be it one from before a renewal. */
function overTls(screen: Socket, { ca, cert }: AgentTls): Promise<Socket> {
  const own = new X509Certificate(cert).subject;
  const secured = connectTls({
    socket: screen,
    ca,
    checkServerIdentity: (_name, peer) =>
      new X509Certificate(peer.raw).subject === own ? undefined : new Error('The console shows the certificate of another host'),
  });
  return connected(secured, 'secureConnect');
}

const addressOf = (graphics: GraphicsFacts): string => (anyAddresses.has(graphics.address) ? '127.0.0.1' : graphics.address);

/** A screen of SPICE, by its port for TLS where it has one. */
export async function connectSpice(graphics: GraphicsFacts, tls: AgentTls): Promise<Socket> {
  const secure = Number(graphics.tlsPort) > 0;
  const socket = await connected(
    connect({ host: addressOf(graphics), port: Number(secure ? graphics.tlsPort : graphics.port), noDelay: true }),
  );
  return secure ? overTls(socket, tls) : socket;
}

/** The screen's own port of VNC on this host. */
export const connectVnc = (graphics: GraphicsFacts): Promise<Socket> =>
  connected(connect({ host: addressOf(graphics), port: Number(graphics.port), noDelay: true }));

/** Leaves VNC to QEMU, which expects TLS by VeNCrypt. @returns the connection within TLS, at which the password is asked for */
async function secureVnc(screen: Socket, tls: AgentTls): Promise<Socket> {
  screen.write(Buffer.from([security.veNCrypt]));
  if (!(await take(screen, veNCryptVersion.length)).equals(veNCryptVersion))
    throw new Error('The console has an unknown version of VeNCrypt');
  screen.write(veNCryptVersion);
  const [refused = 1, count = 0] = await take(screen, 2);
  if (refused !== 0) throw new Error('The console refuses VeNCrypt');
  const offered = await take(screen, 4 * count);
  const kinds = Array.from({ length: count }, (_value, index) => offered.readUInt32BE(4 * index));
  if (!kinds.includes(x509Vnc)) throw new Error(`The console wants none of the known ways of VeNCrypt: ${kinds.join(', ')}`);
  const chosen = Buffer.alloc(4);
  chosen.writeUInt32BE(x509Vnc);
  screen.write(chosen);
  if ((await take(screen, 1))[0] !== 1) throw new Error('The console refuses TLS');
  return overTls(screen, tls);
}

/**
 * Greets for both: a client that comes under TLS already, such as a browser through its engine, need not know what QEMU expects of viewers
 * that come by themselves. Where that is TLS it is spoken here, and the client is asked for the password alone; else everything is left
 * to the client.
 *
 * @returns the connection that is to be passed on
 */
export async function greetVnc(client: Duplex, screen: Socket, tls: AgentTls): Promise<Socket> {
  client.write(await take(screen, versionBytes));
  const version = await take(client, versionBytes);
  screen.write(version);
  // before version 3.7 the server chooses, and then it never chooses TLS
  if (!/^RFB 003\.00[78]\n/.test(version.toString('latin1'))) return screen;
  const [count = 0] = await take(screen, 1);
  const types = await take(screen, count);
  if (!types.includes(security.veNCrypt) || types.includes(security.vnc)) {
    client.write(Buffer.from([count, ...types]));
    return screen;
  }
  const secured = await secureVnc(screen, tls);
  client.write(Buffer.from([1, security.vnc]));
  if ((await take(client, 1))[0] !== security.vnc) throw new Error('The viewer knows no passwords');
  return secured;
}
