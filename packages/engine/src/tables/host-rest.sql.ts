/** Whether a host was sent into maintenance, and switched off, by its cluster's scheduling policy, which may wake it again. */
export const hostRestSchema = `
alter table host_state add column rests_by_policy boolean not null default false;
`;
