/** VM pools, and VMs that return to a snapshot when they go down. */
export const poolsSchema = `
create index snapshot_stateless on snapshot (vm_id) where type = 'stateless';
`;
