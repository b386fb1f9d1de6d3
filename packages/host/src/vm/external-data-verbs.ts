import { errorCode, invalidParameter, readOptionalBoolean, readOptionalText, readText, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import { externalDataHash, externalDataKinds, maximumExternalData } from './external-data.ts';
import type { ExternalDataKind } from './external-data.ts';
import { asFault } from './registry.ts';
import type { VmRegistry } from './registry.ts';
import type { Vm } from './vm.ts';

/** What a start is given of a VM's former runs. */
export type GivenData = ReadonlyMap<ExternalDataKind, string>;

/** The parameters of VM.create that carry it (VDSM schema, VmParameters). @throws VdsmError 91 */
export function readGivenData(vmParams: Record<string, unknown>): GivenData {
  const given = new Map<ExternalDataKind, string>();
  for (const kind of externalDataKinds) {
    const data = readOptionalText(vmParams, `_X_${kind}data`, maximumExternalData);
    if (data !== undefined && data !== '') given.set(kind, data);
  }
  return given;
}

/** Puts it where libvirt finds it. A machine that starts anew finds nothing of others; one that goes on has what it had. */
export async function placeGivenData(vms: VmRegistry, vm: Vm, given: GivenData, goesOn: boolean): Promise<void> {
  const { externalData } = vms.dependencies;
  for (const kind of externalDataKinds) {
    const data = given.get(kind);
    if (data !== undefined) await externalData.write(kind, vm.vmId, data);
    else if (!goesOn) await externalData.remove(kind, vm.vmId);
  }
}

function readKind(params: Record<string, unknown>): ExternalDataKind {
  const said = readText(params, 'kind', 16);
  const kind = externalDataKinds.find((one) => one === said);
  if (kind === undefined) throw invalidParameter('kind', `one of ${externalDataKinds.join(', ')} is needed`);
  return kind;
}

/**
 * The verb VM.getExternalData: what a VM has in its TPM or among the variables of its UEFI, and a hash of that; of a VM that is down
 * too, until it is destroyed (VDSM schema, VmDataMap). Whoever has the data of `lastHash` is only told the hash, unless `forceUpdate`.
 */
export function getExternalData(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const vm = vms.get(readUuid(params, 'vmID'));
    const kind = readKind(params);
    const lastHash = readOptionalText(params, 'lastHash', 256);
    const forced = readOptionalBoolean(params, 'forceUpdate') ?? false;
    try {
      const data = await vms.dependencies.externalData.read(kind, vm.vmId);
      const hash = externalDataHash(data);
      vm.externalHashes[kind] = hash;
      return !forced && hash === lastHash ? { hash } : { hash, _X_data: data };
    } catch (error) {
      throw asFault(error, errorCode.externalDataFailed);
    }
  };
}

/** How often running VMs are looked at. */
const lookEveryMs = 15_000;

/** Notices that a guest has written to its TPM or its UEFI's variables: what has been at rest for a while gets a new hash. */
export class ExternalDataWatch {
  readonly #vms: VmRegistry;
  readonly #seen = new WeakMap<Vm, Partial<Record<ExternalDataKind, { changedMs: number; read: boolean }>>>();
  #stop: () => void = () => undefined;
  #looking = false;

  constructor(vms: VmRegistry) {
    this.#vms = vms;
  }

  start(): void {
    this.#stop = this.#vms.dependencies.clock.every(lookEveryMs, () => void this.look());
  }

  stop(): void {
    this.#stop();
  }

  /** Looks at all VMs once. */
  async look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (const vm of this.#vms.list()) {
        if (vm.state.phase !== 'running' && vm.state.phase !== 'paused') continue;
        for (const kind of vm.facts?.externalData ?? []) await this.#lookAt(vm, kind);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #lookAt(vm: Vm, kind: ExternalDataKind): Promise<void> {
    const { externalData, log } = this.#vms.dependencies;
    const seen = this.#seen.get(vm) ?? {};
    this.#seen.set(vm, seen);
    const changedMs = await externalData.changedMs(kind, vm.vmId);
    const last = seen[kind];
    if (last?.changedMs !== changedMs) {
      seen[kind] = { changedMs, read: false };
      return;
    }
    if (last.read || changedMs === 0) return;
    last.read = true;
    try {
      vm.externalHashes[kind] = externalDataHash(await externalData.read(kind, vm.vmId));
    } catch (error) {
      log.warn({ vmId: vm.vmId, kind, error: String(error) }, 'What a VM keeps in its firmware could not be read');
    }
  }
}
