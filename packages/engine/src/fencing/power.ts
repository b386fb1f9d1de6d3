import type { FenceNodeAction, FenceNodeResult } from '@virgate/contract/generated/vdsm';
import type { Host, HostStatus, PmProxyType, PowerManagementStatus } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely } from 'kysely';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { SystemOptions } from '../options/values.ts';
import { unseal } from '../pki/seal.ts';
import type { Tables } from '../tables/schema.ts';
import { agentParameters, type FenceAgent, type FenceConfiguration } from './agent-parameters.ts';
import { orderProxies, preferencesOf, type ProxyCandidate } from './proxies.ts';

/** What switching power needs of the engine. */
export interface PowerServices {
  readonly db: Kysely<Tables>;
  readonly hosts: HostSessions;
  readonly options: SystemOptions;
  readonly secretKey: Buffer;
}

/** A host whose power is to be switched, with its agents in the order in which they are tried: those of one group together. */
export interface FencedHost {
  readonly id: string;
  readonly name: string;
  readonly status: HostStatus;
  readonly clusterId: string;
  readonly dataCenterId: string | null;
  readonly spmId: number | null;
  readonly level: string;
  readonly enabled: boolean;
  readonly preferences: readonly { type?: PmProxyType }[];
  readonly agentGroups: readonly (readonly FenceAgent[])[];
}

/** Nobody could be asked, or nobody could do it. */
export class PowerError extends Error {
  readonly kind: 'no_proxy' | 'failed';
  constructor(kind: PowerError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

interface HostRow {
  id: string;
  name: string;
  status: HostStatus;
  cluster_id: string;
  data_center_id: string | null;
  spm_id: number | null;
  level: string;
  settings: Partial<Host>;
}

/** Longer than an agent on a host may take. */
const callTimeoutMs = 150_000;
/** How many proxies one agent is tried through. */
const proxiesTried = 3;

/** @returns undefined when there is no such host */
export async function loadFencedHost(db: Kysely<Tables>, secretKey: Buffer, hostId: string): Promise<FencedHost | undefined> {
  const found = await sql<HostRow>`
    select h.id, h.name, s.status, h.cluster_id, c.data_center_id, h.spm_id, c.compatibility_major || '.' || c.compatibility_minor as level, h.settings
    from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id where h.id = ${hostId}`.execute(db);
  const row = found.rows[0];
  if (!row) return undefined;
  const agents = await db.selectFrom('fence_agent').selectAll().where('host_id', '=', hostId).orderBy('ordinal').orderBy('id').execute();
  const groups = Map.groupBy(agents, (agent) => agent.ordinal);
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    clusterId: row.cluster_id,
    dataCenterId: row.data_center_id,
    spmId: row.spm_id,
    level: row.level,
    enabled: row.settings.power_management?.enabled === true,
    preferences: row.settings.power_management?.pm_proxies ?? [],
    agentGroups: [...groups.values()].map((group) =>
      group.map((agent) => ({
        id: agent.id,
        type: agent.type,
        address: agent.address,
        port: agent.port,
        username: agent.username,
        password: unseal(secretKey, agent.password),
        encryptOptions: agent.encrypt_options,
        options: agent.options as FenceAgent['options'],
      })),
    ),
  };
}

async function candidatesOf(db: Kysely<Tables>): Promise<ProxyCandidate[]> {
  const found = await sql<{ id: string; name: string; status: HostStatus; cluster_id: string; data_center_id: string | null }>`
    select h.id, h.name, s.status, h.cluster_id, c.data_center_id from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id
    where s.status in ('up', 'non_operational', 'preparing_for_maintenance', 'error') order by random() limit 100`.execute(db);
  return found.rows.map((row) => ({ ...row, clusterId: row.cluster_id, dataCenterId: row.data_center_id }));
}

const configurationOf = (options: SystemOptions, level: string): FenceConfiguration => ({
  FenceAgentMapping: options.text('FenceAgentMapping'),
  CustomFenceAgentMapping: options.text('CustomFenceAgentMapping'),
  VdsFenceOptionMapping: options.text('VdsFenceOptionMapping', level),
  CustomVdsFenceOptionMapping: options.text('CustomVdsFenceOptionMapping'),
  FenceAgentDefaultParams: options.text('FenceAgentDefaultParams'),
  CustomFenceAgentDefaultParams: options.text('CustomFenceAgentDefaultParams'),
  VdsFenceOptionTypes: options.text('VdsFenceOptionTypes'),
});

/** How one request to a management board went. */
export interface Attempt {
  readonly agent: FenceAgent;
  readonly proxy: ProxyCandidate;
  /** Missing when it went well. */
  readonly problem?: string;
}

/** Switches the power of hosts, or asks for it, through other hosts. */
export class PowerSwitch {
  readonly #services: PowerServices;
  readonly #signal: AbortSignal | undefined;
  readonly #told: (attempt: Attempt) => Promise<void>;

  /** @param told hears of every attempt, for the log */
  constructor(services: PowerServices, options: { signal?: AbortSignal; told?: (attempt: Attempt) => Promise<void> } = {}) {
    this.#services = services;
    this.#signal = options.signal;
    this.#told = options.told ?? (() => Promise.resolve());
  }

  /** Hosts that may be asked, the best first. @throws {PowerError} `no_proxy` */
  async proxies(target: FencedHost): Promise<ProxyCandidate[]> {
    const preferences = preferencesOf(target.preferences, this.#services.options.text('FenceProxyDefaultPreferences'));
    const found = orderProxies(target, await candidatesOf(this.#services.db), preferences);
    if (found.length === 0) throw new PowerError('no_proxy', `no other host can switch the power of host ${target.name}`);
    return found;
  }

  /**
   * Whether a host has power, by the first group of agents that can tell: on when one of its agents says so, off when all do.
   * @throws {PowerError}
   */
  async status(target: FencedHost): Promise<PowerManagementStatus> {
    const proxies = await this.proxies(target);
    return this.#firstGroup(target, async (group) => {
      const answers = await Promise.all(group.map((agent) => this.#ask(target, agent, proxies, 'status')));
      return answers.some((one) => one.power === 'on') ? 'on' : 'off';
    });
  }

  /**
   * Switches: all agents of a group must have done it. The next group is tried when one could not.
   * @param unlessActiveOnStorage host ids of the target by storage domain: where it renews its lease, nothing is switched
   * @returns whether it was done; false when it was not because of storage
   * @throws {PowerError}
   */
  async act(target: FencedHost, action: 'on' | 'off', unlessActiveOnStorage?: Readonly<Record<string, number>>): Promise<boolean> {
    const proxies = await this.proxies(target);
    return this.#firstGroup(target, async (group) => {
      const answers = await Promise.all(group.map((agent) => this.#ask(target, agent, proxies, action, unlessActiveOnStorage)));
      return !answers.some((one) => one.operationStatus === 'skipped');
    });
  }

  async #firstGroup<T>(target: FencedHost, ask: (group: readonly FenceAgent[]) => Promise<T>): Promise<T> {
    let last: unknown;
    for (const group of target.agentGroups) {
      try {
        return await ask(group);
      } catch (error) {
        if (!(error instanceof PowerError)) throw error;
        last = error;
      }
    }
    throw last instanceof PowerError ? last : new PowerError('failed', `host ${target.name} has no fence agent`);
  }

  /** One agent, through one proxy after the other. */
  async #ask(
    target: FencedHost,
    agent: FenceAgent,
    proxies: readonly ProxyCandidate[],
    action: FenceNodeAction,
    hostIds?: Readonly<Record<string, number>>,
  ): Promise<FenceNodeResult> {
    const parameters = agentParameters(agent, configurationOf(this.#services.options, target.level));
    const policy = hostIds === undefined || Object.keys(hostIds).length === 0 ? {} : { policy: { storageDomainHostIdMap: hostIds } };
    let last: VdsmError | undefined;
    for (const proxy of proxies.slice(0, proxiesTried)) {
      try {
        const { client, fence } = await this.#services.hosts.access(proxy.id);
        const signal = this.#signal === undefined ? {} : { signal: this.#signal };
        const answer = await client.call(
          'Host.fenceNode',
          { ...parameters, action, ...policy },
          { timeoutMs: callTimeoutMs, fence, ...signal },
        );
        await this.#told({ agent, proxy });
        return answer as FenceNodeResult;
      } catch (error) {
        if (!(error instanceof VdsmError) || this.#signal?.aborted === true) throw error;
        last = error;
        await this.#told({ agent, proxy, problem: error.message });
      }
    }
    throw new PowerError('failed', `fence agent ${agent.type} at ${agent.address}: ${last?.message ?? 'not asked'}`, last);
  }
}
