import type { ClusterFeature } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { clusterOfPath } from '../clusters/of-path.ts';
import { recordEvent } from '../events/record.ts';
import { entityNotFound, incomplete, notFound, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import { created, done, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { clusterFeatures, featureById, lackingFeatures, type ClusterFeatureDefinition } from './predefined.ts';

type Trx = Transaction<Tables>;

const featureOf = ({ id, name, description }: ClusterFeatureDefinition, level: string): Entity => ({
  id,
  name,
  description,
  cluster_level: { id: level },
});

/** The features that clusters of a level can ask for. */
export const featuresOfLevel = (level: string): Entity[] => clusterFeatures.map((feature) => featureOf(feature, level));

/** Features that many clusters ask for, in one statement. */
export async function featuresOfClusters(context: Context, clusterIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const found = await sql<{ cluster_id: string; feature_id: string; level: string }>`
    select e.cluster_id, e.feature_id, c.compatibility_major || '.' || c.compatibility_minor as level
    from cluster_enabled_feature e join cluster c on c.id = e.cluster_id
    where e.cluster_id = any(${clusterIds.filter(isUuid)}::uuid[]) order by e.feature_id`.execute(context.db);
  const entities = (rows: typeof found.rows): Entity[] =>
    rows.flatMap((row) => {
      const feature = featureById(row.feature_id);
      return feature === undefined ? [] : [featureOf(feature, row.level)];
    });
  return new Map([...Map.groupBy(found.rows, (row) => row.cluster_id)].map(([id, rows]) => [id, entities(rows)]));
}

/** Names of the features that a cluster asks of its hosts, as hosts report them. */
export async function wantedFeatures(db: Kysely<Tables>, clusterId: string): Promise<string[]> {
  const rows = await db.selectFrom('cluster_enabled_feature').select('feature_id').where('cluster_id', '=', clusterId).execute();
  return rows.flatMap((row) => featureById(row.feature_id)?.name ?? []);
}

/** The features of the cluster of the path. @throws {Fault} 404 */
export async function featuresOfPath(context: Context): Promise<Entity[]> {
  const { id } = await clusterOfPath(context);
  return (await featuresOfClusters(context, [id])).get(id) ?? [];
}

/** @throws {Fault} 404 when the cluster does not ask for the feature of the path */
export async function featureOfPath(context: Context): Promise<Entity> {
  const found = (await featuresOfPath(context)).find((feature) => feature.id === context.path['feature']);
  if (!found) throw notFound();
  return found;
}

/** Hosts that are up have to have what their cluster asks for. @throws {Fault} */
async function checkHosts(trx: Trx, clusterId: string, feature: ClusterFeatureDefinition): Promise<void> {
  const hosts = await sql<{ features: string[] }>`
    select array(select jsonb_array_elements_text(case jsonb_typeof(s.capabilities -> 'additionalFeatures') when 'array' then s.capabilities -> 'additionalFeatures' else '[]' end)) as features
    from host h join host_state s on s.host_id = h.id where h.cluster_id = ${clusterId} and s.status = 'up'`.execute(trx);
  if (hosts.rows.some((host) => lackingFeatures(host.features, [feature.name]).length > 0))
    throw refused('CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS');
}

async function noteUpdate(context: Context, trx: Trx, cluster: { id: string; name: string }): Promise<void> {
  await recordEvent(trx, { name: 'USER_UPDATE_CLUSTER', cluster, ...attribution(context) });
  await noteChange(trx, 'cluster', cluster.id, 'update');
}

const permit = 'edit_cluster_configuration';
const subjects: Operation['subjects'] = (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }];

/** `POST clusters/{cluster}/enabledfeatures`: hosts without the feature cannot be up in the cluster from now on. */
export const enableFeature: Operation = {
  permit,
  subjects,
  async run(context) {
    const cluster = await clusterOfPath(context);
    const { id } = context.body as ClusterFeature;
    if (id === undefined) throw incomplete('cluster_feature.id');
    const feature = featureById(id);
    if (feature === undefined) throw entityNotFound('ClusterFeature', `id=${id}`);
    await write(context, async (trx) => {
      await trx.selectFrom('cluster').select('id').where('id', '=', cluster.id).forUpdate().executeTakeFirstOrThrow();
      await checkHosts(trx, cluster.id, feature);
      const added = await trx
        .insertInto('cluster_enabled_feature')
        .values({ cluster_id: cluster.id, feature_id: feature.id })
        .onConflict((there) => there.doNothing())
        .returning('feature_id')
        .execute();
      if (added.length > 0) await noteUpdate(context, trx, cluster);
    });
    return created('ClusterFeature', await featureOfPath({ ...context, path: { ...context.path, feature: feature.id } }));
  },
};

/** `DELETE clusters/{cluster}/enabledfeatures/{feature}`: the cluster asks for it no more. */
export const disableFeature: Operation = {
  permit,
  subjects,
  async run(context) {
    const cluster = await clusterOfPath(context);
    const feature = await featureOfPath(context);
    const job = await write(context, async (trx) => {
      await trx
        .deleteFrom('cluster_enabled_feature')
        .where('cluster_id', '=', cluster.id)
        .where('feature_id', '=', feature.id ?? '')
        .execute();
      await noteUpdate(context, trx, cluster);
      return context.engine.jobs.record(trx, context, {
        action: 'UpdateCluster',
        description: `Changing Cluster ${cluster.name}`,
        subjects: [{ type: 'cluster', id: cluster.id }],
      });
    });
    return done(job);
  },
};
