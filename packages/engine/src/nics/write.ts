import type { Nic } from '@virgate/contract/generated/types';
import type { Kysely, Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { defaultMacPoolId } from '../installation/fixed-ids.ts';
import { allocateMac, claimMac } from '../mac-pools/allocate.ts';
import { isUnicastMac } from '../mac-pools/ranges.ts';
import { conflict, forbidden, invalidValue, refused, say } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { beginHotNic, hotAddNic, hotUpdateNic, type NicChange } from './hot.ts';
import { nic } from './read.ts';

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'rtl8139_virtio', 'pci_passthrough'] as const;
const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];
export const nameTaken = (name: string) => () => conflict('NETWORK_INTERFACE_NAME_ALREADY_IN_USE', { ifaceName: name });

export function checkModel(model: string | undefined): void {
  if (model !== undefined && !models.some((known) => known === model))
    throw invalidValue('interface', say`supported are ${models.join(', ')}`);
}

/**
 * The model that a NIC of a profile gets: a profile that passes devices through is for virtual functions, and these have such a profile.
 * @param model what it has or is to have; undefined for a new NIC that says nothing
 * @throws {Fault}
 */
export async function modelFor(
  db: Kysely<Tables>,
  profileId: string | null,
  { interface: model, linked }: { interface?: string | undefined; linked?: boolean | undefined },
): Promise<string> {
  const profile =
    profileId === null
      ? undefined
      : await db.selectFrom('vnic_profile').select('pass_through').where('id', '=', profileId).executeTakeFirst();
  const passes = profile?.pass_through === true;
  const chosen = model ?? (passes ? 'pci_passthrough' : 'virtio');
  if (passes !== (chosen === 'pci_passthrough')) throw refused('ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE');
  if (passes && linked === false) throw refused('ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED');
  return chosen;
}

export const isNicName = (name: string): boolean => /^[A-Za-z0-9_.-]{1,64}$/.test(name);

export function checkNicName(name: string | undefined): string {
  if (name === undefined || !isNicName(name)) throw invalidValue('name', 'must have 1 to 64 letters, digits and the signs . _ -');
  return name;
}

/** The vNIC profile that a request names: undefined when it names none, null when the NIC is to have none. @throws {Fault} 403, 404 */
export async function profileOf(
  context: Context,
  body: Nic,
  permit: 'configure_vm_network' | 'configure_template_network' = 'configure_vm_network',
): Promise<string | null | undefined> {
  if (body.vnic_profile === undefined) return undefined;
  // An empty element takes the NIC off its network.
  if (body.vnic_profile.id === undefined && body.vnic_profile.name === undefined) return null;
  const profile = await resolve(context.db, 'VnicProfile', 'vnic_profile', body.vnic_profile);
  if (!(await holdsPermit(context.db, context.user, permit, { type: 'vnic_profile', id: profile.id })))
    throw forbidden(`${permit} (vNIC profile)`);
  return profile.id;
}

async function macOf(
  trx: Transaction<Tables>,
  clusterId: string,
  wanted: string | undefined,
  nicId: string | null = null,
): Promise<string> {
  const cluster = await trx.selectFrom('cluster').select('mac_pool_id').where('id', '=', clusterId).executeTakeFirstOrThrow();
  const pool = cluster.mac_pool_id ?? defaultMacPoolId;
  if (wanted === undefined) return allocateMac(trx, pool);
  if (!isUnicastMac(wanted)) throw invalidValue('mac.address', 'must be a unicast MAC address such as 56:6f:00:00:00:01');
  return claimMac(trx, pool, wanted, nicId);
}

/** `POST vms/{vm}/nics`: gives a VM a NIC, at once where it runs, with a MAC address from its cluster's pool unless one is named. */
export const addNic: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const body = context.body as Nic;
    const name = checkNicName(body.name);
    checkModel(body.interface);
    const profile = await profileOf(context, body);
    const id = context.engine.uuid();
    const job = await write(
      context,
      async (trx) => {
        const { status, clusterId } = await stateOf(trx, vmId);
        checkStatus('AddVmInterface', status);
        const isHot = status !== 'down' && (body.plugged ?? true);
        const wanted = {
          id,
          mac: await macOf(trx, clusterId ?? '', body.mac?.address),
          vnic_profile_id: profile ?? null,
          interface: await modelFor(trx, profile ?? null, body),
          linked: body.linked ?? true,
        };
        await trx
          .insertInto('nic')
          .values({ ...wanted, vm_id: vmId, name, plugged: !isHot && (body.plugged ?? true) })
          .execute();
        await noteChange(trx, 'nic', id, 'add');
        await noteChange(trx, 'vm', vmId, 'update');
        if (isHot)
          return beginHotNic(trx, context, hotAddNic, vmId, {
            nic: wanted,
            nicName: name,
            work: 'plug',
            change: { plugged: true },
            isNew: true,
            events: ['NETWORK_ADD_VM_INTERFACE', 'NETWORK_ACTIVATE_VM_INTERFACE_SUCCESS'],
          });
        await recordEvent(trx, {
          name: 'NETWORK_ADD_VM_INTERFACE',
          vm: { id: vmId, name: String(vm['name']) },
          ...attribution(context),
          values: { interface: name },
        });
        return undefined;
      },
      { nic_vm_id_name_key: nameTaken(name) },
    );
    if (job !== undefined && !context.asynchronous) await context.engine.jobs.settle(job);
    return created('Nic', await nic(context, 'vm', vmId, id));
  },
};

/**
 * What the host of a running VM has to do for a change of a NIC; undefined when it is not concerned.
 * @throws {Fault} 409 for what cannot be changed while the VM has the NIC
 */
async function hotChange(
  trx: Transaction<Tables>,
  nicId: string,
  change: NicChange,
): Promise<Parameters<typeof beginHotNic>[4] | undefined> {
  const before = await trx.selectFrom('nic').selectAll().where('id', '=', nicId).executeTakeFirstOrThrow();
  const after = { ...before, ...change };
  if (!before.plugged && !after.plugged) return undefined;
  const isReplaced = after.mac !== before.mac || after.interface !== before.interface;
  if (before.plugged && after.plugged && isReplaced)
    throw conflict('CANNOT_PERFORM_HOT_UPDATE', { VAR_ACTION: 'edit', VAR_TYPE: 'Network Interface' });
  const isConnectedAnew = after.vnic_profile_id !== before.vnic_profile_id || after.linked !== before.linked;
  if (before.plugged && after.plugged && !isConnectedAnew) return undefined;
  // What a virtual function is connected to was set when the VM got it.
  if (before.plugged && after.plugged && before.interface === 'pci_passthrough')
    throw conflict('CANNOT_PERFORM_HOT_UPDATE', { VAR_ACTION: 'edit', VAR_TYPE: 'Network Interface' });
  if (before.plugged && after.plugged && after.vnic_profile_id !== before.vnic_profile_id) {
    const provided = await trx
      .selectFrom('vnic_profile')
      .innerJoin('network', 'network.id', 'vnic_profile.network_id')
      .select('network.id')
      .where('vnic_profile.id', 'in', [before.vnic_profile_id, after.vnic_profile_id])
      .where('network.provider_id', 'is not', null)
      .executeTakeFirst();
    if (provided) throw refused('ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED');
    const mirroring = await trx
      .selectFrom('vnic_profile')
      .select('id')
      .where('id', 'in', [before.vnic_profile_id, after.vnic_profile_id])
      .where('port_mirroring', '=', true)
      .executeTakeFirst();
    if (mirroring) throw refused('CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING', { VAR_ACTION: 'edit', VAR_TYPE: 'Network Interface' });
  }
  const { id, mac, interface: model, linked, vnic_profile_id: profileId } = after.plugged ? after : before;
  return {
    nic: { id, mac: mac ?? '', interface: model, linked, vnic_profile_id: profileId },
    nicName: after.name,
    work: before.plugged ? (after.plugged ? 'change' : 'unplug') : 'plug',
    change,
    isNew: false,
    events: [
      'NETWORK_UPDATE_VM_INTERFACE',
      ...(after.linked === before.linked
        ? []
        : [after.linked ? ('NETWORK_UPDATE_VM_INTERFACE_LINK_UP' as const) : ('NETWORK_UPDATE_VM_INTERFACE_LINK_DOWN' as const)]),
    ],
  };
}

/** `PUT vms/{vm}/nics/{nic}`: changes a NIC; of one that a running VM has, only its network and link, and whether it is there. */
export const updateNic: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await nic(context, 'vm', vmId, context.path['nic'] ?? '');
    const body = context.body as Nic;
    checkModel(body.interface);
    const profile = await profileOf(context, body);
    const job = await write(
      context,
      async (trx) => {
        const { status, clusterId } = await stateOf(trx, vmId);
        checkStatus('UpdateVmInterface', status);
        const sameMac = body.mac?.address?.toLowerCase() === (current['mac'] as { address?: string } | undefined)?.address;
        const mac =
          body.mac?.address === undefined || sameMac ? undefined : await macOf(trx, clusterId ?? '', body.mac.address, current.id ?? null);
        const change: NicChange = {
          ...(body.name === undefined ? {} : { name: checkNicName(body.name) }),
          ...(mac === undefined ? {} : { mac }),
          ...(profile === undefined ? {} : { vnic_profile_id: profile }),
          ...(body.interface === undefined ? {} : { interface: body.interface }),
          ...(body.linked === undefined ? {} : { linked: body.linked }),
          ...(body.plugged === undefined ? {} : { plugged: body.plugged }),
        };
        const row = await trx
          .selectFrom('nic')
          .selectAll()
          .where('id', '=', current.id ?? '')
          .executeTakeFirstOrThrow();
        const after = { ...row, ...change };
        await modelFor(trx, after.vnic_profile_id, after);
        const hot = status === 'down' ? undefined : await hotChange(trx, current.id ?? '', change);
        if (hot) return beginHotNic(trx, context, hotUpdateNic, vmId, hot);
        if (Object.keys(change).length > 0)
          await trx
            .updateTable('nic')
            .set(change)
            .where('id', '=', current.id ?? '')
            .execute();
        await recordEvent(trx, {
          name: 'NETWORK_UPDATE_VM_INTERFACE',
          vm: { id: vmId, name: String(vm['name']) },
          ...attribution(context),
          values: { interface: body.name ?? String(current['name']) },
        });
        await noteChange(trx, 'nic', current.id ?? '', 'update');
        await noteChange(trx, 'vm', vmId, 'update');
        return undefined;
      },
      { nic_vm_id_name_key: nameTaken(body.name ?? '') },
    );
    if (job !== undefined && !context.asynchronous) await context.engine.jobs.settle(job);
    return entity('Nic', await nic(context, 'vm', vmId, current.id ?? ''));
  },
};

/** `DELETE vms/{vm}/nics/{nic}`: a running VM has to let go of it first; its MAC address is free again. */
export const removeNic: Operation = {
  permit: 'configure_vm_network',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const current = await nic(context, 'vm', vmId, context.path['nic'] ?? '');
    const job = await write(context, async (trx) => {
      const { status } = await stateOf(trx, vmId);
      checkStatus('RemoveVmInterface', status);
      if (status !== 'down' && current['plugged'] === true)
        throw conflict('ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE', { VAR_ACTION: 'remove', VAR_TYPE: 'Network Interface' });
      await trx
        .deleteFrom('nic')
        .where('id', '=', current.id ?? '')
        .execute();
      await recordEvent(trx, {
        name: 'NETWORK_REMOVE_VM_INTERFACE',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { interface: String(current['name']) },
      });
      await noteChange(trx, 'nic', current.id ?? '', 'remove');
      await noteChange(trx, 'vm', vmId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmInterface',
        description: `Removing network interface ${String(current['name'])} of VM ${String(vm['name'])}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    return done(job);
  },
};
