import { eventTime } from '@virgate/vdsm';
import { backupVerbs } from './backup-verbs.ts';
import { readDomain } from './domain-xml.ts';
import { liveDiskVerbs, liveXml, settleDisks } from './live-disks.ts';
import { failure, readList, readObject, readOptionalText, readText } from './parameters.ts';
import type { Parameters, SimulatedVerb } from './parameters.ts';
import { NO_ID } from './storage.ts';
import type { SimulatedStorage } from './storage.ts';
import type { SimulatedTasks } from './tasks.ts';
import type { VirtualMachine } from './virtual-machine.ts';
import type { VirtualMachines } from './virtual-machines.ts';
import { firmwareHash } from './firmware.ts';
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
      return vms.create(readText(params, 'vmID'), xml, typeof definition['memoryDumpVolume'] === 'object', {
        tpm: readOptionalText(definition, '_X_tpmdata') ?? '',
        nvram: readOptionalText(definition, '_X_nvramdata') ?? '',
      });
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
    'VM.desktopLogin': (params) => {
      const vm = vmOf(params);
      if (vm.guestAddress === '') throw failure('NonResponsiveGuestAgent', 'Guest agent is not responsive');
      vm.guestUser = readText(params, 'username');
      readText(params, 'password');
      return true;
    },
    'VM.desktopLogoff': (params) => {
      vmOf(params).guestUser = '';
      return true;
    },
    'VM.freeze': (params) => vmOf(params).running,
    'VM.thaw': (params) => vmOf(params).running,
  };
}

/** The disk or NIC of a domain that has the alias of another document's. */
function sameDevice(device: string): RegExp {
  const alias = /<alias\s+name=["']([^"']+)["']/.exec(device)?.[1] ?? NO_ID;
  return new RegExp(`<(disk|interface|memory)\\b(?:(?!</\\1>)[\\s\\S])*<alias\\s+name=["']${alias}["'](?:(?!</\\1>)[\\s\\S])*</\\1>`);
}

function deviceVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  const { vms, storage } = parts;
  const vmOf = (params: Parameters): VirtualMachine => vms.running(readText(params, 'vmID'));
  /** Adds the devices of a `hotplug` document to the domain, or takes those with the same aliases out. */
  const plug = (params: Parameters, add: boolean): object => {
    const definition = readObject(params, 'params');
    const vm = vms.running(readOptionalText(params, 'vmID') ?? readText(definition, 'vmId'));
    const devices = /<devices>([\s\S]*)<\/devices>/.exec(readText(definition, 'xml'))?.[1] ?? '';
    vm.xml = vm.xml.replace(sameDevice(devices), '');
    if (add) vm.xml = vm.xml.replace('</devices>', `${devices}</devices>`);
    vms.changed(vm);
    return { xml: vm.xml };
  };
  /** Gives a domain a lease, or takes it; one that it has so already is fine. */
  const changeLease = (params: Parameters, add: boolean): object => {
    const vm = vmOf(params);
    const lease = readObject(params, 'lease');
    const [key, lockspace] = [readText(lease, 'lease_id'), readText(lease, 'sd_id')];
    if (add && !(storage.domain(lockspace).leases ?? []).includes(key)) throw failure('NoSuchLease', `No such lease ${key}`);
    const others = vm.xml.replace(new RegExp(`<lease><key>${key}</key><lockspace>${lockspace}</lockspace>.*?</lease>`), '');
    const device = `<lease><key>${key}</key><lockspace>${lockspace}</lockspace><target path="/xleases" offset="0"/></lease>`;
    if (add) vms.hold(vm, { domainId: lockspace, leaseId: key });
    else storage.letGo(key);
    vm.xml = add ? others.replace('</devices>', `${device}</devices>`) : others;
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
      if (change['deviceType'] === 'graphics')
        vm.consoleEnd = `${readText(change, 'disconnectAction')} ${Number(change['consoleDisconnectActionDelay'] ?? 0)}`;
      if (change['deviceType'] === 'interface') {
        vm.xml = vm.xml.replace(sameDevice(readText(change, 'xml')), () => readText(change, 'xml'));
        vms.changed(vm);
      }
      return { vmList: {} };
    },
    'VM.hotplugNic': (params) => plug(params, true),
    'VM.hotunplugNic': (params) => plug(params, false),
    'VM.hotplugDisk': (params) => plug(params, true),
    'VM.hotunplugDisk': (params) => plug(params, false),
    'VM.hotplugLease': (params) => changeLease(params, true),
    'VM.hotunplugLease': (params) => changeLease(params, false),
    'VM.hotplugMemory': (params) => plug(params, true),
    'VM.hotunplugMemory': (params) => plug(params, false) && true,
    'VM.changeCD': (params) => {
      const vm = vmOf(params);
      const disc = readObject(readObject(params, 'driveSpec'), 'drive_spec');
      const isEmpty = Object.keys(disc).length === 0;
      if (!isEmpty) storage.volume(readText(disc, 'domainID'), readText(disc, 'volumeID'));
      const path = isEmpty
        ? ''
        : `/rhev/data-center/${readText(disc, 'poolID')}/${readText(disc, 'domainID')}/images/${readText(disc, 'imageID')}/${readText(disc, 'volumeID')}`;
      vm.xml = vm.xml.replace(
        /(<disk\b[^>]*device=["']cdrom["'](?:(?!<\/disk>)[\s\S])*?<source\b[^>]*?\bfile=)["'][^"']*["']/,
        (_whole, before: string) => `${before}"${path}"`,
      );
      vms.changed(vm);
      return { vmList: {} };
    },
    'VM.setNumberOfCpus': (params) => {
      const vm = vmOf(params);
      vm.vcpuOverride = Number(readText(params, 'numberOfCpus'));
      return { vmId: vm.vmId, xml: vm.xml };
    },
    'VM.updateVmPolicy': (params) => {
      const policy = readObject(params, 'params');
      const vm = vms.running(readOptionalText(params, 'vmID') ?? readText(policy, 'vmId'));
      const limit = policy['vcpuLimit'] === undefined ? '' : `<ovirt-tune:vcpuLimit>${String(policy['vcpuLimit'])}</ovirt-tune:vcpuLimit>`;
      const disks = policy['ioTune'] === undefined ? '' : `<ovirt-tune:ioTune>${JSON.stringify(policy['ioTune'])}</ovirt-tune:ioTune>`;
      vm.xml = vm.xml.replace(
        /<ovirt-tune:qos\b[^>]*?(\/>|>[\s\S]*?<\/ovirt-tune:qos>)/,
        () => `<ovirt-tune:qos>${limit}${disks}</ovirt-tune:qos>`,
      );
      vms.changed(vm);
      return true;
    },
    'VM.getExternalData': (params) => {
      const data = vms.get(readText(params, 'vmID')).firmware[readText(params, 'kind')];
      if (data === undefined) throw failure('ExternalDataFailed', 'There is no such data');
      return { hash: firmwareHash(data), _X_data: data };
    },
    'VM.screenshot': (params) => ({
      data: Buffer.from(`P6 1 1 255 ${vmOf(params).vmId.slice(0, 3)}`).toString('base64'),
      encoding: 'base64',
      mime_type: 'image/x-portable-pixmap',
    }),
  };
}

function listVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  const { vms, address, storage } = parts;
  const settled = (vm: VirtualMachine): VirtualMachine => {
    settleDisks(parts, vm);
    return vm;
  };
  const chosen = (params: Parameters): VirtualMachine[] => {
    const ids = readList(params, 'vmList').map(String);
    return ids.length === 0 ? [...vms.all.values()] : ids.map((id) => vms.all.get(id)).filter((vm) => vm !== undefined);
  };
  return {
    'Host.getAllVmStats': () => [...vms.all.values()].map((vm) => vmStatistics(settled(vm), address, Date.now())),
    'VM.getStats': (params) => [vmStatistics(settled(vms.get(readText(params, 'vmID'))), address, Date.now())],
    'Host.getVMList': (params) => chosen(params).map((vm) => ({ vmId: vm.vmId, status: vm.status, statusTime: String(eventTime()) })),
    'Host.getVMFullList': (params) =>
      chosen(params).map((vm) => ({ vmId: vm.vmId, xml: vm.xml, ...vmStatistics(vm, address, Date.now()) })),
    'Host.dumpxmls': (params) => chosen(params).map((vm) => ({ [vm.vmId]: liveXml(storage, settled(vm)) })),
  };
}

/** Verbs of virtual machines. */
export function vmVerbs(parts: VmParts): Record<string, SimulatedVerb> {
  return { ...lifeVerbs(parts), ...deviceVerbs(parts), ...liveDiskVerbs(parts), ...listVerbs(parts), ...backupVerbs(parts) };
}
