import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { claimMac } from '../mac-pools/allocate.ts';
import { forbidden, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { slaOf } from './sla.ts';
import type { VmRow } from './definition.ts';

type Trx = Transaction<Tables>;
const frame = { VAR_ACTION: 'edit', VAR_TYPE: 'VM' };

/**
 * The cluster into which a request puts a VM that is in another; null where it stays.
 * @throws {Fault} 404 for a cluster that is not there; 403 when the user may not make VMs in it
 */
export async function targetCluster(context: Context, clusterId: string | null, body: Vm): Promise<{ id: string; name: string } | null> {
  const { id, name } = body.cluster ?? {};
  if (id === undefined && name === undefined) return null;
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
  if (cluster.id === clusterId) return null;
  if (!(await holdsPermit(context.db, context.user, 'create_vm', { type: 'cluster', id: cluster.id }))) throw forbidden('create_vm');
  return cluster;
}

/** Whether both clusters are of one data center and one architecture. @throws {Fault} */
async function checkClusters(trx: Trx, row: VmRow, targetId: string): Promise<void> {
  const clusters = await trx
    .selectFrom('cluster')
    .select(['id', 'data_center_id', 'cpu_architecture'])
    .where('id', 'in', [row.cluster_id ?? targetId, targetId])
    .execute();
  const [from, to] = [clusters.find((one) => one.id === row.cluster_id), clusters.find((one) => one.id === targetId)];
  if (to?.data_center_id !== row.data_center_id) throw refused('VM_CANNOT_MOVE_TO_CLUSTER_IN_OTHER_STORAGE_POOL', frame);
  const known = [from?.cpu_architecture, to?.cpu_architecture].filter((one) => one !== undefined && one !== 'undefined');
  if (new Set(known).size > 1) throw refused('ACTION_TYPE_FAILED_VM_CLUSTER_DIFFERENT_ARCHITECTURES', frame);
}

/** Whether the other cluster has the networks of the VM's NICs. @throws {Fault} naming those that it has not */
async function checkNetworks(trx: Trx, vmId: string, targetId: string): Promise<void> {
  const found = await sql<{ name: string }>`
    select distinct w.name from nic n join vnic_profile p on p.id = n.vnic_profile_id join network w on w.id = p.network_id
    where n.vm_id = ${vmId} and not exists (select 1 from network_cluster c where c.network_id = w.id and c.cluster_id = ${targetId}) order by w.name`.execute(
    trx,
  );
  const networks = found.rows.map((one) => one.name).join(', ');
  if (networks !== '') throw refused('MOVE_VM_CLUSTER_MISSING_NETWORK', { ...frame, networks });
}

/** Addresses of the VM's NICs, kept, now out of the other cluster's pool. @throws {Fault} 409 for one that somebody has who may not share it */
async function claimMacs(trx: Trx, vmId: string, fromId: string | null, targetId: string): Promise<void> {
  const pools = await trx
    .selectFrom('cluster')
    .select(['id', 'mac_pool_id'])
    .where('id', 'in', [fromId ?? targetId, targetId])
    .execute();
  const poolOf = (id: string | null) => pools.find((one) => one.id === id)?.mac_pool_id ?? '';
  if (poolOf(fromId) === poolOf(targetId)) return;
  for (const nic of await trx.selectFrom('nic').select(['id', 'mac']).where('vm_id', '=', vmId).orderBy('id').execute())
    if (nic.mac !== null) await claimMac(trx, poolOf(targetId), nic.mac, nic.id);
}

/** Takes a VM out of the affinity groups of the cluster that it leaves. */
async function leaveGroups(trx: Trx, vmId: string): Promise<void> {
  const left = await trx.deleteFrom('affinity_group_vm').where('vm_id', '=', vmId).returning('group_id').execute();
  for (const { group_id: id } of left) await noteChange(trx, 'affinity_group', id, 'update');
}

/** Frees a VM from hosts that are of another cluster, and from their devices. @returns whether there were any */
async function leaveHosts(trx: Trx, row: VmRow): Promise<boolean> {
  if (row.pinned_host_ids.length === 0) return false;
  await trx.updateTable('vm').set({ pinned_host_ids: [] }).where('id', '=', row.id).execute();
  await trx.deleteFrom('vm_host_device').where('vm_id', '=', row.id).execute();
  return true;
}

/**
 * Moves a VM that is down to another cluster of its data center: it leaves affinity groups and hosts of the one, gets a CPU profile of the
 * other. What else a request changes comes after it.
 * @returns the VM's row as it is then
 * @throws {Fault} for what keeps it where it is
 */
export async function moveToCluster(trx: Trx, context: Context, row: VmRow, status: string, targetId: string): Promise<VmRow> {
  if (status !== 'down') throw refused('VM_STATUS_NOT_VALID_FOR_UPDATE', frame);
  const pooled = await trx.selectFrom('vm_pool_member').select('vm_id').where('vm_id', '=', row.id).executeTakeFirst();
  if (pooled) throw refused('ACTION_TYPE_FAILED_VM_ATTACHED_TO_POOL', frame);
  await checkClusters(trx, row, targetId);
  await checkNetworks(trx, row.id, targetId);
  await claimMacs(trx, row.id, row.cluster_id, targetId);
  await leaveGroups(trx, row.id);
  const isFreed = await leaveHosts(trx, row);
  const sla = await slaOf({ ...context, db: trx }, { clusterId: targetId, dataCenterId: null }, {});
  const moved = await trx
    .updateTable('vm')
    .set({ cluster_id: targetId, cpu_profile_id: sla.cpu_profile?.id ?? null })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (isFreed)
    await recordEvent(trx, {
      name: 'USER_UPDATE_VM_CLUSTER_DEFAULT_HOST_CLEARED',
      vm: { id: row.id, name: row.name },
      ...attribution(context),
    });
  return moved;
}
