import { readableDisks } from '../disks/read.ts';
import { oneNumaNode } from '../hosts/numa-nodes.ts';
import { readableHosts } from '../hosts/read.ts';
import { oneStep } from '../jobs/read.ts';
import { nic } from '../nics/read.ts';
import { notBuilt, notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableAttachedDomains, readableStorageDomains } from '../storage-domains/read.ts';
import { readableVms } from '../vms/read.ts';
import {
  statisticsOfDisks,
  statisticsOfHostNics,
  statisticsOfHosts,
  statisticsOfNics,
  statisticsOfNumaNodes,
  statisticsOfVms,
  type LoadStatistics,
} from './read.ts';

/** Steps of the engine's own jobs measure nothing; those that do are steps of Gluster. */
const none: LoadStatistics = (_context, ids) => Promise.resolve(new Map(ids.map((id) => [id, []])));

async function hostNicOf(context: Context, hostId: string, nicId: string): Promise<string> {
  await one(context, readableHosts, hostId);
  const found = isUuid(nicId)
    ? await context.db.selectFrom('host_nic').select('id').where('id', '=', nicId).where('host_id', '=', hostId).executeTakeFirst()
    : undefined;
  if (!found) throw notFound();
  return found.id;
}

/** A disk, which must lie on the storage domain of the path when that names one. */
async function diskOf(context: Context, diskId: string): Promise<string> {
  const { storage_domain: domain, data_center: dataCenter } = context.path;
  if (domain !== undefined)
    await one(context, dataCenter === undefined ? readableStorageDomains : readableAttachedDomains(dataCenter), domain);
  const disk = await one(context, readableDisks, diskId);
  const domains = (disk['storage_domains'] ?? []) as Entity[];
  if (domain !== undefined && !domains.some(({ id }) => id === domain)) throw notFound();
  return disk.id ?? '';
}

/** Whose statistics a path asks for, and how they are loaded. @throws {Fault} 404 for what may not be seen */
async function ownerOf(context: Context): Promise<{ id: string; load: LoadStatistics }> {
  const { vm, nic: nicId, host, node, disk, step, volume } = context.path;
  if (volume !== undefined) throw notBuilt('Statistics of Gluster volumes');
  if (vm !== undefined && nicId !== undefined) {
    await one(context, readableVms, vm);
    return { id: (await nic(context, 'vm', vm, nicId)).id ?? '', load: statisticsOfNics };
  }
  if (vm !== undefined) return { id: (await one(context, readableVms, vm)).id ?? '', load: statisticsOfVms };
  if (host !== undefined && nicId !== undefined) return { id: await hostNicOf(context, host, nicId), load: statisticsOfHostNics };
  if (host !== undefined && node !== undefined) return { id: (await oneNumaNode(context)).id ?? '', load: statisticsOfNumaNodes };
  if (host !== undefined) return { id: (await one(context, readableHosts, host)).id ?? '', load: statisticsOfHosts };
  if (disk !== undefined) return { id: await diskOf(context, disk), load: statisticsOfDisks };
  if (step !== undefined) return { id: (await oneStep(context)).id ?? '', load: none };
  throw notFound();
}

async function statisticsOf(context: Context): Promise<Entity[]> {
  const { id, load } = await ownerOf(context);
  return (await load(context, [id])).get(id) ?? [];
}

export const statisticServices: Services = {
  StatisticsService: {
    list: {
      permit: null,
      async run(context) {
        const found = await statisticsOf(context);
        return collection('Statistic', found.slice(0, context.parameters.max() ?? found.length));
      },
    },
  },
  StatisticService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await statisticsOf(context)).find(({ id }) => id === context.path['statistic']);
        if (!found) throw notFound();
        return entity('Statistic', found);
      },
    },
  },
};

/** Steps are followed within their job, which decides who sees them. */
export const statisticLoaders: Partial<Loaders> = {
  children: {
    'Vm.statistics': statisticsOfVms,
    'Host.statistics': statisticsOfHosts,
    'Nic.statistics': statisticsOfNics,
    'HostNic.statistics': statisticsOfHostNics,
    'NumaNode.statistics': statisticsOfNumaNodes,
    'Disk.statistics': statisticsOfDisks,
    'Step.statistics': none,
  },
};
