import { OvfError, readOvf } from '@virgate/contract/ovf';
import type { Template, Vm } from '@virgate/contract/generated/types';
import type { SagaStep } from '@virgate/saga';
import { sql, type Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { imageServerOf } from '../hosts/image-server.ts';
import { storageManagerOf } from '../images/host-tasks.ts';
import { blankTemplateId } from '../installation/fixed-ids.ts';
import type { HostClient, HostSessions } from '../monitoring/sessions.ts';
import type { Context, Entity } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import { entitiesOn, ovfOf } from './describe.ts';
import { unpackTar } from './tar.ts';
import { storeBytes } from './update.ts';
import { readVolume } from './volume-content.ts';

type Trx = Transaction<Tables>;

const callTimeoutMs = 60_000;
/** Images of a domain that are looked into for its stores. */
const maxImages = 10_000;

interface FoundEntity {
  id: string;
  kind: 'vm' | 'template';
  name: string;
  ovf: string;
}

/** What a store says; descriptions that cannot be read are left out. */
export function readStore(archive: Buffer): FoundEntity[] {
  return unpackTar(archive).flatMap((file): FoundEntity[] => {
    if (!file.name.endsWith('.ovf')) return [];
    const ovf = file.content.toString('utf8');
    try {
      const { id, kind, name } = readOvf(ovf);
      return [{ id, kind, name, ovf }];
    } catch (error) {
      if (error instanceof OvfError) return [];
      throw error;
    }
  });
}

interface FoundStore {
  imageId: string;
  volumeId: string;
  sizeBytes: number;
  contentBytes: number;
  updated: boolean;
}

const sizeIn = (description: string): { size: number; updated: boolean } => {
  try {
    const value = JSON.parse(description) as { Size?: unknown; Updated?: unknown };
    return { size: typeof value.Size === 'number' ? value.Size : 0, updated: value.Updated === true };
  } catch {
    return { size: 0, updated: false };
  }
};

/** The stores on a domain, those that were written to their end first. */
async function findStores(
  client: HostClient,
  options: { timeoutMs: number; fence: number; signal: AbortSignal },
  ids: { storagepoolID: string; storagedomainID: string },
): Promise<FoundStore[]> {
  const images = (await client.call('StorageDomain.getImages', ids, options)) as string[];
  const stores: FoundStore[] = [];
  for (const imageID of images.slice(0, maxImages)) {
    const [volumeID] = (await client.call('Image.getVolumes', { ...ids, imageID }, options)) as string[];
    if (volumeID === undefined) continue;
    const info = (await client.call('Volume.getInfo', { ...ids, imageID, volumeID }, options)) as {
      disktype?: string;
      capacity?: string;
      description?: string;
    };
    if (info.disktype !== 'OVFS') continue;
    const { size, updated } = sizeIn(info.description ?? '');
    stores.push({ imageId: imageID, volumeId: volumeID, sizeBytes: Number(info.capacity ?? storeBytes), contentBytes: size, updated });
  }
  return stores.sort((left, right) => Number(right.updated) - Number(left.updated));
}

/** Notes what a domain's stores say, of what the engine does not have; the stores become disks that the engine knows. */
async function noteFound(trx: Trx, domainId: string, stores: readonly FoundStore[], entities: readonly FoundEntity[]): Promise<void> {
  for (const entity of entities)
    await sql`insert into unregistered_entity (entity_id, storage_domain_id, kind, name, ovf)
      select ${entity.id}, ${domainId}, ${entity.kind}, ${entity.name}, ${entity.ovf} where not exists (select 1 from vm where id = ${entity.id}::uuid)
      on conflict (entity_id, storage_domain_id) do update set name = excluded.name, ovf = excluded.ovf`.execute(trx);
  for (const store of stores) {
    const made = await trx
      .insertInto('disk')
      .values({
        id: store.imageId,
        name: 'OVF_STORE',
        description: 'OVF_STORE',
        content_type: 'ovf_store',
        status: 'ok',
        format: 'raw',
        sparse: true,
        provisioned_bytes: store.sizeBytes,
        shareable: true,
      })
      .onConflict((there) => there.doNothing())
      .returning('id')
      .execute();
    if (made.length === 0) continue;
    await trx
      .insertInto('image')
      .values({
        id: store.volumeId,
        disk_id: store.imageId,
        storage_domain_id: domainId,
        active: true,
        format: 'raw',
        sparse: true,
        provisioned_bytes: store.sizeBytes,
        status: 'ok',
        parent_id: null,
        snapshot_id: null,
      })
      .execute();
    await noteChange(trx, 'disk', store.imageId, 'add');
  }
}

/**
 * The last step of an attachment: what lies on the domain and the engine does not have is read from its stores. A domain whose
 * stores cannot be read is attached all the same: its disks are there.
 */
export const readStoresStep = <P extends { domainId: string; dataCenterId: string }, S extends object>(
  hosts: HostSessions,
): SagaStep<P, S, Trx> => ({
  name: 'stores',
  title: 'Reading what lies on the storage domain',
  async run(ctx) {
    const { domainId, dataCenterId } = ctx.params;
    try {
      const hostId = await ctx.tx((trx) => storageManagerOf(trx, dataCenterId));
      const { client, fence } = await hosts.access(hostId);
      const stores = await findStores(
        client,
        { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
        { storagepoolID: dataCenterId, storagedomainID: domainId },
      );
      const [best] = stores;
      const server = await ctx.tx((trx) => imageServerOf(trx, hostId));
      const bytes = best === undefined || best.contentBytes <= 0 || best.contentBytes > best.sizeBytes ? 0 : best.contentBytes;
      const archive =
        best === undefined || bytes === 0
          ? Buffer.alloc(0)
          : await readVolume(
              hosts,
              {
                hostId,
                dataCenterId,
                storageDomainId: domainId,
                imageId: best.imageId,
                volumeId: best.volumeId,
                sizeBytes: best.sizeBytes,
                server,
              },
              bytes,
              ctx.signal,
            );
      await ctx.tx((trx) => noteFound(trx, domainId, stores, readStore(archive)));
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      await ctx.tx((trx) => noteUnread(trx, domainId, error));
    }
  },
});

async function noteUnread(trx: Trx, domainId: string, error: unknown): Promise<void> {
  const domain = await trx.selectFrom('storage_domain').select(['id', 'name']).where('id', '=', domainId).executeTakeFirst();
  await recordEvent(trx, {
    name: 'RETRIEVE_OVF_STORE_FAILED',
    storageDomain: domain ?? null,
    values: { reason: error instanceof Error ? error.message : String(error) },
  });
}

/**
 * A domain leaves its data center: its VMs, templates and disks go from the engine, and stay on the domain with a description of each.
 * Who has disks elsewhere too stays, without those of this domain.
 */
export async function forgetContent(trx: Trx, domainId: string): Promise<void> {
  const entities = (await entitiesOn(trx, domainId)).filter((entity) => entity.wholly);
  for (const entity of entities)
    await sql`insert into unregistered_entity (entity_id, storage_domain_id, kind, name, ovf)
      values (${entity.id}, ${domainId}, ${entity.kind}, ${entity.name}, ${await ovfOf(trx, entity.id)})
      on conflict (entity_id, storage_domain_id) do update set name = excluded.name, ovf = excluded.ovf`.execute(trx);
  const ids = (kind: string): string[] => entities.filter((entity) => entity.kind === kind).map((entity) => entity.id);
  const [vms, templates] = [ids('vm'), ids('template')];
  const disks = await sql<{
    id: string;
  }>`delete from disk where id in (select disk_id from image where storage_domain_id = ${domainId}) returning id`.execute(trx);
  const diskIds = disks.rows.map((row) => row.id);
  if (vms.length > 0) await trx.deleteFrom('vm').where('id', 'in', vms).execute();
  if (templates.length > 0) {
    await trx.updateTable('vm').set({ template_id: blankTemplateId }).where('template_id', 'in', templates).execute();
    await sql`update vm set base_template_id = id where base_template_id = any(${templates}::uuid[]) and id <> all(${templates}::uuid[])`.execute(
      trx,
    );
    await trx.deleteFrom('vm').where('id', 'in', templates).execute();
  }
  await revokeAllOn(trx, [...vms, ...templates, ...diskIds]);
  await noteChange(trx, 'vm', vms, 'remove');
  await noteChange(trx, 'template', templates, 'remove');
  await noteChange(trx, 'disk', diskIds, 'remove');
}

interface Row {
  entity_id: string;
  kind: 'vm' | 'template';
  name: string;
  ovf: string;
}

function shownOf(row: Row): Entity {
  const ovf = readOvf(row.ovf);
  const common: Vm & Template = {
    id: row.entity_id,
    name: row.name,
    description: ovf.description,
    comment: ovf.comment,
    memory: ovf.memoryMib * 1024 ** 2,
    cpu: { topology: { sockets: ovf.sockets, cores: ovf.cores, threads: ovf.threads } },
    os: { type: ovf.osType },
    creation_time: ovf.createdMs,
  };
  return common as Entity;
}

/** VMs or templates on a domain that the engine does not have. */
export async function unregisteredOn(
  context: Context,
  domainId: string,
  kind: 'vm' | 'template',
  id: string | null = null,
): Promise<Entity[]> {
  const found = await sql<Row>`select u.entity_id, u.kind, u.name, u.ovf from unregistered_entity u
    where u.storage_domain_id = ${domainId} and u.kind = ${kind} and (${id}::uuid is null or u.entity_id = ${id}::uuid) and not exists (select 1 from vm v where v.id = u.entity_id) order by u.name, u.entity_id`.execute(
    context.db,
  );
  return found.rows.map(shownOf);
}
