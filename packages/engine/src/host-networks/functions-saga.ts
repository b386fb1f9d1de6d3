import { defineSaga, type SagaContext } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { reportedDevices, saveHostDevices } from '../host-devices/report.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { hostFailed } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { hostNetworkLock, lookAtHost } from './saga.ts';

type Trx = Transaction<Tables>;

export interface FunctionsParams {
  hostId: string;
  hostName: string;
  nicName: string;
  /** The host's name of the card. */
  deviceName: string;
  wanted: number;
  before: number;
  allNetworksAllowed: boolean | null;
  user: { id: string; name: string };
  correlationId: string;
}

type Ctx = SagaContext<FunctionsParams, object, Trx>;

const callTimeoutMs = 60_000;

async function make(ctx: Ctx, hosts: HostSessions, numvfs: number): Promise<void> {
  const { client, fence } = await hosts.access(ctx.params.hostId);
  try {
    await client.call(
      'Host.hostdevChangeNumvfs',
      { deviceName: ctx.params.deviceName, numvfs },
      { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
    );
  } catch (error) {
    if (!(error instanceof VdsmError)) throw error;
    throw hostFailed('Cannot edit the virtual functions of the host NIC', error.message, error);
  }
}

async function look(ctx: Ctx, hosts: HostSessions): Promise<void> {
  const { client, fence } = await hosts.access(ctx.params.hostId);
  const devices = await client.call('Host.hostdevListByCaps', {}, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
  await ctx.tx((trx) => saveHostDevices(trx, ctx.params.hostId, reportedDevices(devices)));
  await lookAtHost(ctx, ctx.params.hostId, hosts);
}

async function keep(trx: Trx, { hostId, nicName, allNetworksAllowed }: FunctionsParams): Promise<void> {
  if (allNetworksAllowed === null) return;
  const columns = { all_networks_allowed: allNetworksAllowed };
  await trx
    .insertInto('host_nic_functions')
    .values({ host_id: hostId, nic_name: nicName, ...columns })
    .onConflict((known) => known.columns(['host_id', 'nic_name']).doUpdateSet(columns))
    .execute();
}

const told = ({ hostId, hostName, nicName, user, correlationId }: FunctionsParams) => ({
  host: { id: hostId, name: hostName },
  user,
  correlationId,
  values: { nicName },
});

/** Makes another number of virtual functions of a host's NIC. */
export const changeFunctionsSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<FunctionsParams, object, Trx>({
    name: 'UpdateHostNicVfsConfig',
    version: 1,
    title: ({ nicName, hostName }) => `Changing the virtual functions of ${nicName} of Host ${hostName}`,
    locks: (params) => [hostNetworkLock(params.hostId)],
    steps: [
      {
        name: 'make',
        title: 'Making the virtual functions on the host',
        timeoutMs: 120_000,
        run: (ctx) => make(ctx, hosts, ctx.params.wanted),
        undo: (ctx) => make(ctx, hosts, ctx.params.before),
      },
      {
        name: 'look',
        title: 'Looking at the host',
        timeoutMs: 120_000,
        retry: { attempts: 5, delayMs: 2_000 },
        run: (ctx) => look(ctx, hosts),
        async record(ctx, trx) {
          await keep(trx, ctx.params);
          await recordEvent(trx, { name: 'UPDATE_HOST_NIC_VFS_CONFIG', ...told(ctx.params) });
          await noteChange(trx, 'host', ctx.params.hostId, 'update');
        },
      },
    ],
    async ended(end, trx) {
      if (end.status !== 'succeeded') await recordEvent(trx, { name: 'UPDATE_HOST_NIC_VFS_CONFIG_FAILED', ...told(end.params) });
    },
  }) as EngineSaga;
