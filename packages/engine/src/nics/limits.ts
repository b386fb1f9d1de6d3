import { transaction } from '@virgate/database';
import { LockConflictError } from '@virgate/saga';
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { Watch } from '../housekeeping/watch.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Tables } from '../tables/schema.ts';
import { customPropertiesOf, domainPropertiesOf, withNicProperties } from '../vms/domain-properties.ts';
import { nicDevice, nicQueuesOf } from './device.ts';
import { hotUpdateNic, type HotNicParams } from './hot.ts';

type Trx = Transaction<Tables>;

const everyMs = 1000;
/** How long to wait for a VM with which something else is done. */
const busyPauseSeconds = 3;
const atOnce = 20;

/**
 * Notes that NICs of running VMs have other limits: their hosts are told soon, in the background. Virtual functions of a host have none.
 * @param which condition on vNIC profiles `p`
 */
async function queue(trx: Trx, which: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into nic_limit_change (nic_id) select n.id from nic n join vnic_profile p on p.id = n.vnic_profile_id join vm_state s on s.vm_id = n.vm_id
    where s.host_id is not null and n.plugged and n.interface <> 'pci_passthrough' and ${which}
    on conflict (nic_id) do update set next_at = now()`.execute(trx);
}

/** The vNIC profile has another QoS. */
export const queueNicsOfProfile = (trx: Trx, profileId: string): Promise<void> => queue(trx, sql`p.id = ${profileId}`);
/** The QoS has other limits, or is about to go. */
export const queueNicsOfQos = (trx: Trx, qosId: string): Promise<void> => queue(trx, sql`p.qos_id = ${qosId}`);

interface Due {
  nic_id: string;
  nic_name: string;
  vm_id: string;
  vm_name: string;
  host_id: string | null;
  host_name: string | null;
}

/** Starts the job that tells a host of a NIC as it is now. What changes from here on is noted anew. */
async function begin(trx: Trx, jobs: Jobs, due: Due & { host_id: string }): Promise<void> {
  const nic = await trx.selectFrom('nic').selectAll().where('id', '=', due.nic_id).executeTakeFirst();
  await trx.deleteFrom('nic_limit_change').where('nic_id', '=', due.nic_id).execute();
  if (!nic?.plugged || nic.mac === null) return;
  const {
    settings,
    cpu_sockets: sockets,
    cpu_cores: cores,
    cpu_threads: threads,
  } = await trx.selectFrom('vm').selectAll().where('id', '=', due.vm_id).executeTakeFirstOrThrow();
  const device = withNicProperties(
    await nicDevice(trx, { ...nic, mac: nic.mac }, nicQueuesOf(settings, sockets * cores * threads)),
    domainPropertiesOf(customPropertiesOf(settings)),
  );
  const params: HotNicParams = {
    vmId: due.vm_id,
    vmName: due.vm_name,
    hostId: due.host_id,
    hostName: due.host_name ?? '',
    user: null,
    correlationId: due.nic_id,
    nicId: due.nic_id,
    nicName: due.nic_name,
    device,
    work: 'change',
    change: {},
    isNew: false,
    events: ['NETWORK_UPDATE_VM_INTERFACE'],
  };
  await jobs.beginFor<HotNicParams>(trx, null, hotUpdateNic.name, {
    params,
    description: hotUpdateNic.title(params),
    subjects: [{ type: 'vm', id: due.vm_id }],
  });
}

/** Tells hosts of NICs whose limits have changed. Any engine does it; the VM's lock keeps two from doing the same. */
export class NicLimits extends Watch {
  readonly #db: Kysely<Tables>;
  readonly #jobs: Jobs;

  constructor({ db, jobs, log }: { db: Kysely<Tables>; jobs: Jobs; log: Logger }) {
    super({ what: 'limits of running network interfaces', everyMs, log });
    this.#db = db;
    this.#jobs = jobs;
  }

  protected async look(): Promise<void> {
    const due = await sql<Due>`
      select l.nic_id, n.name as nic_name, n.vm_id, m.name as vm_name, s.host_id, h.name as host_name
      from nic_limit_change l join nic n on n.id = l.nic_id join vm m on m.id = n.vm_id join vm_state s on s.vm_id = m.id left join host h on h.id = s.host_id
      where l.next_at <= now() order by l.next_at, l.nic_id limit ${atOnce}`.execute(this.#db);
    for (const one of due.rows) await this.#tell(one);
  }

  async #tell(due: Due): Promise<void> {
    const { host_id: hostId } = due;
    if (hostId === null) {
      // It went down, and its NICs get their limits when it starts.
      await this.#db.deleteFrom('nic_limit_change').where('nic_id', '=', due.nic_id).execute();
      return;
    }
    try {
      await transaction(this.#db, (trx) => begin(trx, this.#jobs, { ...due, host_id: hostId }));
    } catch (error) {
      if (!(error instanceof LockConflictError)) throw error;
      await sql`update nic_limit_change set next_at = now() + ${busyPauseSeconds} * interval '1 second' where nic_id = ${due.nic_id}`.execute(
        this.#db,
      );
    }
  }
}
