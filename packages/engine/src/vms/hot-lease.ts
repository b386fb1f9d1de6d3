import { json } from '@virgate/database';
import { defineSaga, type SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { recordEvent } from '../events/record.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import type { Settings, VmRow } from './definition.ts';
import { becomes } from './hot-set.ts';
import { checkLeaseDomain, leaseDomainOf, leasesOf, leaseSteps, type LeaseChange } from './leases.ts';
import { vmLock } from './lock.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

/**
 * A running VM gets a lease, or lets it go. One cannot be changed for another, since the VM would run without any in between: that waits
 * for the next start. Source: engine behaviour, VM leases.
 */

type Trx = Transaction<Tables>;
const callTimeoutMs = 60_000;

interface Params {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  work: 'plug' | 'unplug';
  /** Where the lease lies that the host is to hold, or to let go. */
  domainId: string;
  change: LeaseChange;
  user: { id: string; name: string };
  correlationId: string;
}

const methods = { plug: 'VM.hotplugLease', unplug: 'VM.hotunplugLease' } as const;

async function lease(trx: Trx, vmId: string): Promise<{ settings: Settings; domainId: string | null }> {
  const { settings } = await trx.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirstOrThrow();
  return { settings, domainId: leaseDomainOf(settings) };
}

const noteHeldLease = async (trx: Trx, vmId: string, domainId: string | null): Promise<void> =>
  void (await trx.updateTable('vm_state').set({ lease_domain_id: domainId }).where('vm_id', '=', vmId).execute());

/** The host's part. What it holds already, or does not hold, it takes for done. */
const plugStep = (hosts: HostSessions): SagaStep<Params, TaskState, Trx> => ({
  name: 'lease-plug',
  title: 'Having the host hold the lease, or let it go',
  async run(ctx) {
    const { vmId, hostId, work, domainId, correlationId } = ctx.params;
    const { client, fence } = await hosts.access(hostId);
    // From the moment on that the host may have let go, nobody counts on it.
    if (work === 'unplug') await ctx.tx((trx) => noteHeldLease(trx, vmId, null));
    const parameters = { vmID: vmId, lease: { type: 'lease', lease_id: vmId, sd_id: domainId } };
    try {
      await client.call(methods[work], parameters, { timeoutMs: callTimeoutMs, fence, correlationId, signal: ctx.signal });
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
      throw hostFailed('Cannot edit VM', error.message, error);
    }
  },
  async record(ctx, trx) {
    const { vmId, work, domainId } = ctx.params;
    const { lease: _former, ...settings } = (await lease(trx, vmId)).settings;
    const now = work === 'plug' ? { ...settings, lease: { storage_domain: { id: domainId } } } : settings;
    await becomes(trx, vmId, { settings: json(now) });
    if (work === 'plug') await noteHeldLease(trx, vmId, domainId);
  },
});

/** The job that gives a running VM a lease or takes it. What the host refuses waits for the next start. */
export const hotLeaseSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Trx>({
    name: 'HotSetVmLease',
    version: 1,
    title: (params) => `Changing the lease of VM ${params.vmName}`,
    locks: (params) => [vmLock(params.vmId)],
    initialState: () => ({ tasks: {} }),
    steps({ work, change }) {
      const steps = leaseSteps<Params, TaskState>(hosts, change);
      return work === 'plug' ? [...steps, plugStep(hosts)] : [plugStep(hosts), ...steps];
    },
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      const { vmId, vmName, hostId, hostName, work, domainId, user, correlationId } = end.params;
      // One that the host has let go goes from its storage at the next start.
      if ((await lease(trx, vmId)).domainId !== (work === 'plug' ? null : domainId)) return;
      await recordEvent(trx, {
        name: work === 'plug' ? 'HOT_PLUG_LEASE_FAILED' : 'HOT_UNPLUG_LEASE_FAILED',
        vm: { id: vmId, name: vmName },
        host: { id: hostId, name: hostName },
        user,
        correlationId,
        jobId: end.id,
        values: { reason: end.error?.message ?? '' },
      });
    },
  }) as unknown as EngineSaga;

/**
 * Starts that job where a running VM is to have a lease and has none, or the other way round.
 *
 * @returns its id; null where nothing is to do, or only the next start can do it
 * @throws {Fault} when the domain cannot have it
 */
export async function beginHotLease(
  trx: Trx,
  context: Context,
  of: { running: VmRow; next: VmRow; host: { id: string; name: string } },
): Promise<string | null> {
  const { running, next, host } = of;
  const [before, after] = [leaseDomainOf(running.settings), leaseDomainOf(next.settings)];
  const domainId = before ?? after;
  if (domainId === null || (before !== null && after !== null)) return null;
  const present = await leasesOf(trx, running.id);
  await checkLeaseDomain(trx, running.data_center_id, domainId, { VAR_ACTION: 'edit', VAR_TYPE: 'VM' });
  return context.engine.jobs.beginIn<Params>(trx, context, 'HotSetVmLease', {
    params: {
      vmId: running.id,
      vmName: running.name,
      hostId: host.id,
      hostName: host.name,
      work: after === null ? 'unplug' : 'plug',
      domainId,
      change: {
        vmId: running.id,
        dataCenterId: running.data_center_id ?? '',
        to: after === null || present.includes(after) ? null : after,
        from: present.filter((one) => one !== after),
      },
      user: actor(context),
      correlationId: context.correlationId,
    },
    description: `Changing the lease of VM ${running.name}`,
    subjects: [
      { type: 'vm', id: running.id },
      { type: 'storage_domain', id: domainId },
    ],
  });
}
