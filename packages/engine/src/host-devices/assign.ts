import type { HostDevice } from '@virgate/contract/generated/types';
import { sql, type Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, notFound, refused } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, done, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import type { Tables } from '../tables/schema.ts';
import { stateOf, wrongState } from '../vms/lock.ts';
import { readableVms } from '../vms/read.ts';
import { devicesOfVms, hostDeviceId } from './read.ts';

type Trx = Transaction<Tables>;
const frame = { VAR_ACTION: 'attach host devices to', VAR_TYPE: 'VM' };

const vmSubject = (context: Context) => [{ type: 'vm' as const, id: context.path['vm'] ?? '' }];

interface Device {
  name: string;
  capability: string;
  iommu_group: number | null;
  assignable: boolean;
}

/** The hosts that a VM is pinned to. @throws {Fault} when there is none */
async function pinnedHosts(trx: Trx, vmId: string): Promise<string[]> {
  const { pinned_host_ids: hosts } = await trx.selectFrom('vm').select('pinned_host_ids').where('id', '=', vmId).executeTakeFirstOrThrow();
  if (hosts.length === 0) throw refused('ACTION_TYPE_FAILED_VM_NOT_PINNED_TO_AT_LEAST_ONE_HOST', frame);
  return hosts;
}

/** A device that all hosts have to which the VM is pinned. @throws {Fault} */
async function deviceOn(trx: Trx, hosts: readonly string[], wanted: string): Promise<Device> {
  const found = await trx
    .selectFrom('host_device')
    .select(['name', 'capability', 'iommu_group', 'assignable'])
    .where('host_id', 'in', hosts)
    .where('name', '=', wanted)
    .execute();
  const [device] = found;
  if (!device || found.length < hosts.length) throw refused('ACTION_TYPE_FAILED_HOST_DEVICE_NOT_FOUND', { ...frame, deviceName: wanted });
  if (!found.every((one) => one.assignable))
    throw conflict('ACTION_TYPE_FAILED_HOST_DEVICE_NOT_AVAILABLE', { ...frame, deviceName: wanted });
  return device;
}

/** Names of what goes into a guest only together with a device: the others of its IOMMU group. Source: engine behaviour, host devices. */
async function companions(trx: Trx, hostId: string, device: Device): Promise<string[]> {
  if (device.capability !== 'pci' || device.iommu_group === null) return [];
  const group = await trx
    .selectFrom('host_device')
    .select('name')
    .where('host_id', '=', hostId)
    .where('capability', '=', 'pci')
    .where('iommu_group', '=', device.iommu_group)
    .where('name', '<>', device.name)
    .where('assignable', '=', true)
    .execute();
  return group.map((one) => one.name);
}

async function checkDown(trx: Trx, vmId: string, verb: string): Promise<void> {
  const { status } = await stateOf(trx, vmId);
  if (status !== 'down') throw wrongState(verb, status);
}

/** `POST vms/{vm}/hostdevices`: gives a VM that is pinned to its host a device of it, from its next start on. */
export const addHostDevice: Operation = {
  permit: 'edit_admin_vm_properties',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const body = context.body as HostDevice;
    const name = body.name ?? Buffer.from(body.id ?? '', 'hex').toString('utf8');
    await write(context, async (trx) => {
      await checkDown(trx, vmId, frame.VAR_ACTION);
      const hosts = await pinnedHosts(trx, vmId);
      const device = await deviceOn(trx, hosts, name);
      const there = await trx
        .selectFrom('vm_host_device')
        .select('placeholder')
        .where('vm_id', '=', vmId)
        .where('device_name', '=', name)
        .executeTakeFirst();
      if (there?.placeholder === false)
        throw conflict('ACTION_TYPE_FAILED_HOST_DEVICE_ALREADY_IN_USE', { ...frame, deviceName: name, vmName: String(vm['name']) });
      await trx
        .insertInto('vm_host_device')
        .values({ vm_id: vmId, device_name: name, placeholder: false })
        .onConflict((known) => known.columns(['vm_id', 'device_name']).doUpdateSet({ placeholder: false }))
        .execute();
      const others = await companions(trx, hosts[0] ?? '', device);
      if (others.length > 0)
        await trx
          .insertInto('vm_host_device')
          .values(others.map((other) => ({ vm_id: vmId, device_name: other, placeholder: true })))
          .onConflict((known) => known.columns(['vm_id', 'device_name']).doNothing())
          .execute();
      await recordEvent(trx, {
        name: 'VM_ADD_HOST_DEVICES',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { devices: name },
      });
      await noteChange(trx, 'vm', vmId, 'update');
    });
    return created('HostDevice', await deviceOfVm(context, vmId, hostDeviceId(name)));
  },
};

/** One device of a VM. @throws {Fault} 404 */
export async function deviceOfVm(context: Context, vmId: string, id: string | undefined): Promise<Entity> {
  const found = (await devicesOfVms(context, [vmId])).get(vmId)?.find((device) => device.id === id);
  if (!found) throw notFound();
  return found;
}

/** `DELETE vms/{vm}/hostdevices/{device}`: takes it, and with the last of an IOMMU group what was only held for it. */
export const removeHostDevice: Operation = {
  permit: 'edit_admin_vm_properties',
  subjects: vmSubject,
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const vmId = vm.id ?? '';
    const name = String((await deviceOfVm(context, vmId, context.path['device']))['name']);
    const job = await write(context, async (trx) => {
      await checkDown(trx, vmId, 'detach host devices from');
      await trx
        .updateTable('vm_host_device')
        .set({ placeholder: true })
        .where('vm_id', '=', vmId)
        .where('device_name', '=', name)
        .execute();
      // What is left of a group without a device that was asked for is not needed any more.
      await sql`
        delete from vm_host_device p where p.vm_id = ${vmId} and p.placeholder and not exists (
          select 1 from vm_host_device v join vm t on t.id = v.vm_id
            join host_device a on a.host_id = t.pinned_host_ids[1] and a.name = v.device_name
            join host_device b on b.host_id = a.host_id and b.iommu_group = a.iommu_group and b.name = p.device_name
          where v.vm_id = p.vm_id and not v.placeholder)`.execute(trx);
      await recordEvent(trx, {
        name: 'VM_REMOVE_HOST_DEVICES',
        vm: { id: vmId, name: String(vm['name']) },
        ...attribution(context),
        values: { devices: name },
      });
      await noteChange(trx, 'vm', vmId, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVmHostDevices',
        description: `Detaching host device ${name} from VM ${String(vm['name'])}`,
        subjects: [{ type: 'vm', id: vmId }],
      });
    });
    return done(job);
  },
};
