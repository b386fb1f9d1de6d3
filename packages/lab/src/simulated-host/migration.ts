import { randomUUID } from 'node:crypto';
import { VdsmClient } from '@virgate/vdsm';
import type { AnyVerbs, VdsmTls } from '@virgate/vdsm';
import { failure, readObject, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import { factsOf } from './virtual-machine.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachines } from './virtual-machines.ts';

interface MigrationParts {
  readonly vms: VirtualMachines;
  readonly tls: VdsmTls | null;
  /** How long the memory of a VM takes without a limit of the bandwidth. */
  readonly durationMs: number;
}

/** Between agents of simulated hosts: where libvirt would bring the guest over. */
const arrivalVerb = 'Simulated.arrive';
const createTimeoutMs = 30_000;
const shortTimeoutMs = 5000;
const stepMs = 50;
const limitRetryMs = 300;
const defaultLimit = 2;
const migrationLimit = 82;

interface Outgoing {
  readonly abort: AbortController;
}

function addressOf(text: string): { host: string; port: number } {
  const match = /^(.*):(\d+)$/.exec(text);
  if (match === null) throw failure('InvalidParameter', `dst is no host:port: ${text}`);
  return { host: match[1] ?? '', port: Number(match[2]) };
}

/** How long the memory takes: the guest's size over the bandwidth, where there is a limit. */
function durationOf(vm: VirtualMachine, order: Parameters, durationMs: number): number {
  const mibPerSecond = Number(order['maxBandwidth'] ?? 0);
  return mibPerSecond > 0 ? Math.max(durationMs, (factsOf(vm).memoryKib / 1024 / mibPerSecond) * 1000) : durationMs;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });

/** Verbs by which VMs change the host, the host's own connection to the other one included. */
export function migrationVerbs({ vms, tls, durationMs }: MigrationParts): Record<string, SimulatedVerb> {
  const active = new Map<string, Outgoing>();

  const announce = async (client: VdsmClient<AnyVerbs>, vm: VirtualMachine, order: Parameters, signal: AbortSignal): Promise<void> => {
    for (;;) {
      try {
        const params = { vmId: vm.vmId, _srcDomXML: vm.xml, xml: vm.xml, simulated: structuredClone(vm), migrationDest: 'libvirt' };
        const incomingLimit = Number(order['incomingLimit'] ?? defaultLimit);
        await client.call('VM.migrationCreate', { vmID: vm.vmId, params, incomingLimit }, { timeoutMs: createTimeoutMs, signal });
        return;
      } catch (error) {
        if ((error as { code?: unknown }).code !== migrationLimit) throw error;
        await pause(limitRetryMs, signal);
      }
    }
  };

  const move = async (vm: VirtualMachine, order: Parameters, outgoing: Outgoing): Promise<void> => {
    const { signal } = outgoing.abort;
    const client = new VdsmClient<AnyVerbs>({
      ...addressOf(readText(order, 'dst')),
      tls,
      events: false,
      responseQueue: randomUUID(),
      connectTimeoutMs: 2000,
    });
    const isHere = (): boolean => vms.all.get(vm.vmId) === vm && vm.running;
    try {
      const outgoingLimit = Number(order['outgoingLimit'] ?? defaultLimit);
      while ([...active.keys()].indexOf(vm.vmId) >= outgoingLimit) await pause(stepMs, signal);
      await client.call('Host.ping', {}, { timeoutMs: shortTimeoutMs, signal });
      await announce(client, vm, order, signal);
      const totalMs = durationOf(vm, order, durationMs);
      for (let spentMs = 0; spentMs < totalMs; spentMs += stepMs) {
        vm.migrationProgress = Math.floor((spentMs * 100) / totalMs);
        await pause(Math.min(stepMs, totalMs - spentMs), signal);
        if (!isHere()) throw new Error('the guest ended');
        // libvirt notices a destination that is gone.
        if (spentMs % 500 === 0) await client.call('Host.ping', {}, { timeoutMs: 1000, signal });
      }
      vms.letGo(vm);
      await client.call(arrivalVerb, { vmID: vm.vmId }, { timeoutMs: shortTimeoutMs });
      active.delete(vm.vmId);
      vms.depart(vm);
    } catch {
      active.delete(vm.vmId);
      await client.call('VM.destroy', { vmID: vm.vmId }, { timeoutMs: 1000 }).catch(() => undefined);
      if (isHere()) vms.stay(vm);
    } finally {
      client.close();
    }
  };

  return {
    'VM.migrate': (params) => {
      const vm = vms.running(readText(params, 'vmID'));
      if (active.has(vm.vmId)) throw failure('MigrationInProgress', 'Migration in progress');
      const order = readObject(params, 'params');
      // As libvirt: what is of the host does not leave it.
      if (/<(interface|hostdev) [^>]*type="(hostdev|pci)"/.test(vm.xml))
        throw failure('MigrationError', 'The domain has devices of the host');
      addressOf(readText(order, 'dst'));
      const outgoing = { abort: new AbortController() };
      active.set(vm.vmId, outgoing);
      vms.leave(vm);
      vm.migrationOrder = order;
      void move(vm, order, outgoing);
      return true;
    },
    'VM.migrationCreate': (params) => {
      const definition = readObject(params, 'params');
      const limit = Number(params['incomingLimit'] ?? defaultLimit);
      const coming = [...vms.all.values()].filter((vm) => vm.status === 'Migration Destination').length;
      if (coming >= limit) throw failure('MigrationLimitExceeded', 'Incoming migration limit exceeded');
      vms.expect(readText(params, 'vmID'), readText(definition, '_srcDomXML'), definition['simulated'] as VirtualMachine | undefined);
      return { migrationPort: 0, params: { vmId: readText(params, 'vmID') } };
    },
    [arrivalVerb]: (params) => {
      vms.arrive(vms.get(readText(params, 'vmID')));
      return true;
    },
    'VM.getMigrationStatus': (params) => {
      const vm = vms.get(readText(params, 'vmID'));
      return {
        vmId: vm.vmId,
        status: { code: 0, message: active.has(vm.vmId) ? 'Migration in progress' : 'Done' },
        progress: vm.migrationProgress ?? 0,
      };
    },
    'VM.migrateCancel': (params) => {
      const outgoing = active.get(vms.get(readText(params, 'vmID')).vmId);
      if (outgoing === undefined) throw failure('MigrationNotInProgress', 'Migration not in progress');
      outgoing.abort.abort(new Error('cancelled'));
      return true;
    },
    'VM.migrateChangeParams': (params) => {
      if (!active.has(vms.get(readText(params, 'vmID')).vmId)) throw failure('MigrationNotInProgress', 'Migration not in progress');
      return true;
    },
  };
}
