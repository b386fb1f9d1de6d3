import { SagaError } from '@virgate/saga';
import type { Job, Step } from '@virgate/contract/generated/types';
import { recordEvent } from '../events/record.ts';
import { badRequest, entityNotFound, invalidValue, refused, say } from '../rest/fault.ts';
import { created, done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { oneJob, oneStep } from './read.ts';

/** Jobs that another system keeps up here: it opens them, adds their steps, and ends them. */

const maxTextLength = 4000;

function checkText(text: string | undefined): string {
  if (text === undefined || text.trim() === '' || text.length > maxTextLength)
    throw invalidValue('description', say`must have 1 to ${maxTextLength} characters`);
  return text;
}

/** What the saga layer refuses, as the API says it. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SagaError)) throw error;
    if (error.code === 'too_large') throw invalidValue('step', error.message);
    throw refused(error.code === 'not_external' ? 'ACTION_TYPE_NOT_EXTERNAL' : 'ACTION_TYPE_NO_JOB');
  }
}

export const addJob: Operation = {
  permit: 'inject_external_tasks',
  async run(context) {
    const body = context.body as Job;
    const description = checkText(body.description);
    const id = await write(context, async (trx) => {
      const job = await context.engine.jobs.sagas.external.open(trx, {
        name: 'AddExternalJob',
        title: description,
        description,
        owner: context.user.id,
        correlationId: context.correlationId,
        autoCleared: body.auto_cleared ?? false,
      });
      await recordEvent(trx, { name: 'USER_ADD_EXTERNAL_JOB', values: { description }, jobId: job, ...attribution(context) });
      return job;
    });
    return created('Job', await oneJob(context, id));
  },
};

export const endJob: Operation = {
  permit: 'inject_external_tasks',
  async run(context) {
    const { id = '' } = await oneJob(context, context.path['job']);
    const end = context.body['succeeded'] === false ? 'failed' : 'succeeded';
    await refusing(() => write(context, (trx) => context.engine.jobs.sagas.external.end(trx, id, end)));
    return done();
  },
};

export const clearJob: Operation = {
  permit: 'inject_external_tasks',
  async run(context) {
    const job = await oneJob(context, context.path['job']);
    if (!job['external']) throw badRequest('ACTION_TYPE_NOT_EXTERNAL');
    await refusing(() => write(context, (trx) => context.engine.jobs.sagas.external.clear(trx, job.id ?? '')));
    return done();
  },
};

export const addStep: Operation = {
  permit: 'inject_external_tasks',
  async run(context) {
    const { id = '' } = await oneJob(context, context.path['job']);
    const body = context.body as Step;
    const title = checkText(body.description);
    const parentId = body.parent_step?.id;
    const stepId = await write(context, async (trx) => {
      try {
        return await context.engine.jobs.sagas.external.addStep(trx, id, {
          name: body.type ?? 'executing',
          title,
          ...(parentId === undefined ? {} : { parentId }),
          ...(body.external_type ? { externalSystem: body.external_type } : {}),
        });
      } catch (error) {
        if (error instanceof SagaError && error.code === 'not_found' && parentId !== undefined)
          throw entityNotFound('Step', `id=${parentId}`);
        return refusing(() => Promise.reject(error));
      }
    });
    return created('Step', await oneStep({ ...context, path: { ...context.path, step: stepId } }));
  },
};

export const endStep: Operation = {
  permit: 'inject_external_tasks',
  async run(context) {
    const step = await oneStep(context);
    const end = context.body['succeeded'] === false ? 'failed' : 'succeeded';
    await refusing(() =>
      write(context, (trx) => context.engine.jobs.sagas.external.endStep(trx, context.path['job'] ?? '', step.id ?? '', end)),
    );
    return done();
  },
};
