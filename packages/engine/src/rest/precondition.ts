import type { TypeName } from '@virgate/contract/generated/types';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { parametersOf, tagsOf, versionIn, versionOf } from './etag.ts';
import { Fault, say } from './fault.ts';
import { isUuid } from './listing.ts';
import type { Context, Operation } from './operation.ts';
import { Parameters } from './parameters.ts';

/** The row that is an object of a type: locked while its version is compared, so that nobody changes it in between. */
const rows: Partial<Record<TypeName, { table: keyof Tables & string; column?: string }>> = {
  AffinityGroup: { table: 'affinity_group' },
  AffinityLabel: { table: 'affinity_label' },
  Agent: { table: 'fence_agent' },
  Bookmark: { table: 'bookmark' },
  Cdrom: { table: 'vm_cdrom' },
  Cluster: { table: 'cluster' },
  CpuProfile: { table: 'cpu_profile' },
  DataCenter: { table: 'data_center' },
  Disk: { table: 'disk' },
  DiskAttachment: { table: 'disk_attachment', column: 'disk_id' },
  DiskProfile: { table: 'disk_profile' },
  Group: { table: 'directory_group' },
  Host: { table: 'host' },
  HostNic: { table: 'host_nic' },
  ImageTransfer: { table: 'image_transfer' },
  InstanceType: { table: 'vm' },
  Job: { table: 'saga' },
  MacPool: { table: 'mac_pool' },
  Network: { table: 'network' },
  NetworkAttachment: { table: 'network_attachment' },
  Nic: { table: 'nic' },
  Permission: { table: 'permission' },
  Qos: { table: 'qos' },
  Quota: { table: 'quota' },
  Role: { table: 'role' },
  SchedulingPolicy: { table: 'scheduling_policy' },
  SchedulingPolicyUnit: { table: 'scheduling_policy_unit' },
  Snapshot: { table: 'snapshot' },
  StorageConnection: { table: 'storage_connection' },
  StorageDomain: { table: 'storage_domain' },
  Tag: { table: 'tag' },
  Template: { table: 'vm' },
  User: { table: 'app_user' },
  UserOption: { table: 'user_property' },
  VirtualNumaNode: { table: 'vm_numa_node' },
  Vm: { table: 'vm' },
  VmPool: { table: 'vm_pool' },
  VnicProfile: { table: 'vnic_profile' },
  Watchdog: { table: 'vm_watchdog' },
};

const failed = (what: string): Fault => new Fault(412, 'Precondition Failed', [say`[If-Match: ${what}]`], { key: 'PRECONDITION_FAILED' });

/** The version that a client has seen of what it wants to change (`If-Match`). It is compared in the transaction of the change. */
export class Precondition {
  readonly #header: string;
  readonly #get: Operation | undefined;
  #met = false;

  /**
   * @param header value of `If-Match`
   * @param get how the object is read; undefined when it cannot be
   */
  constructor(header: string, get: Operation | undefined) {
    this.#header = header;
    this.#get = get;
  }

  /** Called when a transaction that checked it is committed: later ones of the same request see its own changes. */
  meet(): void {
    this.#met = true;
  }

  /**
   * Compares, and keeps the object locked until the transaction ends.
   * @throws {Fault} 412 when the object has another version, 404 when it is not there
   */
  async check(context: Context, trx: Transaction<Tables>): Promise<void> {
    if (!this.#met) await this.#compare(context, trx, true);
  }

  /** Compares without locking anything: who is refused anyhow is refused before anything is done. */
  async look(context: Context): Promise<void> {
    await this.#compare(context, context.db, false);
  }

  async #compare(context: Context, db: Kysely<Tables>, lock: boolean): Promise<void> {
    if (this.#get === undefined) throw failed('what is to be changed has no version.');
    const tags = tagsOf(this.#header);
    if (tags.length === 0) throw failed('an entity tag is expected, such as "…".');
    const versions = tags.flatMap((tag) => versionIn(tag) ?? []);
    const parameters = new Parameters(parametersOf(versions[0] ?? ''), new Map(), {});
    const reading: Context = { ...context, db, parameters, body: {} };
    let reply = await this.#get.run(reading);
    if (reply.kind !== 'entity') throw failed('what is to be changed has no version.');
    const row = rows[reply.type as TypeName];
    const { id = '' } = reply.entity;
    if (lock && row !== undefined && isUuid(id)) {
      // What others were about to change is seen once the lock is ours.
      await sql`select 1 from ${sql.table(row.table)} where ${sql.ref(row.column ?? 'id')} = ${id}::uuid for update`.execute(db);
      reply = await this.#get.run(reading);
      if (reply.kind !== 'entity') return;
    }
    if (tags.includes('*')) return;
    const version = versionOf(reply.type as TypeName, reply.entity, reading);
    if (!versions.includes(version)) throw failed('somebody has changed it since. Read it again.');
  }
}
