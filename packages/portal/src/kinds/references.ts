import type { Around, Entity, Reference } from './kind.ts';
import { valueAt } from './value.ts';

const named = (option: Entity): string => option.name ?? option.id ?? '';

/** How an option of a reference is called. */
export function labelOf(reference: Reference, option: Entity): string {
  return (reference.label ?? named)(option);
}

/** A name as a value of the search language. */
export const quoted = (name: string | undefined): string => `"${(name ?? '').replaceAll('"', '')}"`;

/** The value of a field that holds one text. */
export function textAt(around: Around, path: string): string {
  const value = around.value(path);
  return typeof value === 'string' ? value : '';
}

export const dataCenters: Reference = { type: 'data_center', list: (client, _, signal) => client.dataCenters.list({}, { signal }) };
export const clusters: Reference = { type: 'cluster', list: (client, _, signal) => client.clusters.list({}, { signal }) };
export const hosts: Reference = { type: 'host', list: (client, _, signal) => client.hosts.list({}, { signal }) };
/** Hosts that can be asked for something. */
export const upHosts: Reference = { ...hosts, only: (option) => valueAt(option, 'status') === 'up' };
export const networks: Reference = { type: 'network', list: (client, _, signal) => client.networks.list({}, { signal }) };
export const storageDomains: Reference = {
  type: 'storage_domain',
  list: (client, _, signal) => client.storageDomains.list({}, { signal }),
};
export const macPools: Reference = { type: 'mac_pool', list: (client, _, signal) => client.macPools.list({}, { signal }) };
export const roles: Reference = { type: 'role', list: (client, _, signal) => client.roles.list({}, { signal }) };
export const users: Reference = {
  type: 'user',
  list: (client, _, signal) => client.users.list({}, { signal }),
  label: (option) => (option as { user_name?: string }).user_name ?? named(option),
};
export const groups: Reference = { type: 'group', list: (client, _, signal) => client.groups.list({}, { signal }) };
export const vms: Reference = { type: 'vm', list: (client, _, signal) => client.vms.list({}, { signal }) };

/** The group that everybody is in (the engine's `EVERYONE`). */
export const everyoneId = 'eee00000-0000-0000-0000-123456789eee';
