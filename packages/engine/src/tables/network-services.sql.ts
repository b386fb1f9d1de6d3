/** What hosts with a network get by it: name servers, and a share of what the network interface sends. */
export const networkServicesSchema = `
alter table network add column name_servers text[] not null default '{}', add column qos_id uuid references qos on delete set null;
create index network_qos on network (qos_id) where qos_id is not null;
`;
