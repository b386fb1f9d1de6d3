import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { VdsmTls } from '@virgate/vdsm';
import { chainContent, changedStretches, wholeBitmap, zeroStretches } from './bitmaps.ts';
import type { StorageSession } from './storage-verbs.ts';
import type { SimulatedStorage, SimulatedVolume } from './storage.ts';
import type { VirtualMachines } from './virtual-machines.ts';

const MAXIMUM_CONTENT_BYTES = 16 * 1024 ** 2;

interface ImageParts {
  readonly storage: SimulatedStorage;
  readonly session: StorageSession;
  readonly vms: VirtualMachines;
  readonly upgrade: (request: IncomingMessage, socket: Duplex) => void;
}

/** What a ticket leads to. */
interface Image {
  readonly content: Buffer;
  /** What it was when the bitmap was begun that the ticket's client asks about. */
  readonly since: string | undefined;
  /** Where writes go. */
  readonly volume?: SimulatedVolume;
}

/** What a simulated host serves to clients with tickets: the begin of volumes, as far as it was written. Source: imageio protocol. */
export class SimulatedImageServer {
  readonly #parts: ImageParts;
  readonly #server: Server;

  /** Connections that became consoles: the server does not know them any more. */
  readonly #upgraded = new Set<Duplex>();

  constructor(tls: VdsmTls, parts: ImageParts) {
    this.#parts = parts;
    this.#server = createServer({ key: tls.key, cert: tls.cert, ca: tls.ca }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.on('upgrade', (request, socket) => {
      this.#upgraded.add(socket);
      socket.once('close', () => this.#upgraded.delete(socket));
      parts.upgrade(request, socket);
    });
  }

  /** @returns the port, chosen by the system */
  listen(host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, host, () => resolve((this.#server.address() as { port: number }).port));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
      for (const socket of this.#upgraded) socket.destroy();
    });
  }

  #imageOf(url: string): Image | undefined {
    const { storage, session, vms } = this.#parts;
    const [, domainId = '', fileVolumeId] = /([0-9a-f-]{36})\/images\/[0-9a-f-]{36}\/([0-9a-f-]{36})$/.exec(url) ?? [];
    if (fileVolumeId !== undefined) {
      const volume = storage.volume(domainId, fileVolumeId);
      return { content: chainContent(storage, domainId, volume, true), since: undefined, volume };
    }
    const server = session.nbdServers.get(/^nbd:unix:\/run\/vdsm\/nbd\/([0-9a-f-]{36})\.sock$/.exec(url)?.[1] ?? '');
    if (server !== undefined) {
      const volume = storage.volume(server.domainId, server.volumeId);
      const content = chainContent(storage, server.domainId, volume, !server.backingChain);
      return {
        content,
        since: server.bitmap === undefined ? undefined : wholeBitmap(volume, server.bitmap).since,
        ...(server.readOnly ? {} : { volume }),
      };
    }
    const [, backupId, target = ''] = /^nbd:unix:\/run\/vdsm\/backup\/([0-9a-f-]{36}):exportname=(\w+)$/.exec(url) ?? [];
    const vm = [...vms.all.values()].find((one) => one.backup?.id === backupId);
    const found = vm?.backup?.contents[target];
    return found === undefined ? undefined : { content: Buffer.from(found.content, 'base64'), since: found.since ?? undefined };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://host');
    const [, id = '', extents] = /^\/images\/([0-9a-f-]{36})(\/extents)?$/.exec(url.pathname) ?? [];
    const ticket = this.#parts.session.tickets.get(id)?.ticket;
    const needed = request.method === 'GET' ? 'read' : 'write';
    const image = ticket === undefined ? undefined : this.#imageOf(String(ticket['url']));
    if (ticket === undefined || image === undefined || !(ticket['ops'] as string[]).includes(needed)) {
      response.writeHead(403).end();
      return;
    }
    if (extents !== undefined) tellExtents(image, Number(ticket['size']), url.searchParams.get('context') ?? 'zero', response);
    else if (request.method === 'GET') {
      const { content } = image;
      const [, from = '0', to = String(content.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const body = Buffer.alloc(Number(to) + 1 - Number(from));
      content.copy(body, 0, Math.min(Number(from), content.length));
      response.writeHead(206, { 'content-length': body.length }).end(body);
    } else await this.#write(image, request, response);
  }

  async #write(image: Image, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const written = Buffer.concat(parts);
    if (image.volume === undefined || written.length > MAXIMUM_CONTENT_BYTES) {
      response.writeHead(image.volume === undefined ? 403 : 413).end();
      return;
    }
    const start = Number(/^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? 0);
    const grown = Buffer.alloc(Math.max(image.content.length, start + written.length));
    image.content.copy(grown);
    written.copy(grown, start);
    image.volume.content = grown.toString('base64');
    this.#parts.storage.onChange();
    response.writeHead(200, { 'content-length': 0 }).end();
  }
}

function tellExtents({ content, since }: Image, sizeBytes: number, context: string, response: ServerResponse): void {
  if (context === 'dirty' && since === undefined) {
    response.writeHead(404).end();
    return;
  }
  const told =
    context === 'dirty'
      ? changedStretches(content, since ?? '', sizeBytes).map(({ start, length, marked }) => ({
          start,
          length,
          dirty: marked,
          zero: false,
        }))
      : zeroStretches(content, sizeBytes).map(({ start, length, marked }) => ({ start, length, zero: marked, hole: false }));
  const body = JSON.stringify(told);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
