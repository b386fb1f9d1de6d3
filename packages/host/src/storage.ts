import { rm } from 'node:fs/promises';
import { createArchiveVerbs } from './archive/verbs.ts';
import { join } from 'node:path';
import { createDeviceMapperActivation, createLoopActivation } from './block/activation.ts';
import { createBlockDevices } from './block/devices.ts';
import { createBlockDomains } from './block/domains.ts';
import { createLvm } from './block/lvm.ts';
import { MailClient } from './block/mail-client.ts';
import { MailManager } from './block/mail-manager.ts';
import { createBlockVerbs } from './block/verbs.ts';
import { createVolumeGroups } from './block/volume-groups.ts';
import type { StorageClock, StorageLog } from './storage-clock.ts';
import { systemClock } from './storage-clock.ts';
import { createStorageActivity } from './fence/storage-activity.ts';
import { createFenceVerbs } from './fence/verbs.ts';
import { createDirectLuns } from './iscsi/direct-luns.ts';
import type { DirectLuns } from './iscsi/direct-luns.ts';
import { IscsiSessions } from './iscsi/sessions.ts';
import { createImageLocks } from './image/locks.ts';
import { createImagePreparer } from './image/prepare.ts';
import type { ImagePreparer } from './image/prepare.ts';
import { createImageVerbs } from './image/verbs.ts';
import { createJobRegistry } from './job/registry.ts';
import type { JobInfo, JobRegistry } from './job/registry.ts';
import { createJobVerbs } from './job/verbs.ts';
import type { Acceleration } from './domain-xml/environment.ts';
import type { LeaseIds, LeasePlace } from './domain-xml/leases.ts';
import { findExternalLease } from './lease/leases.ts';
import { createLeaseVerbs } from './lease/verbs.ts';
import { findDomain } from './storage-context.ts';
import type { StorageContext } from './storage-context.ts';
import { storageError } from './storage-error.ts';
import type { Owner } from './storage-domain/beneath.ts';
import { createDomainCatalog, isMissingDomain } from './storage-domain/catalog.ts';
import type { StorageDomain } from './storage-domain/store.ts';
import { createLockspaces } from './storage-domain/lockspaces.ts';
import { createDomainMonitor } from './storage-domain/monitor.ts';
import type { DomainStatus } from './storage-domain/monitor.ts';
import { createRepository, makeRepository } from './storage-domain/repository.ts';
import { createStorageDomainVerbs } from './storage-domain/verbs.ts';
import { createConnections } from './storage-pool/connections.ts';
import type { DirectoryMeans } from './storage-pool/connections.ts';
import { createPools } from './storage-pool/pools.ts';
import { createSpmLease } from './storage-pool/spm-lease.ts';
import { createStoragePoolVerbs } from './storage-pool/verbs.ts';
import { createNbdServers } from './nbd/servers.ts';
import { createNbdVerbs } from './nbd/verbs.ts';
import { createTaskRegistry } from './task/registry.ts';
import type { TaskUndo, UndoOutcome } from './task/registry.ts';
import { createTaskVerbs } from './task/verbs.ts';
import type { VerbTable } from './verb.ts';
import { createBitmapVerbs } from './volume/bitmap-verbs.ts';
import { createLiveVolumes } from './volume/live-volumes.ts';
import type { LiveVolumes } from './volume/live-volumes.ts';
import { createMergeVerbs } from './volume/merge-verbs.ts';
import { createVolumeVerbs } from './volume/verbs.ts';
import { createExternalVmVerbs } from './external-vms/verbs.ts';
import { createSealVerbs } from './sealing/verbs.ts';
import { discardImage, purgeImage, removeTraces } from './volume/remove-volume.ts';
import { imageExists, volumeExists } from './volume/volumes.ts';

export type { ImagePreparer, PoolVolume, PreparedImage, PreparedVolume } from './image/prepare.ts';
export type { JobContext, JobInfo, JobRegistry, NewJob } from './job/registry.ts';
export type { DomainStatus } from './storage-domain/monitor.ts';
export type { StorageClock, StorageLog } from './storage-clock.ts';

export interface StorageOptions {
  /** Root of the repository, `/rhev/data-center` on a host of oVirt. */
  repoRoot: string;
  /** What need not outlive a reboot: links of images, the connected pool. */
  runDir: string;
  /** What has to outlive a restart: tasks. */
  stateDir: string;
  log: StorageLog;
  clock?: StorageClock;
  /** Owner of files on domains, 36:36 on a host of oVirt; default: the agent's own user. */
  owner?: Owner;
  /** How a plain directory is connected; default `link`. */
  directoryMeans?: DirectoryMeans;
  /** `auto` = take part in sanlock's lockspaces when its daemon runs; without it this host trusts to be the only manager. */
  sanlockDaemon?: 'auto' | 'never';
  /** Directories from which `Image.download` may read files; default none. */
  importDirectories?: readonly string[];
  /** Patterns of paths of block devices that count as LUNs besides multipath devices; default none. */
  blockDevices?: readonly string[];
  /** How logical volumes become reachable: `loop` is a stand-in for machines without device-mapper. */
  volumeActivation?: VolumeActivation;
  /** Whether VMs of this host can hold leases; default true. */
  leasesOfVms?: boolean;
  /** How guests of this host run, that of libguestfs among them; default `kvm`. */
  acceleration?: Acceleration;
  /** Told of each job that ended, for the event `|jobs|status|<id>`. */
  onJobEnd?: (job: JobInfo) => void;
}

/** How logical volumes become reachable on this host. */
export type VolumeActivation = 'device-mapper' | 'loop';

/** The storage half of the host agent. */
export interface Storage {
  /** Verbs of StoragePool, StorageDomain, Volume, Image, SDM, NBD, Lease, Task, and the ones of Host that are about them or look at storage first. */
  verbs: VerbTable;
  jobs: JobRegistry;
  images: ImagePreparer;
  /** LUNs that VMs have as disks. */
  luns: DirectLuns;
  /** Where the sockets of NBD servers are. */
  nbdDirectory: string;
  /** What a VM's disks write into the metadata of volumes while it runs. */
  liveVolumes: LiveVolumes;
  /**
   * Where a lease lies that a VM is to hold.
   * @throws VdsmError 358, 379, 936 when there is none, 661 when this host is no member of the domain's lockspace
   */
  findLease(ids: LeaseIds): Promise<LeasePlace>;
  /** `storageDomains` of `Host.getStats`. */
  domainStatuses(): Record<string, DomainStatus>;
  /** Reads what the agent's last life left, and cleans up after it. Call it before the first verb. */
  recover(): Promise<void>;
  /** Stops all work. What was running counts as failed after the next start. */
  close(): Promise<void>;
}

/** Composes the storage half; nothing is touched before {@link Storage.recover}. */
export function createStorage(options: StorageOptions): Storage {
  const { log, owner, leasesOfVms = true } = options;
  const clock = options.clock ?? systemClock;
  const repository = createRepository(options.repoRoot, options.runDir);
  const block = createBlock(options.blockDevices ?? [], options.volumeActivation ?? 'device-mapper');
  const catalog = createDomainCatalog(repository, owner, createBlockDomains(repository, block.groups, block.activation));
  const lockspaces = createLockspaces({ daemon: options.sanlockDaemon ?? 'auto', log });
  const monitor = createDomainMonitor({ catalog, clock, log, isAcquired: (domainId) => leasesOfVms && lockspaces.isAcquired(domainId) });
  const pools = createPools({
    repository,
    catalog,
    monitor: () => monitor,
    lockspaces,
    spmLease: createSpmLease(log),
    stateFile: join(options.runDir, 'storage-pool.json'),
    log,
  });
  const jobs = createJobRegistry({ clock, log, ...(options.onJobEnd === undefined ? {} : { onEnd: options.onJobEnd }) });
  const tasks = createTaskRegistry({
    directory: join(options.stateDir, 'tasks'),
    clock,
    log,
    undo: (undo, cause) => undoTask(context, undo, cause),
  });
  const mailOptions = {
    pools,
    catalog,
    clock,
    log,
    grow: async (domainId: string, volumeId: string, bytes: number) =>
      (await findDomain(context, domainId)).store.growVolume(volumeId, bytes),
  };
  const mailManager = new MailManager(mailOptions);
  const context: StorageContext = {
    repository,
    catalog,
    monitor,
    pools,
    tasks,
    jobs,
    locks: createImageLocks(),
    mail: new MailClient(mailOptions),
    block,
    owner,
    building: new Set(),
    importDirectories: options.importDirectories ?? [],
    clock,
    log,
  };
  const isInUse = async (path: string): Promise<boolean> =>
    (await catalog.list(path)).some((domain) => pools.current()?.domains[domain.id] === 'Active');
  const iscsi = new IscsiSessions(block);
  const connections = createConnections({ repository, directoryMeans: options.directoryMeans ?? 'link', iscsi, log, isInUse });
  const images = createImagePreparer(context);
  const nbdDirectory = join(options.runDir, 'nbd');
  const nbdServers = createNbdServers(context, nbdDirectory);
  return {
    verbs: {
      ...iscsi.verbs(),
      ...createStoragePoolVerbs(context, connections),
      ...createStorageDomainVerbs(context),
      ...createBlockVerbs(context),
      ...createVolumeVerbs(context),
      ...createMergeVerbs(context),
      ...createBitmapVerbs(context),
      ...createNbdVerbs(nbdServers),
      ...createImageVerbs(context, images),
      ...createArchiveVerbs(context, { stateDir: options.stateDir, kept: [options.repoRoot, options.runDir, options.stateDir] }),
      ...createSealVerbs(context, options.acceleration ?? 'kvm'),
      ...createExternalVmVerbs(context, { folder: join(options.runDir, 'v2v'), acceleration: options.acceleration ?? 'kvm' }),
      ...createLeaseVerbs(context),
      ...createTaskVerbs(tasks),
      ...createJobVerbs(jobs),
      ...createFenceVerbs({ isActiveOnStorage: createStorageActivity(catalog), log }),
    },
    jobs,
    images,
    luns: createDirectLuns(block.devices, iscsi),
    nbdDirectory,
    liveVolumes: createLiveVolumes(context),
    async findLease({ domainId, leaseId }) {
      const domain = await findDomain(context, domainId);
      if (!lockspaces.isAcquired(domainId))
        throw storageError(
          'AcquireHostIdFailure',
          `This host can't hold leases of storage domain ${domainId}: it has not joined its lockspace`,
        );
      const { path, offset } = await findExternalLease(domain, leaseId);
      return { path, offsetBytes: offset };
    },
    domainStatuses: () => monitor.statuses(),
    async recover() {
      await makeRepository(repository);
      await nbdServers.recover();
      await pools.recover();
      await tasks.recover();
      mailManager.start();
    },
    async close() {
      context.mail.close();
      await mailManager.close();
      await nbdServers.close();
      await jobs.close();
      await tasks.close();
      await monitor.close();
      await pools.close();
    },
  };
}

function createBlock(patterns: readonly string[], means: VolumeActivation): StorageContext['block'] {
  const lvm = createLvm(means === 'device-mapper');
  const devices = createBlockDevices(patterns);
  const activation = means === 'device-mapper' ? createDeviceMapperActivation(lvm) : createLoopActivation();
  return { devices, activation, groups: createVolumeGroups(lvm, devices) };
}

/** Removes what a task left. A domain that is not connected is tried again when the pool is. */
async function undoTask(context: StorageContext, undo: TaskUndo, cause: 'failure' | 'crash'): Promise<UndoOutcome> {
  if (undo.kind === 'none') return 'undone';
  const domain = await connectedDomain(context, undo.domainId);
  switch (undo.kind) {
    case 'import':
      await rm(await domain.store.importPath({ imageId: undo.imageId, id: undo.volumeId }), { force: true });
      return 'undone';
    case 'volume':
      // a volume begins to exist by the last effect of the task, so that it is whole
      if (cause === 'crash' && (await volumeExists(domain, undo.imageId, undo.volumeId))) return 'complete';
      await removeTraces(domain, undo.imageId, undo.volumeId);
      return 'undone';
    case 'move':
      return undoMove(domain, await connectedDomain(context, undo.sourceDomainId), undo.imageId);
  }
}

/** The copy goes, unless its source is gone already. */
async function undoMove(target: StorageDomain, source: StorageDomain, imageId: string): Promise<UndoOutcome> {
  const copied = await imageExists(target, imageId);
  if (!(await imageExists(source, imageId))) return copied ? 'complete' : 'undone';
  if (copied) await discardImage(target, imageId, true);
  await purgeImage(target, imageId);
  return 'undone';
}

function connectedDomain(context: StorageContext, domainId: string): Promise<StorageDomain> {
  return context.catalog.find(domainId).catch((error: unknown) => {
    if (isMissingDomain(error)) throw new Error(`storage domain ${domainId} is not connected`, { cause: error });
    throw error;
  });
}
