import type { TextKey } from '../text/en.ts';
import type { Kind } from './kind.ts';

/** A page of a kind before it is loaded: what navigation and addresses need. */
export interface KindPlace {
  readonly path: string;
  readonly title: TextKey;
  readonly group: 'nav.compute' | 'nav.network' | 'nav.storage' | 'nav.administration' | 'nav.activity';
  /** Shown to users too, not to administrators only. */
  readonly forAll?: true;
  readonly load: () => Promise<Kind>;
}

/** All kinds whose pages are built from descriptions; each is loaded with its page. */
export const kindPlaces: readonly KindPlace[] = [
  {
    path: '/templates',
    title: 'templates.title',
    group: 'nav.compute',
    forAll: true,
    load: async () => (await import('../templates/kind.ts')).templates,
  },
  { path: '/hosts', title: 'hosts.title', group: 'nav.compute', load: async () => (await import('../hosts/kind.ts')).hosts },
  {
    path: '/data-centers',
    title: 'dataCenters.title',
    group: 'nav.compute',
    load: async () => (await import('../data-centers/kind.ts')).dataCenters,
  },
  { path: '/clusters', title: 'clusters.title', group: 'nav.compute', load: async () => (await import('../clusters/kind.ts')).clusters },
  { path: '/pools', title: 'pools.title', group: 'nav.compute', load: async () => (await import('../pools/kind.ts')).pools },
  { path: '/networks', title: 'networks.title', group: 'nav.network', load: async () => (await import('../networks/kind.ts')).networks },
  {
    path: '/vnic-profiles',
    title: 'vnicProfiles.title',
    group: 'nav.network',
    load: async () => (await import('../vnic-profiles/kind.ts')).vnicProfiles,
  },
  {
    path: '/providers',
    title: 'providers.title',
    group: 'nav.network',
    load: async () => (await import('../providers/kind.ts')).providers,
  },
  { path: '/mac-pools', title: 'macPools.title', group: 'nav.network', load: async () => (await import('../mac-pools/kind.ts')).macPools },
  {
    path: '/storage',
    title: 'domains.title',
    group: 'nav.storage',
    load: async () => (await import('../storage-domains/kind.ts')).storageDomains,
  },
  { path: '/disks', title: 'disks.title', group: 'nav.storage', load: async () => (await import('../disks/kind.ts')).disks },
  { path: '/quotas', title: 'quotas.title', group: 'nav.administration', load: async () => (await import('../quotas/kind.ts')).quotas },
  { path: '/users', title: 'users.title', group: 'nav.administration', load: async () => (await import('../users/kind.ts')).users },
  { path: '/roles', title: 'roles.title', group: 'nav.administration', load: async () => (await import('../roles/kind.ts')).roles },
  {
    path: '/system-permissions',
    title: 'systemPermissions.title',
    group: 'nav.administration',
    load: async () => (await import('../permissions/kind.ts')).systemPermissions,
  },
  {
    path: '/scheduling-policies',
    title: 'schedulingPolicies.title',
    group: 'nav.administration',
    load: async () => (await import('../scheduling-policies/kind.ts')).schedulingPolicies,
  },
  {
    path: '/instance-types',
    title: 'instanceTypes.title',
    group: 'nav.administration',
    load: async () => (await import('../instance-types/kind.ts')).instanceTypes,
  },
  {
    path: '/sessions',
    title: 'sessions.title',
    group: 'nav.administration',
    load: async () => (await import('../sessions/kind.ts')).sessions,
  },
  { path: '/tags', title: 'tags.title', group: 'nav.administration', load: async () => (await import('../tags/kind.ts')).tags },
  {
    path: '/bookmarks',
    title: 'bookmarks.title',
    group: 'nav.administration',
    load: async () => (await import('../bookmarks/kind.ts')).bookmarks,
  },
  {
    path: '/proposals',
    title: 'proposals.title',
    group: 'nav.activity',
    forAll: true,
    load: async () => (await import('../proposals/kind.ts')).proposals,
  },
];
