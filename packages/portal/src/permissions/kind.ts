import type { Kind } from '../kinds/kind.ts';
import { permissionName, permissionsParts } from './parts.ts';

const { columns, list, adds = [], actions = [] } = permissionsParts((client) => client.permissions);

/** Permissions on the whole system. */
export const systemPermissions: Kind = {
  page: 'systemPermissions',
  path: '/system-permissions',
  type: 'permission',
  title: 'systemPermissions.title',
  empty: 'permission.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => list(client, { id: '' }, signal),
  one: async (client, id, signal) => {
    const found = (await list(client, { id: '' }, signal)).find((one) => one.id === id);
    return found ?? (await client.permissions.permission(id).get({}, { signal }));
  },
  name: permissionName,
  columns: columns.filter((column) => column.label !== 'label.inheritedFrom'),
  tabs: [{ key: 'general', label: 'tab.general', facts: columns.filter((column) => column.label !== 'label.inheritedFrom') }],
  adds,
  actions,
};
