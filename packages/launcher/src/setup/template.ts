import type { GuestImage } from '@virgate/lab';
import { members, textField } from './engine-client.ts';
import type { ApiObject, EngineClient } from './engine-client.ts';
import { serveFile } from './image-server.ts';
import { LOCAL_STORAGE } from './storage.ts';
import { waitFor } from './wait.ts';

const API = '/ovirt-engine/api';
const DISK_TIMEOUT_MS = 300_000;
const MIB = 1024 * 1024;
const GUEST_MEMORY_BYTES = 256 * MIB;
const MANAGEMENT_NETWORK = 'ovirtmgmt';
/** The VM from which the template is made, and which goes again. */
const WORK_VM = 'virgate-guest-template-source';

/** Name of the template that the first set-up makes. */
export const GUEST_TEMPLATE = 'virgate-guest';

async function named(client: EngineClient, collection: string, member: string, name: string): Promise<ApiObject | undefined> {
  return members(await client.get(`${API}/${collection}`), member).find((entry) => entry['name'] === name);
}

async function waitForDisk(client: EngineClient, diskId: string): Promise<void> {
  await waitFor('the disk of the template', DISK_TIMEOUT_MS, async () => {
    const status = (await client.get(`${API}/disks/${diskId}`))['status'];
    if (status === 'illegal') throw new Error('the image could not be imported; the events of the engine say why');
    return status === 'ok' ? true : undefined;
  });
}

async function addWorkVm(client: EngineClient): Promise<string> {
  const left = await named(client, 'vms', 'vm', WORK_VM);
  if (left !== undefined) await client.remove(`${API}/vms/${textField(left, 'id')}`);
  const vm = await client.post(`${API}/vms`, {
    name: WORK_VM,
    cluster: { name: 'Default' },
    template: { name: 'Blank' },
    memory: GUEST_MEMORY_BYTES,
    memory_policy: { guaranteed: GUEST_MEMORY_BYTES, max: 4 * GUEST_MEMORY_BYTES },
    os: { type: 'debian_9', boot: { devices: { device: ['hd'] } } },
    display: { type: 'vnc' },
    type: 'server',
  });
  return textField(vm, 'id');
}

async function addDisk(client: EngineClient, vmId: string, storageDomainId: string, image: GuestImage): Promise<string> {
  const attachment = await client.post(`${API}/vms/${vmId}/diskattachments`, {
    bootable: true,
    active: true,
    interface: 'virtio',
    disk: {
      name: GUEST_TEMPLATE,
      provisioned_size: image.virtualSizeBytes,
      format: 'cow',
      sparse: true,
      storage_domains: { storage_domain: [{ id: storageDomainId }] },
    },
  });
  const diskId = textField(attachment, 'id');
  await waitForDisk(client, diskId);
  return diskId;
}

async function importImage(client: EngineClient, diskId: string, image: GuestImage, hostAddress: string): Promise<void> {
  const server = await serveFile(image.path, hostAddress);
  try {
    await client.post(`/virgate/api/disks/${diskId}/import`, { url: server.url });
    await waitForDisk(client, diskId);
  } finally {
    server.close();
  }
}

async function addNic(client: EngineClient, vmId: string): Promise<void> {
  const profile = await named(client, 'vnicprofiles', 'vnic_profile', MANAGEMENT_NETWORK);
  if (profile === undefined) throw new Error(`the engine has no vNIC profile ${MANAGEMENT_NETWORK}`);
  await client.post(`${API}/vms/${vmId}/nics`, { name: 'nic1', interface: 'virtio', vnic_profile: { id: textField(profile, 'id') } });
}

/**
 * Makes sure that there is a template with the small guest.
 * @param hostAddress address of this machine from which the storage host fetches the image
 */
export async function ensureTemplate(client: EngineClient, image: GuestImage, hostAddress: string): Promise<void> {
  const known = await named(client, 'templates', 'template', GUEST_TEMPLATE);
  if (known === undefined) {
    const domain = await named(client, 'storagedomains', 'storage_domain', LOCAL_STORAGE);
    if (domain === undefined)
      throw new Error(`there is no storage domain ${LOCAL_STORAGE} any more; make a template in the portal instead`);
    const vmId = await addWorkVm(client);
    const diskId = await addDisk(client, vmId, textField(domain, 'id'), image);
    await importImage(client, diskId, image, hostAddress);
    await addNic(client, vmId);
    await client.post(`${API}/templates`, {
      name: GUEST_TEMPLATE,
      description: 'A small guest: shell on the screen, address by DHCP, guest agent',
      vm: { id: vmId },
    });
  }
  await waitFor('the template', DISK_TIMEOUT_MS, async () => {
    const status = (await named(client, 'templates', 'template', GUEST_TEMPLATE))?.['status'];
    if (status === undefined) throw new Error('the template could not be made; the events of the engine say why');
    return status === 'ok' ? true : undefined;
  });
  const left = await named(client, 'vms', 'vm', WORK_VM);
  if (left !== undefined) await client.remove(`${API}/vms/${textField(left, 'id')}`);
}
