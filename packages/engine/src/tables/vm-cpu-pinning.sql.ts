/** The CPUs of its host that a VM runs on, where the engine chose them. */
export const vmCpuPinningSchema = `
alter table vm_state add column cpu_pinning jsonb;
`;
