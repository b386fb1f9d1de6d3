/** What guests tell, as it is searched by: taken out of its document when it is written, not for each search. */
export const guestSearchSchema = `
alter table vm_state
  add column guest_fqdn text generated always as (guest ->> 'fqdn') stored,
  add column guest_host_name text generated always as (guest ->> 'hostName') stored,
  add column guest_user text generated always as (guest ->> 'user') stored,
  add column guest_ipv4 jsonb generated always as (jsonb_path_query_array(guest, '$.interfaces[*].ipv4[*]')) stored,
  add column guest_ipv6 jsonb generated always as (jsonb_path_query_array(guest, '$.interfaces[*].ipv6[*]')) stored;
`;
