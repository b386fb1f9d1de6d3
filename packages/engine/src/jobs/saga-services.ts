import type { HostSessions } from '../monitoring/sessions.ts';
import type { Jobs } from './jobs.ts';

/** What a saga of the engine is made with. */
export interface SagaServices {
  hosts: HostSessions;
  /** For jobs that begin others; the jobs themselves are made of the definitions, hence the detour. */
  jobs: () => Jobs;
  /** By which secrets in the database are sealed. */
  secretKey: Buffer;
}
