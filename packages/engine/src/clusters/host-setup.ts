import type { Cluster } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** What of a cluster the installation of its hosts brings about: these get it when they are installed again. Source: contract, UpdateCluster. */
const installed = ['firewall_type', 'vnc_encryption'] as const satisfies readonly (keyof Cluster)[];

/** Shows hosts as not yet what their cluster says. */
export async function needInstallation(trx: Trx, hostIds: readonly string[]): Promise<void> {
  if (hostIds.length === 0) return;
  await sql`update host set settings = settings || ${json({ reinstallation_required: true })} where id = any(${hostIds})`.execute(trx);
  await noteChange(trx, 'host', hostIds, 'update');
}

/** Shows a host as being what its cluster says. */
export async function isInstalled(trx: Trx, hostId: string): Promise<void> {
  await sql`update host set settings = settings - 'reinstallation_required' where id = ${hostId}`.execute(trx);
}

/**
 * What a change of a cluster means for how its hosts are set up: those that were installed otherwise are marked, and the mode of FIPS changes
 * only while no host serves the cluster.
 * @throws {Fault} 409
 */
export async function applyHostSetup(trx: Trx, clusterId: string, before: Cluster, body: Cluster): Promise<void> {
  const differs = (key: keyof Cluster): boolean => body[key] !== undefined && body[key] !== before[key];
  if (!differs('fips_mode') && !installed.some(differs)) return;
  const hosts = (
    await sql<{ id: string; status: string }>`
      select h.id, s.status from host h join host_state s on s.host_id = h.id where h.cluster_id = ${clusterId}`.execute(trx)
  ).rows;
  if (differs('fips_mode') && hosts.some((host) => host.status !== 'maintenance'))
    throw refused('CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE', { VAR_ACTION: 'update', VAR_TYPE: 'Cluster' });
  if (installed.some(differs))
    await needInstallation(
      trx,
      hosts.map((host) => host.id),
    );
}
