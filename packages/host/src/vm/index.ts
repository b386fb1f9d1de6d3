import { OvirtAgents } from '../guest/ovirt-agents.ts';
import { GuestPoller } from '../guest/poll.ts';
import { watchDepartures } from '../migration/hooks.ts';
import { IncomingMigrations } from '../migration/incoming.ts';
import { OutgoingMigrations } from '../migration/outgoing.ts';
import type { VerbTable } from '../verb.ts';
import { createBackupVerbs, recoverBackups } from './backup/backups.ts';
import { createCheckpointVerbs } from './backup/checkpoints.ts';
import { setBalloonTarget } from './balloon.ts';
import { changeCd } from './change-cd.ts';
import { createVm } from './create.ts';
import { desktopLock, desktopLogin, desktopLogoff } from './desktop.ts';
import { destroyVm } from './destroy.ts';
import { finishReplica, startReplica } from './disk-replica.ts';
import { extendDiskSize } from './disk-size.ts';
import { DiskGrowth } from './disk-growth.ts';
import { DiskSizes } from './disk-sizes.ts';
import { domainEventHandlers } from './events.ts';
import { watchEnds } from './hooks.ts';
import { freezeVm } from './freeze.ts';
import { hotplugDisk, hotplugNic, hotunplugDisk, hotunplugNic } from './hot-plug.ts';
import { ExternalDataWatch, getExternalData } from './external-data-verbs.ts';
import { hotplugMemory, hotunplugMemory } from './hot-plug-memory.ts';
import { hibernateVm } from './hibernate.ts';
import { hotplugLease, hotunplugLease } from './leases.ts';
import { updateVmPolicy } from './limits.ts';
import { LiveMerges } from './live-merge.ts';
import { LiveSnapshots } from './live-snapshot.ts';
import { dumpXmls, getAllVmStats, getVmFullList, getVmList, getVmStats } from './lists.ts';
import { continueVm, pauseVm, resetVm, setDestroyOnReboot } from './power.ts';
import { reconcileVms, recoverVms } from './recovery.ts';
import { setNumberOfCpus } from './processors.ts';
import { VmRegistry } from './registry.ts';
import type { VmDependencies } from './registry.ts';
import { VmSampler } from './sampling.ts';
import { screenshotVm } from './screenshot.ts';
import { shutdownVm } from './shutdown.ts';
import { StorageErrors } from './storage-errors.ts';
import { setVmTicket, updateDevice } from './ticket.ts';

export { createBackupFiles } from './backup/files.ts';
export { Hypervisor, HypervisorUnavailable } from './hypervisor.ts';
export type { ImagePreparer } from './images.ts';
export type { VmDependencies, VmRegistry } from './registry.ts';
export { ExternalData } from './external-data.ts';
export { VmStore } from './store.ts';

/** How long a stop waits for VMs that just start. */
const settleTimeoutMs = 8000;

/** The verbs about VMs. */
export function createVmVerbs(
  vms: VmRegistry,
  work: { snapshots: LiveSnapshots; merges: LiveMerges },
  { incoming, outgoing }: Migrations,
): VerbTable {
  return {
    'VM.migrate': outgoing.migrate,
    'VM.migrationCreate': incoming.create,
    'VM.getMigrationStatus': outgoing.status,
    'VM.migrateCancel': outgoing.cancel,
    'VM.migrateChangeParams': outgoing.change,
    'VM.create': createVm(vms),
    'VM.destroy': destroyVm(vms),
    'VM.shutdown': shutdownVm(vms),
    'VM.reset': resetVm(vms),
    'VM.pause': pauseVm(vms),
    'VM.cont': continueVm(vms),
    'VM.hibernate': hibernateVm(vms),
    'VM.updateDevice': updateDevice(vms),
    'VM.updateVmPolicy': updateVmPolicy(vms),
    'VM.setTicket': setVmTicket(vms),
    'VM.setDestroyOnReboot': setDestroyOnReboot(vms),
    'VM.changeCD': changeCd(vms),
    'VM.hotplugNic': hotplugNic(vms),
    'VM.hotunplugNic': hotunplugNic(vms),
    'VM.hotplugDisk': hotplugDisk(vms),
    'VM.hotunplugDisk': hotunplugDisk(vms),
    'VM.hotplugLease': hotplugLease(vms),
    'VM.hotunplugLease': hotunplugLease(vms),
    'VM.hotplugMemory': hotplugMemory(vms),
    'VM.hotunplugMemory': hotunplugMemory(vms),
    'VM.setBalloonTarget': setBalloonTarget(vms),
    'VM.setNumberOfCpus': setNumberOfCpus(vms),
    'VM.snapshot': work.snapshots.verb(),
    'VM.merge': work.merges.verb(),
    'VM.diskSizeExtend': extendDiskSize(vms),
    'VM.diskReplicateStart': startReplica(vms),
    'VM.diskReplicateFinish': finishReplica(vms),
    'VM.desktopLock': desktopLock(vms),
    'VM.desktopLogin': desktopLogin(vms),
    'VM.desktopLogoff': desktopLogoff(vms),
    'VM.freeze': freezeVm(vms, 'DOMAIN_FSFREEZE'),
    'VM.thaw': freezeVm(vms, 'DOMAIN_FSTHAW'),
    'VM.screenshot': screenshotVm(vms),
    ...createBackupVerbs(vms, vms.dependencies.backupFiles),
    ...createCheckpointVerbs(vms),
    'VM.getExternalData': getExternalData(vms),
    'VM.getStats': getVmStats(vms),
    'Host.getAllVmStats': getAllVmStats(vms),
    'Host.getVMList': getVmList(vms),
    'Host.getVMFullList': getVmFullList(vms),
    'Host.dumpxmls': dumpXmls(vms),
  };
}

/** VMs that change the host. */
export interface Migrations {
  incoming: IncomingMigrations;
  outgoing: OutgoingMigrations;
}

/** The VM half of the agent. */
export interface VmService {
  verbs: VerbTable;
  registry: VmRegistry;
  migrations: Migrations;
  /** Listens to libvirt and finds the host's VMs again. Call it before the first verb. */
  recover(): Promise<void>;
  /** Stops watching; guests go on. */
  close(): Promise<void>;
}

/** Composes the VM half of the agent. */
export function createVmService(dependencies: VmDependencies): VmService {
  const { hypervisor, store, log, backupFiles } = dependencies;
  const registry = new VmRegistry(dependencies);
  const sampler = new VmSampler(registry);
  const guests = new GuestPoller(registry);
  const diskSizes = new DiskSizes(registry);
  const diskGrowth = new DiskGrowth(registry);
  const storageErrors = new StorageErrors(registry);
  registry.onChange((vm) => {
    if (vm.state.phase !== 'down') return;
    backupFiles
      .removeOf(vm.vmId)
      .catch((error: unknown) => log.warn({ vmId: vm.vmId, error: String(error) }, 'The files of a backup could not be removed'));
  });
  const externalData = new ExternalDataWatch(registry);
  const snapshots = new LiveSnapshots(registry);
  const merges = new LiveMerges(registry);
  const ovirtAgents = new OvirtAgents(registry);
  const outgoing = new OutgoingMigrations(registry);
  const incoming = new IncomingMigrations(registry, (vmId) => outgoing.isLeaving(vmId));
  const migrations = { incoming, outgoing };
  /** Goes on with what was on its way. */
  const followMigrations = (): void => {
    for (const vm of incoming.arriving()) incoming.watch(vm);
    for (const vm of registry.list()) if (vm.state.phase !== 'down') outgoing.resume(vm);
  };
  registry.migrationProgress = (vm) => outgoing.progress(vm);
  const onReconnected = (): void => {
    for (const vm of incoming.arriving()) incoming.watch(vm);
    reconcileVms(registry).catch((error: unknown) =>
      log.error({ error: String(error) }, 'The state of the VMs could not be brought into line with libvirt'),
    );
  };
  return {
    verbs: createVmVerbs(registry, { snapshots, merges }, migrations),
    registry,
    migrations,
    async recover() {
      await store.open();
      watchEnds(registry);
      watchDepartures(registry);
      await hypervisor.listen(
        domainEventHandlers({
          vms: registry,
          onAgent: (vm, connected) => guests.agentChanged(vm, connected),
          onThreshold: (vm) => diskGrowth.thresholdPassed(vm),
          onBlockJob: (vm) => merges.blockJobChanged(vm),
          onArrival: (vm, ended) => (ended ? incoming.failed(vm) : void incoming.look(vm)),
        }),
        onReconnected,
      );
      await recoverVms(registry);
      await recoverBackups(registry, backupFiles);
      for (const vm of registry.list().filter((one) => one.state.phase !== 'down')) {
        merges.recover(vm);
        snapshots.recover(vm);
      }
      followMigrations();
      sampler.start();
      guests.start();
      diskSizes.start();
      diskGrowth.start();
      storageErrors.start();
      externalData.start();
      merges.start();
      ovirtAgents.start();
    },
    async close() {
      await registry.settle(settleTimeoutMs);
      sampler.stop();
      guests.stop();
      diskSizes.stop();
      diskGrowth.stop();
      storageErrors.stop();
      externalData.stop();
      merges.stop();
      ovirtAgents.stop();
      incoming.close();
      registry.close();
      await hypervisor.close();
    },
  };
}
