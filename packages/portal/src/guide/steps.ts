import type { Client } from '@virgate/sdk';
import type { TextKey } from '../text/en.ts';

/** Something that is still to be done, or was done already, on the way to a running machine. */
export interface Step {
  readonly label: TextKey;
  readonly hint: TextKey;
  readonly done: boolean;
  readonly optional?: true;
  /** Where it is done: a page of the portal, with its dialog open. */
  readonly to: string;
  readonly search: Readonly<Record<string, string>>;
}

/** What a guide leads on from. */
export type GuideOf = 'data_center' | 'cluster' | 'vm';

/** Types of the change feed after whose changes the steps are looked at again. */
export const guideTypes: readonly string[] = ['data_center', 'cluster', 'host', 'storage_domain', 'vm', 'nic', 'disk_attachment', 'disk'];

/** The way from a data center, cluster or virtual machine to one that runs; mandatory steps first. @throws ApiFault */
export async function stepsOf(client: Client, of: GuideOf, id: string, signal: AbortSignal): Promise<Step[]> {
  if (of === 'vm') return vmSteps(client, id, signal);
  if (of === 'cluster') {
    const cluster = await client.clusters.cluster(id).get({}, { signal });
    return centerSteps(client, cluster.data_center?.id ?? '', id, signal);
  }
  return centerSteps(client, id, undefined, signal);
}

async function centerSteps(client: Client, center: string, cluster: string | undefined, signal: AbortSignal): Promise<Step[]> {
  const options = { signal };
  const [clusters, hosts, domains, vms] = await Promise.all([
    client.clusters.list({}, options),
    client.hosts.list({}, options),
    center === '' ? [] : client.dataCenters.dataCenter(center).storageDomains.list({}, options),
    client.virgate.counts.get({ kind: 'vm', by: 'cluster' }, options),
  ]);
  const own = new Set(
    clusters.filter((one) => (cluster === undefined ? one.data_center?.id === center : one.id === cluster)).map((one) => one.id),
  );
  const here = hosts.filter((host) => own.has(host.cluster?.id));
  const machines = vms.filter(({ key }) => own.has(key));
  const stored = domains.some((domain) => domain.type === 'data' && domain.status === 'active');
  return [
    ...(cluster === undefined
      ? [{ label: 'guide.cluster', hint: 'guide.cluster.hint', done: own.size > 0, to: '/clusters', search: { dialog: 'add' } } as const]
      : []),
    {
      label: 'guide.host',
      hint: 'guide.host.hint',
      done: here.some((host) => host.status === 'up'),
      to: '/hosts',
      search: here.length === 0 ? { dialog: 'add' } : {},
    },
    { label: 'guide.storage', hint: 'guide.storage.hint', done: stored, to: '/storage', search: { dialog: 'add' } },
    { label: 'guide.vm', hint: 'guide.vm.hint', done: machines.length > 0, to: '/vms', search: { dialog: 'create' } },
    { label: 'guide.start', hint: 'guide.start.hint', done: machines.some(({ running }) => running > 0), to: '/vms', search: {} },
  ];
}

async function vmSteps(client: Client, id: string, signal: AbortSignal): Promise<Step[]> {
  const service = client.vms.vm(id);
  const [vm, nics, disks] = await Promise.all([
    service.get({}, { signal }),
    service.nics.list({}, { signal }),
    service.diskAttachments.list({}, { signal }),
  ]);
  const to = `/vms/${id}`;
  return [
    {
      label: 'guide.nic',
      hint: 'guide.nic.hint',
      done: nics.length > 0,
      to,
      search: { tab: 'network_interfaces', dialog: 'network_interfaces:add:' },
    },
    { label: 'guide.disk', hint: 'guide.disk.hint', done: disks.length > 0, to, search: { tab: 'disks', dialog: 'disks:add:' } },
    { label: 'guide.start', hint: 'guide.start.hint', done: vm.status === 'up', to, search: {} },
    {
      label: 'guide.attachDisk',
      hint: 'guide.attachDisk.hint',
      done: false,
      optional: true,
      to,
      search: { tab: 'disks', dialog: 'disks:attach:' },
    },
  ];
}
