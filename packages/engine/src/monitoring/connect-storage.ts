import { sql, type Kysely } from 'kysely';
import { VdsmError } from '@virgate/vdsm';
import type { Tables } from '../tables/schema.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { wireStorageType, type ConnectionRow } from '../storage-domains/wire.ts';
import type { WatchedHost } from './host-state.ts';
import { connectionProblem, poolProblem, type StorageProblem } from './storage-problem.ts';
import { connectionLost } from './connection-lost.ts';

type Call = (method: string, params: Record<string, unknown>) => Promise<unknown>;

/**
 * Connects a host to the storage of its data center: storage servers, then the pool, in which every active domain is named.
 * @param secretKey opens the passwords of targets
 * @returns what is wrong; null when the host is connected or the data center has no storage yet
 */
export async function connectStorage(db: Kysely<Tables>, secretKey: Buffer, host: WatchedHost, call: Call): Promise<StorageProblem | null> {
  if (host.dataCenterId === null) return null;
  const pool = host.dataCenterId;
  const domains = await sql<ConnectionRow & { domain_id: string; domain_name: string; status: string; master: boolean }>`
    select s.id as domain_id, s.name as domain_name, d.status, s.master, s.storage_type, c.id, c.address, c.path, c.mount_options, c.vfs_type, c.settings
    from data_center_storage_domain d join storage_domain s on s.id = d.storage_domain_id join storage_connection c on c.id = s.storage_connection_id
    where d.data_center_id = ${pool}`.execute(db);
  const active = domains.rows.filter((row) => row.status !== 'maintenance' && row.status !== 'unattached');
  const master = active.find((row) => row.master);
  if (!master) return null;
  try {
    for (const row of active) {
      const answer = await call('StoragePool.connectStorageServer', {
        storagepoolID: pool,
        domainType: wireStorageType(row.storage_type),
        connectionParams: [await parametersFor(db, secretKey, host.id, row)],
      });
      const status = (Array.isArray(answer) ? (answer[0] as { status?: unknown }) : {}).status;
      if (status !== 0) return { domainName: row.domain_name, text: connectionProblem(row, Number(status)) };
    }
    const version = await db.selectFrom('data_center').select('master_version').where('id', '=', pool).executeTakeFirstOrThrow();
    await call('StoragePool.connect', {
      storagepoolID: pool,
      hostID: host.spmId ?? 1,
      scsiKey: pool,
      masterSdUUID: master.domain_id,
      masterVersion: version.master_version,
      domainDict: Object.fromEntries(active.map((row) => [row.domain_id, row.status === 'locked' ? 'attached' : 'active'])),
    });
    return null;
  } catch (error) {
    // Without a connection the host, not its storage, is in trouble.
    if (error instanceof VdsmError && error.code !== connectionLost && error.code !== 99)
      return { domainName: master.domain_name, text: poolProblem(master, error.code, error.message) };
    throw error;
  }
}
