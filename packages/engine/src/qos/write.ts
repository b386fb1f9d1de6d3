import { json } from '@virgate/database';
import type { Qos } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { followNetwork } from '../host-networks/operations.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import { queueNicsOfQos } from '../nics/limits.ts';
import { queueLimitsOfQos } from '../vms/limits.ts';
import type { Tables } from '../tables/schema.ts';
import { checkQosType, qosLimits } from './limits.ts';
import { dataCenterOfPath, qosOfPath, readableQos } from './read.ts';

const maxNameLength = 50;
const inDataCenter = (context: Context) => [{ type: 'data_center' as const, id: context.path['data_center'] ?? '' }];

function checkQosName(name: string | undefined): string {
  if (name === undefined || name === '') throw refused('QOS_NAME_NOT_NULL');
  if (name.length > maxNameLength) throw refused('QOS_NAME_TOO_LONG');
  if (!/^[\p{L}\p{N}._-]+$/u.test(name)) throw refused('QOS_NAME_INVALID');
  return name;
}

const nameTaken = (type: string) => ({
  qos_name: () => refused(type === 'network' ? 'ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST' : 'ACTION_TYPE_FAILED_QOS_NAME_EXIST'),
});

/** QoS of VM networks is a matter of networks, all other of the data center. Source: contract, actions of QoS. */
const permitFor = (type: unknown): string => (type === 'network' ? 'configure_storage_pool_network' : 'edit_storage_pool_configuration');
const permitOfStored = async (context: Context): Promise<string> => {
  const found = await context.db
    .selectFrom('qos')
    .select('type')
    .where((where) => where(where.cast('id', 'text'), '=', context.path['qos'] ?? ''))
    .executeTakeFirst();
  return permitFor(found?.type);
};

export const addQos: Operation = {
  permit: 'edit_storage_pool_configuration',
  permitFor: (context) => permitFor((context.body as Qos).type),
  subjects: inDataCenter,
  async run(context) {
    const dataCenter = await dataCenterOfPath(context);
    const body = context.body as Qos;
    const name = checkQosName(body.name);
    const type = checkQosType(body.type);
    const limits = qosLimits(type, body);
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        await trx
          .insertInto('qos')
          .values({ id, data_center_id: dataCenter.id, type, name, description: body.description ?? '', limits: json(limits) })
          .execute();
        await recordEvent(trx, {
          name: type === 'network' ? 'USER_ADDED_NETWORK_QOS' : 'USER_ADDED_QOS',
          dataCenter,
          values: { qos: name },
          ...attribution(context),
        });
        await noteChange(trx, 'qos', id, 'add');
      },
      nameTaken(type),
    );
    return created('Qos', await one(context, readableQos, id));
  },
};

/** Brings a QoS that changed, or that there is no more, to the hosts whose networks had it. */
async function followQos(context: Context, networkIds: readonly string[]): Promise<void> {
  for (const id of networkIds) await followNetwork(context, id);
}

const networksWith = async (trx: Transaction<Tables>, qosId: string): Promise<string[]> =>
  (await trx.selectFrom('network').select('id').where('qos_id', '=', qosId).execute()).map((network) => network.id);

/** Changes a QoS. CPUs, disks and NICs of VMs that run, and networks of hosts, get it in the background. */
export const updateQos: Operation = {
  permit: 'edit_storage_pool_configuration',
  permitFor: permitOfStored,
  subjects: inDataCenter,
  async run(context) {
    const current = await qosOfPath(context);
    const dataCenter = await dataCenterOfPath(context);
    const body = context.body as Qos;
    checkImmutable(current, context.body, ['id', 'type']);
    const type = checkQosType(String(current['type']));
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkQosName(body.name);
    const networks = await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('qos').select('limits').where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        await trx
          .updateTable('qos')
          .set({
            name,
            limits: json(qosLimits(type, body, row.limits)),
            ...(body.description === undefined ? {} : { description: body.description }),
          })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, {
          name: type === 'network' ? 'USER_UPDATED_NETWORK_QOS' : 'USER_UPDATED_QOS',
          dataCenter,
          values: { qos: name },
          ...attribution(context),
        });
        await noteChange(trx, 'qos', id, 'update');
        await queueLimitsOfQos(trx, type, id);
        if (type === 'network') await queueNicsOfQos(trx, id);
        return networksWith(trx, id);
      },
      nameTaken(type),
    );
    await followQos(context, networks);
    return entity('Qos', await one(context, readableQos, id));
  },
};

/** Removes a QoS. Profiles and networks that had it have none from then on. */
export const removeQos: Operation = {
  permit: 'edit_storage_pool_configuration',
  permitFor: permitOfStored,
  subjects: inDataCenter,
  async run(context) {
    const current = await qosOfPath(context);
    const dataCenter = await dataCenterOfPath(context);
    const id = current.id ?? '';
    const name = String(current['name']);
    const network = current['type'] === 'network';
    const networks: string[] = [];
    const job = await write(context, async (trx) => {
      networks.push(...(await networksWith(trx, id)));
      await queueLimitsOfQos(trx, String(current['type']), id);
      if (network) await queueNicsOfQos(trx, id);
      await trx.deleteFrom('qos').where('id', '=', id).execute();
      await recordEvent(trx, {
        name: network ? 'USER_REMOVED_NETWORK_QOS' : 'USER_REMOVED_QOS',
        dataCenter,
        values: { qos: name },
        ...attribution(context),
      });
      await noteChange(trx, 'qos', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: network ? 'RemoveNetworkQoS' : 'RemoveStorageQos',
        description: `Removing QoS ${name}`,
        subjects: [{ type: 'qos', id }],
      });
    });
    await followQos(context, networks);
    return done(job);
  },
};
