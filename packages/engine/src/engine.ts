import { services as contractServices, type ServiceName } from '@virgate/contract/generated/services';
import type { Database } from '@virgate/database';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { sql } from 'kysely';
import type { SignInAttempts } from './access/attempts.ts';
import type { Directories } from './directories/directories.ts';
import type { Loaders } from './rest/follow.ts';
import type { KeptTexts } from './rest/kept-texts.ts';
import type { Authority } from './pki/authority.ts';
import type { HostSessions } from './monitoring/sessions.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { NetworkProviders } from './network-providers/providers.ts';
import type { SystemOptions } from './options/values.ts';
import type { SshHostKey } from './serial-console-proxy/host-keys.ts';
import type { Tables } from './tables/schema.ts';

/** The version that the root document and the agents are told. */
export interface EngineVersion {
  major: number;
  minor: number;
  build: number;
  revision: number;
  full: string;
}

/** API level that clients expect to find; our own version is a property of the packages. Source: REST contract, root document. */
export const apiVersion: EngineVersion = { major: 4, minor: 5, build: 8, revision: 0, full: '4.5.8-0' };

/** Everything that operations need, given to them as an argument. */
export interface Engine {
  /** This engine among those that share the database. */
  readonly engineId: string;
  /** One for all engines of the installation. */
  readonly installationId: string;
  readonly version: EngineVersion;
  readonly database: Database<Tables>;
  readonly db: Kysely<Tables>;
  readonly log: Logger;
  readonly authority: Authority;
  readonly loaders: Loaders;
  readonly keptTexts: KeptTexts;
  readonly jobs: Jobs;
  readonly hosts: HostSessions;
  readonly networkProviders: NetworkProviders;
  readonly directories: Directories;
  /** The name by which mails tell which engine has sent them. */
  readonly mailName: string;
  /** Counts failed sign-ins. */
  readonly attempts: SignInAttempts;
  /** The contract's configuration options, as they are in force. */
  readonly options: SystemOptions;
  /** Where users open serial consoles by SSH; null where that is switched off. */
  readonly serialConsoles: { readonly host: string; readonly port: number; readonly hostKeys: readonly SshHostKey[] } | null;
  /** The service of a collection's members, by the collection's service. */
  readonly itemServices: ReadonlyMap<ServiceName, ServiceName>;
  now: () => number;
  uuid: () => string;
  /** Answers when the database does. */
  ping(): Promise<void>;
}

/** For every collection the service behind its id segment. */
export const itemServicesOf = (): ReadonlyMap<ServiceName, ServiceName> =>
  new Map(
    (Object.keys(contractServices) as ServiceName[]).flatMap((name) => {
      const item = contractServices[name].locators.find((locator) => locator.path === undefined);
      return item ? [[name, item.service] as const] : [];
    }),
  );

/** Throws unless the database answers a trivial statement. */
export const pingDatabase = async (db: Kysely<Tables>): Promise<void> => {
  await sql`select 1`.execute(db);
};
