import type { IscsiBond } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import { sql, type Selectable, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { readableDataCenters } from '../data-centers/read.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, entityNotFound, incomplete, invalidValue, notFound, refused, say } from '../rest/fault.ts';
import { readableNetworks } from '../networks/read.ts';
import type { Loaders } from '../rest/follow.ts';
import { isUuid, list, matching, one, tail, type Readable } from '../rest/listing.ts';
import { membersOf } from '../rest/members.ts';
import {
  collection,
  created,
  done,
  entity,
  type Context,
  type Entity,
  type Operation,
  type Reply,
  type Services,
} from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { IscsiBondTable, Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

const namePattern = /^[\w.-]{1,50}$/u;
const maxDescriptionLength = 4000;

/** iSCSI bonds are seen by who sees their data center. */
const readableBonds: Readable = {
  objectType: 'data_center',
  everybodyReads: true,
  order: sql`lower(t.name), t.id`,
  async read(context, selection) {
    const found = await sql<
      Selectable<IscsiBondTable>
    >`select t.* from iscsi_bond t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map(({ id, name, description, data_center_id: dataCenter }): Entity => ({
      id,
      name,
      description,
      data_center: { id: dataCenter },
    }));
  },
};

async function dataCenterOfPath(context: Context): Promise<{ id: string; name: string }> {
  const found = await one(context, readableDataCenters, context.path['data_center']);
  return { id: found.id ?? '', name: String(found['name']) };
}

/** The bond of a path. @throws {Fault} 404, also when it belongs to another data center */
export async function bondOfPath(context: Context): Promise<Entity> {
  const { id } = await dataCenterOfPath(context);
  const found = await one(context, readableBonds, context.path['iscsi_bond']);
  if ((found['data_center'] as Entity).id !== id) throw notFound();
  return found;
}

function check(body: IscsiBond): void {
  if (body.name !== undefined && !namePattern.test(body.name)) throw refused('VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER');
  if ((body.description ?? '').length > maxDescriptionLength)
    throw invalidValue('description', say`may have at most ${maxDescriptionLength} characters`);
}

/** A network that a bond may have: one of its data center, which no cluster requires. @throws {Fault} */
async function networkOf(trx: Trx, dataCenterId: string, reference: Reference): Promise<string> {
  const { id } = await resolve(trx, 'Network', 'network', reference, sql<boolean>`t.data_center_id = ${dataCenterId}::uuid`);
  const required = await trx
    .selectFrom('network_cluster')
    .select('network_id')
    .where('network_id', '=', id)
    .where('required', '=', true)
    .execute();
  if (required.length > 0) throw refused('ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED');
  return id;
}

/** A connection that a bond may have: to an iSCSI target. @throws {Fault} */
async function connectionOf(trx: Trx, id: string | undefined): Promise<string> {
  const found =
    id !== undefined && isUuid(id)
      ? await trx.selectFrom('storage_connection').select('type').where('id', '=', id).executeTakeFirst()
      : undefined;
  if (!found || id === undefined) throw entityNotFound('StorageConnection', `id=${id ?? ''}`);
  if (found.type !== 'iscsi') throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND');
  return id;
}

/** Gives a bond the networks and connections that a body names. */
async function setParts(trx: Trx, bondId: string, dataCenterId: string, body: IscsiBond): Promise<void> {
  if (body.networks) {
    await trx.deleteFrom('iscsi_bond_network').where('iscsi_bond_id', '=', bondId).execute();
    for (const network of body.networks) await addPart(trx, bondId, { networkId: await networkOf(trx, dataCenterId, network) });
  }
  if (body.storage_connections) {
    await trx.deleteFrom('iscsi_bond_connection').where('iscsi_bond_id', '=', bondId).execute();
    for (const { id } of body.storage_connections) await addPart(trx, bondId, { connectionId: await connectionOf(trx, id) });
  }
}

async function addPart(trx: Trx, bondId: string, part: { networkId: string } | { connectionId: string }): Promise<void> {
  if ('networkId' in part)
    await trx
      .insertInto('iscsi_bond_network')
      .values({ iscsi_bond_id: bondId, network_id: part.networkId })
      .onConflict((there) => there.doNothing())
      .execute();
  else
    await trx
      .insertInto('iscsi_bond_connection')
      .values({ iscsi_bond_id: bondId, storage_connection_id: part.connectionId })
      .onConflict((there) => there.doNothing())
      .execute();
}

async function noteBond(
  context: Context,
  trx: Trx,
  dataCenter: { id: string; name: string },
  event: EventName,
  bond: string,
): Promise<void> {
  await recordEvent(trx, { name: event, dataCenter, ...attribution(context), values: { bond } });
  await noteChange(trx, 'data_center', dataCenter.id, 'update');
}

const permit = 'edit_storage_pool_configuration';
const subjects: Operation['subjects'] = (context) => [{ type: 'data_center', id: context.path['data_center'] ?? '' }];
const nameTaken = { iscsi_bond_name: () => conflict('ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER') };

const addBond: Operation = {
  permit,
  subjects,
  async run(context) {
    const dataCenter = await dataCenterOfPath(context);
    const body = context.body as IscsiBond;
    check(body);
    const { name } = body;
    if (name === undefined) throw incomplete('IscsiBond [name]');
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('iscsi_bond')
          .values({ id, data_center_id: dataCenter.id, name, description: body.description ?? '' })
          .execute();
        await setParts(trx, id, dataCenter.id, body);
        await noteBond(context, trx, dataCenter, 'ISCSI_BOND_ADD_SUCCESS', name);
      },
      nameTaken,
    );
    return created('IscsiBond', await one(context, readableBonds, id));
  },
};

const updateBond: Operation = {
  permit,
  subjects,
  async run(context) {
    const dataCenter = await dataCenterOfPath(context);
    const bond = await bondOfPath(context);
    const body = context.body as IscsiBond;
    checkImmutable(bond, context.body, ['id', 'data_center']);
    check(body);
    const id = bond.id ?? '';
    await write(
      context,
      async (trx) => {
        await trx
          .updateTable('iscsi_bond')
          .set({
            id,
            ...(body.name === undefined ? {} : { name: body.name }),
            ...(body.description === undefined ? {} : { description: body.description }),
          })
          .where('id', '=', id)
          .execute();
        await setParts(trx, id, dataCenter.id, body);
        await noteBond(context, trx, dataCenter, 'ISCSI_BOND_EDIT_SUCCESS', body.name ?? String(bond['name']));
      },
      nameTaken,
    );
    return entity('IscsiBond', await one(context, readableBonds, id));
  },
};

/** Takes something from a bond, or the bond itself, in a transaction with its event, and leaves a job behind. */
async function taken(
  context: Context,
  job: { event: EventName; action: 'RemoveIscsiBond' | 'EditIscsiBond'; doing: string },
  take: (trx: Trx, bondId: string) => Promise<void>,
): Promise<Reply> {
  const dataCenter = await dataCenterOfPath(context);
  const bond = await bondOfPath(context);
  const name = String(bond['name']);
  const id = await write(context, async (trx) => {
    await take(trx, bond.id ?? '');
    await noteBond(context, trx, dataCenter, job.event, name);
    return context.engine.jobs.record(trx, context, {
      action: job.action,
      description: `${job.doing} iSCSI Bond ${name}`,
      subjects: [{ type: 'data_center', id: dataCenter.id }],
    });
  });
  return done(id);
}

const removeBond: Operation = {
  permit,
  subjects,
  run: (context) =>
    taken(context, { event: 'ISCSI_BOND_REMOVE_SUCCESS', action: 'RemoveIscsiBond', doing: 'Removing' }, async (trx, bondId) => {
      await trx.deleteFrom('iscsi_bond').where('id', '=', bondId).execute();
    }),
};

/** `POST …/iscsibonds/{iscsi_bond}/networks`: a network that there is. */
export const addBondNetwork: Operation = {
  permit,
  subjects,
  async run(context) {
    const dataCenter = await dataCenterOfPath(context);
    const bond = await bondOfPath(context);
    const id = await write(context, async (trx) => {
      const networkId = await networkOf(trx, dataCenter.id, context.body);
      await addPart(trx, bond.id ?? '', { networkId });
      await noteBond(context, trx, dataCenter, 'ISCSI_BOND_EDIT_SUCCESS', String(bond['name']));
      return networkId;
    });
    return created('Network', await one(context, readableNetworks, id));
  },
};

/** `DELETE …/iscsibonds/{iscsi_bond}/networks/{network}`: the bond has it no more; the network stays. */
export const removeBondNetwork: Operation = {
  permit,
  subjects,
  run: (context) =>
    taken(context, { event: 'ISCSI_BOND_EDIT_SUCCESS', action: 'EditIscsiBond', doing: 'Changing' }, async (trx, bondId) => {
      const gone = await sql`delete from iscsi_bond_network
        where iscsi_bond_id = ${bondId} and network_id::text = ${context.path['network'] ?? ''} returning 1`.execute(trx);
      if (gone.rows.length === 0) throw notFound();
    }),
};

export const iscsiBondLoaders: Partial<Loaders> = {
  children: {
    async 'DataCenter.iscsi_bonds'(context, ids) {
      const found = await matching(context, readableBonds, sql<boolean>`t.data_center_id = any(${ids.filter(isUuid)}::uuid[])`);
      return Map.groupBy(found, (bond) => (bond['data_center'] as Entity).id ?? '');
    },
    'IscsiBond.networks': (context, ids) =>
      membersOf(
        context,
        { table: 'iscsi_bond_network', owner: 'iscsi_bond_id', member: 'network_id', type: 'Network', kind: readableNetworks },
        ids,
      ),
  },
};

export const iscsiBondServices: Services = {
  IscsiBondsService: {
    list: {
      permit: null,
      async run(context) {
        const { id } = await dataCenterOfPath(context);
        return collection('IscsiBond', await list(context, readableBonds, sql<boolean>`t.data_center_id = ${id}::uuid`));
      },
    },
    add: addBond,
  },
  IscsiBondService: {
    get: { permit: null, run: async (context) => entity('IscsiBond', await bondOfPath(context)) },
    update: updateBond,
    remove: removeBond,
  },
};
