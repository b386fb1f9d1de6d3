import { isIP } from 'node:net';
import type { BlockDevices } from '../block/devices.ts';
import { storageError } from '../storage-error.ts';
import { lunId } from './sessions.ts';
import type { IscsiSessions } from './sessions.ts';

/** Where a guest finds a LUN that is its disk: a block device of this host, or a target with which its QEMU speaks itself. */
export type DirectLun =
  | { kind: 'device'; path: string }
  | { kind: 'iscsi'; host: string; port: number; iqn: string; number: number; user: string; password: string };

/** LUNs by the names that engines know them by. */
export interface DirectLuns {
  /** @throws 606 InaccessiblePhysDev when this host sees no such LUN */
  find(guid: string): Promise<DirectLun>;
}

/**
 * The LUNs that VMs may have as disks. A block device of the host comes first; without one, which is so where the kernel speaks no iSCSI,
 * the targets at which the host is signed in are asked. The LUN is looked at each time: what once had the name may be gone.
 */
export function createDirectLuns(devices: BlockDevices, sessions: Pick<IscsiSessions, 'lun'>): DirectLuns {
  return {
    async find(guid) {
      const device = (await devices.list()).find((one) => one.guid === guid);
      if (device !== undefined) return { kind: 'device', path: device.path };
      const lun = await sessions.lun(guid);
      if (lun === undefined || lunId(lun) !== guid)
        throw storageError('InaccessiblePhysDev', `This host sees no LUN ${JSON.stringify(guid)}; connect its storage first`);
      const { host, port, iqn, user, password } = lun.target;
      return { kind: 'iscsi', host: isIP(host) === 6 ? `[${host}]` : host, port, iqn, number: lun.number, user, password };
    },
  };
}
