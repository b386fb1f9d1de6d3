import type { Nic } from '@virgate/contract/generated/types';
import type { Transaction } from 'kysely';
import { holdsPermit } from '../access/permissions.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { defaultMacPoolId } from '../installation/fixed-ids.ts';
import { allocateMac, claimMac } from '../mac-pools/allocate.ts';
import { conflict, forbidden, invalidValue, notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, entity, type Context, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { nic } from './read.ts';

const models = ['virtio', 'e1000', 'e1000e', 'rtl8139', 'rtl8139_virtio'] as const;
const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];
export const nameTaken = (name: string) => () => conflict('NETWORK_INTERFACE_NAME_ALREADY_IN_USE', { ifaceName: name });

export function checkModel(model: string | undefined): void {
  if (model !== undefined && !models.some((known) => known === model))
    throw invalidValue('interface', `supported are ${models.join(', ')}`);
}

export function checkNicName(name: string | undefined): string {
  if (name === undefined || !/^[A-Za-z0-9_.-]{1,64}$/.test(name))
    throw invalidValue('name', 'must have 1 to 64 letters, digits and the signs . _ -');
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
  if (
    !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(wanted) ||
    (Number.parseInt(wanted.slice(0, 2), 16) & 1) === 1 ||
    wanted === '00:00:00:00:00:00'
  )
    throw invalidValue('mac.address', 'must be a unicast MAC address such as 56:6f:00:00:00:01');
  return claimMac(trx, pool, wanted, nicId);
}

/** `POST vms/{vm}/nics`: gives a VM that is down a NIC, with a MAC address from its cluster's pool unless one is named. */
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
    await write(
      context,
      async (trx) => {
        const { status, clusterId } = await stateOf(trx, vmId);
        checkStatus('AddVmInterface', status);
        if (status !== 'down') throw notBuilt('Adding a network interface to a running VM');
        const mac = await macOf(trx, clusterId ?? '', body.mac?.address);
        await trx
          .insertInto('nic')
          .values({
            id,
            vm_id: vmId,
            name,
            mac,
            vnic_profile_id: profile ?? null,
            interface: body.interface ?? 'virtio',
            linked: body.linked ?? true,
            plugged: body.plugged ?? true,
          })
          .execute();
        await recordEvent(trx, {
          name: 'NETWORK_ADD_VM_INTERFACE',
          vm: { id: vmId, name: String(vm['name']) },
          ...attribution(context),
          values: { interface: name },
        });
        await noteChange(trx, 'nic', id, 'add');
        await noteChange(trx, 'vm', vmId, 'update');
      },
      { nic_vm_id_name_key: nameTaken(name) },
    );
    return created('Nic', await nic(context, 'vm', vmId, id));
  },
};

/** `PUT vms/{vm}/nics/{nic}`: changes a NIC of a VM that is down. */
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
    await write(
      context,
      async (trx) => {
        const { status, clusterId } = await stateOf(trx, vmId);
        checkStatus('UpdateVmInterface', status);
        if (status !== 'down') throw notBuilt('Changing a network interface of a running VM');
        const sameMac = body.mac?.address?.toLowerCase() === (current['mac'] as { address?: string } | undefined)?.address;
        const mac =
          body.mac?.address === undefined || sameMac ? undefined : await macOf(trx, clusterId ?? '', body.mac.address, current.id ?? null);
        await trx
          .updateTable('nic')
          .set({
            id: current.id ?? '',
            ...(body.name === undefined ? {} : { name: checkNicName(body.name) }),
            ...(mac === undefined ? {} : { mac }),
            ...(profile === undefined ? {} : { vnic_profile_id: profile }),
            ...(body.interface === undefined ? {} : { interface: body.interface }),
            ...(body.linked === undefined ? {} : { linked: body.linked }),
            ...(body.plugged === undefined ? {} : { plugged: body.plugged }),
          })
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
      },
      { nic_vm_id_name_key: nameTaken(body.name ?? '') },
    );
    return entity('Nic', await nic(context, 'vm', vmId, current.id ?? ''));
  },
};

/** `DELETE vms/{vm}/nics/{nic}`: takes a NIC off a VM that is down; its MAC address is free again. */
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
      if (status !== 'down') throw notBuilt('Removing a network interface of a running VM');
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
