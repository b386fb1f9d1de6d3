import { supportedLevels } from '../data-centers/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { disableFeature, enableFeature, featureOfPath, featuresOfClusters, featuresOfLevel, featuresOfPath } from './enabled.ts';

/** @throws {Fault} 404 for a level that there is not */
function featuresOfLevelPath(context: Context): Entity[] {
  const level = supportedLevels.find((one) => one === context.path['level']);
  if (level === undefined) throw notFound();
  return featuresOfLevel(level);
}

/** What clusters of a level can ask of hosts beyond it, and what each cluster does ask for. */
export const clusterFeatureServices: Services = {
  ClusterFeaturesService: {
    list: { permit: null, run: (context) => Promise.resolve(collection('ClusterFeature', featuresOfLevelPath(context))) },
  },
  ClusterFeatureService: {
    get: {
      permit: null,
      async run(context) {
        const found = featuresOfLevelPath(context).find((feature) => feature.id === context.path['feature']);
        if (!found) throw notFound();
        return entity('ClusterFeature', found);
      },
    },
  },
  ClusterEnabledFeaturesService: {
    list: { permit: null, run: async (context) => collection('ClusterFeature', await featuresOfPath(context)) },
    add: enableFeature,
  },
  ClusterEnabledFeatureService: {
    get: { permit: null, run: async (context) => entity('ClusterFeature', await featureOfPath(context)) },
    remove: disableFeature,
  },
};

export const clusterFeatureLoaders: Partial<Loaders> = {
  children: {
    'Cluster.enabled_features': featuresOfClusters,
    'ClusterLevel.cluster_features': (_, levels) => Promise.resolve(new Map(levels.map((level) => [level, featuresOfLevel(level)]))),
  },
};
