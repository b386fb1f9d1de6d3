/** Jobs of the engine that are steps of jobs which another system keeps (`JobId`, `StepId`), while they run. */
export const externalStepsSchema = `
create table external_step (
  saga_id uuid primary key references saga on delete cascade,
  job_id uuid not null,
  step_id uuid not null
);
`;
