import { EventEmitter } from 'node:events';
import type { CallOptions } from './channel.ts';
import type { Procedures } from './generated/procedures.ts';
import type {
  Domain,
  DomainCheckpoint,
  DomainFsinfo,
  DomainInterface,
  DomainSnapshot,
  Network,
  NetworkDhcpLease,
  StorageVol,
  TypedParam,
} from './generated/structures.ts';
import type { LibvirtStream } from './stream.ts';
import { parameterRecord } from './typed-parameters.ts';
import type { ParameterRecord } from './typed-parameters.ts';

/** A domain, or its UUID alone: drivers find a domain by its UUID and read neither name nor id of a request. */
export type DomainReference = (Pick<Domain, 'uuid'> & Partial<Domain>) | string;

/** Memory of the host and shape of its CPUs. */
export interface NodeInfo {
  model: string;
  memoryBytes: number;
  cpus: number;
  frequencyMhz: number;
  numaNodes: number;
  socketsPerNode: number;
  coresPerSocket: number;
  threadsPerCore: number;
}

export interface DomainInfo {
  /** {@link DomainState} */
  state: number;
  maxMemoryBytes: number;
  memoryBytes: number;
  vcpus: number;
  cpuTimeNs: number;
}

export interface DomainStatistics {
  domain: Domain;
  /** By libvirt's names, e.g. `cpu.time` (ns), `balloon.current` (KiB), `block.0.rd.bytes`. */
  statistics: ParameterRecord;
}

export interface BlockJobInfo {
  /** {@link DomainBlockJobType} */
  type: number;
  bandwidthBytesPerSecond: number;
  current: number;
  end: number;
}

const kibibyte = 1024;

function kibibytes(value: bigint): number {
  return Number(value) * kibibyte;
}

/** The wire's form of a reference. */
export function domainOf(reference: DomainReference): Domain {
  return typeof reference === 'string' ? { name: '', uuid: reference, id: -1 } : { name: '', id: -1, ...reference };
}

/** Common procedures under readable names; the rest is reached by {@link call}. `flags` are sums of the constants of the same name. */
export abstract class Operations<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  abstract call<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options?: CallOptions,
  ): Promise<Procedures[Name]['ret']>;

  abstract openStream<Name extends keyof Procedures>(
    name: Name,
    args: Procedures[Name]['args'],
    options?: CallOptions,
  ): Promise<{ values: Procedures[Name]['ret']; stream: LibvirtStream }>;

  // The host

  async hostname(): Promise<string> {
    return (await this.call('CONNECT_GET_HOSTNAME', {})).hostname;
  }

  /** Version of libvirt's daemon, as `9.0.0`. */
  async libvirtVersion(): Promise<string> {
    return versionText((await this.call('CONNECT_GET_LIB_VERSION', {})).lib_ver);
  }

  /** Version of the hypervisor, as `7.2.22`. */
  async hypervisorVersion(): Promise<string> {
    return versionText((await this.call('CONNECT_GET_VERSION', {})).hv_ver);
  }

  /** The host's capabilities as XML. */
  async capabilities(): Promise<string> {
    return (await this.call('CONNECT_GET_CAPABILITIES', {})).capabilities;
  }

  /** What domains of this kind may have, as XML. The first call of a daemon's life probes QEMU and takes seconds. */
  async domainCapabilities(
    of: { emulatorPath?: string; architecture?: string; machine?: string; virtualizationType?: string; flags?: number },
    options?: CallOptions,
  ): Promise<string> {
    const { emulatorPath, architecture, machine, virtualizationType, flags } = of;
    return (
      await this.call(
        'CONNECT_GET_DOMAIN_CAPABILITIES',
        {
          emulatorbin: emulatorPath ?? null,
          arch: architecture ?? null,
          machine: machine ?? null,
          virttype: virtualizationType ?? null,
          flags: flags ?? 0,
        },
        options,
      )
    ).capabilities;
  }

  async nodeInfo(): Promise<NodeInfo> {
    const info = await this.call('NODE_GET_INFO', {});
    return {
      model: info.model,
      memoryBytes: kibibytes(info.memory),
      cpus: info.cpus,
      frequencyMhz: info.mhz,
      numaNodes: info.nodes,
      socketsPerNode: info.sockets,
      coresPerSocket: info.cores,
      threadsPerCore: info.threads,
    };
  }

  /** Memory of the host by libvirt's names (`total`, `free`, `buffers`, `cached`), in bytes. */
  async nodeMemoryBytes(): Promise<Record<string, number>> {
    const allCells = -1;
    const { nparams } = await this.call('NODE_GET_MEMORY_STATS', { nparams: 0, cellNum: allCells });
    const { params } = await this.call('NODE_GET_MEMORY_STATS', { nparams, cellNum: allCells });
    return Object.fromEntries(params.map(({ field, value }) => [field, kibibytes(value)]));
  }

  /** CPU time of the host since its start by libvirt's names (`kernel`, `user`, `idle`, `iowait`), in nanoseconds. */
  async nodeCpuTimeNs(): Promise<Record<string, number>> {
    const allCpus = -1;
    const { nparams } = await this.call('NODE_GET_CPU_STATS', { cpuNum: allCpus, nparams: 0 });
    const { params } = await this.call('NODE_GET_CPU_STATS', { cpuNum: allCpus, nparams });
    return Object.fromEntries(params.map(({ field, value }) => [field, Number(value)]));
  }

  // Finding and defining domains

  async listAllDomains(flags = 0): Promise<Domain[]> {
    return (await this.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags })).domains;
  }

  /** @throws LibvirtError `NO_DOMAIN` */
  async domainLookupByUUID(uuid: string): Promise<Domain> {
    return (await this.call('DOMAIN_LOOKUP_BY_UUID', { uuid })).dom;
  }

  /** @throws LibvirtError `NO_DOMAIN` */
  async domainLookupByName(name: string): Promise<Domain> {
    return (await this.call('DOMAIN_LOOKUP_BY_NAME', { name })).dom;
  }

  async domainDefineXML(xml: string, flags = 0): Promise<Domain> {
    return (await this.call('DOMAIN_DEFINE_XML_FLAGS', { xml, flags })).dom;
  }

  /** Starts a transient domain. */
  async domainCreateXML(xml: string, flags = 0, options?: CallOptions): Promise<Domain> {
    return (await this.call('DOMAIN_CREATE_XML', { xml_desc: xml, flags }, options)).dom;
  }

  /** Starts a defined domain. */
  async domainCreate(domain: DomainReference, flags = 0, options?: CallOptions): Promise<Domain> {
    return (await this.call('DOMAIN_CREATE_WITH_FLAGS', { dom: domainOf(domain), flags }, options)).dom;
  }

  async domainUndefine(domain: DomainReference, flags = 0): Promise<void> {
    await this.call('DOMAIN_UNDEFINE_FLAGS', { dom: domainOf(domain), flags });
  }

  async domainGetXMLDesc(domain: DomainReference, flags = 0): Promise<string> {
    return (await this.call('DOMAIN_GET_XML_DESC', { dom: domainOf(domain), flags })).xml;
  }

  // Running domains

  /** State ({@link DomainState}) and its reason, whose meaning depends on the state. */
  async domainState(domain: DomainReference): Promise<{ state: number; reason: number }> {
    return await this.call('DOMAIN_GET_STATE', { dom: domainOf(domain) });
  }

  async domainInfo(domain: DomainReference): Promise<DomainInfo> {
    const info = await this.call('DOMAIN_GET_INFO', { dom: domainOf(domain) });
    return {
      state: info.state,
      maxMemoryBytes: kibibytes(info.maxMem),
      memoryBytes: kibibytes(info.memory),
      vcpus: info.nrVirtCpu,
      cpuTimeNs: Number(info.cpuTime),
    };
  }

  async domainDestroy(domain: DomainReference, flags = 0, options?: CallOptions): Promise<void> {
    await this.call('DOMAIN_DESTROY_FLAGS', { dom: domainOf(domain), flags }, options);
  }

  /** Asks the guest to shut down; the end comes as an event. */
  async domainShutdown(domain: DomainReference, flags = 0): Promise<void> {
    await this.call('DOMAIN_SHUTDOWN_FLAGS', { dom: domainOf(domain), flags });
  }

  async domainReboot(domain: DomainReference, flags = 0): Promise<void> {
    await this.call('DOMAIN_REBOOT', { dom: domainOf(domain), flags });
  }

  async domainReset(domain: DomainReference): Promise<void> {
    await this.call('DOMAIN_RESET', { dom: domainOf(domain) });
  }

  async domainSuspend(domain: DomainReference): Promise<void> {
    await this.call('DOMAIN_SUSPEND', { dom: domainOf(domain) });
  }

  async domainResume(domain: DomainReference): Promise<void> {
    await this.call('DOMAIN_RESUME', { dom: domainOf(domain) });
  }

  async domainSave(
    domain: DomainReference,
    path: string,
    how: { xml?: string; flags?: number } = {},
    options?: CallOptions,
  ): Promise<void> {
    await this.call('DOMAIN_SAVE_FLAGS', { dom: domainOf(domain), to: path, dxml: how.xml ?? null, flags: how.flags ?? 0 }, options);
  }

  async domainRestore(path: string, how: { xml?: string; flags?: number } = {}, options?: CallOptions): Promise<void> {
    await this.call('DOMAIN_RESTORE_FLAGS', { from: path, dxml: how.xml ?? null, flags: how.flags ?? 0 }, options);
  }

  // Devices

  async domainAttachDevice(domain: DomainReference, xml: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_ATTACH_DEVICE_FLAGS', { dom: domainOf(domain), xml, flags });
  }

  /** Asks the guest to let the device go; that it is gone comes as the event `deviceRemoved`. */
  async domainDetachDevice(domain: DomainReference, xml: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_DETACH_DEVICE_FLAGS', { dom: domainOf(domain), xml, flags });
  }

  async domainUpdateDevice(domain: DomainReference, xml: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_UPDATE_DEVICE_FLAGS', { dom: domainOf(domain), xml, flags });
  }

  /** Balloon target or maximum, by the flags of `DomainMemoryModFlags`. libvirt counts in KiB: the bytes are rounded down. */
  async domainSetMemory(domain: DomainReference, memoryBytes: number, flags = 0): Promise<void> {
    await this.call('DOMAIN_SET_MEMORY_FLAGS', { dom: domainOf(domain), memory: Math.floor(memoryBytes / kibibyte), flags });
  }

  async domainSetVcpus(domain: DomainReference, vcpus: number, flags = 0): Promise<void> {
    await this.call('DOMAIN_SET_VCPUS_FLAGS', { dom: domainOf(domain), nvcpus: vcpus, flags });
  }

  // Statistics

  /** Statistics of all domains, or of some: `statistics` is a sum of {@link DomainStatsTypes}, 0 for all. */
  async domainStats(
    of: { domains?: readonly DomainReference[]; statistics?: number; flags?: number } = {},
    options?: CallOptions,
  ): Promise<DomainStatistics[]> {
    const { retStats } = await this.call(
      'CONNECT_GET_ALL_DOMAIN_STATS',
      { doms: (of.domains ?? []).map(domainOf), stats: of.statistics ?? 0, flags: of.flags ?? 0 },
      options,
    );
    return retStats.map(({ dom, params }) => ({ domain: dom, statistics: parameterRecord(params) }));
  }

  /** Progress of the running job: type ({@link DomainJobType}) and figures by libvirt's names. */
  async domainJobStats(domain: DomainReference, flags = 0): Promise<{ type: number; statistics: ParameterRecord }> {
    const { type, params } = await this.call('DOMAIN_GET_JOB_STATS', { dom: domainOf(domain), flags });
    return { type, statistics: parameterRecord(params) };
  }

  async domainAbortJob(domain: DomainReference, flags = 0): Promise<void> {
    const dom = domainOf(domain);
    // Daemons before 8.5 know only the older call.
    if (flags === 0) await this.call('DOMAIN_ABORT_JOB', { dom });
    else await this.call('DOMAIN_ABORT_JOB_FLAGS', { dom, flags });
  }

  /** Block job of a disk, or undefined. */
  async domainBlockJobInfo(domain: DomainReference, disk: string): Promise<BlockJobInfo | undefined> {
    const bandwidthInBytes = 1;
    const info = await this.call('DOMAIN_GET_BLOCK_JOB_INFO', { dom: domainOf(domain), path: disk, flags: bandwidthInBytes });
    if (info.found === 0) return undefined;
    return { type: info.type, bandwidthBytesPerSecond: Number(info.bandwidth), current: Number(info.cur), end: Number(info.end) };
  }

  async domainBlockJobAbort(domain: DomainReference, disk: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_BLOCK_JOB_ABORT', { dom: domainOf(domain), path: disk, flags });
  }

  /**
   * Begins to write the layers from below `top` up to and without `base` into `base`. Layers are named as the domain's document does
   * (`vda[2]`). Always name the base: without it the whole chain is written into its lowest layer. `bandwidth` is in MiB/s, 0 for no bound.
   */
  async domainBlockCommit(
    domain: DomainReference,
    disk: string,
    layers: { base: string; top: string | null },
    flags = 0,
    bandwidth = 0,
  ): Promise<void> {
    const { base, top } = layers;
    await this.call('DOMAIN_BLOCK_COMMIT', { dom: domainOf(domain), disk, base, top, bandwidth, flags });
  }

  /** Begins to copy a disk to the place that `destinationXml` (`<disk>`) names, and to write to both from then on. */
  async domainBlockCopy(domain: DomainReference, disk: string, destinationXml: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_BLOCK_COPY', { dom: domainOf(domain), path: disk, destxml: destinationXml, params: [], flags });
  }

  /** Gives a disk of a running domain another size, which its guest sees. */
  async domainBlockResize(domain: DomainReference, disk: string, sizeBytes: number): Promise<void> {
    const inBytes = 1;
    await this.call('DOMAIN_BLOCK_RESIZE', { dom: domainOf(domain), disk, size: sizeBytes, flags: inBytes });
  }

  // Jobs

  /**
   * Migration that the two daemons do between themselves; resolves when the guest runs at the destination. `flags` must hold
   * `DomainMigrateFlags.PEER2PEER`. Takes as long as it takes: give it a connection of its own and no deadline.
   */
  async domainMigratePeerToPeer(
    domain: DomainReference,
    destinationUri: string,
    parameters: TypedParam[],
    flags: number,
    options: CallOptions = { timeoutMs: 0 },
  ): Promise<void> {
    await this.call(
      'DOMAIN_MIGRATE_PERFORM3_PARAMS',
      { dom: domainOf(domain), dconnuri: destinationUri, params: parameters, cookie_in: new Uint8Array(), flags },
      options,
    );
  }

  async domainSnapshotCreateXML(domain: DomainReference, xml: string, flags = 0, options?: CallOptions): Promise<DomainSnapshot> {
    return (await this.call('DOMAIN_SNAPSHOT_CREATE_XML', { dom: domainOf(domain), xml_desc: xml, flags }, options)).snap;
  }

  async domainListAllSnapshots(domain: DomainReference, flags = 0): Promise<DomainSnapshot[]> {
    return (await this.call('DOMAIN_LIST_ALL_SNAPSHOTS', { dom: domainOf(domain), need_results: 1, flags })).snapshots;
  }

  async domainListAllCheckpoints(domain: DomainReference, flags = 0): Promise<DomainCheckpoint[]> {
    return (await this.call('DOMAIN_LIST_ALL_CHECKPOINTS', { dom: domainOf(domain), need_results: 1, flags })).checkpoints;
  }

  async domainBackupBegin(domain: DomainReference, backupXml: string, checkpointXml?: string, flags = 0): Promise<void> {
    await this.call('DOMAIN_BACKUP_BEGIN', { dom: domainOf(domain), backup_xml: backupXml, checkpoint_xml: checkpointXml ?? null, flags });
  }

  // The guest's inside

  /** A command of the guest agent as JSON text; the answer likewise. `timeoutSeconds`: {@link DomainAgentResponseTimeout} or a number. */
  async domainAgentCommand(domain: DomainReference, command: string, timeoutSeconds: number, options?: CallOptions): Promise<string> {
    return (
      (await this.call('DOMAIN_AGENT_COMMAND', { dom: domainOf(domain), cmd: command, timeout: timeoutSeconds }, options)).result ?? ''
    );
  }

  /** A command of QEMU's monitor as JSON text; the answer likewise. The domain counts as tainted afterwards. */
  async domainMonitorCommand(domain: DomainReference, command: string, flags = 0): Promise<string> {
    return (await this.call('DOMAIN_MONITOR_COMMAND', { dom: domainOf(domain), cmd: command, flags })).result;
  }

  /** What the guest agent says of the guest, by libvirt's names; `types` is a sum of {@link DomainGuestInfoTypes}, 0 for all. */
  async domainGuestInfo(domain: DomainReference, types = 0): Promise<ParameterRecord> {
    return parameterRecord((await this.call('DOMAIN_GET_GUEST_INFO', { dom: domainOf(domain), types })).params);
  }

  async domainInterfaceAddresses(domain: DomainReference, source: number): Promise<DomainInterface[]> {
    return (await this.call('DOMAIN_INTERFACE_ADDRESSES', { dom: domainOf(domain), source })).ifaces;
  }

  async domainFilesystems(domain: DomainReference): Promise<DomainFsinfo[]> {
    return (await this.call('DOMAIN_GET_FSINFO', { dom: domainOf(domain) })).info;
  }

  /** Freezes file systems (all unless named) and gives how many. */
  async domainFreeze(domain: DomainReference, mountPoints: string[] = []): Promise<number> {
    return (await this.call('DOMAIN_FSFREEZE', { dom: domainOf(domain), mountpoints: mountPoints })).filesystems;
  }

  async domainThaw(domain: DomainReference, mountPoints: string[] = []): Promise<number> {
    return (await this.call('DOMAIN_FSTHAW', { dom: domainOf(domain), mountpoints: mountPoints })).filesystems;
  }

  // Metadata

  /** @throws LibvirtError `NO_DOMAIN_METADATA` */
  async domainGetMetadata(domain: DomainReference, type: number, uri: string | null, flags = 0): Promise<string> {
    return (await this.call('DOMAIN_GET_METADATA', { dom: domainOf(domain), type, uri, flags })).metadata;
  }

  /** Sets a piece of metadata; null removes it. */
  async domainSetMetadata(
    domain: DomainReference,
    type: number,
    metadata: string | null,
    element: { prefix: string; uri: string } | null,
    flags = 0,
  ): Promise<void> {
    await this.call('DOMAIN_SET_METADATA', {
      dom: domainOf(domain),
      type,
      metadata,
      key: element?.prefix ?? null,
      uri: element?.uri ?? null,
      flags,
    });
  }

  // Streams

  /** The guest's screen as an image; the media type says of which format. */
  async domainScreenshot(
    domain: DomainReference,
    screen = 0,
    options?: CallOptions,
  ): Promise<{ mediaType: string | null; stream: LibvirtStream }> {
    const { values, stream } = await this.openStream('DOMAIN_SCREENSHOT', { dom: domainOf(domain), screen }, options);
    return { mediaType: values.mime, stream };
  }

  /** The guest's console (the first, unless a device alias is given), both ways. */
  async domainConsole(domain: DomainReference, device: string | null = null, flags = 0): Promise<LibvirtStream> {
    return (await this.openStream('DOMAIN_OPEN_CONSOLE', { dom: domainOf(domain), dev_name: device, flags })).stream;
  }

  /** Content of a volume from `offsetBytes` on; `lengthBytes` 0 means to its end. */
  async volumeDownload(volume: StorageVol, offsetBytes = 0, lengthBytes = 0, flags = 0): Promise<LibvirtStream> {
    return (await this.openStream('STORAGE_VOL_DOWNLOAD', { vol: volume, offset: offsetBytes, length: lengthBytes, flags })).stream;
  }

  async volumeUpload(volume: StorageVol, offsetBytes = 0, lengthBytes = 0, flags = 0): Promise<LibvirtStream> {
    return (await this.openStream('STORAGE_VOL_UPLOAD', { vol: volume, offset: offsetBytes, length: lengthBytes, flags })).stream;
  }

  // Networks

  async listAllNetworks(flags = 0): Promise<Network[]> {
    return (await this.call('CONNECT_LIST_ALL_NETWORKS', { need_results: 1, flags })).nets;
  }

  async networkDhcpLeases(network: Network, mac: string | null = null): Promise<NetworkDhcpLease[]> {
    return (await this.call('NETWORK_GET_DHCP_LEASES', { net: network, mac, need_results: 1 })).leases;
  }
}

function versionText(version: bigint): string {
  const number = Number(version);
  return `${Math.floor(number / 1_000_000)}.${Math.floor(number / 1000) % 1000}.${number % 1000}`;
}
