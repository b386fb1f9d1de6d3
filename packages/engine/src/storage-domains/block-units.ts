import type { Action, StorageDomain } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostJob } from '../images/host-jobs.ts';
import { storageFault, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Context, type Operation } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import { isBlockStorage, wantedUnits } from '../storage-connections/logical-units.ts';
import type { Tables } from '../tables/schema.ts';
import { measureDomain } from './add-block.ts';
import { claimUnits } from './block-group.ts';
import { readableStorageDomains } from './read.ts';

type Trx = Transaction<Tables>;
type Kind = 'extend' | 'refresh' | 'reduce';

const timeoutMs = 180_000;
/** LUNs of one domain. Source: VDSM, maximum_allowed_pvs. */
const maxUnits = 10;
const longStepMs = 24 * 3_600_000;

interface Params {
  domainId: string;
  domainName: string;
  dataCenterId: string;
  group: string;
  units: string[];
  /** Whether what is on new LUNs may be lost. */
  overrides: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

interface Change {
  action: 'ExtendSANStorageDomain' | 'RefreshLunsSize' | 'ReduceSANStorageDomainDevices';
  verb: string;
  title: string;
  /** Status that the domain must have in its data center. */
  status: string;
  event: 'USER_EXTENDED_STORAGE_DOMAIN' | 'USER_REFRESH_LUN_STORAGE_DOMAIN' | 'USER_REDUCE_DOMAIN_DEVICES_SUCCEEDED';
  failed: 'USER_EXTENDED_STORAGE_DOMAIN_FAILED' | 'USER_REFRESH_LUN_STORAGE_DOMAIN_FAILED' | 'USER_REDUCE_DOMAIN_DEVICES_FAILED';
}

const changes: Record<Kind, Change> = {
  extend: {
    action: 'ExtendSANStorageDomain',
    verb: 'extend',
    title: 'Extending',
    status: 'active',
    event: 'USER_EXTENDED_STORAGE_DOMAIN',
    failed: 'USER_EXTENDED_STORAGE_DOMAIN_FAILED',
  },
  refresh: {
    action: 'RefreshLunsSize',
    verb: 'refresh the LUNs of',
    title: 'Refreshing the LUNs of',
    status: 'active',
    event: 'USER_REFRESH_LUN_STORAGE_DOMAIN',
    failed: 'USER_REFRESH_LUN_STORAGE_DOMAIN_FAILED',
  },
  reduce: {
    action: 'ReduceSANStorageDomainDevices',
    verb: 'reduce',
    title: 'Reducing',
    status: 'maintenance',
    event: 'USER_REDUCE_DOMAIN_DEVICES_SUCCEEDED',
    failed: 'USER_REDUCE_DOMAIN_DEVICES_FAILED',
  },
};

/** The jobs that change the LUNs of a domain; all of their work may be repeated, and none is taken back. */
export const blockUnitSagas = ({ hosts }: SagaServices): EngineSaga[] =>
  (Object.entries(changes) as [Kind, Change][]).map(
    ([kind, change]) =>
      defineSaga<Params, TaskState, Trx>({
        name: change.action,
        version: 1,
        title: (params) => `${change.title} Storage Domain ${params.domainName}`,
        locks: (params) => [
          { group: 'STORAGE', objectId: params.domainId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
        ],
        initialState: () => ({ tasks: {} }),
        steps: [
          {
            name: kind,
            title: `${change.title} the storage domain`,
            timeoutMs: longStepMs,
            async run(ctx) {
              const { domainId, dataCenterId, units, overrides } = ctx.params;
              const hostId = await ctx.tx((trx) => storageManagerOf(trx, dataCenterId));
              const ids = { storagedomainID: domainId, storagepoolID: dataCenterId };
              const { client, fence } = await hosts.access(hostId);
              const options = { timeoutMs, fence, signal: ctx.signal };
              try {
                if (kind === 'extend') await client.call('StorageDomain.extend', { ...ids, devlist: units, force: overrides }, options);
                if (kind === 'refresh') for (const guid of units) await client.call('StorageDomain.resizePV', { ...ids, guid }, options);
              } catch (error) {
                if (error instanceof VdsmError) throw storageFault(`Cannot ${change.verb} Storage Domain`, error);
                throw error;
              }
              if (kind !== 'reduce') return undefined;
              for (const guid of units) {
                for (const [method, parameters] of [
                  ['SDM.move_domain_device', { move_params: { sd_id: domainId, guid, src_guid: guid } }],
                  ['SDM.reduce_domain', { reduce_params: { sd_id: domainId, guid } }],
                ] as const) {
                  const name = `${method} ${guid}`;
                  const wait = await hostJob(ctx, hosts, {
                    name,
                    hostId,
                    method,
                    parameters,
                    doneAlready: [],
                    action: 'Cannot reduce Storage Domain',
                  });
                  if (wait) return wait;
                }
              }
              return undefined;
            },
            async unrecord(ctx, trx) {
              // LUNs that were to come are free again; the others stay with the domain
              if (kind === 'extend')
                await trx
                  .deleteFrom('storage_domain_lun')
                  .where('storage_domain_id', '=', ctx.params.domainId)
                  .where('lun_id', 'in', ctx.params.units)
                  .where('size_bytes', '=', 0)
                  .execute();
            },
            undo: async () => undefined,
          },
          {
            name: 'measure',
            title: 'Reading its size',
            async run(ctx) {
              const hostId = await ctx.tx((trx) => storageManagerOf(trx, ctx.params.dataCenterId));
              const { client, fence } = await hosts.access(hostId);
              await measureDomain(ctx.params.domainId, ctx.params.group, {
                call: (method, parameters) => client.call(method, parameters, { timeoutMs, fence, signal: ctx.signal }),
                tx: (run) => ctx.tx(run),
              });
            },
            async record(ctx, trx) {
              const { domainId, domainName } = ctx.params;
              await recordEvent(trx, { name: change.event, storageDomain: { id: domainId, name: domainName }, ...ofJob(ctx) });
              await noteChange(trx, 'storage_domain', domainId, 'update');
            },
          },
        ],
        async ended(end, trx) {
          if (end.status === 'succeeded') return;
          const { domainId, domainName, user, correlationId } = end.params;
          await recordEvent(trx, { name: change.failed, storageDomain: { id: domainId, name: domainName }, user, correlationId });
        },
      }) as unknown as EngineSaga,
  );

/** What the LUNs of a request are to a domain now. @throws {Fault} */
async function checkUnits(trx: Trx, kind: Kind, domainId: string, units: readonly string[], frame: Record<string, string>): Promise<void> {
  const own = await trx.selectFrom('storage_domain_lun').select('lun_id').where('storage_domain_id', '=', domainId).execute();
  const known = new Set(own.map((row) => row.lun_id));
  if (kind === 'extend') {
    await claimUnits(trx, units, frame);
    if (known.size + units.length > maxUnits)
      throw invalidValue('storage.logical_units', say`a storage domain has at most ${maxUnits} LUNs`);
    for (const lun of units)
      await trx
        .insertInto('storage_domain_lun')
        .values({ lun_id: lun, storage_domain_id: domainId, size_bytes: 0, settings: json({}) })
        .execute();
    return;
  }
  const strangers = units.filter((unit) => !known.has(unit));
  if (strangers.length > 0) throw refused('ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN', { ...frame, lunIds: strangers.join(', ') });
  if (kind === 'reduce' && units.length >= known.size) throw refused('ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS', frame);
}

/** Starts the job that changes the LUNs of a domain. @throws {Fault} */
async function begin(context: Context, kind: Kind, units: readonly string[], overrides: boolean) {
  const change = changes[kind];
  const domain = await one(context, readableStorageDomains, context.path['storage_domain']);
  const id = domain.id ?? '';
  const frame = { VAR_ACTION: change.verb, VAR_TYPE: 'Storage Domain' };
  const found = await sql<{ storage_type: string; group: string | null; data_center_id: string | null; status: string | null }>`
    select s.storage_type, s.volume_group_uuid as group, d.data_center_id, d.status from storage_domain s left join data_center_storage_domain d on d.storage_domain_id = s.id
    where s.id = ${id}`.execute(context.db);
  const [row] = found.rows;
  if (!row || !isBlockStorage(row.storage_type) || row.group === null)
    throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL', frame);
  if (row.data_center_id === null || row.status !== change.status)
    throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2', {
      ...frame,
      status: (row.status ?? 'unattached').replaceAll('_', ' '),
    });
  return context.engine.jobs.run<Params>(context, change.action, {
    params: {
      domainId: id,
      domainName: String(domain['name']),
      dataCenterId: row.data_center_id,
      group: row.group,
      units: [...units],
      overrides,
      user: actor(context),
      correlationId: context.correlationId,
    },
    description: `${change.title} Storage Domain ${String(domain['name'])}`,
    subjects: [{ type: 'storage_domain', id }],
    check: (trx) => checkUnits(trx, kind, id, units, frame),
  });
}

/** `PUT storagedomains/{id}` with further LUNs: adds those that are not part of the domain yet. */
export async function extendWith(context: Context, domainId: string, { storage = {} }: StorageDomain): Promise<void> {
  const row = await context.db.selectFrom('storage_domain').select('storage_type').where('id', '=', domainId).executeTakeFirst();
  const wanted = storage.logical_units ?? storage.volume_group?.logical_units ?? [];
  if (wanted.length === 0) return;
  if (!isBlockStorage(row?.storage_type)) throw invalidValue('storage.logical_units', 'the storage domain does not lie on LUNs');
  // where the LUNs are is known from the domain's own connection
  const units = wantedUnits('fcp', { logical_units: wanted }, 'storage').map(({ id }) => id);
  const own = await context.db.selectFrom('storage_domain_lun').select('lun_id').where('storage_domain_id', '=', domainId).execute();
  const added = units.filter((unit) => !own.some((held) => held.lun_id === unit));
  if (added.length > 0) await begin(context, 'extend', added, storage.override_luns ?? false);
}

const unitsAction = (kind: 'refresh' | 'reduce'): Operation => ({
  permit: 'manipulate_storage_domain',
  subjects: (context) => [{ type: 'storage_domain', id: context.path['storage_domain'] ?? '' }],
  async run(context) {
    await one(context, readableStorageDomains, context.path['storage_domain']);
    const wanted = (context.body as Action).logical_units ?? [];
    const units = wantedUnits('fcp', { logical_units: wanted }, 'logical_units').map(({ id }) => id);
    if (units.length === 0) throw incomplete('Action [logical_units.id]');
    const { job, ended } = await begin(context, kind, units, false);
    return ended ? done(job) : started(job);
  },
});

/** `POST storagedomains/{id}/refreshluns`: takes in what LUNs have grown by. */
export const refreshLuns = unitsAction('refresh');
/** `POST storagedomains/{id}/reduceluns`: takes LUNs out of a domain that is in maintenance. */
export const reduceLuns = unitsAction('reduce');
