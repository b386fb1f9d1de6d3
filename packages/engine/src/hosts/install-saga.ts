import { json } from '@virgate/database';
import { defineSaga, type SagaContext, type SagaStep } from '@virgate/saga';
import type { EventName } from '@virgate/contract/generated/events';
import type { Ssh } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { isInstalled } from '../clusters/host-setup.ts';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { managementNetworkOnHosts } from '../networks/management.ts';
import type { Authority } from '../pki/authority.ts';
import { unseal } from '../pki/seal.ts';
import { hostFailed, refused, say } from '../rest/fault.ts';
import { agentArchive, agentVersion, runtimeFor } from '../ssh/agent-archive.ts';
import { SshConnection, SshError, type SshResult } from '../ssh/client.ts';
import type { Tables } from '../tables/schema.ts';
import { hashOfEnrolmentToken, newEnrolmentToken } from './enrolment-token.ts';

type Trx = Transaction<Tables>;

/** Name of the job. */
export const installJob = 'InstallVds';

export interface InstallParams {
  hostId: string;
  hostName: string;
  address: string;
  /** Port that the agent is to listen on. */
  port: number;
  sshPort: number;
  sshUser: string;
  /** Sealed, in base64; null = the engine's key. */
  sealedPassword: string | null;
  /** That the host's key must have; null = what it has. */
  fingerprint: string | null;
  /** Watched afterwards; else it stays in maintenance. */
  activate: boolean;
  /** Rebooted when everything is in place, before its agent is watched. */
  reboot: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

/** What the steps hand on. */
export interface InstallState {
  fingerprint: string;
  machine: string;
  /** Which run of its kernel the host was in, so that it is rebooted once; missing where it need not be. */
  bootId?: string;
}

type Ctx = Pick<SagaContext<InstallParams, InstallState, Trx>, 'params' | 'state' | 'signal' | 'id'>;

/** What installing needs of the engine. */
export interface InstallServices {
  readonly hosts: HostSessions;
  readonly authority: Authority;
  /** Where hosts find this engine. */
  readonly engineUrl: () => string;
}

/** Where the agent lies on a host. */
export const folder = '/opt/virgate-host';
const dataFolder = '/var/lib/virgate-host';
const shortMs = 30_000;
const uploadMs = 600_000;
const joinMs = 120_000;
const joinWaitSeconds = 90;
const tokenLifeMs = 600_000;
/** Programs that the agent cannot do without. */
const programs = ['libvirtd', 'qemu-img', 'ip', 'tar'];

const unit = `[Unit]
Description=Virgate host agent
After=network-online.target libvirtd.service
Wants=network-online.target

[Service]
ExecStart=${folder}/agent run
Restart=always

[Install]
WantedBy=multi-user.target
`;

const bootIdFile = '/proc/sys/kernel/random/boot_id';
/** Says in which run of its kernel the host is, and fails when it has no program for a reboot. */
const canReboot = `PATH="$PATH:/usr/sbin:/sbin"; if command -v shutdown >/dev/null; then cat ${bootIdFile}; else echo "it has no program shutdown" >&2; exit 1; fi`;
/** Reboots a host that is still in the run that it reads; a moment later, so that the answer comes through. */
const rebootUnlessDone = `PATH="$PATH:/usr/sbin:/sbin"; read -r run
if [ "$run" = "$(cat ${bootIdFile})" ]; then setsid sh -c 'sleep 1; exec shutdown -r now' >/dev/null 2>&1 </dev/null & fi`;

/** Quotes one word for a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

const fault = (error: SshError) => {
  if (error.kind === 'authentication') return refused('SSH_AUTHENTICATION_FAILED', { reason: error.message });
  return hostFailed('Cannot install Host', error.message, error);
};

/** A connection for the time of one step. Every command runs as root: a user who is not has to be allowed \`sudo -n\`. */
export async function connected<T>(
  { authority }: InstallServices,
  ctx: Ctx,
  work: (
    run: (script: string, options?: Partial<Parameters<SshConnection['run']>[1]>) => Promise<SshResult>,
    fingerprint: string,
  ) => Promise<T>,
): Promise<T> {
  const { address, sshPort, sshUser, sealedPassword, fingerprint } = ctx.params;
  const known = ctx.state.fingerprint !== '' ? ctx.state.fingerprint : (fingerprint ?? undefined);
  let connection: SshConnection | undefined;
  try {
    connection = await SshConnection.open(
      {
        address,
        port: sshPort,
        user: sshUser,
        fingerprint: known,
        login:
          sealedPassword === null
            ? { privateKeyPem: authority.engine.keyPem }
            : { password: unseal(authority.secretKey, Buffer.from(sealedPassword, 'base64')) },
      },
      ctx.signal,
    );
    const { run, fingerprint: shown } = { run: connection.run.bind(connection), fingerprint: connection.fingerprint };
    const shell = sshUser === 'root' ? 'sh -c' : 'sudo -n sh -c';
    return await work(
      (script, options = {}) => run(`${shell} ${quoted(script)}`, { timeoutMs: shortMs, signal: ctx.signal, ...options }),
      shown,
    );
  } catch (error) {
    if (error instanceof SshError) throw fault(error);
    throw error;
  } finally {
    connection?.close();
  }
}

/** @throws {Fault} with what the host said, when a command failed */
function mustSucceed(what: string, { exitCode, stdout, stderr }: SshResult): string {
  if (exitCode === 0) return stdout;
  const said = (stderr.trim() === '' ? stdout : stderr).trim().slice(-1000);
  throw hostFailed('Cannot install Host', say`${what}: ${said === '' ? `it ended with ${exitCode}` : said}`);
}

/** A token that is good for this host alone: what joins with it needs no approval. */
async function makeToken(trx: Trx, hostId: string, now: number, id: string): Promise<string> {
  const token = newEnrolmentToken();
  const host = await trx.selectFrom('host').select('cluster_id').where('id', '=', hostId).executeTakeFirstOrThrow();
  await trx
    .insertInto('host_enrolment_token')
    .values({
      id,
      token_hash: hashOfEnrolmentToken(token),
      cluster_id: host.cluster_id,
      host_id: hostId,
      created_by: null,
      expires_at: new Date(now + tokenLifeMs),
    })
    .execute();
  return token;
}

const about = (ctx: Ctx) => ({ host: { id: ctx.params.hostId, name: ctx.params.hostName }, ...ofJob(ctx) });

async function setStatus(
  trx: Trx,
  hostId: string,
  status: 'unassigned' | 'maintenance' | 'reboot' | 'install_failed',
  detail: string | null,
): Promise<void> {
  await trx
    .updateTable('host_state')
    .set({ status, status_detail: detail, status_changed_at: new Date() })
    .where('host_id', '=', hostId)
    .execute();
  await noteChange(trx, 'host', hostId, 'update');
}

/** Everything is in place: the host is watched, comes back from its reboot, or stays in maintenance. */
async function recordInstalled(ctx: Ctx, trx: Trx, kind: InstallKind): Promise<void> {
  const { hostId, activate, reboot } = ctx.params;
  const watched = reboot ? 'reboot' : 'unassigned';
  await setStatus(trx, hostId, activate ? watched : 'maintenance', null);
  await isInstalled(trx, hostId);
  await kind.recorded?.(trx, hostId);
  await recordEvent(trx, { name: kind.finished, ...about(ctx) });
}

/** Has the agent that was brought join by a token of its own. */
const joinStep = (services: InstallServices): SagaStep<InstallParams, InstallState, Trx> => ({
  name: 'join',
  title: 'Joining the engine',
  async run(ctx) {
    const { hostId, hostName, address, port } = ctx.params;
    const token = await ctx.tx((trx) => makeToken(trx, hostId, ctx.now(), crypto.randomUUID()));
    const network = await ctx.tx(async (trx) => {
      const { cluster_id: clusterId } = await trx
        .selectFrom('host')
        .select('cluster_id')
        .where('id', '=', hostId)
        .executeTakeFirstOrThrow();
      return managementNetworkOnHosts(trx, clusterId);
    });
    const words = ['join', services.engineUrl(), '--token', '-', '--fingerprint', services.authority.fingerprint, '--name', hostName];
    const command = [
      ...words,
      '--management-network',
      network,
      '--address',
      address,
      '--port',
      String(port),
      '--wait',
      String(joinWaitSeconds),
      '--no-start',
    ];
    // A host that is installed again gets a key and a certificate anew.
    const script = `if [ -d /run/systemd/system ]; then systemctl stop virgate-host 2>/dev/null || :; fi
rm -rf ${dataFolder}/pki; exec ${folder}/agent ${command.map(quoted).join(' ')}`;
    await connected(services, ctx, async (run) => {
      mustSucceed('it could not join', await run(script, { input: `${token}\n`, timeoutMs: joinMs }));
    });
  },
});

/** What is particular about one of the jobs that bring the agent. */
export interface InstallKind {
  readonly name: string;
  /** The word of titles. */
  readonly title: string;
  /** Whether the host gets a key and a certificate; else it keeps those that it has. */
  readonly joins: boolean;
  readonly finished: EventName;
  readonly failed: EventName;
  /** What else is written when the agent is there. */
  recorded?(trx: Trx, hostId: string): Promise<void>;
}

const installs: InstallKind = { name: installJob, title: 'Installing', joins: true, finished: 'VDS_INSTALL', failed: 'VDS_INSTALL_FAILED' };

/** Brings the agent to a host over SSH, has it join, and starts it. Every step may be repeated. */
export function installHostSaga(services: InstallServices, kind: InstallKind = installs): EngineSaga {
  return defineSaga<InstallParams, InstallState, Trx>({
    name: kind.name,
    version: 1,
    title: (params) => `${kind.title} Host ${params.hostName}`,
    locks: (params) => [{ group: 'VDS', objectId: params.hostId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ fingerprint: '', machine: '' }),
    steps: [
      {
        name: 'connect',
        title: 'Connecting by SSH',
        async run(ctx) {
          await connected(services, ctx, async (run, fingerprint) => {
            ctx.state.fingerprint = fingerprint;
            ctx.state.machine = mustSucceed('it cannot be administered', await run('[ "$(id -u)" = 0 ] && uname -m')).trim();
            if (runtimeFor(ctx.state.machine) === undefined)
              throw hostFailed('Cannot install Host', say`there is no agent for machines of the kind ${ctx.state.machine}`);
            const missing = mustSucceed(
              'its programs cannot be looked for',
              await run(
                `PATH="$PATH:/usr/sbin:/sbin"; for name in ${programs.join(' ')}; do command -v "$name" >/dev/null || echo "$name"; done`,
              ),
            );
            if (missing.trim() !== '')
              throw hostFailed(
                'Cannot install Host',
                say`these programs are not installed on it: ${missing.trim().split('\n').join(', ')}`,
              );
            if (ctx.params.reboot) ctx.state.bootId = mustSucceed('it cannot be rebooted', await run(canReboot)).trim();
          });
        },
        async record(ctx, trx) {
          const ssh: Ssh = {
            port: ctx.params.sshPort,
            fingerprint: ctx.state.fingerprint,
            authentication_method: ctx.params.sealedPassword === null ? 'publickey' : 'password',
            user: { user_name: ctx.params.sshUser },
          };
          await sql`update host set settings = settings || ${json({ ssh })} where id = ${ctx.params.hostId}`.execute(trx);
          await recordEvent(trx, {
            name: 'VDS_INSTALL_IN_PROGRESS',
            ...about(ctx),
            values: { text: `connected, key ${ctx.state.fingerprint}` },
          });
        },
      },
      {
        name: 'agent',
        title: 'Bringing the agent',
        timeoutMs: uploadMs,
        async run(ctx) {
          await connected(services, ctx, async (run) => {
            const runtime = runtimeFor(ctx.state.machine) ?? '';
            const script = `set -e; rm -rf ${folder}.new; mkdir -p ${folder}.new; tar -C ${folder}.new --no-same-owner -xf -
printf '#!/bin/sh\\nexec %s/node_modules/%s/bin/node %s/packages/host/src/main.ts "$@"\\n' ${folder} ${runtime} ${folder} > ${folder}.new/agent
echo ${agentVersion()} > ${folder}.new/version; chmod 755 ${folder}.new/agent; rm -rf ${folder}.old; [ ! -e ${folder} ] || mv ${folder} ${folder}.old; mv ${folder}.new ${folder}; rm -rf ${folder}.old`;
            mustSucceed('the agent could not be unpacked', await run(script, { input: agentArchive(runtime), timeoutMs: uploadMs }));
          });
        },
        async record(ctx, trx) {
          await recordEvent(trx, { name: 'VDS_INSTALL_IN_PROGRESS', ...about(ctx), values: { text: `the agent is in ${folder}` } });
        },
      },
      ...(kind.joins ? [joinStep(services)] : []),
      {
        name: 'start',
        title: 'Starting the agent',
        pivot: true,
        async run(ctx) {
          // An agent that is to go with its machine is not started before: nobody shall see the host up and then away.
          const { verb, start } = ctx.params.reboot
            ? { verb: 'stop', start: '' }
            : {
                verb: 'restart',
                start: `setsid ${folder}/agent run > ${dataFolder}/agent.log 2>&1 < /dev/null & echo $! > /run/virgate-host.pid`,
              };
          const script = `if [ -d /run/systemd/system ]; then
  cat > /etc/systemd/system/virgate-host.service && systemctl daemon-reload && systemctl enable virgate-host && systemctl ${verb} virgate-host
else
  cat > /dev/null
  if [ -s /run/virgate-host.pid ]; then kill "$(cat /run/virgate-host.pid)" 2>/dev/null || :; fi
  ${start}
fi`;
          await connected(services, ctx, async (run) => {
            mustSucceed('the agent could not be started', await run(script, { input: unit }));
          });
        },
        record: (ctx, trx) => (ctx.params.reboot ? Promise.resolve() : recordInstalled(ctx, trx, kind)),
      },
      {
        name: 'reboot',
        title: 'Rebooting',
        async run(ctx) {
          const { bootId } = ctx.state;
          if (!ctx.params.reboot || bootId === undefined) return;
          await connected(services, ctx, async (run) => {
            mustSucceed('it could not be rebooted', await run(rebootUnlessDone, { input: bootId }));
          });
        },
        record: (ctx, trx) => (ctx.params.reboot ? recordInstalled(ctx, trx, kind) : Promise.resolve()),
      },
    ],
    async ended(end, trx) {
      services.hosts.kick();
      if (end.status === 'succeeded') return;
      const { hostId, hostName } = end.params;
      const reason = end.error?.message ?? '';
      await setStatus(trx, hostId, 'install_failed', reason.slice(0, 500));
      await recordEvent(trx, { name: kind.failed, host: { id: hostId, name: hostName }, ...ofJob(end), values: { reason } });
    },
  }) as unknown as EngineSaga;
}
