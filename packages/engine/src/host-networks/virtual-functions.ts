import type { EventName } from '@virgate/contract/generated/events';
import type { Action, Network, NetworkLabel } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { readableHosts } from '../hosts/read.ts';
import { readableNetworks } from '../networks/read.ts';
import { incomplete, notFound, refused } from '../rest/fault.ts';
import { byIds, one } from '../rest/listing.ts';
import {
  collection,
  created,
  done,
  entity,
  started,
  type Context,
  type Entity,
  type Operation,
  type Reply,
  type Services,
} from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { actor, attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkLabel, checkSettable } from './change.ts';
import type { FunctionsParams } from './functions-saga.ts';
import { hostSubject } from './operations.ts';
import { functionsOfNics, type NicFunctions } from './physical-functions.ts';
import { nicOfPath } from './read.ts';

type Trx = Transaction<Tables>;

/** The NIC of the path, which makes virtual functions. */
interface Physical {
  host: { id: string; name: string };
  nicId: string;
  functions: NicFunctions;
}

/** @throws {Fault} 404, 400 for a NIC that makes no virtual functions */
async function physicalOfPath(context: Context): Promise<Physical> {
  const host = await one(context, readableHosts, context.path['host']);
  const nic = await nicOfPath(context);
  const id = host.id ?? '';
  const functions = (await functionsOfNics(context.db, [id])).find((known) => known.nicName === nic['name']);
  if (functions?.most == null) throw refused('ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED', { nicName: String(nic['name']) });
  return { host: { id, name: String(host['name']) }, nicId: nic.id ?? '', functions };
}

async function note(context: Context, trx: Trx, { host, functions }: Physical, event: EventName, values: Record<string, string> = {}) {
  await recordEvent(trx, { name: event, host, ...attribution(context), values: { nicName: functions.nicName, ...values } });
  await noteChange(trx, 'host', host.id, 'update');
}

/** Functions of a NIC that something uses: a network of the host, or a VM. Another number of them would take these away. */
async function inUse(trx: Trx, hostId: string, nicName: string): Promise<boolean> {
  const used = await sql`
    select 1 from host_device d join host_device v on v.host_id = d.host_id and v.physical_function = d.parent
    where d.host_id = ${hostId} and d.interface = ${nicName} and d.capability = 'net' and (
      exists (select 1 from vm_host_device g join vm_state s on s.vm_id = g.vm_id where g.device_name = v.name and s.host_id = v.host_id)
      or exists (select 1 from nic_virtual_function u join nic i on i.id = u.nic_id join vm_state s on s.vm_id = i.vm_id
        where u.device_name = v.name and u.host_id = v.host_id and s.host_id = v.host_id)
      or exists (select 1 from host_device n join host_nic i on i.host_id = n.host_id and i.name = n.interface
        where n.host_id = v.host_id and n.parent = v.name and (i.network_name is not null or i.bond_name is not null
          or exists (select 1 from host_nic b where b.host_id = i.host_id and b.base_name = i.name)
          or exists (select 1 from host_nic_label l where l.host_id = i.host_id and l.nic_name = i.name)))) limit 1`.execute(trx);
  return used.rows.length > 0;
}

/** Which number of functions a request asks for; null when that is what there is. @throws {Fault} 400, 409 */
async function otherNumber(trx: Trx, { host, functions }: Physical, wanted: number | undefined): Promise<number | null> {
  if (wanted === undefined) return null;
  if (wanted < 0 || wanted > (functions.most ?? 0))
    throw refused('ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE', {
      nicName: functions.nicName,
      numOfVfs: String(wanted),
      maxNumOfVfs: String(functions.most),
    });
  if (wanted === functions.made) return null;
  if (await inUse(trx, host.id, functions.nicName))
    throw refused('ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED', { nicName: functions.nicName });
  return wanted;
}

/** The job that makes another number of functions; what is in use is looked for again under its lock. */
async function makeFunctions(context: Context, physical: Physical, wanted: number, allNetworksAllowed: boolean | null): Promise<Reply> {
  const { host, functions } = physical;
  const { job, ended } = await context.engine.jobs.run<FunctionsParams>(context, 'UpdateHostNicVfsConfig', {
    params: {
      hostId: host.id,
      hostName: host.name,
      nicName: functions.nicName,
      deviceName: functions.deviceName,
      wanted,
      before: functions.made,
      allNetworksAllowed,
      user: actor(context),
      correlationId: context.correlationId,
    },
    description: `Changing the virtual functions of ${functions.nicName} of Host ${host.name}`,
    subjects: [{ type: 'host', id: host.id }],
    check: async (trx) => {
      await otherNumber(trx, physical, wanted);
      const state = await trx.selectFrom('host_state').select('status').where('host_id', '=', host.id).executeTakeFirst();
      checkSettable(state?.status ?? 'unknown');
    },
  });
  return ended ? done(job) : started(job);
}

/** `POST hosts/{host}/nics/{nic}/updatevirtualfunctionsconfiguration` */
export const updateVirtualFunctions: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const physical = await physicalOfPath(context);
    const wanted = (context.body as Action).virtual_functions_configuration;
    if (wanted === undefined) throw incomplete('virtual_functions_configuration');
    const { id } = physical.host;
    const number = await context.db.transaction().execute((trx) => otherNumber(trx, physical, wanted.number_of_virtual_functions));
    if (number !== null) return await makeFunctions(context, physical, number, wanted.all_networks_allowed ?? null);
    const job = await write(context, async (trx) => {
      if (wanted.all_networks_allowed !== undefined) {
        const columns = { all_networks_allowed: wanted.all_networks_allowed };
        await trx
          .insertInto('host_nic_functions')
          .values({ host_id: id, nic_name: physical.functions.nicName, ...columns })
          .onConflict((known) => known.columns(['host_id', 'nic_name']).doUpdateSet(columns))
          .execute();
      }
      await note(context, trx, physical, 'UPDATE_HOST_NIC_VFS_CONFIG');
      return context.engine.jobs.record(trx, context, {
        action: 'UpdateHostNicVfsConfig',
        description: `Changing the virtual functions of ${physical.functions.nicName} of Host ${physical.host.name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    return done(job);
  },
};

/** Networks that the functions of the NIC of the path may be used for, when they may not be used for all. */
async function networksOfPath(context: Context): Promise<Entity[]> {
  const nic = await nicOfPath(context);
  const rows = await context.db
    .selectFrom('host_nic_function_network')
    .select('network_id')
    .where('host_id', '=', context.path['host'] ?? '')
    .where('nic_name', '=', String(nic['name']))
    .execute();
  return byIds(
    context,
    readableNetworks,
    rows.map((row) => row.network_id),
  );
}

async function networkOfPath(context: Context, id = context.path['network']): Promise<Entity> {
  const found = (await networksOfPath(context)).find((network) => network.id === id);
  if (!found) throw notFound();
  return found;
}

/** A network of the host's cluster. @throws {Fault} */
const clusterNetwork = (trx: Trx, hostId: string, reference: Network): Promise<{ id: string; name: string }> =>
  resolve(
    trx,
    'Network',
    'network',
    reference,
    sql<boolean>`exists (select 1 from network_cluster c join host h on h.cluster_id = c.cluster_id where c.network_id = t.id and h.id = ${hostId})`,
  );

const addNetwork: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const physical = await physicalOfPath(context);
    const id = await write(context, async (trx) => {
      const network = await clusterNetwork(trx, physical.host.id, context.body);
      const added = await trx
        .insertInto('host_nic_function_network')
        .values({ host_id: physical.host.id, nic_name: physical.functions.nicName, network_id: network.id })
        .onConflict((known) => known.doNothing())
        .returning('network_id')
        .execute();
      if (added.length === 0) throw refused('ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG', { networkName: network.name });
      await note(context, trx, physical, 'ADD_VFS_CONFIG_NETWORK', { network: network.name });
      return network.id;
    });
    return created('Network', await networkOfPath(context, id));
  },
};

const removeNetwork: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const network = await networkOfPath(context);
    const physical = await physicalOfPath(context);
    const job = await write(context, async (trx) => {
      await trx
        .deleteFrom('host_nic_function_network')
        .where('host_id', '=', physical.host.id)
        .where('nic_name', '=', physical.functions.nicName)
        .where('network_id', '=', network.id ?? '')
        .execute();
      await note(context, trx, physical, 'REMOVE_VFS_CONFIG_NETWORK', { network: String(network['name']) });
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVfsConfigNetwork',
        description: `Keeping network ${String(network['name'])} off the virtual functions of ${physical.functions.nicName}`,
        subjects: [{ type: 'host', id: physical.host.id }],
      });
    });
    return done(job);
  },
};

/** Labels whose networks the functions of the NIC of the path may be used for. */
export async function functionLabelsOfPath(context: Context): Promise<Entity[]> {
  const nic = await nicOfPath(context);
  const rows = await context.db
    .selectFrom('host_nic_function_label')
    .select('label')
    .where('host_id', '=', context.path['host'] ?? '')
    .where('nic_name', '=', String(nic['name']))
    .orderBy('label')
    .execute();
  return rows.map((row) => ({ id: row.label, host_nic: { id: nic.id ?? '', ...(nic.href === undefined ? {} : { href: nic.href }) } }));
}

export const addFunctionLabel: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const physical = await physicalOfPath(context);
    const { id } = context.body as NetworkLabel;
    if (id === undefined) throw incomplete('network_label.id');
    const label = checkLabel(id);
    await write(context, async (trx) => {
      const added = await trx
        .insertInto('host_nic_function_label')
        .values({ host_id: physical.host.id, nic_name: physical.functions.nicName, label })
        .onConflict((known) => known.doNothing())
        .returning('label')
        .execute();
      if (added.length === 0) throw refused('ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG', { label });
      await note(context, trx, physical, 'ADD_VFS_CONFIG_LABEL', { label });
    });
    const made = (await functionLabelsOfPath(context)).find((one) => one.id === label);
    if (!made) throw notFound();
    return created('NetworkLabel', made);
  },
};

export const removeFunctionLabel: Operation = {
  permit: 'configure_host_network',
  subjects: hostSubject,
  async run(context) {
    const label = (await functionLabelsOfPath(context)).find((known) => known.id === context.path['label'])?.id;
    if (label === undefined) throw notFound();
    const physical = await physicalOfPath(context);
    const job = await write(context, async (trx) => {
      await trx
        .deleteFrom('host_nic_function_label')
        .where('host_id', '=', physical.host.id)
        .where('nic_name', '=', physical.functions.nicName)
        .where('label', '=', label)
        .execute();
      await note(context, trx, physical, 'REMOVE_VFS_CONFIG_LABEL', { label });
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVfsConfigLabel',
        description: `Keeping networks with label ${label} off the virtual functions of ${physical.functions.nicName}`,
        subjects: [{ type: 'host', id: physical.host.id }],
      });
    });
    return done(job);
  },
};

/** Networks that virtual functions of NICs may be used for. */
export const functionNetworkServices: Services = {
  VirtualFunctionAllowedNetworksService: {
    list: { permit: null, run: async (context) => collection('Network', await networksOfPath(context)) },
    add: addNetwork,
  },
  VirtualFunctionAllowedNetworkService: {
    get: { permit: null, run: async (context) => entity('Network', await networkOfPath(context)) },
    remove: removeNetwork,
  },
};
