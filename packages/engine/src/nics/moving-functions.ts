import type { SagaContext, SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent, type EventRecord } from '../events/record.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';
import { conflict } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { hotPlugXml } from '../vms/domain-xml/hot-plug.ts';
import { nicElement, nicMetadata, type NicDevice } from '../vms/domain-xml/interfaces.ts';
import { domainOn } from '../vms/host-call.ts';
import { loadNicDevices } from './device.ts';
import { keepFunctionsOf } from './virtual-functions.ts';

type Trx = Transaction<Tables>;

/** What a migration knows of the VM. */
interface MovingVm {
  vmId: string;
  sourceId: string;
  correlationId: string;
}
type About = Pick<EventRecord, 'vm' | 'host' | 'user' | 'correlationId' | 'jobId'>;

const callTimeoutMs = 60_000;
/** How often a host whose connection is lost is asked before its NICs are given up. */
const lastAttempt = 5;
const retry = {
  attempts: lastAttempt + 1,
  delayMs: 500,
  when: (error: unknown): boolean => error instanceof VdsmError && error.code === connectionLost,
};

/** The NICs of a VM that are functions of the host that runs it, by name. */
async function functionsOf(trx: Trx, vmId: string): Promise<(NicDevice & { name: string })[]> {
  const devices = (await loadNicDevices(trx, vmId, null, 1)).filter((nic) => nic.virtualFunction !== null);
  const rows = await trx.selectFrom('nic').select(['id', 'name']).where('vm_id', '=', vmId).execute();
  return devices.map((nic) => ({ ...nic, name: rows.find((row) => row.id === nic.id)?.name ?? '' }));
}

/**
 * The steps of a migration by which NICs that are virtual functions are taken out of the VM before it moves, and given to it again where it
 * is then: on the new host functions of that one, or on the old host when it stays. Source: engine behaviour, migration with SR-IOV.
 * @param about what events of the migration are about
 */
export function functionSteps<P extends MovingVm, S extends object>(
  { hosts }: Pick<SagaServices, 'hosts'>,
  about: (ctx: SagaContext<P, S, Trx>) => About,
): { unplug: SagaStep<P, S, Trx>; plug: SagaStep<P, S, Trx> } {
  type Ctx = SagaContext<P, S, Trx>;
  const call = async (ctx: Ctx, hostId: string, method: 'VM.hotplugNic' | 'VM.hotunplugNic', nic: NicDevice): Promise<string | null> => {
    const { vmId, correlationId } = ctx.params;
    const { client, fence } = await hosts.access(hostId);
    const options = { timeoutMs: callTimeoutMs, fence, correlationId, signal: ctx.signal };
    const has = async (): Promise<boolean> => (await domainOn(client, vmId, options)).includes(nic.mac);
    const wanted = method === 'VM.hotplugNic';
    try {
      // An attempt before a crash may have done it.
      if (ctx.attempt > 1 && (await has()) === wanted) return null;
      await client.call(method, { vmID: vmId, params: { vmId, xml: hotPlugXml(nicElement(nic), nicMetadata(nic)) } }, options);
      return null;
    } catch (error) {
      if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
      return error.message;
    }
  };

  /** Tells of NICs that the VM does not have any more, and shows them so. */
  const giveUp = (ctx: Ctx, nics: readonly { id: string; name: string }[], all: number, reason: string): Promise<void> =>
    ctx.tx(async (trx) => {
      const { vmId } = ctx.params;
      const ids = nics.map((nic) => nic.id);
      const gone = await trx
        .updateTable('nic')
        .set({ plugged: false })
        .where('id', 'in', ids)
        .where('plugged', '=', true)
        .returning('id')
        .execute();
      if (gone.length === 0) return;
      await recordEvent(trx, {
        name: nics.length === all ? 'VM_MIGRATION_PLUGGING_VM_NICS_FAILED' : 'VM_MIGRATION_NOT_ALL_VM_NICS_WERE_PLUGGED_BACK',
        ...about(ctx),
        values: { interfaces: nics.map((nic) => nic.name).join(', '), reason },
      });
      for (const { id } of gone) await noteChange(trx, 'nic', id, 'update');
      await noteChange(trx, 'vm', vmId, 'update');
    });

  const plugBack = async (ctx: Ctx, onlyMissing: boolean): Promise<void> => {
    const { vmId } = ctx.params;
    const hostId = await ctx.tx(async (trx) => {
      const state = await trx.selectFrom('vm_state').select('host_id').where('vm_id', '=', vmId).executeTakeFirst();
      if (state?.host_id != null) await keepFunctionsOf(trx, vmId, state.host_id);
      return state?.host_id ?? null;
    });
    // One that went down has all its NICs at its next start.
    if (hostId === null) return;
    const nics = await ctx.tx((trx) => functionsOf(trx, vmId));
    const failed: typeof nics = [];
    let reason = '';
    for (const nic of nics) {
      let refusal: string | null;
      try {
        if (onlyMissing) {
          const { client, fence } = await hosts.access(hostId);
          const xml = await domainOn(client, vmId, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
          if (xml.includes(nic.mac)) continue;
        }
        refusal = await call(ctx, hostId, 'VM.hotplugNic', nic);
      } catch (error) {
        if (!(error instanceof VdsmError) || (error.code === connectionLost && ctx.attempt < lastAttempt)) throw error;
        refusal = error.message;
      }
      if (refusal === null) continue;
      failed.push(nic);
      reason ||= refusal;
    }
    if (failed.length > 0) await giveUp(ctx, failed, nics.length, reason);
  };

  const unplug: SagaStep<P, S, Trx> = {
    name: 'unplug',
    title: 'Taking virtual functions out of the VM',
    retry,
    async run(ctx) {
      for (const nic of await ctx.tx((trx) => functionsOf(trx, ctx.params.vmId))) {
        const refusal = await call(ctx, ctx.params.sourceId, 'VM.hotunplugNic', nic);
        if (refusal !== null) throw conflict('HOST_FAILED', { VAR_ACTION: 'migrate', VAR_TYPE: 'VM', reason: `${nic.name}: ${refusal}` });
      }
    },
    undo: (ctx) => plugBack(ctx, true),
    undoRetry: retry,
  };
  const plug: SagaStep<P, S, Trx> = {
    name: 'plug',
    title: 'Giving the VM virtual functions of its host',
    retry,
    run: (ctx) => plugBack(ctx, false),
  };
  return { unplug, plug };
}
