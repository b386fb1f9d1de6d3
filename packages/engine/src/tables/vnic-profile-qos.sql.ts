/** The quality of service that NICs of a vNIC profile get. */
export const vnicProfileQosSchema = `
alter table vnic_profile add column qos_id uuid references qos on delete set null;
`;
