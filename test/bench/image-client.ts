import { open } from 'node:fs/promises';
import { Agent, request } from 'node:https';

/** Requests of a client at once, as the images' own protocol lets it. */
const connections = 4;
const chunkBytes = 8 * 1024 ** 2;

/** A part of an image; what is `zero` is told, not sent. */
export interface Part {
  start: number;
  length: number;
  zero: boolean;
}

/** Parts that are no longer than what one request carries; zeros go whole. */
const pieces = (parts: readonly Part[]): Part[] =>
  parts.flatMap((part) =>
    part.zero
      ? [part]
      : Array.from({ length: Math.ceil(part.length / chunkBytes) }, (_, at) => ({
          start: part.start + at * chunkBytes,
          length: Math.min(chunkBytes, part.length - at * chunkBytes),
          zero: false,
        })),
  );

/** A client of an image server: several connections, by ranges, zeros by their extents. Source: imageio protocol. */
export class ImageClient {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, ca: string) {
    this.#url = url;
    // hosts are known by the authority that signed their certificate
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, ca, checkServerIdentity: () => undefined });
  }

  #send(method: string, path: string, headers: Record<string, string>, body?: Buffer | string, into?: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, {
        method,
        agent: this.#agent,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          if (into === undefined || (response.statusCode ?? 500) >= 300) parts.push(part);
          else bytes += part.copy(into, bytes);
        });
        response.on('error', reject);
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(into === undefined ? Buffer.concat(parts) : into.subarray(0, bytes));
          else reject(new Error(`${method} ${path} answered ${response.statusCode}: ${Buffer.concat(parts).toString('utf8', 0, 300)}`));
        });
      });
      sent.end(body);
    });
  }

  /** Works through the pieces, as many at once as there are connections. */
  async #each(parts: readonly Part[], work: (part: Part, buffer: Buffer) => Promise<void>): Promise<void> {
    const waiting = pieces(parts);
    const worker = async (): Promise<void> => {
      const buffer = Buffer.alloc(chunkBytes);
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await work(part, buffer);
    };
    await Promise.all(Array.from({ length: connections }, worker));
  }

  /** Sends a file whose parts are known. */
  async upload(file: string, parts: readonly Part[]): Promise<void> {
    const handle = await open(file);
    try {
      await this.#each(parts, async ({ start, length, zero }, buffer) => {
        if (zero) await this.#send('PATCH', '', {}, JSON.stringify({ op: 'zero', offset: start, size: length, flush: false }));
        else {
          await handle.read(buffer, 0, length, start);
          await this.#send('PUT', '?flush=n', { 'content-range': `bytes ${start}-${start + length - 1}/*` }, buffer.subarray(0, length));
        }
      });
      await this.#send('PATCH', '', {}, JSON.stringify({ op: 'flush' }));
    } finally {
      await handle.close();
    }
  }

  /** Fetches what is not zero into a file. */
  async download(file: string): Promise<void> {
    const extents = JSON.parse((await this.#send('GET', '/extents', {})).toString('utf8')) as Part[];
    const handle = await open(file, 'w');
    try {
      await handle.truncate(extents.reduce((sum, { length }) => sum + length, 0));
      await this.#each(
        extents.filter(({ zero }) => !zero),
        async ({ start, length }, buffer) => {
          const data = await this.#send('GET', '', { range: `bytes=${start}-${start + length - 1}` }, undefined, buffer);
          await handle.write(data, 0, data.length, start);
        },
      );
    } finally {
      await handle.close();
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}
