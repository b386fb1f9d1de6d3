import type { FastifyRequest } from 'fastify';
import { isLive, SagaError, type SagaStatus, type Sagas } from '@virgate/saga';
import type { Kysely, Transaction } from 'kysely';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { forbidden, invalidValue, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';

/** Where in a job of another system the work of a request belongs: `JobId`, or below one of its steps, `StepId`. */
export interface ExternalPlace {
  jobId: string;
  stepId?: string;
}

type Trx = Transaction<Tables>;

const permit = 'inject_external_tasks';

/** What a request says of its place: as a header or a parameter. @throws {Fault} 400 */
function named(request: FastifyRequest, context: Pick<Context, 'parameters'>, name: 'JobId' | 'StepId'): string | undefined {
  const value = request.headers[name.toLowerCase()] ?? context.parameters.text(name);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string' || !isUuid(value)) throw invalidValue(name, 'must be the id of a job or step');
  return value.toLowerCase();
}

/**
 * Where the work of a request belongs, when it says so: a job that another system has opened with `POST jobs`, and that runs still.
 * @throws {Fault} 400, 403, and 404 or 409 where there is no such job or step
 */
export async function externalPlaceOf(
  request: FastifyRequest,
  context: Pick<Context, 'parameters' | 'db' | 'user'>,
): Promise<ExternalPlace | undefined> {
  const [jobId, stepId] = [named(request, context, 'JobId'), named(request, context, 'StepId')];
  if (jobId === undefined && stepId === undefined) return undefined;
  if (!(await holdsPermit(context.db, context.user, permit, { type: 'system', id: SYSTEM_ID }))) throw forbidden(`${permit} (JobId)`);
  const step =
    stepId === undefined
      ? undefined
      : await context.db.selectFrom('saga_step').select('saga_id').where('id', '=', stepId).executeTakeFirst();
  if (stepId !== undefined && (step === undefined || (jobId !== undefined && step.saga_id !== jobId))) throw refused('ACTION_TYPE_NO_STEP');
  const found = jobId ?? step?.saga_id ?? '';
  const job = await context.db.selectFrom('saga').select(['external', 'status']).where('id', '=', found).executeTakeFirst();
  if (job === undefined || !isLive(job.status)) throw refused('ACTION_TYPE_NO_JOB');
  if (!job.external) throw refused('ACTION_TYPE_NOT_EXTERNAL');
  return { jobId: found, ...(stepId === undefined ? {} : { stepId }) };
}

/** Makes a job of the engine a step of another system's, in the transaction that begins it. */
export async function placeInExternal(
  trx: Trx,
  sagas: Sagas<Kysely<Tables>, Trx>,
  { jobId, stepId }: ExternalPlace,
  id: string,
): Promise<void> {
  const job = await trx.selectFrom('saga').select(['title', 'name', 'status']).where('id', '=', id).executeTakeFirstOrThrow();
  try {
    const step = await sagas.external.addStep(trx, jobId, {
      name: 'executing',
      title: job.title ?? job.name,
      ...(stepId === undefined ? {} : { parentId: stepId }),
    });
    if (isLive(job.status)) await trx.insertInto('external_step').values({ saga_id: id, job_id: jobId, step_id: step }).execute();
    else await sagas.external.endStep(trx, jobId, step, 'succeeded');
  } catch (error) {
    if (!(error instanceof SagaError)) throw error;
    throw error.code === 'too_large' ? invalidValue('JobId', error.message) : refused('ACTION_TYPE_NO_JOB');
  }
}

/** Ends the step that a job was, with the job. Whoever has ended his own job before has ended its steps. */
export async function endInExternal(trx: Trx, sagas: Sagas<Kysely<Tables>, Trx>, id: string, status: SagaStatus): Promise<void> {
  const place = await trx.deleteFrom('external_step').where('saga_id', '=', id).returningAll().executeTakeFirst();
  if (place === undefined) return;
  try {
    await sagas.external.endStep(trx, place.job_id, place.step_id, status === 'succeeded' ? 'succeeded' : 'failed');
  } catch (error) {
    if (!(error instanceof SagaError)) throw error;
  }
}
