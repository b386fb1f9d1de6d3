import type { InstanceType, Vm } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { tail, type Readable } from '../rest/listing.ts';
import type { Entity } from '../rest/operation.ts';
import { defaultDefinition, definitionOf, type VmRow } from '../vms/definition.ts';

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

export type InstanceTypeDefinition = Partial<Pick<Vm, (typeof instanceTypeAttributes)[number] | 'os'>>;

/** What an instance type is without anything said: as a VM from Blank, but it decides nothing about random numbers. */
export const plainInstanceType: Vm = { ...defaultDefinition };
delete plainInstanceType.rng_device;

/** The part of a definition that an instance type has; of the operating system that is from which devices it boots. */
export const instanceTypePart = (definition: Vm): InstanceTypeDefinition => ({
  ...Object.fromEntries(instanceTypeAttributes.flatMap((key) => (definition[key] === undefined ? [] : [[key, definition[key]]]))),
  ...(definition.os?.boot === undefined ? {} : { os: { boot: definition.os.boot } }),
});

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
