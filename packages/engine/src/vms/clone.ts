import type { Action } from '@virgate/contract/generated/types';
import { holdsPermit } from '../access/permissions.ts';
import { forbidden, incomplete, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { planPassingSnapshot } from '../snapshots/passing.ts';
import { beginAdd, planVm } from './add.ts';
import { planSnapshots } from './clone-snapshots.ts';
import { checkName } from './definition.ts';
import { stateOf, vmLock, wrongState } from './lock.ts';
import { readableVms } from './read.ts';
import { vmSource } from './sources.ts';
import { checkStatus } from './status-rules.ts';

/** `clone`: another VM like this one, which may run meanwhile, with copies of its disks and new NICs; with its snapshots where `discard_snapshots` is false. */
export const cloneVm: Operation = {
  permit: 'create_vm',
  subjects: async (context) => {
    const vm = await one(context, readableVms, context.path['vm']);
    return [{ type: 'cluster', id: (vm['cluster'] as { id?: string } | undefined)?.id ?? '' }];
  },
  async run(context) {
    const vmId = (await one(context, readableVms, context.path['vm'])).id ?? '';
    const action = context.body as Action;
    if (action.vm?.name === undefined) throw incomplete('vm.name');
    const name = checkName(action.vm.name, 'vm.name');
    if (!(await holdsPermit(context.db, context.user, 'edit_vm_properties', { type: 'vm', id: vmId })))
      throw forbidden('edit_vm_properties');
    const row = await context.db.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
    const body = {
      ...action.vm,
      cluster: action.vm.cluster ?? { id: row.cluster_id ?? '' },
      ...(action.storage_domain ? { storage_domain: action.storage_domain } : {}),
    };
    const plan = await planVm(context, body, name, await vmSource(context, row));
    const snapshots = action.discard_snapshots === false ? await planSnapshots(context, vmId, plan.disks) : null;
    const { id, job } = await beginAdd(context, { ...plan, ...(snapshots ? { disks: snapshots.disks } : {}) }, name, 'CloneVm', {
      locks: [vmLock(vmId)],
      async passing(trx) {
        const { status, name: vmName } = await stateOf(trx, vmId);
        checkStatus('CloneVm', status);
        if (status === 'down') return null;
        if (status !== 'up' && status !== 'paused') throw wrongState('clone', status);
        const request = { vmId, of: plan.disks.map((one) => one.attachment.diskId), uuid: context.engine.uuid };
        const values = { VAR_ACTION: 'clone', VAR_TYPE: 'VM' };
        const passing = await planPassingSnapshot(trx, { ...request, description: `Auto-generated for the clone of ${vmName}` }, values);
        // What is copied must be what the snapshot holds still.
        const isSame = plan.disks.every(({ attachment }) =>
          passing.disks.some((disk) => disk.diskId === attachment.diskId && disk.activeId === attachment.volumeId),
        );
        if (!isSame) throw refused('ACTION_TYPE_FAILED_OBJECT_LOCKED', { action: 'a change of its snapshots', job: '-' });
        return passing;
      },
      async complete(trx, cloneId) {
        const { status } = await stateOf(trx, vmId);
        checkStatus('CloneVm', status);
        if (status !== 'down' && status !== 'up' && status !== 'paused') throw wrongState('clone', status);
        await snapshots?.complete(trx, cloneId);
      },
    });
    const result = { vm: { id } };
    if (job === null) return done(undefined, result);
    const ended = context.asynchronous ? false : await context.engine.jobs.settle(job);
    return ended ? done(job, result) : started(job, result);
  },
};
