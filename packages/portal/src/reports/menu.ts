import type { ActionDescription } from '../kinds/kind.ts';

/** The reports that are about an object of a kind, with it chosen. */
export const reportsOf = (kind: 'data_center' | 'cluster' | 'host' | 'vm' | 'storage_domain'): ActionDescription => ({
  key: 'reports',
  label: 'action.reports',
  can: null,
  leads: ({ id = '' }) => ({ to: '/reports', search: { kind, object: id } }),
  run: () => Promise.resolve(),
});
