import type { Transaction } from 'kysely';
import type { Action } from '@virgate/contract/generated/types';
import { followInstanceType } from '../instance-types/bind.ts';
import { isoOf } from '../devices/iso-images.ts';
import type { Engine } from '../engine.ts';
import { badRequest, invalidValue, refused } from '../rest/fault.ts';
import { done, started, type Operation } from '../rest/operation.ts';
import { actor, write } from '../rest/write.ts';
import { reserveForVm, withQuotaEvents } from '../quotas/consume.ts';
import { beginStatelessRun, isStatelessRun, planStatelessRun, tellStateless } from '../snapshots/stateless.ts';
import { checkRunsOffBackup } from '../storage-domains/backup.ts';
import type { Tables } from '../tables/schema.ts';
import { type PoolRun } from '../vm-pools/returning.ts';
import { stateOf, wrongState } from './lock.ts';
import { bootFilesOf, placedBootFiles } from './boot-files.ts';
import { checkedKey } from './cloud-init.ts';
import { type Settings } from './definition.ts';
import { initializationProblem, saidInitialization } from './initialization.ts';
import { leaseChange, type LeaseChange } from './leases.ts';
import { applyNextRun, pendingOf, rowOfNextRun } from './next-run.ts';
import { checkStatus } from './status-rules.ts';
import { type RunOnce } from './plan.ts';

import type { RunParams } from './start-saga.ts';

type Trx = Transaction<Tables>;

function runOnceOf(
  action: Action & { volatile?: boolean },
  secretKey: Buffer,
): { once: RunOnce; isOnce: boolean; onlyHost: string | null; stateless: boolean | undefined } {
  const flags = [action.use_cloud_init, action.use_sysprep, action.use_ignition].filter(Boolean);
  if (flags.length > 1) throw badRequest('MIXED_INITIALIZATION');
  if (action.attach_wgt === true)
    throw invalidValue('attach_wgt', 'is not supported: give the ISO image of the guest tools as the disc of the start (vm.cdroms)');
  const key = action.authorized_key && checkedKey(action.authorized_key);
  if (key !== undefined && action.use_sysprep) throw invalidValue('authorized_key', 'is not for guests that sysprep sets up');
  const vm = action.vm;
  const initializer = action.use_cloud_init
    ? 'cloud_init'
    : action.use_sysprep
      ? 'sysprep'
      : action.use_ignition
        ? 'ignition'
        : action.use_initialization || key !== undefined
          ? 'default'
          : undefined;
  const initialization = vm?.initialization && saidInitialization(vm.initialization, secretKey, 'vm.initialization');
  const problem = initialization && initializationProblem(initialization);
  if (problem) throw invalidValue(`vm.initialization.${problem.field}`, problem.problem);
  const once: RunOnce = {
    ...(initializer ? { initializer } : {}),
    ...(initialization ? { initialization } : {}),
    ...(key === undefined ? {} : { authorizedKey: key }),
    ...(action.pause === undefined ? {} : { paused: action.pause }),
    ...(vm?.os?.boot?.devices ? { bootDevices: vm.os.boot.devices } : {}),
    ...(vm?.os?.kernel ? { kernel: vm.os.kernel } : {}),
    ...(vm?.os?.initrd ? { initrd: vm.os.initrd } : {}),
    ...(vm?.os?.cmdline ? { cmdline: vm.os.cmdline } : {}),
    ...(vm?.cdroms?.[0]?.file?.id === undefined ? {} : { cdrom: vm.cdroms[0].file.id }),
    ...(vm?.custom_properties
      ? { customProperties: Object.fromEntries(vm.custom_properties.map((one) => [one.name ?? '', one.value ?? ''])) }
      : {}),
  };
  return { once, isOnce: vm !== undefined, onlyHost: vm?.placement_policy?.hosts?.[0]?.id ?? null, stateless: vm?.stateless };
}

/** What is to be run, and how. */
export interface RunRequest {
  vmId: string;
  user: { id: string; name: string } | null;
  correlationId: string;
  runOnce: boolean;
  once: RunOnce;
  onlyHost: string | null;
  /** Whether the VM returns to its present state when it goes down; missing: as the VM's definition says. */
  stateless?: boolean;
  /** The pool that asks for it. */
  pool?: PoolRun;
  /** The host that has the VM and does not answer; the engine alone asks for a start elsewhere, for a VM with a lease. */
  silentHostId?: string;
  /** It did not come up on the hosts that are noted of it: those are not asked. */
  isRerun?: boolean;
}

/** What is to become of the lease of a VM that is about to start, as it is defined by then. */
async function pendingLease(trx: Trx, vmId: string): Promise<LeaseChange | null> {
  const row = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).executeTakeFirstOrThrow();
  return leaseChange(trx, rowOfNextRun(row, await pendingOf(trx, vmId)), 'run');
}

/**
 * Starts the job that runs a VM, in the caller's transaction.
 * @returns the job's id
 * @throws {Fault} 409 in the wrong state, or for disks that are not well; LockConflictError
 */
export async function beginRun(trx: Trx, engine: Pick<Engine, 'jobs' | 'uuid'>, request: RunRequest): Promise<string> {
  const { vmId, user, correlationId, runOnce } = request;
  const { status, name } = await stateOf(trx, vmId);
  const vm = await trx
    .selectFrom('vm')
    .leftJoin('vm_pool_member', 'vm_pool_member.vm_id', 'vm.id')
    .leftJoin('vm_pool', 'vm_pool.id', 'vm_pool_member.vm_pool_id')
    .select(['vm.stateless', 'vm.high_availability', 'vm_pool.stateful', 'vm_pool_member.user_id'])
    .where('vm.id', '=', vmId)
    .executeTakeFirstOrThrow();
  // Whoever has taken it of a pool runs it as the pool does; an administrator of the pool runs it to change it.
  const asPool = vm.stateful === false && vm.user_id !== null && vm.user_id === user?.id;
  const stateless =
    status === 'down' && (request.stateless ?? (vm.stateless || asPool)) ? await planStatelessRun(trx, vmId, engine.uuid) : null;
  const lease = status === 'down' ? await pendingLease(trx, vmId) : null;
  const exceptHosts = request.isRerun === true ? await failedHostsOf(trx, vmId) : [];
  const job = await engine.jobs.beginFor<RunParams>(trx, user, 'RunVm', {
    params: {
      vmId,
      vmName: name,
      user,
      correlationId,
      runOnce,
      once: request.once,
      onlyHost: request.onlyHost,
      wasSuspended: status === 'suspended',
      ...(stateless ? { stateless } : {}),
      ...(request.pool ? { pool: request.pool } : {}),
      ...(lease ? { lease } : {}),
      ...(exceptHosts.length > 0 ? { exceptHosts } : {}),
      ...(request.silentHostId === undefined ? {} : { silentHostId: request.silentHostId }),
    },
    description: `Launching VM ${name}`,
    subjects: [{ type: 'vm', id: vmId }],
    correlationId,
  });
  const isElsewhere = status === 'unknown' && request.silentHostId !== undefined;
  if (!isElsewhere) {
    checkStatus(runOnce ? 'RunVmOnce' : 'RunVm', status);
    // Paused meanwhile: it goes on when it is asked for once more.
    if (status !== 'down' && status !== 'suspended') throw wrongState('run', status);
  }
  await checkDisks(trx, vmId);
  await checkRunsOffBackup(trx, vmId);
  await checkBoot(trx, vmId, request.once);
  if (request.once.cdrom) await isoOf(trx, request.once.cdrom, { vmId, verb: 'run' });
  if (status === 'down') {
    if (await isStatelessRun(trx, vmId)) throw refused('ACTION_TYPE_FAILED_VM_IS_LOCKED', { VAR_ACTION: 'run', VAR_TYPE: 'VM' });
    await applyNextRun(trx, [vmId]);
    await followInstanceType(trx, vmId);
  }
  if (request.isRerun !== true) await trx.updateTable('vm_state').set({ failed_hosts: [] }).where('vm_id', '=', vmId).execute();
  // What it has of its quota it has already.
  if (!isElsewhere) await reserveForVm(trx, vmId, { user, correlationId, vm: { id: vmId, name } });
  if (stateless) {
    await beginStatelessRun(trx, { id: vmId, highlyAvailable: vm.high_availability }, stateless);
    await tellStateless(trx, { id: vmId, name }, { user, correlationId, jobId: job }, stateless);
  }
  return job;
}

async function failedHostsOf(trx: Trx, vmId: string): Promise<string[]> {
  const row = await trx.selectFrom('vm_state').select('failed_hosts').where('vm_id', '=', vmId).executeTakeFirstOrThrow();
  return row.failed_hosts;
}

/** What the VM would boot from must be there for it; the field that says so is the run's own where the run says anything. */
async function checkBoot(trx: Trx, vmId: string, once: RunOnce): Promise<void> {
  const { settings } = await trx.selectFrom('vm').select('settings').where('id', '=', vmId).executeTakeFirstOrThrow();
  const isOwn = [once.kernel, once.initrd, once.cmdline].some((value) => value !== undefined);
  await placedBootFiles(trx, bootFilesOf((settings as Settings).os, once), { vmId }, isOwn ? 'vm.os' : 'os');
}

async function checkDisks(trx: Trx, vmId: string): Promise<void> {
  const disk = await trx
    .selectFrom('disk_attachment')
    .innerJoin('disk', 'disk.id', 'disk_attachment.disk_id')
    .select(['disk.name', 'disk.status'])
    .where('disk_attachment.vm_id', '=', vmId)
    .where('disk.status', '<>', 'ok')
    .executeTakeFirst();
  if (disk)
    throw refused(disk.status === 'locked' ? 'ACTION_TYPE_FAILED_DISKS_LOCKED' : 'ACTION_TYPE_FAILED_DISKS_ILLEGAL', {
      VAR_ACTION: 'run',
      VAR_TYPE: 'VM',
      diskAliases: disk.name,
    });
}

/** `POST vms/{vm}/start`: runs a VM that is down or suspended; with a `vm` element, differently this once. A paused one goes on. */
export const startVm: Operation = {
  permit: 'run_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vmId = context.path['vm'] ?? '';
    const { once, isOnce, onlyHost, stateless } = runOnceOf(context.body, context.engine.authority.secretKey);
    const vm = await context.db
      .selectFrom('vm')
      .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .select(['vm.name', 'vm_state.status', 'vm_state.host_id'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    if (vm?.status === 'paused' && vm.host_id !== null && !isOnce) return resume(context, vmId, vm.name);
    const job = await withQuotaEvents(context.db, () =>
      write(context, async (trx) => {
        const id = await beginRun(trx, context.engine, {
          vmId,
          user: actor(context),
          correlationId: context.correlationId,
          runOnce: isOnce,
          once,
          onlyHost,
          ...(stateless === undefined ? {} : { stateless }),
        });
        await context.engine.jobs.place(trx, context, id);
        return id;
      }),
    );
    const ended = context.asynchronous ? false : await context.engine.jobs.settle(job);
    return ended ? done(job) : started(job);
  },
};

async function resume(context: Parameters<Operation['run']>[0], vmId: string, name: string): ReturnType<Operation['run']> {
  const { job, ended } = await context.engine.jobs.run(context, 'ResumeVm', {
    params: { vmId, vmName: name, user: actor(context), correlationId: context.correlationId },
    description: `Resuming VM ${name}`,
    subjects: [{ type: 'vm', id: vmId }],
  });
  return ended ? done(job) : started(job);
}
