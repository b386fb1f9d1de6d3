import type { VmStatus } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { conflict, hostFailed } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { write } from '../rest/write.ts';
import { vmOnHost } from './host-call.ts';
import { readableVms } from './read.ts';

const callTimeoutMs = 30_000;
const frame = { VAR_ACTION: 'log on to', VAR_TYPE: 'VM' };

/**
 * `POST vms/{vm}/logon`: signs the user in to the guest's desktop, by oVirt's agent there. The guest is told the password with which the
 * request itself signs in, by Basic: the engine keeps no passwords, so a session or a token has none to tell. The host is asked without
 * a job, whose journal would keep it.
 */
export const logonVm: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const status = vm['status'] as VmStatus;
    const running = await vmOnHost(context, vmId);
    if (status !== 'up' || !running?.host_id)
      throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_UP', { ...frame, vmStatus: status.replaceAll('_', ' ') });
    const password = context.password?.();
    if (password === undefined) throw conflict('LOGON_NEEDS_PASSWORD', frame);
    const { client, fence } = await context.engine.hosts.access(running.host_id);
    try {
      const { domain, principal: username } = context.user;
      await client.call(
        'VM.desktopLogin',
        { vmID: vmId, domain, username, password },
        { timeoutMs: callTimeoutMs, fence, correlationId: context.correlationId },
      );
    } catch (error) {
      throw error instanceof VdsmError ? hostFailed({ action: frame.VAR_ACTION, type: 'VM' }, error.message, error) : error;
    }
    const job = await write(context, (trx) =>
      context.engine.jobs.record(trx, context, {
        action: 'VmLogon',
        description: `Logging on to VM ${running.name}`,
        subjects: [{ type: 'vm', id: vmId }],
      }),
    );
    return done(job);
  },
};
