import type { Loaders } from '../rest/follow.ts';
import { clusterOfPath } from '../clusters/of-path.ts';
import { byIds, list, matching } from '../rest/listing.ts';
import { membersOf } from '../rest/members.ts';
import { collection, entity, type Entity, type Services } from '../rest/operation.ts';
import { groupMembers, groupOfPath, inPlace, ofCluster, readableAffinityGroups } from './read.ts';
import { addAffinityGroup, groupMembership, removeAffinityGroup, updateAffinityGroup } from './write.ts';

const vms = groupMembership('vm', 'vm');
const hosts = groupMembership('host', 'host');
const vmLabels = groupMembership('vm_label', 'label');
const hostLabels = groupMembership('host_label', 'label');

export const affinityGroupServices: Services = {
  AffinityGroupsService: {
    list: {
      permit: null,
      async run(context) {
        const cluster = await clusterOfPath(context);
        const groups = await list(context, readableAffinityGroups, ofCluster([cluster.id]));
        return collection(
          'AffinityGroup',
          groups.map((group) => inPlace(context, group)),
        );
      },
    },
    add: addAffinityGroup,
  },
  AffinityGroupService: {
    get: { permit: null, run: async (context) => entity('AffinityGroup', await groupOfPath(context)) },
    update: updateAffinityGroup,
    remove: removeAffinityGroup,
  },
  AffinityGroupVmsService: vms.list,
  AffinityGroupVmService: vms.item,
  AffinityGroupHostsService: hosts.list,
  AffinityGroupHostService: hosts.item,
  AffinityGroupVmLabelsService: vmLabels.list,
  AffinityGroupVmLabelService: vmLabels.item,
  AffinityGroupHostLabelsService: hostLabels.list,
  AffinityGroupHostLabelService: hostLabels.item,
};

export const affinityGroupLoaders: Partial<Loaders> = {
  entities: { AffinityGroup: (context, ids) => byIds(context, readableAffinityGroups, ids) },
  children: {
    'Cluster.affinity_groups': async (context, ids) => {
      const found = await matching(context, readableAffinityGroups, ofCluster(ids));
      return Map.groupBy(found, (group) => (group['cluster'] as Entity).id ?? '');
    },
    'AffinityGroup.vms': (context, ids) => membersOf(context, groupMembers.vm, ids),
    'AffinityGroup.hosts': (context, ids) => membersOf(context, groupMembers.host, ids),
    'AffinityGroup.vm_labels': (context, ids) => membersOf(context, groupMembers.vm_label, ids),
    'AffinityGroup.host_labels': (context, ids) => membersOf(context, groupMembers.host_label, ids),
  },
};
