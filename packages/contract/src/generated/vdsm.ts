// Generated from data/ by `npm run generate`. Do not edit.

export type AutoNumaBalancingStatus = 0 | 1 | 2;
export interface BackupConfig {
  backup_id: UUID;
  disks: BackupDisk[];
  from_checkpoint_id?: UUID;
  to_checkpoint_id?: UUID;
  parent_checkpoint_id?: UUID;
  require_consistency?: boolean;
  creation_time?: number;
}
export interface BackupDisk {
  sd_id: UUID;
  img_id: UUID;
  vol_id: UUID;
  checkpoint: boolean;
  backup_mode?: DiskBackupMode;
  scratch_disk?: ScratchDisk;
}
export interface BackupInfo {
  disks: StringMap;
  checkpoint: string;
}
export interface BalloonInfo {
  balloon_cur?: string;
  balloon_max?: string;
  balloon_min?: string;
  balloon_target?: string;
  ballooning_enabled?: boolean;
}
export interface BandwidthCurve {
  d?: number;
  m1?: number;
  m2: number;
}
export interface BandwidthParams {
  burst?: number;
  average: number;
  peak?: number;
}
export interface BlockDeviceInfo {
  pvsize: number;
  status: BlockDeviceStatus;
  capacity: number;
  vendorID: string;
  discard_max_bytes: number;
  discard_zeroes_data: number;
  productID: string;
  pvUUID: UUID;
  fwrev: string;
  devtype: BlockDeviceType;
  pathlist: IscsiSessionInfo[];
  partitioned: boolean;
  GUID: UUID;
  logicalblocksize: number;
  physicalblocksize: number;
  serial: string;
  pathstatus: BlockDevicePathInfo[];
}
export interface BlockDevicePathInfo {
  lun: string /* holds uint */;
  capacity: string /* holds uint */;
  type: BlockDeviceType;
  state: BlockDevicePathState;
  physdev: string;
}
export type BlockDevicePathState = 'active' | 'failed';
export type BlockDeviceStatus = 'free' | 'unknown' | 'used';
export type BlockDeviceType = 'FCP' | 'MIXED' | 'iSCSI';
export interface BlockJobInfo {
  imgUUID: UUID;
  blockJobType: BlockJobType;
  bandwidth: number;
  jobType: JobType;
  end: number;
  id: UUID;
  cur: number;
}
export type BlockJobType = 'commit' | 'copy' | 'pull' | 'unknown';
export interface BlockScratchDisk {
  path: string;
  type: DiskType;
  domainID: UUID;
  imageID: UUID;
  volumeID: UUID;
}
export interface BricksInfo {
  hostUuid: UUID;
  name: string;
  isArbiter: boolean;
}
export interface BulkIoTunePolicy {
  policy: VmDiskDeviceTuneLimits;
  current_values: VmDiskDeviceTuneParams;
}
export type BulkIoTunePolicyMap = Record<string, BulkIoTunePolicy>;
export interface Checkpoint {
  id: UUID;
  xml?: string;
  config?: BackupConfig;
}
export interface CheckpointInfo {
  checkpoint: string;
}
export interface CheckpointsResponse {
  checkpoint_ids: UUID;
  error?: ErrorInfo[];
}
export interface ConnectStorageServerStatus {
  id: UUID;
  status: number;
}
export type ConnectionRefParameters = IscsiConnectionParameters | PosixFsConnectionParameters | NfsConnectionParameters | LocalFsConnectionParameters;
export interface ConnectorInfo {
  initiator: string;
  ip: string;
  platform: string;
  os_type: string;
  do_local_attach: boolean;
  host: string;
  multipath: boolean;
}
export interface ConvergenceAction {
  params: string[];
  name: string;
}
export interface ConvergenceItem {
  action: ConvergenceAction;
  limit: number;
}
export interface ConvergenceSchedule {
  stalling: ConvergenceItem[];
  init: ConvergenceAction[];
}
export interface CopyDataDIVEndpoint {
  sd_id: UUID;
  img_id: UUID;
  vol_id: UUID;
  generation?: number;
}
export type CopyDataEndpoint = CopyDataDIVEndpoint;
export type CopyDataEndpointType = 'div' | 'external';
export interface CopyDataExternalEndpoint {
  url: string;
  lease: Lease;
  generation: number;
  format: string;
  sprase?: boolean;
  create?: boolean;
  is_zero: boolean;
}
export interface CpuCoreStats {
  cpuSys: string /* holds float */;
  cpuUser: string /* holds float */;
  nodeIndex: number;
  cpuIdle: string /* holds float */;
}
export type CpuCoreStatsMap = Record<string, CpuCoreStats>;
export interface CpuInfo {
  cpu_id: number;
  numa_cell_id: number;
  socket_id: number;
  die_id: number;
  core_id: number;
}
export interface CreateTime {
  timeZone: string;
  epochTime: number;
}
export interface DeviceQoSParams {
  hostQos: HostQoSParams;
  vlan?: number;
}
export type DeviceVisibilityMap = Record<string, boolean>;
export type DiskAlignmentMap = Record<string, boolean>;
export type DiskBackupMode = 'full' | 'incremental';
export type DiskContentType = 'DATA' | 'OVFS' | 'MEMD' | 'MEMM' | 'ISOF';
export type DiskType = 'FILE' | 'BLOCK';
export interface DrivePayload {
  vmPayload: DriveVmPayload;
}
export type DriveSpec = DriveSpecVolume | DriveSpecGUID | DriveSpecPayload | DriveSpecPath | DriveSpecCdrom;
export type DriveSpecCdrom = DriveSpecPathCdrom | DriveSpecVolumeCdrom;
export interface DriveSpecGUID {
  GUID: string;
}
export interface DriveSpecPath {
  path: string;
}
export interface DriveSpecPathCdrom {
  path: string;
  iface: string;
  index: number;
}
export interface DriveSpecPayload {
  specParams: DrivePayload;
  device: VmDiskDeviceType;
}
export interface DriveSpecVolume {
  volumeID: UUID;
  device: VmDiskDeviceType;
  poolID: UUID;
  domainID: UUID;
  imageID: UUID;
}
export interface DriveSpecVolumeCdrom {
  drive_spec: DriveSpecVolume;
  iface: string;
  index: number;
}
export interface DriveVmPayload {
  file: StringMap;
}
export interface ErrorInfo {
  code: number;
  message: string;
}
export interface EventJobInfo {
  id: UUID;
  status?: EventJobStatus;
  job_type: string;
  error: string;
  description: string;
}
export type EventJobStatus = 'PENDING' | 'RUNNING' | 'DONE' | 'ABORTING' | 'ABORTED' | 'FAILED';
export interface EventMigrationStatus {
  progress: number;
  downtime?: number;
  postcopy?: boolean;
}
export interface EventStatusDetails {
  status: EventVmStatus;
  timeOffset?: string;
  exitReason?: number;
  exitMessage?: string;
  exitCode?: number;
  displayInfo?: EventVmDisplayInfo[];
  hash?: string;
  cpuUser?: string;
  displayIp?: string;
  monitorResponse?: number;
  elapsedTime?: number;
  displayType?: EventVmDisplayType;
  cpuSys?: string;
  displayPort?: string;
  displaySecurePort?: string;
  clientIp?: string;
  vcpuQuota?: string;
  vcpuPeriod?: number;
  pauseCode?: string;
}
export type EventStatusMap = Record<string, EventStatusDetails>;
export interface EventVmDisplayInfo {
  tlsPort: number;
  port: number;
  type: EventVmGraphicsDeviceType;
  ipAddress: string;
}
export type EventVmDisplayType = 'qxl' | 'vnc';
export type EventVmGraphicsDeviceType = 'spice' | 'vnc';
export type EventVmStatus = 'Down' | 'Migration Destination' | 'Migration Source' | 'Paused' | 'Powering down' | 'Powering up' | 'RebootInProgress' | 'Restoring state'
  | 'Saving State' | 'Up' | 'WaitForLaunch';
export interface ExitedVmStats {
  exitMessage: string;
  exitCode: VmExitCode;
  vmId: UUID;
  timeOffset?: number;
  status: VmStatus;
  exitReason: VmExitReason;
}
export interface ExternalDiskInfo {
  dev?: string;
  alias?: string;
  capacity?: number;
  allocation?: number;
  type?: string;
}
export interface ExternalDiskParams {
  imageID: UUID;
  volumeID: UUID;
}
export interface ExternalLeaseStatus {
  owners: number;
  version: number;
  metadata?: LeaseMetadata;
}
export interface ExternalNetworkInfo {
  dev?: string;
  macAddr?: string;
  bridge?: string;
  type: string;
  model?: string;
}
export interface ExternalVmInfo {
  disks?: ExternalDiskInfo[];
  allocation?: VolumeAllocation;
  memSize: number;
  smp: number;
  virtio_iso_path?: string;
  vmId: UUID;
  vmName: string;
  status: VmStatus;
  networks?: ExternalNetworkInfo[];
  format?: VolumeFormat;
  graphics?: string;
  video?: string;
  has_snapshots?: boolean;
}
export interface ExternalVmParams {
  disks?: ExternalDiskParams[];
  vmName: string;
  poolID: UUID;
  domainID: UUID;
  virtio_iso_path?: string;
  format?: VolumeFormat;
  qcow2_compat?: string;
}
export interface FcHba {
  model: string;
  wwpn: string;
  wwnn: string;
}
export type FenceNodeAction = 'off' | 'on' | 'reboot' | 'status';
export type FenceNodeOperationStatusResult = 'initiated' | 'skipped';
export type FenceNodePowerStatusResult = 'off' | 'on' | 'unknown';
export interface FenceNodeResult {
  operationStatus?: FenceNodeOperationStatusResult;
  power?: FenceNodePowerStatusResult;
}
export interface FencingPolicy {
  storageDomainHostIdMap?: HostIdMap;
  skipFencingIfGlusterBricksUp?: boolean;
  skipFencingIfGlusterQuorumNotMet?: boolean;
  glusterServerUuid?: UUID;
}
export interface FileScratchDisk {
  path: string;
  type: DiskType;
  domainID: UUID;
  imageID: UUID;
  volumeID: UUID;
}
export interface GeoRepConfig {
  gepRepConfig: GeoRepConfigMap;
}
export type GeoRepConfigMap = Record<string, string>;
export interface GeoRepPubKeys {
  geoRepPubKeys: string[];
}
export type GlobalVolumeOptionMap = Record<string, string>;
export interface GlusterTaskInfo {
  status: GlusterTaskStatus;
  bricks: string[];
  id: UUID;
  type: TaskType;
  data: TaskSummary;
  volume: string;
}
export interface GlusterVolumeInfo {
  uuid: UUID;
  transportType: transType;
  status: GlusterVolumeStatus;
  brickCount: number;
  options: string[];
  bricksInfo: BricksInfo[];
  bricks: string[];
  volumeName: string;
  redundancyCount: number;
  isArbiter: boolean;
  disperseCount: number;
  volumeType: string;
}
export type GlusterVolumeStatus = 'OFFLINE' | 'ONLINE';
export interface GlusterGeoRepSessionList {
  sessions: geoRepSessionInfo[];
}
export type GlusterGeoRepSessionMap = Record<string, GlusterGeoRepSessionList>;
export type GlusterServiceAction = 'restart' | 'start' | 'stop';
export type GlusterServiceStatus = 'ERROR' | 'NOT_AVAILABLE' | 'NOT_SUPPORTED' | 'RUNNING' | 'STOPPED';
export interface GlusterServiceStatusInfo {
  status: GlusterServiceStatus;
  message: string;
  name: string;
}
export interface GlusterServicesStatusInfo {
  services: GlusterServiceStatusInfo[];
}
export type GlusterTaskStatus = 'COMPLETED' | 'FAILED' | 'NOT_STARTED' | 'STARTED' | 'STOPPED' | 'UNKNOWN';
export interface GlusterVolumeStatsInfo {
  sizeFree: string;
  sizeUsed: string;
  sizeTotal: string;
}
export interface GuestContainerInfo {
  id: string;
  names: string[];
  image: string;
  status: string;
  command: string;
}
export interface GuestDiskMappingInfo {
  name: string;
}
export type GuestDisksMappingMap = Record<string, GuestDiskMappingInfo>;
export interface GuestMemoryStats {
  mem_total: string;
  mem_cached?: string;
  mem_buffers?: string;
  pageflt: number;
  mem_free: string;
  majflt: number;
  minflt: number;
  mem_unused: string;
  swap_out: number;
  swap_in: number;
}
export interface GuestMountInfo {
  used: number;
  path: string;
  fs: string;
  total: number;
}
export interface GuestNetworkDeviceInfo {
  name: string;
  inet: string[];
  hw: string;
  inet6: string[];
}
export interface GuestNumaNode {
  cpus: string;
  nodeIndex: number;
  memory: number;
}
export interface GuestPCIDevice {
  device_id: number;
  driver_date?: string;
  driver_name: string;
  driver_version?: string;
  vendor_id: number;
}
export type GuestSessionState = 'Active' | 'Locked' | 'LoggedOff' | 'Unknown' | 'UserLoggedOn';
export type HaMaintenanceMode = 'GLOBAL' | 'LOCAL';
export interface HardwareInformation {
  systemProductName?: string;
  systemUUID?: string;
  systemManufacturer?: string;
  systemVersion?: string;
  systemFamily?: string;
  systemSerialNumber?: string;
}
export interface HbaInventory {
  FC: FcHba[];
  iSCSI: IscsiHba[];
}
export interface HealInfo {
  name: string;
  status: string;
  hostUuid: UUID;
  numberOfEntries: number;
}
export type HibernationVolumeHandle = string;
export interface HookContent {
  mimetype: string;
  checksum: string;
  content: string;
}
export interface HookInfo {
  mimetype: string;
  status: HookStatus;
  name: string;
  checksum: string;
  level: HookLevel;
  command: string;
}
export type HookLevel = 'POST' | 'PRE';
export interface HookScriptAdditional {
  any_string: HookScriptInfo;
}
export interface HookScriptInfo {
  checksum: string;
}
export type HookScriptInfoMap = Record<string, HookScriptAdditional>;
export type HookStatus = 'DISABLED' | 'ENABLED';
export interface HostBandwidthParams {
  ul?: BandwidthCurve;
  ls: BandwidthCurve;
  rt?: BandwidthCurve;
}
export interface HostDevice {
  params: HostDeviceParams;
}
export type HostDeviceAddress = PCIAddress | SCSIAddress | USBAddress;
export interface HostDeviceParams {
  capability: string;
  vendor?: string;
  vendor_id?: string;
  product?: string;
  parent?: string;
  product_id?: string;
  is_assignable: string /* holds boolean */;
  driver?: string;
  interface?: string;
  udev_path?: string;
  block_path?: string;
  address?: HostDeviceAddress;
  device_path?: string;
  numa_node?: string;
  mode?: string;
  align_size?: number;
  device_size?: number;
}
export type HostDevices = Record<string, HostDevice>;
export type HostIdMap = Record<string, number>;
export interface HostInfo {
  filesSkipped: number;
  filesScanned: number;
  id: UUID;
  name: string;
  status: GlusterTaskStatus;
  runtime: number;
  filesFailed: number;
  totalSizeMoved: number;
  filesMoved: number;
}
export interface HostJobInfo {
  error?: ErrorInfo;
  progress?: number;
  id: UUID;
  status: HostJobStatus;
  description: string;
  job_type: HostJobType;
}
export type HostJobInfoMap = Record<string, HostJobInfo>;
export type HostJobStatus = 'aborted' | 'done' | 'failed' | 'pending' | 'running';
export type HostJobType = 'storage' | 'v2v';
export interface HostList {
  uuid: UUID;
  hostname: string;
  status: HostStatus;
}
export interface HostNetworkInterfaceStats {
  rxErrors: string /* holds uint */;
  name: string;
  state: NetworkInterfaceState;
  rx: string /* holds uint */;
  txDropped: string /* holds uint */;
  txErrors: string /* holds uint */;
  speed: string /* holds uint */;
  tx: string /* holds uint */;
  sampleTime: number;
  rxDropped: string /* holds uint */;
}
export type HostNetworkInterfaceStatsMap = Record<string, HostNetworkInterfaceStats>;
export interface HostNetworkStatistics {
  network: HostNetworkInterfaceStatsMap;
  txDropped: string /* holds uint */;
  rxDropped: string /* holds uint */;
}
export interface HostQoSParams {
  out?: HostBandwidthParams;
}
export interface HostStats {
  cpuUserVdsmd: string /* holds float */;
  swapTotal: number;
  incomingVmMigrations: number;
  cpuLoad: string /* holds float */;
  ksmPages: number;
  memUsed: string /* holds uint */;
  cpuIdle: string /* holds float */;
  haScore?: number;
  txDropped: string /* holds uint */;
  ksmState: boolean;
  elapsedTime: string /* holds uint */;
  netConfigDirty: string /* holds boolean */;
  vmActive: number;
  vmMigrating: number;
  network: HostNetworkInterfaceStatsMap;
  outgoingVmMigrations: number;
  cpuSys: string /* holds float */;
  dateTime: string;
  cpuStatistics: CpuCoreStatsMap;
  swapFree: number;
  cpuUser: string /* holds float */;
  ksmCpu: number;
  numaNodeMemFree: NumaNodeMemoryStatsMap;
  momStatus: MOMStatus;
  memFree: number;
  memShared: number;
  storageDomains: StorageDomainVitalsMap;
  vmCount: number;
  diskStats: PathStatsMap;
  cpuSysVdsmd: string /* holds float */;
  haStats: HostedEngineStatus;
  v2vJobs?: V2VJobs[];
  bootTime?: string /* holds uint */;
  thpState: THPStates;
  rxDropped: string /* holds uint */;
  anonHugePages: string /* holds uint */;
  ksmMergeAcrossNodes: boolean;
  multipathHealth?: MultipathHealthMap;
}
export type HostStatus = 'CONNECTED' | 'DISCONNECTED' | 'UNKNOWN';
export interface HostedEngineStatus {
  configured: boolean;
  score: number;
  localMaintenance: boolean;
  globalMaintenance: boolean;
  active: boolean;
}
export interface HotplugDiskParams {
  vmId: UUID;
  drive?: VmDiskDevice;
  xml?: string;
}
export interface HotplugMemoryParams {
  vmId: UUID;
  memGuaranteedSize?: number;
  memory?: VmMemoryDevice;
  xml?: string;
}
export interface HotplugNicParams {
  vmId: UUID;
  nic?: VmInterfaceDevice;
  xml?: string;
}
export type ImageMoveOperation = 'COPY' | 'MOVE' | 'UNKNOWN';
export type ImagePostZeroMap = Record<string, boolean>;
export type ImageSharingMethod = 'http';
export type ImageSharingMethodArgs = ImageSharingMethodArgsHttp;
export interface ImageSharingMethodArgsHttp {
  headers?: StringMap;
  url: string;
}
export interface ImageTicket {
  size: number;
  url: string;
  timeout: number;
  uuid: UUID;
  ops: ImageTicketOps[];
  filename?: string;
}
export interface ImageTicketInfo {
  size: number;
  url: string;
  timeout: number;
  uuid: UUID;
  ops: ImageTicketOps[];
  filename?: string;
  active: boolean;
  transferred: number;
}
export type ImageTicketOps = 'read' | 'write';
export interface IscsiConnectionParameters {
  tpgt?: string /* holds int */;
  port?: string /* holds int */;
  connection: string;
  iqn: string;
  user: string;
  password: string;
  id: UUID;
}
export interface IscsiHba {
  InitiatorName: string;
}
export interface IscsiSessionInfo {
  username?: string;
  portal: string;
  iqn: string;
  password?: string;
  port: string;
  connection: string;
  initiatorname: string;
}
export interface JobMetadata {
  type: LeaseMetadataType;
  job_status: JobStatus;
  generation: number;
  job_id: UUID;
  created?: number;
  modified?: number;
  host_hardware_id?: UUID;
}
export type JobStatus = 'PENDING' | 'FAILED' | 'SUCCEEDED' | 'FENCED';
export type JobType = 'block' | 'unknown';
export interface KsmTuneParams {
  sleep_millisecs: number;
  run: number;
  pages_to_scan: number;
  merge_across_nodes: number;
}
export interface Lease {
  sd_id: UUID;
  lease_id: UUID;
}
export interface LeaseDump {
  offset: number;
  lockspace: string;
  resource: string;
  timestamp: number;
  own: number;
  gen: number;
  lver?: number;
}
export interface LeaseInfo {
  sd_id: UUID;
  lease_id: UUID;
  path: string;
  offset: number;
}
export type LeaseMetadata = JobMetadata;
export type LeaseMetadataType = 'JOB';
export interface Lldp {
  enabled: string /* holds boolean */;
  tlvs: Tlv[];
}
export type LldpMap = Record<string, Lldp>;
export interface LocalFsConnectionParameters {
  path: string;
}
export interface LocalLogicalVolumeList {
  lv_name: string;
  vg_name: string;
  pool_lv: string;
  lv_size: number;
  lv_free: number;
}
export interface LocalPhysicalVolumeList {
  pv_name: string;
  vg_name: string;
}
export interface LocalVDOVolumeList {
  name: string;
  device: string;
  size: number;
  free: number;
  logicalBytesUsed: number;
  physicalBytesUsed: number;
}
export type LoggingLevel = 'CRITICAL' | 'CRIT' | 'DEBUG' | 'ERROR' | 'INFO' | 'WARNING' | 'WARN';
export type MOMStatus = 'active' | 'disabled' | 'inactive';
export interface ManagedVolumeAttachement {
  path: string;
  type: string;
  scsi_wwn?: string;
  multipath_id?: string;
  conf?: string;
}
export interface ManagedVolumeConnection {
  driver_volume_type: string;
  data: StringMap;
  adapter?: string;
}
export interface ManagedVolumeInformation {
  exists?: boolean;
  connection_info?: ManagedVolumeConnection;
  path?: string;
  managed_path?: string;
  attachment?: ManagedVolumeAttachement;
  vol_id: string;
}
export interface MemNode {
  vmNodeIndex: string;
  nodeset: string;
}
export type MigrateMethod = 'online';
export type MigrateMode = 'file' | 'remote';
export interface MigrateParams {
  mode?: MigrateMode;
  dst: string;
  autoConverge?: boolean;
  maxBandwidth?: number;
  parallel?: number;
  vmId: UUID;
  compressed?: boolean;
  consoleAddress?: string;
  dstparams: string;
  dstqemu?: string;
  tunneled?: boolean;
  encrypted?: boolean;
  convergenceSchedule?: ConvergenceSchedule;
  method?: MigrateMethod;
  abortOnError?: boolean;
  enableGuestEvents?: boolean;
  outgoingLimit?: number;
  incomingLimit?: number;
  cpusets?: string[];
  numaNodesets?: string[];
  zerocopy?: boolean;
}
export interface MigratedStats {
  vmId: UUID;
  status: MigrationStatus;
  downtime: number;
}
export interface MigratingStats {
  vmId: UUID;
  status: MigrationStatus;
  progress: number;
}
export interface MigrationCreateState {
  migrationPort: number;
  params: VmDefinition;
}
export interface MigrationParameters {
  maxBandwidth?: number;
}
export type MigrationStats = MigratedStats | MigratingStats;
export type MigrationStatus = 'done' | 'in_progress';
export type MultipathHealthMap = Record<string, MultipathStatus>;
export interface MultipathStatus {
  valid_paths: number;
  failed_paths: string[];
}
export interface NBDServerConfig {
  sd_id: UUID;
  img_id: UUID;
  vol_id: UUID;
  readonly?: boolean;
  discard?: boolean;
  detect_zeroes?: boolean;
  backing_chain?: boolean;
  bitmap?: UUID;
}
export interface NetInfoBond {
  dhcpv4: boolean;
  ipv6addrs: string[];
  hwaddr: string;
  ipv6gateway: string;
  slaves: string[];
  opts: StringMap;
  active_slave: string;
  ipv4addrs: string[];
  mtu: string /* holds uint */;
  netmask: string;
  dhcpv6: boolean;
  addr: string;
  ipv6autoconf?: boolean;
  gateway?: string;
  ipv4defaultroute?: boolean;
  qos?: DeviceQoSParams[];
  switch?: string;
}
export type NetInfoBondMap = Record<string, NetInfoBond>;
export type NetInfoBridgeMap = Record<string, NetInfoBridgedNetwork>;
export interface NetInfoBridgedNetwork {
  dhcpv4: boolean;
  mtu: string /* holds uint */;
  ipv6gateway: string;
  gateway: string;
  ipv4defaultroute?: boolean;
  ipv6addrs: string[];
  ports: string[];
  netmask: string;
  dhcpv6: boolean;
  stp: string;
  opts?: StringMap;
  hostQos?: HostQoSParams;
  ipv4addrs: string[];
  bridged?: boolean;
  addr: string;
  iface?: string;
  switch?: string;
  ipv6autoconf?: boolean;
}
export interface NetInfoBridgelessNetwork {
  interface: string;
  bridged: boolean;
}
export type NetInfoNetwork = NetInfoBridgedNetwork | NetInfoBridgelessNetwork;
export type NetInfoNetworkMap = Record<string, NetInfoNetwork>;
export interface NetInfoNic {
  dhcpv4: boolean;
  gateway?: string;
  ipv4defaultroute?: boolean;
  ipv6autoconf?: boolean;
  ipv6gateway: string;
  dhcpv6: boolean;
  ipv6addrs: string[];
  hwaddr: string;
  permhwaddr?: string;
  speed: number;
  ipv4addrs: string[];
  mtu: string /* holds uint */;
  netmask: string;
  addr: string;
  qos?: DeviceQoSParams[];
}
export type NetInfoNicMap = Record<string, NetInfoNic>;
export interface NetInfoVlan {
  dhcpv4: boolean;
  ipv4defaultroute?: boolean;
  iface: string;
  mtu: number;
  vlanid: number;
  ipv6addrs: string[];
  dhcpv6: boolean;
  ipv6gateway: string;
  ipv4addrs: string[];
  netmask: string;
  addr: string;
}
export type NetInfoVlanMap = Record<string, NetInfoVlan>;
export interface NetworkDiskAuthInfo {
  username: string;
  type: string;
  uuid: UUID;
}
export interface NetworkDiskHostInfo {
  name: string;
  transport: string;
  port: string;
}
export type NetworkInterfaceState = 'down' | 'up' | 'unknown';
export interface NetworkInterfaceStats {
  rxErrors: string /* holds uint */;
  name: string;
  state: NetworkInterfaceState;
  rx: string /* holds uint */;
  txDropped: string /* holds uint */;
  macAddr: string;
  txErrors: string /* holds uint */;
  speed: string /* holds uint */;
  tx: string /* holds uint */;
  sampleTime: number;
  rxDropped: string /* holds uint */;
}
export type NetworkInterfaceStatsMap = Record<string, NetworkInterfaceStats>;
export interface NfsConnectionParameters {
  timeout?: number;
  version?: string;
  export: string;
  retrans?: number;
}
export interface NumaNode {
  cpus: number[];
  totalMemory: string /* holds uint */;
  hugepages: NumaNodeHugePagesMap;
}
export type NumaNodeDistanceMap = Record<string, number[]>;
export interface NumaNodeHugePages {
  totalPages: string;
}
export type NumaNodeHugePagesMap = Record<string, NumaNodeHugePages>;
export interface NumaNodeHugePagesStats {
  freePages: string;
}
export type NumaNodeHugePagesStatsMap = Record<string, NumaNodeHugePagesStats>;
export type NumaNodeMap = Record<string, NumaNode>;
export interface NumaNodeMemoryStats {
  memFree: string /* holds uint */;
  memPercent: number;
  hugepages: NumaNodeHugePagesStatsMap;
}
export type NumaNodeMemoryStatsMap = Record<string, NumaNodeMemoryStats>;
export interface NumaTune {
  mode: string;
  nodeset: string;
  memnodes: MemNode[];
}
export type OSName = 'Debian' | 'Fedora' | 'RHEL' | 'RHEV Hypervisor' | 'oVirt Node' | 'unknown';
export type OVFMap = Record<string, string>;
export interface OsVersion {
  name: OSName;
  release: string;
  version: string;
  pretty_name: string;
}
export interface PCIAddress {
  domain: string /* holds uint */;
  bus: string /* holds uint */;
  slot: string /* holds uint */;
  function: string /* holds uint */;
}
export interface PathStats {
  free: string /* holds uint */;
}
export type PathStatsMap = Record<string, PathStats>;
export interface PhysicalVolumeInfo {
  capacity: string /* holds uint */;
  devcapacity: string /* holds uint */;
  vendorID: string;
  productID: string;
  pvUUID: UUID;
  vgUUID: UUID;
  fwrev: string;
  devtype: BlockDeviceType;
  pathlist: IscsiSessionInfo[];
  GUID: UUID;
  serial: string;
  pathstatus: BlockDevicePathInfo[];
}
export interface PosixFsConnectionParameters {
  spec: string;
  vfstype: string;
  options?: string;
}
export interface PreparedImageInfo {
  path: string;
}
export interface Qcow2Attributes {
  compat?: Qcow2Compat;
}
export interface Qcow2BitmapInfo {
  name: UUID;
  granularity: number;
  flags?: Qcow2BitmapInfoFlags;
}
export type Qcow2BitmapInfoFlags = 'in-use' | 'auto';
export type Qcow2Bitmaps = Qcow2BitmapInfo[];
export type Qcow2Compat = 0.1 | 1.1;
export type QemuImageFormat = 'raw' | 'qcow2';
export interface QemuImageInfo {
  format: QemuImageFormat;
  virtualsize: number;
  clustersize: number;
  backingfile: string;
  compat: Qcow2Compat;
  bitmaps: Qcow2Bitmaps;
}
export interface RaidDevice {
  diskCnt: number;
  type: string;
  stripeSize: number;
}
export interface RebalanceRemoveStatus {
  summary: Summary;
  hosts: HostInfo;
}
export interface RunningVmStats {
  memoryStats?: GuestMemoryStats;
  timeOffset: string /* holds uint */;
  kvmEnable: string /* holds boolean */;
  cpuSys: string /* holds float */;
  vcpuUserLimit?: number;
  elapsedTime: string /* holds uint */;
  watchdogEvent?: WatchdogEvent;
  acpiEnable: string /* holds boolean */;
  network: NetworkInterfaceStatsMap;
  disks: VmDiskStatsMap;
  cpuUsage?: string /* holds uint */;
  cpuActual: boolean;
  cpuUser: string /* holds float */;
  vmId: UUID;
  migrationProgress?: number;
  balloonInfo?: BalloonInfo;
  displayIp?: string;
  vcpuQuota?: string /* holds int */;
  guestIPs: string;
  vcpuPeriod?: number;
  ioTune?: VmDiskDeviceTuneParams[];
  vmType: VmType;
  guestFQDN: string;
  username: string;
  pid: string /* holds uint */;
  cdrom?: string;
  vmName: string;
  boot?: VmBootMode;
  statusTime: string /* holds uint */;
  clientIp: string;
  pauseCode: string;
  vmJobs?: VmJobsMap;
  memUsage: string /* holds uint */;
  displayInfo: VmDisplayInfo[];
  vcpuCount?: string /* holds int */;
  displayType?: VmDisplayType;
  monitorResponse: string /* holds int */;
  appsList?: string[];
  guestCPUCount: number;
  disksUsage?: GuestMountInfo[];
  displayPort: string /* holds uint */;
  netIfaces?: GuestNetworkDeviceInfo[];
  displaySecurePort?: string /* holds uint */;
  session: GuestSessionState;
  guestContainers?: GuestContainerInfo[];
  hash?: string /* holds int */;
  tpmHash?: string;
  nvramHash?: string;
  status: VmStatus;
  pci_devices?: GuestPCIDevice[];
}
export interface SCSIAddress {
  host: string /* holds uint */;
  bus: string /* holds uint */;
  target: string /* holds uint */;
  lun: string /* holds uint */;
}
export interface SELinuxStatus {
  mode: string /* holds int */;
}
export type ScratchDisk = FileScratchDisk | BlockScratchDisk;
export interface ScreenshotResponse {
  data: string;
  encoding: string;
  mime_type: string;
}
export interface SecretInfo {
  description?: string;
  usageID: string;
  usageType: SecretUsageType;
  uuid: UUID;
  password: string;
}
export type SecretUsageType = 'ceph' | 'iscsi' | 'volume';
export interface SetupNetworkBondAttributes {
  remove?: boolean;
  nics: string[];
  options?: string;
  hwaddr?: string;
  switch?: string;
}
export type SetupNetworkBondConfig = Record<string, SetupNetworkBondAttributes>;
export interface SetupNetworkNetAttributes {
  bootproto?: string;
  dhcpv6?: boolean;
  ipv6autoconf?: boolean;
  nic?: string[];
  hostQos?: HostQoSParams;
  ipv6addr?: string;
  ipv6gateway?: string;
  gateway?: string;
  vlan?: string;
  ipaddr?: string;
  remove?: boolean;
  custom?: StringMap;
  bonding?: string;
  netmask?: string;
  defaultRoute?: boolean;
  nameservers?: string[];
  switch?: string;
}
export type SetupNetworkNetConfig = Record<string, SetupNetworkNetAttributes>;
export interface SetupNetworkOptions {
  connectivityCheck?: number;
  connectivityTimeout?: number;
}
export type SharedDriveType = 'exclusive' | 'none' | 'shared';
export interface SnapConfigDetail {
  system: SystemSnapshotConfig;
  volume: VolumeSnapshotConfigMap;
}
export interface SnapInfo {
  createTime: CreateTime;
  id: UUID;
  description: string;
  name: string;
  snapVolume: string;
  snapVolumeStatus: SnapshotStatus;
}
export interface SnapRestoreDetail {
  volumeUuid: UUID;
  snapshotUuid: UUID;
  volumeName: string;
  snapshotName: string;
}
export interface SnapshotCreateDetail {
  uuid: UUID;
  name: string;
}
export type SnapshotDriveInfo = SnapshotVolumeDriveInfo | SnapshotGUIDDriveInfo | SnapshotUUIDDriveInfo;
export interface SnapshotGUIDDriveInfo {
  GUID: UUID;
  baseGUID: UUID;
}
export type SnapshotInfoMap = Record<string, VolumeSnapInfo>;
export type SnapshotStatus = 'ACTIVATED' | 'DEACTIVATED';
export interface SnapshotUUIDDriveInfo {
  baseUUID: UUID;
  UUID: UUID;
}
export interface SnapshotVolumeDriveInfo {
  baseVolumeID: UUID;
  imageID: UUID;
  domainID: UUID;
  volumeID: UUID;
}
export type SoftwarePackage = 'glusterfs' | 'glusterfs-cli' | 'glusterfs-geo-replication' | 'glusterfs-fuse' | 'glusterfs-rdma' | 'glusterfs-server' | 'kernel' | 'librbd1'
  | 'libvirt' | 'mom' | 'qemu-img' | 'qemu-kvm' | 'spice-server' | 'vdsm';
export interface SoftwarePackageInfo {
  release: string;
  version: string;
}
export type SoftwarePackageInfoMap = Record<string, SoftwarePackageInfo>;
export type SpmRole = 'Contend' | 'Free' | 'SPM';
export interface SpmStatus {
  spmId: number;
  spmStatus: SpmRole;
  spmLver: number;
}
export type StatusOption = 'CLIENTS' | 'DETAIL' | 'MEM';
export interface StorageDevicesList {
  name: string;
  devPath: string;
  model: string;
  bus: string;
  devUuid: UUID;
  fsType: string;
  size: number;
  uuid: UUID;
  mountPoint: string;
  createBrick: boolean;
}
export type StorageDomainCreateArguments = StorageDomainCreateArgumentsBlock | StorageDomainCreateArgumentsLocal | StorageDomainCreateArgumentsNfs;
export interface StorageDomainCreateArgumentsBlock {
  vgUUID: UUID;
}
export interface StorageDomainCreateArgumentsLocal {
  remotePath: string;
}
export interface StorageDomainCreateArgumentsNfs {
  remotePath: string;
}
export interface StorageDomainDeviceMoveParams {
  sd_id: UUID;
  guid: string;
  dst_guids?: string[];
}
export interface StorageDomainDump {
  metadata: StorageDomainInfo;
  volumes: VolumesDumpMap;
  leases?: LeaseDump;
  lockspace?: LeaseDump;
  xleases?: XleasesDumpMap;
}
export interface StorageDomainFileStats {
  ctime: number;
  size: number;
  status: number;
}
export type StorageDomainFileStatsMap = Record<string, StorageDomainFileStats>;
export type StorageDomainImageClass = 'Backup' | 'Data' | 'Iso' | 'Unknown';
export interface StorageDomainInfo {
  role: StorageDomainRole;
  lver: number;
  version: number;
  type: StorageDomainType;
  name: string;
  pool: UUID[];
  master_ver: number;
  class: StorageDomainImageClass;
  spm_id: number;
  uuid: UUID;
  metadataDevice?: string;
  vgMetadataDevice?: string;
  block_size: number;
  alignment: number;
}
export interface StorageDomainReduceParams {
  sd_id: UUID;
  guid: string;
}
export type StorageDomainRole = 'Master' | 'Regular';
export interface StorageDomainStats {
  mdafree: number;
  mdathreshold: boolean;
  diskfree: number;
  mdavalid: boolean;
  disktotal: number;
  mdasize: number;
}
export type StorageDomainStatus = 'active' | 'Active' | 'attached' | 'Attached' | 'unattached' | 'Unattached' | 'unknown' | 'Unknown';
export type StorageDomainStatusMap = Record<string, StorageDomainStatus>;
export type StorageDomainType = 'CIFS' | 'FCP' | 'ISCSI' | 'LOCALFS' | 'NFS' | 'SHAREDFS' | 'GLUSTERFS' | 'UNKNOWN';
export type StorageDomainTypeId = 0 | 1 | 2 | 3 | 4 | 6 | 7;
export interface StorageDomainVitals {
  acquired: boolean;
  actual: boolean;
  lastCheck: string /* holds float */;
  valid: boolean;
  code: number;
  version: number;
  delay: string /* holds float */;
}
export type StorageDomainVitalsMap = Record<string, StorageDomainVitals>;
export interface StoragePoolDomainAlert {
  code: number;
  message: string;
}
export interface StoragePoolDomainInfo {
  diskfree: string /* holds int */;
  alerts: StoragePoolDomainAlert[];
  disktotal: string /* holds int */;
  isoprefix: string;
  status: StorageDomainStatus;
  version: number;
}
export type StoragePoolDomainInfoMap = Record<string, StoragePoolDomainInfo>;
export interface StoragePoolFullInfo {
  info: StoragePoolInfo;
  dominfo: StoragePoolDomainInfoMap;
}
export interface StoragePoolInfo {
  master_uuid: UUID;
  lver: number;
  version: string /* holds int */;
  type: StorageDomainType;
  name: string;
  master_ver: number;
  domains: string;
  spm_id: number;
  isoprefix: string;
  pool_status: StoragePoolStatus;
}
export type StoragePoolStatus = 'connected' | 'uninitialized';
export type StoragePoolUpgradeStatus = 'started';
export type StringListMap = Record<string, string[]>;
export type StringMap = Record<string, string>;
export interface SubchainInfo {
  sd_id: UUID;
  img_id: UUID;
  top_id: UUID;
  base_id: UUID;
  base_generation?: number;
}
export interface Summary {
  filesScanned: number;
  status: string;
  filesSkipped: number;
  runtime: number;
  filesFailed: number;
  totalSizeMoved: number;
  filesMoved: number;
}
export type SupportedBlockSizeMap = Record<string, number[]>;
export interface SystemSnapshotConfig {
  'activate-on-create': string;
  'auto-delete': string;
  'snap-max-soft-limit': string;
}
export type THPStates = 'always' | 'madvise' | 'never';
export interface TaskDetails {
  taskResult: TaskResult;
  message: string;
  id: UUID;
  code: number;
  tag: string;
  state: TaskState;
  verb: string;
}
export interface TaskInfo {
  id: UUID;
  verb: string;
}
export type TaskResult = 'cleanFailure' | 'cleanSuccess' | 'success' | '';
export type TaskState = 'aborting' | 'cleaning' | 'finished' | 'init' | 'running' | 'unknown';
export interface TaskStatus {
  taskResult: TaskResult;
  code: number;
  taskID: UUID;
  taskState: TaskState;
  message: string;
}
export interface TaskSummary {
  volumeName: string;
  id: UUID;
  filesSkipped: number;
  status: string;
  filesFailed: number;
  totalSizeMoved: number;
  filesScanned: number;
  filesMoved: number;
}
export type TaskType = 'REBALANCE' | 'REMOVE_BRICK' | 'REPLACE_BRICK';
export type TasksDetails = Record<string, TaskDetails>;
export type TasksInfo = Record<string, TaskInfo>;
export type TasksStatus = Record<string, TaskStatus>;
export interface Tlv {
  name: string;
  properties: StringMap;
  type: string /* holds uint */;
  oui: string /* holds uint */;
  subtype: string /* holds uint */;
}
export interface USBAddress {
  bus: string /* holds uint */;
  device: string /* holds uint */;
}
export type UUID = string;
export interface UpdateVmDefinition {
  vm: UUID;
  imglist: string;
  ovf: string;
}
export interface UpdateVmPolicyParams {
  vcpuLimit?: number;
  ioTune?: VmDiskDeviceTuneLimits[];
}
export interface V2VJobInfo {
  id: UUID;
  status: string;
  description: string;
  progress: number;
}
export type V2VJobs = Record<string, V2VJobInfo>;
export interface VMFullInfo {
  guestFQDN: string;
  display?: VmDisplayType;
  username: string;
  memSize: number;
  smp: number;
  guestTimezone?: VMGuestTimezone;
  nicModel: VmInterfaceDeviceModel;
  timeOffset: number;
  custom: StringMap;
  statusTime: number;
  kvmEnable: boolean;
  transparentHugePages: boolean;
  displayPort?: number;
  guestOsInfo?: VMGuestOsInfo;
  guestDiskMapping: GuestDisksMappingMap;
  nice: number;
  pid: number;
  pauseCode: string;
  acpiEnable: boolean;
  pitReinjection: boolean;
  smpCoresPerSocket: number;
  spiceSslCipherSuite: string;
  keyboardLayout: string;
  vmId: UUID;
  emulatedMachine: string;
  status: string;
  devices: VmDevice[];
  cpuType: string;
  smartcardEnable: boolean;
  spiceSecureChannels?: string;
  displayIp?: string;
  guestIPs: string;
  memGuaranteedSize: number;
  displaySecurePort?: number;
  clientIp: string;
  vmName: string;
  vmType: Record<string, unknown>;
  arch: string;
}
export interface VMGuestOsInfo {
  codename: string;
  arch: string;
  version: string;
  type: string;
  distribution: string;
  kernel: string;
}
export interface VMGuestTimezone {
  offset: number;
  zone: string;
}
export interface VdsmCapabilities {
  bondings: NetInfoBondMap;
  autoNumaBalancing: AutoNumaBalancingStatus;
  netConfigDirty: string /* holds boolean */;
  nics: NetInfoNicMap;
  emulatedMachines: string[];
  cpuFlags: string;
  reservedMem: string /* holds uint */;
  onlineCpus: string;
  cpuTopology: CpuInfo[];
  cpuSpeed: string /* holds float */;
  software_version: string;
  vdsmToCpusAffinity: number[];
  vmTypes: VmType[];
  hostdevPassthrough: string /* holds boolean */;
  rngSources: VmRngDeviceSource[];
  version_name: string;
  numaNodes: NumaNodeMap;
  memSize: string /* holds uint */;
  supportedENGINEs: string[];
  cpuModel: string;
  selinux: SELinuxStatus;
  networks: NetInfoNetworkMap;
  kvmEnabled: string /* holds boolean */;
  liveMerge?: string /* holds boolean */;
  ISCSIInitiatorName: string;
  cpuThreads: string /* holds uint */;
  software_revision: string;
  liveSnapshot?: string /* holds boolean */;
  bridges: NetInfoBridgeMap;
  guestOverhead: string /* holds uint */;
  HBAInventory: HbaInventory;
  clusterLevels: string[];
  cpuCores: string /* holds uint */;
  cpuSockets: string /* holds uint */;
  lastClientIface: string;
  uuid: string;
  operatingSystem: OsVersion;
  vlans: NetInfoVlanMap;
  supportsIPv6: boolean;
  nameservers: string[];
  numaNodeDistance: NumaNodeDistanceMap;
  kdumpStatus: number;
  packages2: SoftwarePackageInfoMap;
  hooks?: HookScriptInfoMap;
  additionalFeatures: string[];
  kernelArgs?: string;
  realtimeKernel?: boolean;
  nestedVirtualization?: boolean;
  hostedEngineDeployed?: boolean;
  hugepages?: number[];
  vncEncrypted: string /* holds boolean */;
  connector_info?: ConnectorInfo;
  backupEnabled?: boolean;
  domain_versions?: number[];
  supported_block_size?: SupportedBlockSizeMap;
  fipsEnabled?: boolean;
  tscFrequency?: string;
  tscScaling?: boolean;
  boot_uuid?: string;
  ovnConfigured?: boolean;
  zerocopy_migrations?: boolean;
}
export interface VdsmNetworkCapabilities {
  networks: NetInfoNetworkMap;
  bridges: NetInfoBridgeMap;
  vlans: NetInfoVlanMap;
  bondings: NetInfoBondMap;
  nics: NetInfoNicMap;
  netConfigDirty: string /* holds boolean */;
  supportsIPv6: boolean;
  nameservers: string[];
}
export interface VmBalloonDevice {
  deviceId: UUID;
  device: VmBalloonDeviceType;
  specParams?: VmBalloonDeviceSpecParams;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export type VmBalloonDeviceModel = 'none' | 'virtio';
export interface VmBalloonDeviceSpecParams {
  model: VmBalloonDeviceModel;
}
export type VmBalloonDeviceType = 'memballoon';
export type VmBootMode = 'a' | 'c' | 'd' | 'n';
export interface VmChannelDevice {
  deviceId: UUID;
  device: VmChannelDeviceType;
  alias: string;
  deviceType: VmDeviceType;
  address: VmDeviceAddress;
}
export type VmChannelDeviceType = 'spicevmc' | 'unix' | 'virtio-serial';
export interface VmConsoleDevice {
  deviceId: UUID;
  specParams?: VmConsoleDeviceSpecParams;
  deviceType: VmDeviceType;
}
export interface VmConsoleDeviceSpecParams {
  enableSocket?: boolean;
  consoleType: VmConsoleDeviceType;
}
export type VmConsoleDeviceType = 'serial' | 'virtio';
export interface VmControllerDevice {
  device: VmControllerDeviceType;
  model: string;
  deviceId: UUID;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export type VmControllerDeviceType = 'ccid' | 'fdc' | 'ide' | 'sata' | 'scsi' | 'usb' | 'virtio-serial';
export interface VmDataMap {
  _X_data?: string;
  hash: string;
}
export interface VmDefinition {
  hypervEnable?: boolean;
  display?: VmDisplayType;
  custom?: StringMap;
  memSize: number;
  smp: number;
  maxMemSlots?: number;
  devices?: VmDevice[];
  fileTransferEnable?: boolean;
  emulatedMachine?: string;
  kvmEnable: boolean;
  transparentHugePages: boolean;
  vmName: string;
  numOfIoThreads?: number;
  timeOffset: number;
  displayPort?: number;
  nice: number;
  pid: number;
  pauseCode?: string;
  cpuShares?: string;
  acpiEnable: boolean;
  displaySecurePort?: number;
  maxMemSize?: number;
  clientIp: string;
  smpThreadsPerCore?: number;
  keyboardLayout?: string;
  vmId: UUID;
  smpCoresPerSocket?: number;
  maxVCpus?: number;
  cpuType?: string;
  displayIp?: string;
  exitMessage?: string;
  memGuaranteedSize: number;
  serial?: string;
  copyPasteEnable?: boolean;
  exitCode?: number;
  status: VmStatus;
  vmType: VmType;
}
export type VmDevice = VmDiskDevice | VmInterfaceDevice | VmVideoDevice | VmSoundDevice | VmControllerDevice | VmBalloonDevice | VmChannelDevice | VmWatchdogDevice | VmConsoleDevice | VmSmartcardDevice | VmGraphicsDevice | VmHostDevice | VmRngDevice | VmTpmDevice | VmLeaseDevice;
export type VmDeviceAddress = VmDevicePciAddress | VmDeviceIdeAddress | VmDeviceVirtioSerialAddress;
export type VmDeviceAddressType = 'drive' | 'pci' | 'virtio-serial';
export interface VmDeviceIdeAddress {
  unit: number;
  controller: number;
  bus: number;
  addressType: VmDeviceAddressType;
}
export interface VmDevicePciAddress {
  slot: number;
  domain: number;
  bus: number;
  addressType: VmDeviceAddressType;
  function: number;
}
export type VmDeviceType = 'balloon' | 'channel' | 'console' | 'controller' | 'disk' | 'graphics' | 'hostdev' | 'interface' | 'memory' | 'rng' | 'tpm' | 'smartcard' | 'sound'
  | 'video' | 'lease';
export interface VmDeviceVirtioSerialAddress {
  controller: number;
  port: number;
  bus: number;
  addressType: VmDeviceAddressType;
}
export interface VmDiskDevice {
  readonly: boolean;
  apparentsize: number;
  volumeID?: UUID;
  index: number;
  path?: string;
  hosts?: NetworkDiskHostInfo[];
  volumeChain: VmDiskDeviceVolumeChainEntry[];
  device: VmDiskDeviceType;
  diskType?: string;
  bootOrder?: number;
  format: VmDiskDeviceFormat;
  truesize: number;
  iface?: VmDiskDeviceInterface;
  protocol?: string;
  propagateErrors: boolean;
  specParams?: VmDiskDeviceSpecParams;
  alias: string;
  shared: VmSharedDriveType;
  optional: boolean;
  baseVolumeID?: UUID;
  name: string;
  address: VmDeviceAddress;
  imageID?: UUID;
  poolID?: UUID;
  deviceId: UUID;
  deviceType: VmDeviceType;
  domainID?: UUID;
  auth?: NetworkDiskAuthInfo;
}
export type VmDiskDeviceFormat = 'cow' | 'raw';
export type VmDiskDeviceInterface = 'fdc' | 'ide' | 'scsi' | 'virtio';
export interface VmDiskDeviceIoTuneParams {
  total_bytes_sec?: number;
  read_bytes_sec?: number;
  write_bytes_sec?: number;
  total_iops_sec?: number;
  read_iops_sec?: number;
  write_iops_sec?: number;
}
export interface VmDiskDeviceSpecParams {
  path?: string;
  ioTune?: VmDiskDeviceIoTuneParams;
  pinToIoThread?: number;
}
export interface VmDiskDeviceTuneLimits {
  name?: string;
  path?: string;
  domainID?: UUID;
  poolID?: UUID;
  imageID?: UUID;
  volumeID?: UUID;
  maximum: VmDiskDeviceIoTuneParams;
  guaranteed: VmDiskDeviceIoTuneParams;
}
export interface VmDiskDeviceTuneParams {
  name?: string;
  path?: string;
  ioTune: VmDiskDeviceIoTuneParams;
}
export type VmDiskDeviceType = 'cdrom' | 'disk' | 'floppy' | 'lun';
export interface VmDiskDeviceVolumeChainEntry {
  path: string;
  imageID: UUID;
  domainID: UUID;
  volumeID: UUID;
}
export interface VmDiskStats {
  writtenBytes: string /* holds uint */;
  flushLatency: string /* holds uint */;
  apparentsize: string /* holds uint */;
  readLatency: string /* holds uint */;
  readBytes: string /* holds uint */;
  writeLatency: string /* holds uint */;
  truesize: string /* holds uint */;
  imageID?: UUID;
  readRate: string /* holds uint */;
  writeRate: string /* holds uint */;
  readOps: string /* holds uint */;
  writeOps: string /* holds uint */;
}
export type VmDiskStatsMap = Record<string, VmDiskStats>;
export interface VmDisplayInfo {
  tlsPort: string /* holds uint */;
  port: string /* holds uint */;
  type: VmGraphicsDeviceType;
  ipAddress: string;
}
export type VmDisplayType = 'qxl' | 'vnc';
export type VmExitCode = 'ERROR' | 'NORMAL';
export type VmExitReason = 'admin shutdown' | 'destroyed on startup' | 'generic error' | 'libvirt domain missing' | 'libvirt start failed' | 'lost qemu connection'
  | 'migration failed' | 'migration succeeded' | 'save state succeeded' | 'success' | 'user shutdown';
export interface VmGraphicsDevice {
  specParams: VmGraphicsDeviceSpecParams;
  device: VmGraphicsDeviceType;
  port: number;
  deviceType: VmDeviceType;
  tlsPort?: number;
}
export interface VmGraphicsDeviceSpecParams {
  keyMap?: string;
  displayNetwork?: string;
  spiceSecureChannels?: string;
  copyPasteEnable?: boolean;
  fileTransferEnable?: boolean;
}
export type VmGraphicsDeviceType = 'spice' | 'vnc';
export interface VmHostDevice {
  specParams?: VmHostDeviceSpecParams;
  device: string;
  deviceType: VmDeviceType;
  deviceId: UUID;
  address?: VmDeviceAddress;
  alias: string;
  bootOrder?: number;
}
export interface VmHostDeviceSpecParams {
  iommuPlaceholder: boolean;
}
export type VmInfo = VmDefinition | UUID | VmShortStatus;
export interface VmInterfaceDevice {
  specParams?: VmInterfaceDeviceSpecParams;
  address: VmDeviceAddress;
  alias: string;
  custom?: StringMap;
  nicModel: VmInterfaceDeviceModel;
  macAddr: string;
  device: VmInterfaceDeviceType;
  linkActive?: boolean;
  portMirroring?: string[];
  deviceId: UUID;
  deviceType: VmDeviceType;
  bootOrder?: number;
  network: string;
  filter: string;
  filterParameters?: VmInterfaceDeviceFilterParameters[];
}
export interface VmInterfaceDeviceFilterParameters {
  name: string;
  value: string;
}
export type VmInterfaceDeviceModel = 'e1000' | 'e1000e' | 'i82551' | 'i82557b' | 'i82559er' | 'ne2k_pci' | 'pcnet' | 'pv' | 'rtl8139' | 'virtio';
export interface VmInterfaceDeviceSpecParams {
  outbound?: BandwidthParams;
  inbound?: BandwidthParams;
}
export type VmInterfaceDeviceType = 'bridge';
export type VmJobInfo = BlockJobInfo;
export type VmJobsMap = Record<string, VmJobInfo>;
export interface VmLeaseDevice {
  type: VmDeviceType;
  sd_id: UUID;
  lease_id: UUID;
}
export interface VmMemoryDevice {
  size: number;
  node: number;
  device: VmMemoryDeviceType;
  deviceId: UUID;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export type VmMemoryDeviceType = 'memory';
export interface VmParameters {
  hypervEnable?: boolean;
  display?: VmDisplayType;
  launchPaused?: boolean;
  memSize: number;
  smpThreadsPerCore?: string /* holds uint */;
  smp: string /* holds uint */;
  guestNumaNodes?: GuestNumaNode[];
  vmId: UUID;
  bootMenuEnable?: string /* holds boolean */;
  custom?: StringMap;
  devices?: VmDevice[];
  kvmEnable: string /* holds boolean */;
  transparentHugePages: string /* holds boolean */;
  vmName: string;
  timeOffset: string /* holds uint */;
  nice: string /* holds int */;
  numaTune?: NumaTune;
  smpCoresPerSocket?: string /* holds uint */;
  cpuShares?: string;
  acpiEnable: string /* holds boolean */;
  vmType: VmType;
  emulatedMachine: string;
  memGuaranteedSize: number;
  cpuType: string;
  maxMemSize: number;
  maxMemSlots: number;
  smartcardEnable: string /* holds boolean */;
  pitReinjection: string /* holds boolean */;
  displayNetwork: string;
  maxVCpus: string /* holds uint */;
  agentChannelName?: string;
  xml?: string;
  _X_tpmdata?: string;
  _X_nvramdata?: string;
}
export interface VmRngDevice {
  specParams: VmRngDeviceSpecParams;
  model: VmRngDeviceModel;
  deviceType: VmDeviceType;
  device: VmRngDeviceType;
}
export type VmRngDeviceModel = 'virtio';
export type VmRngDeviceSource = 'hwrng' | 'random';
export interface VmRngDeviceSpecParams {
  bytes?: number;
  source: VmRngDeviceSource;
  period?: number;
}
export type VmRngDeviceType = 'virtio';
export type VmSharedDriveType = boolean | SharedDriveType;
export interface VmShortStatus {
  vmId: UUID;
  status: VmStatus;
}
export interface VmSmartcardDevice {
  specParams: VmSmartcardDeviceSpecParams;
  device: VmSmartcardDeviceType;
  alias: string;
  deviceType: VmDeviceType;
  address: VmDeviceAddress;
}
export type VmSmartcardDeviceMode = 'host' | 'passthrough';
export type VmSmartcardDeviceProtocol = 'spicevmc';
export interface VmSmartcardDeviceSpecParams {
  mode: VmSmartcardDeviceMode;
  type?: VmSmartcardDeviceProtocol;
}
export type VmSmartcardDeviceType = 'smartcard';
export interface VmSoundDevice {
  specParams?: VmSoundDeviceSpecParams;
  device: VmSoundDeviceType;
  deviceId: UUID;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export interface VmSoundDeviceSpecParams {
}
export type VmSoundDeviceType = 'ac97' | 'es1370' | 'hda' | 'ich6' | 'pcspk' | 'sb16';
export type VmStats = ExitedVmStats | RunningVmStats;
export type VmStatus = 'Down' | 'Migration Destination' | 'Migration Source' | 'Paused' | 'Powering down' | 'Powering up' | 'RebootInProgress' | 'Restoring state'
  | 'Saving State' | 'Up' | 'WaitForLaunch';
export type VmTicketConflictAction = 'disconnect' | 'fail' | 'keep';
export interface VmTpmDevice {
  specParams: VmTpmDeviceSpecParams;
  deviceType: VmDeviceType;
  device: VmTpmDeviceType;
}
export type VmTpmDeviceMode = 'passthrough';
export type VmTpmDeviceModel = 'tpm-tis';
export interface VmTpmDeviceSpecParams {
  model: VmTpmDeviceModel;
  path: string;
  mode: VmTpmDeviceMode;
}
export type VmTpmDeviceType = 'tpm';
export type VmType = 'kvm';
export interface VmVideoDevice {
  specParams: VmVideoDeviceSpecParams;
  device: VmVideoDeviceType;
  deviceId: UUID;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export interface VmVideoDeviceSpecParams {
  ram?: number;
  vgamem?: number;
  vram: number;
  heads?: number;
}
export type VmVideoDeviceType = 'cirrus' | 'none' | 'qxl' | 'std' | 'vmware';
export interface VmWatchdogDevice {
  deviceId: UUID;
  device: VmWatchdogDeviceType;
  specParams?: VmWatchdogDeviceSpecParams;
  deviceType: VmDeviceType;
  alias: string;
  address: VmDeviceAddress;
}
export type VmWatchdogDeviceAction = 'dump' | 'none' | 'pause' | 'poweroff' | 'reset' | 'shutdown';
export type VmWatchdogDeviceModel = 'IB700' | 'i6300esb';
export interface VmWatchdogDeviceSpecParams {
  model: VmWatchdogDeviceModel;
  action: VmWatchdogDeviceAction;
}
export type VmWatchdogDeviceType = 'watchdog';
export type VolumeAllocation = 'PREALLOCATED' | 'SPARSE';
export interface VolumeAttributes {
  legality?: VolumeLegality;
  description?: string;
  generation?: number;
  type?: VolumeRole;
}
export interface VolumeDump {
  disktype?: DiskContentType;
  status: VolumeStatus;
  capacity?: number;
  parent?: UUID;
  description?: string;
  legality?: VolumeLegality;
  ctime?: number;
  format?: VolumeFormat;
  image: UUID;
  type?: VolumeAllocation;
  mdslot?: number;
  generation?: number;
  voltype?: VolumeRole;
  truesize: number;
  apparentsize: number;
}
export interface VolumeEmptyCheck {
  volumeEmptyCheck: boolean;
}
export type VolumeFormat = 'COW' | 'RAW';
export type VolumeGroupAttributeAllocation = 'a' | 'c' | 'i' | 'l' | 'n';
export type VolumeGroupAttributeClustered = '-' | 'c';
export type VolumeGroupAttributeExported = '-' | 'x';
export type VolumeGroupAttributePartial = '-' | 'p';
export type VolumeGroupAttributePermission = 'r' | 'w';
export type VolumeGroupAttributeResizeable = '-' | 'z';
export interface VolumeGroupAttributes {
  clustered: VolumeGroupAttributeClustered;
  permission: VolumeGroupAttributePermission;
  partial: VolumeGroupAttributePartial;
  resizeable: VolumeGroupAttributeResizeable;
  allocation: VolumeGroupAttributeAllocation;
  exported: VolumeGroupAttributeExported;
}
export interface VolumeGroupInfo {
  vgUUID: UUID;
  vgsize: string /* holds uint */;
  name: string;
  attr: VolumeGroupAttributes;
  state: VolumeGroupState;
  vgfree: string /* holds uint */;
  type: StorageDomainTypeId;
  pvlist?: PhysicalVolumeInfo[];
}
export type VolumeGroupState = 'OK' | 'PARTIAL';
export interface VolumeInfo {
  sd_id: UUID;
  img_id: UUID;
  vol_id: UUID;
}
export interface VolumeInfoResponse {
  disktype: DiskContentType;
  status: VolumeStatus;
  pool: UUID;
  capacity: number;
  parent: UUID;
  allocType: VolumeAllocation;
  children: UUID[];
  mtime: number;
  description: string;
  legality: VolumeLegality;
  ctime: number;
  voltype: VolumeRole;
  truesize: number;
  uuid: UUID;
  domain: UUID;
  apparentsize: number;
  format: VolumeFormat;
  image: UUID;
  lease?: VolumeLeaseStatus;
  generation: number;
}
export interface VolumeLeaseStatus {
  path: string;
  offset: number;
  owners?: number[];
  version?: number;
}
export type VolumeLegality = 'FAKE' | 'ILLEGAL' | 'LEGAL';
export interface VolumeMeasureResult {
  required: number;
}
export interface VolumeOptionInfo {
  defaultValue: string;
  description: string;
  name: string;
}
export interface VolumeProfileInfo {
  bricks: string[];
  volumeName: string;
}
export type VolumeRole = 'INTERNAL' | 'LEAF' | 'SHARED';
export interface VolumeSizeInfo {
  truesize: number;
  apparentsize: number;
}
export interface VolumeSnapConfig {
  'snap-max-hard-limit': string;
}
export interface VolumeSnapInfo {
  snapRemaining: string;
  snapshots: SnapInfo[];
}
export type VolumeSnapshotConfigMap = Record<string, VolumeSnapConfig>;
export type VolumeStatus = 'ILLEGAL' | 'INVALID' | 'OK';
export type VolumesDumpMap = Record<string, VolumeDump>;
export interface WatchdogEvent {
  action: WatchdogEventAction;
  time: number;
}
export type WatchdogEventAction = 'destroy' | 'ignore' | 'log' | 'pause' | 'reset' | 'shutdown';
export interface XleaseDump {
  offset: number;
  updating: boolean;
}
export type XleasesDumpMap = Record<string, XleaseDump>;
export interface geoRepPairInfo {
  lastSynced: number;
  remoteUserName: string;
  crawlStatus: string;
  timeZone: string;
  checkpointCompleted: string;
  meta: string;
  checkpointCompletionTime: number;
  failures: string;
  hostUuid: UUID;
  entry: string;
  brickName: string;
  status: string;
  checkpointTime: number;
  remoteHost: string;
  data: string;
  host: string;
}
export interface geoRepSessionInfo {
  sessionKey: string;
  bricks: geoRepPairInfo[];
  remoteVolumeName: string;
}
export type syncType = 'ALL' | 'INTERNAL' | 'LEAF';
export type transType = 'RDMA' | 'TCP';
export type vmUpdateDeviceParams = vmUpdateInterfaceDeviceParams | vmUpdateGraphicsDeviceParams | vmUpdateXMLDeviceParams;
export interface vmUpdateGraphicsDeviceParams {
  existingConnAction?: VmTicketConflictAction;
  graphicsType: VmGraphicsDeviceType;
  params: StringMap;
  ttl: number;
  password: string;
  consoleDisconnectActionDelay: number;
}
export interface vmUpdateInterfaceDeviceParams {
  alias: string;
  portMirroring?: string[];
  linkActive?: boolean;
  network?: string;
  filter: string;
  filterParameters?: VmInterfaceDeviceFilterParameters[];
}
export interface vmUpdateXMLDeviceParams {
  xml: string;
}

/** Verb → its parameters by name and what it answers. */
export interface Verbs {
  'GlusterEvent.webhookAdd': { params: { url: string; bearerToken: string; }; returns: boolean };
  'GlusterEvent.webhookDelete': { params: { url: string; }; returns: boolean };
  'GlusterEvent.webhookSync': { params: Record<string, never>; returns: boolean };
  'GlusterEvent.webhookUpdate': { params: { url: string; bearerToken: string; }; returns: boolean };
  'GlusterHook.add': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; hookData: string; checksum: string; enable: boolean; }; returns: boolean };
  'GlusterHook.disable': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; }; returns: boolean };
  'GlusterHook.enable': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; }; returns: boolean };
  'GlusterHook.list': { params: Record<string, never>; returns: HookInfo[] };
  'GlusterHook.read': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; }; returns: HookContent };
  'GlusterHook.remove': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; }; returns: boolean };
  'GlusterHook.update': { params: { glusterCmd: string; hookLevel: HookLevel; hookName: string; hookData: string; hookChecksum: string; }; returns: boolean };
  'GlusterHost.add': { params: { hostName: string; }; returns: boolean };
  'GlusterHost.createBrick': { params: { name: string; mountPoint: string; devList: string[]; fsType?: string; raidParams?: RaidDevice; }; returns: boolean };
  'GlusterHost.list': { params: Record<string, never>; returns: HostList[] };
  'GlusterHost.logicalVolumeList': { params: Record<string, never>; returns: LocalLogicalVolumeList[] };
  'GlusterHost.physicalVolumeList': { params: Record<string, never>; returns: LocalPhysicalVolumeList[] };
  'GlusterHost.processesStop': { params: Record<string, never>; returns: null };
  'GlusterHost.remove': { params: { hostName: string; force: boolean; }; returns: boolean };
  'GlusterHost.removeByUuid': { params: { hostUuid: UUID; force: boolean; }; returns: boolean };
  'GlusterHost.storageDevicesList': { params: Record<string, never>; returns: StorageDevicesList[] };
  'GlusterHost.uuid': { params: Record<string, never>; returns: UUID };
  'GlusterHost.vdoVolumeList': { params: Record<string, never>; returns: LocalVDOVolumeList[] };
  'GlusterService.action': { params: { serviceNames: string[]; action: GlusterServiceAction; }; returns: GlusterServicesStatusInfo };
  'GlusterService.get': { params: { serviceNames: string[]; }; returns: GlusterServicesStatusInfo };
  'GlusterSnapshot.activate': { params: { snapName: string; force?: boolean; }; returns: boolean };
  'GlusterSnapshot.configList': { params: Record<string, never>; returns: SnapConfigDetail };
  'GlusterSnapshot.configSet': { params: { optionName: string; optionValue: string; }; returns: null };
  'GlusterSnapshot.deactivate': { params: { snapName: string; }; returns: boolean };
  'GlusterSnapshot.delete': { params: { snapName: string; }; returns: boolean };
  'GlusterSnapshot.restore': { params: { snapName: string; }; returns: SnapRestoreDetail };
  'GlusterTask.list': { params: { taskID?: UUID; }; returns: GlusterTaskInfo[] };
  'GlusterVolume.addBrick': { params: { volumeName: string; brickList: string[]; replicaCount?: number; stripeCount?: number; force?: boolean; }; returns: boolean };
  'GlusterVolume.create': { params: { volumeName: string; bricklist: string[]; replicaCount?: number; stripeCount?: number; transportList?: transType[]; force?: boolean; arbiter?: boolean; }; returns: UUID };
  'GlusterVolume.delete': { params: { volumeName: string; }; returns: boolean };
  'GlusterVolume.geoRepConfigList': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; }; returns: GeoRepConfig };
  'GlusterVolume.geoRepConfigReset': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; optionName: string; remoteUserName?: string; }; returns: boolean };
  'GlusterVolume.geoRepConfigSet': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; optionName: string; optionValue: string; remoteUserName?: string; }; returns: boolean };
  'GlusterVolume.geoRepKeysGet': { params: Record<string, never>; returns: GeoRepPubKeys };
  'GlusterVolume.geoRepKeysUpdate': { params: { userName: string; geoRepPubKeys: string[]; }; returns: null };
  'GlusterVolume.geoRepMountBrokerSetup': { params: { remoteUserName: string; remoteGroupName: string; remoteVolumeName: string; partial?: boolean; }; returns: null };
  'GlusterVolume.geoRepSessionCreate': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; force?: boolean; }; returns: null };
  'GlusterVolume.geoRepSessionDelete': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; }; returns: null };
  'GlusterVolume.geoRepSessionList': { params: { volumeName?: string; remoteHost?: string; remoteVolumeName?: string; remoteUserName?: string; }; returns: GlusterGeoRepSessionMap };
  'GlusterVolume.geoRepSessionPause': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; force?: boolean; }; returns: boolean };
  'GlusterVolume.geoRepSessionResume': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; force?: boolean; }; returns: boolean };
  'GlusterVolume.geoRepSessionStart': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; force?: boolean; }; returns: boolean };
  'GlusterVolume.geoRepSessionStatus': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; }; returns: GlusterGeoRepSessionMap };
  'GlusterVolume.geoRepSessionStop': { params: { volumeName: string; remoteHost: string; remoteVolumeName: string; remoteUserName?: string; force?: boolean; }; returns: boolean };
  'GlusterVolume.globalVolumeOptions': { params: Record<string, never>; returns: GlobalVolumeOptionMap };
  'GlusterVolume.healInfo': { params: { volumeName: string; }; returns: HealInfo[] };
  'GlusterVolume.list': { params: { volumeName?: string; remoteServer?: string; }; returns: GlusterVolumeInfo[] };
  'GlusterVolume.metaVolumeMount': { params: { metaVolumeName?: string; }; returns: null };
  'GlusterVolume.profileInfo': { params: { volumeName: string; nfs?: string; }; returns: VolumeProfileInfo[] };
  'GlusterVolume.profileStart': { params: { volumeName: string; }; returns: boolean };
  'GlusterVolume.profileStop': { params: { volumeName: string; }; returns: boolean };
  'GlusterVolume.rebalanceStart': { params: { volumeName: string; rebalanceType: string; force: boolean; }; returns: UUID };
  'GlusterVolume.rebalanceStatus': { params: { volumeName: string; }; returns: RebalanceRemoveStatus };
  'GlusterVolume.rebalanceStop': { params: { volumeName: string; force?: boolean; }; returns: RebalanceRemoveStatus };
  'GlusterVolume.removeBrickCommit': { params: { volumeName: string; brickList: string[]; replicaCount: number; }; returns: boolean };
  'GlusterVolume.removeBrickForce': { params: { volumeName: string; brickList: string[]; replicaCount: number; }; returns: boolean };
  'GlusterVolume.removeBrickStart': { params: { volumeName: string; brickList: string[]; replicaCount: number; }; returns: UUID };
  'GlusterVolume.removeBrickStatus': { params: { volumeName: string; brickList: string[]; replicaCount?: number; }; returns: RebalanceRemoveStatus };
  'GlusterVolume.removeBrickStop': { params: { volumeName: string; brickList: string[]; replicaCount: number; }; returns: RebalanceRemoveStatus };
  'GlusterVolume.replaceBrickCommitForce': { params: { volumeName: string; existingBrick: string; newBrick: string; }; returns: null };
  'GlusterVolume.reset': { params: { volumeName: string; option: string; force: boolean; }; returns: boolean };
  'GlusterVolume.resetBrickCommitForce': { params: { volumeName: string; existingBrick: string; }; returns: null };
  'GlusterVolume.resetBrickStart': { params: { volumeName: string; existingBrick: string; }; returns: null };
  'GlusterVolume.set': { params: { volumeName: string; option: string; value: string; }; returns: boolean };
  'GlusterVolume.setOptionsList': { params: Record<string, never>; returns: VolumeOptionInfo[] };
  'GlusterVolume.snapshotConfigList': { params: { volumeName: string; }; returns: SnapConfigDetail };
  'GlusterVolume.snapshotConfigSet': { params: { volumeName: string; optionName: string; optionValue: string; }; returns: null };
  'GlusterVolume.snapshotCreate': { params: { volumeName: string; snapName: string; snapDescription?: string; force?: boolean; }; returns: SnapshotCreateDetail };
  'GlusterVolume.snapshotDeleteAll': { params: { volumeName: string; }; returns: boolean };
  'GlusterVolume.snapshotList': { params: { volumeName?: string; }; returns: SnapshotInfoMap };
  'GlusterVolume.snapshotScheduleOverride': { params: { force?: boolean; }; returns: null };
  'GlusterVolume.snapshotScheduleReset': { params: Record<string, never>; returns: null };
  'GlusterVolume.start': { params: { volumeName: string; force: boolean; }; returns: boolean };
  'GlusterVolume.statsInfoGet': { params: { volumeName: string; }; returns: GlusterVolumeStatsInfo };
  'GlusterVolume.status': { params: { volumeName: string; brick?: string; statusOption?: StatusOption; }; returns: GlusterVolumeStatus[] };
  'GlusterVolume.stop': { params: { volumeName: string; force: boolean; }; returns: boolean };
  'GlusterVolume.volumeEmptyCheck': { params: { volumeName: string; }; returns: VolumeEmptyCheck };
  'Host.abortV2VJob': { params: { jobid: UUID; }; returns: true };
  'Host.add_image_ticket': { params: { ticket: ImageTicket; }; returns: true };
  'Host.confirmConnectivity': { params: Record<string, never>; returns: true };
  'Host.convertExternalVm': { params: { uri: string; username: string; password: string; vminfo: ExternalVmParams; jobid: UUID; }; returns: true };
  'Host.convertExternalVmFromOva': { params: { ova_path: string; vminfo: ExternalVmParams; jobid: UUID; }; returns: true };
  'Host.deleteV2VJob': { params: { jobid: UUID; }; returns: true };
  'Host.dumpxmls': { params: { vmList?: UUID[]; }; returns: StringMap[] };
  'Host.echo': { params: { message: string; }; returns: string };
  'Host.extend_image_ticket': { params: { uuid: UUID; timeout: number; }; returns: true };
  'Host.fenceNode': { params: { addr: string; port: number; agent: string; username: string; password: string; action: FenceNodeAction; secure?: boolean; options?: string; policy?: FencingPolicy; }; returns: FenceNodeResult };
  'Host.getAllTasks': { params: Record<string, never>; returns: TasksDetails };
  'Host.getAllTasksInfo': { params: Record<string, never>; returns: TasksInfo };
  'Host.getAllTasksStatuses': { params: Record<string, never>; returns: TasksStatus };
  'Host.getAllVmIoTunePolicies': { params: Record<string, never>; returns: BulkIoTunePolicyMap };
  'Host.getAllVmStats': { params: Record<string, never>; returns: VmStats[] };
  'Host.getCapabilities': { params: Record<string, never>; returns: VdsmCapabilities };
  'Host.getConnectedStoragePools': { params: Record<string, never>; returns: UUID[] };
  'Host.getConvertedVm': { params: { jobid: UUID; }; returns: string };
  'Host.getDeviceList': { params: { storageType?: BlockDeviceType; guids?: string[]; checkStatus?: boolean; refresh?: boolean; }; returns: BlockDeviceInfo[] };
  'Host.getDevicesVisibility': { params: { guidList: UUID[]; }; returns: DeviceVisibilityMap };
  'Host.getExternalVMNames': { params: { uri: string; username: string; password: string; }; returns: string[] };
  'Host.getExternalVMs': { params: { uri: string; username: string; password: string; vm_names?: string[]; }; returns: ExternalVmInfo[] };
  'Host.getExternalVmFromOva': { params: { ova_path: string; }; returns: ExternalVmInfo };
  'Host.getHardwareInfo': { params: Record<string, never>; returns: HardwareInformation };
  'Host.getJobs': { params: { job_type?: HostJobType; job_ids?: UUID[]; }; returns: HostJobInfoMap };
  'Host.getLVMVolumeGroups': { params: { storageType?: BlockDeviceType; }; returns: VolumeGroupInfo[] };
  'Host.getLldp': { params: { filter: StringListMap; }; returns: LldpMap };
  'Host.getNetworkCapabilities': { params: Record<string, never>; returns: VdsmNetworkCapabilities };
  'Host.getNetworkStatistics': { params: Record<string, never>; returns: HostNetworkStatistics };
  'Host.getStats': { params: Record<string, never>; returns: HostStats };
  'Host.getStorageDomains': { params: { storagepoolID?: UUID; domainClass?: StorageDomainImageClass; storageType?: StorageDomainType; remotePath?: string; }; returns: UUID[] };
  'Host.getStorageRepoStats': { params: { domains?: UUID[]; }; returns: StorageDomainVitalsMap };
  'Host.getVMFullList': { params: { vmList?: UUID[]; }; returns: VMFullInfo[] };
  'Host.getVMList': { params: { fullStatus?: boolean; vmList?: UUID[]; onlyUUID?: boolean; }; returns: VmInfo[] };
  'Host.get_image_ticket': { params: { uuid: UUID; }; returns: ImageTicketInfo };
  'Host.hostdevChangeNumvfs': { params: { deviceName: string; numvfs: number; }; returns: true };
  'Host.hostdevListByCaps': { params: { caps?: string[]; }; returns: HostDevices };
  'Host.hostdevReattach': { params: { deviceName: string; }; returns: true };
  /** @deprecated */
  'Host.ping': { params: Record<string, never>; returns: true };
  'Host.ping2': { params: Record<string, never>; returns: true };
  'Host.registerSecrets': { params: { secrets: SecretInfo[]; clear?: boolean; }; returns: true };
  'Host.remove_image_ticket': { params: { uuid: UUID; }; returns: true };
  'Host.setHaMaintenanceMode': { params: { mode: HaMaintenanceMode; enabled: boolean; }; returns: { code: number; message: string } };
  'Host.setKsmTune': { params: { tuningParams: KsmTuneParams; }; returns: { code: number; message: string } };
  'Host.setLogLevel': { params: { level: LoggingLevel; name?: string; }; returns: true };
  'Host.setMOMPolicy': { params: { policy: string; }; returns: true };
  'Host.setMOMPolicyParameters': { params: { key_value_store: Record<string, unknown>; }; returns: true };
  'Host.setSafeNetworkConfig': { params: Record<string, never>; returns: true };
  'Host.setupNetworks': { params: { networks: SetupNetworkNetConfig; bondings: SetupNetworkBondConfig; options: SetupNetworkOptions; }; returns: { code: number; message: string } };
  'Host.startMonitoringDomain': { params: { sdUUID: UUID; hostID: number; }; returns: true };
  'Host.stopMonitoringDomain': { params: { sdUUID: UUID; }; returns: true };
  'Host.unregisterSecrets': { params: { uuids: UUID[]; }; returns: true };
  'ISCSIConnection.discoverSendTargets': { params: { host: string; port: number; user?: string; password?: string; ipv6_enabled?: boolean; }; returns: string[] };
  'Image.cloneStructure': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; dstSdUUID: UUID; }; returns: UUID };
  'Image.delete': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; postZero: boolean; force: boolean; discard?: boolean; }; returns: UUID };
  'Image.deleteVolumes': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; volumeList: UUID[]; postZero?: boolean; force?: boolean; discard?: boolean; }; returns: UUID };
  'Image.download': { params: { methodArgs: ImageSharingMethodArgs; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID?: UUID; }; returns: UUID };
  'Image.getVolumes': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; }; returns: UUID[] };
  'Image.move': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; dstSdUUID: UUID; operation: ImageMoveOperation; postZero: boolean; force: boolean; discard?: boolean; }; returns: UUID };
  'Image.prepare': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID: UUID; allowIllegal?: boolean; }; returns: PreparedImageInfo };
  'Image.reconcileVolumeChain': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; leafVolID: UUID; }; returns: UUID[] };
  'Image.syncData': { params: { imageID: UUID; storagepoolID: UUID; storagedomainID: UUID; dstSdUUID: UUID; syncType: syncType; }; returns: UUID };
  'Image.teardown': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID?: UUID; }; returns: true };
  'Image.upload': { params: { methodArgs: ImageSharingMethodArgs; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID?: UUID; }; returns: UUID };
  'LVMVolumeGroup.create': { params: { lvmvolumegroupID?: UUID; name: UUID; devlist: string[]; force?: boolean; }; returns: UUID };
  'LVMVolumeGroup.getInfo': { params: { lvmvolumegroupID: UUID; }; returns: VolumeGroupInfo };
  'LVMVolumeGroup.remove': { params: { lvmvolumegroupID: UUID; }; returns: true };
  'Lease.create': { params: { lease: Lease; metadata?: LeaseMetadata; }; returns: UUID };
  'Lease.delete': { params: { lease: Lease; }; returns: UUID };
  'Lease.fence': { params: { lease: Lease; metadata: LeaseMetadata; }; returns: true };
  'Lease.info': { params: { lease: Lease; }; returns: LeaseInfo };
  'Lease.rebuild_leases': { params: { sd_id: UUID; }; returns: UUID };
  'Lease.status': { params: { lease: Lease; }; returns: ExternalLeaseStatus };
  'ManagedVolume.attach_volume': { params: { vol_id: UUID; connection_info: ManagedVolumeConnection; sd_id?: UUID; }; returns: ManagedVolumeInformation };
  'ManagedVolume.detach_volume': { params: { vol_id: UUID; sd_id?: UUID; }; returns: true };
  'ManagedVolume.volumes_info': { params: { vol_ids?: UUID[]; }; returns: ManagedVolumeInformation[] };
  'NBD.start_server': { params: { server_id: UUID; config: NBDServerConfig; }; returns: string };
  'NBD.stop_server': { params: { server_id: UUID; }; returns: true };
  'SDM.add_bitmap': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; bitmap: string; }; returns: true };
  'SDM.amend_volume': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; qcow2_attr: Qcow2Attributes; }; returns: true };
  'SDM.clear_bitmaps': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; }; returns: true };
  'SDM.copy_data': { params: { job_id: UUID; source: CopyDataEndpoint; destination: CopyDataEndpoint; copy_bitmaps?: boolean; }; returns: true };
  'SDM.merge': { params: { job_id: UUID; subchain_info: SubchainInfo; merge_bitmaps?: boolean; }; returns: true };
  'SDM.move_domain_device': { params: { job_id: UUID; move_params: StorageDomainDeviceMoveParams; }; returns: true };
  'SDM.reduce_domain': { params: { job_id: UUID; reduce_params: StorageDomainReduceParams; }; returns: true };
  'SDM.remove_bitmap': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; bitmap: string; }; returns: true };
  'SDM.sparsify_volume': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; }; returns: true };
  'SDM.update_volume': { params: { job_id: UUID; vol_info: CopyDataDIVEndpoint; vol_attr: VolumeAttributes; }; returns: true };
  'StorageDomain.activate': { params: { storagedomainID: UUID; storagepoolID: UUID; }; returns: true };
  'StorageDomain.attach': { params: { storagedomainID: UUID; storagepoolID: UUID; }; returns: true };
  'StorageDomain.create': { params: { storagedomainID: UUID; domainType: StorageDomainType; typeArgs: StorageDomainCreateArguments; name: string; domainClass: StorageDomainImageClass; version?: number; blockSize?: number; maxHosts?: number; }; returns: true };
  'StorageDomain.deactivate': { params: { storagedomainID: UUID; storagepoolID: UUID; masterSdUUID: UUID; masterVersion: number; }; returns: true };
  'StorageDomain.detach': { params: { storagedomainID: UUID; storagepoolID: UUID; masterSdUUID?: UUID; masterVersion?: number; force?: boolean; }; returns: true };
  'StorageDomain.dump': { params: { sd_id: UUID; full?: boolean; }; returns: StorageDomainDump };
  'StorageDomain.extend': { params: { storagedomainID: UUID; storagepoolID: UUID; devlist: string[]; force?: boolean; }; returns: true };
  'StorageDomain.format': { params: { storagedomainID: UUID; autoDetach: boolean; }; returns: true };
  'StorageDomain.getFileStats': { params: { storagedomainID: UUID; pattern: string; caseSensitive: boolean; }; returns: StorageDomainFileStatsMap };
  'StorageDomain.getImages': { params: { storagedomainID: UUID; }; returns: UUID[] };
  'StorageDomain.getInfo': { params: { storagedomainID: UUID; }; returns: StorageDomainInfo };
  'StorageDomain.getStats': { params: { storagedomainID: UUID; }; returns: StorageDomainStats };
  'StorageDomain.getVolumes': { params: { storagedomainID: UUID; storagepoolID: UUID; imageID: UUID; }; returns: UUID[] };
  'StorageDomain.resizePV': { params: { storagedomainID: UUID; storagepoolID: UUID; guid: string; }; returns: number };
  'StorageDomain.setDescription': { params: { storagedomainID: UUID; description: string; }; returns: true };
  'StorageDomain.validate': { params: { storagedomainID: UUID; }; returns: true };
  'StoragePool.connect': { params: { storagepoolID: UUID; hostID: number; scsiKey: string; masterSdUUID: UUID; masterVersion: number; domainDict?: StorageDomainStatusMap; }; returns: true };
  'StoragePool.connectStorageServer': { params: { storagepoolID: UUID; domainType: StorageDomainTypeId; connectionParams: ConnectionRefParameters[]; }; returns: ConnectStorageServerStatus[] };
  'StoragePool.create': { params: { storagepoolID: UUID; name: string; masterSdUUID: UUID; masterVersion: number; domainList: UUID[]; lockRenewalIntervalSec: number; leaseTimeSec: number; ioOpTimeoutSec: number; leaseRetries: number; }; returns: true };
  'StoragePool.destroy': { params: { storagepoolID: UUID; hostID: number; scsiKey: string; }; returns: true };
  'StoragePool.disconnect': { params: { storagepoolID: UUID; hostID: number; scsiKey: string; remove?: boolean; }; returns: true };
  'StoragePool.disconnectStorageServer': { params: { storagepoolID: UUID; domainType: StorageDomainType; connectionParams: ConnectionRefParameters[]; }; returns: ConnectStorageServerStatus[] };
  'StoragePool.finalizeMerge': { params: { storagepoolID: UUID; subchainInfo: SubchainInfo; }; returns: UUID };
  'StoragePool.getBackedUpVmsInfo': { params: { storagepoolID: UUID; storagedomainID: UUID; vmList: UUID[]; }; returns: OVFMap };
  'StoragePool.getBackedUpVmsList': { params: { storagepoolID: UUID; storagedomainID: UUID; }; returns: UUID[] };
  'StoragePool.getDomainsContainingImage': { params: { storagepoolID: UUID; imageID: UUID; }; returns: UUID[] };
  'StoragePool.getInfo': { params: { storagepoolID: UUID; }; returns: StoragePoolFullInfo };
  'StoragePool.getSpmStatus': { params: { storagepoolID: UUID; }; returns: SpmStatus };
  'StoragePool.prepareMerge': { params: { storagepoolID: UUID; subchainInfo: SubchainInfo; }; returns: UUID };
  'StoragePool.reconstructMaster': { params: { storagepoolID: UUID; hostId: number; name: string; masterSdUUID: UUID; masterVersion: number; domainDict: StorageDomainStatusMap; lockRenewalIntervalSec: number; leaseTimeSec: number; ioOpTimeoutSec: number; leaseRetries: number; }; returns: true };
  'StoragePool.reduceVolume': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID: UUID; allowActive?: boolean; }; returns: UUID };
  'StoragePool.refresh': { params: { storagepoolID: UUID; masterSdUUID: UUID; masterVersion: number; }; returns: true };
  'StoragePool.removeVM': { params: { storagepoolID: UUID; vmUUID: UUID; storagedomainID?: UUID; }; returns: true };
  'StoragePool.setDescription': { params: { storagepoolID: UUID; description: string; }; returns: true };
  'StoragePool.spmStart': { params: { storagepoolID: UUID; prevID: number; prevLver: string /* holds int */; enableScsiFencing: string /* holds boolean */; maxHostID?: number; domVersion?: string /* holds int */; }; returns: UUID };
  'StoragePool.spmStop': { params: { storagepoolID: UUID; }; returns: true };
  'StoragePool.switchMaster': { params: { storagepoolID: UUID; oldMasterUUID: UUID; newMasterUUID: UUID; masterVersion: number; }; returns: UUID };
  'StoragePool.updateVMs': { params: { storagepoolID: UUID; vmList: UpdateVmDefinition[]; storagedomainID?: UUID; }; returns: true };
  'StoragePool.upgrade': { params: { storagepoolID: UUID; targetDomVersion: number; }; returns: StoragePoolUpgradeStatus };
  'Task.clear': { params: { taskID: UUID; }; returns: true };
  'Task.getInfo': { params: { taskID: UUID; }; returns: TaskInfo };
  'Task.getStatus': { params: { taskID: UUID; }; returns: TaskStatus };
  'Task.revert': { params: { taskID: UUID; }; returns: true };
  'Task.stop': { params: { taskID: UUID; }; returns: true };
  'VM.backup_info': { params: { vmID: UUID; backup_id: UUID; checkpoint_id?: UUID; }; returns: BackupInfo };
  'VM.changeCD': { params: { vmID: UUID; driveSpec: DriveSpec; }; returns: VmDefinition };
  'VM.changeFloppy': { params: { vmID: UUID; driveSpec: DriveSpec; }; returns: VmDefinition };
  'VM.cont': { params: { vmID: UUID; }; returns: VmDefinition };
  'VM.create': { params: { vmID: UUID; vmParams: VmParameters; }; returns: VmDefinition };
  'VM.delete_checkpoints': { params: { vmID: UUID; checkpoint_ids: string[]; }; returns: CheckpointsResponse[] };
  'VM.desktopLock': { params: { vmID: UUID; }; returns: true };
  'VM.desktopLogin': { params: { vmID: UUID; domain: string; username: string; password: string; }; returns: true };
  'VM.desktopLogoff': { params: { vmID: UUID; force: boolean; }; returns: true };
  'VM.desktopSendHcCommand': { params: { vmID: UUID; message: string; }; returns: true };
  'VM.destroy': { params: { vmID: UUID; gracefulAttempts?: number; }; returns: true };
  'VM.diskReplicateFinish': { params: { vmID: UUID; srcDisk: DriveSpecVolume; dstDisk: DriveSpecVolume; }; returns: true };
  'VM.diskReplicateStart': { params: { vmID: UUID; srcDisk: DriveSpecVolume; dstDisk: DriveSpecVolume; needExtend?: boolean; }; returns: true };
  'VM.diskSizeExtend': { params: { vmID: UUID; driveSpecs: DriveSpec; newSize: string; }; returns: string };
  'VM.dump_checkpoint': { params: { vmID: UUID; checkpoint_id: UUID; }; returns: CheckpointInfo[] };
  'VM.freeze': { params: { vmID: UUID; }; returns: true };
  /** @deprecated */
  'VM.getDiskAlignment': { params: { vmID: UUID; disk: DriveSpecVolume; }; returns: DiskAlignmentMap };
  'VM.getExternalData': { params: { vmID: UUID; kind: string; lastHash?: string; forceUpdate?: boolean; }; returns: VmDataMap };
  'VM.getInfo': { params: { vmID: UUID; }; returns: VmDefinition };
  'VM.getIoTune': { params: { vmID: UUID; }; returns: VmDiskDeviceTuneParams[] };
  'VM.getIoTunePolicy': { params: { vmID: UUID; }; returns: VmDiskDeviceTuneLimits[] };
  'VM.getMigrationStatus': { params: { vmID: UUID; }; returns: MigrationStats };
  'VM.getStats': { params: { vmID: UUID; }; returns: VmStats[] };
  'VM.hibernate': { params: { vmID: UUID; hibernationVolHandle: HibernationVolumeHandle; }; returns: true };
  'VM.hotplugDisk': { params: { vmID: UUID; params: HotplugDiskParams; }; returns: VmDefinition };
  'VM.hotplugHostdev': { params: { vmID: UUID; devices: string[]; }; returns: string[] };
  'VM.hotplugLease': { params: { vmID: UUID; lease: VmLeaseDevice; }; returns: VmDefinition };
  'VM.hotplugMemory': { params: { vmID: UUID; params: HotplugMemoryParams; }; returns: VmDefinition };
  'VM.hotplugNic': { params: { vmID: UUID; params: HotplugNicParams; }; returns: VmDefinition };
  'VM.hotunplugDisk': { params: { vmID: UUID; params: HotplugDiskParams; }; returns: VmDefinition };
  'VM.hotunplugHostdev': { params: { vmID: UUID; devices: string[]; }; returns: string[] };
  'VM.hotunplugLease': { params: { vmID: UUID; lease: VmLeaseDevice; }; returns: VmDefinition };
  'VM.hotunplugMemory': { params: { vmID: UUID; params: HotplugMemoryParams; }; returns: true };
  'VM.hotunplugNic': { params: { vmID: UUID; params: HotplugNicParams; }; returns: VmDefinition };
  'VM.list_checkpoints': { params: { vmID: UUID; }; returns: UUID[] };
  'VM.merge': { params: { vmID: UUID; drive: DriveSpecVolume; baseVolUUID: UUID; topVolUUID: UUID; bandwidth?: number; jobUUID?: UUID; }; returns: true };
  'VM.migrate': { params: { vmID: UUID; params: MigrateParams; }; returns: true };
  'VM.migrateCancel': { params: { vmID: UUID; }; returns: true };
  'VM.migrateChangeParams': { params: { vmID: UUID; params: MigrationParameters; }; returns: true };
  'VM.migrationCreate': { params: { vmID: UUID; params: VmDefinition; incomingLimit: number; }; returns: MigrationCreateState };
  'VM.pause': { params: { vmID: UUID; }; returns: VmDefinition };
  'VM.redefine_checkpoints': { params: { vmID: UUID; checkpoints: Checkpoint[]; }; returns: CheckpointsResponse[] };
  'VM.refresh_disk': { params: { vmID: UUID; drive: DriveSpecVolume; }; returns: VolumeSizeInfo };
  'VM.reset': { params: { vmID: UUID; }; returns: true };
  'VM.screenshot': { params: { vmID: UUID; }; returns: ScreenshotResponse };
  'VM.seal': { params: { vmID: UUID; job_id: UUID; sp_id: UUID; images: VolumeInfo[]; }; returns: true };
  'VM.setBalloonTarget': { params: { vmID: UUID; target: number; }; returns: { code: number; message: string } };
  'VM.setCpuTunePeriod': { params: { vmID: UUID; period: number; }; returns: { code: number; message: string } };
  'VM.setCpuTuneQuota': { params: { vmID: UUID; quota: number; }; returns: { code: number; message: string } };
  'VM.setDestroyOnReboot': { params: { vmID: UUID; }; returns: true };
  'VM.setIoTune': { params: { vmID: UUID; tunables: VmDiskDeviceTuneParams[]; }; returns: { code: number; message: string } };
  'VM.setNumberOfCpus': { params: { vmID: UUID; numberOfCpus: number; cpusets?: string[]; }; returns: VmDefinition };
  'VM.setTicket': { params: { vmID: UUID; password: string; ttl: number; existingConnAction: VmTicketConflictAction; params: StringMap; }; returns: true };
  'VM.shutdown': { params: { vmID: UUID; delay?: number; message?: string; reboot?: boolean; timeout?: number; force?: boolean; }; returns: true };
  'VM.snapshot': { params: { vmID: UUID; snapDrives: SnapshotDriveInfo[]; snapMemory?: string; frozen?: boolean; jobUUID?: UUID; timeout?: number; freeze_timeout?: number; }; returns: true };
  'VM.start_backup': { params: { vmID: UUID; config: BackupConfig; }; returns: BackupInfo };
  'VM.stop_backup': { params: { vmID: UUID; backup_id: UUID; }; returns: { code: number; message: string } };
  'VM.thaw': { params: { vmID: UUID; }; returns: true };
  'VM.updateDevice': { params: { vmID: UUID; params: vmUpdateDeviceParams; }; returns: VmDefinition };
  'VM.updateVmPolicy': { params: { vmID: UUID; params: UpdateVmPolicyParams; }; returns: { code: number; message: string } };
  'Volume.copy': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; dstSdUUID: UUID; dstImgUUID: UUID; dstVolUUID: UUID; desc: string; volType: VolumeRole; volFormat: VolumeFormat; preallocate: VolumeAllocation; postZero: boolean; force: boolean; discard?: boolean; }; returns: UUID };
  'Volume.create': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; size: string; volFormat: VolumeFormat; preallocate: VolumeAllocation; diskType: DiskContentType; desc: string; srcImgUUID: UUID; srcVolUUID: UUID; initialSize?: string; addBitmaps?: boolean; legal?: boolean; sequence?: number; bitmap?: UUID; }; returns: UUID };
  'Volume.delete': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; postZero: boolean; force: boolean; discard?: boolean; }; returns: UUID };
  'Volume.extendSize': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID: UUID; newSize: string; }; returns: UUID };
  'Volume.getInfo': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; }; returns: VolumeInfoResponse };
  'Volume.getQemuImageInfo': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; }; returns: QemuImageInfo };
  'Volume.getSize': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; }; returns: VolumeSizeInfo };
  'Volume.measure': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; dstVolFormat: VolumeFormat; backing_chain?: boolean; baseID?: UUID; }; returns: VolumeMeasureResult };
  'Volume.refresh': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; }; returns: true };
  /** @deprecated */
  'Volume.setDescription': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; description: string; }; returns: true };
  /** @deprecated */
  'Volume.setLegality': { params: { volumeID: UUID; storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; legality: VolumeLegality; }; returns: true };
  'Volume.teardown': { params: { storagedomainID: UUID; imageID: UUID; volumeID: UUID; }; returns: true };
  'Volume.verify_untrusted': { params: { storagepoolID: UUID; storagedomainID: UUID; imageID: UUID; volumeID: UUID; }; returns: true };
}

export type VerbName = keyof Verbs;

/** Event → its parameters. The sender's place in the name (`|virt|VM_status|<vmId>`) is left out. */
export interface Events {
  '|virt|VM_status|': { notify_time: number; no_name: EventStatusMap; };
  '|virt|VM_migration_status|': { notify_time: number; VmMigrationStatus: Record<string, EventMigrationStatus>; };
  '|net|host_conn|': { notify_time: number; };
  '|jobs|status|': { id: UUID; job_info: EventJobInfo; };
}

/** Verb → names of its parameters in positional order. */
export const verbParameters: Readonly<Record<VerbName, readonly string[]>> = {
  'GlusterEvent.webhookAdd': ['url', 'bearerToken'],
  'GlusterEvent.webhookDelete': ['url'],
  'GlusterEvent.webhookSync': [],
  'GlusterEvent.webhookUpdate': ['url', 'bearerToken'],
  'GlusterHook.add': ['glusterCmd', 'hookLevel', 'hookName', 'hookData', 'checksum', 'enable'],
  'GlusterHook.disable': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.enable': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.list': [],
  'GlusterHook.read': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.remove': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.update': ['glusterCmd', 'hookLevel', 'hookName', 'hookData', 'hookChecksum'],
  'GlusterHost.add': ['hostName'],
  'GlusterHost.createBrick': ['name', 'mountPoint', 'devList', 'fsType', 'raidParams'],
  'GlusterHost.list': [],
  'GlusterHost.logicalVolumeList': [],
  'GlusterHost.physicalVolumeList': [],
  'GlusterHost.processesStop': [],
  'GlusterHost.remove': ['hostName', 'force'],
  'GlusterHost.removeByUuid': ['hostUuid', 'force'],
  'GlusterHost.storageDevicesList': [],
  'GlusterHost.uuid': [],
  'GlusterHost.vdoVolumeList': [],
  'GlusterService.action': ['serviceNames', 'action'],
  'GlusterService.get': ['serviceNames'],
  'GlusterSnapshot.activate': ['snapName', 'force'],
  'GlusterSnapshot.configList': [],
  'GlusterSnapshot.configSet': ['optionName', 'optionValue'],
  'GlusterSnapshot.deactivate': ['snapName'],
  'GlusterSnapshot.delete': ['snapName'],
  'GlusterSnapshot.restore': ['snapName'],
  'GlusterTask.list': ['taskID'],
  'GlusterVolume.addBrick': ['volumeName', 'brickList', 'replicaCount', 'stripeCount', 'force'],
  'GlusterVolume.create': ['volumeName', 'bricklist', 'replicaCount', 'stripeCount', 'transportList', 'force', 'arbiter'],
  'GlusterVolume.delete': ['volumeName'],
  'GlusterVolume.geoRepConfigList': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName'],
  'GlusterVolume.geoRepConfigReset': ['volumeName', 'remoteHost', 'remoteVolumeName', 'optionName', 'remoteUserName'],
  'GlusterVolume.geoRepConfigSet': ['volumeName', 'remoteHost', 'remoteVolumeName', 'optionName', 'optionValue', 'remoteUserName'],
  'GlusterVolume.geoRepKeysGet': [],
  'GlusterVolume.geoRepKeysUpdate': ['userName', 'geoRepPubKeys'],
  'GlusterVolume.geoRepMountBrokerSetup': ['remoteUserName', 'remoteGroupName', 'remoteVolumeName', 'partial'],
  'GlusterVolume.geoRepSessionCreate': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName', 'force'],
  'GlusterVolume.geoRepSessionDelete': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName'],
  'GlusterVolume.geoRepSessionList': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName'],
  'GlusterVolume.geoRepSessionPause': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName', 'force'],
  'GlusterVolume.geoRepSessionResume': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName', 'force'],
  'GlusterVolume.geoRepSessionStart': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName', 'force'],
  'GlusterVolume.geoRepSessionStatus': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName'],
  'GlusterVolume.geoRepSessionStop': ['volumeName', 'remoteHost', 'remoteVolumeName', 'remoteUserName', 'force'],
  'GlusterVolume.globalVolumeOptions': [],
  'GlusterVolume.healInfo': ['volumeName'],
  'GlusterVolume.list': ['volumeName', 'remoteServer'],
  'GlusterVolume.metaVolumeMount': ['metaVolumeName'],
  'GlusterVolume.profileInfo': ['volumeName', 'nfs'],
  'GlusterVolume.profileStart': ['volumeName'],
  'GlusterVolume.profileStop': ['volumeName'],
  'GlusterVolume.rebalanceStart': ['volumeName', 'rebalanceType', 'force'],
  'GlusterVolume.rebalanceStatus': ['volumeName'],
  'GlusterVolume.rebalanceStop': ['volumeName', 'force'],
  'GlusterVolume.removeBrickCommit': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickForce': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickStart': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickStatus': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickStop': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.replaceBrickCommitForce': ['volumeName', 'existingBrick', 'newBrick'],
  'GlusterVolume.reset': ['volumeName', 'option', 'force'],
  'GlusterVolume.resetBrickCommitForce': ['volumeName', 'existingBrick'],
  'GlusterVolume.resetBrickStart': ['volumeName', 'existingBrick'],
  'GlusterVolume.set': ['volumeName', 'option', 'value'],
  'GlusterVolume.setOptionsList': [],
  'GlusterVolume.snapshotConfigList': ['volumeName'],
  'GlusterVolume.snapshotConfigSet': ['volumeName', 'optionName', 'optionValue'],
  'GlusterVolume.snapshotCreate': ['volumeName', 'snapName', 'snapDescription', 'force'],
  'GlusterVolume.snapshotDeleteAll': ['volumeName'],
  'GlusterVolume.snapshotList': ['volumeName'],
  'GlusterVolume.snapshotScheduleOverride': ['force'],
  'GlusterVolume.snapshotScheduleReset': [],
  'GlusterVolume.start': ['volumeName', 'force'],
  'GlusterVolume.statsInfoGet': ['volumeName'],
  'GlusterVolume.status': ['volumeName', 'brick', 'statusOption'],
  'GlusterVolume.stop': ['volumeName', 'force'],
  'GlusterVolume.volumeEmptyCheck': ['volumeName'],
  'Host.abortV2VJob': ['jobid'],
  'Host.add_image_ticket': ['ticket'],
  'Host.confirmConnectivity': [],
  'Host.convertExternalVm': ['uri', 'username', 'password', 'vminfo', 'jobid'],
  'Host.convertExternalVmFromOva': ['ova_path', 'vminfo', 'jobid'],
  'Host.deleteV2VJob': ['jobid'],
  'Host.dumpxmls': ['vmList'],
  'Host.echo': ['message'],
  'Host.extend_image_ticket': ['uuid', 'timeout'],
  'Host.fenceNode': ['addr', 'port', 'agent', 'username', 'password', 'action', 'secure', 'options', 'policy'],
  'Host.getAllTasks': [],
  'Host.getAllTasksInfo': [],
  'Host.getAllTasksStatuses': [],
  'Host.getAllVmIoTunePolicies': [],
  'Host.getAllVmStats': [],
  'Host.getCapabilities': [],
  'Host.getConnectedStoragePools': [],
  'Host.getConvertedVm': ['jobid'],
  'Host.getDeviceList': ['storageType', 'guids', 'checkStatus', 'refresh'],
  'Host.getDevicesVisibility': ['guidList'],
  'Host.getExternalVMNames': ['uri', 'username', 'password'],
  'Host.getExternalVMs': ['uri', 'username', 'password', 'vm_names'],
  'Host.getExternalVmFromOva': ['ova_path'],
  'Host.getHardwareInfo': [],
  'Host.getJobs': ['job_type', 'job_ids'],
  'Host.getLVMVolumeGroups': ['storageType'],
  'Host.getLldp': ['filter'],
  'Host.getNetworkCapabilities': [],
  'Host.getNetworkStatistics': [],
  'Host.getStats': [],
  'Host.getStorageDomains': ['storagepoolID', 'domainClass', 'storageType', 'remotePath'],
  'Host.getStorageRepoStats': ['domains'],
  'Host.getVMFullList': ['vmList'],
  'Host.getVMList': ['fullStatus', 'vmList', 'onlyUUID'],
  'Host.get_image_ticket': ['uuid'],
  'Host.hostdevChangeNumvfs': ['deviceName', 'numvfs'],
  'Host.hostdevListByCaps': ['caps'],
  'Host.hostdevReattach': ['deviceName'],
  'Host.ping': [],
  'Host.ping2': [],
  'Host.registerSecrets': ['secrets', 'clear'],
  'Host.remove_image_ticket': ['uuid'],
  'Host.setHaMaintenanceMode': ['mode', 'enabled'],
  'Host.setKsmTune': ['tuningParams'],
  'Host.setLogLevel': ['level', 'name'],
  'Host.setMOMPolicy': ['policy'],
  'Host.setMOMPolicyParameters': ['key_value_store'],
  'Host.setSafeNetworkConfig': [],
  'Host.setupNetworks': ['networks', 'bondings', 'options'],
  'Host.startMonitoringDomain': ['sdUUID', 'hostID'],
  'Host.stopMonitoringDomain': ['sdUUID'],
  'Host.unregisterSecrets': ['uuids'],
  'ISCSIConnection.discoverSendTargets': ['host', 'port', 'user', 'password', 'ipv6_enabled'],
  'Image.cloneStructure': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID'],
  'Image.delete': ['imageID', 'storagepoolID', 'storagedomainID', 'postZero', 'force', 'discard'],
  'Image.deleteVolumes': ['imageID', 'storagepoolID', 'storagedomainID', 'volumeList', 'postZero', 'force', 'discard'],
  'Image.download': ['methodArgs', 'storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
  'Image.getVolumes': ['imageID', 'storagepoolID', 'storagedomainID'],
  'Image.move': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID', 'operation', 'postZero', 'force', 'discard'],
  'Image.prepare': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID', 'allowIllegal'],
  'Image.reconcileVolumeChain': ['storagepoolID', 'storagedomainID', 'imageID', 'leafVolID'],
  'Image.syncData': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID', 'syncType'],
  'Image.teardown': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
  'Image.upload': ['methodArgs', 'storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
  'LVMVolumeGroup.create': ['lvmvolumegroupID', 'name', 'devlist', 'force'],
  'LVMVolumeGroup.getInfo': ['lvmvolumegroupID'],
  'LVMVolumeGroup.remove': ['lvmvolumegroupID'],
  'Lease.create': ['lease', 'metadata'],
  'Lease.delete': ['lease'],
  'Lease.fence': ['lease', 'metadata'],
  'Lease.info': ['lease'],
  'Lease.rebuild_leases': ['sd_id'],
  'Lease.status': ['lease'],
  'ManagedVolume.attach_volume': ['vol_id', 'connection_info', 'sd_id'],
  'ManagedVolume.detach_volume': ['vol_id', 'sd_id'],
  'ManagedVolume.volumes_info': ['vol_ids'],
  'NBD.start_server': ['server_id', 'config'],
  'NBD.stop_server': ['server_id'],
  'SDM.add_bitmap': ['job_id', 'vol_info', 'bitmap'],
  'SDM.amend_volume': ['job_id', 'vol_info', 'qcow2_attr'],
  'SDM.clear_bitmaps': ['job_id', 'vol_info'],
  'SDM.copy_data': ['job_id', 'source', 'destination', 'copy_bitmaps'],
  'SDM.merge': ['job_id', 'subchain_info', 'merge_bitmaps'],
  'SDM.move_domain_device': ['job_id', 'move_params'],
  'SDM.reduce_domain': ['job_id', 'reduce_params'],
  'SDM.remove_bitmap': ['job_id', 'vol_info', 'bitmap'],
  'SDM.sparsify_volume': ['job_id', 'vol_info'],
  'SDM.update_volume': ['job_id', 'vol_info', 'vol_attr'],
  'StorageDomain.activate': ['storagedomainID', 'storagepoolID'],
  'StorageDomain.attach': ['storagedomainID', 'storagepoolID'],
  'StorageDomain.create': ['storagedomainID', 'domainType', 'typeArgs', 'name', 'domainClass', 'version', 'blockSize', 'maxHosts'],
  'StorageDomain.deactivate': ['storagedomainID', 'storagepoolID', 'masterSdUUID', 'masterVersion'],
  'StorageDomain.detach': ['storagedomainID', 'storagepoolID', 'masterSdUUID', 'masterVersion', 'force'],
  'StorageDomain.dump': ['sd_id', 'full'],
  'StorageDomain.extend': ['storagedomainID', 'storagepoolID', 'devlist', 'force'],
  'StorageDomain.format': ['storagedomainID', 'autoDetach'],
  'StorageDomain.getFileStats': ['storagedomainID', 'pattern', 'caseSensitive'],
  'StorageDomain.getImages': ['storagedomainID'],
  'StorageDomain.getInfo': ['storagedomainID'],
  'StorageDomain.getStats': ['storagedomainID'],
  'StorageDomain.getVolumes': ['storagedomainID', 'storagepoolID', 'imageID'],
  'StorageDomain.resizePV': ['storagedomainID', 'storagepoolID', 'guid'],
  'StorageDomain.setDescription': ['storagedomainID', 'description'],
  'StorageDomain.validate': ['storagedomainID'],
  'StoragePool.connect': ['storagepoolID', 'hostID', 'scsiKey', 'masterSdUUID', 'masterVersion', 'domainDict'],
  'StoragePool.connectStorageServer': ['storagepoolID', 'domainType', 'connectionParams'],
  'StoragePool.create': ['storagepoolID', 'name', 'masterSdUUID', 'masterVersion', 'domainList', 'lockRenewalIntervalSec', 'leaseTimeSec', 'ioOpTimeoutSec', 'leaseRetries'],
  'StoragePool.destroy': ['storagepoolID', 'hostID', 'scsiKey'],
  'StoragePool.disconnect': ['storagepoolID', 'hostID', 'scsiKey', 'remove'],
  'StoragePool.disconnectStorageServer': ['storagepoolID', 'domainType', 'connectionParams'],
  'StoragePool.finalizeMerge': ['storagepoolID', 'subchainInfo'],
  'StoragePool.getBackedUpVmsInfo': ['storagepoolID', 'storagedomainID', 'vmList'],
  'StoragePool.getBackedUpVmsList': ['storagepoolID', 'storagedomainID'],
  'StoragePool.getDomainsContainingImage': ['storagepoolID', 'imageID'],
  'StoragePool.getInfo': ['storagepoolID'],
  'StoragePool.getSpmStatus': ['storagepoolID'],
  'StoragePool.prepareMerge': ['storagepoolID', 'subchainInfo'],
  'StoragePool.reconstructMaster': ['storagepoolID', 'hostId', 'name', 'masterSdUUID', 'masterVersion', 'domainDict', 'lockRenewalIntervalSec', 'leaseTimeSec', 'ioOpTimeoutSec', 'leaseRetries'],
  'StoragePool.reduceVolume': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID', 'allowActive'],
  'StoragePool.refresh': ['storagepoolID', 'masterSdUUID', 'masterVersion'],
  'StoragePool.removeVM': ['storagepoolID', 'vmUUID', 'storagedomainID'],
  'StoragePool.setDescription': ['storagepoolID', 'description'],
  'StoragePool.spmStart': ['storagepoolID', 'prevID', 'prevLver', 'enableScsiFencing', 'maxHostID', 'domVersion'],
  'StoragePool.spmStop': ['storagepoolID'],
  'StoragePool.switchMaster': ['storagepoolID', 'oldMasterUUID', 'newMasterUUID', 'masterVersion'],
  'StoragePool.updateVMs': ['storagepoolID', 'vmList', 'storagedomainID'],
  'StoragePool.upgrade': ['storagepoolID', 'targetDomVersion'],
  'Task.clear': ['taskID'],
  'Task.getInfo': ['taskID'],
  'Task.getStatus': ['taskID'],
  'Task.revert': ['taskID'],
  'Task.stop': ['taskID'],
  'VM.backup_info': ['vmID', 'backup_id', 'checkpoint_id'],
  'VM.changeCD': ['vmID', 'driveSpec'],
  'VM.changeFloppy': ['vmID', 'driveSpec'],
  'VM.cont': ['vmID'],
  'VM.create': ['vmID', 'vmParams'],
  'VM.delete_checkpoints': ['vmID', 'checkpoint_ids'],
  'VM.desktopLock': ['vmID'],
  'VM.desktopLogin': ['vmID', 'domain', 'username', 'password'],
  'VM.desktopLogoff': ['vmID', 'force'],
  'VM.desktopSendHcCommand': ['vmID', 'message'],
  'VM.destroy': ['vmID', 'gracefulAttempts'],
  'VM.diskReplicateFinish': ['vmID', 'srcDisk', 'dstDisk'],
  'VM.diskReplicateStart': ['vmID', 'srcDisk', 'dstDisk', 'needExtend'],
  'VM.diskSizeExtend': ['vmID', 'driveSpecs', 'newSize'],
  'VM.dump_checkpoint': ['vmID', 'checkpoint_id'],
  'VM.freeze': ['vmID'],
  'VM.getDiskAlignment': ['vmID', 'disk'],
  'VM.getExternalData': ['vmID', 'kind', 'lastHash', 'forceUpdate'],
  'VM.getInfo': ['vmID'],
  'VM.getIoTune': ['vmID'],
  'VM.getIoTunePolicy': ['vmID'],
  'VM.getMigrationStatus': ['vmID'],
  'VM.getStats': ['vmID'],
  'VM.hibernate': ['vmID', 'hibernationVolHandle'],
  'VM.hotplugDisk': ['vmID', 'params'],
  'VM.hotplugHostdev': ['vmID', 'devices'],
  'VM.hotplugLease': ['vmID', 'lease'],
  'VM.hotplugMemory': ['vmID', 'params'],
  'VM.hotplugNic': ['vmID', 'params'],
  'VM.hotunplugDisk': ['vmID', 'params'],
  'VM.hotunplugHostdev': ['vmID', 'devices'],
  'VM.hotunplugLease': ['vmID', 'lease'],
  'VM.hotunplugMemory': ['vmID', 'params'],
  'VM.hotunplugNic': ['vmID', 'params'],
  'VM.list_checkpoints': ['vmID'],
  'VM.merge': ['vmID', 'drive', 'baseVolUUID', 'topVolUUID', 'bandwidth', 'jobUUID'],
  'VM.migrate': ['vmID', 'params'],
  'VM.migrateCancel': ['vmID'],
  'VM.migrateChangeParams': ['vmID', 'params'],
  'VM.migrationCreate': ['vmID', 'params', 'incomingLimit'],
  'VM.pause': ['vmID'],
  'VM.redefine_checkpoints': ['vmID', 'checkpoints'],
  'VM.refresh_disk': ['vmID', 'drive'],
  'VM.reset': ['vmID'],
  'VM.screenshot': ['vmID'],
  'VM.seal': ['vmID', 'job_id', 'sp_id', 'images'],
  'VM.setBalloonTarget': ['vmID', 'target'],
  'VM.setCpuTunePeriod': ['vmID', 'period'],
  'VM.setCpuTuneQuota': ['vmID', 'quota'],
  'VM.setDestroyOnReboot': ['vmID'],
  'VM.setIoTune': ['vmID', 'tunables'],
  'VM.setNumberOfCpus': ['vmID', 'numberOfCpus', 'cpusets'],
  'VM.setTicket': ['vmID', 'password', 'ttl', 'existingConnAction', 'params'],
  'VM.shutdown': ['vmID', 'delay', 'message', 'reboot', 'timeout', 'force'],
  'VM.snapshot': ['vmID', 'snapDrives', 'snapMemory', 'frozen', 'jobUUID', 'timeout', 'freeze_timeout'],
  'VM.start_backup': ['vmID', 'config'],
  'VM.stop_backup': ['vmID', 'backup_id'],
  'VM.thaw': ['vmID'],
  'VM.updateDevice': ['vmID', 'params'],
  'VM.updateVmPolicy': ['vmID', 'params'],
  'Volume.copy': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'dstSdUUID', 'dstImgUUID', 'dstVolUUID', 'desc', 'volType', 'volFormat', 'preallocate', 'postZero', 'force', 'discard'],
  'Volume.create': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'size', 'volFormat', 'preallocate', 'diskType', 'desc', 'srcImgUUID', 'srcVolUUID', 'initialSize', 'addBitmaps', 'legal', 'sequence', 'bitmap'],
  'Volume.delete': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'postZero', 'force', 'discard'],
  'Volume.extendSize': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID', 'newSize'],
  'Volume.getInfo': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.getQemuImageInfo': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.getSize': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.measure': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'dstVolFormat', 'backing_chain', 'baseID'],
  'Volume.refresh': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.setDescription': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'description'],
  'Volume.setLegality': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'legality'],
  'Volume.teardown': ['storagedomainID', 'imageID', 'volumeID'],
  'Volume.verify_untrusted': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
};

/** Verb → its parameters that a caller must send. */
export const requiredVerbParameters: Readonly<Record<VerbName, readonly string[]>> = {
  'GlusterEvent.webhookAdd': ['url', 'bearerToken'],
  'GlusterEvent.webhookDelete': ['url'],
  'GlusterEvent.webhookSync': [],
  'GlusterEvent.webhookUpdate': ['url', 'bearerToken'],
  'GlusterHook.add': ['glusterCmd', 'hookLevel', 'hookName', 'hookData', 'checksum', 'enable'],
  'GlusterHook.disable': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.enable': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.list': [],
  'GlusterHook.read': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.remove': ['glusterCmd', 'hookLevel', 'hookName'],
  'GlusterHook.update': ['glusterCmd', 'hookLevel', 'hookName', 'hookData', 'hookChecksum'],
  'GlusterHost.add': ['hostName'],
  'GlusterHost.createBrick': ['name', 'mountPoint', 'devList'],
  'GlusterHost.list': [],
  'GlusterHost.logicalVolumeList': [],
  'GlusterHost.physicalVolumeList': [],
  'GlusterHost.processesStop': [],
  'GlusterHost.remove': ['hostName', 'force'],
  'GlusterHost.removeByUuid': ['hostUuid', 'force'],
  'GlusterHost.storageDevicesList': [],
  'GlusterHost.uuid': [],
  'GlusterHost.vdoVolumeList': [],
  'GlusterService.action': ['serviceNames', 'action'],
  'GlusterService.get': ['serviceNames'],
  'GlusterSnapshot.activate': ['snapName'],
  'GlusterSnapshot.configList': [],
  'GlusterSnapshot.configSet': ['optionName', 'optionValue'],
  'GlusterSnapshot.deactivate': ['snapName'],
  'GlusterSnapshot.delete': ['snapName'],
  'GlusterSnapshot.restore': ['snapName'],
  'GlusterTask.list': [],
  'GlusterVolume.addBrick': ['volumeName', 'brickList'],
  'GlusterVolume.create': ['volumeName', 'bricklist'],
  'GlusterVolume.delete': ['volumeName'],
  'GlusterVolume.geoRepConfigList': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepConfigReset': ['volumeName', 'remoteHost', 'remoteVolumeName', 'optionName'],
  'GlusterVolume.geoRepConfigSet': ['volumeName', 'remoteHost', 'remoteVolumeName', 'optionName', 'optionValue'],
  'GlusterVolume.geoRepKeysGet': [],
  'GlusterVolume.geoRepKeysUpdate': ['userName', 'geoRepPubKeys'],
  'GlusterVolume.geoRepMountBrokerSetup': ['remoteUserName', 'remoteGroupName', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionCreate': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionDelete': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionList': [],
  'GlusterVolume.geoRepSessionPause': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionResume': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionStart': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionStatus': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.geoRepSessionStop': ['volumeName', 'remoteHost', 'remoteVolumeName'],
  'GlusterVolume.globalVolumeOptions': [],
  'GlusterVolume.healInfo': ['volumeName'],
  'GlusterVolume.list': [],
  'GlusterVolume.metaVolumeMount': [],
  'GlusterVolume.profileInfo': ['volumeName'],
  'GlusterVolume.profileStart': ['volumeName'],
  'GlusterVolume.profileStop': ['volumeName'],
  'GlusterVolume.rebalanceStart': ['volumeName', 'rebalanceType', 'force'],
  'GlusterVolume.rebalanceStatus': ['volumeName'],
  'GlusterVolume.rebalanceStop': ['volumeName'],
  'GlusterVolume.removeBrickCommit': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickForce': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickStart': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.removeBrickStatus': ['volumeName', 'brickList'],
  'GlusterVolume.removeBrickStop': ['volumeName', 'brickList', 'replicaCount'],
  'GlusterVolume.replaceBrickCommitForce': ['volumeName', 'existingBrick', 'newBrick'],
  'GlusterVolume.reset': ['volumeName', 'option', 'force'],
  'GlusterVolume.resetBrickCommitForce': ['volumeName', 'existingBrick'],
  'GlusterVolume.resetBrickStart': ['volumeName', 'existingBrick'],
  'GlusterVolume.set': ['volumeName', 'option', 'value'],
  'GlusterVolume.setOptionsList': [],
  'GlusterVolume.snapshotConfigList': ['volumeName'],
  'GlusterVolume.snapshotConfigSet': ['volumeName', 'optionName', 'optionValue'],
  'GlusterVolume.snapshotCreate': ['volumeName', 'snapName'],
  'GlusterVolume.snapshotDeleteAll': ['volumeName'],
  'GlusterVolume.snapshotList': [],
  'GlusterVolume.snapshotScheduleOverride': [],
  'GlusterVolume.snapshotScheduleReset': [],
  'GlusterVolume.start': ['volumeName', 'force'],
  'GlusterVolume.statsInfoGet': ['volumeName'],
  'GlusterVolume.status': ['volumeName'],
  'GlusterVolume.stop': ['volumeName', 'force'],
  'GlusterVolume.volumeEmptyCheck': ['volumeName'],
  'Host.abortV2VJob': ['jobid'],
  'Host.add_image_ticket': ['ticket'],
  'Host.confirmConnectivity': [],
  'Host.convertExternalVm': ['uri', 'username', 'password', 'vminfo', 'jobid'],
  'Host.convertExternalVmFromOva': ['ova_path', 'vminfo', 'jobid'],
  'Host.deleteV2VJob': ['jobid'],
  'Host.dumpxmls': [],
  'Host.echo': ['message'],
  'Host.extend_image_ticket': ['uuid', 'timeout'],
  'Host.fenceNode': ['addr', 'port', 'agent', 'username', 'password', 'action'],
  'Host.getAllTasks': [],
  'Host.getAllTasksInfo': [],
  'Host.getAllTasksStatuses': [],
  'Host.getAllVmIoTunePolicies': [],
  'Host.getAllVmStats': [],
  'Host.getCapabilities': [],
  'Host.getConnectedStoragePools': [],
  'Host.getConvertedVm': ['jobid'],
  'Host.getDeviceList': [],
  'Host.getDevicesVisibility': ['guidList'],
  'Host.getExternalVMNames': ['uri', 'username', 'password'],
  'Host.getExternalVMs': ['uri', 'username', 'password'],
  'Host.getExternalVmFromOva': ['ova_path'],
  'Host.getHardwareInfo': [],
  'Host.getJobs': [],
  'Host.getLVMVolumeGroups': [],
  'Host.getLldp': ['filter'],
  'Host.getNetworkCapabilities': [],
  'Host.getNetworkStatistics': [],
  'Host.getStats': [],
  'Host.getStorageDomains': [],
  'Host.getStorageRepoStats': [],
  'Host.getVMFullList': [],
  'Host.getVMList': [],
  'Host.get_image_ticket': ['uuid'],
  'Host.hostdevChangeNumvfs': ['deviceName', 'numvfs'],
  'Host.hostdevListByCaps': [],
  'Host.hostdevReattach': ['deviceName'],
  'Host.ping': [],
  'Host.ping2': [],
  'Host.registerSecrets': ['secrets'],
  'Host.remove_image_ticket': ['uuid'],
  'Host.setHaMaintenanceMode': ['mode', 'enabled'],
  'Host.setKsmTune': ['tuningParams'],
  'Host.setLogLevel': ['level'],
  'Host.setMOMPolicy': ['policy'],
  'Host.setMOMPolicyParameters': ['key_value_store'],
  'Host.setSafeNetworkConfig': [],
  'Host.setupNetworks': ['networks', 'bondings', 'options'],
  'Host.startMonitoringDomain': ['sdUUID', 'hostID'],
  'Host.stopMonitoringDomain': ['sdUUID'],
  'Host.unregisterSecrets': ['uuids'],
  'ISCSIConnection.discoverSendTargets': ['host', 'port'],
  'Image.cloneStructure': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID'],
  'Image.delete': ['imageID', 'storagepoolID', 'storagedomainID', 'postZero', 'force'],
  'Image.deleteVolumes': ['imageID', 'storagepoolID', 'storagedomainID', 'volumeList'],
  'Image.download': ['methodArgs', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Image.getVolumes': ['imageID', 'storagepoolID', 'storagedomainID'],
  'Image.move': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID', 'operation', 'postZero', 'force'],
  'Image.prepare': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
  'Image.reconcileVolumeChain': ['storagepoolID', 'storagedomainID', 'imageID', 'leafVolID'],
  'Image.syncData': ['imageID', 'storagepoolID', 'storagedomainID', 'dstSdUUID', 'syncType'],
  'Image.teardown': ['storagepoolID', 'storagedomainID', 'imageID'],
  'Image.upload': ['methodArgs', 'storagepoolID', 'storagedomainID', 'imageID'],
  'LVMVolumeGroup.create': ['name', 'devlist'],
  'LVMVolumeGroup.getInfo': ['lvmvolumegroupID'],
  'LVMVolumeGroup.remove': ['lvmvolumegroupID'],
  'Lease.create': ['lease'],
  'Lease.delete': ['lease'],
  'Lease.fence': ['lease', 'metadata'],
  'Lease.info': ['lease'],
  'Lease.rebuild_leases': ['sd_id'],
  'Lease.status': ['lease'],
  'ManagedVolume.attach_volume': ['vol_id', 'connection_info'],
  'ManagedVolume.detach_volume': ['vol_id'],
  'ManagedVolume.volumes_info': [],
  'NBD.start_server': ['server_id', 'config'],
  'NBD.stop_server': ['server_id'],
  'SDM.add_bitmap': ['job_id', 'vol_info', 'bitmap'],
  'SDM.amend_volume': ['job_id', 'vol_info', 'qcow2_attr'],
  'SDM.clear_bitmaps': ['job_id', 'vol_info'],
  'SDM.copy_data': ['job_id', 'source', 'destination'],
  'SDM.merge': ['job_id', 'subchain_info'],
  'SDM.move_domain_device': ['job_id', 'move_params'],
  'SDM.reduce_domain': ['job_id', 'reduce_params'],
  'SDM.remove_bitmap': ['job_id', 'vol_info', 'bitmap'],
  'SDM.sparsify_volume': ['job_id', 'vol_info'],
  'SDM.update_volume': ['job_id', 'vol_info', 'vol_attr'],
  'StorageDomain.activate': ['storagedomainID', 'storagepoolID'],
  'StorageDomain.attach': ['storagedomainID', 'storagepoolID'],
  'StorageDomain.create': ['storagedomainID', 'domainType', 'typeArgs', 'name', 'domainClass'],
  'StorageDomain.deactivate': ['storagedomainID', 'storagepoolID', 'masterSdUUID', 'masterVersion'],
  'StorageDomain.detach': ['storagedomainID', 'storagepoolID'],
  'StorageDomain.dump': ['sd_id'],
  'StorageDomain.extend': ['storagedomainID', 'storagepoolID', 'devlist'],
  'StorageDomain.format': ['storagedomainID', 'autoDetach'],
  'StorageDomain.getFileStats': ['storagedomainID', 'pattern', 'caseSensitive'],
  'StorageDomain.getImages': ['storagedomainID'],
  'StorageDomain.getInfo': ['storagedomainID'],
  'StorageDomain.getStats': ['storagedomainID'],
  'StorageDomain.getVolumes': ['storagedomainID', 'storagepoolID', 'imageID'],
  'StorageDomain.resizePV': ['storagedomainID', 'storagepoolID', 'guid'],
  'StorageDomain.setDescription': ['storagedomainID', 'description'],
  'StorageDomain.validate': ['storagedomainID'],
  'StoragePool.connect': ['storagepoolID', 'hostID', 'scsiKey', 'masterSdUUID', 'masterVersion'],
  'StoragePool.connectStorageServer': ['storagepoolID', 'domainType', 'connectionParams'],
  'StoragePool.create': ['storagepoolID', 'name', 'masterSdUUID', 'masterVersion', 'domainList', 'lockRenewalIntervalSec', 'leaseTimeSec', 'ioOpTimeoutSec', 'leaseRetries'],
  'StoragePool.destroy': ['storagepoolID', 'hostID', 'scsiKey'],
  'StoragePool.disconnect': ['storagepoolID', 'hostID', 'scsiKey'],
  'StoragePool.disconnectStorageServer': ['storagepoolID', 'domainType', 'connectionParams'],
  'StoragePool.finalizeMerge': ['storagepoolID', 'subchainInfo'],
  'StoragePool.getBackedUpVmsInfo': ['storagepoolID', 'storagedomainID', 'vmList'],
  'StoragePool.getBackedUpVmsList': ['storagepoolID', 'storagedomainID'],
  'StoragePool.getDomainsContainingImage': ['storagepoolID', 'imageID'],
  'StoragePool.getInfo': ['storagepoolID'],
  'StoragePool.getSpmStatus': ['storagepoolID'],
  'StoragePool.prepareMerge': ['storagepoolID', 'subchainInfo'],
  'StoragePool.reconstructMaster': ['storagepoolID', 'hostId', 'name', 'masterSdUUID', 'masterVersion', 'domainDict', 'lockRenewalIntervalSec', 'leaseTimeSec', 'ioOpTimeoutSec', 'leaseRetries'],
  'StoragePool.reduceVolume': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
  'StoragePool.refresh': ['storagepoolID', 'masterSdUUID', 'masterVersion'],
  'StoragePool.removeVM': ['storagepoolID', 'vmUUID'],
  'StoragePool.setDescription': ['storagepoolID', 'description'],
  'StoragePool.spmStart': ['storagepoolID', 'prevID', 'prevLver', 'enableScsiFencing'],
  'StoragePool.spmStop': ['storagepoolID'],
  'StoragePool.switchMaster': ['storagepoolID', 'oldMasterUUID', 'newMasterUUID', 'masterVersion'],
  'StoragePool.updateVMs': ['storagepoolID', 'vmList'],
  'StoragePool.upgrade': ['storagepoolID', 'targetDomVersion'],
  'Task.clear': ['taskID'],
  'Task.getInfo': ['taskID'],
  'Task.getStatus': ['taskID'],
  'Task.revert': ['taskID'],
  'Task.stop': ['taskID'],
  'VM.backup_info': ['vmID', 'backup_id'],
  'VM.changeCD': ['vmID', 'driveSpec'],
  'VM.changeFloppy': ['vmID', 'driveSpec'],
  'VM.cont': ['vmID'],
  'VM.create': ['vmID', 'vmParams'],
  'VM.delete_checkpoints': ['vmID', 'checkpoint_ids'],
  'VM.desktopLock': ['vmID'],
  'VM.desktopLogin': ['vmID', 'domain', 'username', 'password'],
  'VM.desktopLogoff': ['vmID', 'force'],
  'VM.desktopSendHcCommand': ['vmID', 'message'],
  'VM.destroy': ['vmID'],
  'VM.diskReplicateFinish': ['vmID', 'srcDisk', 'dstDisk'],
  'VM.diskReplicateStart': ['vmID', 'srcDisk', 'dstDisk'],
  'VM.diskSizeExtend': ['vmID', 'driveSpecs', 'newSize'],
  'VM.dump_checkpoint': ['vmID', 'checkpoint_id'],
  'VM.freeze': ['vmID'],
  'VM.getDiskAlignment': ['vmID', 'disk'],
  'VM.getExternalData': ['vmID', 'kind'],
  'VM.getInfo': ['vmID'],
  'VM.getIoTune': ['vmID'],
  'VM.getIoTunePolicy': ['vmID'],
  'VM.getMigrationStatus': ['vmID'],
  'VM.getStats': ['vmID'],
  'VM.hibernate': ['vmID', 'hibernationVolHandle'],
  'VM.hotplugDisk': ['vmID', 'params'],
  'VM.hotplugHostdev': ['vmID', 'devices'],
  'VM.hotplugLease': ['vmID', 'lease'],
  'VM.hotplugMemory': ['vmID', 'params'],
  'VM.hotplugNic': ['vmID', 'params'],
  'VM.hotunplugDisk': ['vmID', 'params'],
  'VM.hotunplugHostdev': ['vmID', 'devices'],
  'VM.hotunplugLease': ['vmID', 'lease'],
  'VM.hotunplugMemory': ['vmID', 'params'],
  'VM.hotunplugNic': ['vmID', 'params'],
  'VM.list_checkpoints': ['vmID'],
  'VM.merge': ['vmID', 'drive', 'baseVolUUID', 'topVolUUID'],
  'VM.migrate': ['vmID', 'params'],
  'VM.migrateCancel': ['vmID'],
  'VM.migrateChangeParams': ['vmID', 'params'],
  'VM.migrationCreate': ['vmID', 'params', 'incomingLimit'],
  'VM.pause': ['vmID'],
  'VM.redefine_checkpoints': ['vmID', 'checkpoints'],
  'VM.refresh_disk': ['vmID', 'drive'],
  'VM.reset': ['vmID'],
  'VM.screenshot': ['vmID'],
  'VM.seal': ['vmID', 'job_id', 'sp_id', 'images'],
  'VM.setBalloonTarget': ['vmID', 'target'],
  'VM.setCpuTunePeriod': ['vmID', 'period'],
  'VM.setCpuTuneQuota': ['vmID', 'quota'],
  'VM.setDestroyOnReboot': ['vmID'],
  'VM.setIoTune': ['vmID', 'tunables'],
  'VM.setNumberOfCpus': ['vmID', 'numberOfCpus'],
  'VM.setTicket': ['vmID', 'password', 'ttl', 'existingConnAction', 'params'],
  'VM.shutdown': ['vmID'],
  'VM.snapshot': ['vmID', 'snapDrives'],
  'VM.start_backup': ['vmID', 'config'],
  'VM.stop_backup': ['vmID', 'backup_id'],
  'VM.thaw': ['vmID'],
  'VM.updateDevice': ['vmID', 'params'],
  'VM.updateVmPolicy': ['vmID', 'params'],
  'Volume.copy': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'dstSdUUID', 'dstImgUUID', 'dstVolUUID', 'desc', 'volType', 'volFormat', 'preallocate', 'postZero', 'force'],
  'Volume.create': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'size', 'volFormat', 'preallocate', 'diskType', 'desc', 'srcImgUUID', 'srcVolUUID'],
  'Volume.delete': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'postZero', 'force'],
  'Volume.extendSize': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID', 'newSize'],
  'Volume.getInfo': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.getQemuImageInfo': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.getSize': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.measure': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'dstVolFormat'],
  'Volume.refresh': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID'],
  'Volume.setDescription': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'description'],
  'Volume.setLegality': ['volumeID', 'storagepoolID', 'storagedomainID', 'imageID', 'legality'],
  'Volume.teardown': ['storagedomainID', 'imageID', 'volumeID'],
  'Volume.verify_untrusted': ['storagepoolID', 'storagedomainID', 'imageID', 'volumeID'],
};
