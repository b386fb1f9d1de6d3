/** How guests run on a host: in hardware, or emulated by QEMU itself. */
export type Acceleration = 'kvm' | 'tcg';

/** What the host can give to a guest's CPU. */
export interface CpuSupport {
  /** Named models that a guest can really have here. */
  usableModels: ReadonlySet<string>;
  /** The model that stands in for one that is not usable. */
  fallbackModel: string;
}

/** The bridge that carries a VM network. */
export interface NetworkBridge {
  name: string;
  /** Set for a bridge of Open vSwitch: there VLANs are apart by the tag of a port, not by bridges. */
  openVSwitch?: { tag?: number };
}

/** What a domain needs to know of the host that starts it. */
export interface DomainEnvironment {
  acceleration: Acceleration;
  cpu: CpuSupport;
  /** For the guest's SMBIOS tables. */
  host: { osName: string; osVersion: string; serial: string };
  /** Kinds of graphics and of video cards that this host's QEMU can serve. */
  graphicsTypes: ReadonlySet<string>;
  videoModels: ReadonlySet<string>;
  /** Whether QEMU has a certificate for SPICE. */
  spiceTls: boolean;
  /** Network filters that libvirt knows here. */
  networkFilters: ReadonlySet<string>;
  /** Network filters that NICs on Open vSwitch may have here. */
  switchFilters: ReadonlySet<string>;
  /** Listen address of the display network, by network name. */
  displayAddresses: ReadonlyMap<string, string>;
  /** The bridge that carries a VM network, by network name. */
  bridges: ReadonlyMap<string, NetworkBridge>;
  /** The bridge of Open vSwitch on which ports of OVN are; undefined where the host is no chassis of OVN. */
  integrationBridge: string | undefined;
  /** Linux bridge, never up, that holds the NICs without network. */
  unpluggedBridge: string;
  /** Whether libvirt may use control groups for the guests. */
  controlGroups: boolean;
  /** Whether QEMU may serve a disk by NBD that an I/O thread works on: up to version 8 it dies when a client leaves. */
  ioThreadsServeNbd: boolean;
  /** Folder for sockets of guest channels. */
  channelsDirectory: string;
  /** Folder for sockets of serial consoles. */
  consolesDirectory: string;
  /** Whether a firmware file that a domain names is there. */
  firmwareExists: (path: string) => boolean;
}

/** A LUN of a target with which QEMU speaks itself. */
export interface NetworkLun {
  host: string;
  port: number;
  /** `iqn/number`, as libvirt names it. */
  name: string;
  /** As whom to sign in: the password is libvirt's secret of that id. */
  login?: { user: string; secretId: string };
}

/** A volume, or a LUN, that a guest may use now. */
export interface PreparedVolume {
  path: string;
  /** As the volume's metadata says; QEMU shall never guess. */
  format: 'raw' | 'qcow2';
  /** The path is that of a block device. */
  isBlockDevice?: boolean;
  /** Instead of the path, which is empty then. */
  network?: NetworkLun;
}

/** What was made ready for the disks of one domain, by target device. */
export interface PreparedDisks {
  /** File with the volume's data, or a LUN. */
  volumes: ReadonlyMap<string, PreparedVolume>;
  /** Image with the payload's files. */
  payloads: ReadonlyMap<string, string>;
}
