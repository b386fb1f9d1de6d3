import type { Network } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import type { Entity, FormDescription, PartsDescription, Reference } from '../kinds/kind.ts';
import { quoted } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { addNetwork, newNetwork } from '../networks/form.ts';
import { isOfType } from '../qos/forms.ts';
import { listVms, vmColumn } from '../vms/summary.ts';

const centerOf = (owner: Entity | undefined): string => String(valueAt(owner, 'data_center.id') ?? '');

/** What a network does in a cluster beside carrying guests. */
const roles = ['management', 'display', 'migration', 'default_route', 'gluster'] as const;

const manageForm: FormDescription = {
  title: 'clusterNetwork.title',
  dialog: 'ClusterManageNetworkPopupView',
  edits: true,
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        { label: 'label.required', path: 'required', covers: 'networks', control: { kind: 'check' } },
        ...roles.map((role) => ({
          label: `label.role.${role}` as const,
          path: `usages_${role}`,
          control: { kind: 'check' as const },
          read: (network: Entity) => ((network as Network).usages ?? []).includes(role),
          write: (body: object, value: unknown) => Object.assign(body, { [`usages_${role}`]: value }),
        })),
      ],
    },
  ],
};

/** The uses that the form's boxes make of those that the network has. */
function usagesOf(body: object, network: Network | undefined): Network['usages'] {
  const wanted = body as Record<string, boolean | undefined>;
  const before = network?.usages ?? [];
  const kept = before.filter((usage) => wanted[`usages_${usage}`] !== false);
  return [...kept, ...roles.filter((role) => wanted[`usages_${role}`] === true && !kept.includes(role))];
}

/** Logical networks that a cluster's hosts carry. */
export const clusterNetworks: PartsDescription = {
  types: ['network'],
  list: (client, owner, signal) => client.clusters.cluster(owner.id).networks.list({}, { signal }),
  opens: '/networks',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.status', path: 'status', as: 'status', covers: ['(icon) Status Icon'] },
    { label: 'label.role', path: 'usages', as: 'words' },
    { label: 'label.required', path: 'required', as: 'yesno' },
    { label: 'label.description', path: 'description' },
  ],
  empty: 'networks.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addNetwork',
      form: withoutClusters(newNetwork(true)),
      run: async (client, target, body) => {
        const added = await addNetwork(client, centerOf(target.owner), body);
        await client.clusters.cluster(target.ownerId).networks.add({ id: added.id ?? '' });
        return added;
      },
    },
    {
      key: 'attach',
      label: 'action.attachNetwork',
      form: {
        title: 'clusterNetwork.attach.title',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              {
                label: 'label.network',
                path: 'id',
                control: { kind: 'reference', of: networksElsewhere() },
                need: true,
                read: (network) => network.id ?? '',
                write: (body, value) => Object.assign(body, { id: value }),
              },
              { label: 'label.required', path: 'required', control: { kind: 'check' }, initial: true },
            ],
          },
        ],
      },
      run: (client, target, body) => client.clusters.cluster(target.ownerId).networks.add(body),
    },
  ],
  actions: [
    {
      key: 'manage',
      label: 'action.manageNetworks',
      can: null,
      form: manageForm,
      run: (client, target, body) => {
        const { required } = body as { required?: boolean };
        const usages = usagesOf(body, target.entity) ?? [];
        return client.clusters
          .cluster(target.ownerId)
          .networks.network(target.id)
          .update({ usages, ...(required === undefined ? {} : { required }) });
      },
    },
    {
      key: 'display',
      label: 'action.setAsDisplay',
      can: null,
      reason: (network) => ((network as Network).usages?.includes('display') === true ? 'clusterNetwork.display.already' : undefined),
      run: (client, target) =>
        client.clusters
          .cluster(target.ownerId)
          .networks.network(target.id)
          .update({ usages: usagesOf({ usages_display: true }, target.entity) ?? [] }),
    },
    {
      key: 'detach',
      label: 'action.detach',
      can: null,
      confirm: { title: 'clusterNetwork.detach.title', body: 'clusterNetwork.detach.body' },
      run: (client, target) => client.clusters.cluster(target.ownerId).networks.network(target.id).remove(),
    },
  ],
};

/** A form without the fields for clusters: here the cluster is known. */
function withoutClusters(form: FormDescription): FormDescription {
  return { ...form, tabs: form.tabs.filter((tab) => tab.label !== 'form.tab.clusters') };
}

/** Networks of the data center that the cluster does not have. */
function networksElsewhere(): Reference {
  return {
    type: 'network',
    key: (around) => around.ownerId,
    list: async (client, around, signal) => {
      const [all, here] = await Promise.all([
        client.networks.list({}, { signal }),
        client.clusters.cluster(around.ownerId).networks.list({}, { signal }),
      ]);
      return all.filter((one) => one.data_center?.id === centerOf(around.owner) && !here.some((other) => other.id === one.id));
    },
  };
}

export const inCluster = (cluster: Entity): string => `cluster=${quoted(cluster.name)}`;

export const clusterHosts: PartsDescription = {
  types: ['host'],
  list: (client, owner, signal) => client.hosts.list({ search: inCluster(owner) }, { signal }),
  opens: '/hosts',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.hostname', path: 'address' },
    { label: 'label.status', path: 'status', as: 'status', covers: ['(icon) Status Icon'] },
    { label: 'label.load', path: 'summary.active', as: 'number' },
    { label: 'label.displayOverridden', path: (host) => valueAt(host, 'display.address') !== undefined, as: 'yesno' },
  ],
  empty: 'hosts.empty.body',
};

export const clusterVms: PartsDescription = {
  types: ['vm'],
  list: (client, owner, signal) => listVms(client, signal, inCluster(owner)),
  opens: '/vms',
  columns: [
    vmColumn.name,
    vmColumn.status,
    vmColumn.type,
    vmColumn.addresses,
    vmColumn.uptime,
    vmColumn.cpu,
    vmColumn.memory,
    vmColumn.network,
    vmColumn.vcpus,
  ],
  empty: 'vms.empty.body',
};

const cpuQos: Reference = {
  type: 'qos',
  key: (around) => centerOf(around.owner),
  list: async (client, around, signal) =>
    centerOf(around.owner) === '' ? [] : await client.dataCenters.dataCenter(centerOf(around.owner)).qoss.list({}, { signal }),
  only: isOfType('cpu'),
};

const profileForm: FormDescription = {
  title: 'cpuProfile.new',
  dialog: 'CpuProfilePopupView',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        { label: 'label.name', path: 'name', control: { kind: 'text' }, need: true },
        { label: 'label.description', path: 'description', control: { kind: 'text' } },
        { label: 'label.qos', path: 'qos', control: { kind: 'reference', of: cpuQos, none: 'option.unlimited' } },
      ],
    },
  ],
};

const profilesOf = (client: Client, cluster: string) => client.clusters.cluster(cluster).cpuProfiles;

export const cpuProfiles: PartsDescription = {
  types: ['cpu_profile'],
  list: (client, owner, signal) => profilesOf(client, owner.id).list({ follow: 'qos' }, { signal }),
  canType: 'cpu_profile',
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.description', path: 'description' },
    { label: 'label.qosName', path: 'qos.name' },
  ],
  empty: 'cpuProfile.empty',
  adds: [
    { key: 'add', label: 'action.new', form: profileForm, run: (client, target, body) => profilesOf(client, target.ownerId).add(body) },
  ],
  actions: [
    {
      key: 'edit',
      label: 'action.edit',
      can: 'update',
      form: { ...profileForm, title: 'cpuProfile.edit', edits: true },
      run: (client, target, body) => client.cpuProfiles.profile(target.id).update(body),
    },
    {
      key: 'remove',
      label: 'action.remove',
      danger: true,
      confirm: { title: 'remove.title', body: 'cpuProfile.remove.body' },
      run: (client, target) => client.cpuProfiles.profile(target.id).remove(),
    },
  ],
};
