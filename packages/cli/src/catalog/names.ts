/** `storage_domains` → `storage-domains` */
export const dashed = (name: string): string => name.replaceAll('_', '-');

/** `storage-domains` → `storage_domains` */
export const underscored = (name: string): string => name.replaceAll('-', '_');

/** `storage_domains` → `storageDomains`, as the client spells services and methods. */
export const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const irregular: Readonly<Record<string, string>> = {
  katello_errata: 'katello_erratum',
  vnic_profiles: 'vnic_profile',
  policies: 'policy',
};

/** A collection's name for one of its members: `policies` → `policy`, `vms` → `vm`. */
export function singular(name: string): string {
  const known = irregular[name];
  if (known !== undefined) return known;
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (name.endsWith('sses') || name.endsWith('xes')) return name.slice(0, -2);
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : name;
}
