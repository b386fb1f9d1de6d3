import { operatingSystems, type OperatingSystemFacts } from '@virgate/contract/generated/osinfo';
import type { OperatingSystemInfo, TpmSupport } from '@virgate/contract/generated/types';
import { iconsOfSystem } from '../icons/resource.ts';
import { valueOf } from './facts.ts';
import { notFound } from '../rest/fault.ts';
import { collection, entity, type Entity, type Services } from '../rest/operation.ts';

const tpmKey = 'devices.tpm';

const tpmSupport: readonly TpmSupport[] = ['unsupported', 'supported', 'required'];

const systemOf = (system: OperatingSystemFacts): OperatingSystemInfo => ({
  id: String(system.id),
  name: system.os,
  description: system.name,
  architecture: (system.arch ?? 'x86_64') as OperatingSystemInfo['architecture'],
  ...iconsOfSystem(system.os),
  tpm_support: tpmSupport.find((one) => one === valueOf(system, tpmKey)) ?? 'unsupported',
});

/** Operating systems that a VM can be said to have, read-only. `name` is what `os.type` says. */
export const operatingSystemServices: Services = {
  OperatingSystemsService: {
    list: {
      permit: null,
      run: async (context) =>
        collection(
          'OperatingSystemInfo',
          operatingSystems.slice(0, context.parameters.max()).map((system) => systemOf(system) as Entity),
        ),
    },
  },
  OperatingSystemService: {
    get: {
      permit: null,
      async run(context) {
        const system = operatingSystems.find((one) => String(one.id) === context.path['operating_system']);
        if (!system) throw notFound();
        return entity('OperatingSystemInfo', systemOf(system) as Entity);
      },
    },
  },
};
