import type { Action, IscsiDetails } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import type { HostAccess } from '../monitoring/sessions.ts';
import { checkStorageAddress } from '../rest/address.ts';
import { conflict, hostFailed, incomplete, invalidValue, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Context, type Operation, type Reply } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import { noteChange } from '../changes/outbox.ts';
import { checkTarget } from '../storage-connections/definition.ts';
import { readableHosts } from './read.ts';

const maxPort = 65_535;
const defaultPort = 3260;
const maxSecretLength = 255;
/** Most targets of a portal that are told of. */
const maxTargets = 4096;
const timeoutMs = 120_000;
const iscsiStorageType = 3;
const noId = '00000000-0000-0000-0000-000000000000';

/** A portal with which hosts are to speak. */
interface Portal {
  address: string;
  port: number;
  username: string;
  password: string;
}

/** @throws {Fault} 400 naming the attribute */
function secretOf(field: string, value = ''): string {
  // oxlint-disable-next-line no-control-regex
  if (value.length > maxSecretLength || /[\u0000-\u001f\u007f]/.test(value))
    throw invalidValue(field, say`has at most ${maxSecretLength} characters and no line breaks`);
  return value;
}

/** The portal of a request, as far as it names one. @throws {Fault} 400 naming the attribute */
function portalOf({ address, port, username, password }: IscsiDetails): Portal {
  if (address === undefined) throw incomplete('iscsi.address');
  checkStorageAddress('iscsi.address', address);
  if (port !== undefined && (port < 1 || port > maxPort)) throw invalidValue('iscsi.port', say`must be between 1 and ${maxPort}`);
  return {
    address: address.replace(/^\[(.*)\]$/, '$1'),
    port: port ?? defaultPort,
    username: secretOf('iscsi.username', username),
    password: secretOf('iscsi.password', password),
  };
}

/** The host of the path, which has to be up. @throws {Fault} 404, 409 */
async function upHost(context: Context): Promise<{ id: string; name: string }> {
  const host = await one(context, readableHosts, context.path['host']);
  if (host['status'] !== 'up')
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
      VAR_ACTION: 'connect',
      VAR_TYPE: 'iSCSI',
      hostStatus: String(host['status']),
    });
  return { id: host.id ?? '', name: String(host['name']) };
}

/** What a host answers. @throws {Fault} 409 with what it refuses */
async function asked<T>(context: Context, hostId: string, what: string, call: (access: HostAccess) => Promise<T>): Promise<T> {
  try {
    return await call(await context.engine.hosts.access(hostId));
  } catch (error) {
    if (error instanceof VdsmError) throw hostFailed(what, error.message, error);
    throw error;
  }
}

/** An action that has a host that is up speak to an iSCSI portal. */
const iscsiAction = (run: (context: Context, host: { id: string; name: string }, details: IscsiDetails) => Promise<Reply>): Operation => ({
  permit: 'create_storage_domain',
  subjects: (context: Context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    await one(context, readableHosts, context.path['host']);
    const details = (context.body as Action).iscsi ?? {};
    portalOf(details);
    if (details.target !== undefined) checkTarget('iscsi.target', details.target);
    return await run(context, await upHost(context), details);
  },
});

/** One line of a host's answer, `address:port,tag name`; undefined when it is something else. */
export function readDiscovered(line: unknown): Required<Pick<IscsiDetails, 'address' | 'port' | 'portal' | 'target'>> | undefined {
  const [, address = '', port = '', tag = '', target = ''] =
    /^\[?([\w.:-]{1,255}?)\]?:(\d{1,5}),(\d{1,5}) ([A-Za-z0-9.:_-]{1,223})$/.exec(String(line)) ?? [];
  return target === '' ? undefined : { address, port: Number(port), portal: tag, target };
}

/** The targets of a portal, as a host finds them. */
async function discover(context: Context, hostId: string, details: IscsiDetails) {
  const { address, port, username, password } = portalOf(details);
  const answer: unknown = await asked(context, hostId, 'Cannot discover iSCSI targets', ({ client, fence }) =>
    client.call(
      'ISCSIConnection.discoverSendTargets',
      { host: address, port: String(port), user: username, password, ipv6_enabled: address.includes(':') },
      { timeoutMs, fence },
    ),
  );
  const lines = Array.isArray(answer) ? answer : [];
  if (lines.length > maxTargets)
    throw hostFailed('Cannot discover iSCSI targets', say`the portal tells of more than ${maxTargets} targets`);
  return lines.map(readDiscovered).filter((found) => found !== undefined);
}

/** `POST hosts/{host}/discoveriscsi`: the targets of a portal, each with its portals. */
export const discoverIscsi = iscsiAction(async (context, host, details) =>
  done(undefined, { discovered_targets: await discover(context, host.id, details) }),
);

/** `POST hosts/{host}/iscsidiscover`, the elder form: the names of the targets of a portal. */
export const iscsiDiscover = iscsiAction(async (context, host, details) => {
  const names = (await discover(context, host.id, details)).map(({ target }) => target);
  return done(undefined, { iscsi_targets: [...new Set(names)] });
});

/** `POST hosts/{host}/iscsilogin`: the host signs in at a target, and sees its LUNs from then on. */
export const iscsiLogin = iscsiAction(async (context, host, details) => {
  const { address, port, username, password } = portalOf(details);
  if (details.target === undefined) throw incomplete('iscsi.target');
  const { target, portal = '' } = details;
  const answer: unknown = await asked(context, host.id, 'Cannot sign in at the iSCSI target', ({ client, fence }) =>
    client.call(
      'StoragePool.connectStorageServer',
      {
        storagepoolID: noId,
        domainType: iscsiStorageType,
        connectionParams: [
          {
            id: noId,
            connection: address,
            port: String(port),
            iqn: target,
            tpgt: /^\d{1,5}$/.test(portal) ? portal : '1',
            user: username,
            password,
          },
        ],
      },
      { timeoutMs, fence },
    ),
  );
  const [{ status = -1 } = {}] = (Array.isArray(answer) ? answer : []) as { status?: number }[];
  if (status !== 0) throw hostFailed('Cannot sign in at the iSCSI target', say`the host answers with code ${status}`);
  const job = await write(context, async (trx) => {
    await noteChange(trx, 'host', host.id, 'update');
    return context.engine.jobs.record(trx, context, {
      action: 'ConnectStorageToVds',
      description: `Connecting Host ${host.name} with the iSCSI target ${target}`,
      subjects: [{ type: 'host', id: host.id }],
    });
  });
  return done(job);
});
