import { defaultClusterId, defaultDataCenterId, eventually } from '../engine/installation.ts';
import { walker } from './fixture.ts';
import type { ActionPlan, KindPlan, Round } from './plan.ts';
import type { Client } from '@virgate/sdk';

/** Addresses that are never asked. */
const nowhere = '192.0.2.1';

/** A data domain that no data center has. */
async function unattached(client: Client, name: string): Promise<void> {
  const [host] = await client.hosts.list({ max: 1 });
  await client.storageDomains.add({
    name,
    type: 'data',
    storage: { type: 'nfs', address: 'storage.example', path: `/export/${name}` },
    host: { id: host?.id ?? '' },
  });
}

const walkedDomain = 'walked-data';
const lunsAlone = 'LUNs are chosen after a login at a target, which has a test of its own';

/** Brings the domain of the walk to a status, within its data center. */
async function domainIn(client: Client, center: string, status: 'maintenance' | 'active'): Promise<void> {
  const { storageDomains } = client.dataCenters.dataCenter(center);
  await domainIs(client, (await storageDomains.list()).find((one) => one.name === walkedDomain)?.id ?? '', status);
}

/** A virtual machine and a template with an interface in the management network. */
async function addNics(client: Client): Promise<void> {
  const profile = (await client.vnicProfiles.list()).find((one) => one.name === 'ovirtmgmt');
  const nic = { name: 'nic1', vnic_profile: { id: profile?.id ?? '' } };
  const [template] = await client.templates.list({ search: 'name=template' });
  const vms = await client.vms.list({ search: 'name=walked-nic' });
  const vm = vms[0] ?? (await client.vms.add({ name: 'walked-nic', cluster: { id: defaultClusterId }, template: { name: 'Blank' } }));
  for (const owner of [client.vms.vm(vm.id ?? ''), client.templates.template(template?.id ?? '')])
    if ((await owner.nics.list()).length === 0) await owner.nics.add(nic);
}

/** A virtual machine that runs on a host. */
async function runningOn(client: Client, _: string, hostId: string): Promise<void> {
  const found = (await client.vms.list({ search: 'name=walked-running' }))[0];
  const vm =
    found ??
    (await client.vms.add({
      name: 'walked-running',
      cluster: { id: defaultClusterId },
      template: { name: 'Blank' },
      memory: 64 * 1024 ** 2,
      placement_policy: { affinity: 'migratable', hosts: [{ id: hostId }] },
    }));
  const now = client.vms.vm(vm.id ?? '');
  await eventually('it can be started', async () => ['down', 'suspended', 'up'].includes((await now.get()).status ?? ''));
  if ((await now.get()).status !== 'up') await now.start({ wait: 'up' });
}

/** The same, stopped: it is pinned to the host, which still tells of it. */
async function stoppedOn(client: Client, id: string, hostId: string): Promise<void> {
  await runningOn(client, id, hostId);
  const [vm] = await client.vms.list({ search: 'name=walked-running' });
  await client.vms.vm(vm?.id ?? '').stop({ wait: 'down' });
}

/** The virtual machine of a page runs, wherever. */
async function runningAnywhere(client: Client, id: string): Promise<void> {
  const vm = client.vms.vm(id);
  await eventually('it can be started', async () => ['down', 'suspended', 'up'].includes((await vm.get()).status ?? ''));
  if ((await vm.get()).status !== 'up') await vm.start({ wait: 'up' });
}

/** Whether the connection of a domain has a value. */
async function connection(
  client: Client,
  domain: string,
  attribute: 'nfs_version' | 'nfs_retrans' | 'nfs_timeo',
  value: unknown,
): Promise<boolean> {
  return (await client.storageDomains.storageDomain(domain).storageConnections.list()).some((one) => one[attribute] === value);
}

/** Brings a domain of the Default data center to a status. */
async function domainIs(client: Client, id: string, status: 'maintenance' | 'active'): Promise<void> {
  const domain = client.dataCenters.dataCenter(defaultDataCenterId).storageDomains.storageDomain(id);
  const now = (await domain.get()).status;
  if (now !== status) await (status === 'active' ? domain.activate() : domain.deactivate()).catch(() => undefined);
  await eventually(`the domain is ${status}`, async () => (await domain.get()).status === status);
}

async function snapshotIs(client: Client, vm: string, id: string, status: 'ok' | 'in_preview'): Promise<void> {
  await eventually(
    `the snapshot is ${status}`,
    async () => (await client.vms.vm(vm).snapshots.snapshot(id).get()).snapshot_status === status,
  );
}

/** Looks at a snapshot, unless that is being done. */
async function previewed(client: Client, vm: string, id: string): Promise<void> {
  const now = (await client.vms.vm(vm).snapshots.snapshot(id).get()).snapshot_status;
  if (now === 'ok')
    await client.vms
      .vm(vm)
      .previewSnapshot({ snapshot: { id } })
      .catch(() => undefined);
  await snapshotIs(client, vm, id, 'in_preview');
}

/** Brings a host to a status. */
async function hostIn(client: Client, id: string, status: 'up' | 'maintenance'): Promise<void> {
  const host = client.hosts.host(id);
  if ((await host.get()).status !== status) await (status === 'up' ? host.activate() : host.deactivate()).catch(() => undefined);
  await eventually(`the host is ${status}`, async () => (await host.get()).status === status);
}

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIl5pV9Lkx9TgEr1mIZsTgNQq6XtmIwmTn2nfVbIvw0M walker';
const keptKey = async (client: Client, _: string, userId: string): Promise<boolean> =>
  (await client.users.user(userId).sshPublicKeys.list()).some((one) => one.content?.includes(publicKey) === true);

/** For fields that only choose what else is asked. */
const isThere = async (): Promise<boolean> => true;

const labelled = async (client: Client, id: string): Promise<boolean> =>
  (await client.networks.network(id).networkLabels.list()).length === 1;

type Check = (client: Client, id: string, ownerId: string) => Promise<boolean>;
const memoryLimit: Check = async (client, id, center) =>
  (
    await client.dataCenters
      .dataCenter(center || defaultDataCenterId)
      .quotas.quota(id)
      .quotaClusterLimits.list()
  ).some((one) => one.memory_limit === 2 && one.vcpu_limit === 2);
const storageLimit: Check = async (client, id, center) =>
  (
    await client.dataCenters
      .dataCenter(center || defaultDataCenterId)
      .quotas.quota(id)
      .quotaStorageLimits.list()
  ).some((one) => one.limit === 2);
const gib = 1024 ** 3;
const blankId = '00000000-0000-0000-0000-000000000000';
const everyoneId = 'eee00000-0000-0000-0000-123456789eee';
/** Whether everybody may use a vNIC profile. */
const usedByAll: Check = async (client, id) =>
  (await client.vnicProfiles.profile(id).permissions.list({ follow: 'role' })).some(
    (one) => one.group?.id === everyoneId && one.role?.name === 'VnicProfileUser',
  );
/** The management board that simulated hosts have, each at the host's own address. */
const board = { address: '127.0.1.2', username: 'admin', password: 'lab123', type: 'ipmilan', order: 1 };
const hostIs = async (client: Client, id: string, ...statuses: readonly string[]): Promise<true> =>
  await eventually(`the host is ${statuses.join(' or ')}`, async () => statuses.includes((await client.hosts.host(id).get()).status ?? ''));
/** Switches a host on that was switched off, and brings it to work. */
async function backAtWork(client: Client, id: string): Promise<void> {
  const host = client.hosts.host(id);
  if ((await host.get()).status === 'down') await host.fence({ fenceType: 'start' });
  await hostIs(client, id, 'up', 'maintenance');
  await hostIn(client, id, 'up');
}
/** Switches a host off. */
async function switchedOff(client: Client, id: string): Promise<void> {
  await hostIs(client, id, 'up', 'maintenance', 'down');
  if ((await client.hosts.host(id).get()).status === 'down') return;
  await hostIn(client, id, 'maintenance');
  await client.hosts.host(id).fence({ fenceType: 'stop' });
  await hostIs(client, id, 'down');
}
/** Somebody in a role, and everybody in one. */
const bothPrincipals: ActionPlan = {
  rounds: [
    { set: { principal: 'group' } },
    {
      set: { principal: 'user' },
      find: async (client) => {
        const [user] = await client.users.list({ search: `usrname=${walker.name}*` });
        const role = (await client.roles.list()).find((one) => one.name === 'DiskOperator');
        return { user: user?.id ?? '', role: role?.id ?? '' };
      },
    },
  ],
};
let quotas = 0;
/** One more quota, for what has another one. */
async function anotherQuota(client: Client): Promise<void> {
  quotas += 1;
  await client.dataCenters.dataCenter(defaultDataCenterId).quotas.add({ name: `walked-other-${quotas}` });
}
/** An archive of a virtual machine, at the first host. */
async function archived(client: Client): Promise<void> {
  const vm = client.vms.vm((await client.vms.list({ search: 'name=walked-cold' }))[0]?.id ?? '');
  for (const host of await client.hosts.list({ search: 'status=up' }))
    await vm.export({ directory: '/var/tmp', filename: 'walked.ova', host: { id: host.id ?? '' } }).catch(() => undefined);
  await eventually('the export is over', async () => (await vm.get()).status === 'down');
}
/** A template with a disk, and somebody who may do something with it. */
async function sharedTemplate(client: Client): Promise<{ template: string; user: string }> {
  const [template] = await client.templates.list({ search: 'name=template' });
  const [user] = await client.users.list({ search: `usrname=${walker.name}*` });
  return { template: template?.id ?? '', user: user?.id ?? '' };
}
/** Of the attributes of a virtual machine those that fit each other. */
const vmValues = {
  'bios.type': 'q35_ovmf',
  'display.type': 'spice',
  'display.monitors': '2',
  'time_zone.name': 'Etc/GMT',
  'initialization.timezone': 'Etc/GMT',
  'initialization.dns_servers': '192.0.2.53',
  custom_compatibility_version: '4.7',
  memory: '512',
  'memory_policy.max': '2048',
  'memory_policy.guaranteed': '256',
  'os.type': 'other_linux',
  'os.kernel': '/boot/walked-kernel',
  'os.initrd': '/boot/walked-initrd',
  'initialization.nic_configurations.0.name': 'eth0',
  'initialization.nic_configurations.0.boot_protocol': 'static',
  'initialization.nic_configurations.0.ip.address': '192.0.2.20',
  'initialization.nic_configurations.0.ip.netmask': '255.255.255.0',
  'initialization.nic_configurations.0.ip.gateway': '192.0.2.1',
  'initialization.nic_configurations.0.ipv6_boot_protocol': 'static',
  'initialization.nic_configurations.0.ipv6.address': '2001:db8::20',
  'initialization.nic_configurations.0.ipv6.netmask': '64',
  'initialization.nic_configurations.0.ipv6.gateway': '2001:db8::1',
};
const vmSkips: readonly string[] = ['initialization.root_password'];
const editRounds: readonly Round[] = [
  {
    set: { ...vmValues, instance_type: '', 'display.monitors': '4', memory: '1024', 'memory_policy.guaranteed': '512' },
    skip: [...vmSkips, 'cpu_pinning_policy', 'delete_protected', 'high_availability.enabled'],
  },
];
/** A tag that things can be marked with. */
const tagged: ActionPlan = {
  prepare: async (client) => {
    if (!(await client.tags.list()).some((tag) => tag.name === 'walked-mark')) await client.tags.add({ name: 'walked-mark' });
  },
};
const quotaCopy = 'walked-quota-copy';
const copyOfQuota = async (client: Client) =>
  (await client.dataCenters.dataCenter(defaultDataCenterId).quotas.list({ follow: 'permissions' })).find((one) => one.name === quotaCopy);
const quotaLimits = { 'limits.memory_limit': memoryLimit, 'limits.vcpu_limit': memoryLimit, 'limits.limit': storageLimit };

/** What the walk has to know of each page beside its description. */
export const plans: Readonly<Record<string, KindPlan>> = {
  events: { subject: async (client) => (await client.events.list({ search: 'sortby time desc', max: 1 }))[0]?.id ?? '' },
  dataCenters: {
    tabsOf: 'Default',
    actions: {
      edit: { rounds: [{ set: { version: '4.8' } }] },
      clean: { on: 'Default' },
      'storage:attach-data': { prepare: (client) => unattached(client, walkedDomain) },
      'storage:activate': { name: walkedDomain, prepare: (client, _, center) => domainIn(client, center, 'maintenance') },
      'storage:deactivate': { name: walkedDomain, prepare: (client, _, center) => domainIn(client, center, 'active') },
      'storage:detach': { name: walkedDomain, prepare: (client, _, center) => domainIn(client, center, 'maintenance') },
      'logical_networks:add': {
        rounds: [
          {
            set: { has_vlan: true, 'dns_resolver_configuration.name_servers': nowhere, clusters: [defaultClusterId] },
            check: {
              label: labelled,
              clusters: async (client, id) =>
                (await client.clusters.cluster(defaultClusterId).networks.list()).some((one) => one.id === id),
              clusters_require: async (client, id) =>
                (await client.clusters.cluster(defaultClusterId).networks.list()).find((one) => one.id === id)?.required === false,
            },
          },
        ],
      },
      'logical_networks:edit': {
        rounds: [{ set: { has_vlan: false, 'dns_resolver_configuration.name_servers': '192.0.2.2' }, skip: ['port_isolation'] }],
      },
      'qos:add': {
        rounds: [
          {
            set: { max_throughput: '100', max_iops: '200' },
            skip: ['max_read_throughput', 'max_write_throughput', 'max_read_iops', 'max_write_iops'],
          },
          {
            set: { max_read_throughput: '100', max_write_throughput: '110', max_read_iops: '200', max_write_iops: '210' },
            skip: ['max_throughput', 'max_iops'],
          },
        ],
      },
      'qos:edit': {
        rounds: [
          {
            set: { max_read_throughput: '120', max_read_iops: '220' },
            skip: ['max_throughput', 'max_iops', 'max_write_throughput', 'max_write_iops'],
          },
        ],
      },
      'permissions:add': bothPrincipals,
      'quota:add': { rounds: [{ check: quotaLimits }] },
      'iscsi_bond:add': { skip: 'no iSCSI target is connected' },
      'iscsi_bond:edit': { skip: 'no iSCSI target is connected' },
      'iscsi_bond:remove': { skip: 'no iSCSI target is connected' },
      'force-remove': {},
    },
  },
  clusters: {
    tabsOf: 'Default',
    actions: {
      add: {
        rounds: [
          {
            set: {
              data_center: defaultDataCenterId,
              version: '4.7',
              'cpu.architecture': 'x86_64',
              'migration.bandwidth.assignment_method': 'custom',
              'migration.parallel_migrations_policy': 'custom',
              'serial_number.policy': 'custom',
              'fencing_policy.enabled': true,
              'fencing_policy.skip_if_connectivity_broken.enabled': true,
              'ksm.enabled': true,
              custom_scheduling_policy_properties: [{ name: 'CpuOverCommitDurationMinutes', value: '3' }],
            },
            check: {
              management_network: async (client, id) =>
                (await client.clusters.cluster(id).networks.list()).some((one) => one.usages?.includes('management')),
            },
          },
        ],
      },
      edit: {
        rounds: [
          {
            set: { version: '4.8', 'cpu.architecture': 'x86_64' },
            skip: [
              'serial_number.policy',
              'migration.bandwidth.assignment_method',
              'migration.parallel_migrations_policy',
              'fencing_policy.enabled',
              'fencing_policy.skip_if_connectivity_broken.enabled',
              'ksm.enabled',
            ],
          },
        ],
      },
      'sync-networks': { on: 'Default' },
      'logical_networks:attach': {
        prepare: (client) => client.networks.add({ name: 'walked-loose', data_center: { id: defaultDataCenterId } }),
      },
      'logical_networks:add': { rounds: [{ set: { has_vlan: true }, check: { label: labelled } }] },
      'logical_networks:manage': { rounds: [{ skip: ['usages_management', 'usages_display'] }] },
      'affinity_labels:add': {
        rounds: [{ set: { has_implicit_affinity_group: true }, skip: ['vms', 'hosts'] }, { skip: ['has_implicit_affinity_group'] }],
      },
      'affinity_labels:edit': { rounds: [{ skip: ['has_implicit_affinity_group'] }] },
    },
    prepareTabs: async (client) => {
      await client.vms.add({ name: 'walked-vm', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
      await client.dataCenters.dataCenter(defaultDataCenterId).qoss.add({ name: 'walked-cpu', type: 'cpu', cpu_limit: 50 });
    },
  },
  networks: {
    inTests: true,
    tabsOf: { hosts: 'ovirtmgmt', virtual_machines: 'ovirtmgmt', templates: 'ovirtmgmt' },
    prepareTabs: addNics,
    actions: {
      add: {
        rounds: [
          {
            prepare: (client) =>
              client.dataCenters
                .dataCenter(defaultDataCenterId)
                .qoss.add({ name: 'walked-host-net', type: 'hostnetwork', outbound_average_linkshare: 5 }),
            set: {
              has_vlan: true,
              'dns_resolver_configuration.name_servers': nowhere,
              data_center: defaultDataCenterId,
              clusters: [defaultClusterId],
            },
            check: {
              label: labelled,
              clusters: async (client, id) =>
                (await client.clusters.cluster(defaultClusterId).networks.list()).some((one) => one.id === id),
              clusters_require: async (client, id) =>
                (await client.clusters.cluster(defaultClusterId).networks.list()).find((one) => one.id === id)?.required === false,
            },
          },
        ],
      },
      edit: { rounds: [{ set: { usages: true, has_vlan: true } }] },
      'external_subnets:add': { skip: 'no provider has the network' },
      'external_subnets:remove': { skip: 'no provider has the network' },
      'profiles:add': {
        rounds: [
          { set: { 'pass_through.mode': true }, check: { forEverybody: usedByAll } },
          { set: { 'pass_through.mode': false }, check: { forEverybody: usedByAll } },
        ],
      },
      'profiles:edit': { rounds: [{ skip: ['pass_through.mode'] }] },
      'clusters:manage': { rounds: [{ set: { attached: true, required: true } }] },
    },
  },
  vnicProfiles: {
    tabsOf: { virtual_machines: 'ovirtmgmt', templates: 'ovirtmgmt' },
    prepareTabs: addNics,
    actions: {
      add: {
        rounds: [
          { set: { 'pass_through.mode': true }, check: { forEverybody: usedByAll } },
          { set: { 'pass_through.mode': false }, check: { forEverybody: usedByAll } },
        ],
      },
      edit: { rounds: [{ skip: ['pass_through.mode'] }] },
    },
  },
  macPools: {
    inTests: true,
    actions: {
      add: { rounds: [{ set: { ranges: '02:00:00:00:00:00 - 02:00:00:00:00:ff' } }] },
      edit: { rounds: [{ set: { ranges: '02:00:00:00:01:00 - 02:00:00:00:01:ff' } }] },
    },
  },
  pools: {
    inTests: true,
    actions: {
      add: { rounds: [{ set: { prestarted_vms: '1' } }] },
      'virtual_machines:detach': {
        prepare: async (client, _, pool) => {
          await client.vmPools.pool(pool).update({ prestarted_vms: 0 });
          const own = (await client.vms.list()).filter((one) => one.vm_pool?.id === pool && one.status !== 'down');
          for (const vm of own) await client.vms.vm(vm.id ?? '').stop({ wait: 'down' });
        },
      },
    },
  },
  users: {
    actions: {
      tags: tagged,
      add: { skip: 'there is no directory but the internal one, whose users are known already' },
      internal: { rounds: [{ set: { password: 'a-Long.Enough-1' }, check: { password: isThere, name: isThere, first_name: isThere } }] },
      'event_notifier:add': { rounds: [{ set: { address: 'walker@example.com' } }] },
      'ssh_keys:add': { rounds: [{ set: { key: publicKey }, check: { key: keptKey } }] },
    },
  },
  systemPermissions: {
    actions: {
      add: {
        rounds: [
          ...(bothPrincipals.rounds ?? []),
          {
            set: { principal: 'everyone' },
            find: async (client) => ({ role: (await client.roles.list()).find((one) => one.name === 'TemplateCreator')?.id ?? '' }),
            check: { principal: async (client, id) => (await client.permissions.permission(id).get()).group?.id === everyoneId },
          },
        ],
      },
    },
  },
  disks: {
    before: async (client) => {
      await client.dataCenters.dataCenter(defaultDataCenterId).quotas.add({ name: 'walked-disks' });
      const vm = await client.vms.add({ name: 'walked-disks', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
      await client.vms
        .vm(vm.id ?? '')
        .diskAttachments.add({
          interface: 'virtio_scsi',
          active: true,
          disk: { alias: 'walked-shown', format: 'raw', provisioned_size: gib, storage_domains: [{ name: 'data' }] },
        });
      await client.disks.add({ alias: 'walked-lun', format: 'raw', lun_storage: { type: 'fcp', logical_units: [{ id: '36001' }] } });
    },
    tabsOf: { virtual_machines: 'walked-shown', templates: 'template-disk', general: 'walked-lun', storage: 'walked-shown' },
    actions: {
      download: { skip: 'it has a test of its own, and the disk stays locked meanwhile' },
      add: {
        rounds: [
          { set: { alias: 'walked-raw', sparse: 'preallocated', format: 'raw', shareable: true }, skip: ['backup'] },
          { set: { alias: 'walked-thin', provisioned_size: '1', format: 'raw' }, skip: true },
          { set: { format: 'cow', backup: true }, skip: ['shareable', 'sparse'] },
        ],
      },
      lun: { skip: lunsAlone },
      edit: {
        rounds: [
          {
            set: { extend_by: '1' },
            skip: ['shareable'],
            check: {
              extend_by: async (client, id) =>
                await eventually('the disk is larger', async () => (await client.disks.disk(id).get()).provisioned_size === 3 * gib),
            },
          },
        ],
      },
      sparsify: { on: 'walked-thin' },
      'refresh-lun': { skip: 'simulated hosts see no LUN' },
    },
  },
  providers: { skip: 'no OVN runs beside the installation' },
  schedulingPolicies: {
    actions: {
      add: { rounds: [{ set: { properties: [{ name: 'CpuOverCommitDurationMinutes', value: '3' }] } }] },
      edit: { rounds: [{ skip: ['properties'] }] },
    },
  },
  quota: {
    actions: {
      copy: {
        rounds: [
          {
            set: { name: quotaCopy, description: 'copied' },
            check: {
              name: async (client) => (await copyOfQuota(client)) !== undefined,
              description: async (client) => (await copyOfQuota(client))?.description === 'copied',
              copy_permissions: async (client) =>
                (await copyOfQuota(client))?.permissions?.every((one) => one.role?.name !== 'QuotaConsumer') === true,
            },
          },
        ],
      },
      'users:add': {
        rounds: [
          { set: { principal: 'group' } },
          {
            set: { principal: 'user' },
            find: async (client) => ({ user: (await client.users.list({ search: `usrname=${walker.name}*` }))[0]?.id ?? '' }),
          },
        ],
      },
      'permissions:add': bothPrincipals,
      add: {
        rounds: [
          { set: { data_center: defaultDataCenterId }, check: quotaLimits },
          { set: { data_center: defaultDataCenterId }, skip: ['limits.memory_limit', 'limits.vcpu_limit', 'limits.limit'] },
        ],
      },
    },
  },
  proposals: { skip: 'only assistants make them: the walk through all pages looks at one' },
  sessions: {
    subject: async (client) => {
      await client.virgate.sessions.add({ username: `${walker.name}@internal`, password: walker.password });
      const { sessions } = await client.virgate.sessions.get();
      return sessions.find((one) => one.user.name.startsWith(walker.name))?.id ?? '';
    },
  },
  templates: {
    tabsOf: 'template',
    before: async (client) => {
      await addNics(client);
      await client.vms.add(
        { name: 'walked-of-template', cluster: { id: defaultClusterId }, template: { name: 'template' } },
        {},
        { waitForCreation: true },
      );
    },
    subject: async (client) => {
      const vm = await client.vms.add({ name: 'walked-source', cluster: { id: defaultClusterId }, template: { name: 'Blank' } });
      const template = await client.templates.add({ name: 'walked-template', vm: { id: vm.id ?? '' } }, {}, { waitForCreation: true });
      await client.vms.vm(vm.id ?? '').remove();
      return template.id ?? '';
    },
    actions: {
      tags: tagged,
      edit: { rounds: editRounds },
      import: { skip: 'there is no archive of a template here' },
      'export-ova': { rounds: [{ set: { directory: '/var/tmp' } }] },
      'disks:quota': { prepare: (client) => anotherQuota(client) },
      'disks:copy': { skip: "a template's disk has one place, which the page says" },
    },
  },
  hosts: {
    tabsOf: 'sim-1',
    subject: async (client) => (await client.hosts.list()).find((one) => one.name === 'sim-1')?.id ?? '',
    prepareTabs: async (client) => {
      const host = (await client.hosts.list()).find((one) => one.name === 'sim-1');
      await runningOn(client, '', host?.id ?? '');
    },
    actions: {
      import: { skip: 'there is no archive here' },
      add: {
        rounds: [
          {
            set: { address: '127.0.1.99', cluster: defaultClusterId },
            skip: ['ssh.authentication_method', 'ssh.port'],
            check: { activate: isThere, reboot: isThere },
          },
        ],
      },
      edit: {
        on: 'sim-2',
        prepare: (client, id) => client.hosts.host(id).fenceAgents.add(board),
        rounds: [{ skip: ['cluster', 'name', 'ssh.port'] }],
      },
      remove: { prepare: (client, id) => hostIs(client, id, 'install_failed') },
      'virtual_machines:start': { prepare: stoppedOn },
      'virtual_machines:cancel-migration': { skip: 'migrations of simulated hosts end at once' },
      'virtual_machines:suspend': { prepare: runningOn },
      'virtual_machines:shutdown': { prepare: runningOn },
      'virtual_machines:stop': { prepare: runningOn },
      'affinity_labels:add': { rounds: [{ skip: ['has_implicit_affinity_group'] }] },
      'affinity_labels:edit': { rounds: [{ skip: ['has_implicit_affinity_group', 'hosts'] }] },
      tags: { ...tagged, on: 'sim-2' },
      deactivate: { on: 'sim-2' },
      activate: { on: 'sim-2', prepare: (client, id) => hostIn(client, id, 'maintenance') },
      refresh: { on: 'sim-2', prepare: (client, id) => hostIn(client, id, 'up') },
      approve: { skip: 'no host waits for approval' },
      spm: { on: 'sim-2' },
      enroll: { skip: 'simulated hosts have no SSH' },
      'check-upgrade': { skip: 'simulated hosts have no SSH' },
      upgrade: { skip: 'simulated hosts have no updates' },
      restart: {
        on: 'sim-2',
        prepare: backAtWork,
        rounds: [{ check: { maintenanceAfterRestart: (client, id) => hostIs(client, id, 'maintenance') } }],
      },
      start: { on: 'sim-2', prepare: switchedOff },
      stop: { skip: 'the same is not done again to the power of a host for three minutes: it was stopped to be started' },
      rebooted: { skip: 'the same is not done again to the power of a host for three minutes' },
      reinstall: { skip: 'simulated hosts have no SSH' },
      'copy-networks': {
        on: 'sim-2',
        prepare: backAtWork,
        rounds: [{ find: async (client) => ({ source: (await client.hosts.list()).find((one) => one.name === 'sim-1')?.id ?? '' }) }],
      },
      'sync-networks': { on: 'sim-2' },
      'save-networks': { on: 'sim-2' },
      'fence_agents:add': { rounds: [{ set: { password: 'secret', address: '192.0.2.7' }, check: { password: isThere } }] },
    },
  },
  storage: {
    tabsOf: Object.fromEntries(
      [
        'vm_register',
        'template_register',
        'disk_image_register',
        'general',
        'virtual_machines',
        'templates',
        'disks',
        'snapshots',
        'disk_profiles',
        'permissions',
        'events',
      ].map((tab) => [tab, 'data']),
    ),
    actions: {
      import: { skip: 'there is no domain that nobody has here' },
      add: {
        rounds: [
          {
            set: {
              'storage.type': 'nfs',
              'storage.address': 'storage.example',
              'storage.path': '/export/walked-domain',
              'storage.nfs_version': 'v4',
            },
            skip: ['discard_after_delete', 'attach_to', 'host', 'storage.mount_options'],
            check: {
              'storage.nfs_version': (client, id) => connection(client, id, 'nfs_version', 'v4'),
              'storage.nfs_retrans': (client, id) => connection(client, id, 'nfs_retrans', 2),
              'storage.nfs_timeo': (client, id) => connection(client, id, 'nfs_timeo', 2),
            },
          },
        ],
      },
      edit: { on: 'data', rounds: [{ skip: ['discard_after_delete', 'name'] }] },
      ovf: { on: 'data' },
      'data_center:attach': { rounds: [{ set: { center: defaultDataCenterId } }] },
      'data_center:activate': { name: 'Default', prepare: (client, _, domain) => domainIs(client, domain, 'maintenance') },
      'data_center:deactivate': { name: 'Default', prepare: (client, _, domain) => domainIs(client, domain, 'active') },
      'data_center:detach': { name: 'Default', prepare: (client, _, domain) => domainIs(client, domain, 'maintenance') },
    },
  },
  instanceTypes: {
    actions: {
      add: { rounds: [{ set: { 'display.type': 'spice', 'display.monitors': '2' } }] },
      edit: { rounds: [{ set: { 'display.monitors': '4' }, skip: ['display.type'] }] },
    },
  },
  vms: {
    before: async (client) => {
      const host = (await client.hosts.list()).find((one) => one.name === 'sim-1');
      await runningOn(client, '', host?.id ?? '');
      for (const name of ['walked-once', 'walked-moving', 'walked-cold'])
        await client.vms.add({ name, cluster: { id: defaultClusterId }, template: { name: 'Blank' }, memory: 64 * 1024 ** 2 });
      await client.disks.add(
        { alias: 'walked-loose', format: 'raw', provisioned_size: 1024 ** 3, storage_domains: [{ name: 'data' }] },
        { wait: 'ok' },
      );
    },
    actions: {
      import: {
        rounds: [
          {
            aside: true,
            prepare: archived,
            set: { path: '/var/tmp/walked.ova', 'vm.name': 'walked-imported' },
            check: {
              path: isThere,
              sparse: isThere,
              host: isThere,
              storage_domain: isThere,
              cluster: isThere,
              'vm.name': async (client, id) => (await client.vms.vm(id).get()).name === 'walked-imported',
            },
            skip: ['source'],
          },
        ],
      },
      add: {
        rounds: [
          { set: { ...vmValues, template: blankId }, skip: [...vmSkips, 'delete_protected', 'clone', 'clonePermissions'] },
          {
            aside: true,
            prepare: async (client) => {
              const { template, user } = await sharedTemplate(client);
              const role = (await client.roles.list()).find((one) => one.name === 'UserVmManager');
              await client.templates.template(template).permissions.add({ user: { id: user }, role: { id: role?.id ?? '' } });
            },
            set: { name: 'walked-clone', cluster: defaultClusterId, clone: true, clonePermissions: true },
            find: async (client) => ({ template: (await sharedTemplate(client)).template }),
            skip: true,
            check: {
              template: isThere,
              clone: async (client, id) => (await client.vms.vm(id).get()).template?.id === blankId,
              clonePermissions: async (client, id) => {
                const { user } = await sharedTemplate(client);
                return (await client.vms.vm(id).permissions.list()).some((one) => one.user?.id === user);
              },
            },
          },
        ],
      },
      edit: { rounds: editRounds },
      tags: tagged,
      start: { on: 'walked-cold' },
      shutdown: { on: 'walked-running', prepare: runningAnywhere },
      stop: { on: 'walked-running', prepare: runningAnywhere },
      reboot: { on: 'walked-running', prepare: runningAnywhere },
      suspend: { on: 'walked-running', prepare: runningAnywhere },
      console: { on: 'walked-running', prepare: runningAnywhere },
      serial_console: { on: 'walked-running', prepare: runningAnywhere },
      reset: { on: 'walked-running', prepare: runningAnywhere },
      migrate: { on: 'walked-moving', prepare: (client, id) => client.vms.vm(id).start({ wait: 'up' }) },
      'cancel-migration': { skip: 'migrations of simulated hosts end at once' },
      cd: { on: 'walked-running' },
      'run-once': {
        on: 'walked-once',
        rounds: [
          {
            set: { 'vm.os.kernel': '/boot/walked-kernel', 'vm.os.initrd': '/boot/walked-initrd' },
            skip: ['useSysprep', 'pause', 'vm.placement_policy.hosts.0'],
          },
        ],
      },
      'export-ova': { rounds: [{ set: { directory: '/var/tmp' } }] },
      'network_interfaces:add': { rounds: [{ set: { 'mac.address': '02:00:00:00:20:01' } }] },
      'network_interfaces:edit': { rounds: [{ set: { 'mac.address': '02:00:00:00:20:02', interface: 'e1000' } }] },
      'disks:add': { rounds: [{ set: { 'disk.format': 'raw', 'disk.sparse': 'preallocated' }, skip: ['read_only'] }] },
      'disks:lun': { skip: lunsAlone },
      'disks:attach': {
        rounds: [
          {
            skip: ['bootable', 'read_only'],
            find: async (client) => ({ disk: (await client.disks.list({ search: 'alias=walked-loose' }))[0]?.id ?? '' }),
            check: { disk: isThere },
          },
        ],
      },
      'disks:activate': { prepare: (client, id, vm) => client.vms.vm(vm).diskAttachments.attachment(id).update({ active: false }) },
      'disks:deactivate': { prepare: (client, id, vm) => client.vms.vm(vm).diskAttachments.attachment(id).update({ active: true }) },
      'disks:sparsify': { prepare: (client, id, vm) => client.vms.vm(vm).diskAttachments.attachment(id).update({ active: false }) },
      'disks:quota': { prepare: (client) => anotherQuota(client) },
      'disks:refresh-lun': { skip: 'simulated hosts see no LUN' },
      'host_devices:add': { skip: 'simulated hosts have no devices that can be passed through' },
      'host_devices:remove': { skip: 'simulated hosts have no devices that can be passed through' },
      'disks:edit': { rounds: [{ skip: ['bootable'] }] },
      'snapshots:preview-disks': {
        prepare: async (client, id, vm) => {
          const { snapshot_status: status } = await client.vms.vm(vm).snapshots.snapshot(id).get();
          if (status === 'in_preview') await client.vms.vm(vm).undoSnapshot();
          await snapshotIs(client, vm, id, 'ok');
        },
        rounds: [{ check: { disks: (client, id, vm) => snapshotIs(client, vm, id, 'in_preview').then(() => true) } }],
      },
      'snapshots:undo': { prepare: (client, id, vm) => previewed(client, vm, id) },
      'snapshots:commit': { prepare: (client, id, vm) => previewed(client, vm, id) },
      'snapshots:remove': { prepare: (client, id, vm) => snapshotIs(client, vm, id, 'ok') },
      'affinity_groups:add': { rounds: [{ find: async (_, vm) => ({ vms: [vm] }) }] },
      'affinity_groups:edit': { rounds: [{ skip: ['vms'] }] },
      'affinity_labels:add': { rounds: [{ find: async (_, vm) => ({ vms: [vm] }), skip: ['has_implicit_affinity_group'] }] },
      'affinity_labels:edit': { rounds: [{ skip: ['has_implicit_affinity_group', 'vms'] }] },
    },
  },
};
