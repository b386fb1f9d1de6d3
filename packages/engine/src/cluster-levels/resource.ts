import { cpuModels } from '@virgate/contract/generated/cpus';
import { permits } from '@virgate/contract/generated/permits';
import type { ClusterLevel } from '@virgate/contract/generated/types';
import { supportedLevels } from '../data-centers/read.ts';
import { notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { collection, entity, type Entity, type Services } from '../rest/operation.ts';
import { placeOf } from '../rest/represent.ts';
import { permitEntity } from '../roles/read.ts';

/** A cluster level with its CPU types and the permits that there are in it. Its id is `major.minor`. */
function levelOf(level: string): ClusterLevel {
  const types = (cpuModels[level] ?? []).map((model) => ({ name: model.name, level: model.level, architecture: model.arch as never }));
  return { id: level, cpu_types: types, permits: permits.map((permit) => permitEntity(permit)) };
}

/** Levels that clusters can have, read-only. */
export const clusterLevelServices: Services = {
  ClusterLevelsService: {
    list: {
      permit: null,
      run: async () =>
        collection(
          'ClusterLevel',
          supportedLevels.map((level) => levelOf(level) as Entity),
        ),
    },
  },
  ClusterLevelService: {
    get: {
      permit: null,
      async run(context) {
        const level = supportedLevels.find((one) => one === context.path['level']);
        if (level === undefined) throw notFound();
        return entity('ClusterLevel', levelOf(level) as Entity);
      },
    },
  },
};

export const clusterLevelLoaders: Partial<Loaders> = {
  entities: {
    ClusterLevel: (_context, ids) =>
      Promise.resolve(
        supportedLevels
          .filter((level) => ids.includes(level))
          .map((level) => ({ ...levelOf(level), href: placeOf('clusterlevels', level) })),
      ),
  },
};
