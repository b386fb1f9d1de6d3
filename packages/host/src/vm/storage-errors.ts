import type { MetadataValue } from '../domain-xml/metadata.ts';
import { resumeDomain } from './power.ts';
import type { VmRegistry } from './registry.ts';
import type { VmState } from './status.ts';
import type { Vm } from './vm.ts';

/** A VM that shall not wait for its storage is ended after so long; its lease may be somebody else's by then. */
export const pauseTimeoutMs = 80_000;
/** How often VMs that wait for their storage are looked at. */
const intervalMs = 5000;

export type StorageErrorAction = 'resume' | 'end' | 'wait';

/**
 * What becomes of a VM that paused because its storage failed (VDSM domain metadata, resumeBehavior).
 * Pure.
 *
 * @param behavior `auto_resume`, `leave_paused` or `kill`
 * @param storageAnswers whether all storage of its disks is well
 */
export function storageErrorAction(
  state: VmState,
  behavior: MetadataValue | undefined,
  storageAnswers: boolean,
  nowMs: number,
): StorageErrorAction {
  if (state.phase !== 'paused' || state.pauseCode !== 'EIO') return 'wait';
  if (behavior === 'leave_paused') return 'wait';
  if (behavior === 'kill' && nowMs - (state.pausedMs ?? nowMs) >= pauseTimeoutMs) return 'end';
  return storageAnswers ? 'resume' : 'wait';
}

/** What is to become of a VM whose storage fails; one with a lease, which it may have got while it ran, is not to wait for ever. */
const behaviorOf = ({ facts }: Vm): MetadataValue | undefined =>
  facts?.hasLease === true ? 'kill' : facts?.metadata.values['resumeBehavior'];

/** Lets VMs go on whose storage came back. */
export class StorageErrors {
  readonly #vms: VmRegistry;
  readonly #acting = new Set<Vm>();
  #stop: () => void = () => undefined;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(intervalMs, () => {
      for (const vm of this.#vms.list()) void this.#look(vm);
    });
  }

  stop(): void {
    this.#stop();
  }

  async #look(vm: Vm): Promise<void> {
    const { clock, isStorageWell, log } = this.#vms.dependencies;
    const answers = vm.volumes.every(({ domainId }) => isStorageWell(domainId));
    const action = storageErrorAction(vm.state, behaviorOf(vm), answers, clock.monotonicMs());
    if (action === 'wait' || this.#acting.has(vm)) return;
    this.#acting.add(vm);
    try {
      log.info({ vmId: vm.vmId, action }, 'VM that waits for its storage');
      if (action === 'end') {
        this.#vms.apply(vm, { type: 'endRequested', request: 'pauseTimeout' });
        await this.#vms.call(vm, 'control', (connection) => connection.domainDestroy(vm.vmId));
      } else await this.#vms.inTurn(vm, () => resumeDomain(this.#vms, vm));
    } catch (error) {
      log.warn({ vmId: vm.vmId, action, error: String(error) }, 'A VM that waits for its storage could not be changed');
    } finally {
      this.#acting.delete(vm);
    }
  }
}
