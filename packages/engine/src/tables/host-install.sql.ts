/** Tokens that are good for one host that the engine knows already: it is being installed. */
export const hostInstallSchema = `
alter table host_enrolment_token add column host_id uuid references host on delete cascade;
`;
