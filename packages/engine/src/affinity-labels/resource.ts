import type { Loaders } from '../rest/follow.ts';
import { byIds, listing, one } from '../rest/listing.ts';
import { membersOf } from '../rest/members.ts';
import { entity, type Services } from '../rest/operation.ts';
import { labelHosts, labelVms, labelsAssignedTo, readableAffinityLabels } from './read.ts';
import { addAffinityLabel, assignedAffinityLabels, labelMembers, removeAffinityLabel, updateAffinityLabel } from './write.ts';

const vms = labelMembers('vm');
const hosts = labelMembers('host');

export const affinityLabelServices: Services = {
  AffinityLabelsService: {
    list: { permit: null, run: (context) => listing(context, 'AffinityLabel', readableAffinityLabels) },
    add: addAffinityLabel,
  },
  AffinityLabelService: {
    get: {
      permit: null,
      run: async (context) => entity('AffinityLabel', await one(context, readableAffinityLabels, context.path['label'])),
    },
    update: updateAffinityLabel,
    remove: removeAffinityLabel,
  },
  AffinityLabelVmsService: vms.list,
  AffinityLabelVmService: vms.item,
  AffinityLabelHostsService: hosts.list,
  AffinityLabelHostService: hosts.item,
  AssignedAffinityLabelsService: assignedAffinityLabels.list,
  AssignedAffinityLabelService: assignedAffinityLabels.item,
};

export const affinityLabelLoaders: Partial<Loaders> = {
  entities: { AffinityLabel: (context, ids) => byIds(context, readableAffinityLabels, ids) },
  children: {
    'AffinityLabel.vms': (context, ids) => membersOf(context, labelVms, ids),
    'AffinityLabel.hosts': (context, ids) => membersOf(context, labelHosts, ids),
    'Vm.affinity_labels': (context, ids) => labelsAssignedTo(context, 'vm', ids),
    'Host.affinity_labels': (context, ids) => labelsAssignedTo(context, 'host', ids),
  },
};
