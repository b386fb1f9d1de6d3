import type { EventName } from '@virgate/contract/generated/events';
import type { PermitName } from '@virgate/contract/generated/permits';
import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { ObjectRef } from '../access/objects.ts';
import { visibleTo } from '../access/permissions.ts';
import { noteChange, type ChangeType } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { readableInstanceTypes } from '../instance-types/read.ts';
import { isUuid, one, type Readable } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { readableTemplates } from '../templates/read.ts';
import { readableVms } from '../vms/read.ts';

type Trx = Transaction<Tables>;

/** What has devices: a VM, a template or an instance type. Their rows lie in one table, told apart by `entity_type`. */
export interface OwnerKind {
  type: 'vm' | 'template' | 'instance_type';
  /** The contract's type, whose name begins the names of its services. */
  service: 'Vm' | 'Template' | 'InstanceType';
  readable: Readable;
  /** What is needed to change its devices. */
  permit: PermitName;
  change: ChangeType;
  event: EventName;
  /** The word of texts. */
  word: string;
}

export const ownerKinds = {
  vm: { type: 'vm', service: 'Vm', readable: readableVms, permit: 'edit_vm_properties', change: 'vm', event: 'USER_UPDATE_VM', word: 'VM' },
  template: {
    type: 'template',
    service: 'Template',
    readable: readableTemplates,
    permit: 'edit_template_properties',
    change: 'template',
    event: 'USER_UPDATE_VM_TEMPLATE',
    word: 'Template',
  },
  instance_type: {
    type: 'instance_type',
    service: 'InstanceType',
    readable: readableInstanceTypes,
    permit: 'edit_template_properties',
    change: 'instance_type',
    event: 'USER_UPDATE_VM_TEMPLATE',
    word: 'Instance Type',
  },
} as const satisfies Record<OwnerKind['type'], OwnerKind>;

const idOf = (context: Context, kind: OwnerKind): string => context.path[kind.type] ?? '';

/** The owner that a path names. @throws {Fault} 404 */
export const ownerOf = (context: Context, kind: OwnerKind): Promise<Entity> => one(context, kind.readable, idOf(context, kind));

/** The object on which the permit is needed. */
export const ownerSubject =
  (kind: OwnerKind) =>
  (context: Context): ObjectRef[] => [{ type: kind.type === 'vm' ? 'vm' : 'template', id: idOf(context, kind) }];

/** SQL condition on rows `t` of `vm`: those of a kind with these ids that the caller may see. */
export const visibleOwners = (context: Context, kind: OwnerKind, ids: readonly string[]): RawBuilder<boolean> =>
  sql<boolean>`t.id = any(${ids.filter(isUuid)}::uuid[]) and t.entity_type = ${kind.type}
    and ${context.filtered ? visibleTo(context.user, kind.readable.objectType, 't') : sql<boolean>`true`}`;

/** What a reference back to the owner looks like. */
export const backReference = (kind: OwnerKind, id: string): Entity => ({ [kind.type]: { id } });

/** Changes an owner's devices: the rows, the event of its change, its place in the change feed, and a job when one is named. */
export function changeDevices(
  context: Context,
  kind: OwnerKind,
  owner: Entity,
  change: (trx: Trx) => Promise<void>,
  job?: { action: string; description: string },
): Promise<string | undefined> {
  const id = owner.id ?? '';
  const name = String(owner['name']);
  return write(context, async (trx) => {
    await trx.selectFrom('vm').select('id').where('id', '=', id).forUpdate().execute();
    await change(trx);
    await recordEvent(trx, {
      name: kind.event,
      ...(kind.type === 'vm' ? { vm: { id, name } } : { template: { id, name } }),
      ...attribution(context),
    });
    await noteChange(trx, kind.change, id, 'update');
    if (job === undefined) return undefined;
    return context.engine.jobs.record(trx, context, { ...job, subjects: [{ type: kind.type === 'vm' ? 'vm' : 'template', id }] });
  });
}
