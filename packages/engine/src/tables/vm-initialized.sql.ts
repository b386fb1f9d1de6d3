/** Whether a VM's guest has been set up at a first start. */
export const vmInitializedSchema = `
alter table vm_state add column initialized boolean not null default false;
`;
