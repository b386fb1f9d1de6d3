import { defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import type { EventName } from '@virgate/contract/generated/events';
import type { HostStatus } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { hostFailed, refused, say } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { hostIsDown } from './host-is-down.ts';
import { loadFencedHost, PowerError, PowerSwitch, type FencedHost, type PowerServices } from './power.ts';

type Trx = Transaction<Tables>;

export interface PowerParams {
  hostId: string;
  hostName: string;
  /** Null when the engine does it by itself. */
  user: { id: string; name: string } | null;
  correlationId: string | null;
  /** Into maintenance when its power is on again, instead of up. */
  maintenance: boolean;
  /** Nothing is done while the host renews its lease on storage. */
  unlessActiveOnStorage: boolean;
}

interface PowerState {
  /** The host still lives on storage, and was left alone. */
  skipped: boolean;
}

type Ctx = SagaContext<PowerParams, PowerState, Trx>;

const pingTimeoutMs = 5_000;
const quickPolls = 3;
const quickPollMs = 1_000;

export const powerJobs = { start: 'StartVds', stop: 'StopVds', restart: 'RestartVds' } as const;
export type PowerAction = keyof typeof powerJobs;
const words = { start: 'start', stop: 'stop', restart: 'restart' } as const;
export const powerTitles = { start: 'Starting', stop: 'Stopping', restart: 'Restarting' } as const;
const finished = { start: 'USER_VDS_START', stop: 'USER_VDS_STOP', restart: 'USER_VDS_RESTART' } as const satisfies Record<
  PowerAction,
  EventName
>;
const failed = {
  start: 'USER_FAILED_VDS_START',
  stop: 'USER_FAILED_VDS_STOP',
  restart: 'USER_FAILED_VDS_RESTART',
} as const satisfies Record<PowerAction, EventName>;

const about = (ctx: Ctx) => ({ host: { id: ctx.params.hostId, name: ctx.params.hostName }, ...ofJob(ctx) });

const fault = (action: PowerAction, error: unknown) =>
  error instanceof PowerError && error.kind === 'no_proxy'
    ? refused('VDS_NO_VDS_PROXY_FOUND')
    : hostFailed({ action: words[action], type: 'Host' }, error instanceof Error ? error.message : String(error), error);

/** The steps that the three jobs are made of. */
class PowerSteps {
  readonly #services: PowerServices;
  readonly #action: PowerAction;

  constructor(services: PowerServices, action: PowerAction) {
    this.#services = services;
    this.#action = action;
  }

  async #load(ctx: Ctx): Promise<{ target: FencedHost; power: PowerSwitch; hostIds: Record<string, number> }> {
    const { secretKey } = this.#services;
    return ctx.tx(async (trx) => {
      const target = await loadFencedHost(trx, secretKey, ctx.params.hostId);
      if (!target) throw refused('VDS_INVALID_SERVER_ID');
      const domains =
        target.dataCenterId === null || target.spmId === null
          ? []
          : await trx
              .selectFrom('data_center_storage_domain')
              .select('storage_domain_id')
              .where('data_center_id', '=', target.dataCenterId)
              .where('status', '=', 'active')
              .execute();
      const hostIds = Object.fromEntries(domains.map((domain) => [domain.storage_domain_id, target.spmId ?? 0]));
      return { target, hostIds, power: this.#switch(ctx) };
    });
  }

  #switch(ctx: Ctx): PowerSwitch {
    const { options } = this.#services;
    return new PowerSwitch(this.#services, {
      signal: ctx.signal,
      told: async ({ agent, proxy, problem }) => {
        if (problem === undefined) return;
        await ctx.tx((trx) =>
          recordEvent(trx, {
            name: 'FENCE_OPERATION_USING_AGENT_AND_PROXY_FAILED',
            ...about(ctx),
            values: {
              agent: `${agent.type}:${agent.address}`,
              proxy: proxy.name,
              reason: problem,
              level: options.text('FenceProxyDefaultPreferences'),
            },
          }),
        );
      },
    });
  }

  /** Asks the agents; waits for a host that can, when there is none now. */
  async switchTo(ctx: Ctx, to: 'on' | 'off'): Promise<Wait | undefined> {
    const { target, power, hostIds } = await this.#load(ctx);
    const { options } = this.#services;
    try {
      const ask = to === 'off' && ctx.params.unlessActiveOnStorage;
      if (!(await power.act(target, to, ask ? hostIds : undefined))) ctx.state.skipped = true;
      return undefined;
    } catch (error) {
      if (!(error instanceof PowerError)) throw error;
      // A person waits for the answer and may ask again; by itself the engine has the time to look again.
      const again = ctx.params.user === null && ctx.polls < options.number('FindFenceProxyRetries');
      if (error.kind !== 'no_proxy') throw fault(this.#action, error);
      if (again) return ctx.waitUntil({ delayMs: options.number('FindFenceProxyDelayBetweenRetriesInSec') * 1000 });
      await ctx.tx((trx) => recordEvent(trx, { name: 'VDS_ALERT_FENCE_NO_PROXY_HOST', ...about(ctx) }));
      throw fault(this.#action, error);
    }
  }

  /** Asks until the board says what it was told to do. */
  async verify(ctx: Ctx, wanted: 'on' | 'off'): Promise<Wait | undefined> {
    const { target, power } = await this.#load(ctx);
    const { options } = this.#services;
    const kind = wanted === 'on' ? 'Start' : 'Stop';
    try {
      if ((await power.status(target)) === wanted) return undefined;
    } catch (error) {
      if (!(error instanceof PowerError)) throw error;
    }
    if (ctx.polls >= options.number(`Fence${kind}StatusRetries`) + quickPolls) {
      await ctx.tx((trx) =>
        recordEvent(trx, { name: 'VDS_ALERT_FENCE_STATUS_VERIFICATION_FAILED', ...about(ctx), values: { status: wanted } }),
      );
      throw hostFailed({ action: words[this.#action], type: 'Host' }, say`its power does not become ${wanted}`);
    }
    const delayMs = ctx.polls < quickPolls ? quickPollMs : options.number(`Fence${kind}StatusDelayBetweenRetriesInSec`) * 1000;
    return ctx.waitUntil({ delayMs });
  }

  /** A host that answers is on, whatever its board says: that one belongs to another machine. */
  async isSilent(ctx: Ctx): Promise<void> {
    const { client, fence } = await this.#services.hosts.access(ctx.params.hostId);
    try {
      await client.call('Host.ping2', {}, { timeoutMs: pingTimeoutMs, fence, signal: ctx.signal });
    } catch (error) {
      if (error instanceof VdsmError && !ctx.signal.aborted) return;
      throw error;
    }
    await ctx.tx((trx) =>
      recordEvent(trx, { name: 'VDS_ALERT_FENCE_STATUS_VERIFICATION_FAILED', ...about(ctx), values: { status: 'off' } }),
    );
    throw hostFailed(
      { action: words[this.#action], type: 'Host' },
      'the management board says that the power is off, but the host answers. Its fence agent switches another machine',
    );
  }

  async setStatus(ctx: Ctx, trx: Trx, status: HostStatus): Promise<void> {
    await trx
      .updateTable('host_state')
      .set({ status, status_detail: null, status_changed_at: new Date() })
      .where('host_id', '=', ctx.params.hostId)
      .execute();
    await noteChange(trx, 'host', ctx.params.hostId, 'update');
  }

  async recordOff(ctx: Ctx, trx: Trx): Promise<void> {
    const { host, ...by } = about(ctx);
    await hostIsDown(trx, host, by);
    await this.setStatus(ctx, trx, 'down');
  }

  async recordOn(ctx: Ctx, trx: Trx): Promise<void> {
    await this.setStatus(ctx, trx, ctx.params.maintenance ? 'maintenance' : 'reboot');
  }

  async recordFinished(ctx: Ctx, trx: Trx): Promise<void> {
    await recordEvent(trx, { name: finished[this.#action], ...about(ctx) });
  }

  async recordSkipped(ctx: Ctx, trx: Trx): Promise<void> {
    await recordEvent(trx, {
      name: 'VDS_ALERT_FENCE_OPERATION_SKIPPED',
      ...about(ctx),
      values: { reason: 'it still renews its lease on storage' },
    });
  }
}

/** A job that switches a host's power, verified at each turn. What was switched stays so: there is nothing to take back. */
function powerSaga(services: PowerServices, action: PowerAction): EngineSaga {
  const steps = new PowerSteps(services, action);
  const unlessSkipped = (run: (ctx: Ctx) => Promise<Wait | undefined | void>) => async (ctx: Ctx) =>
    ctx.state.skipped ? undefined : run(ctx);
  const off =
    action === 'start'
      ? []
      : [
          {
            name: 'off',
            title: 'Switching the power off',
            run: (ctx: Ctx) => steps.switchTo(ctx, 'off'),
            async record(ctx: Ctx, trx: Trx) {
              if (ctx.state.skipped) await steps.recordSkipped(ctx, trx);
            },
          },
          { name: 'verify-off', title: 'Waiting until the power is off', run: unlessSkipped((ctx) => steps.verify(ctx, 'off')) },
          {
            name: 'silent',
            title: 'Making sure that the host is off',
            run: unlessSkipped((ctx) => steps.isSilent(ctx)),
            async record(ctx: Ctx, trx: Trx) {
              if (ctx.state.skipped) return;
              await steps.recordOff(ctx, trx);
              if (action === 'stop') await steps.recordFinished(ctx, trx);
            },
          },
        ];
  const on =
    action === 'stop'
      ? []
      : [
          { name: 'on', title: 'Switching the power on', run: unlessSkipped((ctx) => steps.switchTo(ctx, 'on')) },
          {
            name: 'verify-on',
            title: 'Waiting until the power is on',
            run: unlessSkipped((ctx) => steps.verify(ctx, 'on')),
            async record(ctx: Ctx, trx: Trx) {
              if (ctx.state.skipped) return;
              await steps.recordOn(ctx, trx);
              await steps.recordFinished(ctx, trx);
            },
          },
        ];
  return defineSaga<PowerParams, PowerState, Trx>({
    name: powerJobs[action],
    version: 1,
    title: (params) => `${powerTitles[action]} Host ${params.hostName}`,
    locks: (params) => [
      {
        group: 'VDS_FENCE',
        objectId: params.hostId,
        mode: 'exclusive',
        messageKey: 'POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS',
      },
    ],
    initialState: () => ({ skipped: false }),
    steps: [...off, ...on],
    async ended(end, trx) {
      const { hostId, hostName, user } = end.params;
      services.hosts.kick();
      if (end.status === 'succeeded') return;
      const host = { id: hostId, name: hostName };
      const values = { reason: end.error?.message ?? '' };
      await recordEvent(trx, { name: failed[action], host, ...ofJob(end), values });
      if (user === null) await recordEvent(trx, { name: 'VDS_ALERT_FENCE_OPERATION_FAILED', host, jobId: end.id, values });
    },
  }) as unknown as EngineSaga;
}

export const powerManagementSagas = (services: PowerServices): EngineSaga[] => [
  powerSaga(services, 'start'),
  powerSaga(services, 'stop'),
  powerSaga(services, 'restart'),
];

const codes = { start: 20, stop: 21, restart: 41 } as const;

/** Whether the same was done to a host within the time in which boards should be left alone. */
export async function isQuietTime(trx: Trx, hostId: string, action: PowerAction, seconds: number): Promise<boolean> {
  const found = await sql`select 1 from audit_log where host_id = ${hostId} and code = ${codes[action]}
    and time > now() - ${seconds} * interval '1 second' limit 1`.execute(trx);
  return found.rows.length > 0;
}
