import type { Action, HostStatus, Ssh } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { seal } from '../pki/seal.ts';
import { conflict, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import { sshFingerprint } from '../ssh/client.ts';
import type { Tables } from '../tables/schema.ts';
import { isSshKey } from '../users/ssh-key.ts';
import { installJob, type InstallParams } from './install-saga.ts';
import { readableHosts } from './read.ts';
import { checkFirewall } from './settings.ts';

/** Statuses in which a host may be installed. Source: engine behaviour, InstallVds. */
const installable: readonly HostStatus[] = ['maintenance', 'install_failed', 'non_responsive', 'error'];
const defaultSshPort = 22;
const maxPort = 65_535;
const userPattern = /^[a-z_][a-z0-9_.-]{0,31}$/i;
const fingerprintPattern = /^SHA256:[A-Za-z0-9+/]{43}$/;
const maxPasswordLength = 512;
const maxKeyLength = 16_384;

/** How a request says that a host is reached by SSH. */
export interface SshWish {
  root_password?: string;
  ssh?: Ssh;
}

/** The fingerprint of the key that the host must show, given as it is or by the key; undefined for any key. @throws {Fault} 400 */
function fingerprintOf({ fingerprint, public_key: publicKey }: Ssh, before: Ssh): string | undefined {
  const given = fingerprint ?? (publicKey ? undefined : before.fingerprint);
  if (given !== undefined && given !== '' && !fingerprintPattern.test(given))
    throw invalidValue('ssh.fingerprint', 'must be the SHA-256 of the key as OpenSSH writes it: SHA256:…');
  if (!publicKey) return given;
  if (publicKey.length > maxKeyLength || !isSshKey(publicKey))
    throw invalidValue('ssh.public_key', "must be the host's public key as OpenSSH writes it: ssh-ed25519 AAAA…");
  const own = sshFingerprint(Buffer.from(publicKey.trim().split(/\s+/)[1] ?? '', 'base64'));
  if (given !== undefined && given !== '' && given !== own)
    throw invalidValue('ssh.public_key', 'is another key than that of ssh.fingerprint');
  return own;
}

/** What a request leaves out is as the host was reached before. @throws {Fault} 400 naming the attribute */
export function sshOf(
  context: Context,
  { root_password: rootPassword, ssh = {} }: SshWish,
  before: Ssh = {},
): Pick<InstallParams, 'sshPort' | 'sshUser' | 'sealedPassword' | 'fingerprint'> {
  const port = ssh.port ?? before.port ?? defaultSshPort;
  if (port < 1 || port > maxPort) throw refused('ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT');
  const user = ssh.user?.user_name ?? (rootPassword === undefined ? before.user?.user_name : undefined) ?? 'root';
  if (!userPattern.test(user)) throw refused('ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME');
  const fingerprint = fingerprintOf(ssh, before);
  const password = ssh.user?.password ?? rootPassword;
  const method = ssh.authentication_method ?? (password === undefined ? 'publickey' : 'password');
  if (method === 'password' && (password === undefined || password === '')) throw refused('VDS_CANNOT_INSTALL_EMPTY_PASSWORD');
  if (password !== undefined && password.length > maxPasswordLength)
    throw invalidValue('ssh.user.password', say`must have at most ${maxPasswordLength} characters`);
  return {
    sshPort: port,
    sshUser: user,
    fingerprint: fingerprint === undefined || fingerprint === '' ? null : fingerprint,
    sealedPassword: method === 'password' ? seal(context.engine.authority.secretKey, password ?? '').toString('base64') : null,
  };
}

/** Shows a host as being installed, and starts the job. */
export async function beginInstall(
  trx: Transaction<Tables>,
  context: Context,
  params: Omit<InstallParams, 'user' | 'correlationId'>,
): Promise<string> {
  const job = await context.engine.jobs.beginIn<InstallParams>(trx, context, installJob, {
    params: { ...params, user: actor(context), correlationId: context.correlationId },
    description: `Installing Host ${params.hostName}`,
    subjects: [{ type: 'host', id: params.hostId }],
  });
  const state = await trx
    .selectFrom('host_state')
    .select('status')
    .where('host_id', '=', params.hostId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (state.status !== 'installing' && !installable.includes(state.status as HostStatus))
    throw conflict('VDS_CANNOT_INSTALL_STATUS_ILLEGAL', { hostStatus: state.status.replaceAll('_', ' ') });
  await trx
    .updateTable('host_state')
    .set({ status: 'installing', status_detail: null, status_changed_at: new Date() })
    .where('host_id', '=', params.hostId)
    .execute();
  await noteChange(trx, 'host', params.hostId, 'update');
  return job;
}

/**
 * Whether a host is to be rebooted, in the body or as a parameter; undefined when nothing is said of it. Nothing that the engine brings
 * needs a reboot, so that a host of which nothing is said is left running.
 */
export const wishedReboot = (context: Context, inBody?: boolean): boolean | undefined =>
  inBody ?? (context.parameters.text('reboot') === undefined ? undefined : context.parameters.flag('reboot'));

/**
 * `POST hosts/{host}/install`: brings the agent to a host again, over SSH. With the engine's own key, which the host must know
 * (`pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY`), or a password.
 */
export const installHost: Operation = {
  permit: 'edit_host_configuration',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const host = await one(context, readableHosts, context.path['host']);
    const body = context.body as Action;
    checkFirewall(body.host ?? {}, 'host.override_iptables');
    if (body.deploy_hosted_engine === true || body.undeploy_hosted_engine === true)
      throw invalidValue(
        body.deploy_hosted_engine === true ? 'deploy_hosted_engine' : 'undeploy_hosted_engine',
        'is not supported: the engine runs in no VM of its hosts',
      );
    const reboot = wishedReboot(context, body.reboot) ?? false;
    if (body.image) throw invalidValue('image', 'is not supported: the agent is brought over SSH, and no system image');
    const status = host['status'] as HostStatus;
    if (!installable.includes(status)) throw conflict('VDS_CANNOT_INSTALL_STATUS_ILLEGAL', { hostStatus: status.replaceAll('_', ' ') });
    const ssh = sshOf(context, body, host['ssh'] as Ssh | undefined);
    const job = await write(context, (trx) =>
      beginInstall(trx, context, {
        hostId: host.id ?? '',
        hostName: String(host['name']),
        address: String(host['address']),
        port: Number(host['port']),
        ...ssh,
        activate: body.activate ?? context.parameters.flag('activate'),
        reboot,
      }),
    );
    if (context.asynchronous) return started(job);
    return (await context.engine.jobs.settle(job)) ? done(job) : started(job);
  },
};
