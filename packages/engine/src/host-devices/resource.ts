import { notFound } from '../rest/fault.ts';
import type { Loaders } from '../rest/follow.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableHosts } from '../hosts/read.ts';
import { placeOf } from '../rest/represent.ts';
import { readableVms } from '../vms/read.ts';
import { addHostDevice, deviceOfVm, removeHostDevice } from './assign.ts';
import { devicesOfHosts, devicesOfVms } from './read.ts';

async function ofHost(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableHosts, context.path['host']);
  return (await devicesOfHosts(context, [id])).get(id) ?? [];
}

const cut = (context: Context, all: Entity[]): Entity[] => all.slice(0, context.parameters.max() ?? all.length);

/** Devices of hosts, and those of them that VMs are given. */
export const hostDeviceServices: Services = {
  HostDevicesService: { list: { permit: null, run: async (context) => collection('HostDevice', cut(context, await ofHost(context))) } },
  HostDeviceService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await ofHost(context)).find((device) => device.id === context.path['device']);
        if (!found) throw notFound();
        return entity('HostDevice', found);
      },
    },
  },
  VmHostDevicesService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('HostDevice', cut(context, (await devicesOfVms(context, [id])).get(id) ?? []));
      },
    },
    add: addHostDevice,
  },
  VmHostDeviceService: {
    get: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return entity('HostDevice', await deviceOfVm(context, id, context.path['device']));
      },
    },
    remove: removeHostDevice,
  },
};

/** Devices that other devices are part of, on the same host. */
async function parentsOf(context: Context, devices: readonly Entity[]): Promise<(Entity | undefined)[]> {
  const hostOf = (device: Entity): string => (device['host'] as Entity | undefined)?.id ?? '';
  const byHost = await devicesOfHosts(context, [...new Set(devices.map(hostOf))]);
  return devices.map((device) => {
    const id = (device['parent_device'] as Entity).id ?? '';
    const found = byHost.get(hostOf(device))?.find((one) => one.id === id);
    return found && { ...found, href: placeOf('hosts', hostOf(device), 'devices', id) };
  });
}

export const hostDeviceLoaders: Partial<Loaders> = {
  references: { 'HostDevice.parent_device': parentsOf },
  children: { 'Host.devices': devicesOfHosts, 'Vm.host_devices': devicesOfVms },
};
