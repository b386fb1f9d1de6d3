import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import { pathToFileURL } from 'node:url';
import { knownHostTls, type KnownHost } from '../certificates/known-host.ts';
import type { ImageServerPlace } from '../hosts/image-server.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { hostFailed, say } from '../rest/fault.ts';

/** A volume on a host that has its storage. */
export interface VolumePlace {
  hostId: string;
  dataCenterId: string;
  storageDomainId: string;
  imageId: string;
  volumeId: string;
  sizeBytes: number;
  server: ImageServerPlace;
}

const callTimeoutMs = 60_000;
const transferTimeoutMs = 120_000;
const ticketSeconds = 300;

/** Where a host's image server is, and how it is known. */
type KnownImageServer = ImageServerPlace & KnownHost;

/** Sends one request to a host's image server. */
function send(
  server: KnownImageServer,
  method: 'GET' | 'PUT',
  path: string,
  headers: Record<string, string>,
  body: Buffer | undefined,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: server.host,
        port: server.port,
        method,
        path,
        headers,
        ...knownHostTls(server),
        agent: false,
        timeout: transferTimeoutMs,
        ...(signal ? { signal } : {}),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status === 200 || status === 206) resolve(Buffer.concat(parts));
          else reject(hostFailed('Cannot reach the content of a volume', say`status ${status}`));
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`nothing was sent for ${transferTimeoutMs / 1000} s`)));
    sent.on('error', (error) => reject(hostFailed('Cannot reach the content of a volume', error.message, error)));
    sent.end(body);
  });
}

async function withTicket<T>(
  hosts: HostSessions,
  place: VolumePlace,
  operation: 'read' | 'write',
  signal: AbortSignal | undefined,
  run: (server: KnownImageServer, path: string) => Promise<T>,
): Promise<T> {
  const { client, fence } = await hosts.access(place.hostId);
  const options = { timeoutMs: callTimeoutMs, fence, ...(signal ? { signal } : {}) };
  const volume = {
    storagepoolID: place.dataCenterId,
    storagedomainID: place.storageDomainId,
    imageID: place.imageId,
    volumeID: place.volumeId,
  };
  const { path } = (await client.call('Image.prepare', volume, options)) as { path: string };
  const uuid = randomUUID();
  try {
    await client.call(
      'Host.add_image_ticket',
      { ticket: { uuid, timeout: ticketSeconds, size: place.sizeBytes, url: pathToFileURL(path).href, ops: [operation] } },
      options,
    );
    return await run({ ...place.server, caPem: hosts.caPem }, `/images/${uuid}`);
  } finally {
    await client.call('Host.remove_image_ticket', { uuid }, options).catch(() => undefined);
    await client.call('Image.teardown', volume, options).catch(() => undefined);
  }
}

/** Writes bytes to the begin of a volume, by the host's image server. Repeatable. @throws {Fault}, VdsmError */
export async function writeVolume(hosts: HostSessions, place: VolumePlace, bytes: Buffer, signal?: AbortSignal): Promise<void> {
  await withTicket(hosts, place, 'write', signal, (server, path) =>
    send(server, 'PUT', path, { 'content-length': String(bytes.length), 'content-range': `bytes 0-${bytes.length - 1}/*` }, bytes, signal),
  );
}

/** Reads bytes from the begin of a volume. @throws {Fault}, VdsmError */
export const readVolume = (hosts: HostSessions, place: VolumePlace, bytes: number, signal?: AbortSignal): Promise<Buffer> =>
  withTicket(hosts, place, 'read', signal, (server, path) =>
    send(server, 'GET', path, { range: `bytes=0-${bytes - 1}` }, undefined, signal),
  );
