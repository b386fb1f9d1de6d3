import { jobs, useCollection } from '../live/collections.ts';

/** How many jobs are under way. */
export function useRunningJobs(): number {
  return (useCollection(jobs).data ?? []).filter((job) => job.status === 'started').length;
}
