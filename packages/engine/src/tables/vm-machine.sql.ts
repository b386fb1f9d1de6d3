/** The machine as which a VM was started: its cluster may become another one while it runs. */
export const vmMachineSchema = `
alter table vm_state add column started_with jsonb;
`;
