import type { Cluster, Event, Host, Job, Network, StorageDomain, Template, Vm, VnicProfile } from '@virgate/contract/generated/types';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { client } from '../app/client.ts';
import { queryClient } from '../app/query-client.ts';
import { feedReady } from './feed.ts';
import type { Identified } from './patch.ts';
import { isListKind, showObject } from './watched.ts';

/** One of the API's collections, as the portal shows it. */
export interface Collection<T extends Identified> {
  /** Type in the change feed. */
  readonly type: string;
  /** Shown with something that hangs on the objects: they are read again when only that changed. */
  readonly follows?: true;
  list(search: string, signal: AbortSignal): Promise<T[]>;
  one(id: string, signal: AbortSignal): Promise<T>;
}

/** Events and jobs are endless; the newest are shown. */
const newestEvents = 500;
const newestJobs = 100;

const found = (search: string): { search?: string } => (search === '' ? {} : { search });

const vmFollow = 'reported_devices';
export const vms: Collection<Vm> = {
  type: 'vm',
  follows: true,
  list: (search, signal) => client.vms.list({ ...found(search), follow: vmFollow }, { signal }),
  one: (id, signal) => client.vms.vm(id).get({ follow: vmFollow }, { signal }),
};

export const hosts: Collection<Host> = {
  type: 'host',
  list: (search, signal) => client.hosts.list({ ...found(search) }, { signal }),
  one: (id, signal) => client.hosts.host(id).get({}, { signal }),
};

export const clusters: Collection<Cluster> = {
  type: 'cluster',
  list: (search, signal) => client.clusters.list({ ...found(search) }, { signal }),
  one: (id, signal) => client.clusters.cluster(id).get({}, { signal }),
};

export const templates: Collection<Template> = {
  type: 'template',
  list: (search, signal) => client.templates.list({ ...found(search) }, { signal }),
  one: (id, signal) => client.templates.template(id).get({}, { signal }),
};

export const storageDomains: Collection<StorageDomain> = {
  type: 'storage_domain',
  list: (search, signal) => client.storageDomains.list({ ...found(search) }, { signal }),
  one: (id, signal) => client.storageDomains.storageDomain(id).get({}, { signal }),
};

export const events: Collection<Event> = {
  type: 'event',
  list: (search, signal) => client.events.list({ ...found(search), max: newestEvents }, { signal }),
  one: (id, signal) => client.events.event(id).get({}, { signal }),
};

export const jobs: Collection<Job> = {
  type: 'job',
  list: (_, signal) => client.jobs.list({ max: newestJobs }, { signal }),
  one: (id, signal) => client.jobs.job(id).get({}, { signal }),
};

export const networks: Collection<Network> = {
  type: 'network',
  list: (search, signal) => client.networks.list({ ...found(search) }, { signal }),
  one: (id, signal) => client.networks.network(id).get({}, { signal }),
};

/** Profiles can't be searched. */
export const vnicProfiles: Collection<VnicProfile> = {
  type: 'vnic_profile',
  list: (_, signal) => client.vnicProfiles.list({}, { signal }),
  one: (id, signal) => client.vnicProfiles.profile(id).get({}, { signal }),
};

/** Collections that are kept up to date, by type. */
export const collections: Map<string, Collection<Identified>> = new Map(
  [vms, hosts, clusters, templates, storageDomains, events, jobs, networks, vnicProfiles].map((collection) => [
    collection.type,
    collection as Collection<Identified>,
  ]),
);

/** A whole collection, or what of it matches the search; kept up to date by the change feed. */
export function useCollection<T extends Identified>(collection: Collection<T>, search = '', enabled = true): UseQueryResult<readonly T[]> {
  return useQuery<readonly T[]>({
    queryKey: ['list', collection.type, search],
    queryFn: async ({ signal }) => {
      await feedReady();
      return await collection.list(search, signal);
    },
    // The rows of the former search stay while the next one is answered.
    placeholderData: (former) => former,
    enabled,
  });
}

/** One object; shown from the list until its own answer is there. */
export function useEntity<T extends Identified>(collection: Collection<T>, id: string): UseQueryResult<T> {
  const { type } = collection;
  useEffect(() => (isListKind(type) && id !== '' ? showObject(type, id) : undefined), [type, id]);
  const query = useQuery<Identified>({
    queryKey: ['one', collection.type, id],
    queryFn: ({ signal }) => collection.one(id, signal),
    enabled: id !== '',
    placeholderData: () => queryClient.getQueryData<readonly T[]>(['list', collection.type, ''])?.find((one) => one.id === id),
  });
  // The query's type can't hold a type parameter: its data may not be a function, which T could be for all it knows.
  return query as UseQueryResult<T>;
}

/**
 * What hangs on an object: its disks, interfaces, events … Read again when one of the `types` changes, or the object itself.
 */
export function useParts<T>(
  owner: { type: string; id: string },
  types: readonly string[],
  name: string,
  read: (signal: AbortSignal) => Promise<T>,
): UseQueryResult<T> {
  return useQuery<T>({ queryKey: ['parts', owner.type, owner.id, types.join(' '), name], queryFn: ({ signal }) => read(signal) });
}

/** Names of a collection's objects by id, for columns that show a reference. */
export function useNames(
  collection: Collection<Identified & { name?: string }>,
  enabled = true,
): (id: string | undefined) => string | undefined {
  const { data } = useCollection(collection, '', enabled);
  const names = namesOf(data);
  return (id) => (id === undefined ? undefined : names.get(id));
}

const nameMaps = new WeakMap<readonly object[], Map<string, string>>();
const none = new Map<string, string>();

function namesOf(list: readonly (Identified & { name?: string })[] | undefined): Map<string, string> {
  if (list === undefined) return none;
  let names = nameMaps.get(list);
  if (names === undefined) {
    names = new Map(list.map((one) => [one.id ?? '', one.name ?? '']));
    nameMaps.set(list, names);
  }
  return names;
}
