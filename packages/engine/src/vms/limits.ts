import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { loadDiskDevices } from '../disks/device.ts';
import { recordEvent } from '../events/record.ts';
import { Watch } from '../housekeeping/watch.ts';
import type { EngineSaga, Jobs } from '../jobs/jobs.ts';
import type { Tables } from '../tables/schema.ts';
import { tuningOf } from './domain-xml/disks.ts';
import { vmCallSaga, type VmCall, type VmCallParams } from './host-call.ts';
import { cpuLimitOf } from './plan.ts';
import type { SagaServices } from '../jobs/saga-services.ts';

type Trx = Transaction<Tables>;
type Kind = 'cpu' | 'storage';

const everyMs = 1000;
/** How long to wait for a VM with which something else is done. */
const busyPauseSeconds = 3;
const atOnce = 20;
/** What a VM without a limit may take of its host's CPUs. */
const wholeHostPercent = 100;

/**
 * Notes that limits of running VMs have changed: their hosts are told soon, in the background. A VM that does not run gets its limits when
 * it starts.
 * @param which condition on VMs `m`
 */
async function queue(trx: Trx, kind: Kind, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into vm_limit_change (vm_id, ${sql.ref(kind)}) select m.id, true from vm m join vm_state s on s.vm_id = m.id
    where s.host_id is not null and ${which}
    on conflict (vm_id) do update set ${sql.ref(kind)} = true, stamp = gen_random_uuid(), next_at = now()`.execute(trx);
}

const hasDisk = (condition: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`exists (select 1 from disk_attachment a join disk d on d.id = a.disk_id where a.vm_id = m.id and a.active and ${condition})`;

/** The VM has another CPU profile. */
export const queueCpuLimit = (trx: Trx, vmId: string): Promise<void> => queue(trx, 'cpu', sql`m.id = ${vmId}`);
/** The disk has another disk profile. */
export const queueDiskLimits = (trx: Trx, diskId: string): Promise<void> => queue(trx, 'storage', hasDisk(sql`d.id = ${diskId}`));

/** The profile has another QoS. */
export const queueLimitsOfProfile = (trx: Trx, table: 'cpu_profile' | 'disk_profile', profileId: string): Promise<void> =>
  table === 'cpu_profile'
    ? queue(trx, 'cpu', sql`m.cpu_profile_id = ${profileId}`)
    : queue(trx, 'storage', hasDisk(sql`d.disk_profile_id = ${profileId}`));

/** The QoS has other limits, or is about to go. */
export async function queueLimitsOfQos(trx: Trx, type: string, qosId: string): Promise<void> {
  if (type === 'cpu') await queue(trx, 'cpu', sql`m.cpu_profile_id in (select id from cpu_profile where qos_id = ${qosId})`);
  if (type === 'storage')
    await queue(trx, 'storage', hasDisk(sql`d.disk_profile_id in (select id from disk_profile where qos_id = ${qosId})`));
}

/** Limits of a disk as a host is told of them. Source: VDSM schema, VmDiskDeviceTuneLimits. */
interface DiskLimits {
  poolID: string;
  domainID: string;
  imageID: string;
  volumeID: string;
  maximum: Record<string, number>;
  guaranteed: Record<string, number>;
}

interface Params extends VmCallParams {
  vcpuLimit: number | null;
  ioTune: DiskLimits[] | null;
  stamp: string;
}

/** The change is told, or refused; one that came meanwhile is told next. */
async function settle(trx: Trx, { vmId, stamp }: Params): Promise<void> {
  await trx.deleteFrom('vm_limit_change').where('vm_id', '=', vmId).where('stamp', '=', stamp).execute();
}

const eventOf = ({ vcpuLimit, ioTune }: Params) =>
  vcpuLimit === null ? 'VM_SLA_POLICY_STORAGE' : ioTune === null ? 'VM_SLA_POLICY_CPU' : 'VM_SLA_POLICY_CPU_STORAGE';

/** Tells the host of a running VM its limits. What a host does not do counts from the next start on. Source: VDSM schema, VM.updateVmPolicy. */
const tellLimits: VmCall<Params> = {
  name: 'VmSlaPolicy',
  title: ({ vmName }) => `Changing limits of VM ${vmName}`,
  verb: 'change limits of',
  call: ({ vmId, vcpuLimit, ioTune }) => ({
    method: 'VM.updateVmPolicy',
    parameters: {
      vmID: vmId,
      params: { vmId, ...(vcpuLimit === null ? {} : { vcpuLimit: String(vcpuLimit) }), ...(ioTune === null ? {} : { ioTune }) },
    },
  }),
  async record(trx, params, about) {
    await settle(trx, params);
    await recordEvent(trx, {
      name: eventOf(params),
      ...about,
      values: { cpuLimit: String(params.vcpuLimit ?? ''), disks: String(params.ioTune?.length ?? 0) },
    });
  },
  failed: 'FAILED_VM_SLA_POLICY',
  giveUp: settle,
};

export const limitsSaga = (services: SagaServices): EngineSaga => vmCallSaga(services, tellLimits);

async function diskLimits(trx: Trx, vmId: string): Promise<DiskLimits[]> {
  const disks = (await loadDiskDevices(trx, vmId, null)).filter(({ lun }) => lun === undefined);
  return disks.map((disk) => {
    const limits = tuningOf(disk.qos);
    return {
      poolID: disk.poolId,
      domainID: disk.storageDomainId,
      imageID: disk.diskId,
      volumeID: disk.volumeId,
      maximum: limits,
      guaranteed: limits,
    };
  });
}

interface Due {
  vm_id: string;
  name: string;
  host_id: string | null;
  host_name: string | null;
  cpu_profile_id: string | null;
  cpu: boolean;
  storage: boolean;
  stamp: string;
}

/** Tells hosts of limits that have changed. Any engine does it; the VM's lock keeps two from doing the same. */
export class VmLimits extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;

  constructor({ db, jobs, log }: { db: Kysely<Tables>; jobs: Jobs; log: Logger }) {
    super({ what: 'limits of running VMs', everyMs, log });
    this.#db = db;
    this.#jobs = jobs;
  }

  protected async look(): Promise<void> {
    const due = await sql<Due>`
      select l.vm_id, m.name, s.host_id, h.name as host_name, m.cpu_profile_id, l.cpu, l.storage, l.stamp
      from vm_limit_change l join vm m on m.id = l.vm_id join vm_state s on s.vm_id = m.id left join host h on h.id = s.host_id
      where l.next_at <= now() order by l.next_at, l.vm_id limit ${atOnce}`.execute(this.#db);
    for (const one of due.rows) await this.#tell(one);
  }

  async #tell(due: Due): Promise<void> {
    const { vm_id: vmId, stamp } = due;
    if (due.host_id === null) {
      // It went down, and gets its limits when it starts.
      await this.#db.deleteFrom('vm_limit_change').where('vm_id', '=', vmId).where('stamp', '=', stamp).execute();
      return;
    }
    try {
      await transaction(this.#db, async (trx) =>
        this.#jobs.beginFor<Params>(trx, null, tellLimits.name, {
          params: {
            vmId,
            vmName: due.name,
            hostId: due.host_id ?? '',
            hostName: due.host_name ?? '',
            user: null,
            correlationId: stamp,
            vcpuLimit: due.cpu ? ((await cpuLimitOf(trx, due.cpu_profile_id)) ?? wholeHostPercent) : null,
            ioTune: due.storage ? await diskLimits(trx, vmId) : null,
            stamp,
          },
          description: `Changing limits of VM ${due.name}`,
          subjects: [{ type: 'vm', id: vmId }],
        }),
      );
    } catch (error) {
      if (!(error instanceof LockConflictError)) throw error;
      await sql`update vm_limit_change set next_at = now() + ${busyPauseSeconds} * interval '1 second' where vm_id = ${vmId}`.execute(
        this.#db,
      );
    }
  }
}
