import type { User, UserOption } from '@virgate/contract/generated/types';
import { eventsTab } from '../events/parts.ts';
import { adding, removing } from '../kinds/actions.ts';
import { choice, reference, text } from '../kinds/fields.ts';
import type { FormDescription, Kind, PartsDescription, Reference } from '../kinds/kind.ts';
import { dataCenters, roles } from '../kinds/references.ts';
import { valueAt } from '../kinds/value.ts';
import { quotasOfUser } from '../quotas/consumers.ts';
import { assigningTags } from '../tags/assign.ts';
import { sshKeys } from './ssh-keys.ts';
import { enumValues } from '@virgate/contract/generated/enums';

const domains: Reference = { type: 'domain', list: (client, _, signal) => client.domains.list({}, { signal }) };
const provider: FormDescription['tabs'][number]['fields'][number] = {
  ...reference('label.authorizationProvider', 'domain', domains, { need: true }),
};

const fromDirectory: FormDescription = {
  title: 'user.add',
  tabs: [{ label: 'form.tab.general', fields: [text('label.userName', 'user_name', { need: true, hint: 'user.name.hint' }), provider] }],
};
const internal: FormDescription = {
  title: 'user.internal',
  tabs: [
    {
      label: 'form.tab.general',
      fields: [
        text('label.userName', 'name', { need: true }),
        { label: 'label.password', path: 'password', control: { kind: 'password' }, need: true },
        text('label.firstName', 'first_name'),
        text('label.lastName', 'last_name'),
        text('label.email', 'email'),
        text('label.department', 'department'),
      ],
    },
  ],
};

const objects = ['data_center', 'cluster', 'storage_domain', 'host', 'vm_pool', 'template', 'vm', 'disk'] as const;

/** Permissions that a user has, by the objects that they are on. */
const permissions: PartsDescription = {
  types: ['permission'],
  list: (client, owner, signal) => client.users.user(owner.id).permissions.list({ follow: 'role' }, { signal }),
  name: (row) => String(valueAt(row, 'role.name') ?? row.id),
  columns: [
    { label: 'label.role', path: 'role.name' },
    {
      label: 'label.object',
      path: (row) => objects.find((one) => valueAt(row, one) !== undefined) ?? 'system',
      as: 'words',
      covers: ['(icon) Type'],
    },
    { label: 'label.inheritedFrom', path: (row) => valueAt(row, 'group.name') },
  ],
  empty: 'user.permissions.empty',
  adds: [
    {
      key: 'add',
      label: 'action.addSystemPermissions',
      form: {
        title: 'user.permission.add',
        dialog: 'UserRolesPopupView',
        tabs: [
          { label: 'form.tab.general', fields: [reference('label.roleToAssign', 'role', roles, { need: true, covers: 'roleSelection' })] },
        ],
      },
      run: (client, target, body) => client.permissions.add({ ...body, user: { id: target.ownerId } }),
    },
  ],
  actions: [
    {
      ...removing(
        'permission.remove.body',
        (client, target) => client.users.user(target.ownerId).permissions.permission(target.id).remove(),
        null,
      ),
      label: 'action.removeSystemPermissions',
      covers: ['Remove Direct System Permissions'],
    },
  ],
};

/** What programs such as this portal keep for a user. */
const settings: PartsDescription = {
  types: [],
  list: (client, owner, signal) => client.users.user(owner.id).options.list({}, { signal }),
  columns: [
    { label: 'label.name', path: 'name' },
    { label: 'label.propertyId', path: 'id' },
    { label: 'label.type', path: (option) => settingType((option as UserOption).content), as: 'words' },
    { label: 'label.content', path: 'content' },
  ],
  empty: 'user.settings.empty',
};

const subscriptions: PartsDescription = {
  types: [],
  list: (client, owner, signal) => client.users.user(owner.id).eventSubscriptions.list({}, { signal }),
  name: (row) => String(valueAt(row, 'event') ?? row.id),
  columns: [
    { label: 'label.eventName', path: 'event', as: 'words' },
    { label: 'label.mailRecipient', path: 'address' },
  ],
  empty: 'user.subscriptions.empty',
  adds: [
    {
      key: 'add',
      label: 'action.manageEvents',
      form: {
        title: 'user.subscription.add',
        dialog: 'ManageEventsPopupView',
        tabs: [
          {
            label: 'form.tab.general',
            fields: [
              choice('label.eventName', 'event', enumValues.NotifiableEvent, { need: true }),
              text('label.mailRecipient', 'address', { need: true }),
            ],
          },
        ],
      },
      run: (client, target, body) => client.users.user(target.ownerId).eventSubscriptions.add({ ...body, notification_method: 'smtp' }),
    },
  ],
  actions: [
    removing(
      'user.subscription.remove.body',
      (client, target) => client.users.user(target.ownerId).eventSubscriptions.eventSubscription(target.id).remove(),
      null,
    ),
  ],
};

/** The type of a setting's content, which is JSON. */
export function settingType(content: string | undefined): string | undefined {
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(content);
    return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  } catch {
    return 'string';
  }
}

/** Users that the engine knows. */
export const users: Kind = {
  page: 'users',
  path: '/users',
  type: 'user',
  title: 'users.title',
  empty: 'users.empty',
  searchable: true,
  list: (client, search, signal) => client.users.list(search === '' ? {} : { search }, { signal }),
  one: (client, id, signal) => client.users.user(id).get({ follow: 'tags' }, { signal }),
  name: (user) => (user as User).user_name ?? user.name ?? user.id ?? '',
  columns: [
    { label: 'label.userName', path: 'user_name', width: 220 },
    { label: 'label.firstName', path: 'name' },
    { label: 'label.lastName', path: 'last_name' },
    { label: 'label.authorizationProvider', path: (user) => (user as User).domain?.name, width: 180 },
    { label: 'label.namespace', path: 'namespace' },
    { label: 'label.email', path: 'email', width: 180 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.authorizationProvider', path: (user) => (user as User).domain?.name },
        { label: 'label.email', path: 'email' },
        { label: 'label.department', path: 'department' },
        { label: 'label.userName', path: 'user_name' },
        { label: 'label.id', path: 'id' },
      ],
    },
    { key: 'settings', label: 'tab.settings', parts: [settings] },
    { key: 'ssh_keys', label: 'tab.sshKeys', parts: [sshKeys] },
    { key: 'permissions', label: 'tab.permissions', parts: [permissions] },
    {
      key: 'quota',
      label: 'tab.quota',
      parts: [
        {
          types: ['permission', 'quota'],
          list: (client, owner, signal) => quotasOfUser(client, owner.id, signal),
          columns: [
            { label: 'label.name', path: 'name' },
            { label: 'label.description', path: 'description' },
            { label: 'label.dataCenter', path: 'data_center.id', of: dataCenters },
            { label: 'label.centerStatus', path: 'data_center.status', as: 'status', covers: ['(icon) Data Center Status'] },
          ],
          opens: '/quotas',
          empty: 'user.quota.empty',
        },
      ],
    },
    {
      key: 'directory_groups',
      label: 'tab.directoryGroups',
      parts: [
        {
          types: ['group'],
          list: (client, owner, signal) => client.users.user(owner.id).groups.list({}, { signal }),
          columns: [
            { label: 'label.groupName', path: 'name' },
            { label: 'label.namespace', path: 'namespace' },
            { label: 'label.authorizationProvider', path: 'domain.name' },
          ],
          empty: 'user.groups.empty',
        },
      ],
    },
    { key: 'event_notifier', label: 'tab.eventNotifier', parts: [subscriptions] },
    eventsTab('usrname', 'user', (user) => (user as User).user_name ?? ''),
  ],
  adds: [
    adding(fromDirectory, (client, _, body) => client.users.add(body), 'action.add'),
    {
      key: 'internal',
      label: 'action.newInternalUser',
      form: internal,
      run: (client, _, body) => client.virgate.users.add(body as { name: string; password: string }),
    },
  ],
  actions: [
    { ...assigningTags((client, id) => client.users.user(id).tags), bulk: true },
    { ...removing('user.remove.body', (client, target) => client.users.user(target.id).remove()), bulk: true },
  ],
};
