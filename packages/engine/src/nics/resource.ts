import type { Loaders } from '../rest/follow.ts';
import { one } from '../rest/listing.ts';
import { collection, entity, type Services } from '../rest/operation.ts';
import { readableTemplates } from '../templates/read.ts';
import { readableVms } from '../vms/read.ts';
import { filterParameterService, filterParametersOf, filterParametersService } from './filter-parameters.ts';
import { activateNic, deactivateNic } from './plug.ts';
import { nic, nicsOf, reportedDevicesOf } from './read.ts';
import { addTemplateNic, removeTemplateNic, updateTemplateNic } from './template.ts';
import { addNic, removeNic, updateNic } from './write.ts';

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
  TemplateNicsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableTemplates, context.path['template']);
        return collection('Nic', (await nicsOf(context, [id], 'template')).get(id) ?? []);
      },
    },
    add: addTemplateNic,
  },
  TemplateNicService: {
    get: {
      permit: null,
      run: async (context) => entity('Nic', await nic(context, 'template', context.path['template'] ?? '', context.path['nic'] ?? '')),
    },
    update: updateTemplateNic,
    remove: removeTemplateNic,
  },
  VmReportedDevicesService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableVms, context.path['vm']);
        return collection('ReportedDevice', (await reportedDevicesOf(context, [id])).get(id) ?? []);
      },
    },
  },
};

export const nicLoaders: Partial<Loaders> = {
  children: {
    'Vm.nics': (context, ids) => nicsOf(context, ids, 'vm'),
    'Template.nics': (context, ids) => nicsOf(context, ids, 'template'),
    'Vm.reported_devices': reportedDevicesOf,
    'Nic.network_filter_parameters': filterParametersOf,
  },
};
