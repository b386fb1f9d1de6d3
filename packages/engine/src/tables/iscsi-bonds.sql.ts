/** Networks and targets by which the hosts of a data center reach iSCSI storage on several paths. */
export const iscsiBondsSchema = `
create table iscsi_bond (
  id uuid primary key,
  data_center_id uuid not null references data_center on delete cascade,
  name text not null,
  description text not null default ''
);
create unique index iscsi_bond_name on iscsi_bond (data_center_id, lower(name));
create table iscsi_bond_network (
  iscsi_bond_id uuid not null references iscsi_bond on delete cascade,
  network_id uuid not null references network on delete cascade,
  primary key (iscsi_bond_id, network_id)
);
create index iscsi_bond_network_network on iscsi_bond_network (network_id);
create table iscsi_bond_connection (
  iscsi_bond_id uuid not null references iscsi_bond on delete cascade,
  storage_connection_id uuid not null references storage_connection on delete cascade,
  primary key (iscsi_bond_id, storage_connection_id)
);
create index iscsi_bond_connection_connection on iscsi_bond_connection (storage_connection_id);
`;
