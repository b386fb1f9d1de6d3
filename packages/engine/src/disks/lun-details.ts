import type { LogicalUnit } from '@virgate/contract/generated/types';
import { VdsmError } from '@virgate/vdsm';
import { unitOfDevice, type Device } from '../hosts/storage.ts';
import { hostFailed, refused } from '../rest/fault.ts';
import type { Context } from '../rest/operation.ts';
import { signInAt, type LunPath } from './lun-paths.ts';

const timeoutMs = 120_000;

/**
 * What a host that sees a LUN tells of it.
 * @param paths by which it signs in at the LUN's target first
 * @throws {Fault} 409 when it does not see it
 */
export async function askForLun(context: Context, hostId: string, lunId: string, paths: readonly LunPath[]): Promise<LogicalUnit> {
  const failed = await signInAt(context.engine.hosts, hostId, paths);
  if (failed !== null) throw hostFailed('Cannot look at the LUN', failed);
  const { client, fence } = await context.engine.hosts.access(hostId);
  try {
    const devices = (await client.call(
      'Host.getDeviceList',
      { storageType: null, guids: [lunId], checkStatus: true, refresh: true },
      { timeoutMs, fence },
    )) as Device[];
    const device = devices.find(({ GUID: guid }) => guid === lunId);
    if (!device) throw refused('ACTION_TYPE_FAILED_DISK_LUN_INVALID', { VAR_ACTION: 'find', VAR_TYPE: 'LUNs' });
    return unitOfDevice(device);
  } catch (error) {
    if (error instanceof VdsmError) throw hostFailed('Cannot look at the LUN', error.message, error);
    throw error;
  }
}
