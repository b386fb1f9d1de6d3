import type { BlockDevice } from '../block/devices.ts';
import type { VolumeGroup } from '../block/volume-groups.ts';
import type { StorageContext } from '../storage-context.ts';
import { describeLun, discoverTargets, hasKernelInitiator, lunsOf, signIn, signOut } from './initiator.ts';
import type { Lun } from './initiator.ts';
import { portalText, readPortal, readTarget } from './target.ts';
import type { Target } from './target.ts';
import type { VerbTable } from '../verb.ts';

/** Most targets at which one host is signed in. */
const maximumSessions = 256;

/** A LUN by its target and number: without a multipath device of the kernel there is no other name for it. */
export const lunId = ({ target, number }: Pick<Lun, 'target' | 'number'>): string => `${target.iqn}:lun-${number}`;

/** A block device as an engine reads it. Source: VDSM schema, BlockDeviceInfo. */
const deviceOf = (lun: Lun): object => ({
  GUID: lunId(lun),
  capacity: String(lun.sizeBytes),
  devtype: 'iSCSI',
  status: 'free',
  vendorID: lun.vendor,
  productID: lun.product,
  fwrev: lun.revision,
  serial: lun.serial,
  partitioned: false,
  pvUUID: '',
  vgUUID: '',
  pvsize: '',
  logicalblocksize: String(lun.logicalBlockBytes),
  physicalblocksize: String(lun.physicalBlockBytes),
  discard_max_bytes: 0,
  discard_zeroes_data: 0,
  pathlist: [
    {
      initiatorname: 'default',
      connection: lun.target.host,
      port: String(lun.target.port),
      portal: lun.target.tpgt,
      iqn: lun.target.iqn,
      user: lun.target.user,
      password: '',
    },
  ],
  pathstatus: [{ lun: String(lun.number), physdev: '', type: 'iSCSI', state: 'active', capacity: String(lun.sizeBytes) }],
});

/** A block device of the host itself, and the volume group that it is in. */
const kernelDeviceOf = (device: BlockDevice, group: VolumeGroup | undefined): object => {
  const volume = group?.physicalVolumes.find(({ path }) => path === device.path);
  return {
    GUID: device.guid,
    capacity: String(device.capacityBytes),
    devtype: 'iSCSI',
    status: volume ? 'used' : 'free',
    vendorID: '',
    productID: '',
    fwrev: '',
    serial: '',
    partitioned: false,
    pvUUID: volume?.uuid ?? '',
    vgUUID: volume ? (group?.uuid ?? '') : '',
    pvsize: '',
    logicalblocksize: String(device.logicalBlockBytes),
    physicalblocksize: String(device.physicalBlockBytes),
    discard_max_bytes: 0,
    discard_zeroes_data: 0,
    pathlist: [],
    pathstatus: [],
  };
};

/** The targets at which this host is signed in, since its agent started. */
export class IscsiSessions {
  readonly #targets = new Map<string, Target>();
  readonly #block: Pick<StorageContext['block'], 'devices' | 'groups'>;

  /** @param block the block devices of the host itself */
  constructor(block: Pick<StorageContext['block'], 'devices' | 'groups'>) {
    this.#block = block;
  }

  /** @throws VdsmError with the contract's code of what went wrong */
  async connect(connection: Record<string, unknown>): Promise<void> {
    const target = readTarget(connection);
    const key = this.#key(target);
    if (!this.#targets.has(key) && this.#targets.size >= maximumSessions) throw new Error(`More than ${maximumSessions} iSCSI targets`);
    await signIn(target);
    this.#targets.set(key, target);
  }

  /** One that is not there is ended already. */
  async disconnect(connection: Record<string, unknown>): Promise<void> {
    const target = readTarget(connection);
    if (this.#targets.has(this.#key(target))) await signOut(target);
    this.#targets.delete(this.#key(target));
  }

  #key(target: Target): string {
    return `${portalText(target)} ${target.iqn}`;
  }

  /** The LUNs that only their targets tell of: where the kernel speaks iSCSI they are block devices of the host. */
  async luns(): Promise<Lun[]> {
    if (hasKernelInitiator()) return [];
    const found = new Map<string, Lun>();
    for (const target of this.#targets.values())
      for (const lun of await lunsOf(target)) if (!found.has(lunId(lun))) found.set(lunId(lun), lun);
    return [...found.values()];
  }

  /** One LUN by its name, of the first target that has it; undefined when none has, or where LUNs are block devices of the host. */
  async lun(id: string): Promise<Lun | undefined> {
    if (hasKernelInitiator()) return undefined;
    const [, iqn, number] = /^(.+):lun-(\d{1,5})$/.exec(id) ?? [];
    for (const target of this.#targets.values()) {
      const lun = target.iqn === iqn ? await describeLun(target, Number(number)) : undefined;
      if (lun) return lun;
    }
    return undefined;
  }

  verbs(): VerbTable {
    const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);
    return {
      'ISCSIConnection.discoverSendTargets': async (params) =>
        await discoverTargets(readPortal(params['host'], params['port'], params['user'], params['password'])),
      'Host.getDeviceList': async (params) => {
        const wanted = texts(params['guids']);
        const isIscsi = params['storageType'] === undefined || params['storageType'] === null || Number(params['storageType']) === 3;
        const isWanted = (id: string): boolean => wanted.length === 0 || wanted.includes(id);
        const luns = isIscsi ? (await this.luns()).filter((lun) => isWanted(lunId(lun))) : [];
        const devices = (await this.#block.devices.list()).filter((device) => isWanted(device.guid));
        const groups = devices.length === 0 ? [] : await this.#block.groups.list();
        const groupOf = (device: BlockDevice): VolumeGroup | undefined =>
          groups.find((group) => group.physicalVolumes.some(({ path }) => path === device.path));
        return [...devices.map((device) => kernelDeviceOf(device, groupOf(device))), ...luns.map(deviceOf)];
      },
      'Host.getDevicesVisibility': async (params) => {
        const there = new Set([...(await this.luns()).map(lunId), ...(await this.#block.devices.list()).map(({ guid }) => guid)]);
        return Object.fromEntries(texts(params['guidList']).map((id) => [id, there.has(id)]));
      },
    };
  }
}
