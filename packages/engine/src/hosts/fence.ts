import type { Action, HostStatus } from '@virgate/contract/generated/types';
import { powerJobs, powerTitles, isQuietTime, type PowerAction, type PowerParams } from '../fencing/power-sagas.ts';
import { hostIsDown } from '../fencing/host-is-down.ts';
import { loadFencedHost, PowerError, PowerSwitch, type FencedHost } from '../fencing/power.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, hostFailed, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { actor, attribution, write } from '../rest/write.ts';
import { readableHosts } from './read.ts';
import { checkHostStatus } from './status-rules.ts';

/** Statuses in which a person may say that the host was rebooted: those in which the engine cannot know what its VMs do. */
const unreachable = ['non_responsive', 'connecting', 'maintenance', 'non_operational', 'down', 'install_failed'];
/** In these there is nothing yet whose power could be switched. */
const notYet: readonly HostStatus[] = ['pending_approval', 'installing', 'installing_os'];

const statusActions = { start: 'StartVds', stop: 'StopVds' } as const;
const types = ['manual', 'restart', 'start', 'stop', 'status'] as const;

/** Somebody has rebooted the host by hand: its VMs are down and it manages no storage any more. */
async function confirmRebooted(context: Context, host: { id: string; name: string }): Promise<Reply> {
  const job = await write(context, async (trx) => {
    const { status } = await trx
      .selectFrom('host_state')
      .select('status')
      .where('host_id', '=', host.id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (!unreachable.includes(status)) throw conflict('ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS');
    await hostIsDown(trx, host, attribution(context));
    await recordEvent(trx, { name: 'VDS_MANUAL_FENCE_STATUS', host, ...attribution(context) });
    return context.engine.jobs.record(trx, context, {
      action: 'FenceVdsManualy',
      description: `Manually Fencing Host ${host.name}`,
      subjects: [{ type: 'host', id: host.id }],
    });
  });
  return done(job);
}

/** A host whose power can be switched. @throws {Fault} 409 `VDS_FENCE_DISABLED` */
async function managedHost(context: Context, hostId: string): Promise<FencedHost> {
  const host = await loadFencedHost(context.db, context.engine.authority.secretKey, hostId);
  if (!host) throw notFound();
  if (!host.enabled || host.agentGroups.length === 0) throw conflict('VDS_FENCE_DISABLED');
  return host;
}

async function askStatus(context: Context, hostId: string): Promise<Reply> {
  const { engine } = context;
  const target = await managedHost(context, hostId);
  const host = { id: target.id, name: target.name };
  const power = new PowerSwitch({ db: engine.db, hosts: engine.hosts, options: engine.options, secretKey: engine.authority.secretKey });
  try {
    const status = await power.status(target);
    await write(context, (trx) => recordEvent(trx, { name: 'VDS_FENCE_STATUS', host, ...attribution(context), values: { status } }));
    return done(undefined, { power_management: { status } });
  } catch (error) {
    if (!(error instanceof PowerError)) throw error;
    const values = { reason: error.message };
    await write(context, (trx) => recordEvent(trx, { name: 'VDS_FENCE_STATUS_FAILED', host, ...attribution(context), values }));
    throw error.kind === 'no_proxy' ? refused('VDS_NO_VDS_PROXY_FOUND') : hostFailed('Cannot tell the power of Host', error.message, error);
  }
}

async function switchPower(context: Context, hostId: string, action: PowerAction): Promise<Reply> {
  const { engine } = context;
  const { name, status: before } = await managedHost(context, hostId);
  const { job, ended } = await engine.jobs.run<PowerParams>(context, powerJobs[action], {
    params: {
      hostId,
      hostName: name,
      user: actor(context),
      correlationId: context.correlationId,
      maintenance: before === 'maintenance' || (context.body as Action).maintenance_after_restart === true,
      unlessActiveOnStorage: false,
    },
    description: `${powerTitles[action]} Host ${name}`,
    subjects: [{ type: 'host', id: hostId }],
    async check(trx) {
      const state = await trx.selectFrom('host_state').select('status').where('host_id', '=', hostId).executeTakeFirstOrThrow();
      const status = state.status as HostStatus;
      if (action === 'restart' && notYet.includes(status))
        throw conflict('VDS_STATUS_NOT_VALID_FOR_STOP', { hostStatus: status.replaceAll('_', ' ') });
      if (action !== 'restart') checkHostStatus(statusActions[action], status);
      const seconds = engine.options.number('FenceQuietTimeBetweenOperationsInSec');
      if (await isQuietTime(trx, hostId, action, seconds)) throw conflict('VDS_FENCE_DISABLED_AT_QUIET_TIME', { seconds: String(seconds) });
      // whatever a policy has done with it before, a person decides now
      await trx.updateTable('host_state').set({ rests_by_policy: false }).where('host_id', '=', hostId).execute();
    },
  });
  return ended ? done(job) : started(job);
}

/**
 * `POST hosts/{host}/fence`: `manual` confirms that somebody has rebooted the host by hand; `status` asks for its power, `start`, `stop`
 * and `restart` switch it, through the fence agents that other hosts run.
 */
export const fenceHost: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const found = await one(context, readableHosts, context.path['host']);
    const id = found.id ?? '';
    const wanted = (context.body as Action).fence_type?.toLowerCase();
    const type = types.find((one) => one === wanted);
    if (type === undefined) throw invalidValue('fence_type', say`must be one of ${types.join(', ')}`);
    if (type === 'manual') return confirmRebooted(context, { id, name: String(found['name']) });
    // The status forbids it whatever else is missing.
    if (type === 'start' || type === 'stop') checkHostStatus(statusActions[type], found['status'] as HostStatus);
    return type === 'status' ? askStatus(context, id) : switchPower(context, id, type);
  },
};
