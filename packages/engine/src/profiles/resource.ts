import { sql, type RawBuilder } from 'kysely';
import { clusterOfPath } from '../clusters/of-path.ts';
import { permissionsOn } from '../permissions/read.ts';
import type { Loaders, LoadChildren } from '../rest/follow.ts';
import { byIds, isUuid, matching, one } from '../rest/listing.ts';
import type { Context, Entity, Services } from '../rest/operation.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import { cpuProfiles, diskProfiles, type ProfileKind } from './kinds.ts';
import { readableCpuProfiles, readableDiskProfiles, readableProfiles } from './read.ts';
import { profileOperations } from './write.ts';

async function ofCluster(context: Context): Promise<RawBuilder<boolean> | undefined> {
  if (context.path['cluster'] === undefined) return undefined;
  return sql<boolean>`t.cluster_id = ${(await clusterOfPath(context)).id}::uuid`;
}

async function ofStorageDomain(context: Context): Promise<RawBuilder<boolean> | undefined> {
  if (context.path['storage_domain'] === undefined) return undefined;
  const { id } = await one(context, readableStorageDomains, context.path['storage_domain']);
  return sql<boolean>`t.storage_domain_id = ${id}::uuid`;
}

const cpu = profileOperations(cpuProfiles, ofCluster);
const disk = profileOperations(diskProfiles, ofStorageDomain);

const below =
  (kind: ProfileKind): LoadChildren =>
  async (context, ids) => {
    const found = await matching(
      context,
      readableProfiles(kind),
      sql<boolean>`${sql.ref(`t.${kind.parent.column}`)} = any(${ids.filter(isUuid)}::uuid[])`,
    );
    return Map.groupBy(found, (profile) => (profile[kind.parent.attribute] as Entity).id ?? '');
  };

export const profileServices: Services = {
  CpuProfilesService: cpu.list,
  CpuProfileService: cpu.item,
  AssignedCpuProfilesService: cpu.list,
  AssignedCpuProfileService: cpu.item,
  DiskProfilesService: disk.list,
  DiskProfileService: disk.item,
  AssignedDiskProfilesService: disk.list,
  AssignedDiskProfileService: disk.item,
};

export const profileLoaders: Partial<Loaders> = {
  entities: {
    CpuProfile: (context, ids) => byIds(context, readableCpuProfiles, ids),
    DiskProfile: (context, ids) => byIds(context, readableDiskProfiles, ids),
  },
  children: {
    'Cluster.cpu_profiles': below(cpuProfiles),
    'StorageDomain.disk_profiles': below(diskProfiles),
    'CpuProfile.permissions': permissionsOn('cpu_profile', 'cpu_profile'),
    'DiskProfile.permissions': permissionsOn('disk_profile', 'disk_profile'),
  },
};
