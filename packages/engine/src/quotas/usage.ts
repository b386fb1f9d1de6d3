import { sql, type RawBuilder } from 'kysely';

const gib = 1024 ** 3;

/** VMs that take of their quota: all that run or are paused, and those that were let start. Source: engine behaviour, quota usage. */
const consumes = sql<boolean>`(s.status not in ('down', 'suspended', 'image_illegal', 'image_locked')
  or exists (select 1 from quota_reservation r where r.vm_id = v.id))`;

/** SQL: virtual CPUs that a quota's VMs take, in a cluster or in all. */
export const usedVcpus = (quota: RawBuilder<unknown>, cluster: RawBuilder<unknown>): RawBuilder<number> => sql<number>`
  (select coalesce(sum(v.cpu_sockets * v.cpu_cores * v.cpu_threads), 0)::int from vm v join vm_state s on s.vm_id = v.id
    where v.quota_id = ${quota} and (${cluster}::uuid is null or v.cluster_id = ${cluster}) and ${consumes})`;

/** SQL: their memory in MiB. */
export const usedMemoryMib = (quota: RawBuilder<unknown>, cluster: RawBuilder<unknown>): RawBuilder<number> => sql<number>`
  (select coalesce(sum(v.memory_bytes / 1048576), 0)::bigint from vm v join vm_state s on s.vm_id = v.id
    where v.quota_id = ${quota} and (${cluster}::uuid is null or v.cluster_id = ${cluster}) and ${consumes})`;

/** SQL: what a quota's disks take in GiB: active volumes their full size, those below what they really hold. */
export const usedStorageGib = (quota: RawBuilder<unknown>, domain: RawBuilder<unknown>): RawBuilder<number> => sql<number>`
  (select coalesce(sum(case when i.active then i.provisioned_bytes + d.reserved_bytes else i.actual_bytes end), 0)::double precision / ${sql.lit(gib)}
    from disk d join image i on i.disk_id = d.id where d.quota_id = ${quota} and (${domain}::uuid is null or i.storage_domain_id = ${domain}))`;
