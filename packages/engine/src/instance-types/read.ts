import type { InstanceType, Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { definitionOf, type VmRow } from '../vms/definition.ts';

/** What an instance type says of the VMs that are bound to it. Source: engine behaviour, instance types. */
export const instanceTypeAttributes = [
  'memory',
  'memory_policy',
  'cpu',
  'cpu_shares',
  'high_availability',
  'migration',
  'migration_downtime',
  'io',
  'console',
  'display',
  'rng_device',
  'soundcard_enabled',
  'usb',
  'virtio_scsi',
  'virtio_scsi_multi_queues',
  'virtio_scsi_multi_queues_enabled',
  'multi_queues_enabled',
  'custom_cpu_model',
  'custom_emulated_machine',
  'storage_error_resume_behaviour',
] as const satisfies readonly (keyof Vm)[];

export type InstanceTypeDefinition = Partial<Pick<Vm, (typeof instanceTypeAttributes)[number]>>;

/** The part of a definition that an instance type has. */
export const instanceTypePart = (definition: Vm): InstanceTypeDefinition =>
  Object.fromEntries(instanceTypeAttributes.flatMap((key) => (definition[key] === undefined ? [] : [[key, definition[key]]])));

function instanceTypeOf(row: VmRow): InstanceType {
  const definition = definitionOf(row);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    comment: row.comment,
    creation_time: row.created_at,
    origin: row.origin,
    ...instanceTypePart(definition),
  };
}

/** Instance types: one statement, whatever their number. Permissions on them are those on templates. */
export const readableInstanceTypes: Readable = {
  objectType: 'template',
  only: sql<boolean>`t.entity_type = 'instance_type'`,
  order: sql`t.memory_bytes, t.name, t.id`,
  search: 'instancetype',
  async read(context, selection) {
    const found = await sql<VmRow>`select t.* from vm t where ${selection.condition} ${tail(selection)}`.execute(context.db);
    return found.rows.map((row) => instanceTypeOf(row) as Entity);
  },
};
