import { transaction } from '@virgate/database';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { predefinedRoles } from '@virgate/contract/generated/roles';
import { internalDomain } from '../access/internal-directory.ts';
import { hashPassword } from '../access/passwords.ts';
import { blankTemplateId, defaultSchedulingPolicyId } from '../installation/fixed-ids.ts';
import type { Tables } from '../tables/schema.ts';
import { columnsOf, defaultDefinition } from '../vms/definition.ts';

/** How much there is to be of each kind. What is shared (clusters of VMs, domains of disks) goes round in turn. */
export interface SeedSize {
  vms: number;
  disksPerVm: number;
  nicsPerVm: number;
  hosts: number;
  clusters: number;
  dataCenters: number;
  domainsPerDataCenter: number;
  users: number;
  /** Events of the audit log, about the VMs in turn. */
  events: number;
}

/** Bounds of {@link SeedSize}: what one transaction still writes in minutes. */
export const seedLimits: Readonly<SeedSize> = {
  vms: 200_000,
  disksPerVm: 20,
  nicsPerVm: 20,
  hosts: 20_000,
  clusters: 2_000,
  dataCenters: 200,
  domainsPerDataCenter: 50,
  users: 10_000,
  events: 2_000_000,
};

/** Password of every seeded user. They are of the internal directory. */
export const seededPassword = 'correct-horse-battery';
/** Owner of the leases on seeded hosts: no engine, so that none calls hosts that are not there. */
const nobody = 'seed';
const gib = 1024 ** 3;

type Trx = Transaction<Tables>;
type Sql = RawBuilder<unknown>;

/** The statements of one seeding: everything is named after it, and ids follow from kind and number. */
class Seeding {
  readonly #trx: Trx;
  readonly #prefix: string;
  readonly #size: SeedSize;

  constructor(trx: Trx, prefix: string, size: SeedSize) {
    this.#trx = trx;
    this.#prefix = prefix;
    this.#size = size;
  }

  /** SQL of the id of the `n`th object of a kind. */
  #id(kind: string, n: Sql): Sql {
    return sql`md5(${`${this.#prefix}/${kind}/`} || ${n})::uuid`;
  }

  #name(kind: string, digits: number): Sql {
    return sql`${`${this.#prefix}-${kind}-`}::text || lpad(n::text, ${digits}::int, '0')`;
  }

  /** Numbers 0 … count − 1 as `n`. */
  #each(count: number): Sql {
    return sql`generate_series(0, ${count - 1}::int) n`;
  }

  /** The number of what goes round in turn. */
  #turn(count: number, n: Sql = sql`n`): Sql {
    return sql`(${n} % ${count}::int)`;
  }

  async run(passwordHash: string): Promise<void> {
    await this.#addDataCenters();
    await this.#addStorage();
    await this.#addNetworks();
    await this.#addHosts();
    await this.#addVms();
    await this.#addNics();
    await this.#addDisks();
    await this.#addUsers(passwordHash);
    await this.#addEvents();
  }

  async #addDataCenters(): Promise<void> {
    const { dataCenters, clusters } = this.#size;
    await sql`insert into mac_pool (id, name, ranges) values (${this.#id('mac_pool', sql`0`)}, ${`${this.#prefix}-macs`},
      '[{"from": "02:00:00:00:00:00", "to": "02:00:ff:ff:ff:ff"}]')`.execute(this.#trx);
    await sql`insert into data_center (id, name, description, status, compatibility_major, compatibility_minor, storage_format, mac_pool_id, spm_host_id)
      select ${this.#id('dc', sql`n`)}, ${this.#name('dc', 3)}, 'Seeded', 'up', 4, 7, 'v5', ${this.#id('mac_pool', sql`0`)},
        ${this.#size.hosts > dataCenters ? this.#id('host', sql`n`) : sql`null`}
      from ${this.#each(dataCenters)}`.execute(this.#trx);
    await sql`insert into quota (id, data_center_id, name, is_default) select ${this.#id('quota', sql`n`)}, ${this.#id('dc', sql`n`)}, 'Default', true
      from ${this.#each(dataCenters)}`.execute(this.#trx);
    await sql`insert into cluster (id, name, data_center_id, compatibility_major, compatibility_minor, cpu_type, cpu_architecture, emulated_machine, scheduling_policy_id, mac_pool_id)
      select ${this.#id('cluster', sql`n`)}, ${this.#name('cluster', 4)}, ${this.#id('dc', this.#turn(dataCenters))}, 4, 7, 'Intel Nehalem Family', 'x86_64',
        'pc-q35-rhel8.6.0', ${defaultSchedulingPolicyId}::uuid, ${this.#id('mac_pool', sql`0`)} from ${this.#each(clusters)}`.execute(
      this.#trx,
    );
    await sql`insert into cpu_profile (id, name, cluster_id) select ${this.#id('cpu_profile', sql`n`)}, ${this.#name('cluster', 4)}, ${this.#id('cluster', sql`n`)}
      from ${this.#each(clusters)}`.execute(this.#trx);
  }

  async #addStorage(): Promise<void> {
    const { dataCenters } = this.#size;
    const domains = dataCenters * this.#size.domainsPerDataCenter;
    await sql`insert into storage_connection (id, type, address, path)
      select ${this.#id('connection', sql`n`)}, 'nfs', '198.51.100.1', ${`/${this.#prefix}/`}::text || n from ${this.#each(domains)}`.execute(
      this.#trx,
    );
    await sql`insert into storage_domain (id, name, type, storage_type, storage_connection_id, master, available_bytes, used_bytes)
      select ${this.#id('domain', sql`n`)}, ${this.#name('domain', 4)}, 'data', 'nfs', ${this.#id('connection', sql`n`)}, n < ${dataCenters}::int,
        ${900 * gib}::bigint, ${100 * gib}::bigint from ${this.#each(domains)}`.execute(this.#trx);
    await sql`insert into data_center_storage_domain (data_center_id, storage_domain_id, status)
      select ${this.#id('dc', this.#turn(dataCenters))}, ${this.#id('domain', sql`n`)}, 'active' from ${this.#each(domains)}`.execute(
      this.#trx,
    );
    await sql`insert into disk_profile (id, name, storage_domain_id)
      select ${this.#id('disk_profile', sql`n`)}, ${this.#name('domain', 4)}, ${this.#id('domain', sql`n`)} from ${this.#each(domains)}`.execute(
      this.#trx,
    );
  }

  async #addNetworks(): Promise<void> {
    const { dataCenters, clusters } = this.#size;
    await sql`insert into network (id, name, data_center_id, vdsm_name)
      select ${this.#id('network', sql`n`)}, 'ovirtmgmt', ${this.#id('dc', sql`n`)}, 'ovirtmgmt' from ${this.#each(dataCenters)}`.execute(
      this.#trx,
    );
    await sql`insert into network_cluster (network_id, cluster_id, display, migration, management, default_route, status)
      select ${this.#id('network', this.#turn(dataCenters))}, ${this.#id('cluster', sql`n`)}, true, true, true, true, 'operational'
      from ${this.#each(clusters)}`.execute(this.#trx);
    await sql`insert into vnic_profile (id, name, network_id)
      select ${this.#id('profile', sql`n`)}, 'ovirtmgmt', ${this.#id('network', sql`n`)} from ${this.#each(dataCenters)}`.execute(
      this.#trx,
    );
  }

  async #addHosts(): Promise<void> {
    const { hosts, clusters, dataCenters } = this.#size;
    await sql`insert into host (id, name, address, cluster_id)
      select ${this.#id('host', sql`n`)}, ${this.#name('host', 5)}, ${this.#name('host', 5)} || '.invalid', ${this.#id('cluster', this.#turn(clusters))}
      from ${this.#each(hosts)}`.execute(this.#trx);
    await sql`insert into host_state (host_id, status, cpu_model, cpu_sockets, cpu_cores, cpu_threads, cpu_speed_mhz, memory_bytes, kvm_enabled, networks,
        cluster_levels, emulated_machines, lease_owner, lease_until)
      select ${this.#id('host', sql`n`)}, case when n % 50 = 49 then 'maintenance' else 'up' end, 'Intel(R) Xeon(R)', 2, 32, 64, 2600, ${256 * gib}::bigint, true,
        '{ovirtmgmt}', '{4.2,4.3,4.4,4.5,4.6,4.7,4.8}', '{pc-q35-rhel8.6.0}', ${nobody}, now() + interval '10 years' from ${this.#each(hosts)}`.execute(
      this.#trx,
    );
    await sql`insert into host_statistics (host_id, memory_used_percent, memory_free_bytes, cpu_user_percent, cpu_system_percent, cpu_idle_percent, cpu_load_percent, active_vms, total_vms)
      select ${this.#id('host', sql`n`)}, 20 + n % 60, ${100 * gib}::bigint, 10, 5, 85, 15, 0, 0 from ${this.#each(hosts)}`.execute(
      this.#trx,
    );
    await sql`insert into host_nic (id, host_id, name, mac, network_name, bridged)
      select ${this.#id('host_nic', sql`n`)}, ${this.#id('host', sql`n`)}, 'eth0', '02:01:' || ${macTail(sql`n`)}, 'ovirtmgmt', true
      from ${this.#each(hosts)}`.execute(this.#trx);
    await sql`insert into network_attachment (id, host_id, network_id, nic_name)
      select ${this.#id('attachment', sql`n`)}, ${this.#id('host', sql`n`)}, ${this.#id('network', this.#turn(dataCenters, this.#turn(clusters)))}, 'eth0'
      from ${this.#each(hosts)}`.execute(this.#trx);
  }

  async #addVms(): Promise<void> {
    const { vms, clusters, dataCenters, hosts } = this.#size;
    const { settings } = columnsOf(defaultDefinition);
    await sql`insert into vm (id, entity_type, name, description, data_center_id, cluster_id, template_id, original_template_id, memory_bytes, memory_guaranteed_bytes,
        memory_max_bytes, cpu_sockets, cpu_cores, os_type, type, high_availability, cpu_profile_id, settings, created_at)
      select ${this.#id('vm', sql`n`)}, 'vm', ${this.#name('vm', 6)}, 'Seeded ' || n, ${this.#id('dc', this.#turn(dataCenters, this.#turn(clusters)))},
        ${this.#id('cluster', this.#turn(clusters))}, ${blankTemplateId}::uuid, ${blankTemplateId}::uuid, m, m, m * 4, 1 + n % 4, 1 + n % 2,
        (array['rhel_9x64', 'other_linux', 'debian_9', 'windows_2022'])[1 + n % 4], (array['server', 'desktop', 'high_performance'])[1 + n % 3], n % 10 = 0,
        ${this.#id('cpu_profile', this.#turn(clusters))}, ${settings}, now() - n * interval '1 minute'
      from ${this.#each(vms)} cross join lateral (select ${gib}::bigint * (1 + n % 16) as m) x`.execute(this.#trx);
    // A VM runs on a host of its cluster: hosts go round the clusters in the same turn.
    const round = Math.max(1, Math.floor(hosts / clusters));
    const host = this.#id('host', sql`${this.#turn(clusters)} + ${clusters}::int * ((n / ${clusters}::int) % ${round}::int)`);
    const runs = hosts >= clusters ? sql`n % 10 < 6` : sql`false`;
    await sql`insert into vm_state (vm_id, status, host_id, started_at, stopped_at, guest)
      select ${this.#id('vm', sql`n`)}, case when ${runs} then 'up' else 'down' end, case when ${runs} then ${host} end,
        case when ${runs} then now() - n * interval '1 second' end, case when ${runs} then null else now() - interval '1 day' end,
        case when ${runs} then jsonb_build_object('fqdn', ${this.#name('vm', 6)} || '.example.com', 'osName', 'Linux', 'interfaces', jsonb_build_array(
          jsonb_build_object('name', 'eth0', 'ipv4', jsonb_build_array('10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256), 'ipv6', '[]'::jsonb))) else '{}'::jsonb end
      from ${this.#each(vms)}`.execute(this.#trx);
    await sql`insert into vm_statistics (vm_id, cpu_usage_percent, memory_usage_percent, network_usage_percent, cpu_user_percent, cpu_system_percent)
      select ${this.#id('vm', sql`n`)}, n % 100, n % 90, n % 10, n % 100, 1 from ${this.#each(vms)} where ${runs}`.execute(this.#trx);
    await sql`insert into snapshot (id, vm_id, type, description) select ${this.#id('snapshot', sql`n`)}, ${this.#id('vm', sql`n`)}, 'active', 'Active VM'
      from ${this.#each(vms)}`.execute(this.#trx);
  }

  async #addNics(): Promise<void> {
    const { vms, nicsPerVm, clusters, dataCenters } = this.#size;
    if (nicsPerVm === 0) return;
    const vm = sql`(n / ${nicsPerVm}::int)`;
    await sql`insert into nic (id, vm_id, name, mac, vnic_profile_id)
      select ${this.#id('nic', sql`n`)}, ${this.#id('vm', vm)}, 'nic' || 1 + n % ${nicsPerVm}::int, '02:00:' || ${macTail(sql`n`)},
        ${this.#id('profile', this.#turn(dataCenters, this.#turn(clusters, vm)))} from ${this.#each(vms * nicsPerVm)}`.execute(this.#trx);
  }

  async #addDisks(): Promise<void> {
    const { vms, disksPerVm, clusters, dataCenters, domainsPerDataCenter } = this.#size;
    if (disksPerVm === 0) return;
    const vm = sql`(n / ${disksPerVm}::int)`;
    const dataCenter = this.#turn(dataCenters, this.#turn(clusters, vm));
    // Domains go round the data centers in the same turn, so this one is of the VM's data center.
    const domain = sql`(${dataCenter} + ${dataCenters}::int * (n % ${domainsPerDataCenter}::int))`;
    const bytes = sql`(${10 * gib}::bigint * (1 + n % 10))`;
    await sql`insert into disk (id, name, format, sparse, provisioned_bytes, disk_profile_id)
      select ${this.#id('disk', sql`n`)}, ${this.#name('disk', 6)}, 'cow', true, ${bytes}, ${this.#id('disk_profile', domain)}
      from ${this.#each(vms * disksPerVm)}`.execute(this.#trx);
    await sql`insert into image (id, disk_id, snapshot_id, storage_domain_id, format, sparse, provisioned_bytes, actual_bytes)
      select ${this.#id('image', sql`n`)}, ${this.#id('disk', sql`n`)}, ${this.#id('snapshot', vm)}, ${this.#id('domain', domain)}, 'cow', true, ${bytes}, ${bytes} / 4
      from ${this.#each(vms * disksPerVm)}`.execute(this.#trx);
    await sql`insert into disk_attachment (disk_id, vm_id, interface, bootable)
      select ${this.#id('disk', sql`n`)}, ${this.#id('vm', vm)}, 'virtio_scsi', n % ${disksPerVm}::int = 0 from ${this.#each(vms * disksPerVm)}`.execute(
      this.#trx,
    );
  }

  async #addUsers(passwordHash: string): Promise<void> {
    const { users, vms } = this.#size;
    if (users === 0) return;
    const role = predefinedRoles.find(({ name }) => name === 'UserVmManager');
    if (role === undefined) throw new Error('The contract has no role UserVmManager');
    await sql`insert into app_user (id, principal, domain, external_id, first_name, last_name, password_hash)
      select ${this.#id('user', sql`n`)}, ${this.#name('user', 5)}, ${internalDomain}, ${this.#id('user', sql`n`)}::text, 'User', n::text, ${passwordHash}
      from ${this.#each(users)}`.execute(this.#trx);
    await sql`insert into permission (id, role_id, principal_id, principal_kind, object_type, object_id)
      select ${this.#id('permission', sql`n`)}, ${role.id}::uuid, ${this.#id('user', this.#turn(users))}, 'user', 'vm', ${this.#id('vm', sql`n`)}
      from ${this.#each(vms)}`.execute(this.#trx);
  }

  async #addEvents(): Promise<void> {
    const { events, vms, clusters } = this.#size;
    if (events === 0 || vms === 0) return;
    const vm = this.#turn(vms);
    await sql`insert into audit_log (time, code, severity, description, user_name, vm_id, vm_name, cluster_id, cluster_name)
      select now() - (${events}::int - n) * interval '1 second', 34, 'normal', 'VM ' || v.name || ' was created.', 'admin@internal', v.id, v.name, c.id, c.name
      from ${this.#each(events)} join vm v on v.id = ${this.#id('vm', vm)} join cluster c on c.id = ${this.#id('cluster', this.#turn(clusters, vm))} order by n`.execute(
      this.#trx,
    );
  }
}

/** The last four bytes of a MAC address, of a number. */
const macTail = (n: Sql): Sql => sql`regexp_replace(lpad(to_hex(${n}), 8, '0'), '(..)(..)(..)(..)', '\\1:\\2:\\3:\\4')`;

/**
 * Stores objects as if they had been there for long: data centers, clusters, hosts, storage domains, VMs with disks and NICs, users
 * with permissions, events. Every relation holds, but no host and no volume is there: it is for trying how the engine does with many.
 * All of it is named after `prefix`, which must be new. Hosts are leased to nobody, so that no engine calls them.
 * @returns how many rows of each kind there are now
 * @throws Error naming the size that is out of bounds
 */
export async function seed(db: Kysely<Tables>, prefix: string, size: SeedSize): Promise<Record<string, number>> {
  for (const [name, limit] of Object.entries(seedLimits) as [keyof SeedSize, number][]) {
    const least = ['clusters', 'dataCenters', 'domainsPerDataCenter'].includes(name) ? 1 : 0;
    if (!Number.isInteger(size[name]) || size[name] < least || size[name] > limit)
      throw new Error(`${name}: a number from ${least} to ${limit} is expected, not ${size[name]}`);
  }
  if (!/^[a-z][a-z0-9]{0,15}$/.test(prefix)) throw new Error('prefix: 1 to 16 lower-case letters and digits are expected, a letter first');
  const passwordHash = await hashPassword(seededPassword);
  await transaction(db, (trx) => new Seeding(trx, prefix, size).run(passwordHash));
  await sql`analyze`.execute(db);
  const counted = await sql<Record<string, number>>`select
    (select count(*) from vm where entity_type = 'vm') as vms, (select count(*) from host) as hosts, (select count(*) from disk) as disks,
    (select count(*) from nic) as nics, (select count(*) from app_user) as users, (select count(*) from cluster) as clusters,
    (select count(*) from storage_domain) as storage_domains, (select count(*) from audit_log) as events`.execute(db);
  return counted.rows[0] ?? {};
}
