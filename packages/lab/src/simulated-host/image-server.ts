import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VdsmTls } from '@virgate/vdsm';
import type { StorageSession } from './storage-verbs.ts';
import type { SimulatedStorage } from './storage.ts';

const MAXIMUM_CONTENT_BYTES = 16 * 1024 ** 2;

/** What a simulated host serves to clients with tickets: the begin of volumes, as far as it was written. Source: imageio protocol. */
export class SimulatedImageServer {
  readonly #parts: { readonly storage: SimulatedStorage; readonly session: StorageSession };
  readonly #server: Server;

  constructor(tls: VdsmTls, parts: { readonly storage: SimulatedStorage; readonly session: StorageSession }) {
    this.#parts = parts;
    this.#server = createServer({ key: tls.key, cert: tls.cert, ca: tls.ca }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
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
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = /^\/images\/([0-9a-f-]{36})/.exec(request.url ?? '')?.[1] ?? '';
    const ticket = this.#parts.session.tickets.get(id)?.ticket;
    const [, domainId = '', volumeId = ''] =
      /([0-9a-f-]{36})\/images\/[0-9a-f-]{36}\/([0-9a-f-]{36})$/.exec(String(ticket?.['url'] ?? '')) ?? [];
    const needed = request.method === 'GET' ? 'read' : 'write';
    if (ticket === undefined || !(ticket['ops'] as string[]).includes(needed)) {
      response.writeHead(403).end();
      return;
    }
    const volume = this.#parts.storage.volume(domainId, volumeId);
    const content = Buffer.from(volume.content ?? '', 'base64');
    if (request.method === 'GET') {
      const [, from = '0', to = String(content.length - 1)] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      const body = Buffer.alloc(Number(to) + 1 - Number(from));
      content.copy(body, 0, Number(from));
      response.writeHead(206, { 'content-length': body.length }).end(body);
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const written = Buffer.concat(parts);
    if (written.length > MAXIMUM_CONTENT_BYTES) {
      response.writeHead(413).end();
      return;
    }
    const start = Number(/^bytes (\d+)-/.exec(request.headers['content-range'] ?? '')?.[1] ?? 0);
    const grown = Buffer.alloc(Math.max(content.length, start + written.length));
    content.copy(grown);
    written.copy(grown, start);
    volume.content = grown.toString('base64');
    this.#parts.storage.onChange();
    response.writeHead(200, { 'content-length': 0 }).end();
  }
}
