import type { EventName } from '@virgate/contract/generated/events';
import type { Action, NetworkAttachment, NetworkLabel } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import type { WantedAttachment } from '../monitoring/save-networks.ts';
import { noteChange } from '../changes/outbox.ts';
import { readableClusters } from '../clusters/read.ts';
import { recordEvent } from '../events/record.ts';
import { readableHosts } from '../hosts/read.ts';
import { hostFailed, incomplete, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, done, entity, started, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { checkLabel, checkSettable, noAddress, noChange, planChange, type NetworkChange } from './change.ts';
import { attachmentOfPath, attachmentsOfPath, labelsOfNics, nicOfPath } from './read.ts';
import { allOf, changeOf, checkNotAttached, placeOf } from './request.ts';
import { connectivityTimeoutSeconds, type SetupParams } from './saga.ts';
import { loadHostNetworks, type HostNetworkState } from './state.ts';

const commitTimeoutMs = 60_000;
const maxConnectivitySeconds = 600;

export const hostSubject = (context: Context) => [{ type: 'host' as const, id: context.path['host'] ?? '' }];

/** The host of the path with its networks. @throws {Fault} 404 */
export async function stateOfPath(context: Context): Promise<HostNetworkState> {
  const host = await one(context, readableHosts, context.path['host']);
  const state = await loadHostNetworks(context.db, host.id ?? '');
  if (!state) throw notFound();
  return state;
}

interface Wish {
  title: string;
  event?: EventName;
  failure?: EventName;
  values?: Record<string, string>;
  checkConnectivity?: boolean;
  timeoutSeconds?: number;
  commit?: boolean;
}

/** Starts the change of a host's networks, after it was found to be possible; and again under the lock. */
export async function begin(
  context: Context,
  state: HostNetworkState,
  change: NetworkChange,
  wish: Wish,
): Promise<{ job: string; ended: boolean }> {
  checkSettable(state.host.status);
  planChange(state, change);
  const { id, name } = state.host;
  return context.engine.jobs.run<SetupParams>(context, 'HostSetupNetworks', {
    params: {
      hostId: id,
      hostName: name,
      change,
      checkConnectivity: wish.checkConnectivity ?? true,
      timeoutSeconds: wish.timeoutSeconds ?? connectivityTimeoutSeconds,
      commit: wish.commit ?? true,
      event: wish.event ?? 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE',
      failure: wish.failure ?? 'NETWORK_UPDATE_NETWORK_TO_VDS_INTERFACE_FAILED',
      values: wish.values ?? {},
      user: actor(context),
      correlationId: context.correlationId,
    },
    description: wish.title,
    subjects: [{ type: 'host', id }],
    check: async (trx) => {
      const now = await loadHostNetworks(trx, id);
      if (!now) throw notFound();
      checkSettable(now.host.status);
      planChange(now, change);
    },
  });
}

/** `POST hosts/{host}/setupnetworks`: networks, bonds and labels in one. */
export const setupNetworks: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const body = context.body as Action;
    const timeout = body.connectivity_timeout;
    if (timeout !== undefined && (timeout < 1 || timeout > maxConnectivitySeconds))
      throw invalidValue('connectivity_timeout', say`must be between 1 and ${maxConnectivitySeconds} seconds`);
    const { job, ended } = await begin(context, state, changeOf(state, body), {
      title: `Configuring networks on Host ${state.host.name}`,
      commit: body.commit_on_success ?? false,
      ...(body.check_connectivity === undefined ? {} : { checkConnectivity: body.check_connectivity }),
      ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    });
    return ended ? done(job) : started(job);
  },
};

/** `POST hosts/{host}/syncallnetworks`: what the host has otherwise than it is wanted is set up as wanted. */
export const syncAllNetworks: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const { job, ended } = await begin(context, state, { ...noChange, synchronize: allOf(state) }, syncWish(state));
    return ended ? done(job) : started(job);
  },
};

const syncWish = (state: HostNetworkState): Wish => ({
  title: `Synchronizing networks on Host ${state.host.name}`,
  event: 'HOST_SYNC_ALL_NETWORKS_FINISHED',
  failure: 'HOST_SYNC_ALL_NETWORKS_FAILED',
});

/** NICs of one host by those of another, in the order of their names: bonds stay what they are called. @throws {Fault} 400 */
function nicsByPlace(source: HostNetworkState, target: HostNetworkState): (name: string) => string {
  const names = (state: HostNetworkState): string[] => state.nics.filter((nic) => nic.kind === 'nic').map((nic) => nic.name);
  const [from, to] = [names(source), names(target)];
  if (from.length !== to.length) throw refused('INTERFACE_COUNT_DOES_NOT_MATCH');
  return (name) => to[from.indexOf(name)] ?? name;
}

/** `POST hosts/{host}/copyhostnetworks`: bonds, labels and networks as another host of the cluster has them; static addresses are its own. */
export const copyNetworks: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const source = await stateOfPath({ ...context, path: { host: (context.body as Action).source_host?.id ?? '' } });
    if (source.host.clusterId !== state.host.clusterId) throw refused('ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS');
    const nicOf = nicsByPlace(source, state);
    const bondsOf = (of: HostNetworkState) => of.nics.filter((nic) => nic.kind === 'bond');
    const managed = (id: string): boolean => state.networks.some((network) => network.id === id && network.management);
    const own = (wanted: WantedAttachment): WantedAttachment => ({
      ...wanted,
      ipv4: wanted.ipv4.method === 'static' ? noAddress.ipv4 : wanted.ipv4,
      ipv6: wanted.ipv6.method === 'static' ? noAddress.ipv6 : wanted.ipv6,
    });
    const change: NetworkChange = {
      ...noChange,
      attach: source.attachments
        .filter((one) => !managed(one.networkId))
        .map((one) => ({ networkId: one.networkId, nicName: nicOf(one.nicName), wanted: own(one.wanted) })),
      detach: state.attachments
        .map((one) => one.networkId)
        .filter((id) => !managed(id) && !source.attachments.some((one) => one.networkId === id)),
      bonds: bondsOf(source).map((bond) => ({
        name: bond.name,
        nics: source.nics.filter((nic) => nic.bondName === bond.name).map((nic) => nicOf(nic.name)),
        options: bond.settings.options,
      })),
      removeBonds: bondsOf(state)
        .map((bond) => bond.name)
        .filter((name) => !bondsOf(source).some((bond) => bond.name === name)),
      label: source.labels
        .map(({ label, nicName }) => ({ label, nicName: nicOf(nicName) }))
        .filter((one) => !state.labels.some((known) => known.label === one.label)),
    };
    const { job, ended } = await begin(context, state, change, {
      title: `Copying networks of Host ${source.host.name} to Host ${state.host.name}`,
      event: 'NETWORK_COPY_HOST_NETWORKS',
      failure: 'NETWORK_COPY_HOST_NETWORKS_FAILED',
      values: { source: source.host.name },
    });
    return ended ? done(job) : started(job);
  },
};

/** `POST clusters/{cluster}/syncallnetworks`: the same for every host of the cluster that can be set up now. */
export const syncClusterNetworks: Operation = {
  permit: 'configure_host_network',
  subjects: (context) => [{ type: 'cluster', id: context.path['cluster'] ?? '' }],
  async run(context) {
    const cluster = await one(context, readableClusters, context.path['cluster']);
    const hosts = await context.db
      .selectFrom('host')
      .innerJoin('host_state', 'host_state.host_id', 'host.id')
      .select('host.id')
      .where('host.cluster_id', '=', cluster.id ?? '')
      .where('host_state.status', 'in', ['up', 'maintenance', 'non_operational'])
      .orderBy('host.name')
      .execute();
    for (const { id } of hosts) {
      const state = await loadHostNetworks(context.db, id);
      if (state) await begin({ ...context, asynchronous: true }, state, { ...noChange, synchronize: allOf(state) }, syncWish(state));
    }
    const job = await write(context, async (trx) => {
      const named = { id: cluster.id ?? '', name: String(cluster['name']) };
      await recordEvent(trx, { name: 'CLUSTER_SYNC_ALL_NETWORKS_STARTED', cluster: named, ...attribution(context) });
      return context.engine.jobs.record(trx, context, {
        action: 'SyncAllClusterNetworks',
        description: `Synchronizing networks on the hosts of Cluster ${named.name}`,
        subjects: [{ type: 'cluster', id: named.id }],
      });
    });
    return done(job);
  },
};

/** `POST hosts/{host}/commitnetconfig`: the network that the host has now is what its next boot brings. */
export const commitNetworks: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const { host } = await stateOfPath(context);
    checkSettable(host.status);
    const { client, fence } = await context.engine.hosts.access(host.id);
    try {
      await client.call('Host.setSafeNetworkConfig', {}, { timeoutMs: commitTimeoutMs, fence });
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      await write(context, (trx) => recordEvent(trx, { name: 'NETWORK_COMMINT_NETWORK_CHANGES_FAILED', host, ...attribution(context) }));
      throw hostFailed('Cannot commit Networks', error.message, error);
    }
    const job = await write(context, async (trx) => {
      await recordEvent(trx, { name: 'NETWORK_COMMINT_NETWORK_CHANGES', host, ...attribution(context) });
      await noteChange(trx, 'host', host.id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'CommitNetworkChanges',
        description: `Committing network configuration on Host ${host.name}`,
        subjects: [{ type: 'host', id: host.id }],
      });
    });
    return done(job);
  },
};

const networkName = (state: HostNetworkState, id: string): string => state.networks.find((network) => network.id === id)?.name ?? id;

/** The device of a path below `/hosts/{host}/nics/{nic}`. */
async function nicNameOfPath(context: Context): Promise<string | undefined> {
  return context.path['nic'] === undefined ? undefined : String((await nicOfPath(context))['name']);
}

/** Attaches a network to a NIC or bond of a host. */
export const addAttachment: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const body = context.body as NetworkAttachment;
    if (body.id !== undefined) throw refused('NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID');
    const place = placeOf(state, body, undefined, await nicNameOfPath(context));
    checkNotAttached(state, place.networkId);
    const { ended } = await begin(
      context,
      state,
      { ...noChange, attach: [place] },
      {
        title: `Attaching network ${networkName(state, place.networkId)} to Host ${state.host.name}`,
        values: { network: networkName(state, place.networkId) },
      },
    );
    const made = (await attachmentsOfPath(context)).find((one) => (one['network'] as { id?: string }).id === place.networkId);
    if (!made) {
      if (ended) throw hostFailed('Cannot add Network Attachment', 'the host does not report the network');
      return accepted('NetworkAttachment', { network: { id: place.networkId }, host: { id: state.host.id } });
    }
    return created('NetworkAttachment', made);
  },
};

/** Changes where and how a network is on a host. */
export const updateAttachment: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const current = await attachmentOfPath(context);
    checkImmutable(current, context.body, ['id', 'host']);
    const known = state.attachments.find((attachment) => attachment.id === current.id);
    if (!known) throw notFound();
    const place = placeOf(state, context.body, known, undefined);
    await begin(
      context,
      state,
      { ...noChange, attach: [place] },
      {
        title: `Changing network ${networkName(state, place.networkId)} on Host ${state.host.name}`,
        values: { network: networkName(state, place.networkId) },
      },
    );
    // Below a NIC the network may be no more: it went to another one.
    return entity('NetworkAttachment', await attachmentOfPath({ ...context, path: { host: state.host.id } }, current.id));
  },
};

export const removeAttachment: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const current = await attachmentOfPath(context);
    const networkId = (current['network'] as { id?: string }).id ?? '';
    const { job, ended } = await begin(
      context,
      state,
      { ...noChange, detach: [networkId] },
      {
        title: `Detaching network ${networkName(state, networkId)} from Host ${state.host.name}`,
        values: { network: networkName(state, networkId) },
      },
    );
    return ended ? done(job) : started(job);
  },
};

/** Labels a NIC or bond: networks of the cluster with the label come to it. */
export const labelNic: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const nic = await nicOfPath(context);
    const { id: label } = context.body as NetworkLabel;
    if (label === undefined) throw incomplete('network_label.id');
    const nicName = String(nic['name']);
    await begin(
      context,
      state,
      { ...noChange, label: [{ nicName, label: checkLabel(label) }] },
      {
        title: `Labelling network interface ${nicName} of Host ${state.host.name}`,
        event: 'LABEL_NIC',
        failure: 'LABEL_NIC_FAILED',
        values: { nicName, label },
      },
    );
    const made = (await labelsOfNics(context, [nic.id ?? ''])).get(nic.id ?? '')?.find((one) => one.id === label);
    return made ? created('NetworkLabel', made) : accepted('NetworkLabel', { id: label });
  },
};

/** Takes a label off a NIC or bond, and the networks that came with it. */
export const unlabelNic: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const state = await stateOfPath(context);
    const nic = await nicOfPath(context);
    const label = (await labelsOfNics(context, [nic.id ?? ''])).get(nic.id ?? '')?.find((one) => one.id === context.path['label'])?.id;
    if (label === undefined) throw notFound();
    const nicName = String(nic['name']);
    const { job, ended } = await begin(
      context,
      state,
      { ...noChange, unlabel: [label] },
      {
        title: `Removing label ${label} from network interface ${nicName} of Host ${state.host.name}`,
        event: 'UNLABEL_NIC',
        failure: 'UNLABEL_NIC_FAILED',
        values: { nicName, label },
      },
    );
    return ended ? done(job) : started(job);
  },
};

/** Brings a network that got or lost a label to the hosts whose NICs have it, or off them. The hosts are changed in the background. */
export async function followLabel(context: Context, networkId: string, label: string, comes: boolean): Promise<void> {
  const hosts = await context.db
    .selectFrom('host_nic_label')
    .innerJoin('host', 'host.id', 'host_nic_label.host_id')
    .innerJoin('network_cluster', 'network_cluster.cluster_id', 'host.cluster_id')
    .select(['host.id', 'host_nic_label.nic_name'])
    .where('network_cluster.network_id', '=', networkId)
    .where('host_nic_label.label', '=', label)
    .execute();
  for (const { id, nic_name: nicName } of hosts) {
    const state = await loadHostNetworks(context.db, id);
    const known = state?.attachments.find((one) => one.networkId === networkId);
    if (!state || (comes ? known?.nicName === nicName : known?.nicName !== nicName)) continue;
    const body: NetworkAttachment = { network: { id: networkId }, host_nic: { name: nicName } };
    const change = comes ? { ...noChange, attach: [placeOf(state, body, known, nicName)] } : { ...noChange, detach: [networkId] };
    await begin({ ...context, asynchronous: true }, state, change, {
      title: `${comes ? 'Bringing' : 'Taking'} network ${networkName(state, networkId)} ${comes ? 'to' : 'off'} Host ${state.host.name}`,
      values: { network: networkName(state, networkId) },
    }).catch((error: unknown) =>
      context.engine.log.warn({ err: error, host: state.host.name, networkId }, 'a labelled network could not be brought to a host'),
    );
  }
}

/** Brings a network that changed to the hosts that have it. The hosts are changed in the background. */
export async function followNetwork(context: Context, networkId: string): Promise<void> {
  const hosts = await context.db.selectFrom('network_attachment').select('host_id').where('network_id', '=', networkId).execute();
  const change = { ...noChange, synchronize: [networkId] };
  for (const { host_id: id } of hosts) {
    const state = await loadHostNetworks(context.db, id);
    try {
      if (!state || Object.keys(planChange(state, change).request.networks).length === 0) continue;
      const network = networkName(state, networkId);
      await begin({ ...context, asynchronous: true }, state, change, {
        title: `Changing network ${network} on Host ${state.host.name}`,
        values: { network },
      });
    } catch (error) {
      context.engine.log.warn({ err: error, host: state?.host.name, networkId }, 'a changed network could not be brought to a host');
    }
  }
}
