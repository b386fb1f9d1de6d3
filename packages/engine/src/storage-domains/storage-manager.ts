import { Watch } from '../housekeeping/watch.ts';
import { isUuid } from '../rest/listing.ts';
import { noteSpace } from './space.ts';
import { defineSaga, type SagaContext, type Wait } from '@virgate/saga';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { hostTask, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

export type ManagerState = TaskState;

const statusTimeoutMs = 20_000;
/** How often data centers are looked at. Source: engine configuration, StoragePoolRefreshTimeInSeconds. */
const checkMs = 10_000;
const noOwner = -1;

interface ManagerParams {
  dataCenterId: string;
  dataCenterName: string;
  hostId: string;
  hostName: string;
}

/** Makes a host the storage manager (SPM) of a data center, unless it is. To be returned from a step. */
export async function becomeStorageManager<S extends ManagerState>(
  ctx: SagaContext<object, S, Transaction<Tables>>,
  hosts: HostSessions,
  hostId: string,
  dataCenterId: string,
): Promise<Wait | undefined> {
  const { client, fence } = await hosts.access(hostId);
  const answer = (await client.call(
    'StoragePool.getSpmStatus',
    { storagepoolID: dataCenterId },
    { timeoutMs: statusTimeoutMs, fence, signal: ctx.signal },
  )) as SpmStatus;
  const { spmStatus, spmId, spmLver } = answer.spm_st ?? answer;
  if (spmStatus === 'SPM') return undefined;
  return hostTask(ctx, hosts, {
    name: 'spm',
    hostId,
    method: 'StoragePool.spmStart',
    action: 'Cannot start storage management',
    doneAlready: [],
    parameters: {
      storagepoolID: dataCenterId,
      prevID: spmId ?? noOwner,
      prevLver: String(spmLver ?? noOwner),
      enableScsiFencing: 'false',
      maxHostID: 250,
      domVersion: '5',
    },
  });
}

interface SpmStatus {
  spmStatus?: string;
  spmId?: number;
  spmLver?: number;
  spm_st?: { spmStatus?: string; spmId?: number; spmLver?: number };
}

/** The job that gives a data center a storage manager. */
export const electManagerSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<ManagerParams, ManagerState, Transaction<Tables>>({
    name: 'StartSpm',
    version: 1,
    title: (params) => `Starting storage management of Data Center ${params.dataCenterName} on host ${params.hostName}`,
    locks: (params) => [
      { group: 'POOL', objectId: params.dataCenterId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
    ],
    initialState: () => ({ tasks: {} }),
    steps: [
      {
        name: 'start',
        title: 'Starting storage management',
        timeoutMs: 300_000,
        run: async (ctx) => becomeStorageManager(ctx, hosts, ctx.params.hostId, ctx.params.dataCenterId),
        async record(ctx, trx) {
          const { dataCenterId, dataCenterName, hostId, hostName } = ctx.params;
          await trx.updateTable('data_center').set({ spm_host_id: hostId, status: 'up' }).where('id', '=', dataCenterId).execute();
          await recordEvent(trx, {
            name: 'IRS_HOSTED_ON_VDS',
            host: { id: hostId, name: hostName },
            dataCenter: { id: dataCenterId, name: dataCenterName },
            jobId: ctx.id,
          });
          await noteChange(trx, 'data_center', dataCenterId, 'update');
        },
      },
    ],
  }) as unknown as EngineSaga;

interface Pool {
  id: string;
  name: string;
  status: string;
  spm_host_id: string | null;
  spm_up: boolean;
  candidate_id: string | null;
  candidate_name: string | null;
}

/** Watches that every data center with storage has a host that manages it, and starts the job that elects one where not. */
export class StorageManagers extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;
  readonly #hosts: HostSessions;
  readonly #log: Logger;

  constructor(options: { db: Kysely<Tables>; jobs: Jobs; hosts: HostSessions; log: Logger }) {
    super({ what: 'storage managers', everyMs: checkMs, log: options.log });
    this.#db = options.db;
    this.#jobs = options.jobs;
    this.#hosts = options.hosts;
    this.#log = options.log;
  }

  protected async look(ending: AbortSignal): Promise<void> {
    const pools = await sql<Pool>`
      select d.id, d.name, d.status, d.spm_host_id, exists (select 1 from host_state s where s.host_id = d.spm_host_id and s.status in ('up', 'preparing_for_maintenance')) as spm_up,
        x.id as candidate_id, x.name as candidate_name
      from data_center d left join lateral (
        select h.id, h.name from host h join host_state s on s.host_id = h.id join cluster c on c.id = h.cluster_id
        where c.data_center_id = d.id and s.status = 'up' and h.spm_priority >= 0 order by (h.id = d.spm_host_id) desc nulls last, h.spm_priority desc, random() limit 1) x on true
      where exists (select 1 from data_center_storage_domain a join storage_domain m on m.id = a.storage_domain_id where a.data_center_id = d.id and m.master and a.status = 'active')
        and not exists (select 1 from object_lock l where l.lock_group = 'POOL' and l.object_id = d.id::text)`.execute(this.#db);
    // A host that does not answer holds up its own data center alone.
    await Promise.all(
      pools.rows.map((pool) =>
        this.#checkOne(pool, ending).catch((error: unknown) =>
          this.#log.warn({ err: error, dataCenter: pool.name }, 'the storage manager of a data center could not be looked at'),
        ),
      ),
    );
  }

  async #checkOne(pool: Pool, ending: AbortSignal): Promise<void> {
    if (pool.spm_up && pool.spm_host_id !== null && (await this.#manages(pool.spm_host_id, pool.id, ending)))
      return this.#readSpace(pool.spm_host_id, pool.id, ending);
    if (ending.aborted) return;
    if (pool.status === 'up') {
      await this.#db.updateTable('data_center').set({ status: 'not_operational' }).where('id', '=', pool.id).execute();
      await noteChange(this.#db, 'data_center', pool.id, 'update');
    }
    if (pool.candidate_id === null || pool.candidate_name === null) return;
    await this.#jobs.beginAlone<ManagerParams>('StartSpm', {
      params: { dataCenterId: pool.id, dataCenterName: pool.name, hostId: pool.candidate_id, hostName: pool.candidate_name },
      description: `Starting storage management of Data Center ${pool.name}`,
      subjects: [{ type: 'data_center', id: pool.id }],
    });
  }

  /** Only the manager knows how full the domains are: other hosts tell no more than that they reach them. */
  async #readSpace(hostId: string, dataCenterId: string, ending: AbortSignal): Promise<void> {
    for (const [domainId, { diskfree, disktotal }] of Object.entries(await this.#domainsOf(hostId, dataCenterId, ending))) {
      const [freeBytes, totalBytes] = [Number(diskfree), Number(disktotal)];
      if (isUuid(domainId) && Number.isFinite(freeBytes) && Number.isFinite(totalBytes))
        await noteSpace(this.#db, domainId, { freeBytes, totalBytes });
    }
  }

  /** The domains as the manager sees them; none when it does not answer. */
  async #domainsOf(
    hostId: string,
    dataCenterId: string,
    ending: AbortSignal,
  ): Promise<Record<string, { diskfree?: string; disktotal?: string }>> {
    const { client, fence } = await this.#hosts.access(hostId);
    const parameters = { storagepoolID: dataCenterId };
    try {
      const answer = await client.call('StoragePool.getInfo', parameters, { timeoutMs: statusTimeoutMs, fence, signal: ending });
      return (answer as { dominfo?: Record<string, { diskfree?: string; disktotal?: string }> }).dominfo ?? {};
    } catch (error) {
      this.#log.debug({ err: error, hostId }, 'the storage manager did not tell of its domains');
      return {};
    }
  }

  /** A host that cannot be asked keeps its role until monitoring says what has become of it. */
  async #manages(hostId: string, dataCenterId: string, ending: AbortSignal): Promise<boolean> {
    const { client, fence } = await this.#hosts.access(hostId);
    try {
      const answer = (await client.call(
        'StoragePool.getSpmStatus',
        { storagepoolID: dataCenterId },
        { timeoutMs: statusTimeoutMs, fence, signal: ending },
      )) as SpmStatus;
      return (answer.spm_st ?? answer).spmStatus === 'SPM';
    } catch (error) {
      this.#log.debug({ err: error, hostId }, 'the storage manager did not answer');
      return (error as { code?: number }).code === connectionLost;
    }
  }
}
