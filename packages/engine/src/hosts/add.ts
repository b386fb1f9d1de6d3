import type { Host } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { defaultClusterId } from '../installation/fixed-ids.ts';
import { badRequest, conflict, invalidValue } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Operation } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkName } from '../vms/definition.ts';
import { beginInstall, sshOf, wishedReboot } from './install.ts';
import { readableHosts } from './read.ts';
import { insertAgents } from './fence-agents.ts';
import { setPowerManagement } from './power-management.ts';
import { checkHostSettings, setHostSettings, setSsh } from './settings.ts';

/** Ids that a host may have in its data center's storage leases. Source: VDSM, pool and SPM. */
const maxHostId = 250;
const maxAddressLength = 255;
const defaultPort = 54_321;

/** A host name or address, as an agent can be reached by. @throws {Fault} 400 */
export function checkAddress(address: string | undefined): string {
  if (address === undefined || address === '' || address.length > maxAddressLength || !/^[A-Za-z0-9.:_-]+$/.test(address))
    throw invalidValue('address', 'must be a host name or an IP address');
  return address;
}

/** The lowest free number of a host within its data center. */
export async function freeHostId(trx: Transaction<Tables>, clusterId: string): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtext('virgate host ids'))`.execute(trx);
  const found = await sql<{ id: number }>`
    select min(n)::int as id from generate_series(1, ${maxHostId}) n where n not in (
      select h.spm_id from host h join cluster c on c.id = h.cluster_id where h.spm_id is not null
        and c.data_center_id is not distinct from (select data_center_id from cluster where id = ${clusterId}))`.execute(trx);
  const id = found.rows[0]?.id;
  if (!id) throw conflict('TOO_MANY_HOSTS');
  return id;
}

/** A data center with local storage has one host, whose storage that is. @throws {Fault} */
export async function checkLocalDataCenter(trx: Transaction<Tables>, clusterId: string): Promise<void> {
  const found = await sql`select 1 from host h join cluster c on c.id = h.cluster_id join data_center d on d.id = c.data_center_id
    where d.is_local and d.id = (select data_center_id from cluster where id = ${clusterId}) limit 1`.execute(trx);
  if (found.rows.length > 0)
    throw badRequest('VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE', { VAR_ACTION: 'add', VAR_TYPE: 'Host' });
}

/** The rows of a new host. */
export async function insertHost(
  trx: Transaction<Tables>,
  host: {
    id: string;
    name: string;
    address: string;
    port: number;
    clusterId: string;
    status: string;
    hardwareUuid: string | null;
    body?: Host;
  },
): Promise<void> {
  const { body } = host;
  await checkLocalDataCenter(trx, host.clusterId);
  await trx
    .insertInto('host')
    .values({
      id: host.id,
      name: host.name,
      description: body?.description ?? '',
      comment: body?.comment ?? '',
      address: host.address,
      port: host.port,
      cluster_id: host.clusterId,
      spm_id: await freeHostId(trx, host.clusterId),
      ...(body?.spm?.priority === undefined ? {} : { spm_priority: body.spm.priority }),
    })
    .execute();
  await trx.insertInto('host_state').values({ host_id: host.id, status: host.status, hardware_uuid: host.hardwareUuid }).execute();
  await noteChange(trx, 'host', host.id, 'add');
}

const clusterOf = (body: Host): Reference => body.cluster ?? { id: defaultClusterId };

/**
 * `POST hosts`: adds a host. With `root_password` or `ssh` the engine installs it over SSH, in the background; else its agent must have a
 * certificate of this engine already, as one that joined by itself has.
 */
export const addHost: Operation = {
  permit: 'create_host',
  subjects: async (context) => [{ type: 'cluster', id: (await resolve(context.db, 'Cluster', 'cluster', clusterOf(context.body))).id }],
  async run(context) {
    const body = context.body as Host;
    checkHostSettings(body);
    if (context.parameters.flag('deploy_hosted_engine'))
      throw invalidValue('deploy_hosted_engine', 'is not supported: the engine runs in no VM of its hosts');
    const installs = body.root_password !== undefined || body.ssh !== undefined;
    const reboot = wishedReboot(context) ?? false;
    if (reboot && !installs) throw invalidValue('reboot', 'is for hosts that are installed over SSH; this one is not');
    const ssh = installs ? sshOf(context, body) : undefined;
    const name = checkName(body.name);
    const address = checkAddress(body.address);
    const cluster = await resolve(context.db, 'Cluster', 'cluster', clusterOf(body));
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await insertHost(trx, {
          id,
          name,
          address,
          port: body.port ?? defaultPort,
          clusterId: cluster.id,
          status: installs ? 'installing' : 'unassigned',
          hardwareUuid: null,
          body,
        });
        await setHostSettings(trx, id, body);
        if (ssh && body.ssh) await setSsh(trx, id, ssh);
        if (body.power_management !== undefined) {
          await insertAgents(trx, context.engine, id, body.power_management.agents ?? []);
          await setPowerManagement(trx, id, body.power_management);
        }
        if (ssh)
          await beginInstall(trx, context, {
            ...ssh,
            hostId: id,
            hostName: name,
            address,
            port: body.port ?? defaultPort,
            activate: context.parameters.flag('activate', true),
            reboot,
          });
        await recordEvent(trx, { name: 'USER_ADD_VDS', host: { id, name }, cluster, ...attribution(context) });
      },
      { host_name: nameInUse(name), host_address: () => conflict('ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST') },
    );
    context.engine.hosts.kick();
    return created('Host', await one(context, readableHosts, id));
  },
};
