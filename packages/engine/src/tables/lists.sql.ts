/** Long lists in the order in which clients get them: a page is read without sorting the whole. */
export const listsSchema = `
create index vm_list on vm (name, id) where entity_type = 'vm';
create index disk_list on disk (name, id);
create index host_list on host (name, id);
create index vm_data_center on vm (data_center_id);
`;
