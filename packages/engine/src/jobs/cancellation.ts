import type { JobCancellation } from '@virgate/contract/generated/virgate';
import { isLive } from '@virgate/saga';
import { SYSTEM_ID } from '../access/objects.ts';
import { holdsPermit } from '../access/permissions.ts';
import { notFound } from '../rest/fault.ts';
import { refusal, type VirgateContext, type VirgateOperations } from '../virgate/operation.ts';
import { oneJob } from './read.ts';

const reasons = {
  not_cancellable: 'Work of this kind cannot be called off.',
  too_late: 'The job has come too far to be called off: it is ending.',
  ended: 'The job has ended.',
} as const;

type Asked = VirgateContext<{ path: { job: string }; params: object; body: unknown; answer: JobCancellation }>;

/** @throws {Fault} 404 */
async function cancellationOf({ engine, rest, path }: Asked): Promise<JobCancellation> {
  await oneJob(rest, path.job);
  const { sagas } = engine.jobs;
  const found = await sagas.get(path.job);
  if (found === undefined) throw notFound();
  const no = (state: keyof typeof reasons): JobCancellation => ({ state, reason: reasons[state] });
  const { saga } = found;
  if (!isLive(saga.status)) return no('ended');
  if (saga.external || !sagas.isCancellable(saga)) return no('not_cancellable');
  if (saga.stopRequest !== null) return { state: 'requested' };
  return sagas.canCancel(found) ? { state: 'possible' } : no('too_late');
}

/** `/virgate/api/jobs/{id}/cancellation`: whether a job can be called off, and to do so. */
export const cancellationOperations: VirgateOperations = {
  JobCancellationService: {
    get: { run: cancellationOf },
    request: {
      async run(context) {
        const { engine, user, path } = context;
        const { state, reason } = await cancellationOf(context);
        if (reason !== undefined) throw refusal(409, `job_${state}`, reason);
        const owner = (await engine.jobs.sagas.get(path.job))?.saga.owner;
        if (owner !== user.id && !(await holdsPermit(engine.db, user, 'configure_engine', { type: 'system', id: SYSTEM_ID })))
          throw refusal(403, 'not_authorized', 'The permit "configure_engine" on the system is needed to call off what others have begun.');
        // what has ended or come too far in this very moment says so in the answer
        await engine.jobs.sagas.cancel(path.job);
        return cancellationOf(context);
      },
    },
  },
};
