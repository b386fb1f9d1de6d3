/** Features beyond its level that a cluster asks of its hosts; the features themselves are the contract's. */
export const clusterFeaturesSchema = `
create table cluster_enabled_feature (
  cluster_id uuid not null references cluster on delete cascade,
  feature_id uuid not null,
  primary key (cluster_id, feature_id)
);
`;
