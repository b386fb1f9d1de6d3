import { invalidParameter, readOptionalBoolean, readOptionalUuids, readUuid } from '../verb.ts';
import type { VerbHandler } from '../verb.ts';
import type { VmRegistry } from './registry.ts';
import { devicesHash, vmStatistics } from './statistics.ts';
import { statusOf } from './status.ts';
import type { Vm } from './vm.ts';

/** Most domain documents in one answer. */
const maximumDumps = 1000;

function chosen(vms: VmRegistry, params: Record<string, unknown>): Vm[] {
  const ids = readOptionalUuids(params, 'vmList');
  return ids === undefined || ids.length === 0 ? vms.list() : ids.map((vmId) => vms.find(vmId)).filter((vm) => vm !== undefined);
}

/** The verb Host.getAllVmStats (VDSM schema, VmStats). */
export function getAllVmStats(vms: VmRegistry): VerbHandler {
  return async () => {
    const { hooks } = vms.dependencies;
    await hooks.onJson('before_get_all_vm_stats', {});
    const rows = vms
      .list()
      .filter((vm) => !vm.destroyed)
      .map((vm) => vmStatistics(vm, vms.context()));
    return await hooks.onJson('after_get_all_vm_stats', rows);
  };
}

/** The verb VM.getStats: the statistics of one VM, as a list. */
export function getVmStats(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const { hooks } = vms.dependencies;
    const vm = vms.get(readUuid(params, 'vmID'));
    await hooks.onJson('before_get_vm_stats', {});
    return await hooks.onJson('after_get_vm_stats', [vmStatistics(vm, vms.context())]);
  };
}

/** The verb Host.getVMList: identifiers, or with `onlyUUID` false the status of each (VDSM schema, VmInfo). */
export function getVmList(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const onlyUuid = readOptionalBoolean(params, 'onlyUUID') ?? true;
    const full = readOptionalBoolean(params, 'fullStatus') ?? false;
    const context = vms.context();
    return chosen(vms, params).map((vm) => {
      if (full) return fullInformation(vms, vm);
      return onlyUuid ? vm.vmId : { vmId: vm.vmId, status: statusOf(vm.state, context.nowMs), statusTime: String(context.statusTime) };
    });
  };
}

function fullInformation(vms: VmRegistry, vm: Vm): Record<string, unknown> {
  const { facts } = vm;
  return {
    ...vmStatistics(vm, vms.context()),
    vmName: vm.name,
    memSize: Math.floor((facts?.memoryKib ?? 0) / 1024),
    smp: facts?.vcpus ?? 0,
    emulatedMachine: facts?.machine ?? '',
    arch: facts?.architecture ?? '',
    cpuType: facts?.cpuModel ?? '',
    custom: facts?.metadata.custom ?? {},
    guestDiskMapping: vm.guest.diskMapping,
    hash: devicesHash(vm),
  };
}

/** The verb Host.getVMFullList: what the agent knows of each VM beside its statistics. Devices are in Host.dumpxmls. */
export function getVmFullList(vms: VmRegistry): VerbHandler {
  return async (params) => chosen(vms, params).map((vm) => fullInformation(vms, vm));
}

/** The verb Host.dumpxmls: the documents of running domains, without passwords. A VM that gives none in time is left out. */
export function dumpXmls(vms: VmRegistry): VerbHandler {
  return async (params) => {
    const list = chosen(vms, params).filter((vm) => vm.state.phase !== 'down' && vm.facts !== undefined);
    if (list.length > maximumDumps) throw invalidParameter('vmList', `at most ${maximumDumps} VMs in one call`);
    const dumps = await Promise.all(
      list.map(async (vm) => {
        try {
          const xml = await vms.call(vm, 'query', (connection) => connection.domainGetXMLDesc(vm.vmId));
          return [{ [vm.vmId]: xml }];
        } catch (error) {
          vms.dependencies.log.warn({ vmId: vm.vmId, error: String(error) }, 'The document of a VM was not given');
          return [];
        }
      }),
    );
    return dumps.flat();
  };
}
