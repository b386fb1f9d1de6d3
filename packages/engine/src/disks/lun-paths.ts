import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { HostSessions } from '../monitoring/sessions.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { wireStorageType, type ConnectionRow } from '../storage-domains/wire.ts';
import type { Tables } from '../tables/schema.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

const noPool = '00000000-0000-0000-0000-000000000000';
const timeoutMs = 120_000;

/** What a host is asked so that it sees a LUN. Has secrets: it is made when the host is asked, and kept nowhere. */
export interface LunPath {
  address: string;
  parameters: Record<string, string>;
}

type Trx = Kysely<Tables>;

async function pathsWhere(db: Trx, secretKey: Buffer, hostId: string, condition: RawBuilder<unknown>): Promise<LunPath[]> {
  const found = await sql<ConnectionRow>`
    select distinct on (c.id) c.id, c.type as storage_type, c.address, c.path, c.mount_options, c.vfs_type, c.settings
    from disk_lun l join storage_connection c on c.id = l.storage_connection_id where ${condition} order by c.id`.execute(db);
  return Promise.all(
    found.rows.map(async (row) => ({ address: row.address ?? '', parameters: await parametersFor(db, secretKey, hostId, row) })),
  );
}

/** The connections by which a host reaches the LUNs that a VM starts with. */
export const lunPathsOfVm = (db: Trx, secretKey: Buffer, hostId: string, vmId: string): Promise<LunPath[]> =>
  pathsWhere(db, secretKey, hostId, sql`l.disk_id in (select a.disk_id from disk_attachment a where a.vm_id = ${vmId}::uuid and a.active)`);

/** The connection by which a host reaches one LUN; none for a disk that is none, and on Fibre Channel. */
export const lunPathsOfDisk = (db: Trx, secretKey: Buffer, hostId: string, diskId: string): Promise<LunPath[]> =>
  pathsWhere(db, secretKey, hostId, sql`l.disk_id = ${diskId}::uuid`);

/**
 * Has a host sign in at targets; being there already is fine.
 * @returns why it does not; null when it does
 * @throws {VdsmError} when its answer did not come
 */
export async function signInAt(
  hosts: HostSessions,
  hostId: string,
  paths: readonly LunPath[],
  signal?: AbortSignal,
): Promise<string | null> {
  if (paths.length === 0) return null;
  const { client, fence } = await hosts.access(hostId);
  for (const { address, parameters } of paths) {
    try {
      const answer = (await client.call(
        'StoragePool.connectStorageServer',
        { storagepoolID: noPool, domainType: wireStorageType('iscsi'), connectionParams: [parameters] },
        { timeoutMs, fence, ...(signal ? { signal } : {}) },
      )) as { status?: number }[];
      const status = answer[0]?.status ?? -1;
      if (status !== 0) return `the iSCSI target at ${address} does not let the host in (code ${status})`;
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
      return `the iSCSI target at ${address}: ${error.message}`;
    }
  }
  return null;
}
