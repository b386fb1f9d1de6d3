import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { DomainConsoleFlags, type LibvirtStream } from '@virgate/libvirt';
import type { AgentTls } from '../certificate/renewal.ts';
import type { AgentLog } from '../log.ts';
import type { VmRegistry } from '../vm/index.ts';
import type { ConsoleEntries, ConsoleEntry } from './entries.ts';
import { connected, connectSpice, connectVnc, greetVnc } from './screen.ts';

/** Name of the protocol that a connection is changed to (RFC 9110, Upgrade): the console's own bytes. */
export const consoleProtocol = 'virgate-console';

const maximumConsoles = 200;
const keepAliveMs = 30_000;

/** Consoles over a server of HTTPS. */
export interface ConsoleServer {
  /** Takes a connection that wants to become a console, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends all consoles. */
  close(): void;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Passes bytes both ways, each side waiting for a slow other; one that ends takes the other along. */
function join(client: Duplex, console: Socket): void {
  const end = (): void => {
    client.destroy();
    console.destroy();
  };
  for (const side of [client, console]) side.on('error', end).on('close', end);
  client.pipe(console).pipe(client);
}

async function readInto(stream: LibvirtStream, client: Duplex): Promise<void> {
  for await (const bytes of stream) {
    if (client.destroyed) return;
    if (!client.write(bytes)) await Promise.race([once(client, 'drain'), once(client, 'close')]);
  }
}

async function writeFrom(client: Duplex, stream: LibvirtStream): Promise<void> {
  for await (const bytes of client) await stream.write(bytes as Buffer);
}

/** Passes on a serial port that is no socket, through libvirt, until either side has enough. */
async function joinThroughLibvirt(vms: VmRegistry, vmId: string, client: Duplex, opened: () => void): Promise<void> {
  // A connection of its own: a slow reader holds back everything on it.
  await vms.dependencies.hypervisor.runLong(async (connection) => {
    const stream = await connection.domainConsole(vmId, null, DomainConsoleFlags.FORCE);
    opened();
    await Promise.race([readInto(stream, client), writeFrom(client, stream)]).finally(() => client.destroy());
    await stream.abort();
  });
}

/**
 * Serves consoles: `GET /consoles/<entry>` with `Upgrade: virgate-console` becomes the bytes of the entry's console. Whoever opens a serial
 * port takes it from whoever had it; screens have as many lookers as QEMU allows.
 *
 * @param tls what this host speaks TLS with, where QEMU expects it of viewers
 */
export function serveConsoles(vms: VmRegistry, entries: ConsoleEntries, log: AgentLog, tls: () => AgentTls): ConsoleServer {
  const open = new Set<Duplex>();

  /** Who looks at the serial port of a VM: QEMU serves one at a time, and the last one counts. */
  const serial = new Map<string, Duplex>();

  const connectSerial = async (vmId: string, socket: Duplex, opened: () => void): Promise<void> => {
    serial.get(vmId)?.destroy();
    serial.set(vmId, socket);
    socket.once('close', () => {
      if (serial.get(vmId) === socket) serial.delete(vmId);
    });
    const facts = vms.running(vmId).facts?.serialConsole;
    if (facts === undefined) throw new Error('The virtual machine has no serial port now');
    if (facts.socketPath === null) return joinThroughLibvirt(vms, vmId, socket, opened);
    const port = await connected(connect(facts.socketPath));
    opened();
    join(socket, port);
  };

  const connectTo = async ({ vmId, type }: ConsoleEntry, socket: Duplex, opened: () => void): Promise<void> => {
    if (type === 'serial') return connectSerial(vmId, socket, opened);
    const graphics = vms.running(vmId).facts?.graphics.find((one) => one.type === type);
    const hasPort = [graphics?.port, ...(type === 'spice' ? [graphics?.tlsPort] : [])].some((port) => Number(port) > 0);
    if (!graphics || !hasPort) throw new Error('The virtual machine has no such console now');
    const screen = type === 'vnc' ? await connectVnc(graphics) : await connectSpice(graphics, tls());
    screen.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.once('close', () => screen.destroy());
    opened();
    join(socket, type === 'vnc' ? await greetVnc(socket, screen, tls()) : screen);
  };

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const secret = /^\/consoles\/([0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
      if (secret === undefined || request.headers.upgrade?.toLowerCase() !== consoleProtocol) return refuse(socket, '404 Not Found');
      if (open.size >= maximumConsoles) return refuse(socket, '503 Service Unavailable');
      const entry = entries.take(secret);
      if (entry === undefined) return refuse(socket, '403 Forbidden');
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      const wire = socket as Socket;
      wire.setTimeout(0);
      wire.setNoDelay(true);
      wire.setKeepAlive(true, keepAliveMs);
      if (head.length > 0) socket.unshift(head);
      let accepted = false;
      const opened = (): void => {
        accepted = true;
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${consoleProtocol}\r\n\r\n`);
      };
      connectTo(entry, socket, opened).catch((error: unknown) => {
        log.warn({ vmId: entry.vmId, type: entry.type, error: String(error) }, 'A console could not be opened, or broke off');
        if (accepted || socket.destroyed) socket.destroy();
        else refuse(socket, '502 Bad Gateway');
      });
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}
