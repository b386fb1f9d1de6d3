import type { Action } from '@virgate/contract/generated/types';
import { holdsPermit } from '../access/permissions.ts';
import { conflict, forbidden, incomplete, invalidValue, refused, type Fault } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';

type Frame = Record<'VAR_ACTION' | 'VAR_TYPE', string>;

/** Longest path of a folder and name of a file on a host. */
const maxDirectory = 4096;
const maxFileName = 255;

/** A text without what no path has. */
const isPlain = (text: string): boolean => [...text].every((sign) => sign >= ' ' && sign !== '\u007f');

/** A folder on a host, by its whole path. @throws {Fault} 400 */
function checkDirectory(directory: string | undefined): asserts directory is string {
  if (directory === undefined || directory.trim() === '') throw incomplete('directory');
  if (!directory.startsWith('/') || !isPlain(directory) || directory.length > maxDirectory || directory.split('/').includes('..'))
    throw invalidValue('directory', 'must be the absolute path of a folder, without ..');
}

/** The name of a file that is to be made. @throws {Fault} 400 */
function checkFileName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/') || !isPlain(name) || Buffer.byteLength(name) > maxFileName)
    throw invalidValue('filename', 'must be the name of a file, without its folder');
}

/** An archive that a host is to pack. */
export interface PackTarget {
  host: { id: string; name: string };
  directory: string;
  fileName: string;
  /** Whether the host can do it: up, and of the data center whose storage has the disks. @throws {Fault} 409 */
  checkHost(dataCenterId: string | null, frame: Frame): void;
}

/**
 * The archive that an export asks for, by a folder and a host; null when it asks for none.
 * @throws {Fault} 400 for one that says half of it or what is no path; 404 for a host that is not there
 */
export async function archiveOf(context: Context, body: Action, entityName: string): Promise<PackTarget | null> {
  const { directory, host, filename } = body;
  if (directory === undefined && host === undefined && filename === undefined) return null;
  checkDirectory(directory);
  checkFileName(filename ?? `${entityName}.ova`);
  if (host === undefined) throw incomplete('host.id|name');
  const { id, name } = await resolve(context.db, 'Host', 'host', host);
  const row = await context.db
    .selectFrom('host')
    .innerJoin('host_state', 'host_state.host_id', 'host.id')
    .leftJoin('cluster', 'cluster.id', 'host.cluster_id')
    .select(['host_state.status', 'cluster.data_center_id'])
    .where('host.id', '=', id)
    .executeTakeFirst();
  return {
    host: { id, name },
    directory,
    fileName: filename ?? `${entityName}.ova`,
    checkHost(dataCenterId, frame) {
      if (row?.data_center_id !== dataCenterId) throw refused('ACTION_TYPE_FAILED_VDS_NOT_IN_DEST_STORAGE_POOL', frame);
      if (row?.status !== 'up')
        throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', { ...frame, hostStatus: (row?.status ?? 'unknown').replaceAll('_', ' ') });
    },
  };
}

/**
 * The storage domain that an export names. Domains of the kind that exports go to are not made, so every one there is is refused.
 * @throws {Fault} 400, 404; 403 without the permit to export to it
 */
export async function exportDomain(context: Context, { storage_domain: reference }: Action): Promise<{ refusal(frame: Frame): Fault }> {
  if (reference?.id === undefined && reference?.name === undefined) throw incomplete('storage_domain.id|name');
  const { id } = await resolve(context.db, 'StorageDomain', 'storage_domain', reference);
  if (!(await holdsPermit(context.db, context.user, 'import_export_vm', { type: 'storage_domain', id })))
    throw forbidden('import_export_vm (storage domain)');
  return { refusal: (frame) => refused('ACTION_TYPE_FAILED_SPECIFY_DOMAIN_IS_NOT_EXPORT_DOMAIN', frame) };
}
