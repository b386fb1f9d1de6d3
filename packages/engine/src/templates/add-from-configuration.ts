import { type OvfEntity, type OvfNic } from '@virgate/contract/ovf';
import type { Template, Vm } from '@virgate/contract/generated/types';
import { holdsPermit } from '../access/permissions.ts';
import { activeDataCenterOf } from '../images/host-tasks.ts';
import { describedDefinition, ownDefinition } from '../ovf-stores/described.ts';
import { profilesOf, registerTarget } from '../ovf-stores/register.ts';
import { descriptionField, readingDescription, requestedEntity } from '../ovf-stores/requested.ts';
import { forbidden, invalidValue, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Context, type Reply } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { checkAdministered } from '../vms/administered.ts';
import { iconsIn } from '../icons/store.ts';
import { checkDefinition } from '../vms/check-definition.ts';
import { checkName, overlay } from '../vms/definition.ts';
import { placedIn } from '../vms/placed.ts';
import { readableTemplates } from './read.ts';

function entityOf(context: Context, { initialization }: Template): OvfEntity {
  const entity = requestedEntity('template', initialization?.configuration);
  if (!(initialization?.regenerate_ids ?? false)) return entity;
  // Disks keep their ids: those are the names under which they lie on storage.
  const nics = entity.nics.map((nic) => ({ ...nic, id: context.engine.uuid() }));
  return { ...entity, id: context.engine.uuid(), nics };
}

/** The storage domain on which the described disks lie; empty for a template without. @throws {Fault} */
async function domainOf(context: Context, body: Template, entity: OvfEntity, dataCenterId: string): Promise<string> {
  const [first, ...others] = [...new Set(entity.volumes.map((volume) => volume.storageDomainId))];
  if (first === undefined) return '';
  if (body.storage_domain === undefined && others.length > 0)
    throw invalidValue(descriptionField, 'has disks on more than one storage domain, or does not say on which');
  const { id } = await resolve(context.db, 'StorageDomain', 'storage_domain', body.storage_domain ?? { id: first });
  const object = { type: 'storage_domain', id } as const;
  if (!(await holdsPermit(context.db, context.user, 'import_export_vm', object))) throw forbidden('import_export_vm (storage domain)');
  if ((await activeDataCenterOf(context.db, id)) !== dataCenterId) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL');
  return id;
}

/** The vNIC profile of the same names that the user may give NICs; none where there is none. */
function usableProfiles(context: Context, clusterId: string): (nic: OvfNic) => Promise<string | null> {
  const profiles = profilesOf(context, {}, clusterId);
  return async (nic) => {
    const id = await profiles(nic);
    const mayUse = id !== null && (await holdsPermit(context.db, context.user, 'configure_vm_network', { type: 'vnic_profile', id }));
    return mayUse ? id : null;
  };
}

/** How the template is defined: what else the request says counts before the description. */
async function definitionOf(
  context: Context,
  body: Template,
  entity: OvfEntity,
  home: { clusterId: string; dataCenterId: string },
): Promise<Vm> {
  const described = readingDescription(() => describedDefinition(entity));
  const { vm: _vm, version: _version, status: _status, cluster: _cluster, initialization: _initialization, name: _name, ...changes } = body;
  const { storage_domain: _domain, cpu_profile: _profile, quota: _quota, ...said } = changes;
  const definition: Vm = overlay(described, { ...said, ...(await placedIn(context, home, said)) });
  await checkAdministered(context, definition, {}, { type: 'cluster', id: home.clusterId });
  await checkDefinition(context, definition, home.clusterId);
  Object.assign(definition, await iconsIn(context.db, body));
  // A password is sealed by the engine that keeps it: one that stands in a text is nobody's secret any more.
  return definition.initialization
    ? { ...definition, initialization: withoutSecrets('Initialization', definition.initialization) }
    : definition;
}

/**
 * `POST templates` with `initialization.configuration`: the template that an OVF describes, whose disks lie on storage already and are not
 * known to the engine. Source: engine behaviour, import of a template from a configuration.
 */
export async function addTemplateFromConfiguration(context: Context): Promise<Reply> {
  const body = context.body as Template;
  const entity = entityOf(context, body);
  const cluster = await resolve(context.db, 'Cluster', 'cluster', body.cluster);
  const place = { type: 'cluster', id: cluster.id } as const;
  if (!(await holdsPermit(context.db, context.user, 'import_export_vm', place))) throw forbidden('import_export_vm (cluster)');
  const row = await context.db.selectFrom('cluster').select('data_center_id').where('id', '=', cluster.id).executeTakeFirstOrThrow();
  const dataCenterId = row.data_center_id ?? '';
  const domainId = await domainOf(context, body, entity, dataCenterId);
  await registerTarget(
    context,
    {
      kind: 'template',
      entity,
      defined: await definitionOf(context, body, entity, { clusterId: cluster.id, dataCenterId }),
      definition: ownDefinition(entity),
      domainId,
      dataCenterId,
      cluster,
      name: readingDescription(() => checkName(body.name ?? entity.name)),
      reassignMacs: false,
      profiles: usableProfiles(context, cluster.id),
    },
    false,
  );
  return created('Template', await one(context, readableTemplates, entity.id));
}
