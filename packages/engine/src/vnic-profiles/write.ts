import type { VnicProfile } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
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
import { networkFilters } from '../network-filters/predefined.ts';
import { checkNetworkName } from '../networks/definition.ts';
import { readableVnicProfiles } from './read.ts';

const nameTaken = () => conflict('ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE');

/** What a profile may say so far. What a NIC would not get is refused, not kept. @throws {Fault} 400 */
function profileColumns(body: VnicProfile) {
  if (body.pass_through?.mode === 'enabled') throw invalidValue('pass_through.mode', 'passing devices through to VMs is not supported');
  if (body.port_mirroring) throw invalidValue('port_mirroring', 'is not supported');
  if (body.failover?.id !== undefined) throw invalidValue('failover', 'needs pass_through, which is not supported');
  if (body.qos?.id !== undefined) throw entityNotFound('Qos', `id=${body.qos.id}`);
  if ((body.custom_properties ?? []).length > 0) throw invalidValue('custom_properties', 'no custom properties are defined');
  return {
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
    ...(body.migratable === undefined ? {} : { migratable: body.migratable }),
    ...(body.network_filter === undefined ? {} : { network_filter_id: filterOf(body.network_filter) }),
  };
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
        await trx
          .insertInto('vnic_profile')
          .values({ ...columns, id, name, network_id: network.id })
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
        await trx
          .updateTable('vnic_profile')
          .set({ ...columns, name, updated_at: new Date(context.engine.now()) })
          .where('id', '=', id)
          .execute();
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
      const used = await sql<{
        name: string;
      }>`select distinct vm.name from nic join vm on vm.id = nic.vm_id where nic.vnic_profile_id = ${id} limit 10`.execute(trx);
      if (used.rows.length > 0)
        throw conflict(
          used.rows.length === 1 ? 'ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE' : 'ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES',
        );
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
