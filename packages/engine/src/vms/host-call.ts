import { defineSaga, type RetryPolicy } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { EventName } from '@virgate/contract/generated/events';
import type { VmStatus } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { ofJob, recordEvent, type EventRecord } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { HostClient, HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import { done, started, type Context, type Reply } from '../rest/operation.ts';
import { actor } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { notRunning, stateOf, vmLock, wrongState } from './lock.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

/** What every call to the host of a running VM knows. */
export interface VmCallParams {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  /** null: the engine asks of its own accord. */
  user: { id: string; name: string } | null;
  correlationId: string;
}

/** An action on a running VM that is one call to its host, which may be repeated. */
export interface VmCall<Params extends VmCallParams> {
  /** Name of the job: the contract's action. */
  name: string;
  title(params: Params): string;
  /** The word of texts: "Cannot change the CD of VM." */
  verb: string;
  /** What the host needs before it is asked. @returns why it does not get it */
  prepare?(hosts: HostSessions, params: Params, tx: <T>(run: (trx: Trx) => Promise<T>) => Promise<T>): Promise<string | null>;
  /** @param domain gives the VM's domain as the host runs it now */
  call(params: Params, domain: () => Promise<string>): HostCall | Promise<HostCall>;
  /** What takes the call back where it may have been done although nobody heard so. */
  undo?(params: Params): HostCall | undefined;
  /** Codes of a host by which a repeat finds that the first attempt did it. */
  doneAlready?: readonly number[];
  /** What is so from then on, in the transaction that ends the step. */
  record(trx: Trx, params: Params, about: Pick<EventRecord, 'vm' | 'host' | 'user' | 'correlationId' | 'jobId'>): Promise<void>;
  /** The event of a call that the host refused. */
  failed?: EventName | ((params: Params) => EventName);
  /** Takes back what was written when the job was started, when the host did not do it. */
  giveUp?(trx: Trx, params: Params): Promise<void>;
}

/** A verb with its parameters. */
export interface HostCall {
  method: string;
  parameters: Record<string, unknown>;
}

const callTimeoutMs = 60_000;
const retry: RetryPolicy = { attempts: 4, delayMs: 500, when: (error) => error instanceof VdsmError && error.code === connectionLost };

const aboutOf = (params: VmCallParams, jobId: string): Pick<EventRecord, 'vm' | 'host' | 'user' | 'correlationId' | 'jobId'> => ({
  vm: { id: params.vmId, name: params.vmName },
  host: { id: params.hostId, name: params.hostName },
  ...ofJob({ id: jobId, params }),
});

/** The domain of a VM as its host runs it now; empty when the host does not say. */
export async function domainOn(client: HostClient, vmId: string, options: Parameters<HostClient['call']>[2]): Promise<string> {
  const answer = await client.call('Host.dumpxmls', { vmList: [vmId] }, options);
  const documents = (Array.isArray(answer) ? answer : [answer]) as Record<string, unknown>[];
  const xml = documents.map((one) => one[vmId]).find((found) => typeof found === 'string');
  return typeof xml === 'string' ? xml : '';
}

/** The job of such an action. A host that refuses leaves all as it was. */
export const vmCallSaga = <Params extends VmCallParams>({ hosts }: Pick<SagaServices, 'hosts'>, action: VmCall<Params>): EngineSaga =>
  defineSaga<Params, object, Trx>({
    name: action.name,
    version: 1,
    title: (params) => action.title(params),
    locks: (params) => [vmLock(params.vmId)],
    steps: [
      {
        name: 'call',
        title: 'Asking the host of the VM',
        retry,
        async run(ctx) {
          const { client, fence } = await hosts.access(ctx.params.hostId);
          const options = { timeoutMs: callTimeoutMs, fence, correlationId: ctx.params.correlationId, signal: ctx.signal };
          const domain = (): Promise<string> => domainOn(client, ctx.params.vmId, options);
          const lacking = await action.prepare?.(hosts, ctx.params, (run) => ctx.tx(run));
          if (lacking != null) throw hostFailed({ action: action.verb, type: 'VM' }, lacking);
          try {
            const { method, parameters } = await action.call(ctx.params, domain);
            await client.call(method, parameters, options);
          } catch (error) {
            if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
            if (ctx.attempt > 1 && action.doneAlready?.includes(error.code) === true) return;
            throw hostFailed({ action: action.verb, type: 'VM' }, error.message, error);
          }
        },
        record: (ctx, trx) => action.record(trx, ctx.params, aboutOf(ctx.params, ctx.id)),
        async undo(ctx) {
          const back = action.undo?.(ctx.params);
          if (back === undefined) return;
          const { client, fence } = await hosts.access(ctx.params.hostId);
          try {
            await client.call(back.method, back.parameters, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
          } catch (error) {
            // A host that answers anything has nothing to take back.
            if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
          }
        },
      },
    ],
    async ended(end, trx) {
      if (end.status === 'succeeded') return;
      await action.giveUp?.(trx, end.params);
      if (action.failed === undefined) return;
      const name = typeof action.failed === 'string' ? action.failed : action.failed(end.params);
      await recordEvent(trx, { name, ...aboutOf(end.params, end.id), values: { reason: end.error?.message ?? '' } });
    },
  }) as unknown as EngineSaga;

/** A VM with the host that runs it, as it is when the request comes. */
export interface VmOnHost {
  name: string;
  status: VmStatus;
  host_id: string | null;
  host_name: string | null;
}

/** @returns undefined when there is no such VM */
export async function vmOnHost(context: Context, vmId: string): Promise<VmOnHost | undefined> {
  const found = await context.db
    .selectFrom('vm')
    .innerJoin('vm_state', 'vm_state.vm_id', 'vm.id')
    .leftJoin('host', 'host.id', 'vm_state.host_id')
    .select(['vm.name', 'vm_state.status', 'vm_state.host_id', 'host.name as host_name'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  return found as VmOnHost | undefined;
}

/** What every call knows of a VM. */
export const aboutVm = (context: Context, vmId: string, vm: VmOnHost | undefined): VmCallParams => ({
  vmId,
  vmName: vm?.name ?? '',
  hostId: vm?.host_id ?? '',
  hostName: vm?.host_name ?? '',
  user: actor(context),
  correlationId: context.correlationId,
});

/**
 * Starts the job of such an action and waits for it.
 * @param check what must be so under the VM's lock, beside that the VM still runs where it ran
 */
export async function callVm<Params extends VmCallParams>(
  context: Context,
  vmId: string,
  action: VmCall<Params>,
  extra: Omit<Params, keyof VmCallParams>,
  check: (trx: Trx, status: VmStatus) => Promise<void> | void,
): Promise<Reply> {
  const vm = await vmOnHost(context, vmId);
  const params = { ...extra, ...aboutVm(context, vmId, vm) } as Params;
  const { job, ended } = await context.engine.jobs.run<Params>(context, action.name, {
    params,
    description: action.title(params),
    subjects: [{ type: 'vm', id: vmId }],
    check: async (trx) => {
      const { status, hostId } = await stateOf(trx, vmId);
      await check(trx, status);
      // Somebody else stopped or moved it since this request looked.
      if (notRunning.has(status) || hostId === null || hostId !== vm?.host_id) throw wrongState(action.verb, status);
    },
  });
  return ended ? done(job) : started(job);
}

/** Starts the job of such an action in a transaction that writes more. @throws {Fault} 409 when the VM runs no more where it ran */
export async function beginVmCall<Params extends VmCallParams>(
  trx: Trx,
  context: Context,
  action: VmCall<Params>,
  params: Params,
): Promise<string> {
  return context.engine.jobs.beginIn<Params>(trx, context, action.name, {
    params,
    description: action.title(params),
    subjects: [{ type: 'vm', id: params.vmId }],
    check: async (inside) => {
      const { status, hostId } = await stateOf(inside, params.vmId);
      if (notRunning.has(status) || hostId === null || hostId !== params.hostId) throw wrongState(action.verb, status);
    },
  });
}
