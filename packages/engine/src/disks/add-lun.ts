import { json } from '@virgate/database';
import type { Disk, DiskAttachment, LogicalUnit } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { grant } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, refused } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { columnsOfConnection, passwordOf, type ConnectionSettings } from '../storage-connections/definition.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import type { WantedUnit } from '../storage-connections/logical-units.ts';
import type { ConnectionRow } from '../storage-domains/wire.ts';
import type { Tables } from '../tables/schema.ts';
import { insertAttachment } from './attachment-row.ts';
import { beginHotDisk } from './hot.ts';
import { askForLun } from './lun-details.ts';
import { checkPassthrough, claimLun, planLun, type LunPlan } from './luns.ts';

type Trx = Transaction<Tables>;

/** What a host told of a LUN beside its size, as it is kept. Where it is stands in the connection; who has it is asked each time. */
const details = [
  'vendor_id',
  'product_id',
  'serial',
  'paths',
  'lun_mapping',
  'discard_max_size',
] as const satisfies readonly (keyof LogicalUnit)[];

/** The details of a LUN that are kept. */
export const detailsOf = (unit: LogicalUnit): Partial<LogicalUnit> =>
  Object.fromEntries(details.flatMap((name) => (unit[name] === undefined ? [] : [[name, unit[name]]])));

type Login = Pick<LogicalUnit, 'username' | 'password'>;

/** The connection of a LUN of iSCSI as it is to be; null on Fibre Channel. @throws {Fault} 400 */
function connectionFor(context: Context, { portal }: WantedUnit, login: Login): ConnectionRow | null {
  if (portal === null) return null;
  const { type, ...columns } = columnsOfConnection(context.engine.authority.secretKey, { type: 'iscsi', ...portal, ...login });
  return { id: context.engine.uuid(), storage_type: type, ...columns };
}

/**
 * Keeps a connection, or finds the one to the same target as the same user.
 * @param password as the request names it: it cannot change that of a connection which storage domains may use
 * @returns its id
 * @throws {Fault} 409
 */
async function keepConnection(trx: Trx, secretKey: Buffer, wanted: ConnectionRow, password: string | undefined): Promise<string> {
  await sql`lock table storage_connection in share row exclusive mode`.execute(trx);
  const { target, port, username } = wanted.settings ?? {};
  const found = await sql<{ id: string; settings: ConnectionSettings }>`
    select id, settings from storage_connection where type = 'iscsi' and address = ${wanted.address} and settings ->> 'target' = ${target ?? ''}
      and coalesce(settings ->> 'port', '3260') = ${String(port ?? 3260)} and settings ->> 'username' is not distinct from ${username ?? null} order by id limit 1`.execute(
    trx,
  );
  const [known] = found.rows;
  if (known) {
    if (password !== undefined && password !== passwordOf(secretKey, known.settings))
      throw refused('ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS', { VAR_ACTION: 'add', VAR_TYPE: 'Virtual Disk' });
    return known.id;
  }
  const { storage_type: type, settings = {}, ...columns } = wanted;
  await trx
    .insertInto('storage_connection')
    .values({ ...columns, type, settings: json({ ...settings }) })
    .execute();
  return wanted.id;
}

/** A new LUN disk that goes onto a VM in the same transaction. */
export interface LunAttachment {
  vmId: string;
  attachment: DiskAttachment;
  /** The VM runs, and takes it at once. */
  plugs: boolean;
}

async function insertLunDisk(trx: Trx, diskId: string, plan: LunPlan, body: Disk, unit: LogicalUnit): Promise<void> {
  const size = unit.size ?? 0;
  await trx
    .insertInto('disk')
    .values({
      id: diskId,
      name: (body.alias ?? body.name ?? `disk_${diskId.slice(0, 8)}`).slice(0, 255),
      description: body.description ?? '',
      storage_type: 'lun',
      format: 'raw',
      sparse: false,
      provisioned_bytes: size,
      shareable: body.shareable ?? false,
      propagate_errors: body.propagate_errors ?? false,
      settings: json(body.sgio === undefined || body.sgio === 'disabled' ? {} : { sgio: body.sgio }),
      qcow_version: null,
      disk_profile_id: null,
      quota_id: null,
    })
    .execute();
  await trx
    .insertInto('disk_lun')
    .values({
      lun_id: plan.unit.id,
      disk_id: diskId,
      storage_type: plan.type,
      storage_connection_id: null,
      size_bytes: size,
      settings: json({ ...detailsOf(unit) }),
    })
    .execute();
}

/**
 * Makes a disk of a LUN. Nothing is done to the LUN itself: what is on it stays. A host that the request names is asked what it is; without
 * one its size is not known until `refreshlun`.
 * @returns the disk, and the job that adds it
 * @throws {Fault} 400, 404, 409
 */
export async function addLunDisk(context: Context, body: Disk, attach?: LunAttachment): Promise<{ diskId: string; job: string }> {
  const plan = await planLun(context, body);
  const { username, password } = { ...body.lun_storage, ...body.lun_storage?.logical_units?.[0] };
  const login: Login = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  const connection = connectionFor(context, plan.unit, login);
  if (attach) checkPassthrough({ isLun: true, ...(body.sgio ? { sgio: body.sgio } : {}) }, attach.attachment);
  const unit = plan.hostId === null ? {} : await lookAt(context, plan.hostId, plan.unit.id, connection);
  const diskId = body.id !== undefined && isUuid(body.id) ? body.id : context.engine.uuid();
  const job = await write(
    context,
    async (trx) => {
      await claimLun(trx, plan.unit.id);
      await insertLunDisk(trx, diskId, plan, body, unit);
      if (connection !== null)
        await trx
          .updateTable('disk_lun')
          .set({ storage_connection_id: await keepConnection(trx, context.engine.authority.secretKey, connection, password) })
          .where('disk_id', '=', diskId)
          .execute();
      await grant(trx, context.user.id, 'DiskOperator', { type: 'disk', id: diskId });
      const { name } = await trx.selectFrom('disk').select('name').where('id', '=', diskId).executeTakeFirstOrThrow();
      await recordEvent(trx, { name: 'USER_ADD_DISK_FINISHED_SUCCESS', ...attribution(context), values: { disk: name } });
      await noteChange(trx, 'disk', diskId, 'add');
      const added = await context.engine.jobs.record(trx, context, {
        action: 'AddDisk',
        description: `Adding Disk ${name}`,
        subjects: [{ type: 'disk', id: diskId }, ...(attach ? [{ type: 'vm' as const, id: attach.vmId }] : [])],
      });
      if (!attach) return added;
      await insertAttachment(trx, diskId, attach.vmId, attach.attachment, attach.plugs ? false : undefined);
      await noteChange(trx, 'vm', attach.vmId, 'update');
      return attach.plugs ? beginHotDisk(trx, context, attach.vmId, diskId, { plugs: true, isNew: false, detaches: false }) : added;
    },
    {
      disk_pkey: () => conflict('ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS'),
      disk_attachment_bootable: () => conflict('ACTION_TYPE_FAILED_DISK_BOOT_IN_USE'),
    },
  );
  return { diskId, job };
}

async function lookAt(context: Context, hostId: string, lunId: string, connection: ConnectionRow | null): Promise<LogicalUnit> {
  const paths =
    connection === null
      ? []
      : [
          {
            address: connection.address ?? '',
            parameters: await parametersFor(context.db, context.engine.authority.secretKey, hostId, connection),
          },
        ];
  return askForLun(context, hostId, lunId, paths);
}
