/**
 * Prices by which costs of VMs are reported, as decimals. Clusters and storage domains may be gone while their history is still there, so
 * nothing binds a price to them.
 */
export const priceListsSchema = `
create domain price as numeric(21, 9) check (value >= 0);
create table price_list (
  id uuid primary key default gen_random_uuid(),
  name text not null unique,
  currency text not null,
  vcpu_hour price not null,
  memory_gib_hour price not null,
  gib_month price not null
);
create table cluster_price (
  price_list_id uuid not null references price_list (id) on delete cascade,
  cluster_id uuid not null,
  vcpu_hour price not null,
  memory_gib_hour price not null,
  primary key (price_list_id, cluster_id)
);
create table storage_price (
  price_list_id uuid not null references price_list (id) on delete cascade,
  storage_domain_id uuid,
  storage_type text,
  gib_month price not null,
  check (num_nonnulls(storage_domain_id, storage_type) = 1),
  unique nulls not distinct (price_list_id, storage_domain_id, storage_type)
);
`;
