import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VdsmError } from '@virgate/vdsm';
import { formatNbdAddress, parseNbdAddress } from '../nbd/address.ts';
import { errorCode, invalidParameter, readObject, readOptionalBoolean, readOptionalText, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readInteger } from '../storage-parameters.ts';
import type { VolumePlace } from '../volume/live-volumes.ts';
import type { ImageSource } from './backend.ts';
import type { TicketOperation, Tickets } from './tickets.ts';

/** Longest life of a ticket without an extension. */
const maximumTimeoutSeconds = 86_400;
const operations: readonly TicketOperation[] = ['read', 'write'];

/** Where tickets may lead. */
export interface TicketPlaces {
  /** Directories in which volumes lie. */
  roots: readonly string[];
  /** Directories in which this agent's NBD servers, and those of its machines, have their sockets. */
  sockets: readonly string[];
  /** Called before a volume of a block domain is written to. */
  makeRoom: (volume: VolumePlace) => Promise<void>;
}

/** The volume of a path in a repository. */
const volumePath = /\/blockSD\/([0-9a-f-]{36})\/images\/([0-9a-f-]{36})\/([0-9a-f-]{36})$/i;

/** A regular file of a storage domain, the device of a volume, or an NBD server of this host. @throws 91 */
async function imageSource(url: string, { roots, sockets, makeRoom }: TicketPlaces, isWritten: boolean): Promise<ImageSource> {
  const refused = invalidParameter(
    'ticket.url',
    'file:// and the path of a volume that was prepared on this host, or nbd:unix: and the socket of an NBD server that it started',
  );
  const address = parseNbdAddress(url);
  if (address !== undefined) {
    if (!sockets.includes(dirname(normalize(address.socketPath)))) throw refused;
    return { kind: 'nbd', ...address, socketPath: normalize(address.socketPath) };
  }
  if (!URL.canParse(url) || new URL(url).protocol !== 'file:') throw refused;
  const path = normalize(fileURLToPath(url));
  if (!roots.some((root) => path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) || !/\/images\/[^/]+\/[0-9a-f-]{36}$/i.test(path))
    throw refused;
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile() === true) return { kind: 'file', path };
  // volumes of block domains are links that this agent made, in a directory where nobody else does
  const isBlock = found?.isSymbolicLink() === true && roots.some((root) => path.startsWith(join(root, 'mnt', 'blockSD') + sep));
  const [, domainId, imageId, volumeId] = (isBlock ? volumePath.exec(path) : null) ?? [];
  if (isWritten && domainId !== undefined && imageId !== undefined && volumeId !== undefined)
    await makeRoom({ domainId, imageId, volumeId });
  const device = isBlock ? await realpath(path).catch(() => undefined) : undefined;
  if (device === undefined || !(await stat(device)).isBlockDevice()) throw refused;
  return { kind: 'file', path: device };
}

function readOperations(value: unknown): Set<TicketOperation> {
  const found = operations.filter((name) => Array.isArray(value) && value.includes(name));
  if (found.length === 0) throw invalidParameter('ticket.ops', `a list of ${operations.join(', ')} is needed`);
  return new Set(found);
}

/**
 * Verbs over image tickets (VDSM schema, Host.add_image_ticket and its like).
 * @param isListening false when the image server could not be started
 */
export function createImageTicketVerbs(tickets: Tickets, places: TicketPlaces, isListening: () => boolean): VerbTable {
  return {
    'Host.add_image_ticket': async (params) => {
      if (!isListening())
        throw new VdsmError(errorCode.general, 'The image server of this host does not listen; its port is used by something else');
      const value = readObject(params, 'ticket');
      const granted = readOperations(value['ops']);
      tickets.add({
        id: readUuid(value, 'uuid'),
        source: await imageSource(readText(value, 'url', 4096), places, granted.has('write')),
        sizeBytes: readInteger(value, 'size', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
        operations: granted,
        timeoutSeconds: readInteger(value, 'timeout', { minimum: 1, maximum: maximumTimeoutSeconds }),
        filename: readOptionalText(value, 'filename', 255),
        sparse: readOptionalBoolean(value, 'sparse') ?? true,
        dirty: readOptionalBoolean(value, 'dirty') ?? false,
      });
      return true;
    },
    'Host.extend_image_ticket': async (params) => {
      tickets.extend(readUuid(params, 'uuid'), readInteger(params, 'timeout', { minimum: 1, maximum: maximumTimeoutSeconds }));
      return true;
    },
    'Host.get_image_ticket': async (params) => {
      const { ticket, active, transferredBytes, idleSeconds } = tickets.find(readUuid(params, 'uuid'));
      return {
        uuid: ticket.id,
        url: ticket.source.kind === 'file' ? `file://${ticket.source.path}` : formatNbdAddress(ticket.source),
        size: ticket.sizeBytes,
        ops: [...ticket.operations],
        timeout: ticket.timeoutSeconds,
        active: active > 0,
        transferred: transferredBytes,
        idle_time: idleSeconds,
        ...(ticket.filename === undefined ? {} : { filename: ticket.filename }),
      };
    },
    'Host.remove_image_ticket': async (params) => {
      tickets.remove(readUuid(params, 'uuid'));
      return true;
    },
  };
}
