/** Why somebody said yes or no to what an assistant asked for. */
export const proposalReasonsSchema = `
alter table proposal add column decision_reason text;
`;
