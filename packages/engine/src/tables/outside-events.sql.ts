/** An outside system's events are told apart by the ids that it gives them. */
export const outsideEventsSchema = `
create index audit_log_custom on audit_log (origin, custom_id) where custom_id is not null;
`;
