import { Watch } from '../housekeeping/watch.ts';
import { createHash } from 'node:crypto';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { writeOvf } from '@virgate/contract/ovf';
import { transaction } from '@virgate/database';
import { LockConflictError, defineSaga, type SagaStep } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { imageServerOf } from '../hosts/image-server.ts';
import { hostTask, noId, storageManagerOf, volumeAllocation, volumeFormat, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { SystemOptions } from '../options/values.ts';
import { refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { describeEntity, entitiesOn } from './describe.ts';
import { packTar } from './tar.ts';
import { isSparseOn } from '../storage-domains/block-group.ts';
import { writeVolume } from './volume-content.ts';

type Trx = Transaction<Tables>;

/** The size of a store. Source: engine behaviour, OVF store. */
export const storeBytes = 128 * 1024 ** 2;
const storeCount = 2;
/** A store as it is where storage has sparse files. */
const rawSparse = { format: 'raw', sparse: true } as const;
export const storeName = 'OVF_STORE';
const callTimeoutMs = 60_000;

interface Store {
  diskId: string;
  volumeId: string;
  isNew: boolean;
}

interface Params {
  domainId: string;
  domainName: string;
  dataCenterId: string;
  stores: Store[];
  user: { id: string; name: string } | null;
  correlationId: string;
}

interface State extends TaskState {
  entities: string[];
}

/** The archive of a domain's VMs and templates, with the digest of what it says about them. */
async function archiveOf(trx: Trx, domainId: string, nowMs: number): Promise<{ bytes: Buffer; digest: string }> {
  const entities = await entitiesOn(trx, domainId);
  const files = [];
  for (const entity of entities)
    files.push({ name: `${entity.id}.ovf`, content: Buffer.from(writeOvf(await describeEntity(trx, entity.id))) });
  const digest = createHash('sha256');
  for (const file of files) digest.update(file.name).update(file.content);
  const info = { 'Last Updated': new Date(nowMs).toUTCString(), 'Storage Domains': [{ uuid: domainId }] };
  const statuses = {
    'VM Status': Object.fromEntries(entities.filter((one) => one.kind === 'vm').map((one) => [one.id, one.status === 'down' ? 0 : 1])),
  };
  const bytes = packTar(
    [
      { name: 'info.json', content: Buffer.from(JSON.stringify(info)) },
      ...files,
      { name: 'metadata.json', content: Buffer.from(JSON.stringify(statuses)) },
    ],
    Math.floor(nowMs / 1000),
  );
  if (bytes.length > storeBytes) throw refused('ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN', { storageName: storeName });
  return { bytes, digest: digest.digest('hex') };
}

/** What the volume says of itself. Source: VDSM, OVF_STORE. */
const description = (domainId: string, sizeBytes: number, nowMs: number, updated: boolean): string =>
  JSON.stringify({
    Updated: updated,
    Size: sizeBytes,
    'Last Updated': new Date(nowMs).toUTCString(),
    'Storage Domains': [{ uuid: domainId }],
    'Disk Description': storeName,
  });

function makeStep(hosts: HostSessions, store: Store, index: number): SagaStep<Params, State, Trx> {
  return {
    name: `make-${index}`,
    title: `Making store ${index + 1}`,
    async run(ctx) {
      const { domainId, dataCenterId } = ctx.params;
      return hostTask(ctx as never, hosts, {
        name: `make ${store.diskId}`,
        hostId: await ctx.tx((trx) => storageManagerOf(trx, dataCenterId)),
        method: 'Volume.create',
        action: 'Cannot make an OVF store',
        doneAlready: [storageErrors.VolumeAlreadyExists],
        parameters: {
          volumeID: store.volumeId,
          storagepoolID: dataCenterId,
          storagedomainID: domainId,
          imageID: store.diskId,
          size: String(storeBytes),
          volFormat: volumeFormat.raw,
          preallocate: (await ctx.tx((trx) => isSparseOn(trx, domainId, rawSparse)))
            ? volumeAllocation.sparse
            : volumeAllocation.preallocated,
          diskType: 'OVFS',
          desc: description(domainId, 0, ctx.now(), false),
          srcImgUUID: noId,
          srcVolUUID: noId,
        },
      });
    },
    async record(ctx, trx) {
      const sparse = await isSparseOn(trx, ctx.params.domainId, rawSparse);
      await trx
        .insertInto('disk')
        .values({
          id: store.diskId,
          name: storeName,
          description: storeName,
          content_type: 'ovf_store',
          status: 'ok',
          format: 'raw',
          sparse,
          provisioned_bytes: storeBytes,
          shareable: true,
        })
        .execute();
      await trx
        .insertInto('image')
        .values({
          id: store.volumeId,
          disk_id: store.diskId,
          storage_domain_id: ctx.params.domainId,
          active: true,
          format: 'raw',
          sparse,
          provisioned_bytes: storeBytes,
          status: 'ok',
          parent_id: null,
          snapshot_id: null,
        })
        .execute();
      await noteChange(trx, 'disk', store.diskId, 'add');
    },
  };
}

function writeStep(hosts: HostSessions, store: Store, index: number): SagaStep<Params, State, Trx> {
  return {
    name: `write-${index}`,
    title: `Writing store ${index + 1}`,
    retry: { attempts: 3, delayMs: 2_000 },
    async run(ctx) {
      const { domainId, dataCenterId } = ctx.params;
      const hostId = await ctx.tx((trx) => storageManagerOf(trx, dataCenterId));
      const { bytes, digest } = await ctx.tx((trx) => archiveOf(trx, domainId, ctx.now()));
      const place = {
        hostId,
        dataCenterId,
        storageDomainId: domainId,
        imageId: store.diskId,
        volumeId: store.volumeId,
        sizeBytes: storeBytes,
        server: await ctx.tx((trx) => imageServerOf(trx, hostId)),
      };
      await writeVolume(hosts, place, bytes, ctx.signal);
      const { client, fence } = await hosts.access(hostId);
      await client.call(
        'Volume.setDescription',
        {
          storagepoolID: dataCenterId,
          storagedomainID: domainId,
          imageID: store.diskId,
          volumeID: store.volumeId,
          description: description(domainId, bytes.length, ctx.now(), true),
        },
        { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
      );
      ctx.state.entities = [digest];
    },
    async record(ctx, trx) {
      await sql`insert into ovf_store (disk_id, storage_domain_id, digest, updated_at) values (${store.diskId}, ${ctx.params.domainId}, ${ctx.state.entities[0] ?? ''}, now())
        on conflict (disk_id) do update set digest = excluded.digest, updated_at = excluded.updated_at`.execute(trx);
    },
  };
}

/** Writes what a domain's VMs and templates are into its stores, one after the other: at any time one of them is whole. */
export const updateOvfStoreSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Trx>({
    name: 'UpdateOvfStoreForStorageDomain',
    version: 1,
    title: (params) => `Updating the OVF stores of Storage Domain ${params.domainName}`,
    locks: (params) => [
      { group: 'OVF_UPDATE', objectId: params.domainId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE' },
      { group: 'STORAGE', objectId: params.domainId, mode: 'shared', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {}, entities: [] }),
    steps: (params) => [
      ...params.stores.flatMap((store, index) => (store.isNew ? [makeStep(hosts, store, index)] : [])),
      ...params.stores.map((store, index) => writeStep(hosts, store, index)),
    ],
    async ended(end, trx) {
      const { domainId, domainName, user, correlationId } = end.params;
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? 'USER_UPDATE_OVF_STORE' : 'UPDATE_OVF_FOR_STORAGE_DOMAIN_FAILED',
        storageDomain: { id: domainId, name: domainName },
        ...(user ? { user } : {}),
        correlationId,
        jobId: end.id,
        values: end.error ? { reason: end.error.message } : {},
      });
    },
  }) as unknown as EngineSaga;

async function storesOf(db: Kysely<Tables>, domainId: string, uuid: () => string): Promise<Store[]> {
  const found = await sql<{ diskId: string; volumeId: string }>`
    select d.id as "diskId", i.id as "volumeId" from disk d join image i on i.disk_id = d.id
    where d.content_type = 'ovf_store' and i.storage_domain_id = ${domainId} order by d.created_at, d.id limit ${storeCount}`.execute(db);
  const stores: Store[] = found.rows.map((row) => ({ ...row, isNew: false }));
  while (stores.length < storeCount) stores.push({ diskId: uuid(), volumeId: uuid(), isNew: true });
  return stores;
}

/** The job's parameters for a domain of a data center. */
async function paramsOf(
  db: Kysely<Tables>,
  uuid: () => string,
  domain: { id: string; name: string; dataCenterId: string },
  user: Params['user'],
  correlationId: string,
): Promise<Params> {
  return {
    domainId: domain.id,
    domainName: domain.name,
    dataCenterId: domain.dataCenterId,
    stores: await storesOf(db, domain.id, uuid),
    user,
    correlationId,
  };
}

/**
 * Updates the stores of an active domain now, and waits for it.
 * @returns the job, and whether it ended
 * @throws {Fault} why it failed
 */
export async function updateStores(
  context: Context,
  domain: { id: string; name: string; dataCenterId: string },
): Promise<{ job: string; ended: boolean }> {
  return context.engine.jobs.run<Params>(context, 'UpdateOvfStoreForStorageDomain', {
    params: await paramsOf(context.db, context.engine.uuid, domain, actor(context), context.correlationId),
    description: `Updating the OVF stores of Storage Domain ${domain.name}`,
    subjects: [{ type: 'storage_domain', id: domain.id }],
  });
}

/** `POST storagedomains/{id}/updateovfstore`. */
export const updateOvfStore: Operation = {
  permit: 'manipulate_storage_domain',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    const domain = await one(context, readableStorageDomains, context.path['storage_domain']);
    const id = domain.id ?? '';
    const place = await context.db
      .selectFrom('data_center_storage_domain')
      .select(['data_center_id', 'status'])
      .where('storage_domain_id', '=', id)
      .executeTakeFirst();
    if (place?.status !== 'active')
      throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
        VAR_ACTION: 'update the OVF stores of',
        VAR_TYPE: 'Storage Domain',
        status: place?.status ?? 'unattached',
      });
    const { job, ended } = await updateStores(context, { id, name: String(domain['name']), dataCenterId: place.data_center_id });
    return ended ? done(job) : started(job);
  },
};

/** Keeps the stores of all active domains up to date. */
export class OvfStores extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #uuid: () => string;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; options: SystemOptions; uuid: () => string; log: Logger }) {
    super({ what: 'OVF stores', everyMs: options.options.number('OvfUpdateIntervalInMinutes') * 60_000, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
    this.#uuid = options.uuid;
  }

  /** Domains whose stores say already what is so are left alone. */
  protected async look(): Promise<void> {
    const found = await sql<{ id: string; name: string; dataCenterId: string }>`
      select s.id, s.name, d.data_center_id as "dataCenterId" from storage_domain s join data_center_storage_domain d on d.storage_domain_id = s.id
      join data_center c on c.id = d.data_center_id where s.type = 'data' and d.status = 'active' and c.status = 'up' order by s.id`.execute(
      this.#db,
    );
    for (const domain of found.rows) await this.#checkOne(domain);
  }

  async #checkOne(domain: { id: string; name: string; dataCenterId: string }): Promise<void> {
    const { digest } = await transaction(this.#db, (trx) => archiveOf(trx, domain.id, 0));
    const stores = await this.#db.selectFrom('ovf_store').select('digest').where('storage_domain_id', '=', domain.id).execute();
    if (stores.length >= storeCount && stores.every((store) => store.digest === digest)) return;
    await this.#jobs
      .beginAlone<Params>('UpdateOvfStoreForStorageDomain', {
        params: await paramsOf(this.#db, this.#uuid, domain, null, ''),
        description: `Updating the OVF stores of Storage Domain ${domain.name}`,
        subjects: [{ type: 'storage_domain', id: domain.id }],
      })
      .catch((error: unknown) => {
        // another engine is at it, or the domain is busy: the next round comes
        if (!(error instanceof LockConflictError)) throw error;
      });
  }
}
