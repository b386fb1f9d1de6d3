import type { VnicProfile } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql, type RawBuilder, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { SYSTEM_ID, type ObjectRef } from '../access/objects.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { badRequest, conflict, entityNotFound, invalidValue, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve, type Reference } from '../rest/reference.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkCustomProperties, knownDeviceProperties } from '../vms/custom-properties.ts';
import { networkFilters } from '../network-filters/predefined.ts';
import { checkNetworkName } from '../networks/definition.ts';
import { queueNicsOfProfile } from '../nics/limits.ts';
import { networkQosOf } from './qos.ts';
import { readableVnicProfiles } from './read.ts';

const nameTaken = () => conflict('ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE');

/** What a profile may say so far. What a NIC would not get is refused, not kept. @throws {Fault} 400 */
function profileColumns(body: VnicProfile) {
  if (body.failover?.id !== undefined) throw invalidValue('failover', 'is not supported');
  return {
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
    ...(body.pass_through?.mode === undefined ? {} : { pass_through: body.pass_through.mode === 'enabled' }),
    ...(body.port_mirroring === undefined ? {} : { port_mirroring: body.port_mirroring }),
    ...(body.migratable === undefined ? {} : { migratable: body.migratable }),
    ...(body.network_filter === undefined ? {} : { network_filter_id: filterOf(body.network_filter) }),
  };
}

/** Networks of providers have nothing that hosts would do. @throws {Fault} */
async function checkOnProvider(trx: Transaction<Tables>, networkId: string, columns: ReturnType<typeof profileColumns>): Promise<void> {
  const network = await trx.selectFrom('network').select('provider_id').where('id', '=', networkId).executeTakeFirst();
  if (network?.provider_id == null) return;
  if (columns.port_mirroring === true) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED');
  if (columns.pass_through === true) throw refused('ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK');
  if (columns.network_filter_id != null) throw invalidValue('network_filter', 'is for networks that hosts make');
}

/** What the profile's NICs tell the hooks of hosts; nothing when the request says nothing of it. @throws {Fault} 400 */
async function propertiesOf(
  context: Context,
  trx: Transaction<Tables>,
  networkId: string,
  { custom_properties: properties }: VnicProfile,
): Promise<{ settings?: RawBuilder<Record<string, unknown>> }> {
  if (properties === undefined) return {};
  const level = await trx
    .selectFrom('network')
    .innerJoin('data_center', 'data_center.id', 'network.data_center_id')
    .select(['compatibility_major as major', 'compatibility_minor as minor'])
    .where('network.id', '=', networkId)
    .executeTakeFirstOrThrow();
  checkCustomProperties(properties, knownDeviceProperties(context.engine.options, `${level.major}.${level.minor}`, 'interface'));
  return { settings: json({ customProperties: Object.fromEntries(properties.map(({ name = '', value = '' }) => [name, value])) }) };
}

/** NICs of the profile are virtual functions: what only the host's bridge could do they do not have. @throws {Fault} */
async function checkPassThrough(
  trx: Transaction<Tables>,
  networkId: string,
  profile: { filterId: string | null; qosId: string | null; mirrors: boolean },
): Promise<void> {
  if (profile.filterId !== null || profile.qosId !== null || profile.mirrors)
    throw refused('ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES');
  const network = await trx.selectFrom('network').select('port_isolation').where('id', '=', networkId).executeTakeFirstOrThrow();
  if (network.port_isolation) throw refused('ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION');
}

/** @throws {Fault} 409 while NICs use the profile */
async function refuseWhileUsed(trx: Transaction<Tables>, id: string): Promise<void> {
  const used = await sql`select distinct nic.vm_id from nic where nic.vnic_profile_id = ${id} limit 2`.execute(trx);
  if (used.rows.length > 0)
    throw conflict(used.rows.length === 1 ? 'ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE' : 'ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES');
}

/** The filter that a request names; an empty element means none. @throws {Fault} 409 */
function filterOf(reference: Reference): string | null {
  if (reference.id === undefined && reference.name === undefined) return null;
  const found = networkFilters.find((filter) => (reference.id === undefined ? filter.name === reference.name : filter.id === reference.id));
  if (!found) throw refused('ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID');
  return found.id;
}

const networkReference = (context: Context): Reference | undefined =>
  context.path['network'] === undefined ? (context.body as VnicProfile).network : { id: context.path['network'] };

/** Adds a profile to a VM network: the one of the path, or the one that the body names. */
export const addVnicProfile: Operation = {
  permit: 'create_network_vnic_profile',
  async subjects(context): Promise<ObjectRef[]> {
    const reference = networkReference(context);
    if (reference?.id === undefined) return [{ type: 'system', id: SYSTEM_ID }];
    return [{ type: 'network', id: (await resolve(context.db, 'Network', 'network', reference)).id }];
  },
  async run(context) {
    const body = context.body as VnicProfile;
    const name = checkNetworkName(body.name);
    const columns = profileColumns(body);
    const network = await resolve(context.db, 'Network', 'network', networkReference(context));
    const id = context.engine.uuid();
    await write(
      context,
      async (trx) => {
        const home = await trx.selectFrom('network').select('vm_network').where('id', '=', network.id).forUpdate().executeTakeFirst();
        if (!home) throw entityNotFound('Network', `id=${network.id}`);
        if (!home.vm_network) throw badRequest('ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK');
        const qosId = await networkQosOf(trx, network.id, body.qos ?? {});
        await checkOnProvider(trx, network.id, columns);
        const passes = columns.pass_through === true;
        if (passes)
          await checkPassThrough(trx, network.id, {
            filterId: columns.network_filter_id ?? null,
            qosId,
            mirrors: columns.port_mirroring ?? false,
          });
        const properties = await propertiesOf(context, trx, network.id, body);
        await trx
          .insertInto('vnic_profile')
          .values({
            ...columns,
            ...properties,
            ...(passes ? { network_filter_id: null } : {}),
            id,
            name,
            network_id: network.id,
            qos_id: qosId,
          })
          .execute();
        await recordEvent(trx, { name: 'ADD_VNIC_PROFILE', values: { vnicProfile: name, network: network.name }, ...attribution(context) });
        await noteChange(trx, 'vnic_profile', id, 'add');
      },
      { vnic_profile_name: nameTaken },
    );
    return created('VnicProfile', await one(context, readableVnicProfiles, id));
  },
};

const ofProfile = (context: Context): ObjectRef[] => [{ type: 'vnic_profile', id: context.path['profile'] ?? '' }];

export const updateVnicProfile: Operation = {
  permit: 'configure_network_vnic_profile',
  subjects: ofProfile,
  async run(context) {
    const current = await one(context, readableVnicProfiles, context.path['profile']);
    const body = context.body as VnicProfile;
    checkImmutable(current, context.body);
    if (body.network?.id !== undefined && body.network.id !== (current['network'] as Reference).id)
      throw badRequest('ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK');
    const id = current.id ?? '';
    const name = body.name === undefined ? String(current['name']) : checkNetworkName(body.name);
    const columns = profileColumns(body);
    await write(
      context,
      async (trx) => {
        const row = await trx.selectFrom('vnic_profile').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
        const qos = body.qos === undefined ? {} : { qos_id: await networkQosOf(trx, row.network_id, body.qos) };
        const after = { ...row, ...columns, ...qos };
        const { settings } = await propertiesOf(context, trx, row.network_id, body);
        if (after.pass_through !== row.pass_through) await refuseWhileUsed(trx, id);
        if (after.pass_through)
          await checkPassThrough(trx, row.network_id, {
            filterId: after.network_filter_id,
            qosId: after.qos_id,
            mirrors: after.port_mirroring,
          });
        await trx
          .updateTable('vnic_profile')
          .set({
            ...columns,
            ...qos,
            ...(settings ? { settings: sql<Record<string, unknown>>`vnic_profile.settings || ${settings}` } : {}),
            name,
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        if (after.qos_id !== row.qos_id) await queueNicsOfProfile(trx, id);
        await recordEvent(trx, { name: 'UPDATE_VNIC_PROFILE', values: { vnicProfile: name }, ...attribution(context) });
        await noteChange(trx, 'vnic_profile', id, 'update');
      },
      { vnic_profile_name: nameTaken },
    );
    return entity('VnicProfile', await one(context, readableVnicProfiles, id));
  },
};

/** Removes a profile that no NIC uses. */
export const removeVnicProfile: Operation = {
  permit: 'delete_network_vnic_profile',
  subjects: ofProfile,
  async run(context) {
    const current = await one(context, readableVnicProfiles, context.path['profile']);
    const id = current.id ?? '';
    const name = String(current['name']);
    const job = await write(context, async (trx) => {
      await trx.selectFrom('vnic_profile').select('id').where('id', '=', id).forUpdate().execute();
      await refuseWhileUsed(trx, id);
      await trx.deleteFrom('vnic_profile').where('id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'REMOVE_VNIC_PROFILE', values: { vnicProfile: name }, ...attribution(context) });
      await noteChange(trx, 'vnic_profile', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVnicProfile',
        description: `Removing vNIC Profile ${name}`,
        subjects: [{ type: 'vnic_profile', id }],
      });
    });
    return done(job);
  },
};
