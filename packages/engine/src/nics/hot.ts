import type { EventName } from '@virgate/contract/generated/events';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { conflict, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import type { Tables } from '../tables/schema.ts';
import { customPropertiesOf, domainPropertiesOf, withNicProperties } from '../vms/domain-properties.ts';
import { hotPlugXml } from '../vms/domain-xml/hot-plug.ts';
import { nicElement, nicMetadata, type NicDevice } from '../vms/domain-xml/interfaces.ts';
import { serialize } from '../vms/domain-xml/element.ts';
import { aboutVm, beginVmCall, vmCallSaga, vmOnHost, type VmCall, type VmCallParams } from '../vms/host-call.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { portsOfNic, putPorts } from '../network-providers/ports.ts';
import { nicDevice, nicQueuesOf, type WantedNic } from './device.ts';
import { chooseFunction, freeFunction } from './virtual-functions.ts';

/** Columns of a NIC that a change sets. */
export interface NicChange {
  name?: string;
  mac?: string;
  vnic_profile_id?: string | null;
  interface?: string;
  linked?: boolean;
  plugged?: boolean;
}

/** What a host does to a NIC of a running VM, and what is so afterwards. */
export interface HotNicParams extends VmCallParams {
  nicId: string;
  nicName: string;
  /** The NIC as it is to be; as it was where it is unplugged. */
  device: NicDevice;
  work: 'plug' | 'unplug' | 'change';
  change: NicChange;
  /** The row was made when the job began, and goes when the host refuses. */
  isNew: boolean;
  events: EventName[];
}

const verbs = {
  plug: { method: 'VM.hotplugNic', text: 'Plugging' },
  unplug: { method: 'VM.hotunplugNic', text: 'Unplugging' },
  change: { method: 'VM.updateDevice', text: 'Changing' },
} as const;

const hotNic = (
  name: 'AddVmInterface' | 'UpdateVmInterface' | 'ActivateDeactivateVmNic',
  verb: string,
  failed: (params: HotNicParams) => EventName,
): VmCall<HotNicParams> => ({
  name,
  verb,
  title: ({ work, nicName, vmName }) => `${verbs[work].text} network interface ${nicName} of VM ${vmName}`,
  call({ vmId, work, device }) {
    const xml = hotPlugXml(nicElement(device), nicMetadata(device));
    return {
      method: verbs[work].method,
      parameters: {
        vmID: vmId,
        params: work === 'change' ? { deviceType: 'interface', xml: serialize(nicElement(device)) } : { vmId, xml },
      },
    };
  },
  undo: ({ vmId, work, device }) =>
    work === 'plug'
      ? {
          method: verbs.unplug.method,
          parameters: { vmID: vmId, params: { vmId, xml: hotPlugXml(nicElement(device), nicMetadata(device)) } },
        }
      : undefined,
  async record(trx, { vmId, nicId, nicName, work, change, events }, about) {
    if (Object.keys(change).length > 0) await trx.updateTable('nic').set(change).where('id', '=', nicId).execute();
    if (work === 'unplug') await freeFunction(trx, nicId);
    for (const event of events) await recordEvent(trx, { name: event, ...about, values: { interface: nicName } });
    await noteChange(trx, 'nic', nicId, 'update');
    await noteChange(trx, 'vm', vmId, 'update');
  },
  failed,
  async giveUp(trx, { vmId, nicId, work, isNew }) {
    if (work === 'plug') await freeFunction(trx, nicId);
    if (!isNew) return;
    await trx.deleteFrom('nic').where('id', '=', nicId).execute();
    await noteChange(trx, 'nic', nicId, 'remove');
    await noteChange(trx, 'vm', vmId, 'update');
  },
});

export const hotAddNic = hotNic('AddVmInterface', 'add a network interface to', () => 'NETWORK_ADD_VM_INTERFACE_FAILED');
export const hotUpdateNic = hotNic('UpdateVmInterface', 'edit a network interface of', () => 'NETWORK_UPDATE_VM_INTERFACE_FAILED');
export const hotPlugNic = hotNic('ActivateDeactivateVmNic', 'plug or unplug a network interface of', ({ work }) =>
  work === 'plug' ? 'NETWORK_ACTIVATE_VM_INTERFACE_FAILURE' : 'NETWORK_DEACTIVATE_VM_INTERFACE_FAILURE',
);

/** A NIC that is to be a virtual function gets one of the VM's host before it is plugged. @throws {Fault} 409 when there is none for it */
async function holdFunction(
  trx: Transaction<Tables>,
  hostId: string | null,
  nic: WantedNic,
  { work, nicName }: Pick<HotNicParams, 'work' | 'nicName'>,
): Promise<void> {
  if (nic.interface !== 'pci_passthrough' || work !== 'plug' || hostId === null) return;
  const network = await trx
    .selectFrom('vnic_profile')
    .innerJoin('network', 'network.id', 'vnic_profile.network_id')
    .select('network.vdsm_name')
    .where('vnic_profile.id', '=', nic.vnic_profile_id)
    .executeTakeFirst();
  if (!(await chooseFunction(trx, hostId, { id: nic.id, network: network?.vdsm_name ?? null })))
    throw refused('CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF', { vnicName: nicName });
}

/** What a request makes a host do to a NIC. */
type HotNicRequest = Pick<HotNicParams, 'nicName' | 'work' | 'change' | 'isNew' | 'events'> & { nic: WantedNic };

/**
 * Starts the job that does to a NIC of a running VM what the request asks for.
 * @throws {Fault} 409 when the VM's host does not have the NIC's network
 */
export async function beginHotNic(
  trx: Transaction<Tables>,
  context: Context,
  action: VmCall<HotNicParams>,
  vmId: string,
  { nic, ...request }: HotNicRequest,
): Promise<string> {
  const vm = await vmOnHost({ ...context, db: trx }, vmId);
  const { settings, cpu_sockets, cpu_cores, cpu_threads } = await trx
    .selectFrom('vm')
    .selectAll()
    .where('id', '=', vmId)
    .executeTakeFirstOrThrow();
  await holdFunction(trx, vm?.host_id ?? null, nic, request);
  const device = withNicProperties(
    await nicDevice(trx, nic, nicQueuesOf(settings, cpu_sockets * cpu_cores * cpu_threads)),
    domainPropertiesOf(customPropertiesOf(settings)),
  );
  const host = await trx
    .selectFrom('host_state')
    .select('networks')
    .where('host_id', '=', vm?.host_id ?? null)
    .executeTakeFirst();
  if (
    request.work !== 'unplug' &&
    device.virtualFunction === null &&
    device.network !== null &&
    host &&
    !host.networks.includes(device.network)
  )
    throw conflict('ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS', { VAR_ACTION: action.verb, VAR_TYPE: 'VM', networkName: device.network });
  return beginVmCall(trx, context, action, { ...aboutVm(context, vmId, vm), ...request, nicId: nic.id, device });
}

export const hotNicSagas = (services: SagaServices): EngineSaga[] =>
  [hotAddNic, hotUpdateNic, hotPlugNic].map((action) =>
    vmCallSaga(services, {
      ...action,
      async prepare(_, { work, vmId, nicName, change, device }, tx) {
        if (work === 'unplug' || device.ovnPort === null) return null;
        const port = { id: device.ovnPort, name: nicName, mac: device.mac, vmId };
        const ports = await tx(async (trx) => {
          const row = await trx.selectFrom('nic').select('vnic_profile_id').where('id', '=', port.id).executeTakeFirst();
          return portsOfNic(trx, port, change.vnic_profile_id === undefined ? (row?.vnic_profile_id ?? null) : change.vnic_profile_id);
        });
        await putPorts(services.networkProviders, ports);
        return null;
      },
    }),
  );
