import type { Loaders } from '../rest/follow.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { addJob, addStep, clearJob, endJob, endStep } from './external.ts';
import { jobsByIds, listJobs, oneJob, oneStep, stepsByIds, stepsOf } from './read.ts';

export const jobServices: Services = {
  JobsService: { list: { permit: null, run: async (context) => collection('Job', await listJobs(context)) }, add: addJob },
  JobService: {
    get: { permit: null, run: async (context) => entity('Job', await oneJob(context, context.path['job'])) },
    end: endJob,
    clear: clearJob,
  },
  StepsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await oneJob(context, context.path['job']);
        return collection('Step', (await stepsOf(context, [id])).get(id) ?? []);
      },
    },
    add: addStep,
  },
  StepService: { get: { permit: null, run: async (context) => entity('Step', await oneStep(context)) }, end: endStep },
};

export const jobLoaders: Partial<Loaders> = { entities: { Job: jobsByIds, Step: stepsByIds }, children: { 'Job.steps': stepsOf } };
