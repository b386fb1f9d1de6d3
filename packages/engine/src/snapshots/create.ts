import { defineSaga } from '@virgate/saga';
import type { Snapshot } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { checkSpace } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { accepted, created, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { memoryDomain, newMemoryPlace, type MemoryPlace } from '../vms/memory-volumes.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { readableVms } from '../vms/read.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import {
  checkCanStandOn,
  insertLeaves,
  newLeafSteps,
  setDiskStatus,
  snapshotDisks,
  snapshotLocks,
  switchLeaf,
  type ChainDisk,
  type SnapshotParams,
} from './chain.ts';
import { insertLockedSnapshot } from './configuration.ts';
import { liveSnapshotStep, type LiveSnapshotState } from './live-steps.ts';
import { dropMemorySteps, memorySteps, type MemoryRequest } from './memory-steps.ts';
import { isStatelessRun } from './stateless.ts';
import { snapshot } from './read.ts';

/** Longest description of a snapshot. Source: engine database, snapshots.description. */
const maxDescriptionLength = 4000;

interface Params extends SnapshotParams {
  disks: ChainDisk[];
  /** The VM runs, and goes on. */
  live?: boolean;
  /** Where the memory of the running VM goes. */
  memory?: MemoryPlace | null;
  memoryBytes?: number;
}

type State = LiveSnapshotState;

const values = { VAR_ACTION: 'create', VAR_TYPE: 'Snapshot' };

const memoryRequest = ({ vmName, memoryBytes = 0 }: Params, memory: MemoryPlace): MemoryRequest => ({
  vmName,
  memory,
  memoryBytes,
  purpose: 'snapshot',
  action: 'Cannot create Snapshot',
});

/** Gives each disk a new volume on top; when all are there the VM writes to them, and what was before is the snapshot. */
export const createSnapshotSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Transaction<Tables>>({
    name: 'CreateSnapshotForVm',
    version: 1,
    // A host that takes a snapshot cannot be held up.
    title: (params) => `Creating VM Snapshot ${params.description} for VM ${params.vmName}`,
    locks: (params) =>
      snapshotLocks(
        params.vmId,
        params.disks.map((disk) => disk.diskId),
      ),
    initialState: () => ({ tasks: {} }),
    steps: (params) => [
      ...newLeafSteps<Params, State>(hosts, params.disks, params.live ? params.vmId : null),
      ...(params.memory ? memorySteps<Params, State>(hosts, memoryRequest(params, params.memory)) : []),
      ...(params.live ? [liveSnapshotStep<Params, State>(hosts, { ...params, memory: params.memory ?? null })] : []),
      {
        name: 'switch',
        title: 'Putting the new volumes to use',
        pivot: true,
        async record(ctx, trx) {
          const { disks, snapshotId, memory } = ctx.params;
          for (const disk of disks) await switchLeaf(trx, disk, { id: disk.activeId, snapshotId }, disk.newId);
          await trx.updateTable('snapshot').set({ status: 'ok' }).where('id', '=', snapshotId).execute();
          if (memory && ctx.state.memoryLost !== true)
            await trx
              .insertInto('snapshot_memory')
              .values({ snapshot_id: snapshotId, ...memory })
              .execute();
        },
      },
      ...(params.memory ? dropMemorySteps<Params, State>(hosts, params.memory, (ctx) => ctx.state.memoryLost !== true) : []),
    ],
    async ended(end, trx) {
      const { params, status } = end;
      await setDiskStatus(trx, params.disks, 'ok');
      const { status: shown } = (await trx
        .selectFrom('snapshot')
        .select('status')
        .where('id', '=', params.snapshotId)
        .executeTakeFirst()) ?? { status: 'gone' };
      if (status !== 'succeeded' && shown === 'locked') {
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

/** `POST vms/{vm}/snapshots`: of all disks of a VM, or of those in `disk_attachments`; of one that runs with its memory, unless the request says not. */
export const createSnapshot: Operation = {
  permit: 'manipulate_vm_snapshots',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const body = context.body as Snapshot;
    const description = body.description;
    if (description === undefined) throw incomplete('snapshot.description');
    if (description.length > maxDescriptionLength)
      throw invalidValue('description', say`may have at most ${maxDescriptionLength} characters`);
    const wanted = body.disk_attachments?.map((one) => one.disk?.id ?? one.id ?? '');
    const vmId = vm.id ?? '';
    const vmName = String(vm['name']);
    const snapshotId = context.engine.uuid();
    const wantsMemory = body.persist_memorystate ?? true;
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      const present = await snapshotDisks(trx, vmId);
      const unknown = wanted?.find((id) => !present.some((disk) => disk.diskId === id));
      if (unknown !== undefined) throw refused('ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM', { ...values, diskIds: unknown });
      const chosen = present.filter((disk) => wanted?.includes(disk.diskId) ?? true);
      const disks = chosen.map((disk): ChainDisk => ({ ...disk, parentId: disk.activeId, newId: context.engine.uuid() }));
      const live = status === 'up' || status === 'paused';
      const place = live && wantsMemory ? await memoryDomain(trx, vmId) : null;
      const memory = place ? newMemoryPlace(place.dataCenterId, place.domainId, context.engine.uuid) : null;
      const id = await context.engine.jobs.beginIn<Params>(trx, context, 'CreateSnapshotForVm', {
        params: {
          vmId,
          vmName,
          snapshotId,
          description,
          disks,
          ...(live ? { live, memory, memoryBytes: place?.memoryBytes ?? 0 } : {}),
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Creating VM Snapshot ${description} for VM ${vmName}`,
        subjects: [{ type: 'vm', id: vmId }, ...disks.map((disk) => ({ type: 'disk', id: disk.diskId }))],
      });
      if (await isStatelessRun(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_RUNNING_STATELESS', values);
      checkStatus('CreateSnapshotForVm', status);
      if (status !== 'down' && !live) throw wrongState('create a snapshot of', status);
      if (live && wantsMemory && place === null) throw refused('ACTION_TYPE_FAILED_NO_SUITABLE_DOMAIN_FOUND', values);
      await checkCanStandOn(trx, vmId, chosen, values);
      if (place) await checkSpace(trx, place.domainId, place.memoryBytes);
      await insertLockedSnapshot(trx, { id: snapshotId, vmId, type: 'regular', description });
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
    return context.waits ? created('Snapshot', made) : accepted('Snapshot', made, job);
  },
};
