import { json } from '@virgate/database';
import { defineSaga } from '@virgate/saga';
import type { Snapshot } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { activeDataCenterOf, checkSpace, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { incomplete, invalidValue, notBuilt, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { readableVms } from '../vms/read.ts';
import type { SagaServices } from '../vms/start.ts';
import {
  checkDisksWell,
  insertLeaves,
  isInPreview,
  newLeafSteps,
  setDiskStatus,
  snapshotDisks,
  snapshotLocks,
  switchLeaf,
  type ChainDisk,
  type SnapshotParams,
} from './chain.ts';
import { captureConfiguration } from './configuration.ts';
import { snapshot } from './read.ts';

/** Longest description of a snapshot. Source: engine database, snapshots.description. */
const maxDescriptionLength = 4000;

interface Params extends SnapshotParams {
  disks: ChainDisk[];
}

const values = { VAR_ACTION: 'create', VAR_TYPE: 'Snapshot' };

/** Gives each disk a new volume on top; when all are there the VM writes to them, and what was before is the snapshot. */
export const createSnapshotSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, TaskState, Transaction<Tables>>({
    name: 'CreateSnapshotForVm',
    version: 1,
    title: (params) => `Creating VM Snapshot ${params.description} for VM ${params.vmName}`,
    locks: (params) =>
      snapshotLocks(
        params.vmId,
        params.disks.map((disk) => disk.diskId),
      ),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...newLeafSteps<Params, TaskState>(hosts, params.disks),
      {
        name: 'switch',
        title: 'Putting the new volumes to use',
        async record(ctx, trx) {
          const { disks, snapshotId } = ctx.params;
          for (const disk of disks) await switchLeaf(trx, disk, { id: disk.activeId, snapshotId }, disk.newId);
          await trx.updateTable('snapshot').set({ status: 'ok' }).where('id', '=', snapshotId).execute();
        },
      },
    ],
    async ended(end, trx) {
      const { params, status } = end;
      await setDiskStatus(trx, params.disks, 'ok');
      if (status !== 'succeeded') {
        for (const disk of params.disks) await trx.deleteFrom('image').where('id', '=', disk.newId).execute();
        await trx.deleteFrom('snapshot').where('id', '=', params.snapshotId).execute();
      }
      await noteChange(trx, 'vm', params.vmId, 'update');
      await recordEvent(trx, {
        name: status === 'succeeded' ? 'USER_CREATE_SNAPSHOT_FINISHED_SUCCESS' : 'USER_CREATE_SNAPSHOT_FINISHED_FAILURE',
        vm: { id: params.vmId, name: params.vmName },
        user: params.user,
        correlationId: params.correlationId,
        jobId: end.id,
        values: { snapshot: params.description, ...(end.error ? { reason: end.error.message } : {}) },
      });
    },
  }) as unknown as EngineSaga;

/** `POST vms/{vm}/snapshots`: of a VM that is down; of all its disks, or of those in `disk_attachments`. */
export const createSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const body = context.body as Snapshot;
    const description = body.description;
    if (description === undefined) throw incomplete('snapshot.description');
    if (description.length > maxDescriptionLength) throw invalidValue('description', `may have at most ${maxDescriptionLength} characters`);
    const wanted = body.disk_attachments?.map((one) => one.disk?.id ?? one.id ?? '');
    const vmId = vm.id ?? '';
    const vmName = String(vm['name']);
    const snapshotId = context.engine.uuid();
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      const present = await snapshotDisks(trx, vmId);
      const unknown = wanted?.find((id) => !present.some((disk) => disk.diskId === id));
      if (unknown !== undefined) throw refused('ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM', { ...values, diskAliases: unknown, vmName });
      const chosen = present.filter((disk) => wanted?.includes(disk.diskId) ?? true);
      const disks = chosen.map((disk): ChainDisk => ({ ...disk, parentId: disk.activeId, newId: context.engine.uuid() }));
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'CreateSnapshotForVm', {
        params: { vmId, vmName, snapshotId, description, disks, user: actor(context), correlationId: context.correlationId },
        description: `Creating VM Snapshot ${description} for VM ${vmName}`,
        subjects: [{ type: 'vm', id: vmId }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
      });
      if (status === 'up' || status === 'paused') throw notBuilt('A snapshot of a running VM (VM.snapshot of hosts)');
      checkStatus('CreateSnapshotForVm', status);
      if (status !== 'down') throw wrongState('create a snapshot of', status);
      if (await isInPreview(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IN_PREVIEW', values);
      checkDisksWell(chosen, values);
      for (const domainId of new Set(disks.map((disk) => disk.storageDomainId))) {
        await activeDataCenterOf(trx, domainId);
        await checkSpace(trx, domainId, 0);
      }
      await trx
        .insertInto('snapshot')
        .values({
          id: snapshotId,
          vm_id: vmId,
          type: 'regular',
          status: 'locked',
          description,
          configuration: json((await captureConfiguration(trx, vmId)) as unknown as Record<string, unknown>),
        })
        .execute();
      await insertLeaves(trx, disks);
      await recordEvent(trx, {
        name: 'USER_CREATE_SNAPSHOT',
        vm: { id: vmId, name: vmName },
        user: actor(context),
        correlationId: context.correlationId,
        jobId: id,
        values: { snapshot: description },
      });
      await noteChange(trx, 'vm', vmId, 'update');
      return id;
    });
    if (context.waits) await context.engine.jobs.settle(job);
    const made = await snapshot(context, vmId, snapshotId);
    return context.waits ? created('Snapshot', made) : accepted('Snapshot', made);
  },
};
