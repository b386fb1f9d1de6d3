import type { StorageDomain } from '@virgate/contract/generated/types';
import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import { json } from '@virgate/database';
import type { SagaContext, SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { storageFault } from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import { addDefaultProfile, forgetProfilePermissions } from '../profiles/defaults.ts';
import { diskProfiles } from '../profiles/kinds.ts';
import { conflict, hostFailed } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { storageSettings } from './update.ts';
import { forgetUnused } from '../storage-connections/unused.ts';
import { parametersFor } from '../storage-connections/parameters.ts';
import { remotePath, wireStorageType, type ConnectionRow } from './wire.ts';

type Trx = Transaction<Tables>;

/** Asks a host. @throws VdsmError */
export type Call = (method: string, parameters: Record<string, unknown>) => Promise<unknown>;

/** A storage domain that a job makes, or takes in: its row exists from the start, locked by the job, and goes again when it cannot be. */
export interface NewDomain {
  id: string;
  name: string;
  hostId: string;
  connection: ConnectionRow;
  /** The connection was made for this domain, and goes with it when the domain cannot be made. */
  ownsConnection: boolean;
  /** The domain lies there already, and is left as it is. */
  imports: boolean;
  user: { id: string; name: string };
  correlationId: string;
}

type Context = Pick<SagaContext<NewDomain, object, Trx>, 'params' | 'signal'>;

const timeoutMs = 180_000;
/** Stands for no data center in the calls of hosts. */
export const noPool = '00000000-0000-0000-0000-000000000000';
const maxHosts = 250;

/** How a step of the job asks the host that makes the domain. */
export async function callOf(hosts: HostSessions, { params, signal }: Context): Promise<Call> {
  const { client, fence } = await hosts.access(params.hostId);
  return (method, parameters) => client.call(method, parameters, { timeoutMs, fence, signal });
}

/** To be given to `catch`: lets pass what a repeat is answered. @throws {Fault} any other refusal of the host */
export const tolerate =
  (...codes: readonly number[]) =>
  (error: unknown): void => {
    if (!(error instanceof VdsmError)) throw error;
    if (!codes.includes(error.code)) throw storageFault('Cannot add Storage Domain', error);
  };

/**
 * @param parameters what the host is told of the connection
 * @throws {Fault} 409 with the host's code
 */
export async function connectTo(connection: ConnectionRow, parameters: Record<string, string>, call: Call): Promise<void> {
  const answer = (await call('StoragePool.connectStorageServer', {
    storagepoolID: noPool,
    domainType: wireStorageType(connection.storage_type),
    connectionParams: [parameters],
  })) as { status?: number }[];
  const status = answer[0]?.status;
  if (status !== 0)
    throw conflict('STORAGE_CONNECTION_FAILED', { path: remotePath(connection) || connection.storage_type, code: String(status) });
}

/** The size of a domain on its host, in bytes. @throws {Fault} when it tells none */
export async function sizeOf(domainId: string, call: Call): Promise<{ available_bytes: number; used_bytes: number }> {
  const stats = (await call('StorageDomain.getStats', { storagedomainID: domainId })) as { disktotal?: string; diskfree?: string };
  const [total, free] = [Number(stats.disktotal), Number(stats.diskfree)];
  if (!Number.isFinite(total) || !Number.isFinite(free))
    throw hostFailed('Cannot read the storage domain', 'it does not tell how large the storage is');
  return { available_bytes: free, used_bytes: total - free };
}

/** The step that connects the host, and with whose undoing the domain is forgotten. */
export const connectStep = <S extends object>(hosts: HostSessions, secretKey: Buffer): SagaStep<NewDomain, S, Trx> => ({
  name: 'connect',
  title: 'Connecting the storage to the host',
  async run(ctx) {
    const { connection, hostId } = ctx.params;
    const parameters = await ctx.tx((trx) => parametersFor(trx, secretKey, hostId, connection));
    await connectTo(connection, parameters, await callOf(hosts, ctx));
  },
  // also when it is the connection that fails: the domain was there before, and nothing of this step is recorded
  async undo(ctx) {
    await ctx.tx(async (trx) => {
      await forgetProfilePermissions(trx, diskProfiles, ctx.params.id);
      await trx.deleteFrom('storage_domain').where('id', '=', ctx.params.id).execute();
      if (ctx.params.ownsConnection) await forgetUnused(trx, ctx.params.connection.id);
      await noteChange(trx, 'storage_domain', ctx.params.id, 'remove');
    });
  },
});

/** The step that makes the domain on its storage. @param typeArgs where there, as the host's verb wants it */
export const createStep = <S extends object>(
  hosts: HostSessions,
  typeArgs: (params: NewDomain, state: S) => string,
  more: Record<string, unknown> = {},
): SagaStep<NewDomain, S, Trx> => ({
  name: 'create',
  title: 'Making the storage domain',
  async run(ctx) {
    const { id, name, connection, imports } = ctx.params;
    if (imports) return;
    const call = await callOf(hosts, ctx);
    const place = { domainType: wireStorageType(connection.storage_type), typeArgs: typeArgs(ctx.params, ctx.state) };
    await call('StorageDomain.create', { storagedomainID: id, ...place, name, domainClass: 1, version: '5', maxHosts, ...more }).catch(
      tolerate(storageErrors.StorageDomainAlreadyExists),
    );
  },
  async undo(ctx) {
    if (ctx.params.imports) return;
    const call = await callOf(hosts, ctx);
    await call('StorageDomain.format', { storagedomainID: ctx.params.id, autoDetach: false }).catch(
      tolerate(storageErrors.StorageDomainDoesNotExist),
    );
  },
});

/** The last step: what the host tells of the domain is kept, and that it is there. */
export const measureStep = <S extends object>(
  hosts: HostSessions,
  measure: (params: NewDomain, state: S, call: Call, tx: <T>(run: (trx: Trx) => Promise<T>) => Promise<T>) => Promise<void>,
): SagaStep<NewDomain, S, Trx> => ({
  name: 'measure',
  title: 'Reading its size',
  async run(ctx) {
    await measure(ctx.params, ctx.state, await callOf(hosts, ctx), (run) => ctx.tx(run));
  },
  async record(ctx, trx) {
    const { id, name } = ctx.params;
    await recordEvent(trx, { name: 'USER_ADD_STORAGE_DOMAIN', storageDomain: { id, name }, ...ofJob(ctx) });
    await noteChange(trx, 'storage_domain', id, 'update');
  },
});

/** The rows of a domain and, where it is new, of its connection. */
export async function insertDomain(
  trx: Trx,
  { id, name, connection, ownsConnection }: Pick<NewDomain, 'id' | 'name' | 'connection' | 'ownsConnection'>,
  body: StorageDomain,
  { uuid, blockSize }: { uuid: () => string; blockSize?: number },
): Promise<void> {
  if (ownsConnection) {
    const { storage_type: type, settings, ...columns } = connection;
    await trx
      .insertInto('storage_connection')
      .values({ ...columns, type, settings: json(settings ?? {}) })
      .execute();
  }
  await trx
    .insertInto('storage_domain')
    .values({
      id,
      name,
      description: body.description ?? '',
      comment: body.comment ?? '',
      type: 'data',
      storage_type: connection.storage_type,
      storage_connection_id: connection.id,
      settings: json(storageSettings(body)),
      ...(blockSize === undefined ? {} : { block_size: blockSize }),
      ...(body.critical_space_action_blocker === undefined ? {} : { critical_space_gib: body.critical_space_action_blocker }),
      ...(body.warning_low_space_indicator === undefined ? {} : { warning_low_space_percent: body.warning_low_space_indicator }),
    })
    .execute();
  await addDefaultProfile(trx, diskProfiles, { id, name }, uuid);
  await noteChange(trx, 'storage_domain', id, 'add');
}
