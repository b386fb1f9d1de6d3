import type { Client } from '@virgate/sdk';
import type { Entity, Kind } from '../kinds/kind.ts';
import { valueAt } from '../kinds/value.ts';

/** Sessions that are told at once. */
const most = 1000;

async function all(client: Client, signal: AbortSignal): Promise<Entity[]> {
  return (await client.virgate.sessions.get({ max: most }, { signal })).sessions;
}

/** Who is signed in, by which way, from where. */
export const sessions: Kind = {
  page: 'sessions',
  path: '/sessions',
  type: 'session',
  title: 'sessions.title',
  empty: 'sessions.empty',
  searchable: false,
  unasked: true,
  list: (client, _, signal) => all(client, signal),
  one: async (client, id, signal) => (await all(client, signal)).find((one) => one.id === id) ?? { id },
  name: (session) => String(valueAt(session, 'user.name') ?? session.id),
  columns: [
    { label: 'label.userName', path: 'user.name', width: 200 },
    { label: 'label.sessionId', path: 'id', width: 280 },
    { label: 'label.userId', path: 'user.id', width: 280 },
    { label: 'label.authorizationProvider', path: (session) => String(valueAt(session, 'user.name') ?? '').split('@')[1] },
    { label: 'label.sessionKind', path: 'kind', as: 'words' },
    { label: 'label.sourceIp', path: 'sourceAddress' },
    { label: 'label.sessionStart', path: 'created', as: 'date' },
    { label: 'label.sessionLastActive', path: 'lastUsed', as: 'date', width: 200 },
    { label: 'label.userAgent', path: 'userAgent', width: 240 },
  ],
  tabs: [
    {
      key: 'general',
      label: 'tab.general',
      facts: [
        { label: 'label.userName', path: 'user.name' },
        { label: 'label.sessionId', path: 'id' },
        { label: 'label.sourceIp', path: 'sourceAddress' },
        { label: 'label.userAgent', path: 'userAgent' },
        { label: 'label.sessionStart', path: 'created', as: 'date' },
        { label: 'label.expires', path: 'expires', as: 'date' },
      ],
    },
  ],
  actions: [
    {
      key: 'terminate',
      label: 'action.terminateSession',
      can: null,
      danger: true,
      bulk: true,
      reason: (session) => (valueAt(session, 'current') === true ? 'session.reason.current' : undefined),
      confirm: { title: 'session.terminate.title', body: 'session.terminate.body' },
      run: (client, target) => client.virgate.sessions.session(target.id).remove(),
    },
  ],
};
