import type { Client } from '@virgate/sdk';
import type { Role } from '@virgate/contract/generated/types';
import { adding, editing, removing } from '../kinds/actions.ts';
import { choice, description, name } from '../kinds/fields.ts';
import type { Entity, FieldDescription, FormDescription, Kind, Reference } from '../kinds/kind.ts';
import { levels } from '../kinds/level.ts';

const permits: Reference = {
  type: 'permit',
  list: async (client, _, signal) => {
    const { permits: all = [] } = await client.clusterLevels.level(levels[0]).get({}, { signal });
    return all;
  },
};

const fields: readonly FieldDescription[] = [
  name,
  description,
  {
    ...choice('label.accountType', 'administrative', ['user', 'admin'], { need: true, fixed: true }),
    covers: 'userRadioButton adminRadioButton',
    read: (role) => ((role as Role).administrative === true ? 'admin' : 'user'),
    write: (body, value) => Object.assign(body, { administrative: value === 'admin' }),
  },
  { label: 'label.permits', path: 'permits', control: { kind: 'references', of: permits }, need: true },
];
const form: FormDescription = { title: 'role.new', dialog: 'RolePopupView', tabs: [{ label: 'form.tab.general', fields }] };

const fixed = (role: Entity): 'role.reason.fixed' | undefined => ((role as Role).mutable === false ? 'role.reason.fixed' : undefined);

/** Permits of a role are a collection of their own in the API. */
async function edit(client: Client, id: string, body: object, now: Role): Promise<void> {
  const { permits: wanted, ...role } = body as Role;
  if (Object.keys(role).length > 0) await client.roles.role(id).update(role);
  if (wanted === undefined) return;
  const before = now.permits ?? [];
  const own = client.roles.role(id).permits;
  for (const permit of wanted) if (!before.some((one) => one.id === permit.id)) await own.add({ id: permit.id ?? '' });
  for (const permit of before) if (!wanted.some((one) => one.id === permit.id)) await own.permit(permit.id ?? '').remove();
}

/** Roles: sets of permits that are given to users on objects. */
export const roles: Kind = {
  page: 'roles',
  path: '/roles',
  type: 'role',
  title: 'roles.title',
  empty: 'roles.empty',
  searchable: false,
  list: (client, _, signal) => client.roles.list({}, { signal }),
  one: (client, id, signal) => client.roles.role(id).get({ follow: 'permits' }, { signal }),
  columns: [
    { label: 'label.name', path: 'name', width: 200 },
    { label: 'label.accountType', path: (role) => ((role as Role).administrative === true ? 'admin' : 'user'), as: 'words' },
    { label: 'label.mutable', path: 'mutable', as: 'yesno' },
    { label: 'label.description', path: 'description', width: 320 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.name', path: 'name' },
        { label: 'label.id', path: 'id' },
        { label: 'label.description', path: 'description' },
        { label: 'label.permits', path: 'permits.name' },
      ],
    },
  ],
  adds: [adding(form, (client, _, body) => client.roles.add(body))],
  actions: [
    {
      ...editing({ ...form, title: 'role.edit', edits: true }, (client, target, body) =>
        edit(client, target.id, body, target.entity ?? {}),
      ),
      reason: fixed,
    },
    { ...removing('role.remove.body', (client, target) => client.roles.role(target.id).remove()), reason: fixed },
  ],
};
