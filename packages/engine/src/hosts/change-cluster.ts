import type { Cluster, Host, HostStatus } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { needInstallation } from '../clusters/host-setup.ts';
import { managementNetworkOnHosts } from '../networks/management.ts';
import { conflict, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import type { Tables } from '../tables/schema.ts';
import { checkLocalDataCenter, freeHostId } from './add.ts';

/** Statuses in which a host serves no cluster, so that it can go to another. Source: contract, ChangeVDSCluster. */
const free: readonly HostStatus[] = ['maintenance', 'pending_approval', 'install_failed'];

/** The cluster that a body asks for; null when it asks for none. @throws {Fault} 400, 404 */
export const wantedCluster = async (context: Context): Promise<string | null> => {
  const { cluster } = context.body as Pick<Host, 'cluster'>;
  return cluster?.id === undefined && cluster?.name === undefined ? null : (await resolve(context.db, 'Cluster', 'cluster', cluster)).id;
};

/** The data center of a cluster; null when it is in none. */
async function dataCenterOf(trx: Transaction<Tables>, clusterId: string): Promise<string | null> {
  const row = await trx.selectFrom('cluster').select('data_center_id').where('id', '=', clusterId).executeTakeFirst();
  return row?.data_center_id ?? null;
}

const firewallOf = async (trx: Transaction<Tables>, clusterId: string): Promise<string> => {
  const row = await trx.selectFrom('cluster').select('settings').where('id', '=', clusterId).executeTakeFirst();
  return (row?.settings as Partial<Cluster> | undefined)?.firewall_type ?? 'firewalld';
};

/**
 * Brings a host into another cluster. It leaves the affinity groups of the old one; in another data center it also gets a number
 * among that one's hosts. What it says of its networks is compared with the new cluster's when it is activated.
 * @throws {Fault} 409 while the host works for its cluster; 400 when the data center is local and has a host
 */
export async function changeCluster(
  trx: Transaction<Tables>,
  host: { id: string; status: HostStatus; clusterId: string },
  clusterId: string,
): Promise<void> {
  if (!free.includes(host.status))
    throw conflict('VDS_STATUS_NOT_VALID_FOR_UPDATE', {
      VAR_ACTION: 'edit',
      VAR_TYPE: 'Host',
      hostStatus: host.status.replaceAll('_', ' '),
    });
  if ((await managementNetworkOnHosts(trx, host.clusterId)) !== (await managementNetworkOnHosts(trx, clusterId)))
    throw refused('ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS');
  const [from, to] = [await dataCenterOf(trx, host.clusterId), await dataCenterOf(trx, clusterId)];
  const leaves = from !== to;
  if (leaves) await checkLocalDataCenter(trx, clusterId);
  await trx
    .updateTable('host')
    .set({ cluster_id: clusterId, ...(leaves ? { spm_id: await freeHostId(trx, clusterId) } : {}) })
    .where('id', '=', host.id)
    .execute();
  if (leaves) await trx.updateTable('data_center').set({ spm_host_id: null }).where('spm_host_id', '=', host.id).execute();
  if ((await firewallOf(trx, host.clusterId)) !== (await firewallOf(trx, clusterId))) await needInstallation(trx, [host.id]);
  await trx.deleteFrom('network_attachment').where('host_id', '=', host.id).execute();
  const left = await sql<{ group_id: string }>`
    delete from affinity_group_host h using affinity_group g where g.id = h.group_id and h.host_id = ${host.id} and g.cluster_id <> ${clusterId}
    returning h.group_id`.execute(trx);
  for (const { group_id: group } of left.rows) await noteChange(trx, 'affinity_group', group, 'update');
}
