import { ownerKinds } from '../devices/owner.ts';
import type { Loaders } from '../rest/follow.ts';
import { notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Context, type Entity, type Services } from '../rest/operation.ts';
import { readableVms } from '../vms/read.ts';
import { filterParameterService, filterParametersOf, filterParametersService } from './filter-parameters.ts';
import { activateNic, deactivateNic } from './plug.ts';
import { nic, nicsByIds, nicsOf, reportedDevicesOf, reportedDevicesOfNics } from './read.ts';
import { templateNicService, templateNicsService } from './template.ts';
import { addNic, removeNic, updateNic } from './write.ts';

/** What the guest of the path's VM reports; below a NIC only the device with its address. @throws {Fault} 404 */
async function reportedOfPath(context: Context): Promise<Entity[]> {
  const { id = '' } = await one(context, readableVms, context.path['vm']);
  if (context.path['nic'] === undefined) return (await reportedDevicesOf(context, [id])).get(id) ?? [];
  const { id: nicId = '' } = await nic(context, 'vm', id, context.path['nic']);
  return (await reportedDevicesOfNics(context, [nicId])).get(nicId) ?? [];
}

export const nicServices: Services = {
  VmNicsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('Nic', (await nicsOf(context, [id], 'vm')).get(id) ?? []);
      },
    },
    add: addNic,
  },
  VmNicService: {
    get: {
      permit: null,
      run: async (context) => entity('Nic', await nic(context, 'vm', context.path['vm'] ?? '', context.path['nic'] ?? '')),
    },
    update: updateNic,
    remove: removeNic,
    activate: activateNic,
    deactivate: deactivateNic,
  },
  NicNetworkFilterParametersService: filterParametersService,
  NicNetworkFilterParameterService: filterParameterService,
  TemplateNicsService: templateNicsService(ownerKinds.template),
  TemplateNicService: templateNicService(ownerKinds.template),
  InstanceTypeNicsService: templateNicsService(ownerKinds.instance_type),
  InstanceTypeNicService: templateNicService(ownerKinds.instance_type),
  VmReportedDevicesService: { list: { permit: null, run: async (context) => collection('ReportedDevice', await reportedOfPath(context)) } },
  VmReportedDeviceService: {
    get: {
      permit: null,
      async run(context) {
        const found = (await reportedOfPath(context)).find((device) => device.id === context.path['reported_device']);
        if (!found) throw notFound();
        return entity('ReportedDevice', found);
      },
    },
  },
};

export const nicLoaders: Partial<Loaders> = {
  entities: { Nic: nicsByIds },
  children: {
    'Vm.nics': (context, ids) => nicsOf(context, ids, 'vm'),
    'Template.nics': (context, ids) => nicsOf(context, ids, 'template'),
    'InstanceType.nics': (context, ids) => nicsOf(context, ids, 'instance_type'),
    'Vm.reported_devices': reportedDevicesOf,
    'Nic.reported_devices': reportedDevicesOfNics,
    'Nic.network_filter_parameters': filterParametersOf,
  },
};
