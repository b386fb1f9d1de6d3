import type { Kind } from '../kinds/kind.ts';
import { sshKeys } from '../users/ssh-keys.ts';
import { users } from '../users/kind.ts';

/** What a user sees of himself and may change there: no list, one object. */
export const account: Kind = {
  page: 'account',
  path: '/account',
  type: 'user',
  title: 'account.title',
  empty: 'users.empty',
  searchable: false,
  unasked: true,
  list: async () => [],
  one: users.one,
  ...(users.name === undefined ? {} : { name: users.name }),
  columns: [],
  tabs: [
    { key: 'general', label: 'tab.general', facts: users.tabs[0]?.facts ?? [] },
    { key: 'ssh_keys', label: 'tab.sshKeys', parts: [sshKeys] },
  ],
};
