import type { Client } from '@virgate/sdk';
import type { ActionDescription, Entity, PartsDescription, TabDescription } from '../kinds/kind.ts';
import { everyoneId, groups, roles, textAt, users } from '../kinds/references.ts';

/** Permissions of one object; the object itself is told too, for those whose address needs more than their id. */
type PermissionsOf = (
  client: Client,
  ownerId: string,
  owner: Entity | undefined,
) => Pick<ReturnType<Client['dataCenters']['dataCenter']>['permissions'], 'list' | 'add' | 'permission'>;

interface PermissionRow extends Entity {
  user?: { id?: string; user_name?: string; namespace?: string; domain?: { name?: string } };
  group?: { id?: string; name?: string; namespace?: string; domain?: { name?: string } };
  role?: { id?: string; name?: string };
  [object: string]: unknown;
}

/** Objects of which a permission may be: one of another than the page's object is inherited. */
const objects = ['data_center', 'cluster', 'storage_domain', 'host', 'vm_pool', 'template', 'vm', 'disk'] as const;

function inheritedFrom(row: Entity): string | undefined {
  const permission = row as PermissionRow;
  const found = objects.find((name) => permission[name] !== undefined);
  const object = found === undefined ? undefined : (permission[found] as Entity);
  return object?.name;
}

const addForm = (of: PermissionsOf): ActionDescription => ({
  key: 'add',
  label: 'action.add',
  form: {
    title: 'permission.add.title',
    dialog: 'AbstractPermissionsPopupView',
    tabs: [
      {
        label: 'form.tab.general',
        fields: [
          {
            label: 'label.principal',
            path: 'principal',
            covers: 'specificUserRadio specificGroupRadio everyoneRadio',
            control: { kind: 'choice', options: ['user', 'group', 'everyone'] },
            need: true,
            read: (permission) => ((permission as PermissionRow).group === undefined ? 'user' : 'group'),
            // Everybody is in one group, which the engine knows by its id.
            write: (body, value) => {
              if (value === 'everyone') Object.assign(body, { group: { id: everyoneId } });
            },
          },
          {
            label: 'label.user',
            path: 'user',
            covers: 'searchItems',
            control: { kind: 'reference', of: users },
            need: true,
            when: (around) => textAt(around, 'principal') === 'user',
          },
          {
            label: 'label.group',
            path: 'group',
            control: { kind: 'reference', of: groups },
            need: true,
            when: (around) => textAt(around, 'principal') === 'group',
          },
          { label: 'label.roleToAssign', path: 'role', control: { kind: 'reference', of: roles }, need: true },
        ],
      },
    ],
  },
  run: (client, target, body) => of(client, target.ownerId, target.owner).add(body),
});

const removal = (of: PermissionsOf): ActionDescription => ({
  key: 'remove',
  label: 'action.remove',
  can: null,
  danger: true,
  confirm: { title: 'permission.remove.title', body: 'permission.remove.body' },
  run: (client, target) => of(client, target.ownerId, target.owner).permission(target.id).remove(),
});

/** Who has which role: `jdoe UserRole`. */
export function permissionName(row: Entity): string {
  const { user, group, role } = row as PermissionRow;
  return `${user?.user_name ?? group?.name ?? ''} ${role?.name ?? ''}`.trim();
}

/** Permissions of one object as a table. */
export function permissionsParts(of: PermissionsOf): PartsDescription {
  return {
    types: ['permission'],
    list: (client, owner, signal) => of(client, owner.id, owner).list({ follow: 'user,group,role' }, { signal }),
    name: permissionName,
    columns: [
      {
        label: 'label.type',
        path: (row) => ((row as PermissionRow).group === undefined ? 'user' : 'group'),
        as: 'words',
        covers: ['(icon) user/group'],
      },
      { label: 'label.user', path: (row) => (row as PermissionRow).user?.user_name ?? (row as PermissionRow).group?.name },
      {
        label: 'label.authorizationProvider',
        path: (row) => (row as PermissionRow).user?.domain?.name ?? (row as PermissionRow).group?.domain?.name,
      },
      { label: 'label.namespace', path: (row) => (row as PermissionRow).user?.namespace ?? (row as PermissionRow).group?.namespace },
      { label: 'label.role', path: 'role.name' },
      { label: 'label.inheritedFrom', path: inheritedFrom },
    ],
    empty: 'permission.empty',
    adds: [addForm(of)],
    actions: [removal(of)],
  };
}

/** Who may do what with an object, as a tab of its details. */
export function permissionsTab(of: PermissionsOf): TabDescription {
  return { key: 'permissions', label: 'tab.permissions', parts: [permissionsParts(of)] };
}
