/**
 * Descriptions of VMs and templates in the two flavours of oVirt: `ovf` as they lie in the OVF stores of storage domains, and `ova` as they
 * stand at the head of an OVA archive, with the elements of the DMTF's standard. Both with one element of our own (`VirgateDefinition`)
 * that keeps what they have no room for. Pure.
 * Source: engine behaviour, OVF store and OVA; element names as found in stores.
 */

/** Which of the two a description is. */
export type OvfFlavour = 'ovf' | 'ova';

/** One volume of a disk. */
export interface OvfVolume {
  volumeId: string;
  diskId: string;
  parentId: string | null;
  snapshotId: string | null;
  alias: string;
  description: string;
  sizeBytes: number;
  actualBytes: number;
  format: 'cow' | 'raw';
  sparse: boolean;
  interface: string;
  bootable: boolean;
  readOnly: boolean;
  shareable: boolean;
  passDiscard: boolean;
  wipe: boolean;
  plugged: boolean;
  storageDomainId: string;
  dataCenterId: string;
}

export interface OvfNic {
  id: string;
  name: string;
  mac: string | null;
  profileName: string;
  networkName: string;
  interface: string;
  linked: boolean;
  plugged: boolean;
}

export interface OvfSnapshot {
  id: string;
  type: 'active' | 'regular' | 'preview' | 'stateless';
  description: string;
  createdMs: number;
}

/** A VM or template. */
export interface OvfEntity {
  kind: 'vm' | 'template';
  id: string;
  name: string;
  description: string;
  comment: string;
  createdMs: number;
  clusterName: string;
  templateId: string | null;
  templateName: string;
  /** The operating system's name in `os.type`; in an OVA by others, the name that people know it by. */
  osType: string;
  memoryMib: number;
  sockets: number;
  cores: number;
  threads: number;
  vmType: string;
  volumes: OvfVolume[];
  nics: OvfNic[];
  snapshots: OvfSnapshot[];
  /** What the writer keeps for itself; null in descriptions by others. */
  definition: unknown;
}

/** A description that cannot be read. */
export class OvfError extends Error {
  override name = 'OvfError';
}

export const gibibyte = 1024 ** 3;
export const noId = '00000000-0000-0000-0000-000000000000';

export const diskInterfaces: Readonly<Record<string, string>> = {
  virtio: 'VirtIO',
  virtio_scsi: 'VirtIO_SCSI',
  ide: 'IDE',
  sata: 'SATA',
  spapr_vscsi: 'SPAPR_VSCSI',
};
export const nicInterfaces: Readonly<Record<string, number>> = {
  rtl8139_virtio: 0,
  rtl8139: 1,
  e1000: 2,
  virtio: 3,
  spapr_vlan: 4,
  pci_passthrough: 5,
  e1000e: 6,
};
export const vmTypes = ['desktop', 'server', 'high_performance'];
