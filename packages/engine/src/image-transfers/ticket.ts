import { VdsmError } from '@virgate/vdsm';
import type { Kysely, Selectable } from 'kysely';
import { pathToFileURL } from 'node:url';
import { storageFault } from '../images/host-tasks.ts';
import { imageServerOf } from '../hosts/image-server.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { ImageTransferTable, Tables } from '../tables/schema.ts';

/** How long a ticket lives without being extended. Source: engine configuration, ImageTransferClientTicketValidityInSeconds. */
export const ticketSeconds = 300;
const timeoutMs = 60_000;

export type TransferRow = Selectable<ImageTransferTable>;

/** Who asks a host: the same for steps of jobs and for the watch over the transfers. */
export interface Asker {
  hosts: HostSessions;
  signal?: AbortSignal;
}

/** Asks the host of a transfer. @throws VdsmError */
export async function ask(asker: Asker, transfer: TransferRow, method: string, parameters: Record<string, unknown>): Promise<unknown> {
  const { client, fence } = await asker.hosts.access(transfer.host_id ?? '');
  return client.call(method, parameters, { timeoutMs, fence, ...(asker.signal ? { signal: asker.signal } : {}) });
}

const volumeOf = (transfer: TransferRow): Record<string, unknown> => ({
  storagepoolID: transfer.data_center_id,
  storagedomainID: transfer.storage_domain_id,
  imageID: transfer.disk_id,
  volumeID: transfer.volume_id,
});

/** Where the host has the image: the file of its volume, an NBD server of the volume, or the one of a running VM's backup. */
async function sourceOf(asker: Asker, transfer: TransferRow): Promise<string> {
  if (transfer.served === 'backup') return transfer.server_url ?? '';
  if (transfer.served === 'nbd') {
    const upload = transfer.direction === 'upload';
    const url = await ask(asker, transfer, 'NBD.start_server', {
      server_id: transfer.id,
      config: {
        sd_id: transfer.storage_domain_id,
        img_id: transfer.disk_id,
        vol_id: transfer.volume_id,
        readonly: !upload,
        discard: upload && transfer.sparse,
        detect_zeroes: upload && transfer.sparse,
        backing_chain: !transfer.shallow,
        bitmap: transfer.bitmap,
      },
    });
    return String(url);
  }
  const { path } = (await ask(asker, transfer, 'Image.prepare', { ...volumeOf(transfer), allowIllegal: true })) as { path: string };
  return pathToFileURL(path).href;
}

/**
 * Lets clients read or write the image of a transfer on its host: makes it ready and adds a ticket. Repeatable.
 * @returns the address for clients
 * @throws {Fault} the host's refusal
 */
export async function openTicket(asker: Asker, db: Kysely<Tables>, transfer: TransferRow): Promise<string> {
  try {
    const url = await sourceOf(asker, transfer);
    await ask(asker, transfer, 'Host.remove_image_ticket', { uuid: transfer.id }).catch((error: unknown) => {
      if (!(error instanceof VdsmError)) throw error;
    });
    await ask(asker, transfer, 'Host.add_image_ticket', {
      ticket: {
        uuid: transfer.id,
        timeout: ticketSeconds,
        inactivity_timeout: transfer.inactivity_timeout_seconds,
        size: transfer.size_bytes ?? 0,
        url,
        ops: [transfer.direction === 'upload' ? 'write' : 'read'],
        transfer_id: transfer.id,
        sparse: transfer.sparse,
        dirty: transfer.bitmap !== null,
        ...(transfer.filename === null ? {} : { filename: transfer.filename }),
      },
    });
  } catch (error) {
    if (error instanceof VdsmError) throw storageFault('Cannot transfer the image', error);
    throw error;
  }
  const { host, port } = await imageServerOf(db, transfer.host_id ?? '');
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}/images/${transfer.id}`;
}

/** Ends what {@link openTicket} began. A host that is gone has no ticket any more, and is no obstacle. */
export async function closeTicket(asker: Asker, transfer: TransferRow): Promise<void> {
  if (transfer.host_id === null) return;
  const tolerate = (error: unknown): void => {
    if (!(error instanceof VdsmError)) throw error;
  };
  await ask(asker, transfer, 'Host.remove_image_ticket', { uuid: transfer.id }).catch(tolerate);
  if (transfer.served === 'nbd') await ask(asker, transfer, 'NBD.stop_server', { server_id: transfer.id }).catch(tolerate);
  if (transfer.served === 'file') await ask(asker, transfer, 'Image.teardown', volumeOf(transfer)).catch(tolerate);
}

/** Sizes of the volume's file as its host sees them. @throws VdsmError */
export async function volumeSizes(asker: Asker, transfer: TransferRow): Promise<{ apparentBytes: number; trueBytes: number }> {
  const sizes = (await ask(asker, transfer, 'Volume.getSize', volumeOf(transfer))) as { apparentsize?: string; truesize?: string };
  return { apparentBytes: Number(sizes.apparentsize ?? 0), trueBytes: Number(sizes.truesize ?? 0) };
}

/** Whether what was uploaded is an image that may be used. @throws VdsmError */
export const verifyUpload = (asker: Asker, transfer: TransferRow): Promise<unknown> =>
  ask(asker, transfer, 'Volume.verify_untrusted', volumeOf(transfer));
