import type { Quota } from '@virgate/contract/generated/types';
import type { Client } from '@virgate/sdk';
import type { ActionDescription, Entity, PartsDescription } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';
import { permissionsParts } from '../permissions/parts.ts';

/** The role that lets somebody use a quota. */
const consumer = 'QuotaConsumer';

/** Of those with a role on a quota those who use it. */
export function consumersOf<Row extends Entity>(permissions: readonly Row[]): Row[] {
  return permissions.filter((row) => valueAt(row, 'role.name') === consumer);
}

/** The service of a quota, whose data center stands in its address. */
export const serviceOf = (client: Client, quota: Entity | undefined, id: string) =>
  client.dataCenters.dataCenter(String(valueAt(quota, 'data_center.id') ?? '')).quotas.quota(id);

/** Who has which role on a quota. */
export const permissions: PartsDescription = permissionsParts((client, id, quota) => serviceOf(client, quota, id).permissions);

/** The role is given by itself: who gets it is all that is asked. */
function addingConsumer(action: ActionDescription): ActionDescription {
  const fields = (action.form?.tabs ?? []).flatMap((tab) => tab.fields).filter((field) => field.path !== 'role');
  return {
    ...action,
    form: { title: 'quota.consumer.add', tabs: [{ label: 'form.tab.general', fields }] },
    run: async (client, target, body) => {
      const role = (await client.roles.list()).find((one) => one.name === consumer);
      return await action.run(client, target, { ...body, role: { id: role?.id ?? '' } });
    },
  };
}

/** Who may use a quota. */
export const consumers: PartsDescription = {
  ...permissions,
  list: async (client, owner, signal) => consumersOf(await permissions.list(client, owner, signal)),
  columns: permissions.columns
    .filter((column) => column.label !== 'label.role')
    .map((column) => (column.label === 'label.type' ? { ...column, covers: ['(icon)'] } : column)),
  empty: 'quota.consumers.empty',
  adds: (permissions.adds ?? []).map(addingConsumer),
};

/** Quotas that a user may use by a permission of his own, with the data centers that have them. */
export async function quotasOfUser(client: Client, user: string, signal: AbortSignal): Promise<Quota[]> {
  const centers = await client.dataCenters.list({}, { signal });
  const lists = await Promise.all(
    centers.map(async ({ id = '', status }) => {
      const all = await client.dataCenters.dataCenter(id).quotas.list({ follow: 'permissions.role' }, { signal });
      return all
        .filter((quota) => consumersOf(quota.permissions ?? []).some((one) => one.user?.id === user))
        .map((quota) => ({ ...quota, data_center: { id, ...(status === undefined ? {} : { status }) } }));
    }),
  );
  return lists.flat();
}
