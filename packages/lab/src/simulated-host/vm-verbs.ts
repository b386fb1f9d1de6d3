import { eventTime } from '@virgate/vdsm';
import { readDomain } from './domain-xml.ts';
import { failure, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import { NO_ID } from './storage.ts';
import type { SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachines } from './virtual-machines.ts';
import { vmStatistics } from './vm-statistics.ts';

interface VmParts {
  readonly vms: VirtualMachines;
  readonly tasks: SimulatedTasks;
  readonly storage: SimulatedStorage;
  readonly address: string;
}

/** Console tickets without an end are valid for this long. */
const ENDLESS_MS = 10 * 365 * 24 * 3600 * 1000;

function lifeVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  const { vms } = parts;
  const vmOf = (params: Parameters): VirtualMachine => vms.get(readText(params, 'vmID'));
  return {
    'VM.create': (params) => {
      const definition = readObject(params, 'vmParams');
      const xml = readText(definition, 'xml');
      if (readDomain(xml) === undefined) throw failure('CannotCreateVM', 'Failed to create VM: the definition is no domain');
      return vms.create(readText(params, 'vmID'), xml, typeof definition['memoryDumpVolume'] === 'object');
    },
    'VM.destroy': (params) => {
      vms.destroy(vmOf(params));
      return true;
    },
    'VM.shutdown': (params) => {
      vms.shutDown(vmOf(params), {
        delayMs: Number(params['delay'] ?? 0) * 1000,
        reboot: params['reboot'] === true || params['reboot'] === 'true',
      });
      return true;
    },
    'VM.reset': (params) => {
      vms.reboot(vmOf(params));
      return true;
    },
    'VM.pause': (params) => {
      vms.pause(vmOf(params), 'NOERR');
      return { vmList: {} };
    },
    'VM.cont': (params) => {
      vms.resume(vmOf(params));
      return { vmList: {} };
    },
    'VM.hibernate': (params) => {
      vms.hibernate(vmOf(params), readText(params, 'hibernationVolHandle'));
      return true;
    },
    'VM.setDestroyOnReboot': () => true,
    'VM.desktopLogin': () => true,
    'VM.desktopLogoff': () => true,
    'VM.freeze': (params) => vmOf(params).running,
    'VM.thaw': (params) => vmOf(params).running,
  };
}

function deviceVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  const { vms, storage, tasks } = parts;
  const vmOf = (params: Parameters): VirtualMachine => vms.running(readText(params, 'vmID'));
  /** Adds the devices of a `hotplug` document to the domain, or takes those with the same aliases out. */
  const plug = (params: Parameters, add: boolean): object => {
    const definition = readObject(params, 'params');
    const vm = vms.running(readOptionalText(params, 'vmID') ?? readText(definition, 'vmId'));
    const devices = /<devices>([\s\S]*)<\/devices>/.exec(readText(definition, 'xml'))?.[1] ?? '';
    if (add) vm.xml = vm.xml.replace('</devices>', `${devices}</devices>`);
    else {
      const alias = /<alias\s+name=["']([^"']+)["']/.exec(devices)?.[1] ?? NO_ID;
      const device = new RegExp(`<(disk|interface)\\b(?:(?!</\\1>)[\\s\\S])*<alias\\s+name=["']${alias}["'](?:(?!</\\1>)[\\s\\S])*</\\1>`);
      vm.xml = vm.xml.replace(device, '');
    }
    vms.changed(vm);
    return { xml: vm.xml };
  };
  return {
    'VM.updateDevice': (params) => {
      const vm = vmOf(params);
      const change = readObject(params, 'params');
      if (change['deviceType'] === 'graphics') {
        const seconds = Number(change['ttl'] ?? 0);
        vm.ticket = { password: readText(change, 'password'), validUntilMs: Date.now() + (seconds === 0 ? ENDLESS_MS : seconds * 1000) };
      }
      return { vmList: {} };
    },
    'VM.hotplugNic': (params) => plug(params, true),
    'VM.hotunplugNic': (params) => plug(params, false),
    'VM.hotplugDisk': (params) => plug(params, true),
    'VM.hotunplugDisk': (params) => plug(params, false),
    'VM.changeCD': (params) => {
      vmOf(params);
      return { vmList: {} };
    },
    'VM.setNumberOfCpus': (params) => {
      vmOf(params).vcpuOverride = Number(readText(params, 'numberOfCpus'));
      return { vmList: {} };
    },
    'VM.updateVmPolicy': (params) => {
      vms.running(readOptionalText(params, 'vmID') ?? readText(readObject(params, 'params'), 'vmId'));
      return true;
    },
    'VM.diskSizeExtend': (params) => {
      vmOf(params);
      return { size: String(params['newSize']) };
    },
    'VM.snapshot': (params) => {
      const vm = vmOf(params);
      const drives = readList(params, 'snapDrives').map((drive) => drive as Parameters);
      for (const drive of drives) storage.volume(readText(drive, 'domainID'), readText(drive, 'volumeID'));
      return tasks.startJob(readText(params, 'jobUUID'), 'virt', 'snapshot_vm', () => {
        for (const drive of drives) vm.xml = vm.xml.replaceAll(readText(drive, 'baseVolumeID'), readText(drive, 'volumeID'));
        vms.changed(vm);
      });
    },
    'VM.getExternalData': () => ({ hash: '', _X_data: '' }),
    'VM.screenshot': () => ({ image: '' }),
  };
}

function listVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  const { vms, address } = parts;
  const chosen = (params: Parameters): VirtualMachine[] => {
    const ids = readList(params, 'vmList').map(String);
    return ids.length === 0 ? [...vms.all.values()] : ids.map((id) => vms.all.get(id)).filter((vm) => vm !== undefined);
  };
  return {
    'Host.getAllVmStats': () => [...vms.all.values()].map((vm) => vmStatistics(vm, address, Date.now())),
    'VM.getStats': (params) => [vmStatistics(vms.get(readText(params, 'vmID')), address, Date.now())],
    'Host.getVMList': (params) => chosen(params).map((vm) => ({ vmId: vm.vmId, status: vm.status, statusTime: String(eventTime()) })),
    'Host.getVMFullList': (params) =>
      chosen(params).map((vm) => ({ vmId: vm.vmId, xml: vm.xml, ...vmStatistics(vm, address, Date.now()) })),
    'Host.dumpxmls': (params) => chosen(params).map((vm) => ({ [vm.vmId]: vm.xml })),
  };
}

/** Verbs of virtual machines. */
export function vmVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  return { ...lifeVerbs(parts), ...deviceVerbs(parts), ...listVerbs(parts) };
}
