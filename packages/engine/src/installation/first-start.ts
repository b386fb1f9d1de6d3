import { randomBytes, randomUUID } from 'node:crypto';
import { json, transaction } from '@virgate/database';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { sql, type Kysely, type Transaction } from 'kysely';
import { EVERYONE_ID, SUPER_USER_ROLE_ID, SYSTEM_ID } from '../access/objects.ts';
import { internalDomain } from '../access/internal-directory.ts';
import { hashPassword } from '../access/passwords.ts';
import { storePredefinedIcons } from '../icons/store.ts';
import { plainInstanceType } from '../instance-types/read.ts';
import { addManagementNetwork, attachManagementNetwork } from '../networks/management.ts';
import { addDefaultProfile } from '../profiles/defaults.ts';
import { cpuProfiles } from '../profiles/kinds.ts';
import { addDefaultQuota } from '../quotas/defaults.ts';
import type { Tables } from '../tables/schema.ts';
import { columnsOf, defaultDefinition } from '../vms/definition.ts';
import {
  blankTemplateId,
  defaultClusterId,
  defaultDataCenterId,
  defaultMacPoolId,
  defaultSchedulingPolicyId,
  instanceTypes,
  managementNetworkId,
} from './fixed-ids.ts';

/** Level of the default data center and cluster. */
const level = { compatibility_major: 4, compatibility_minor: 7 };
/** Locally administered MAC addresses: 65,536 of them, at a place drawn by chance so that installations rarely meet. */
function macRange(): { from: string; to: string } {
  const third = randomBytes(1)[0]?.toString(16).padStart(2, '0') ?? '00';
  return { from: `56:6f:${third}:00:00:00`, to: `56:6f:${third}:00:ff:ff` };
}

const roleId = (name: string): string => {
  const role = predefinedRoles.find((one) => one.name === name);
  if (!role) throw new Error(`The contract has no role ${name}`);
  return role.id;
};

async function addRoles(trx: Transaction<Tables>): Promise<void> {
  for (const role of predefinedRoles) {
    await trx
      .insertInto('role')
      .values({
        id: role.id,
        name: role.name,
        administrative: role.administrative,
        mutable: false,
        allows_viewing_children: role.allowsViewingChildren,
        permits: [...role.permits],
      })
      .execute();
  }
}

async function addUsers(trx: Transaction<Tables>, passwordHash: string): Promise<void> {
  await trx.insertInto('directory_group').values({ id: EVERYONE_ID, name: 'Everyone', domain: '', external_id: EVERYONE_ID }).execute();
  const admin = randomUUID();
  await trx
    .insertInto('app_user')
    .values({ id: admin, principal: 'admin', domain: internalDomain, external_id: admin, first_name: 'admin', password_hash: passwordHash })
    .execute();
  await trx
    .insertInto('permission')
    .values({
      id: randomUUID(),
      role_id: SUPER_USER_ROLE_ID,
      principal_id: admin,
      principal_kind: 'user',
      object_type: 'system',
      object_id: SYSTEM_ID,
    })
    .execute();
}

async function addTemplates(trx: Transaction<Tables>): Promise<void> {
  const blank = columnsOf({ ...defaultDefinition, description: 'Blank template' });
  await trx
    .insertInto('vm')
    .values({
      ...blank,
      id: blankTemplateId,
      entity_type: 'template',
      name: 'Blank',
      base_template_id: blankTemplateId,
      version_number: 1,
      template_status: 'ok',
    })
    .execute();
  for (const type of instanceTypes) {
    const columns = columnsOf({
      ...plainInstanceType,
      description: `${type.name} instance type`,
      memory: type.memoryBytes,
      cpu: { topology: { sockets: type.sockets, cores: 1, threads: 1 } },
    });
    await trx
      .insertInto('vm')
      .values({ ...columns, id: type.id, entity_type: 'instance_type', name: type.name })
      .execute();
  }
  for (const id of [blankTemplateId, ...instanceTypes.map((type) => type.id)]) {
    await trx
      .insertInto('permission')
      .values({
        id: randomUUID(),
        role_id: roleId('UserTemplateBasedVm'),
        principal_id: EVERYONE_ID,
        principal_kind: 'group',
        object_type: 'template',
        object_id: id,
      })
      .execute();
  }
}

async function addDefaults(trx: Transaction<Tables>): Promise<void> {
  await trx
    .insertInto('mac_pool')
    .values({
      id: defaultMacPoolId,
      name: 'Default',
      description: 'Default MAC pool',
      is_default: true,
      ranges: json([macRange()] as unknown[]),
    })
    .execute();
  await trx
    .insertInto('permission')
    .values({
      id: randomUUID(),
      role_id: roleId('MacPoolUser'),
      principal_id: EVERYONE_ID,
      principal_kind: 'group',
      object_type: 'mac_pool',
      object_id: defaultMacPoolId,
    })
    .execute();
  await trx
    .insertInto('permission')
    .values({
      id: randomUUID(),
      role_id: roleId('UserProfileEditor'),
      principal_id: EVERYONE_ID,
      principal_kind: 'group',
      object_type: 'system',
      object_id: SYSTEM_ID,
    })
    .execute();
  await trx
    .insertInto('data_center')
    .values({ id: defaultDataCenterId, name: 'Default', description: 'The default Data Center', ...level, mac_pool_id: defaultMacPoolId })
    .execute();
  await addManagementNetwork(trx, defaultDataCenterId, randomUUID);
  await addDefaultQuota(trx, defaultDataCenterId, randomUUID);
  await trx
    .insertInto('cluster')
    .values({
      id: defaultClusterId,
      name: 'Default',
      description: 'The default server cluster',
      data_center_id: defaultDataCenterId,
      ...level,
      scheduling_policy_id: defaultSchedulingPolicyId,
      mac_pool_id: defaultMacPoolId,
    })
    .execute();
  await attachManagementNetwork(trx, defaultClusterId, managementNetworkId);
  await addDefaultProfile(trx, cpuProfiles, { id: defaultClusterId, name: 'Default' });
}

/**
 * Fills a new database with what every installation has, once: roles, Everyone, `admin@internal` as SuperUser, Blank, instance
 * types, and the Default data center with its cluster, network and MAC pool.
 * @returns the installation's id, the same for all engines of this database
 */
export async function prepareInstallation(db: Kysely<Tables>, adminPassword: string): Promise<string> {
  const hash = await hashPassword(adminPassword);
  return transaction(db, async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('virgate installation'))`.execute(trx);
    await storePredefinedIcons(trx);
    const known = await trx.selectFrom('engine_option').select('value').where('name', '=', 'installation').executeTakeFirst();
    if (known) return (known.value as { id: string }).id;
    const id = randomUUID();
    await trx
      .insertInto('engine_option')
      .values({ name: 'installation', value: json({ id }) })
      .execute();
    await addRoles(trx);
    await addUsers(trx, hash);
    await addTemplates(trx);
    await addDefaults(trx);
    return id;
  });
}
