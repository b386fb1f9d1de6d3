import type { Action, HostStatus } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import type { PermitName } from '@virgate/contract/generated/permits';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, notFound } from '../rest/fault.ts';
import { done, type Context, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { checkEvacuation } from './evacuation.ts';
import { checkHostStatus, type HostAction } from './status-rules.ts';

/** A command that changes what a host is wanted to be; monitoring then makes it so. */
interface StatusCommand {
  /** Name of the job. */
  job: string;
  /** The action as the contract's table of statuses names it. */
  action: HostAction;
  title: string;
  permit: PermitName;
  becomes(from: HostStatus): HostStatus;
  event: EventName;
  prepare?(trx: Transaction<Tables>, context: Context, hostId: string, from: HostStatus): Promise<void>;
}

const hostIdOf = (context: Context): string => context.path['host'] ?? '';

/** The operation of a status command. */
export const statusOperation = (command: StatusCommand): Operation => ({
  permit: command.permit,
  subjects: (context) => [{ type: 'host', id: hostIdOf(context) }],
  async run(context) {
    const id = hostIdOf(context);
    const job = await write(context, async (trx) => {
      const row = await trx
        .selectFrom('host_state')
        .innerJoin('host', 'host.id', 'host_state.host_id')
        .select(['host.name', 'host_state.status'])
        .where('host.id', '=', id)
        .forUpdate('host_state')
        .executeTakeFirst();
      if (!row) throw notFound();
      const from = row.status as HostStatus;
      checkHostStatus(command.action, from);
      await command.prepare?.(trx, context, id, from);
      await trx
        .updateTable('host_state')
        .set({ status: command.becomes(from), status_detail: null, status_changed_at: new Date(), rests_by_policy: false })
        .where('host_id', '=', id)
        .execute();
      await recordEvent(trx, { name: command.event, host: { id, name: row.name }, ...attribution(context) });
      await noteChange(trx, 'host', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: command.job,
        description: `${command.title} Host ${row.name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    context.engine.hosts.refresh(id);
    return done(job);
  },
});

/** `activate`: watched again, and Up when all is well. */
export const activateHost = statusOperation({
  job: 'ActivateVds',
  action: 'ActivateVds',
  title: 'Activating',
  permit: 'manipulate_host',
  becomes: () => 'unassigned',
  event: 'VDS_ACTIVATE',
});

/** @throws {Fault} 409 when VMs run on the host, as far as is known */
export async function refuseWithVms(trx: Transaction<Tables>, hostId: string, action: string): Promise<void> {
  const running = await trx
    .selectFrom('vm_state')
    .innerJoin('vm', 'vm.id', 'vm_state.vm_id')
    .select('vm.name')
    .where((where) =>
      where.or([
        where('vm_state.host_id', '=', hostId),
        where.exists(
          where
            .selectFrom('vm_elsewhere')
            .select('vm_elsewhere.vm_id')
            .whereRef('vm_elsewhere.vm_id', '=', 'vm.id')
            .where('vm_elsewhere.host_id', '=', hostId),
        ),
      ]),
    )
    .limit(5)
    .execute();
  if (running.length > 0)
    throw conflict('HOST_HAS_RUNNING_VMS', { VAR_ACTION: action, VAR_TYPE: 'Host', vms: running.map((vm) => vm.name).join(', ') });
}

/** `deactivate`: into maintenance, which it reaches when its VMs have been moved to other hosts. */
export const deactivateHost = statusOperation({
  job: 'MaintenanceNumberOfVdss',
  action: 'MaintenanceVds',
  title: 'Moving to maintenance',
  permit: 'manipulate_host',
  // What does not answer cannot be asked to let go of its storage: it is in maintenance at once.
  becomes: (from) => (from === 'non_responsive' || from === 'down' ? 'maintenance' : 'preparing_for_maintenance'),
  event: 'USER_VDS_MAINTENANCE',
  async prepare(trx, context, hostId, from) {
    // Where its VMs are nobody knows while it does not answer.
    if (from === 'non_responsive' || from === 'down') await refuseWithVms(trx, hostId, 'maintain');
    else await checkEvacuation(trx, hostId);
    const body = context.body as Action;
    if (body.reason)
      await trx
        .updateTable('host_state')
        .set({ status_detail: body.reason.slice(0, 500) })
        .where('host_id', '=', hostId)
        .execute();
  },
});
