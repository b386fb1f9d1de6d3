import { readOptionalText, readOptionalUuids } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import type { JobRegistry } from './registry.ts';

/** Verbs over the jobs of this host. */
export function createJobVerbs(jobs: JobRegistry): VerbTable {
  return { 'Host.getJobs': async (params) => jobs.list(readOptionalText(params, 'job_type', 32), readOptionalUuids(params, 'job_ids')) };
}
