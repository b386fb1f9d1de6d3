import type { EventName } from '@virgate/contract/generated/events';
import { json } from '@virgate/database';
import { defineSaga, type LockRequest, type SagaContext, type Wait } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { hostFacts } from '../monitoring/capabilities.ts';
import { judgeHost, loadHost, saveFacts, setHostStatus, type WatchedHost } from '../monitoring/host-state.ts';
import type { HostAccess, HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { hasAll, planChange, type NetworkChange, type PlannedChange } from './change.ts';
import { loadHostNetworks } from './state.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

/** How long a host waits to hear the engine after a change. Source: engine configuration, NetworkConnectivityCheckTimeoutInSeconds. */
export const connectivityTimeoutSeconds = 120;
/** How often the host is called while it changes its network, and how long one of these calls may take. Source: SetupNetworksPollingTimeout. */
const confirmEveryMs = 1_000;
const confirmTimeoutMs = 3_000;
/** What the host gets beyond the check of connectivity. Source: SetupNetworksWaitTimeoutSeconds. */
const extraMs = 20_000;
const callTimeoutMs = 30_000;
/** How often a host is looked for that went away in the middle, and how often it may then lack what it was asked for. */
const maxLooks = 150;
const maxMisses = 3;
const lookPauseMs = 2_000;

export interface SetupParams {
  hostId: string;
  hostName: string;
  change: NetworkChange;
  /** Host options: check of connectivity, its seconds, and whether the change is kept over a boot at once. */
  checkConnectivity: boolean;
  timeoutSeconds: number;
  commit: boolean;
  event: EventName;
  failure: EventName;
  values: Record<string, string>;
  user: { id: string; name: string };
  correlationId: string;
}

interface SetupState {
  plan?: PlannedChange;
  /** The connection broke while the host was changing its network: it is looked at, not asked again. */
  lost?: boolean;
  /** How often it answered since then without having what was asked for. */
  misses?: number;
}

type Ctx = SagaContext<SetupParams, SetupState, Trx>;

/** One change of a host's network at a time. Source: engine behaviour, locking groups. */
export const hostNetworkLock = (hostId: string): LockRequest => ({
  group: 'HOST_NETWORK',
  objectId: hostId,
  mode: 'exclusive',
  messageKey: 'ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS',
});

/** Lets the host hear the engine until the change is done: a host that does not hear it takes the change back. */
async function keepHeard({ client, fence }: HostAccess, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await client.call('Host.confirmConnectivity', {}, { timeoutMs: confirmTimeoutMs, fence, signal }).catch(() => undefined);
    await delay(confirmEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Whether a host with which the connection broke has what it was asked for. It may have taken the change back, because it did
 * not hear the engine either: asking again would cut it off again.
 */
async function outcome(ctx: Ctx, hosts: HostSessions, request: PlannedChange['request']): Promise<Wait | undefined> {
  const { client, fence } = await hosts.access(ctx.params.hostId);
  const options = { timeoutMs: confirmTimeoutMs, fence, signal: ctx.signal };
  try {
    await client.call('Host.confirmConnectivity', {}, options);
    const capabilities = await client.call('Host.getCapabilities', {}, { ...options, timeoutMs: callTimeoutMs });
    if (hasAll(request, capabilities as Record<string, unknown>)) return undefined;
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    if (ctx.polls < maxLooks) return ctx.waitUntil({ delayMs: lookPauseMs });
    throw hostFailed('Cannot setup Networks', error.message, error);
  }
  const misses = (ctx.state.misses ?? 0) + 1;
  if (misses >= maxMisses)
    throw hostFailed('Cannot setup Networks', 'the engine was not heard after the change; the network is as it was before');
  await ctx.save({ misses });
  return ctx.waitUntil({ delayMs: lookPauseMs });
}

async function setUp(ctx: Ctx, hosts: HostSessions): Promise<Wait | undefined> {
  const { params } = ctx;
  const request = ctx.state.plan?.request;
  if (!request || (Object.keys(request.networks).length === 0 && Object.keys(request.bondings).length === 0)) return undefined;
  if (ctx.state.lost) return outcome(ctx, hosts, request);
  const access = await hosts.access(params.hostId);
  const done = new AbortController();
  const heard = keepHeard(access, AbortSignal.any([done.signal, ctx.signal]));
  const timeoutMs = params.timeoutSeconds * 1000 + extraMs;
  try {
    await access.client.call(
      'Host.setupNetworks',
      {
        ...request,
        options: {
          connectivityCheck: String(params.checkConnectivity),
          connectivityTimeout: params.timeoutSeconds,
          ...(params.commit ? { commitOnSuccess: true } : {}),
        },
      },
      { timeoutMs, fence: access.fence, signal: ctx.signal },
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    if (error.code === connectionLost) {
      await ctx.save({ lost: true });
      return ctx.waitUntil({ delayMs: lookPauseMs });
    }
    throw hostFailed('Cannot setup Networks', error.message, error);
  } finally {
    done.abort();
    await heard;
  }
}

/** Whether the host serves its cluster with the network that it has now. */
async function judge(trx: Trx, host: WatchedHost, facts: ReturnType<typeof hostFacts>): Promise<void> {
  const problem = await judgeHost(trx, host, facts);
  if (host.status === 'up' && problem)
    await setHostStatus(trx, host, 'non_operational', { reason: problem.reason, event: 'VDS_SET_NONOPERATIONAL', text: problem.text });
  // The way up looks at everything else.
  else if (host.status === 'non_operational' && !problem) await setHostStatus(trx, host, 'unassigned', {});
}

/** Takes in what a host is after a change of its network. */
export async function lookAtHost(ctx: Pick<Ctx, 'signal' | 'tx'>, hostId: string, hosts: HostSessions): Promise<void> {
  const { client, fence } = await hosts.access(hostId);
  const options = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
  const capabilities = await client.call('Host.getCapabilities', {}, options);
  const hardware = await client.call('Host.getHardwareInfo', {}, options).catch(() => ({}));
  const facts = hostFacts(capabilities, hardware);
  await ctx.tx(async (trx) => {
    const host = await loadHost(trx, hostId);
    if (!host) return;
    await saveFacts(trx, host, facts, capabilities as Record<string, unknown>, hardware as Record<string, unknown>);
    await judge(trx, host, facts);
  });
}

async function keep(trx: Trx, { hostId }: SetupParams, plan: PlannedChange): Promise<void> {
  for (const place of plan.places) {
    await trx
      .updateTable('network_attachment')
      .set({ wanted: json(place.wanted as unknown as Record<string, unknown>) })
      .where('host_id', '=', hostId)
      .where('network_id', '=', place.networkId)
      .execute();
  }
  await trx.deleteFrom('host_nic_label').where('host_id', '=', hostId).execute();
  for (const { nicName, label } of plan.labels)
    await trx.insertInto('host_nic_label').values({ host_id: hostId, nic_name: nicName, label }).execute();
}

const told = (params: SetupParams) => ({
  host: { id: params.hostId, name: params.hostName },
  user: params.user,
  correlationId: params.correlationId,
  values: params.values,
});

/** Changes the networks of a host: the host does all of it or nothing, then tells what it has. */
export const setupNetworksSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<SetupParams, SetupState, Trx>({
    name: 'HostSetupNetworks',
    version: 1,
    title: (params) => `Configuring networks on Host ${params.hostName}`,
    locks: (params) => [hostNetworkLock(params.hostId)],
    steps: [
      {
        name: 'plan',
        title: 'Comparing with what the host has',
        async run(ctx) {
          ctx.state.plan = await ctx.tx(async (trx) => {
            const state = await loadHostNetworks(trx, ctx.params.hostId);
            if (!state) throw hostFailed('Cannot setup Networks', 'there is no such host');
            return planChange(state, ctx.params.change);
          });
        },
      },
      { name: 'setup', title: 'Setting up the networks on the host', timeoutMs: 30 * 60_000, pivot: true, run: (ctx) => setUp(ctx, hosts) },
      {
        name: 'look',
        title: 'Looking at the host',
        timeoutMs: 120_000,
        retry: { attempts: 5, delayMs: 2_000 },
        run: (ctx) => lookAtHost(ctx, ctx.params.hostId, hosts),
        async record(ctx, trx) {
          if (ctx.state.plan) await keep(trx, ctx.params, ctx.state.plan);
          await recordEvent(trx, { name: ctx.params.event, ...told(ctx.params) });
          await noteChange(trx, 'host', ctx.params.hostId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status !== 'succeeded') await recordEvent(trx, { name: end.params.failure, ...told(end.params) });
      await noteChange(trx, 'host', end.params.hostId, 'update');
    },
  }) as EngineSaga;
