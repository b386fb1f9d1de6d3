import { randomUUID } from 'node:crypto';
import { migrate, openDatabase } from '@virgate/database';
import type { FastifyInstance } from 'fastify';
import type { ProbePoint } from '@virgate/saga';
import type { Logger } from 'pino';
import { addStorageDomainSaga } from './storage-domains/add.ts';
import { attachStorageDomainSaga } from './storage-domains/attach.ts';
import { forceSelectSpmSaga } from './storage-domains/force-select.ts';
import { removeStorageDomainSaga, storageDomainSagas } from './storage-domains/maintenance.ts';
import { StorageManagers, electManagerSaga } from './storage-domains/storage-manager.ts';
import { apiVersion, itemServicesOf, pingDatabase, type Engine } from './engine.ts';
import { enrollCertificateSaga } from './certificates/enroll.ts';
import { startCertificateWatch } from './certificates/watch.ts';
import { startPublisher } from './changes/publisher.ts';
import { Directories } from './directories/directories.ts';
import { startHousekeeping } from './housekeeping/housekeeping.ts';
import { createHttpServer } from './http/server.ts';
import { prepareInstallation } from './installation/first-start.ts';
import { Jobs, type EngineSaga } from './jobs/jobs.ts';
import { setupNetworksSaga } from './host-networks/saga.ts';
import { HostSessions } from './monitoring/sessions.ts';
import { SystemOptions } from './options/values.ts';
import { openAuthority, type Authority } from './pki/authority.ts';
import { loaders } from './services.ts';
import { engineMigrations } from './tables/migrations.ts';
import type { Tables } from './tables/schema.ts';
import { addVmSaga } from './vms/add.ts';
import { powerSagas } from './vms/power.ts';
import { removeVmSaga } from './vms/remove.ts';
import { startVmSaga, type SagaServices } from './vms/start.ts';
import { dropMemorySaga, suspendSaga } from './vms/suspend.ts';
import { diskSagas } from './disks/sagas.ts';
import { snapshotSagas } from './snapshots/sagas.ts';
import { imageTransferSagas } from './image-transfers/resource.ts';
import { TransferWatch } from './image-transfers/watch.ts';
import { OvfStores, updateOvfStoreSaga } from './ovf-stores/update.ts';
import { templateSagas } from './templates/sagas.ts';

/** What an engine is started with. */
export interface EngineOptions {
  engineId: string;
  databaseUrl: string;
  pkiFolder: string;
  /** Names and addresses that clients call the engine by. */
  names: string[];
  portalFolder: string | null;
  /** Password of `admin@internal` in a new installation. */
  adminPassword: string;
  log: Logger;
  /** Asked at every place where a job may be cut off. Only tests have it. */
  probe?: (point: ProbePoint) => Promise<void>;
}

/** An engine with everything that it runs. */
export interface RunningEngine {
  engine: Engine;
  app: FastifyInstance;
  /** Begins to watch hosts and to work on jobs. */
  start(): Promise<void>;
  /** Ends everything in the order in which things depend on one another. */
  stop(): Promise<void>;
}

/** Every kind of job of the engine. */
const definitions = (services: SagaServices, authority: Authority): EngineSaga[] => [
  enrollCertificateSaga(services, authority),
  startVmSaga(services),
  ...powerSagas(services),
  suspendSaga(services),
  dropMemorySaga(services),
  addVmSaga(services),
  removeVmSaga(services),
  addStorageDomainSaga(services),
  attachStorageDomainSaga(services),
  electManagerSaga(services),
  forceSelectSpmSaga(services),
  ...storageDomainSagas(services),
  removeStorageDomainSaga(services),
  ...diskSagas(services),
  ...snapshotSagas(services),
  ...imageTransferSagas(services),
  updateOvfStoreSaga(services),
  ...templateSagas(services),
  setupNetworksSaga(services),
];

/** Puts an engine together: database and schema, authority, sessions, jobs, HTTP server. Nothing runs before `start`. */
export async function createEngine(options: EngineOptions): Promise<RunningEngine> {
  const { log, engineId } = options;
  const database = await openDatabase<Tables>({
    url: options.databaseUrl,
    applicationName: `virgate-engine ${engineId}`,
    onConnectionError: (error) => log.warn({ err: error }, 'a database connection broke'),
  });
  await migrate(database.db, engineMigrations, { log: (line) => log.info(line) });
  const installationId = await prepareInstallation(database.db, options.adminPassword);
  const authority = await openAuthority(options.pkiFolder, options.names);
  const tls = { key: authority.engine.keyPem, cert: authority.engine.certificatePem, ca: authority.caPem };
  const hosts = new HostSessions({ db: database.db, engineId, tls, log, now: Date.now });
  const jobs: Jobs = new Jobs(database, engineId, definitions({ hosts, jobs: () => jobs }, authority), log, options.probe);
  const directories = new Directories({ db: database.db, secretKey: authority.secretKey, log });
  const systemOptions = new SystemOptions(database, log);
  await systemOptions.load();
  const managers = new StorageManagers({ db: database.db, jobs, hosts, log });
  const ovfStores = new OvfStores({ db: database.db, jobs, options: systemOptions, uuid: randomUUID, log });
  const transferWatch = new TransferWatch({ db: database.db, jobs, hosts, options: systemOptions, log });
  const engine: Engine = {
    engineId,
    installationId,
    version: apiVersion,
    database,
    db: database.db,
    log,
    authority,
    loaders,
    jobs,
    hosts,
    directories,
    options: systemOptions,
    itemServices: itemServicesOf(),
    now: Date.now,
    uuid: randomUUID,
    ping: () => pingDatabase(database.db),
  };
  const app = await createHttpServer(engine, options.portalFolder);
  let publisher: Awaited<ReturnType<typeof startPublisher>> | undefined;
  let housekeeping: ReturnType<typeof startHousekeeping> | undefined;
  let certificates: ReturnType<typeof startCertificateWatch> | undefined;
  return {
    engine,
    app,
    async start() {
      await systemOptions.start();
      await jobs.start();
      await hosts.start();
      managers.start();
      transferWatch.start();
      ovfStores.start();
      publisher = await startPublisher({ database, engineId, log });
      housekeeping = startHousekeeping({ db: database.db, jobs, directories, options: systemOptions, log });
      certificates = startCertificateWatch({ db: database.db, jobs, authority, options: systemOptions, log, now: Date.now });
    },
    async stop() {
      await app.close();
      housekeeping?.stop();
      certificates?.stop();
      systemOptions.stop();
      await publisher?.stop();
      await managers.stop();
      await transferWatch.stop();
      await ovfStores.stop();
      await jobs.stop();
      await hosts.stop();
      await database.close();
    },
  };
}
