import { GuestPoller } from '../guest/poll.ts';
import type { VerbTable } from '../verb.ts';
import { changeCd } from './change-cd.ts';
import { createVm } from './create.ts';
import { destroyVm } from './destroy.ts';
import { DiskSizes } from './disk-sizes.ts';
import { domainEventHandlers } from './events.ts';
import { hibernateVm } from './hibernate.ts';
import { dumpXmls, getAllVmStats, getVmFullList, getVmList, getVmStats } from './lists.ts';
import { continueVm, pauseVm, resetVm, setDestroyOnReboot } from './power.ts';
import { reconcileVms, recoverVms } from './recovery.ts';
import { VmRegistry } from './registry.ts';
import type { VmDependencies } from './registry.ts';
import { VmSampler } from './sampling.ts';
import { screenshotVm } from './screenshot.ts';
import { shutdownVm } from './shutdown.ts';
import { StorageErrors } from './storage-errors.ts';
import { setVmTicket, updateDevice } from './ticket.ts';

export { Hypervisor, HypervisorUnavailable } from './hypervisor.ts';
export type { ImagePreparer } from './images.ts';
export type { VmDependencies, VmRegistry } from './registry.ts';
export { VmStore } from './store.ts';

/** How long a stop waits for VMs that just start. */
const settleTimeoutMs = 8000;

/** The verbs about VMs. */
export function createVmVerbs(vms: VmRegistry): VerbTable {
  return {
    'VM.create': createVm(vms),
    'VM.destroy': destroyVm(vms),
    'VM.shutdown': shutdownVm(vms),
    'VM.reset': resetVm(vms),
    'VM.pause': pauseVm(vms),
    'VM.cont': continueVm(vms),
    'VM.hibernate': hibernateVm(vms),
    'VM.updateDevice': updateDevice(vms),
    'VM.setTicket': setVmTicket(vms),
    'VM.setDestroyOnReboot': setDestroyOnReboot(vms),
    'VM.changeCD': changeCd(vms),
    'VM.screenshot': screenshotVm(vms),
    'VM.getStats': getVmStats(vms),
    'Host.getAllVmStats': getAllVmStats(vms),
    'Host.getVMList': getVmList(vms),
    'Host.getVMFullList': getVmFullList(vms),
    'Host.dumpxmls': dumpXmls(vms),
  };
}

/** The VM half of the agent. */
export interface VmService {
  verbs: VerbTable;
  registry: VmRegistry;
  /** Listens to libvirt and finds the host's VMs again. Call it before the first verb. */
  recover(): Promise<void>;
  /** Stops watching; guests go on. */
  close(): Promise<void>;
}

/** Composes the VM half of the agent. */
export function createVmService(dependencies: VmDependencies): VmService {
  const { hypervisor, store, log } = dependencies;
  const registry = new VmRegistry(dependencies);
  const sampler = new VmSampler(registry);
  const guests = new GuestPoller(registry);
  const diskSizes = new DiskSizes(registry);
  const storageErrors = new StorageErrors(registry);
  const onReconnected = (): void => {
    reconcileVms(registry).catch((error: unknown) =>
      log.error({ error: String(error) }, 'The state of the VMs could not be brought into line with libvirt'),
    );
  };
  return {
    verbs: createVmVerbs(registry),
    registry,
    async recover() {
      await store.open();
      await hypervisor.listen(
        domainEventHandlers({ vms: registry, onAgent: (vm, connected) => guests.agentChanged(vm, connected) }),
        onReconnected,
      );
      await recoverVms(registry);
      sampler.start();
      guests.start();
      diskSizes.start();
      storageErrors.start();
    },
    async close() {
      await registry.settle(settleTimeoutMs);
      sampler.stop();
      guests.stop();
      diskSizes.stop();
      storageErrors.stop();
      registry.close();
      await hypervisor.close();
    },
  };
}
