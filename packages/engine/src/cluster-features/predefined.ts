/** A feature of hosts that a cluster can ask for beyond its level. */
export interface ClusterFeatureDefinition {
  readonly id: string;
  /** As hosts report it among `additionalFeatures`. */
  readonly name: string;
  readonly description: string;
}

/** Every feature that there is; clusters of all levels can have all of them. Source: engine behaviour, data of a fresh installation. */
export const clusterFeatures: readonly ClusterFeatureDefinition[] = [
  { id: '00000017-0017-0017-0017-000000000066', name: 'GLUSTER_GEO_REPLICATION', description: 'Geo-replication of Gluster volumes' },
  { id: '00000018-0018-0018-0018-000000000093', name: 'GLUSTER_SNAPSHOT', description: 'Snapshots of Gluster volumes' },
  { id: '00000019-0019-0019-0019-000000000300', name: 'GLUSTER_BRICK_MANAGEMENT', description: 'Setting up bricks of Gluster volumes' },
];

/** The feature with an id; undefined when there is none. */
export const featureById = (id: string | undefined): ClusterFeatureDefinition | undefined =>
  clusterFeatures.find((feature) => feature.id === id);

/** Which of the wanted features a host does not have. Pure. */
export const lackingFeatures = (reported: readonly string[], wanted: readonly string[]): string[] =>
  wanted.filter((name) => !reported.includes(name));
