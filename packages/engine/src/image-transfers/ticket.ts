import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely, type Selectable } from 'kysely';
import { pathToFileURL } from 'node:url';
import { storageFault } from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { ImageTransferTable, Tables } from '../tables/schema.ts';

/** How long a ticket lives without being extended. Source: engine configuration, ImageTransferClientTicketValidityInSeconds. */
export const ticketSeconds = 300;
/** The port of hosts that do not say one. Source: engine configuration, ImageDaemonPort. */
const defaultPort = 54_322;
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

/**
 * Lets clients read or write the volume of a transfer on its host: prepares the image and adds a ticket. Repeatable.
 * @returns the address for clients
 * @throws {Fault} the host's refusal
 */
export async function openTicket(asker: Asker, db: Kysely<Tables>, transfer: TransferRow): Promise<string> {
  try {
    const { path } = (await ask(asker, transfer, 'Image.prepare', { ...volumeOf(transfer), allowIllegal: true })) as { path: string };
    await ask(asker, transfer, 'Host.remove_image_ticket', { uuid: transfer.id }).catch((error: unknown) => {
      if (!(error instanceof VdsmError)) throw error;
    });
    await ask(asker, transfer, 'Host.add_image_ticket', {
      ticket: {
        uuid: transfer.id,
        timeout: ticketSeconds,
        inactivity_timeout: transfer.inactivity_timeout_seconds,
        size: transfer.size_bytes ?? 0,
        url: pathToFileURL(path).href,
        ops: [transfer.direction === 'upload' ? 'write' : 'read'],
        transfer_id: transfer.id,
        ...(transfer.filename === null ? {} : { filename: transfer.filename }),
      },
    });
  } catch (error) {
    if (error instanceof VdsmError) throw storageFault('Cannot transfer the image', error);
    throw error;
  }
  const found = await sql<{ address: string; port: number | null }>`
    select h.address, (s.capabilities ->> 'imageServerPort')::int as port from host h left join host_state s on s.host_id = h.id where h.id = ${transfer.host_id}`.execute(
    db,
  );
  const { address = '', port = null } = found.rows[0] ?? {};
  return `https://${address.includes(':') ? `[${address}]` : address}:${port ?? defaultPort}/images/${transfer.id}`;
}

/** Ends what {@link openTicket} began. A host that is gone has no ticket any more, and is no obstacle. */
export async function closeTicket(asker: Asker, transfer: TransferRow): Promise<void> {
  if (transfer.host_id === null) return;
  const tolerate = (error: unknown): void => {
    if (!(error instanceof VdsmError)) throw error;
  };
  await ask(asker, transfer, 'Host.remove_image_ticket', { uuid: transfer.id }).catch(tolerate);
  await ask(asker, transfer, 'Image.teardown', volumeOf(transfer)).catch(tolerate);
}

/** Sizes of the volume's file as its host sees them. @throws VdsmError */
export async function volumeSizes(asker: Asker, transfer: TransferRow): Promise<{ apparentBytes: number; trueBytes: number }> {
  const sizes = (await ask(asker, transfer, 'Volume.getSize', volumeOf(transfer))) as { apparentsize?: string; truesize?: string };
  return { apparentBytes: Number(sizes.apparentsize ?? 0), trueBytes: Number(sizes.truesize ?? 0) };
}

/** Whether what was uploaded is an image that may be used. @throws VdsmError */
export const verifyUpload = (asker: Asker, transfer: TransferRow): Promise<unknown> =>
  ask(asker, transfer, 'Volume.verify_untrusted', volumeOf(transfer));
