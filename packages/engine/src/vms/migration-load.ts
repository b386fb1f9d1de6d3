import type { MigrationOptions } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import type { SystemOptions } from '../options/values.ts';
import type { Tables } from '../tables/schema.ts';
import { migrationParameters, type MigrationHost, type MigrationPolicy } from './migration-parameters.ts';

interface HostRow {
  id: string;
  address: string;
  port: number;
  capabilities: Record<string, unknown>;
}

interface VmRow {
  vm_migration: MigrationOptions | null;
  vm_downtime: number | null;
  vm_tunnel: boolean | null;
  cluster_migration: MigrationOptions | null;
  cluster_tunnel: boolean | null;
  level: string;
  migration_network: string | null;
  display_network: string | null;
  management_network: string | null;
}

const object = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const addressOf = (network: Record<string, unknown>): string | null =>
  typeof network['addr'] === 'string' && network['addr'] !== '' ? network['addr'] : null;

/** Speed of what carries a network of a host: the fastest of its NICs and bonds. */
function linkMbps(capabilities: Record<string, unknown>, network: Record<string, unknown>): number {
  const named = Array.isArray(network['ports']) ? network['ports'] : [];
  const carriers = [...named, network['iface']].filter((name): name is string => typeof name === 'string');
  const speeds = carriers.map((name) =>
    Number(object(object(capabilities['nics'])[name])['speed'] ?? object(object(capabilities['bondings'])[name])['speed']),
  );
  return Math.max(0, ...speeds.filter((speed) => Number.isFinite(speed)));
}

function hostOf({ address, port, capabilities }: HostRow, vm: VmRow): MigrationHost {
  const networks = object(capabilities['networks']);
  const named = (name: string | null): Record<string, unknown> => (name === null ? {} : object(networks[name]));
  const separate = vm.migration_network !== null && vm.migration_network !== vm.management_network;
  return {
    address,
    port,
    migrationAddress: separate ? addressOf(named(vm.migration_network)) : null,
    displayAddress: addressOf(named(vm.display_network)),
    linkMbps: linkMbps(capabilities, named(vm.migration_network ?? vm.management_network)),
  };
}

/** The parameters with which a VM is moved from one host to another. @throws Error when the VM or a host is gone */
export async function loadMigrationParameters(
  db: Kysely<Tables>,
  options: SystemOptions,
  { vmId, sourceId, destinationId }: { vmId: string; sourceId: string; destinationId: string },
): Promise<Record<string, unknown>> {
  const network = (
    role: 'migration' | 'display' | 'management',
  ) => sql`(select n.vdsm_name from network_cluster nc join network n on n.id = nc.network_id
    where nc.cluster_id = c.id and nc.${sql.ref(role)} limit 1)`;
  const found = await sql<VmRow>`
    select t.settings -> 'migration' as vm_migration, (t.settings ->> 'migration_downtime')::int as vm_downtime,
      (t.settings ->> 'tunnel_migration')::boolean as vm_tunnel, c.settings -> 'migration' as cluster_migration,
      (c.settings ->> 'tunnel_migration')::boolean as cluster_tunnel, c.compatibility_major || '.' || c.compatibility_minor as level,
      ${network('migration')} as migration_network, ${network('display')} as display_network, ${network('management')} as management_network
    from vm t join cluster c on c.id = t.cluster_id where t.id = ${vmId}`.execute(db);
  const hosts = await sql<HostRow>`
    select h.id, h.address, h.port, coalesce(s.capabilities, '{}') as capabilities from host h join host_state s on s.host_id = h.id
    where h.id in (${sourceId}, ${destinationId})`.execute(db);
  const [vm] = found.rows;
  const host = (id: string): HostRow | undefined => hosts.rows.find((row) => row.id === id);
  const [source, destination] = [host(sourceId), host(destinationId)];
  if (!vm || !source || !destination) throw new Error('The VM or a host of its migration is gone');
  const isTrue = (name: string): boolean => options.text(name).toLowerCase() === 'true';
  return migrationParameters({
    vmId,
    source: hostOf(source, vm),
    destination: hostOf(destination, vm),
    vm: vm.vm_migration ?? {},
    cluster: vm.cluster_migration ?? {},
    downtimeMs: vm.vm_downtime ?? undefined,
    tunnelled: vm.vm_tunnel ?? vm.cluster_tunnel ?? false,
    policies: JSON.parse(options.text('MigrationPolicies', vm.level)) as MigrationPolicy[],
    defaults: {
      autoConverge: isTrue('DefaultAutoConvergence'),
      compressed: isTrue('DefaultMigrationCompression'),
      encrypted: isTrue('DefaultMigrationEncryption'),
      downtimeMs: options.number('DefaultMaximumMigrationDowntime'),
    },
  });
}
