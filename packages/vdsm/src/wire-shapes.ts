/** JSON type of a plain value on the wire; `string X` = a JSON string that holds an X. */
export type WireLeaf =
  | 'bool'
  | 'int'
  | 'float'
  | 'number'
  | 'string'
  | 'string bool'
  | 'string int'
  | 'string float'
  | 'string csv'
  | 'string uuid'
  | 'int or string int'
  | 'object'
  | 'array';

/**
 * What lies inside an object or array of a report: fields by name (`!` = must be there; others may be missing, further
 * ones are allowed), `each` value of a map, or each element of a `list`.
 */
export type WireShape =
  WireLeaf | { readonly fields: Readonly<Record<string, WireShape>> } | { readonly each: WireShape } | { readonly list: WireShape };

const ADDRESSES = {
  addr: 'string',
  netmask: 'string',
  gateway: 'string',
  ipv4addrs: { list: 'string' },
  ipv4defaultroute: 'bool',
  ipv6addrs: { list: 'string' },
  ipv6gateway: 'string',
  ipv6autoconf: 'bool',
  dhcpv4: 'bool',
  dhcpv6: 'bool',
  mtu: 'int or string int',
} as const;

const TRAFFIC = {
  name: 'string',
  speed: 'string int',
  state: 'string',
  rx: 'string int',
  tx: 'string int',
  rxDropped: 'string int',
  txDropped: 'string int',
  rxErrors: 'string int',
  txErrors: 'string int',
  sampleTime: 'float',
} as const;

/** Inside of Host.getCapabilities. Casts of the engine's reader decide: a wrong type there puts the host into Error. */
export const capabilityShapes: Readonly<Record<string, WireShape>> = {
  cpuTopology: { list: { fields: { 'cpu_id!': 'int', 'numa_cell_id!': 'int', 'socket_id!': 'int', 'core_id!': 'int', die_id: 'int' } } },
  networks: {
    each: {
      fields: {
        ...ADDRESSES,
        'switch!': 'string',
        'bridged!': 'bool',
        iface: 'string',
        ports: { list: 'string' },
        stp: 'string',
        vlanid: 'int',
        hostQos: 'object',
        southbound: 'string',
      },
    },
  },
  nics: { each: { fields: { ...ADDRESSES, hwaddr: 'string', permhwaddr: 'string', speed: 'int', ad_aggregator_id: 'string' } } },
  bondings: {
    each: {
      fields: {
        ...ADDRESSES,
        hwaddr: 'string',
        'slaves!': { list: 'string' },
        opts: { each: 'string' },
        active_slave: 'string',
        ad_partner_mac: 'string',
        ad_aggregator_id: 'string',
        switch: 'string',
      },
    },
  },
  bridges: { each: { fields: { ...ADDRESSES, ports: { list: 'string' }, stp: 'string', opts: { each: 'string' } } } },
  vlans: { each: { fields: { ...ADDRESSES, iface: 'string', 'vlanid!': 'int' } } },
  hooks: { each: { each: { fields: { checksum: 'string' } } } },
  operatingSystem: { fields: { name: 'string', version: 'string', release: 'string', pretty_name: 'string' } },
  packages2: { each: { fields: { 'version!': 'string', 'release!': 'string' } } },
  HBAInventory: { fields: { 'iSCSI!': { list: { fields: { InitiatorName: 'string' } } }, 'FC!': { list: 'object' } } },
  numaNodes: { each: { fields: { 'cpus!': { list: 'int' }, 'totalMemory!': 'string int', hugepages: { each: 'object' } } } },
  numaNodeDistance: { each: { list: 'int' } },
  selinux: { fields: { mode: 'string int' } },
  kernelFeatures: 'object',
  connector_info: {
    fields: {
      initiator: 'string',
      ip: 'string',
      platform: 'string',
      os_type: 'string',
      host: 'string',
      do_local_attach: 'bool',
      multipath: 'bool',
    },
  },
  supported_block_size: { each: { list: 'int' } },
  openstack_binding_host_ids: { each: 'string' },
};

/** Inside of Host.getStats. */
export const hostStatisticsShapes: Readonly<Record<string, WireShape>> = {
  hugepages: { each: { each: 'int' } },
  network: { each: { fields: TRAFFIC } },
  storageDomains: {
    each: {
      fields: {
        'code!': 'int',
        'lastCheck!': 'string float',
        'delay!': 'string float',
        'valid!': 'bool',
        'acquired!': 'bool',
        'actual!': 'bool',
        version: 'int',
      },
    },
  },
  diskStats: { each: { fields: { 'free!': 'string int' } } },
  numaNodeMemFree: { each: { fields: { 'memFree!': 'string int', 'memPercent!': 'int', hugepages: { each: 'object' } } } },
  cpuStatistics: {
    each: { fields: { 'nodeIndex!': 'int', 'cpuUser!': 'string float', 'cpuSys!': 'string float', 'cpuIdle!': 'string float' } },
  },
  v2vJobs: { each: { fields: { status: 'string', description: 'string', progress: 'int' } } },
  haStats: { fields: { configured: 'bool', active: 'bool', score: 'int', globalMaintenance: 'bool', localMaintenance: 'bool' } },
  multipathHealth: { each: { fields: { valid_paths: 'int', failed_paths: { list: 'string' } } } },
};

/** Inside of one element of Host.getAllVmStats. */
export const vmStatisticsShapes: Readonly<Record<string, WireShape>> = {
  network: { each: { fields: { ...TRAFFIC, macAddr: 'string' } } },
  disks: {
    each: {
      fields: {
        imageID: 'string',
        truesize: 'string int',
        apparentsize: 'string int',
        readBytes: 'string int',
        writtenBytes: 'string int',
        readOps: 'string int',
        writeOps: 'string int',
        readRate: 'string float',
        writeRate: 'string float',
        readLatency: 'string float',
        writeLatency: 'string float',
        flushLatency: 'string float',
      },
    },
  },
  memoryStats: {
    fields: {
      mem_total: 'string int',
      mem_unused: 'string int',
      mem_free: 'string int',
      mem_buffers: 'int or string int',
      mem_cached: 'int or string int',
      swap_in: 'int or string int',
      swap_out: 'int or string int',
      majflt: 'int or string int',
      minflt: 'int or string int',
      pageflt: 'int or string int',
    },
  },
  balloonInfo: {
    fields: {
      balloon_max: 'string int',
      balloon_min: 'string int',
      balloon_cur: 'string int',
      balloon_target: 'string int',
      ballooning_enabled: 'bool',
    },
  },
  displayInfo: { list: { fields: { 'type!': 'string', 'port!': 'string int', 'tlsPort!': 'string int', ipAddress: 'string' } } },
  watchdogEvent: { fields: { 'time!': 'number', 'action!': 'string' } },
  vmJobs: {
    each: {
      fields: { 'id!': 'string', 'jobType!': 'string', blockJobType: 'string', imgUUID: 'string', cur: 'string int', end: 'string int' },
    },
  },
  guestOsInfo: { each: 'string' },
  guestTimezone: { fields: { zone: 'string', offset: 'int' } },
  netIfaces: { list: { fields: { 'name!': 'string', hw: 'string', inet: { list: 'string' }, inet6: { list: 'string' } } } },
  disksUsage: { list: { fields: { path: 'string', total: 'string int', used: 'string int', fs: 'string' } } },
  guestContainers: { list: { fields: { id: 'string', names: { list: 'string' }, image: 'string', command: 'string', status: 'string' } } },
  pci_devices: { list: 'object' },
  guestDiskMapping: { each: 'object' },
};
