import { lstat } from 'node:fs/promises';
import { sep, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VdsmError } from '@virgate/vdsm';
import { errorCode, invalidParameter, readObject, readOptionalText, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { readInteger } from '../storage-parameters.ts';
import type { TicketOperation, Tickets } from './tickets.ts';

/** Longest life of a ticket without an extension. */
const maximumTimeoutSeconds = 86_400;
const operations: readonly TicketOperation[] = ['read', 'write'];

/** A regular file of a storage domain. @throws 91 */
async function imagePath(url: string, roots: readonly string[]): Promise<string> {
  const refused = invalidParameter('ticket.url', 'file:// and the path of a volume that was prepared on this host');
  if (!URL.canParse(url) || new URL(url).protocol !== 'file:') throw refused;
  const path = normalize(fileURLToPath(url));
  if (!roots.some((root) => path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) || !/\/images\/[^/]+\/[0-9a-f-]{36}$/i.test(path))
    throw refused;
  if ((await lstat(path).catch(() => undefined))?.isFile() !== true) throw refused;
  return path;
}

function readOperations(value: unknown): Set<TicketOperation> {
  const found = operations.filter((name) => Array.isArray(value) && value.includes(name));
  if (found.length === 0) throw invalidParameter('ticket.ops', `a list of ${operations.join(', ')} is needed`);
  return new Set(found);
}

/**
 * Verbs over image tickets (VDSM schema, Host.add_image_ticket and its like).
 * @param roots directories in which volumes lie
 * @param isListening false when the image server could not be started
 */
export function createImageTicketVerbs(tickets: Tickets, roots: readonly string[], isListening: () => boolean): VerbTable {
  return {
    'Host.add_image_ticket': async (params) => {
      if (!isListening())
        throw new VdsmError(errorCode.general, 'The image server of this host does not listen; its port is used by something else');
      const value = readObject(params, 'ticket');
      tickets.add({
        id: readUuid(value, 'uuid'),
        path: await imagePath(readText(value, 'url', 4096), roots),
        sizeBytes: readInteger(value, 'size', { minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
        operations: readOperations(value['ops']),
        timeoutSeconds: readInteger(value, 'timeout', { minimum: 1, maximum: maximumTimeoutSeconds }),
        filename: readOptionalText(value, 'filename', 255),
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
        url: `file://${ticket.path}`,
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
