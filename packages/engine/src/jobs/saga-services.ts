import type { HostSessions } from '../monitoring/sessions.ts';
import type { NetworkProviders } from '../network-providers/providers.ts';
import type { Jobs } from './jobs.ts';

/** What a saga of the engine is made with. */
export interface SagaServices {
  hosts: HostSessions;
  /** For jobs that begin others; the jobs themselves are made of the definitions, hence the detour. */
  jobs: () => Jobs;
  networkProviders: NetworkProviders;
  /** By which secrets in the database are sealed. */
  secretKey: Buffer;
}
