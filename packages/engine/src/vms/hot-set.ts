import type { EventName } from '@virgate/contract/generated/events';
import { defineSaga, type SagaContext } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction, UpdateObject } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { hostFailed, refused, say } from '../rest/fault.ts';
import { loadSnapshot } from '../scheduling/load.ts';
import { memoryLeft } from '../scheduling/memory.ts';
import type { Tables } from '../tables/schema.ts';
import { definitionOf, rowWith } from './definition.ts';
import { difference, type Part } from './difference.ts';
import { domainOn } from './host-call.ts';
import { vmLock } from './lock.ts';
import { memoryCall, memoryDevice, memoryDevicesOf, memorySlots, piecesOf, piecesToUnplug, type MemoryDevice } from './memory-devices.ts';
import { keepPending, pendingOf, rowOfNextRun } from './next-run.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;
const mib = 1024 ** 2;
const callTimeoutMs = 60_000;
/** How long a guest may take to let a piece of memory go, for hosts that do not wait for it themselves. */
const unplugTimeoutMs = 60_000;
const unplugPollMs = 1000;

/** What of a running VM its host is to change. The wish is kept for the next start before the host is asked, and so outlives a refusal. */
export interface HotSet {
  vmId: string;
  vmName: string;
  hostId: string;
  hostName: string;
  cpus?: { sockets: number; vcpus: number };
  /** `changeBytes`: more than it has, or less; `specialBlock`: the first piece ever is a small one of its own. */
  memory?: { bytes: number; guaranteedBytes: number; changeBytes: number; specialBlock: boolean };
  user: { id: string; name: string };
  correlationId: string;
}

/** The pieces that are unplugged, once they are chosen. */
interface State {
  unplug: MemoryDevice[] | null;
  /** Whether there were any pieces at all. */
  plugged: boolean;
}

/** The change has come true: from now on it is how the VM runs, and waits for nothing. */
export async function becomes(trx: Trx, vmId: string, columns: UpdateObject<Tables, 'vm'>): Promise<void> {
  const before = await trx.selectFrom('vm').selectAll().where('id', '=', vmId).forUpdate().executeTakeFirstOrThrow();
  const wanted = definitionOf(rowOfNextRun(before, await pendingOf(trx, vmId)));
  const now = await trx.updateTable('vm').set(columns).where('id', '=', vmId).returningAll().executeTakeFirstOrThrow();
  await keepPending(trx, vmId, difference(definitionOf(now) as Part, definitionOf(rowWith(now, wanted)) as Part));
  await noteChange(trx, 'vm', vmId, 'update');
}

type Ctx = SagaContext<HotSet, State, Trx>;

async function call(services: SagaServices, ctx: Ctx, method: string, parameters: Record<string, unknown>): Promise<void> {
  const { client, fence } = await services.hosts.access(ctx.params.hostId);
  try {
    await client.call(method, parameters, { timeoutMs: callTimeoutMs, fence, correlationId: ctx.params.correlationId, signal: ctx.signal });
  } catch (error) {
    if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
    throw hostFailed('Cannot edit VM', error.message, error);
  }
}

/** The pieces of memory that the running machine has by now. */
async function pluggedMemory(services: SagaServices, ctx: Ctx): Promise<MemoryDevice[]> {
  const { client, fence } = await services.hosts.access(ctx.params.hostId);
  return memoryDevicesOf(await domainOn(client, ctx.params.vmId, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal }));
}

/** A host takes no more memory on than it has. @throws {Fault} */
async function checkHostMemory(trx: Trx, { vmId, hostId, hostName }: HotSet, addedBytes: number): Promise<void> {
  const { cluster_id: clusterId } = await trx.selectFrom('vm').select('cluster_id').where('id', '=', vmId).executeTakeFirstOrThrow();
  const snapshot = await loadSnapshot(trx, clusterId ?? '', { cpus: false });
  const host = snapshot.hosts.find((one) => one.id === hostId);
  if (!host) throw hostFailed('Cannot edit VM', say`host ${hostName} is in another cluster by now`);
  const free = memoryLeft(host, snapshot.cluster);
  if (addedBytes > free)
    throw hostFailed(
      'Cannot edit VM',
      say`host ${hostName} has ${Math.floor(free / mib)} MiB of memory left, and ${addedBytes / mib} are needed`,
    );
}

/** Plugs what is to come, piece by piece; a repeat plugs what is missing. */
async function plug(services: SagaServices, ctx: Ctx, memory: NonNullable<HotSet['memory']>): Promise<void> {
  const present = await pluggedMemory(services, ctx);
  const ids = ['memory-0', 'memory-1'].map((name) => ctx.uuid(name));
  const foreign = present.filter((device) => !ids.some((id) => device.alias === memoryDevice(id, 0).alias));
  const pieces = piecesOf(memory.changeBytes, memory.specialBlock && foreign.length === 0).map((bytes, at) =>
    memoryDevice(ids[at] ?? '', bytes),
  );
  if (foreign.length + pieces.length > memorySlots)
    throw refused('ACTION_TYPE_FAILED_NO_MORE_MEMORY_SLOTS', { maxMemSlots: String(memorySlots) });
  const missing = pieces.filter((piece) => !present.some((device) => device.alias === piece.alias));
  await ctx.tx((trx) =>
    checkHostMemory(
      trx,
      ctx.params,
      missing.reduce((sum, piece) => sum + piece.bytes, 0),
    ),
  );
  for (const piece of missing) await call(services, ctx, 'VM.hotplugMemory', memoryCall(ctx.params.vmId, piece, memory.guaranteedBytes));
}

/** Asks the guest to let pieces go and waits until it has. What it keeps it keeps: the others count. */
async function unplug(services: SagaServices, ctx: Ctx, memory: NonNullable<HotSet['memory']>): Promise<void> {
  if (ctx.state.unplug === null) {
    const present = await pluggedMemory(services, ctx);
    await ctx.save({ unplug: piecesToUnplug(present, -memory.changeBytes), plugged: present.length > 0 });
  }
  for (const piece of ctx.state.unplug ?? []) {
    await call(services, ctx, 'VM.hotunplugMemory', memoryCall(ctx.params.vmId, piece, memory.guaranteedBytes));
    const until = performance.now() + unplugTimeoutMs;
    while ((await pluggedMemory(services, ctx)).some((device) => device.alias === piece.alias)) {
      if (performance.now() > until) throw hostFailed('Cannot edit VM', say`the guest did not let go of ${piece.bytes / mib} MiB`);
      await delay(unplugPollMs, undefined, { signal: ctx.signal });
    }
  }
}

const subject = ({ vmId, vmName, hostId, hostName, user, correlationId }: HotSet) => ({
  vm: { id: vmId, name: vmName },
  host: { id: hostId, name: hostName },
  user,
  correlationId,
});

const cpuValues = ({ cpus, vmName }: HotSet) => ({ vmName, numberOfCpus: String(cpus?.vcpus) });
const memoryValues = ({ memory, vmName }: HotSet) => ({ vmName, newMem: String((memory?.bytes ?? 0) / mib) });

function cpuStep(services: SagaServices) {
  return {
    name: 'cpus',
    title: 'Setting the number of CPUs',
    run: (ctx: Ctx) => call(services, ctx, 'VM.setNumberOfCpus', { vmID: ctx.params.vmId, numberOfCpus: String(ctx.params.cpus?.vcpus) }),
    async record(ctx: Ctx, trx: Trx) {
      await becomes(trx, ctx.params.vmId, { cpu_sockets: ctx.params.cpus?.sockets ?? 1 });
      await recordEvent(trx, { name: 'HOT_SET_NUMBER_OF_CPUS', ...subject(ctx.params), jobId: ctx.id, values: cpuValues(ctx.params) });
    },
  };
}

/** Notes how much memory the VM has now, and tells of it. */
async function noteMemory(ctx: Ctx, trx: Trx, memory: NonNullable<HotSet['memory']>): Promise<void> {
  const { vmId, vmName } = ctx.params;
  const tell = (name: EventName, values: Record<string, string>) =>
    recordEvent(trx, { name, ...subject(ctx.params), jobId: ctx.id, values: { vmName, ...values } });
  if (memory.changeBytes > 0) {
    await becomes(trx, vmId, { memory_bytes: memory.bytes, memory_guaranteed_bytes: memory.guaranteedBytes });
    return tell('HOT_SET_MEMORY', memoryValues(ctx.params));
  }
  const gone = ctx.state.unplug ?? [];
  if (gone.length === 0) return tell(ctx.state.plugged ? 'NO_SUITABLE_MEMORY_DEVICE_TO_HOT_UNPLUG' : 'NO_MEMORY_DEVICE_TO_HOT_UNPLUG', {});
  let before = memory.bytes - memory.changeBytes;
  const left = before - gone.reduce((sum, piece) => sum + piece.bytes, 0);
  await becomes(trx, vmId, { memory_bytes: left, memory_guaranteed_bytes: Math.min(memory.guaranteedBytes, left) });
  for (const piece of gone) {
    const after = before - piece.bytes;
    await tell('MEMORY_HOT_UNPLUG_SUCCESSFULLY_REQUESTED_PLUS_MEMORY_INFO', {
      deviceId: piece.alias.replace(/^ua-/, ''),
      memoryDeviceSizeMb: String(piece.bytes / mib),
      oldMemoryMb: String(before / mib),
      newMemoryMb: String(after / mib),
    });
    before = after;
  }
}

function memoryStep(services: SagaServices) {
  return {
    name: 'memory',
    title: 'Changing the memory',
    async run(ctx: Ctx) {
      const { memory } = ctx.params;
      if (memory) await (memory.changeBytes > 0 ? plug : unplug)(services, ctx, memory);
    },
    async record(ctx: Ctx, trx: Trx) {
      if (ctx.params.memory) await noteMemory(ctx, trx, ctx.params.memory);
    },
  };
}

/** The job that changes what is wanted of a running VM. */
export const hotSetJob = (wanted: Pick<HotSet, 'cpus'>): 'HotSetNumberOfCpus' | 'HotSetAmountOfMemory' =>
  wanted.cpus ? 'HotSetNumberOfCpus' : 'HotSetAmountOfMemory';

/** Change processors and memory of a VM that runs. What the host refuses waits for the next start. */
export const hotSetSagas = (services: SagaServices): EngineSaga[] =>
  (['HotSetNumberOfCpus', 'HotSetAmountOfMemory'] as const).map(
    (name) =>
      defineSaga<HotSet, State, Trx>({
        name,
        version: 2,
        title: (params) => `Changing ${params.cpus ? 'CPUs' : 'memory'} of VM ${params.vmName}`,
        locks: (params) => [vmLock(params.vmId)],
        initialState: () => ({ unplug: null, plugged: false }),
        steps: (params) => [...(params.cpus ? [cpuStep(services)] : []), ...(params.memory ? [memoryStep(services)] : [])],
        async ended(end, trx) {
          if (end.status === 'succeeded') return;
          const { params } = end;
          const row = await trx.selectFrom('vm').select(['cpu_sockets']).where('id', '=', params.vmId).executeTakeFirst();
          const cpusFailed = params.cpus !== undefined && row?.cpu_sockets !== params.cpus.sockets;
          await recordEvent(trx, {
            name: cpusFailed
              ? 'FAILED_HOT_SET_NUMBER_OF_CPUS'
              : (params.memory?.changeBytes ?? 0) < 0
                ? 'MEMORY_HOT_UNPLUG_FAILED'
                : 'FAILED_HOT_SET_MEMORY',
            ...subject(params),
            jobId: end.id,
            values: { ...(cpusFailed ? cpuValues(params) : memoryValues(params)), reason: end.error?.message ?? '' },
          });
        },
      }) as unknown as EngineSaga,
  );
