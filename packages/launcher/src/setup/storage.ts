import { mkdirSync } from 'node:fs';
import { waitFor } from './wait.ts';
import { members, optionalText, textField } from './engine-client.ts';
import type { ApiObject, EngineClient } from './engine-client.ts';

const API = '/ovirt-engine/api';
const ACTIVE_TIMEOUT_MS = 180_000;

/** Name of the storage domain that the first set-up makes. */
export const LOCAL_STORAGE = 'local';

async function dataCenterId(client: EngineClient): Promise<string> {
  const centers = members(await client.get(`${API}/datacenters`), 'data_center');
  const center = centers.find((entry) => entry['name'] === 'Default') ?? centers[0];
  if (center === undefined) throw new Error('the engine has no data center');
  return textField(center, 'id');
}

async function attachedDomain(client: EngineClient, centerId: string, domainId: string): Promise<ApiObject | undefined> {
  return members(await client.get(`${API}/datacenters/${centerId}/storagedomains`), 'storage_domain').find(
    (entry) => entry['id'] === domainId,
  );
}

/** Makes sure that the Default data center has a storage domain on a directory of this machine. */
export async function ensureStorage(client: EngineClient, hostName: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const known = members(await client.get(`${API}/storagedomains`), 'storage_domain').find((entry) => entry['name'] === LOCAL_STORAGE);
  const domain =
    known ??
    (await client.post(`${API}/storagedomains`, {
      name: LOCAL_STORAGE,
      description: 'A directory of this machine',
      type: 'data',
      host: { name: hostName },
      storage: { type: 'posixfs', path: directory, vfs_type: 'none' },
    }));
  const domainId = textField(domain, 'id');
  const centerId = await dataCenterId(client);
  if ((await attachedDomain(client, centerId, domainId)) === undefined)
    await client.post(`${API}/datacenters/${centerId}/storagedomains`, { id: domainId });
  let status = '';
  await waitFor(
    `an active storage domain ${LOCAL_STORAGE}`,
    ACTIVE_TIMEOUT_MS,
    async () => {
      status = optionalText(await attachedDomain(client, centerId, domainId), 'status') ?? 'unattached';
      return status === 'active' ? true : undefined;
    },
    () => `its status is ${status}`,
  );
}
