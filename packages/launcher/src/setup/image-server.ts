import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves one file over HTTP at an address that nobody can guess, until it is closed. */
export async function serveFile(path: string, listenAddress: string): Promise<{ url: string; close: () => void }> {
  const { size } = await stat(path);
  const secretPath = `/${randomBytes(24).toString('base64url')}`;
  const server = createServer((request, response) => {
    if (request.url !== secretPath || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host: listenAddress, port: 0 }, resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${listenAddress}:${port}${secretPath}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
