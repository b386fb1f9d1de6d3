import { VdsmError } from '@virgate/vdsm';
import { conflict, hostFailed, notFound } from '../rest/fault.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { recordEvent } from '../events/record.ts';
import { vmOnHost } from './host-call.ts';

const callTimeoutMs = 30_000;
const frame = { VAR_ACTION: 'take a screenshot of', VAR_TYPE: 'VM' };

/**
 * `POST vms/{vm}/screenshot`: what the screen shows now, in `image`, in base64. It changes nothing, so the host is asked without a job;
 * a picture may be larger than what a job may keep.
 */
export const screenshotVm: Operation = {
  permit: 'connect_to_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    const vm = await vmOnHost(context, vmId);
    if (!vm) throw notFound();
    if (!['up', 'powering_up', 'paused'].includes(vm.status) || vm.host_id === null)
      throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_UP', { ...frame, vmStatus: vm.status.replaceAll('_', ' ') });
    const state = await context.db.selectFrom('vm_state').select('graphics').where('vm_id', '=', vmId).executeTakeFirst();
    if ((state?.graphics ?? []).length === 0) throw conflict('ACTION_TYPE_FAILED_CANNOT_SCREENSHOT_HEADLESS_VM', frame);
    const about = { vm: { id: vmId, name: vm.name }, host: { id: vm.host_id, name: vm.host_name ?? '' }, ...attribution(context) };
    const { client, fence } = await context.engine.hosts.access(vm.host_id);
    try {
      const answer = (await client.call(
        'VM.screenshot',
        { vmID: vmId },
        { timeoutMs: callTimeoutMs, fence, correlationId: context.correlationId },
      )) as { data?: unknown };
      if (typeof answer.data !== 'string') throw new VdsmError(0, 'the answer has no picture');
      const image = answer.data;
      const job = await write(context, async (trx) => {
        await recordEvent(trx, { name: 'SCREENSHOT_VM_SUCCESS', ...about });
        return context.engine.jobs.record(trx, context, {
          action: 'ScreenshotVm',
          description: `Taking a screenshot of VM ${vm.name}`,
          subjects: [{ type: 'vm', id: vmId }],
        });
      });
      return done(job, { image });
    } catch (error) {
      if (!(error instanceof VdsmError)) throw error;
      await write(context, (trx) =>
        recordEvent(trx, { name: 'USER_FAILED_TO_SCREENSHOT_VM', ...about, values: { reason: error.message } }),
      );
      throw hostFailed({ action: frame.VAR_ACTION, type: 'VM' }, error.message, error);
    }
  },
};
