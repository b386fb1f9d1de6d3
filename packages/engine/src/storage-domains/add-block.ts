import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { LogicalUnit, StorageDomain } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { defineSaga } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { storageFault } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { columnsOfConnection } from '../storage-connections/definition.ts';
import { incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { isUuid, one } from '../rest/listing.ts';
import { created, type Context, type Reply } from '../rest/operation.ts';
import { actor, nameInUse, write } from '../rest/write.ts';
import { wantedUnits, type BlockStorageType, type WantedUnit } from '../storage-connections/logical-units.ts';
import type { Tables } from '../tables/schema.ts';
import { callOf, connectStep, createStep, insertDomain, measureStep, sizeOf, tolerate, type Call, type NewDomain } from './new-domain.ts';
import { readGroup, saveUnits, claimUnits, type Group } from './block-group.ts';
import { readableStorageDomains } from './read.ts';
import { wireStorageType, type ConnectionRow } from './wire.ts';

const timeoutMs = 180_000;
/** Domains on LUNs have blocks of this size. Source: engine behaviour, block size of storage domains. */
const blockSize = 512;
/** LUNs of one domain. Source: VDSM, maximum_allowed_pvs. */
const maxUnits = 10;

interface Params extends NewDomain {
  /** Names of the LUNs of a new domain. */
  units: string[];
  /** Whether what is on them may be lost. */
  overrides: boolean;
  /** The volume group that there is already: of an imported domain, or one that was made before. */
  group: string | null;
}

interface State {
  group: string;
}

/** The volume group that was made for a domain: its name is the domain's own id. */
async function madeGroup(call: Call, id: string): Promise<string | undefined> {
  const known = (await call('Host.getLVMVolumeGroups', {})) as { name?: string; vgUUID?: string }[];
  return known.find(({ name }) => name === id)?.vgUUID;
}

/** Makes a domain on LUNs: a volume group of them, which becomes the domain. An imported one is looked at only. */
export const addBlockDomainSaga = ({ hosts, secretKey }: SagaServices): EngineSaga =>
  defineSaga<Params, State, Transaction<Tables>>({
    name: 'AddSANStorageDomain',
    version: 1,
    title: (params) => `Adding Storage Domain ${params.name}`,
    locks: (params) => [{ group: 'STORAGE', objectId: params.id, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: (params) => ({ group: params.group ?? '' }),
    steps: [
      connectStep(hosts, secretKey),
      {
        name: 'group',
        title: 'Making a volume group of the LUNs',
        async run(ctx) {
          const { id, units, overrides, group } = ctx.params;
          if (group !== null) return;
          const call = await callOf(hosts, ctx);
          try {
            const made = await call('LVMVolumeGroup.create', { name: id, devlist: units, force: overrides });
            ctx.state.group = String((made as { uuid?: string } | null)?.uuid ?? made);
          } catch (error) {
            tolerate(storageErrors.VolumeGroupAlreadyExistsError)(error);
            const known = await madeGroup(call, id);
            if (known === undefined) throw storageFault('Cannot add Storage Domain', error as VdsmError);
            ctx.state.group = known;
          }
        },
        async undo(ctx) {
          if (ctx.params.group !== null) return;
          const call = await callOf(hosts, ctx);
          const made = await madeGroup(call, ctx.params.id);
          if (made !== undefined)
            await call('LVMVolumeGroup.remove', { lvmvolumegroupID: made }).catch(tolerate(storageErrors.VolumeGroupDoesNotExist));
        },
      },
      createStep(hosts, (_params, { group }) => group, { blockSize }),
      measureStep(hosts, ({ id }, { group }, call, tx) => measureDomain(id, group, { call, tx })),
    ],
  }) as unknown as EngineSaga;

/** Keeps how large a domain on LUNs is, and which LUNs they are. */
export async function measureDomain(
  domainId: string,
  groupUuid: string,
  { call, tx }: { call: Call; tx: (run: (trx: Transaction<Tables>) => Promise<void>) => Promise<void> },
): Promise<void> {
  const group = readGroup(await call('LVMVolumeGroup.getInfo', { lvmvolumegroupID: groupUuid }));
  const size = await sizeOf(domainId, call);
  await tx(async (trx) => {
    await trx.updateTable('storage_domain').set(size).where('id', '=', domainId).execute();
    await saveUnits(trx, domainId, group);
  });
}

/**
 * The connection over which hosts reach the LUNs. All of a domain's LUNs are behind one target.
 * @param login with what hosts sign in there; its password is sealed with the key
 * @throws {Fault} 400
 */
function connectionOf(
  id: string,
  type: BlockStorageType,
  units: readonly WantedUnit[],
  login: Pick<LogicalUnit, 'username' | 'password'>,
  secretKey: Buffer,
): ConnectionRow {
  const [portal, ...others] = [
    ...new Map(units.flatMap((unit) => (unit.portal ? [[JSON.stringify(unit.portal), unit.portal]] : []))).values(),
  ];
  if (others.length > 0) throw invalidValue('storage.logical_units', 'the LUNs of a storage domain must be behind one target');
  if (portal === undefined) return { id, storage_type: type, address: null, path: '', mount_options: null, vfs_type: null, settings: {} };
  const { type: storageType, ...columns } = columnsOfConnection(secretKey, { type: 'iscsi', ...portal, ...login });
  return { id, storage_type: storageType, ...columns };
}

/** A domain that the host sees and the engine does not have, with its volume group. @throws {Fault} 409 */
async function domainToImport(context: Context, hostId: string, type: BlockStorageType, wanted: string): Promise<Group> {
  const { client, fence } = await context.engine.hosts.access(hostId);
  const options = { timeoutMs, fence };
  const known = await context.db.selectFrom('storage_domain').select('id').where('id', '=', wanted).executeTakeFirst();
  if (known) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST');
  const ids = (await client.call('Host.getStorageDomains', { domainClass: 1, storageType: wireStorageType(type) }, options)) as string[];
  if (!ids.includes(wanted)) throw refused('ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST');
  const info = (await client.call('StorageDomain.getInfo', { storagedomainID: wanted }, options)) as { vguuid?: string };
  return readGroup(await client.call('LVMVolumeGroup.getInfo', { lvmvolumegroupID: info.vguuid ?? '' }, options));
}

/** @throws {Fault} 409 */
async function existingGroup(context: Context, hostId: string, uuid: string): Promise<Group> {
  const { client, fence } = await context.engine.hosts.access(hostId);
  try {
    const group = readGroup(await client.call('LVMVolumeGroup.getInfo', { lvmvolumegroupID: uuid }, { timeoutMs, fence }));
    if (!isUuid(group.name))
      throw invalidValue('storage.volume_group.id', 'must be that of a volume group that was made for a storage domain');
    return group;
  } catch (error) {
    if (error instanceof VdsmError) throw storageFault('Cannot add Storage Domain', error);
    throw error;
  }
}

const asWanted = (group: Group): WantedUnit[] =>
  group.units.map(({ id, settings: { address, port, target } }) => ({
    id,
    portal: address !== undefined && target !== undefined ? { address, port: port ?? 3260, target } : null,
  }));

/** `POST storagedomains` on LUNs: makes a data domain of them, or imports one that is there. */
export async function addBlockDomain(
  context: Context,
  body: StorageDomain,
  type: BlockStorageType,
  hostId: string,
  name: string,
): Promise<Reply> {
  const storage = body.storage ?? {};
  const imports = body.import ?? false;
  const groupId = storage.volume_group?.id;
  if (body.block_size !== undefined && body.block_size !== blockSize) throw invalidValue('block_size', say`must be ${blockSize} on LUNs`);
  const asked = wantedUnits(
    type,
    { ...storage, logical_units: storage.logical_units ?? storage.volume_group?.logical_units ?? [] },
    'storage',
  );
  if (imports && asked.length > 0) throw invalidValue('storage.logical_units', 'an imported domain brings its own LUNs');
  if (imports && body.id === undefined) throw incomplete('StorageDomain [id]');
  if (!imports && asked.length === 0 && groupId === undefined) throw incomplete('StorageDomain [storage.logical_units]');
  if (asked.length > maxUnits) throw invalidValue('storage.logical_units', say`at most ${maxUnits}`);
  const group = imports
    ? await domainToImport(context, hostId, type, body.id ?? '')
    : groupId === undefined || asked.length > 0
      ? null
      : await existingGroup(context, hostId, groupId);
  const units = group === null ? asked : asWanted(group);
  const id = group?.name ?? context.engine.uuid();
  const { username, password } = { ...storage, ...storage.logical_units?.[0] };
  const login = { ...(username ? { username } : {}), ...(password ? { password } : {}) };
  const connection = connectionOf(context.engine.uuid(), type, units, login, context.engine.authority.secretKey);
  const names = units.map((unit) => unit.id);
  const job = await write(
    context,
    async (trx) => {
      await claimUnits(trx, names);
      await insertDomain(trx, { id, name, connection, ownsConnection: true }, body, { uuid: context.engine.uuid, blockSize });
      // the LUNs are taken from now on; how large they are is told when the domain is there
      for (const lun of names)
        await trx
          .insertInto('storage_domain_lun')
          .values({ lun_id: lun, storage_domain_id: id, size_bytes: 0, settings: json({}) })
          .execute();
      return context.engine.jobs.beginIn<Params>(trx, context, 'AddSANStorageDomain', {
        params: {
          id,
          name,
          hostId,
          connection,
          ownsConnection: true,
          units: names,
          overrides: storage.override_luns ?? false,
          group: group?.uuid ?? null,
          imports,
          user: actor(context),
          correlationId: context.correlationId,
        },
        description: `Adding Storage Domain ${name}`,
        subjects: [
          { type: 'storage_domain', id },
          { type: 'host', id: hostId },
        ],
      });
    },
    { storage_domain_name: nameInUse(name) },
  );
  await context.engine.jobs.settle(job);
  return created('StorageDomain', await one(context, readableStorageDomains, id));
}
