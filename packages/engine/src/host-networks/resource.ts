import { holdsPermit } from '../access/permissions.ts';
import type { Loaders } from '../rest/follow.ts';
import { forbidden, notFound } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import {
  collection,
  entity,
  type Context,
  type Entity,
  type Operation,
  type Reply,
  type Service,
  type Services,
} from '../rest/operation.ts';
import { readableHosts } from '../hosts/read.ts';
import { addNetworkLabel, labelsOfNetworkPath, removeNetworkLabel } from '../networks/labels.ts';
import { addAttachment, labelNic, removeAttachment, unlabelNic, updateAttachment } from './operations.ts';
import { lldpServices } from './lldp.ts';
import { unmanagedNetworkLoaders, unmanagedNetworkServices } from './unmanaged.ts';
import { attachmentOfPath, attachmentsOfHosts, attachmentsOfPath, labelsOfNics, nicOfPath, nicsByIds, nicsOfHosts } from './read.ts';
import {
  addFunctionLabel,
  functionLabelsOfPath,
  functionNetworkServices,
  removeFunctionLabel,
  updateVirtualFunctions,
} from './virtual-functions.ts';

/** Labels are on NICs of hosts, on networks, and on what virtual functions may have. */
const isOfNic = (context: Context): boolean => context.path['nic'] !== undefined;

const isOfFunctions = (context: Context): boolean => context.location.includes('/virtualfunctionallowedlabels');

async function labelsOfPath(context: Context): Promise<Entity[]> {
  if (isOfFunctions(context)) return functionLabelsOfPath(context);
  if (!isOfNic(context)) return labelsOfNetworkPath(context);
  const nic = await nicOfPath(context);
  return (await labelsOfNics(context, [nic.id ?? ''])).get(nic.id ?? '') ?? [];
}

/** Runs the one of three operations that the path means, with the permit of that one. @throws {Fault} 403 */
async function run(context: Context, operation: Operation): Promise<Reply> {
  for (const subject of (await operation.subjects?.(context)) ?? [])
    if (operation.permit !== null && !(await holdsPermit(context.db, context.user, operation.permit, subject)))
      throw forbidden(`${operation.permit} (${subject.type})`);
  return operation.run(context);
}

const labels: Service = {
  list: { permit: null, run: async (context) => collection('NetworkLabel', await labelsOfPath(context)) },
  add: {
    permit: null,
    run: (context) => run(context, isOfFunctions(context) ? addFunctionLabel : isOfNic(context) ? labelNic : addNetworkLabel),
  },
};
const label: Service = {
  get: {
    permit: null,
    async run(context) {
      const found = (await labelsOfPath(context)).find((row) => row.id === context.path['label']);
      if (!found) throw notFound();
      return entity('NetworkLabel', found);
    },
  },
  remove: {
    permit: null,
    run: (context) => run(context, isOfFunctions(context) ? removeFunctionLabel : isOfNic(context) ? unlabelNic : removeNetworkLabel),
  },
};

export const hostNetworkServices: Services = {
  HostNicsService: {
    list: {
      permit: null,
      async run(context) {
        const { id = '' } = await one(context, readableHosts, context.path['host']);
        return collection('HostNic', (await nicsOfHosts(context, [id])).get(id) ?? []);
      },
    },
  },
  HostNicService: {
    get: { permit: null, run: async (context) => entity('HostNic', await nicOfPath(context)) },
    update_virtual_functions_configuration: updateVirtualFunctions,
  },
  NetworkAttachmentsService: {
    list: { permit: null, run: async (context) => collection('NetworkAttachment', await attachmentsOfPath(context)) },
    add: addAttachment,
  },
  NetworkAttachmentService: {
    get: { permit: null, run: async (context) => entity('NetworkAttachment', await attachmentOfPath(context)) },
    update: updateAttachment,
    remove: removeAttachment,
  },
  NetworkLabelsService: labels,
  NetworkLabelService: label,
  ...functionNetworkServices,
  ...unmanagedNetworkServices,
  ...lldpServices,
};

export const hostNetworkLoaders: Partial<Loaders> = {
  entities: { HostNic: nicsByIds },
  children: {
    'Host.nics': nicsOfHosts,
    'Host.network_attachments': attachmentsOfHosts,
    'HostNic.network_labels': labelsOfNics,
    ...unmanagedNetworkLoaders.children,
  },
};
