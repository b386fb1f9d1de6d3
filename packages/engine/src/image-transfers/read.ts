import type { ImageTransfer } from '@virgate/contract/generated/types';
import { sql, type RawBuilder } from 'kysely';
import { visibleTo } from '../access/permissions.ts';
import { notFound } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { isProxyEnabled, proxyUrl } from './proxy-request.ts';
import type { TransferRow } from './ticket.ts';

/** Where clients reach an open transfer: on its host, and by the engine that they call. */
function addressesOf(context: Context, row: TransferRow): Pick<ImageTransfer, 'transfer_url' | 'proxy_url'> {
  if (row.transfer_url === null || row.phase !== 'transferring') return {};
  const proxy = isProxyEnabled(context.engine.options) ? proxyUrl(context.host, row.id) : undefined;
  return { transfer_url: row.transfer_url, ...(proxy === undefined ? {} : { proxy_url: proxy }) };
}

const transferOf = (context: Context, row: TransferRow): ImageTransfer => ({
  id: row.id,
  direction: row.direction as ImageTransfer['direction'],
  format: row.format as ImageTransfer['format'],
  phase: row.phase as ImageTransfer['phase'],
  timeout_policy: row.timeout_policy as ImageTransfer['timeout_policy'],
  inactivity_timeout: row.inactivity_timeout_seconds,
  transferred: row.transferred_bytes,
  active: row.active,
  shallow: row.shallow,
  ...addressesOf(context, row),
  ...(row.disk_id === null || row.snapshot_volume ? {} : { disk: { id: row.disk_id }, image: { id: row.disk_id } }),
  ...(row.snapshot_volume ? { snapshot: { id: row.volume_id } } : {}),
  ...(row.backup_id === null ? {} : { backup: { id: row.backup_id } }),
  ...(row.host_id === null ? {} : { host: { id: row.host_id } }),
});

/** Transfers that the caller may see: those of disks that he sees, and his own. */
export async function transfers(context: Context, condition: RawBuilder<boolean> = sql<boolean>`true`): Promise<Entity[]> {
  const visible = context.filtered
    ? sql<boolean>`(r.created_by = ${context.user.id} or exists (select 1 from disk t where t.id = r.disk_id and ${visibleTo(context.user, 'disk', 't')}))`
    : sql<boolean>`true`;
  const found =
    await sql<TransferRow>`select r.* from image_transfer r where ${visible} and ${condition} order by r.created_at, r.id`.execute(
      context.db,
    );
  return found.rows.map((row) => transferOf(context, row) as Entity);
}

/** One transfer. @throws {Fault} 404 */
export async function transfer(context: Context, id: string): Promise<Entity> {
  const [found] = isUuid(id) ? await transfers(context, sql<boolean>`r.id = ${id}::uuid`) : [];
  if (!found) throw notFound();
  return found;
}
