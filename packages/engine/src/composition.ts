import { randomUUID } from 'node:crypto';
import { migrate, openDatabase } from '@virgate/database';
import type { FastifyInstance } from 'fastify';
import type { ProbePoint } from '@virgate/saga';
import type { Logger } from 'pino';
import { SignInAttempts } from './access/attempts.ts';
import { addBlockDomainSaga } from './storage-domains/add-block.ts';
import { addStorageDomainSaga } from './storage-domains/add.ts';
import { blockUnitSagas } from './storage-domains/block-units.ts';
import { attachStorageDomainSaga } from './storage-domains/attach.ts';
import { forceSelectSpmSaga } from './storage-domains/force-select.ts';
import { removeStorageDomainSaga, storageDomainSagas } from './storage-domains/maintenance.ts';
import { StorageManagers, electManagerSaga } from './storage-domains/storage-manager.ts';
import { apiVersion, itemServicesOf, pingDatabase, type Engine } from './engine.ts';
import { enrollCertificateSaga } from './certificates/enroll.ts';
import { startCertificateWatch } from './certificates/watch.ts';
import { describeBy } from './changes/describe.ts';
import { startPublisher } from './changes/publisher.ts';
import { Directories } from './directories/directories.ts';
import { powerManagementSagas } from './fencing/power-sagas.ts';
import type { PowerServices } from './fencing/power.ts';
import { AffinityRepairs } from './balancing/affinity-repairs.ts';
import { LoadBalancing } from './balancing/load-balancing.ts';
import { HaReservationWatch } from './clusters/ha-reservation-watch.ts';
import { FencingWatch } from './fencing/watch.ts';
import { switchMasterSaga } from './data-centers/set-master.ts';
import { startHistory } from './history/history.ts';
import { Evacuations } from './hosts/evacuation.ts';
import { installHostSaga } from './hosts/install-saga.ts';
import { startHousekeeping } from './housekeeping/housekeeping.ts';
import { hotDiskSagas } from './disks/hot.ts';
import { hotNicSagas } from './nics/hot.ts';
import { freezeSagas } from './vms/freeze.ts';
import { changeCdSaga } from './devices/change-cd.ts';
import { KeptTexts } from './rest/kept-texts.ts';
import { createHttpServer } from './http/server.ts';
import { prepareInstallation } from './installation/first-start.ts';
import { Jobs, type EngineSaga } from './jobs/jobs.ts';
import { upgradeSagas } from './hosts/upgrade.ts';
import { changeFunctionsSaga } from './host-networks/functions-saga.ts';
import { setupNetworksSaga } from './host-networks/saga.ts';
import { HostSessions } from './monitoring/sessions.ts';
import { SystemOptions } from './options/values.ts';
import { openAuthority, type Authority } from './pki/authority.ts';
import { loaders } from './services.ts';
import { registerConfiguredClients, type ConfiguredClient } from './sso/client-operations.ts';
import { engineMigrations } from './tables/migrations.ts';
import type { Tables } from './tables/schema.ts';
import { addVmSagas } from './vms/add.ts';
import { exportSagas } from './vms/export-saga.ts';
import { hotLeaseSaga } from './vms/hot-lease.ts';
import { hotSetSagas } from './vms/hot-set.ts';
import { powerSagas } from './vms/power.ts';
import { limitsSaga, VmLimits } from './vms/limits.ts';
import { cancelMigrationSaga, migrateSaga } from './vms/migrate-saga.ts';
import { VmRestarts } from './vms/restarts.ts';
import { leaseSaga } from './vms/leases.ts';
import { removeVmSaga } from './vms/remove.ts';
import { openHostKeys } from './serial-console-proxy/host-keys.ts';
import { SerialConsoleProxy } from './serial-console-proxy/server.ts';
import { startVmSaga } from './vms/start-saga.ts';
import type { SagaServices } from './jobs/saga-services.ts';
import { dropMemorySaga, suspendSaga } from './vms/suspend.ts';
import { diskSagas } from './disks/sagas.ts';
import { snapshotSagas } from './snapshots/sagas.ts';
import { LeftoverVolumes } from './snapshots/leftovers.ts';
import { StatelessVms } from './snapshots/stateless.ts';
import { backupSagas } from './backups/resource.ts';
import { BackupWatch } from './backups/watch.ts';
import { imageTransferSagas } from './image-transfers/resource.ts';
import { NicLimits } from './nics/limits.ts';
import { TransferWatch } from './image-transfers/watch.ts';
import { PortWatch } from './network-providers/port-watch.ts';
import { NetworkProviders } from './network-providers/providers.ts';
import { registerProvider } from './network-providers/register.ts';
import { Notifier } from './notifications/notifier.ts';
import { OvfStores, updateOvfStoreSaga } from './ovf-stores/update.ts';
import { PoolKeeper } from './vm-pools/keeper.ts';
import { vmPoolSagas } from './vm-pools/resource.ts';
import { templateSagas } from './templates/sagas.ts';
import { ReportSender } from './warehouse/reports/schedule.ts';
import { WarehouseWatch } from './warehouse/watch.ts';

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
  /** Clients of single sign-on that the configuration names; others are registered through the API. */
  ssoClients?: readonly ConfiguredClient[];
  /** OVN that comes with the engine: where its databases are, for the engine and for hosts. */
  ovn?: { northbound: string; southbound: string };
  /** Where the proxy of serial consoles listens; without it there is none. */
  serialConsoles?: { host: string; port: number };
  log: Logger;
  /** Asked at every place where a job may be cut off. Only tests have it. */
  probe?: (point: ProbePoint) => Promise<void>;
  /** Writes no samples into the history: who says so writes them himself. Only tests do. */
  samples?: false;
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
const definitions = (services: SagaServices, authority: Authority, power: PowerServices, engineUrl: () => string): EngineSaga[] => [
  ...powerManagementSagas(power),
  installHostSaga({ hosts: services.hosts, authority, engineUrl }),
  ...upgradeSagas({ hosts: services.hosts, authority, engineUrl }),
  switchMasterSaga(services),
  enrollCertificateSaga(services, authority),
  startVmSaga({ ...services, options: power.options }),
  migrateSaga({ hosts: services.hosts, secretKey: services.secretKey, options: power.options }),
  cancelMigrationSaga(services),
  ...powerSagas(services),
  limitsSaga(services),
  ...hotSetSagas(services),
  changeCdSaga(services),
  ...hotNicSagas(services),
  ...hotDiskSagas(services),
  ...freezeSagas(services),
  suspendSaga(services),
  dropMemorySaga(services),
  ...addVmSagas(services),
  ...exportSagas(services),
  removeVmSaga(services),
  leaseSaga(services),
  hotLeaseSaga(services),
  addStorageDomainSaga(services),
  addBlockDomainSaga(services),
  ...blockUnitSagas(services),
  attachStorageDomainSaga(services),
  electManagerSaga(services),
  forceSelectSpmSaga(services),
  ...storageDomainSagas(services),
  removeStorageDomainSaga(services),
  ...diskSagas(services),
  ...snapshotSagas(services),
  ...imageTransferSagas(services),
  ...backupSagas(services),
  updateOvfStoreSaga(services),
  ...templateSagas(services),
  ...vmPoolSagas(services),
  setupNetworksSaga(services),
  changeFunctionsSaga(services),
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
  await registerConfiguredClients(database.db, options.ssoClients ?? []);
  const authority = await openAuthority(options.pkiFolder, options.names);
  const tls = { key: authority.engine.keyPem, cert: authority.engine.certificatePem, ca: authority.caPem };
  const systemOptions = new SystemOptions(database, log);
  const hosts = new HostSessions({
    db: database.db,
    engineId,
    tls,
    log,
    now: Date.now,
    secretKey: authority.secretKey,
    options: systemOptions,
  });
  const networkProviders = new NetworkProviders(tls, installationId);
  if (options.ovn) await registerProvider(database.db, options.ovn);
  const serialConsoles = options.serialConsoles
    ? { ...options.serialConsoles, hostKeys: await openHostKeys(database.db, authority.secretKey) }
    : null;
  // As hosts find it: by the first of its names, at the port on which it listens by then.
  const engineUrl = (): string => {
    const listening = app.server.address();
    return `https://${options.names[0] ?? 'localhost'}:${typeof listening === 'object' && listening ? listening.port : 443}`;
  };
  const power = { db: database.db, hosts, options: systemOptions, secretKey: authority.secretKey };
  const jobs: Jobs = new Jobs(
    database,
    engineId,
    definitions({ hosts, networkProviders, jobs: () => jobs, secretKey: authority.secretKey }, authority, power, engineUrl),
    log,
    options.probe,
  );
  const directories = new Directories({ db: database.db, secretKey: authority.secretKey, log });
  await systemOptions.load();
  const managers = new StorageManagers({ db: database.db, jobs, hosts, log });
  const ovfStores = new OvfStores({ db: database.db, jobs, options: systemOptions, uuid: randomUUID, log });
  const leftoverVolumes = new LeftoverVolumes({ db: database.db, jobs, log });
  const statelessVms = new StatelessVms({ db: database.db, jobs, log });
  const fencing = new FencingWatch({ db: database.db, jobs, options: systemOptions, log, now: Date.now });
  const haReservations = new HaReservationWatch({ db: database.db, options: systemOptions, log });
  const nicLimits = new NicLimits({ db: database.db, jobs, log });
  const limits = new VmLimits({ db: database.db, jobs, log });
  const restarts = new VmRestarts({ db: database.db, jobs, options: systemOptions, uuid: randomUUID, log });
  const evacuations = new Evacuations({ db: database.db, jobs, options: systemOptions, uuid: randomUUID, log });
  const affinityRepairs = new AffinityRepairs({ db: database.db, jobs, uuid: randomUUID, log });
  const loadBalancing = new LoadBalancing({ db: database.db, jobs, options: systemOptions, uuid: randomUUID, log });
  const poolKeeper = new PoolKeeper({ db: database.db, jobs, options: systemOptions, log, now: Date.now });
  const transferWatch = new TransferWatch({ db: database.db, jobs, hosts, options: systemOptions, log });
  const portWatch = new PortWatch({ db: database.db, providers: networkProviders, log });
  const backupWatch = new BackupWatch({ db: database.db, jobs, hosts, options: systemOptions, log });
  const warehouse = new WarehouseWatch({ db: database.db, log, now: Date.now });
  const engine: Engine = {
    engineId,
    installationId,
    version: apiVersion,
    database,
    db: database.db,
    log,
    authority,
    loaders,
    keptTexts: new KeptTexts(),
    jobs,
    hosts,
    networkProviders,
    directories,
    mailName: options.names[0] ?? 'localhost',
    attempts: new SignInAttempts(database.db),
    options: systemOptions,
    serialConsoles,
    itemServices: itemServicesOf(),
    now: Date.now,
    uuid: randomUUID,
    ping: () => pingDatabase(database.db),
  };
  const mailParts = { db: database.db, secretKey: authority.secretKey, engineName: engine.mailName, installationId, log };
  const notifier = new Notifier(mailParts);
  const reportSender = new ReportSender(mailParts);
  const app = await createHttpServer(engine, options.portalFolder);
  const serialConsoleProxy = serialConsoles ? new SerialConsoleProxy(engine, serialConsoles.hostKeys) : null;
  let publisher: Awaited<ReturnType<typeof startPublisher>> | undefined;
  let housekeeping: ReturnType<typeof startHousekeeping> | undefined;
  let history: ReturnType<typeof startHistory> | undefined;
  let certificates: ReturnType<typeof startCertificateWatch> | undefined;
  return {
    engine,
    app,
    async start() {
      if (serialConsoles) await serialConsoleProxy?.listen(serialConsoles.host, serialConsoles.port);
      await systemOptions.start();
      await jobs.start();
      await hosts.start();
      managers.start();
      leftoverVolumes.start();
      statelessVms.start();
      fencing.start();
      poolKeeper.start();
      transferWatch.start();
      haReservations.start();
      backupWatch.start();
      portWatch.start();
      limits.start();
      nicLimits.start();
      restarts.start();
      evacuations.start();
      affinityRepairs.start();
      loadBalancing.start();
      ovfStores.start();
      notifier.start();
      reportSender.start();
      warehouse.start();
      publisher = await startPublisher({ database, engineId, log, describe: describeBy(engine) });
      housekeeping = startHousekeeping({ db: database.db, jobs, directories, options: systemOptions, log });
      if (options.samples !== false) history = startHistory({ db: database.db, log, now: Date.now });
      certificates = startCertificateWatch({ db: database.db, jobs, authority, options: systemOptions, log, now: Date.now });
    },
    async stop() {
      await app.close();
      await serialConsoleProxy?.close();
      housekeeping?.stop();
      certificates?.stop();
      await history?.stop();
      systemOptions.stop();
      await publisher?.stop();
      await managers.stop();
      await leftoverVolumes.stop();
      await statelessVms.stop();
      await fencing.stop();
      await poolKeeper.stop();
      await transferWatch.stop();
      await haReservations.stop();
      await backupWatch.stop();
      await portWatch.stop();
      await limits.stop();
      await nicLimits.stop();
      await restarts.stop();
      await evacuations.stop();
      await affinityRepairs.stop();
      await loadBalancing.stop();
      await ovfStores.stop();
      await notifier.stop();
      await reportSender.stop();
      await warehouse.stop();
      await jobs.stop();
      await hosts.stop();
      await database.close();
    },
  };
}
