import type { Action, HostStatus, Ssh } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { defineSaga } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { invalidValue } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor, attribution } from '../rest/write.ts';
import { agentVersion } from '../ssh/agent-archive.ts';
import type { Tables } from '../tables/schema.ts';
import { sshOf, wishedReboot } from './install.ts';
import { connected, folder, installHostSaga, type InstallParams, type InstallServices, type InstallState } from './install-saga.ts';
import { readableHosts } from './read.ts';
import { checkHostStatus } from './status-rules.ts';
import { refuseWithVms } from './status.ts';

type Trx = Transaction<Tables>;

const checkJob = 'HostUpgradeCheck';
const upgradeJob = 'UpgradeHost';

async function setAvailable(trx: Trx, hostId: string, available: boolean): Promise<void> {
  await sql`update host set settings = settings || ${json({ update_available: available })} where id = ${hostId}`.execute(trx);
  await noteChange(trx, 'host', hostId, 'update');
}

/** Looks whether a host has the agent that this engine would bring. */
const upgradeCheckSaga = (services: InstallServices): EngineSaga =>
  defineSaga<InstallParams, InstallState & { found: string }, Trx>({
    name: checkJob,
    version: 1,
    title: (params) => `Checking for an upgrade of Host ${params.hostName}`,
    locks: (params) => [{ group: 'VDS', objectId: params.hostId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ fingerprint: '', machine: '', found: '' }),
    steps: [
      {
        name: 'check',
        title: 'Asking for the version of the agent',
        async run(ctx) {
          ctx.state.found = await connected(services, ctx, async (run) =>
            (await run(`cat ${folder}/version 2>/dev/null || :`)).stdout.trim(),
          );
        },
        async record(ctx, trx) {
          const { hostId, hostName } = ctx.params;
          const available = ctx.state.found !== agentVersion();
          await setAvailable(trx, hostId, available);
          await recordEvent(trx, {
            name: 'HOST_AVAILABLE_UPDATES_FINISHED',
            host: { id: hostId, name: hostName },
            ...ofJob(ctx),
            values: { text: available ? 'a newer agent is there' : 'there is nothing newer' },
          });
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { hostId, hostName } = end.params;
      const values = { reason: end.error?.message ?? '' };
      await recordEvent(trx, { name: 'HOST_AVAILABLE_UPDATES_FAILED', host: { id: hostId, name: hostName }, ...ofJob(end), values });
    },
  }) as unknown as EngineSaga;

/** Jobs that look for a newer agent, and bring it. */
export const upgradeSagas = (services: InstallServices): EngineSaga[] => [
  upgradeCheckSaga(services),
  installHostSaga(services, {
    name: upgradeJob,
    title: 'Upgrading',
    joins: false,
    finished: 'HOST_UPGRADE_FINISHED',
    failed: 'HOST_UPGRADE_FAILED',
    recorded: (trx, hostId) => setAvailable(trx, hostId, false),
  }),
];

const subjects: Operation['subjects'] = (context) => [{ type: 'host', id: context.path['host'] ?? '' }];
type Parameters = Omit<InstallParams, 'activate' | 'reboot'>;

/** How the engine reaches a host by its own key, and the job's words. */
async function parametersOf(context: Context): Promise<{ params: Parameters; status: HostStatus }> {
  const host = await one(context, readableHosts, context.path['host']);
  const ssh = sshOf(context, { ssh: { authentication_method: 'publickey' } }, host['ssh'] as Ssh | undefined);
  return {
    status: host['status'] as HostStatus,
    params: {
      hostId: host.id ?? '',
      hostName: String(host['name']),
      address: String(host['address']),
      port: Number(host['port']),
      ...ssh,
      user: actor(context),
      correlationId: context.correlationId,
    },
  };
}

/** `POST hosts/{host}/upgradecheck`: whether the engine has another agent than the host, which it asks by SSH with its own key. */
export const checkForUpgrade: Operation = {
  permit: 'edit_host_configuration',
  subjects,
  async run(context) {
    const { params, status } = await parametersOf(context);
    checkHostStatus('HostUpgradeCheck', status);
    const { job, ended } = await context.engine.jobs.run<InstallParams>(context, checkJob, {
      params: { ...params, activate: false, reboot: false },
      description: `Checking for an upgrade of Host ${params.hostName}`,
      subjects: [{ type: 'host', id: params.hostId }],
      check: (trx) =>
        recordEvent(trx, {
          name: 'HOST_AVAILABLE_UPDATES_STARTED',
          host: { id: params.hostId, name: params.hostName },
          ...attribution(context),
        }),
    });
    return ended ? done(job) : started(job);
  },
};

/**
 * `POST hosts/{host}/upgrade`: brings the engine's agent to a host without VMs, by SSH with the engine's own key, and starts it. The host
 * is then as it was before: up, or in maintenance. Packages of the system are not upgraded; it is rebooted where the request says so.
 */
export const upgradeHost: Operation = {
  permit: 'edit_host_configuration',
  subjects,
  async run(context) {
    const body = context.body as Action;
    if (body.image) throw invalidValue('image', 'is not supported: the agent is brought over SSH, and no system image');
    const { params, status: seen } = await parametersOf(context);
    checkHostStatus('UpgradeHost', seen);
    const { hostId, hostName } = params;
    const { job, ended } = await context.engine.jobs.run<InstallParams>(context, upgradeJob, {
      params: { ...params, activate: seen !== 'maintenance', reboot: wishedReboot(context, body.reboot) ?? false },
      description: `Upgrading Host ${hostName}`,
      subjects: [{ type: 'host', id: hostId }],
      async check(trx) {
        const row = await trx.selectFrom('host_state').select('status').where('host_id', '=', hostId).forUpdate().executeTakeFirstOrThrow();
        checkHostStatus('UpgradeHost', row.status as HostStatus);
        await refuseWithVms(trx, hostId, 'upgrade');
        await trx
          .updateTable('host_state')
          .set({ status: 'installing', status_detail: null, status_changed_at: new Date() })
          .where('host_id', '=', hostId)
          .execute();
        await recordEvent(trx, { name: 'HOST_UPGRADE_STARTED', host: { id: hostId, name: hostName }, ...attribution(context) });
        await noteChange(trx, 'host', hostId, 'update');
      },
    });
    return ended ? done(job) : started(job);
  },
};
