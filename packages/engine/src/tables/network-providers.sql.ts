/** Providers of networks that are made outside of hosts: OVN, by its northbound database. Networks and clusters that use one keep it from going. */
export const networkProvidersSchema = `
create table network_provider (
  id uuid primary key,
  name text not null,
  description text not null default '',
  url text not null,
  southbound text not null,
  read_only boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index network_provider_name on network_provider (lower(name));
create unique index network_provider_url on network_provider (url);
alter table network add column provider_id uuid references network_provider, add column provider_network_id uuid,
  add column made_on_provider boolean not null default false;
create unique index network_of_provider on network (provider_id, provider_network_id, data_center_id) where provider_id is not null;
alter table cluster add column network_provider_id uuid references network_provider;
create index cluster_network_provider on cluster (network_provider_id) where network_provider_id is not null;
`;
