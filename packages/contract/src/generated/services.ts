// Generated from data/ by `npm run generate`. Do not edit.

export interface Parameter {
  readonly name: string;
  /** `string`, `boolean`, `integer`, an enum's or a type's name. */
  readonly type: string;
  readonly list?: true;
  readonly dir: 'in' | 'out' | 'inout';
  /** Query parameter, or body (of an action: a member of `Action`). Absent when the parameter only comes back. */
  readonly in?: 'query' | 'body';
  readonly default?: string;
  /** Attributes left out unless `all_content=true`. */
  readonly excludes?: readonly string[];
}

export interface Method {
  readonly name: string;
  readonly http: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Last path segment of an action. */
  readonly action?: string;
  /** Name of the method that this one overloads (same URL, other mandatory attributes). */
  readonly signatureOf?: string;
  readonly params: readonly Parameter[];
  /** Dotted attribute paths; `[]` = each element, `a|b` = either. */
  readonly mandatory?: readonly string[];
  readonly optional?: readonly string[];
}

/** A way down from a service: a literal path segment, or (without `path`) an id. */
export interface Locator { readonly name: string; readonly path?: string; readonly service: ServiceName }

export interface Service {
  readonly base?: ServiceName;
  readonly area?: string;
  /** Suggested order of work: 0 first. An opinion, not a fact of the model. */
  readonly tier: number;
  /** Path templates under the API's root; empty = only a base of others. */
  readonly paths: readonly string[];
  readonly locators: readonly Locator[];
  readonly methods: readonly Method[];
}

export type ServiceName =
  | 'AffinityGroupHostLabelService'
  | 'AffinityGroupHostLabelsService'
  | 'AffinityGroupHostService'
  | 'AffinityGroupHostsService'
  | 'AffinityGroupService'
  | 'AffinityGroupVmLabelService'
  | 'AffinityGroupVmLabelsService'
  | 'AffinityGroupVmService'
  | 'AffinityGroupVmsService'
  | 'AffinityGroupsService'
  | 'AffinityLabelHostService'
  | 'AffinityLabelHostsService'
  | 'AffinityLabelService'
  | 'AffinityLabelVmService'
  | 'AffinityLabelVmsService'
  | 'AffinityLabelsService'
  | 'AssignedAffinityLabelService'
  | 'AssignedAffinityLabelsService'
  | 'AssignedCpuProfileService'
  | 'AssignedCpuProfilesService'
  | 'AssignedDiskProfileService'
  | 'AssignedDiskProfilesService'
  | 'AssignedPermissionsService'
  | 'AssignedRolesService'
  | 'AssignedTagService'
  | 'AssignedTagsService'
  | 'AssignedVnicProfileService'
  | 'AssignedVnicProfilesService'
  | 'AttachedStorageDomainDiskService'
  | 'AttachedStorageDomainDisksService'
  | 'AttachedStorageDomainService'
  | 'AttachedStorageDomainsService'
  | 'BalanceService'
  | 'BalancesService'
  | 'BookmarkService'
  | 'BookmarksService'
  | 'ClusterEnabledFeatureService'
  | 'ClusterEnabledFeaturesService'
  | 'ClusterExternalProvidersService'
  | 'ClusterFeatureService'
  | 'ClusterFeaturesService'
  | 'ClusterLevelService'
  | 'ClusterLevelsService'
  | 'ClusterNetworkService'
  | 'ClusterNetworksService'
  | 'ClusterService'
  | 'ClustersService'
  | 'CopyableService'
  | 'CpuProfileService'
  | 'CpuProfilesService'
  | 'DataCenterNetworkService'
  | 'DataCenterNetworksService'
  | 'DataCenterService'
  | 'DataCentersService'
  | 'DiskAttachmentService'
  | 'DiskAttachmentsService'
  | 'DiskProfileService'
  | 'DiskProfilesService'
  | 'DiskService'
  | 'DiskSnapshotService'
  | 'DiskSnapshotsService'
  | 'DisksService'
  | 'DomainGroupService'
  | 'DomainGroupsService'
  | 'DomainService'
  | 'DomainUserGroupsService'
  | 'DomainUserService'
  | 'DomainUsersService'
  | 'DomainsService'
  | 'EngineKatelloErrataService'
  | 'EventService'
  | 'EventSubscriptionService'
  | 'EventSubscriptionsService'
  | 'EventsService'
  | 'ExternalComputeResourceService'
  | 'ExternalComputeResourcesService'
  | 'ExternalDiscoveredHostService'
  | 'ExternalDiscoveredHostsService'
  | 'ExternalHostGroupService'
  | 'ExternalHostGroupsService'
  | 'ExternalHostProviderService'
  | 'ExternalHostProvidersService'
  | 'ExternalHostService'
  | 'ExternalHostsService'
  | 'ExternalNetworkProviderConfigurationService'
  | 'ExternalNetworkProviderConfigurationsService'
  | 'ExternalProviderCertificateService'
  | 'ExternalProviderCertificatesService'
  | 'ExternalProviderService'
  | 'ExternalTemplateImportsService'
  | 'ExternalVmImportsService'
  | 'FenceAgentService'
  | 'FenceAgentsService'
  | 'FileService'
  | 'FilesService'
  | 'FilterService'
  | 'FiltersService'
  | 'GlusterBrickService'
  | 'GlusterBricksService'
  | 'GlusterHookService'
  | 'GlusterHooksService'
  | 'GlusterVolumeService'
  | 'GlusterVolumesService'
  | 'GroupService'
  | 'GroupsService'
  | 'HostCpuUnitsService'
  | 'HostDeviceService'
  | 'HostDevicesService'
  | 'HostHookService'
  | 'HostHooksService'
  | 'HostNicService'
  | 'HostNicsService'
  | 'HostNumaNodeService'
  | 'HostNumaNodesService'
  | 'HostService'
  | 'HostStorageService'
  | 'HostsService'
  | 'IconService'
  | 'IconsService'
  | 'ImageService'
  | 'ImageTransferService'
  | 'ImageTransfersService'
  | 'ImagesService'
  | 'InstanceTypeGraphicsConsoleService'
  | 'InstanceTypeGraphicsConsolesService'
  | 'InstanceTypeNicService'
  | 'InstanceTypeNicsService'
  | 'InstanceTypeService'
  | 'InstanceTypeWatchdogService'
  | 'InstanceTypeWatchdogsService'
  | 'InstanceTypesService'
  | 'IscsiBondService'
  | 'IscsiBondsService'
  | 'JobService'
  | 'JobsService'
  | 'KatelloErrataService'
  | 'KatelloErratumService'
  | 'LinkLayerDiscoveryProtocolService'
  | 'MacPoolService'
  | 'MacPoolsService'
  | 'MeasurableService'
  | 'MoveableService'
  | 'NetworkAttachmentService'
  | 'NetworkAttachmentsService'
  | 'NetworkFilterService'
  | 'NetworkFiltersService'
  | 'NetworkLabelService'
  | 'NetworkLabelsService'
  | 'NetworkService'
  | 'NetworksService'
  | 'NicNetworkFilterParameterService'
  | 'NicNetworkFilterParametersService'
  | 'OpenstackImageProviderService'
  | 'OpenstackImageProvidersService'
  | 'OpenstackImageService'
  | 'OpenstackImagesService'
  | 'OpenstackNetworkProviderService'
  | 'OpenstackNetworkProvidersService'
  | 'OpenstackNetworkService'
  | 'OpenstackNetworksService'
  | 'OpenstackSubnetService'
  | 'OpenstackSubnetsService'
  | 'OpenstackVolumeAuthenticationKeyService'
  | 'OpenstackVolumeAuthenticationKeysService'
  | 'OpenstackVolumeProviderService'
  | 'OpenstackVolumeProvidersService'
  | 'OpenstackVolumeTypeService'
  | 'OpenstackVolumeTypesService'
  | 'OperatingSystemService'
  | 'OperatingSystemsService'
  | 'PermissionService'
  | 'PermitService'
  | 'PermitsService'
  | 'QosService'
  | 'QossService'
  | 'QuotaClusterLimitService'
  | 'QuotaClusterLimitsService'
  | 'QuotaService'
  | 'QuotaStorageLimitService'
  | 'QuotaStorageLimitsService'
  | 'QuotasService'
  | 'RoleService'
  | 'RolesService'
  | 'SchedulingPoliciesService'
  | 'SchedulingPolicyService'
  | 'SchedulingPolicyUnitService'
  | 'SchedulingPolicyUnitsService'
  | 'SnapshotCdromService'
  | 'SnapshotCdromsService'
  | 'SnapshotDiskService'
  | 'SnapshotDisksService'
  | 'SnapshotNicService'
  | 'SnapshotNicsService'
  | 'SnapshotService'
  | 'SnapshotsService'
  | 'SshPublicKeyService'
  | 'SshPublicKeysService'
  | 'StatisticService'
  | 'StatisticsService'
  | 'StepService'
  | 'StepsService'
  | 'StorageDomainContentDiskService'
  | 'StorageDomainContentDisksService'
  | 'StorageDomainDiskService'
  | 'StorageDomainDisksService'
  | 'StorageDomainServerConnectionService'
  | 'StorageDomainServerConnectionsService'
  | 'StorageDomainService'
  | 'StorageDomainTemplateService'
  | 'StorageDomainTemplatesService'
  | 'StorageDomainVmDiskAttachmentService'
  | 'StorageDomainVmDiskAttachmentsService'
  | 'StorageDomainVmService'
  | 'StorageDomainVmsService'
  | 'StorageDomainsService'
  | 'StorageServerConnectionExtensionService'
  | 'StorageServerConnectionExtensionsService'
  | 'StorageServerConnectionService'
  | 'StorageServerConnectionsService'
  | 'StorageService'
  | 'SystemOptionService'
  | 'SystemOptionsService'
  | 'SystemPermissionsService'
  | 'SystemService'
  | 'TagService'
  | 'TagsService'
  | 'TemplateCdromService'
  | 'TemplateCdromsService'
  | 'TemplateDiskAttachmentService'
  | 'TemplateDiskAttachmentsService'
  | 'TemplateDiskService'
  | 'TemplateDisksService'
  | 'TemplateGraphicsConsoleService'
  | 'TemplateGraphicsConsolesService'
  | 'TemplateMediatedDeviceService'
  | 'TemplateMediatedDevicesService'
  | 'TemplateNicService'
  | 'TemplateNicsService'
  | 'TemplateService'
  | 'TemplateWatchdogService'
  | 'TemplateWatchdogsService'
  | 'TemplatesService'
  | 'UnmanagedNetworkService'
  | 'UnmanagedNetworksService'
  | 'UserOptionService'
  | 'UserOptionsService'
  | 'UserService'
  | 'UsersService'
  | 'VirtualFunctionAllowedNetworkService'
  | 'VirtualFunctionAllowedNetworksService'
  | 'VmApplicationService'
  | 'VmApplicationsService'
  | 'VmBackupDiskService'
  | 'VmBackupDisksService'
  | 'VmBackupService'
  | 'VmBackupsService'
  | 'VmCdromService'
  | 'VmCdromsService'
  | 'VmCheckpointDiskService'
  | 'VmCheckpointDisksService'
  | 'VmCheckpointService'
  | 'VmCheckpointsService'
  | 'VmDiskService'
  | 'VmDisksService'
  | 'VmGraphicsConsoleService'
  | 'VmGraphicsConsolesService'
  | 'VmHostDeviceService'
  | 'VmHostDevicesService'
  | 'VmMediatedDeviceService'
  | 'VmMediatedDevicesService'
  | 'VmNicService'
  | 'VmNicsService'
  | 'VmNumaNodeService'
  | 'VmNumaNodesService'
  | 'VmPoolService'
  | 'VmPoolsService'
  | 'VmReportedDeviceService'
  | 'VmReportedDevicesService'
  | 'VmService'
  | 'VmSessionService'
  | 'VmSessionsService'
  | 'VmWatchdogService'
  | 'VmWatchdogsService'
  | 'VmsService'
  | 'VnicProfileService'
  | 'VnicProfilesService'
  | 'WeightService'
  | 'WeightsService'
;

export const services: Readonly<Record<ServiceName, Service>> = {
  AffinityGroupHostLabelService: {
    area: 'SLA',
    tier: 2,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/hostlabels/{label}', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/hostlabels/{label}'],
    locators: [],
    methods: [
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupHostLabelsService: {
    area: 'SLA',
    tier: 2,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/hostlabels', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/hostlabels'],
    locators: [{ name: 'label', service: 'AffinityGroupHostLabelService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'label', type: 'AffinityLabel', dir: 'inout', in: 'body' }], mandatory: ['label.id|label.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'labels', type: 'AffinityLabel', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupHostService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/hosts/{host}', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/hosts/{host}'],
    locators: [],
    methods: [
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupHostsService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/hosts', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/hosts'],
    locators: [{ name: 'host', service: 'AffinityGroupHostService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'host', type: 'Host', dir: 'inout', in: 'body' }], mandatory: ['host.id|host.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hosts', type: 'Host', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups/{group}', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}'],
    locators: [{ name: 'host_labels', path: 'hostlabels', service: 'AffinityGroupHostLabelsService' }, { name: 'hosts', path: 'hosts', service: 'AffinityGroupHostsService' }, { name: 'vm_labels', path: 'vmlabels', service: 'AffinityGroupVmLabelsService' }, { name: 'vms', path: 'vms', service: 'AffinityGroupVmsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'group', type: 'AffinityGroup', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'group', type: 'AffinityGroup', dir: 'inout', in: 'body' }], optional: ['group.enforcing', 'group.name', 'group.positive'] },
    ],
  },
  AffinityGroupVmLabelService: {
    area: 'SLA',
    tier: 2,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/vmlabels/{label}', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/vmlabels/{label}'],
    locators: [],
    methods: [
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupVmLabelsService: {
    area: 'SLA',
    tier: 2,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/vmlabels', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/vmlabels'],
    locators: [{ name: 'label', service: 'AffinityGroupVmLabelService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'label', type: 'AffinityLabel', dir: 'inout', in: 'body' }], mandatory: ['label.id|label.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'labels', type: 'AffinityLabel', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupVmService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/vms/{vm}', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/vms/{vm}'],
    locators: [],
    methods: [
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityGroupVmsService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups/{group}/vms', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups/{group}/vms'],
    locators: [{ name: 'vm', service: 'AffinityGroupVmService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], mandatory: ['vm.id|vm.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'vms', type: 'Vm', list: true, dir: 'out' }] },
    ],
  },
  AffinityGroupsService: {
    area: 'SLA',
    tier: 1,
    paths: ['/clusters/{cluster}/affinitygroups', '/datacenters/{data_center}/clusters/{cluster}/affinitygroups'],
    locators: [{ name: 'group', service: 'AffinityGroupService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'group', type: 'AffinityGroup', dir: 'inout', in: 'body' }], mandatory: ['group.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'groups', type: 'AffinityGroup', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AffinityLabelHostService: {
    tier: 1,
    paths: ['/affinitylabels/{label}/hosts/{host}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
    ],
  },
  AffinityLabelHostsService: {
    tier: 1,
    paths: ['/affinitylabels/{label}/hosts'],
    locators: [{ name: 'host', service: 'AffinityLabelHostService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'host', type: 'Host', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hosts', type: 'Host', list: true, dir: 'out' }] },
    ],
  },
  AffinityLabelService: {
    tier: 1,
    paths: ['/affinitylabels/{label}'],
    locators: [{ name: 'hosts', path: 'hosts', service: 'AffinityLabelHostsService' }, { name: 'vms', path: 'vms', service: 'AffinityLabelVmsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'label', type: 'AffinityLabel', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'label', type: 'AffinityLabel', dir: 'inout', in: 'body' }] },
    ],
  },
  AffinityLabelVmService: {
    tier: 1,
    paths: ['/affinitylabels/{label}/vms/{vm}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
    ],
  },
  AffinityLabelVmsService: {
    tier: 1,
    paths: ['/affinitylabels/{label}/vms'],
    locators: [{ name: 'vm', service: 'AffinityLabelVmService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'vms', type: 'Vm', list: true, dir: 'out' }] },
    ],
  },
  AffinityLabelsService: {
    tier: 1,
    paths: ['/affinitylabels'],
    locators: [{ name: 'label', service: 'AffinityLabelService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'label', type: 'AffinityLabel', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'labels', type: 'AffinityLabel', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AssignedAffinityLabelService: {
    tier: 1,
    paths: ['/hosts/{host}/affinitylabels/{label}', '/vms/{vm}/affinitylabels/{label}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'label', type: 'AffinityLabel', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
    ],
  },
  AssignedAffinityLabelsService: {
    tier: 1,
    paths: ['/hosts/{host}/affinitylabels', '/vms/{vm}/affinitylabels'],
    locators: [{ name: 'label', service: 'AssignedAffinityLabelService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'label', type: 'AffinityLabel', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'label', type: 'AffinityLabel', list: true, dir: 'out' }] },
    ],
  },
  AssignedCpuProfileService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/clusters/{cluster}/cpuprofiles/{profile}', '/datacenters/{data_center}/clusters/{cluster}/cpuprofiles/{profile}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'profile', type: 'CpuProfile', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AssignedCpuProfilesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/clusters/{cluster}/cpuprofiles', '/datacenters/{data_center}/clusters/{cluster}/cpuprofiles'],
    locators: [{ name: 'profile', service: 'AssignedCpuProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'CpuProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.name'], optional: ['profile.description', 'profile.qos.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profiles', type: 'CpuProfile', list: true, dir: 'out' }] },
    ],
  },
  AssignedDiskProfileService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/diskprofiles/{profile}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'disk_profile', type: 'DiskProfile', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AssignedDiskProfilesService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/diskprofiles'],
    locators: [{ name: 'profile', service: 'AssignedDiskProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'DiskProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.name'], optional: ['profile.description', 'profile.qos.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profiles', type: 'DiskProfile', list: true, dir: 'out' }] },
    ],
  },
  AssignedPermissionsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/clusters/{cluster}/permissions', '/cpuprofiles/{profile}/permissions', '/datacenters/{data_center}/clusters/{cluster}/permissions', '/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/permissions', '/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/vnicprofiles/{profile}/permissions', '/datacenters/{data_center}/permissions', '/datacenters/{data_center}/quotas/{quota}/permissions', '/datacenters/{data_center}/storagedomains/{storage_domain}/disks/{disk}/permissions', '/diskprofiles/{disk_profile}/permissions', '/disks/{disk}/permissions', '/groups/{group}/permissions', '/hosts/{host}/permissions', '/macpools/{mac_pool}/permissions', '/networks/{network}/permissions', '/networks/{network}/vnicprofiles/{profile}/permissions', '/storagedomains/{storage_domain}/disks/{disk}/permissions', '/storagedomains/{storage_domain}/permissions', '/templates/{template}/permissions', '/users/{user}/permissions', '/vmpools/{pool}/permissions', '/vms/{vm}/permissions', '/vnicprofiles/{profile}/permissions'],
    locators: [{ name: 'permission', service: 'PermissionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name'] },
      { name: 'add_cluster_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.cluster.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_data_center_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.data_center.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_group_level', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.group.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_host_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.host.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_storage_domain_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.storage_domain.id'] },
      { name: 'add_template_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.template.id'] },
      { name: 'add_user_level', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.user.id'] },
      { name: 'add_vm_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.vm.id'] },
      { name: 'add_vm_pool_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.vm_pool.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'permissions', type: 'Permission', list: true, dir: 'out' }] },
    ],
  },
  AssignedRolesService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/roles', '/users/{user}/roles'],
    locators: [{ name: 'role', service: 'RoleService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'roles', type: 'Role', list: true, dir: 'out' }] },
    ],
  },
  AssignedTagService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/tags/{tag}', '/hosts/{host}/tags/{tag}', '/templates/{template}/tags/{tag}', '/users/{user}/tags/{tag}', '/vms/{vm}/tags/{tag}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'tag', type: 'Tag', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AssignedTagsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/tags', '/hosts/{host}/tags', '/templates/{template}/tags', '/users/{user}/tags', '/vms/{vm}/tags'],
    locators: [{ name: 'tag', service: 'AssignedTagService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'tag', type: 'Tag', dir: 'inout', in: 'body' }], mandatory: ['tag.id|tag.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'tags', type: 'Tag', list: true, dir: 'out' }] },
    ],
  },
  AssignedVnicProfileService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/vnicprofiles/{profile}', '/networks/{network}/vnicprofiles/{profile}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'profile', type: 'VnicProfile', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AssignedVnicProfilesService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/vnicprofiles', '/networks/{network}/vnicprofiles'],
    locators: [{ name: 'profile', service: 'AssignedVnicProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'VnicProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.name'], optional: ['profile.custom_properties[].name', 'profile.custom_properties[].value', 'profile.description', 'profile.pass_through.mode', 'profile.port_mirroring'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profiles', type: 'VnicProfile', list: true, dir: 'out' }] },
    ],
  },
  AttachedStorageDomainDiskService: {
    base: 'MeasurableService',
    area: 'Storage',
    tier: 2,
    paths: ['/datacenters/{data_center}/storagedomains/{storage_domain}/disks/{disk}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'copy', http: 'POST', action: 'copy', params: [{ name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'move', http: 'POST', action: 'move', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'register', http: 'POST', action: 'register', params: [] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'sparsify', http: 'POST', action: 'sparsify', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }] },
    ],
  },
  AttachedStorageDomainDisksService: {
    area: 'Storage',
    tier: 2,
    paths: ['/datacenters/{data_center}/storagedomains/{storage_domain}/disks'],
    locators: [{ name: 'disk', service: 'AttachedStorageDomainDiskService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }, { name: 'unregistered', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  AttachedStorageDomainService: {
    area: 'Storage',
    tier: 0,
    paths: ['/datacenters/{data_center}/storagedomains/{storage_domain}'],
    locators: [{ name: 'disks', path: 'disks', service: 'AttachedStorageDomainDisksService' }],
    methods: [
      { name: 'activate', http: 'POST', action: 'activate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'deactivate', http: 'POST', action: 'deactivate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body', default: 'false' }] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  AttachedStorageDomainsService: {
    area: 'Storage',
    tier: 0,
    paths: ['/datacenters/{data_center}/storagedomains'],
    locators: [{ name: 'storage_domain', service: 'AttachedStorageDomainService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'storage_domains', type: 'StorageDomain', list: true, dir: 'out' }] },
    ],
  },
  BalanceService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/balances/{balance}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'balance', type: 'Balance', dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  BalancesService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/balances'],
    locators: [{ name: 'balance', service: 'BalanceService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'balance', type: 'Balance', dir: 'inout', in: 'body' }], mandatory: ['balance.scheduling_policy_unit.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'balances', type: 'Balance', list: true, dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  BookmarkService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/bookmarks/{bookmark}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'bookmark', type: 'Bookmark', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'bookmark', type: 'Bookmark', dir: 'inout', in: 'body' }] },
    ],
  },
  BookmarksService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/bookmarks'],
    locators: [{ name: 'bookmark', service: 'BookmarkService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'bookmark', type: 'Bookmark', dir: 'inout', in: 'body' }], mandatory: ['bookmark.name', 'bookmark.value'] },
      { name: 'list', http: 'GET', params: [{ name: 'bookmarks', type: 'Bookmark', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ClusterEnabledFeatureService: {
    tier: 2,
    paths: ['/clusters/{cluster}/enabledfeatures/{feature}', '/datacenters/{data_center}/clusters/{cluster}/enabledfeatures/{feature}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'feature', type: 'ClusterFeature', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [] },
    ],
  },
  ClusterEnabledFeaturesService: {
    tier: 2,
    paths: ['/clusters/{cluster}/enabledfeatures', '/datacenters/{data_center}/clusters/{cluster}/enabledfeatures'],
    locators: [{ name: 'feature', service: 'ClusterEnabledFeatureService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'feature', type: 'ClusterFeature', dir: 'inout', in: 'body' }], mandatory: ['feature.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'features', type: 'ClusterFeature', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ClusterExternalProvidersService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/clusters/{cluster}/externalnetworkproviders', '/datacenters/{data_center}/clusters/{cluster}/externalnetworkproviders'],
    locators: [],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'providers', type: 'ExternalProvider', list: true, dir: 'out' }] },
    ],
  },
  ClusterFeatureService: {
    tier: 2,
    paths: ['/clusterlevels/{level}/clusterfeatures/{feature}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'feature', type: 'ClusterFeature', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ClusterFeaturesService: {
    tier: 2,
    paths: ['/clusterlevels/{level}/clusterfeatures'],
    locators: [{ name: 'feature', service: 'ClusterFeatureService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'features', type: 'ClusterFeature', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ClusterLevelService: {
    tier: 1,
    paths: ['/clusterlevels/{level}'],
    locators: [{ name: 'cluster_features', path: 'clusterfeatures', service: 'ClusterFeaturesService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'level', type: 'ClusterLevel', dir: 'out' }] },
    ],
  },
  ClusterLevelsService: {
    tier: 1,
    paths: ['/clusterlevels'],
    locators: [{ name: 'level', service: 'ClusterLevelService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'levels', type: 'ClusterLevel', list: true, dir: 'out' }] },
    ],
  },
  ClusterNetworkService: {
    area: 'Network',
    tier: 0,
    paths: ['/clusters/{cluster}/networks/{network}', '/datacenters/{data_center}/clusters/{cluster}/networks/{network}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'Network', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }] },
    ],
  },
  ClusterNetworksService: {
    area: 'Network',
    tier: 0,
    paths: ['/clusters/{cluster}/networks', '/datacenters/{data_center}/clusters/{cluster}/networks'],
    locators: [{ name: 'network', service: 'ClusterNetworkService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'Network', list: true, dir: 'out' }] },
    ],
  },
  ClusterService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/clusters/{cluster}', '/datacenters/{data_center}/clusters/{cluster}'],
    locators: [{ name: 'affinity_groups', path: 'affinitygroups', service: 'AffinityGroupsService' }, { name: 'cpu_profiles', path: 'cpuprofiles', service: 'AssignedCpuProfilesService' }, { name: 'enabled_features', path: 'enabledfeatures', service: 'ClusterEnabledFeaturesService' }, { name: 'external_network_providers', path: 'externalnetworkproviders', service: 'ClusterExternalProvidersService' }, { name: 'gluster_hooks', path: 'glusterhooks', service: 'GlusterHooksService' }, { name: 'gluster_volumes', path: 'glustervolumes', service: 'GlusterVolumesService' }, { name: 'network_filters', path: 'networkfilters', service: 'NetworkFiltersService' }, { name: 'networks', path: 'networks', service: 'ClusterNetworksService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'cluster', type: 'Cluster', dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'refresh_gluster_heal_status', http: 'POST', action: 'refreshglusterhealstatus', params: [] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'reset_emulated_machine', http: 'POST', action: 'resetemulatedmachine', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'sync_all_networks', http: 'POST', action: 'syncallnetworks', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'cluster', type: 'Cluster', dir: 'inout', in: 'body' }], optional: ['cluster.ballooning_enabled', 'cluster.cpu.architecture', 'cluster.cpu.type', 'cluster.description', 'cluster.display.proxy', 'cluster.error_handling.on_error', 'cluster.fips_mode', 'cluster.gluster_service', 'cluster.ha_reservation', 'cluster.ksm.enabled', 'cluster.memory_policy.over_commit.percent', 'cluster.memory_policy.transparent_huge_pages.enabled', 'cluster.name', 'cluster.scheduling_policy.id|cluster.scheduling_policy.name', 'cluster.threads_as_cores', 'cluster.trusted_service', 'cluster.tunnel_migration', 'cluster.version.major', 'cluster.version.minor', 'cluster.virt_service'] },
      { name: 'upgrade', http: 'POST', action: 'upgrade', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'correlation_id', type: 'string', dir: 'in', in: 'body' }, { name: 'upgrade_action', type: 'ClusterUpgradeAction', dir: 'in', in: 'body' }, { name: 'upgrade_percent_complete', type: 'integer', dir: 'in', in: 'body' }] },
    ],
  },
  ClustersService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/clusters', '/datacenters/{data_center}/clusters'],
    locators: [{ name: 'cluster', service: 'ClusterService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'cluster', type: 'Cluster', dir: 'inout', in: 'body' }], mandatory: ['cluster.data_center.id|cluster.data_center.name', 'cluster.name'], optional: ['cluster.ballooning_enabled', 'cluster.comment', 'cluster.cpu.architecture', 'cluster.cpu.type', 'cluster.description', 'cluster.display.proxy', 'cluster.error_handling.on_error', 'cluster.external_network_providers[].id|cluster.external_network_providers[].name', 'cluster.fencing_policy.enabled', 'cluster.fencing_policy.skip_if_connectivity_broken.enabled', 'cluster.fencing_policy.skip_if_connectivity_broken.threshold', 'cluster.fencing_policy.skip_if_sd_active.enabled', 'cluster.fips_mode', 'cluster.gluster_service', 'cluster.ha_reservation', 'cluster.ksm.enabled', 'cluster.ksm.merge_across_nodes', 'cluster.management_network.id|cluster.management_network.name', 'cluster.memory_policy.over_commit.percent', 'cluster.memory_policy.transparent_huge_pages.enabled', 'cluster.scheduling_policy.id|cluster.scheduling_policy.name', 'cluster.threads_as_cores', 'cluster.trusted_service', 'cluster.tunnel_migration', 'cluster.version.major', 'cluster.version.minor', 'cluster.virt_service'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'clusters', type: 'Cluster', list: true, dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  CopyableService: {
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [],
    methods: [
      { name: 'copy', http: 'POST', action: 'copy', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  CpuProfileService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/cpuprofiles/{profile}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'profile', type: 'CpuProfile', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'profile', type: 'CpuProfile', dir: 'inout', in: 'body' }], optional: ['profile.description', 'profile.name', 'profile.qos.id'] },
    ],
  },
  CpuProfilesService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/cpuprofiles'],
    locators: [{ name: 'profile', service: 'CpuProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'CpuProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.cluster.id', 'profile.name'], optional: ['profile.description', 'profile.qos.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profile', type: 'CpuProfile', list: true, dir: 'out' }] },
    ],
  },
  DataCenterNetworkService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/networks/{network}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'Network', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }] },
    ],
  },
  DataCenterNetworksService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/networks'],
    locators: [{ name: 'network', service: 'DataCenterNetworkService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'Network', list: true, dir: 'out' }] },
    ],
  },
  DataCenterService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/datacenters/{data_center}'],
    locators: [{ name: 'clusters', path: 'clusters', service: 'ClustersService' }, { name: 'iscsi_bonds', path: 'iscsibonds', service: 'IscsiBondsService' }, { name: 'networks', path: 'networks', service: 'DataCenterNetworksService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'qoss', path: 'qoss', service: 'QossService' }, { name: 'quotas', path: 'quotas', service: 'QuotasService' }, { name: 'storage_domains', path: 'storagedomains', service: 'AttachedStorageDomainsService' }],
    methods: [
      { name: 'clean_finished_tasks', http: 'POST', action: 'cleanfinishedtasks', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'data_center', type: 'DataCenter', dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
      { name: 'set_master', http: 'POST', action: 'setmaster', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'data_center', type: 'DataCenter', dir: 'inout', in: 'body' }], optional: ['data_center.comment', 'data_center.description', 'data_center.local', 'data_center.mac_pool.id', 'data_center.name', 'data_center.storage_format', 'data_center.version.major', 'data_center.version.minor'] },
    ],
  },
  DataCentersService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/datacenters'],
    locators: [{ name: 'data_center', service: 'DataCenterService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'data_center', type: 'DataCenter', dir: 'inout', in: 'body' }], mandatory: ['data_center.local', 'data_center.name'], optional: ['data_center.comment', 'data_center.description', 'data_center.mac_pool.id', 'data_center.storage_format', 'data_center.version.major', 'data_center.version.minor'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'data_centers', type: 'DataCenter', list: true, dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  DiskAttachmentService: {
    tier: 0,
    paths: ['/vms/{vm}/diskattachments/{attachment}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'detach_only', type: 'boolean', dir: 'in', in: 'query', default: 'true' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'disk_attachment', type: 'DiskAttachment', dir: 'inout', in: 'body' }], optional: ['disk_attachment.bootable', 'disk_attachment.description', 'disk_attachment.disk.alias', 'disk_attachment.disk.disk_profile.id', 'disk_attachment.disk.format', 'disk_attachment.disk.propagate_errors', 'disk_attachment.disk.provisioned_size', 'disk_attachment.disk.quota.id', 'disk_attachment.disk.read_only', 'disk_attachment.disk.sgio', 'disk_attachment.disk.shareable', 'disk_attachment.disk.sparse', 'disk_attachment.disk.wipe_after_delete', 'disk_attachment.name', 'disk_attachment.uses_scsi_reservation'] },
    ],
  },
  DiskAttachmentsService: {
    tier: 0,
    paths: ['/vms/{vm}/diskattachments'],
    locators: [{ name: 'attachment', service: 'DiskAttachmentService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'inout', in: 'body' }] },
      { name: 'add_providing_disk_id', http: 'POST', signatureOf: 'add', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'inout', in: 'body' }], mandatory: ['attachment.disk.id'] },
      { name: 'add_signature1', http: 'POST', signatureOf: 'add', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'inout', in: 'body' }], mandatory: ['attachment.bootable', 'attachment.interface', 'attachment.pass_discard'] },
      { name: 'list', http: 'GET', params: [{ name: 'attachments', type: 'DiskAttachment', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  DiskProfileService: {
    area: 'Storage',
    tier: 1,
    paths: ['/diskprofiles/{disk_profile}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'profile', type: 'DiskProfile', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'profile', type: 'DiskProfile', dir: 'inout', in: 'body' }], optional: ['profile.description', 'profile.name', 'profile.qos.id'] },
    ],
  },
  DiskProfilesService: {
    area: 'Storage',
    tier: 1,
    paths: ['/diskprofiles'],
    locators: [{ name: 'disk_profile', service: 'DiskProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'DiskProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.name', 'profile.storage_domain.id'], optional: ['profile.description', 'profile.qos.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profile', type: 'DiskProfile', list: true, dir: 'out' }] },
    ],
  },
  DiskService: {
    base: 'MeasurableService',
    area: 'Storage',
    tier: 0,
    paths: ['/disks/{disk}'],
    locators: [{ name: 'disk_snapshots', path: 'disksnapshots', service: 'DiskSnapshotsService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'convert', http: 'POST', action: 'convert', params: [{ name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'follow', type: 'string', dir: 'in', in: 'body' }], mandatory: ['disk.format|disk.sparse'] },
      { name: 'copy', http: 'POST', action: 'copy', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'disk_profile', type: 'DiskProfile', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'quota', type: 'Quota', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['disk.name|disk.alias', 'disk_profile.id', 'quota.id'] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'] },
      { name: 'get', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['vms'] }, { name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'move', http: 'POST', action: 'move', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'disk_profile', type: 'DiskProfile', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'quota', type: 'Quota', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['disk_profile.id', 'quota.id'] },
      { name: 'reduce', http: 'POST', action: 'reduce', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'refresh_lun', http: 'POST', action: 'refreshlun', params: [{ name: 'host', type: 'Host', dir: 'in', in: 'body' }], mandatory: ['host.id|host.name'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'sparsify', http: 'POST', action: 'sparsify', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }], optional: ['disk.alias', 'disk.bootable', 'disk.description', 'disk.disk_profile.id', 'disk.format', 'disk.name', 'disk.propagate_errors', 'disk.provisioned_size', 'disk.quota.id', 'disk.read_only', 'disk.sgio', 'disk.shareable', 'disk.sparse', 'disk.uses_scsi_reservation', 'disk.wipe_after_delete'] },
    ],
  },
  DiskSnapshotService: {
    area: 'Storage',
    tier: 1,
    paths: ['/disks/{disk}/disksnapshots/{snapshot}', '/storagedomains/{storage_domain}/disksnapshots/{snapshot}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'snapshot', type: 'DiskSnapshot', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  DiskSnapshotsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/disks/{disk}/disksnapshots', '/storagedomains/{storage_domain}/disksnapshots'],
    locators: [{ name: 'snapshot', service: 'DiskSnapshotService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'include_active', type: 'boolean', dir: 'in', in: 'query' }, { name: 'include_template', type: 'boolean', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'snapshots', type: 'DiskSnapshot', list: true, dir: 'out' }] },
    ],
  },
  DisksService: {
    area: 'Storage',
    tier: 0,
    paths: ['/disks'],
    locators: [{ name: 'disk', service: 'DiskService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }], mandatory: ['disk.format', 'disk.interface'], optional: ['disk.alias', 'disk.bootable', 'disk.description', 'disk.id', 'disk.image_id', 'disk.propagate_errors', 'disk.quota.id', 'disk.shareable', 'disk.sparse', 'disk.wipe_after_delete'] },
      { name: 'add_lun', http: 'POST', signatureOf: 'add', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }], mandatory: ['disk.format', 'disk.interface', 'disk.lun_storage.logical_units[].address', 'disk.lun_storage.logical_units[].id', 'disk.lun_storage.logical_units[].port', 'disk.lun_storage.logical_units[].target', 'disk.lun_storage.type'], optional: ['disk.alias', 'disk.bootable', 'disk.description', 'disk.id', 'disk.image_id', 'disk.propagate_errors', 'disk.quota.id', 'disk.sgio', 'disk.shareable', 'disk.sparse', 'disk.wipe_after_delete'] },
      { name: 'add_on_storage_domain', http: 'POST', signatureOf: 'add', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }], mandatory: ['disk.format', 'disk.interface', 'disk.provisioned_size'], optional: ['disk.alias', 'disk.bootable', 'disk.description', 'disk.disk_profile.id', 'disk.id', 'disk.image_id', 'disk.name', 'disk.openstack_volume_type.name', 'disk.propagate_errors', 'disk.quota.id', 'disk.shareable', 'disk.sparse', 'disk.storage_domains[].id|disk.storage_domains[].name', 'disk.wipe_after_delete'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  DomainGroupService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains/{domain}/groups/{group}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'get', type: 'Group', dir: 'out' }] },
    ],
  },
  DomainGroupsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains/{domain}/groups'],
    locators: [{ name: 'group', service: 'DomainGroupService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'groups', type: 'Group', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  DomainService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains/{domain}'],
    locators: [{ name: 'groups', path: 'groups', service: 'DomainGroupsService' }, { name: 'users', path: 'users', service: 'DomainUsersService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'domain', type: 'Domain', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  DomainUserGroupsService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/users/{user}/groups'],
    locators: [],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'groups', type: 'Group', list: true, dir: 'out' }] },
    ],
  },
  DomainUserService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains/{domain}/users/{user}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'user', type: 'User', dir: 'out' }] },
    ],
  },
  DomainUsersService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains/{domain}/users'],
    locators: [{ name: 'user', service: 'DomainUserService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'users', type: 'User', list: true, dir: 'out' }] },
    ],
  },
  DomainsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/domains'],
    locators: [{ name: 'domain', service: 'DomainService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'domains', type: 'Domain', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  EngineKatelloErrataService: {
    base: 'KatelloErrataService',
    area: 'Infrastructure',
    tier: 2,
    paths: ['/katelloerrata'],
    locators: [{ name: 'katello_erratum', service: 'KatelloErratumService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'errata', type: 'KatelloErratum', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  EventService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/events/{event}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'event', type: 'Event', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  EventSubscriptionService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/users/{user}/eventsubscriptions/{event_subscription}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'event_subscription', type: 'EventSubscription', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  EventSubscriptionsService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/users/{user}/eventsubscriptions'],
    locators: [{ name: 'event_subscription', service: 'EventSubscriptionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'event_subscription', type: 'EventSubscription', dir: 'inout', in: 'body' }], mandatory: ['event_subscription.event'], optional: ['event_subscription.notification_method'] },
      { name: 'list', http: 'GET', params: [{ name: 'event_subscriptions', type: 'EventSubscription', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  EventsService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/events'],
    locators: [{ name: 'event', service: 'EventService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'event', type: 'Event', dir: 'inout', in: 'body' }], mandatory: ['event.custom_id', 'event.description', 'event.origin', 'event.severity'], optional: ['event.cluster.id', 'event.data_center.id', 'event.flood_rate', 'event.host.external_status', 'event.host.id', 'event.log_on_host', 'event.storage_domain.external_status', 'event.storage_domain.id', 'event.template.id', 'event.user.id', 'event.vm.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'events', type: 'Event', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'from', type: 'integer', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'undelete', http: 'POST', action: 'undelete', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  ExternalComputeResourceService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/computeresources/{resource}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'resource', type: 'ExternalComputeResource', dir: 'out' }] },
    ],
  },
  ExternalComputeResourcesService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/computeresources'],
    locators: [{ name: 'resource', service: 'ExternalComputeResourceService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'resources', type: 'ExternalComputeResource', list: true, dir: 'out' }] },
    ],
  },
  ExternalDiscoveredHostService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/discoveredhosts/{host}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'host', type: 'ExternalDiscoveredHost', dir: 'out' }] },
    ],
  },
  ExternalDiscoveredHostsService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/discoveredhosts'],
    locators: [{ name: 'host', service: 'ExternalDiscoveredHostService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hosts', type: 'ExternalDiscoveredHost', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalHostGroupService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/hostgroups/{group}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'group', type: 'ExternalHostGroup', dir: 'out' }] },
    ],
  },
  ExternalHostGroupsService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/hostgroups'],
    locators: [{ name: 'group', service: 'ExternalHostGroupService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'groups', type: 'ExternalHostGroup', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalHostProviderService: {
    base: 'ExternalProviderService',
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}'],
    locators: [{ name: 'certificates', path: 'certificates', service: 'ExternalProviderCertificatesService' }, { name: 'compute_resources', path: 'computeresources', service: 'ExternalComputeResourcesService' }, { name: 'discovered_hosts', path: 'discoveredhosts', service: 'ExternalDiscoveredHostsService' }, { name: 'host_groups', path: 'hostgroups', service: 'ExternalHostGroupsService' }, { name: 'hosts', path: 'hosts', service: 'ExternalHostsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'provider', type: 'ExternalHostProvider', dir: 'out' }] },
      { name: 'import_certificates', http: 'POST', action: 'importcertificates', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'in', in: 'body' }], mandatory: ['certificates[].content'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'test_connectivity', http: 'POST', action: 'testconnectivity', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'provider', type: 'ExternalHostProvider', dir: 'inout', in: 'body' }], optional: ['provider.description', 'provider.name', 'provider.password', 'provider.requires_authentication', 'provider.username'] },
    ],
  },
  ExternalHostProvidersService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders'],
    locators: [{ name: 'provider', service: 'ExternalHostProviderService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'provider', type: 'ExternalHostProvider', dir: 'inout', in: 'body' }], mandatory: ['provider.name'], optional: ['provider.description', 'provider.password', 'provider.requires_authentication', 'provider.url', 'provider.username'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'providers', type: 'ExternalHostProvider', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalHostService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/hosts/{host}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'host', type: 'ExternalHost', dir: 'out' }] },
    ],
  },
  ExternalHostsService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/hosts'],
    locators: [{ name: 'host', service: 'ExternalHostService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hosts', type: 'ExternalHost', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalNetworkProviderConfigurationService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/externalnetworkproviderconfigurations/{configuration}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'configuration', type: 'ExternalNetworkProviderConfiguration', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalNetworkProviderConfigurationsService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/externalnetworkproviderconfigurations'],
    locators: [{ name: 'configuration', service: 'ExternalNetworkProviderConfigurationService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'configurations', type: 'ExternalNetworkProviderConfiguration', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalProviderCertificateService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/certificates/{certificate}', '/openstackimageproviders/{provider}/certificates/{certificate}', '/openstacknetworkproviders/{provider}/certificates/{certificate}', '/openstackvolumeproviders/{provider}/certificates/{certificate}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'certificate', type: 'Certificate', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalProviderCertificatesService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/externalhostproviders/{provider}/certificates', '/openstackimageproviders/{provider}/certificates', '/openstacknetworkproviders/{provider}/certificates', '/openstackvolumeproviders/{provider}/certificates'],
    locators: [{ name: 'certificate', service: 'ExternalProviderCertificateService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ExternalProviderService: {
    area: 'Infrastructure',
    tier: 2,
    paths: [],
    locators: [{ name: 'certificates', path: 'certificates', service: 'ExternalProviderCertificatesService' }],
    methods: [
      { name: 'import_certificates', http: 'POST', action: 'importcertificates', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'in', in: 'body' }], mandatory: ['certificates[].content'] },
      { name: 'test_connectivity', http: 'POST', action: 'testconnectivity', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  ExternalTemplateImportsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/externaltemplateimports'],
    locators: [],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'import', type: 'ExternalTemplateImport', dir: 'inout', in: 'body' }] },
    ],
  },
  ExternalVmImportsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/externalvmimports'],
    locators: [],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'import', type: 'ExternalVmImport', dir: 'inout', in: 'body' }] },
    ],
  },
  FenceAgentService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/hosts/{host}/fenceagents/{agent}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'agent', type: 'Agent', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'agent', type: 'Agent', dir: 'inout', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'query' }], optional: ['agent.address', 'agent.encrypt_options', 'agent.name', 'agent.order', 'agent.password', 'agent.port', 'agent.type', 'agent.username'] },
    ],
  },
  FenceAgentsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/hosts/{host}/fenceagents'],
    locators: [{ name: 'agent', service: 'FenceAgentService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'agent', type: 'Agent', dir: 'inout', in: 'body' }], mandatory: ['agent.address', 'agent.order', 'agent.password', 'agent.type', 'agent.username'], optional: ['agent.encrypt_options', 'agent.name', 'agent.port'] },
      { name: 'list', http: 'GET', params: [{ name: 'agents', type: 'Agent', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  FileService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/files/{file}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'file', type: 'File', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  FilesService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/files'],
    locators: [{ name: 'file', service: 'FileService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'file', type: 'File', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'refresh', type: 'boolean', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  FilterService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/filters/{filter}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'result', type: 'Filter', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  FiltersService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/filters'],
    locators: [{ name: 'filter', service: 'FilterService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'filter', type: 'Filter', dir: 'inout', in: 'body' }], mandatory: ['filter.scheduling_policy_unit.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'filters', type: 'Filter', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  GlusterBrickService: {
    base: 'MeasurableService',
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}'],
    locators: [{ name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'brick', type: 'GlusterBrick', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'replace', http: 'POST', action: 'replace', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  GlusterBricksService: {
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glustervolumes/{volume}/glusterbricks', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/glusterbricks'],
    locators: [{ name: 'brick', service: 'GlusterBrickService' }],
    methods: [
      { name: 'activate', http: 'POST', action: 'activate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'bricks', type: 'GlusterBrick', list: true, dir: 'in', in: 'body' }] },
      { name: 'add', http: 'POST', params: [{ name: 'bricks', type: 'GlusterBrick', list: true, dir: 'inout', in: 'body' }, { name: 'replica_count', type: 'integer', dir: 'in', in: 'query' }, { name: 'stripe_count', type: 'integer', dir: 'in', in: 'query' }] },
      { name: 'list', http: 'GET', params: [{ name: 'bricks', type: 'GlusterBrick', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
      { name: 'migrate', http: 'POST', action: 'migrate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'bricks', type: 'GlusterBrick', list: true, dir: 'in', in: 'body' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'bricks', type: 'GlusterBrick', list: true, dir: 'in', in: 'query' }, { name: 'replica_count', type: 'integer', dir: 'in', in: 'query' }] },
      { name: 'stop_migrate', http: 'POST', action: 'stopmigrate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'bricks', type: 'GlusterBrick', list: true, dir: 'in', in: 'body' }] },
    ],
  },
  GlusterHookService: {
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glusterhooks/{hook}', '/datacenters/{data_center}/clusters/{cluster}/glusterhooks/{hook}'],
    locators: [],
    methods: [
      { name: 'disable', http: 'POST', action: 'disable', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'enable', http: 'POST', action: 'enable', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hook', type: 'GlusterHook', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'resolve', http: 'POST', action: 'resolve', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'resolution_type', type: 'string', dir: 'in', in: 'body' }], mandatory: ['resolution_type'], optional: ['host.id|host.name'] },
    ],
  },
  GlusterHooksService: {
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glusterhooks', '/datacenters/{data_center}/clusters/{cluster}/glusterhooks'],
    locators: [{ name: 'hook', service: 'GlusterHookService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hooks', type: 'GlusterHook', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  GlusterVolumeService: {
    base: 'MeasurableService',
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glustervolumes/{volume}', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}'],
    locators: [{ name: 'gluster_bricks', path: 'glusterbricks', service: 'GlusterBricksService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'volume', type: 'GlusterVolume', dir: 'out' }] },
      { name: 'get_profile_statistics', http: 'POST', action: 'getprofilestatistics', params: [{ name: 'details', type: 'GlusterVolumeProfileDetails', dir: 'out' }] },
      { name: 'rebalance', http: 'POST', action: 'rebalance', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'fix_layout', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body', default: 'false' }], optional: ['fix_layout', 'force'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'reset_all_options', http: 'POST', action: 'resetalloptions', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'reset_option', http: 'POST', action: 'resetoption', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }, { name: 'option', type: 'Option', dir: 'in', in: 'body' }], mandatory: ['force', 'option.name'] },
      { name: 'set_option', http: 'POST', action: 'setoption', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'option', type: 'Option', dir: 'in', in: 'body' }], mandatory: ['option.name', 'option.value'] },
      { name: 'start', http: 'POST', action: 'start', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body', default: 'false' }], optional: ['force'] },
      { name: 'start_profile', http: 'POST', action: 'startprofile', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'stop', http: 'POST', action: 'stop', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }], optional: ['force'] },
      { name: 'stop_profile', http: 'POST', action: 'stopprofile', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'stop_rebalance', http: 'POST', action: 'stoprebalance', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  GlusterVolumesService: {
    area: 'Gluster',
    tier: 2,
    paths: ['/clusters/{cluster}/glustervolumes', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes'],
    locators: [{ name: 'volume', service: 'GlusterVolumeService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'volume', type: 'GlusterVolume', dir: 'inout', in: 'body' }], mandatory: ['volume.bricks[].brick_dir', 'volume.bricks[].server_id', 'volume.name', 'volume.volume_type'], optional: ['volume.options[].name', 'volume.options[].value', 'volume.replica_count', 'volume.stripe_count', 'volume.transport_types[]'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'volumes', type: 'GlusterVolume', list: true, dir: 'out' }] },
    ],
  },
  GroupService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'roles', path: 'roles', service: 'AssignedRolesService' }, { name: 'tags', path: 'tags', service: 'AssignedTagsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'get', type: 'Group', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  GroupsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups'],
    locators: [{ name: 'group', service: 'GroupService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'group', type: 'Group', dir: 'inout', in: 'body' }], mandatory: ['group.name'], optional: ['group.namespace'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'groups', type: 'Group', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  HostCpuUnitsService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/hosts/{host}/cpuunits'],
    locators: [],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'cpu_units', type: 'HostCpuUnit', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  HostDeviceService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/hosts/{host}/devices/{device}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'device', type: 'HostDevice', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  HostDevicesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/hosts/{host}/devices'],
    locators: [{ name: 'device', service: 'HostDeviceService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'devices', type: 'HostDevice', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  HostHookService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/hosts/{host}/hooks/{hook}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hook', type: 'Hook', dir: 'out' }] },
    ],
  },
  HostHooksService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/hosts/{host}/hooks'],
    locators: [{ name: 'hook', service: 'HostHookService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hooks', type: 'Hook', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  HostNicService: {
    base: 'MeasurableService',
    area: 'Network',
    tier: 1,
    paths: ['/hosts/{host}/nics/{nic}'],
    locators: [{ name: 'link_layer_discovery_protocol_elements', path: 'linklayerdiscoveryprotocolelements', service: 'LinkLayerDiscoveryProtocolService' }, { name: 'network_attachments', path: 'networkattachments', service: 'NetworkAttachmentsService' }, { name: 'network_labels', path: 'networklabels', service: 'NetworkLabelsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }, { name: 'virtual_function_allowed_labels', path: 'virtualfunctionallowedlabels', service: 'NetworkLabelsService' }, { name: 'virtual_function_allowed_networks', path: 'virtualfunctionallowednetworks', service: 'VirtualFunctionAllowedNetworksService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['virtual_functions_configuration'] }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'nic', type: 'HostNic', dir: 'out' }] },
      { name: 'update_virtual_functions_configuration', http: 'POST', action: 'updatevirtualfunctionsconfiguration', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'virtual_functions_configuration', type: 'HostNicVirtualFunctionsConfiguration', dir: 'in', in: 'body' }], optional: ['virtual_functions_configuration.all_networks_allowed', 'virtual_functions_configuration.number_of_virtual_functions'] },
    ],
  },
  HostNicsService: {
    area: 'Network',
    tier: 1,
    paths: ['/hosts/{host}/nics'],
    locators: [{ name: 'nic', service: 'HostNicService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['virtual_functions_configuration'] }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nics', type: 'HostNic', list: true, dir: 'out' }] },
    ],
  },
  HostNumaNodeService: {
    base: 'MeasurableService',
    area: 'SLA',
    tier: 1,
    paths: ['/hosts/{host}/numanodes/{node}'],
    locators: [{ name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'node', type: 'NumaNode', dir: 'out' }] },
    ],
  },
  HostNumaNodesService: {
    area: 'SLA',
    tier: 1,
    paths: ['/hosts/{host}/numanodes'],
    locators: [{ name: 'node', service: 'HostNumaNodeService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nodes', type: 'NumaNode', list: true, dir: 'out' }] },
    ],
  },
  HostService: {
    base: 'MeasurableService',
    area: 'Infrastructure',
    tier: 0,
    paths: ['/hosts/{host}'],
    locators: [{ name: 'affinity_labels', path: 'affinitylabels', service: 'AssignedAffinityLabelsService' }, { name: 'cpu_units', path: 'cpuunits', service: 'HostCpuUnitsService' }, { name: 'devices', path: 'devices', service: 'HostDevicesService' }, { name: 'external_network_provider_configurations', path: 'externalnetworkproviderconfigurations', service: 'ExternalNetworkProviderConfigurationsService' }, { name: 'fence_agents', path: 'fenceagents', service: 'FenceAgentsService' }, { name: 'hooks', path: 'hooks', service: 'HostHooksService' }, { name: 'katello_errata', path: 'katelloerrata', service: 'KatelloErrataService' }, { name: 'network_attachments', path: 'networkattachments', service: 'NetworkAttachmentsService' }, { name: 'nics', path: 'nics', service: 'HostNicsService' }, { name: 'numa_nodes', path: 'numanodes', service: 'HostNumaNodesService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }, { name: 'storage', path: 'storage', service: 'HostStorageService' }, { name: 'storage_connection_extensions', path: 'storageconnectionextensions', service: 'StorageServerConnectionExtensionsService' }, { name: 'tags', path: 'tags', service: 'AssignedTagsService' }, { name: 'unmanaged_networks', path: 'unmanagednetworks', service: 'UnmanagedNetworksService' }],
    methods: [
      { name: 'activate', http: 'POST', action: 'activate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'approve', http: 'POST', action: 'approve', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }], optional: ['cluster.id|cluster.name'] },
      { name: 'approve_using_root_password', http: 'POST', action: 'approve', signatureOf: 'approve', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }], mandatory: ['host.root_password'], optional: ['cluster.id|cluster.name'] },
      { name: 'approve_using_ssh', http: 'POST', action: 'approve', signatureOf: 'approve', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }], mandatory: ['host.ssh.authentication_method', 'host.ssh.user.password', 'host.ssh.user.user_name'], optional: ['cluster.id|cluster.name'] },
      { name: 'commit_net_config', http: 'POST', action: 'commitnetconfig', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'copy_host_networks', http: 'POST', action: 'copyhostnetworks', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'source_host', type: 'Host', dir: 'in', in: 'body' }], mandatory: ['source_host.id'] },
      { name: 'deactivate', http: 'POST', action: 'deactivate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'reason', type: 'string', dir: 'in', in: 'body' }, { name: 'stop_gluster_service', type: 'boolean', dir: 'in', in: 'body' }], optional: ['reason'] },
      { name: 'discover_iscsi', http: 'POST', action: 'discoveriscsi', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'discovered_targets', type: 'IscsiDetails', list: true, dir: 'out' }, { name: 'iscsi', type: 'IscsiDetails', dir: 'in', in: 'body' }], mandatory: ['iscsi.address'] },
      { name: 'enroll_certificate', http: 'POST', action: 'enrollcertificate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'fence', http: 'POST', action: 'fence', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'fence_type', type: 'string', dir: 'in', in: 'body' }, { name: 'maintenance_after_restart', type: 'boolean', dir: 'in', in: 'body' }, { name: 'power_management', type: 'PowerManagement', dir: 'out' }], mandatory: ['fence_type'] },
      { name: 'force_select_spm', http: 'POST', action: 'forceselectspm', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['hosted_engine'] }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'out' }] },
      { name: 'install', http: 'POST', action: 'install', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'image', type: 'string', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }, { name: 'root_password', type: 'string', dir: 'in', in: 'body' }, { name: 'ssh', type: 'Ssh', dir: 'in', in: 'body' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }], optional: ['host.override_iptables', 'image'] },
      { name: 'install_using_root_password', http: 'POST', action: 'install', signatureOf: 'install', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'image', type: 'string', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }, { name: 'root_password', type: 'string', dir: 'in', in: 'body' }, { name: 'ssh', type: 'Ssh', dir: 'in', in: 'body' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }], optional: ['host.override_iptables', 'image', 'root_password'] },
      { name: 'install_using_ssh', http: 'POST', action: 'install', signatureOf: 'install', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'body' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'image', type: 'string', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body', default: 'true' }, { name: 'root_password', type: 'string', dir: 'in', in: 'body' }, { name: 'ssh', type: 'Ssh', dir: 'in', in: 'body' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'body' }], optional: ['host.override_iptables', 'image', 'ssh.authentication_method', 'ssh.fingerprint', 'ssh.port', 'ssh.public_key', 'ssh.user.password', 'ssh.user.user_name'] },
      { name: 'iscsi_discover', http: 'POST', action: 'iscsidiscover', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'iscsi', type: 'IscsiDetails', dir: 'in', in: 'body' }, { name: 'iscsi_targets', type: 'string', list: true, dir: 'out' }], mandatory: ['iscsi.address'] },
      { name: 'iscsi_login', http: 'POST', action: 'iscsilogin', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'iscsi', type: 'IscsiDetails', dir: 'in', in: 'body' }], mandatory: ['iscsi.address', 'iscsi.target'] },
      { name: 'refresh', http: 'POST', action: 'refresh', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'setup_networks', http: 'POST', action: 'setupnetworks', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'check_connectivity', type: 'boolean', dir: 'in', in: 'body' }, { name: 'commit_on_success', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'connectivity_timeout', type: 'integer', dir: 'in', in: 'body' }, { name: 'modified_bonds', type: 'HostNic', list: true, dir: 'in', in: 'body' }, { name: 'modified_labels', type: 'NetworkLabel', list: true, dir: 'in', in: 'body' }, { name: 'modified_network_attachments', type: 'NetworkAttachment', list: true, dir: 'in', in: 'body' }, { name: 'removed_bonds', type: 'HostNic', list: true, dir: 'in', in: 'body' }, { name: 'removed_labels', type: 'NetworkLabel', list: true, dir: 'in', in: 'body' }, { name: 'removed_network_attachments', type: 'NetworkAttachment', list: true, dir: 'in', in: 'body' }, { name: 'synchronized_network_attachments', type: 'NetworkAttachment', list: true, dir: 'in', in: 'body' }], optional: ['check_connectivity', 'commit_on_success', 'connectivity_timeout', 'modified_bonds[].bonding.options[].name', 'modified_bonds[].bonding.options[].value', 'modified_bonds[].name|modified_bonds[].id', 'modified_labels[].host_nic.name|modified_labels[].host_nic.id', 'modified_labels[].id', 'modified_network_attachments[].host_nic.name|modified_network_attachments[].host_nic.id', 'modified_network_attachments[].id', 'modified_network_attachments[].ip_address_assignments[].assignment_method', 'modified_network_attachments[].ip_address_assignments[].ip', 'modified_network_attachments[].network.name|modified_network_attachments[].network.id', 'modified_network_attachments[].properties[].name', 'modified_network_attachments[].properties[].value', 'removed_bonds[].name|removed_bonds[].id', 'removed_labels[].id', 'removed_network_attachments[].id', 'synchronized_network_attachments[].id'] },
      { name: 'sync_all_networks', http: 'POST', action: 'syncallnetworks', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'unregistered_storage_domains_discover', http: 'POST', action: 'unregisteredstoragedomainsdiscover', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'iscsi', type: 'IscsiDetails', dir: 'in', in: 'body' }, { name: 'storage_domains', type: 'StorageDomain', list: true, dir: 'out' }], optional: ['iscsi.address', 'iscsi.target'] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }], optional: ['host.address', 'host.cluster.id|host.cluster.name', 'host.comment', 'host.display.address', 'host.name', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.spm.priority', 'host.vgpu_placement'] },
      { name: 'update_using_root_password', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }], optional: ['host.address', 'host.cluster.id|host.cluster.name', 'host.comment', 'host.display.address', 'host.external_host_provider.id', 'host.name', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.root_password', 'host.spm.priority', 'host.vgpu_placement'] },
      { name: 'update_using_ssh', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }], optional: ['host.address', 'host.cluster.id|host.cluster.name', 'host.comment', 'host.display.address', 'host.name', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.spm.priority', 'host.ssh.fingerprint', 'host.ssh.port', 'host.ssh.public_key', 'host.ssh.user.user_name', 'host.vgpu_placement'] },
      { name: 'upgrade', http: 'POST', action: 'upgrade', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'image', type: 'string', dir: 'in', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'body' }, { name: 'timeout', type: 'integer', dir: 'in', in: 'body' }], optional: ['image'] },
      { name: 'upgrade_check', http: 'POST', action: 'upgradecheck', params: [] },
    ],
  },
  HostStorageService: {
    area: 'Storage',
    tier: 1,
    paths: ['/hosts/{host}/storage'],
    locators: [{ name: 'storage', service: 'StorageService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'report_status', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'storages', type: 'HostStorage', list: true, dir: 'out' }] },
    ],
  },
  HostsService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/hosts'],
    locators: [{ name: 'host', service: 'HostService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'query' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }], mandatory: ['host.address', 'host.cluster.id|host.cluster.name', 'host.name'], optional: ['host.comment', 'host.display.address', 'host.external_network_provider_configurations[].external_network_provider.id|host.external_network_provider_configurations[].external_network_provider.name', 'host.override_iptables', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.power_management.pm_proxies[].type', 'host.protocol', 'host.spm.priority', 'host.vgpu_placement'] },
      { name: 'add_using_root_password', http: 'POST', signatureOf: 'add', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'query' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }], mandatory: ['host.address', 'host.cluster.id|host.cluster.name', 'host.name', 'host.root_password'], optional: ['host.comment', 'host.display.address', 'host.external_network_provider_configurations[].external_network_provider.id|host.external_network_provider_configurations[].external_network_provider.name', 'host.override_iptables', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.power_management.pm_proxies[].type', 'host.protocol', 'host.spm.priority', 'host.vgpu_placement'] },
      { name: 'add_using_ssh', http: 'POST', signatureOf: 'add', params: [{ name: 'activate', type: 'boolean', dir: 'in', in: 'query' }, { name: 'deploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'Host', dir: 'inout', in: 'body' }, { name: 'reboot', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'undeploy_hosted_engine', type: 'boolean', dir: 'in', in: 'query' }], mandatory: ['host.address', 'host.cluster.id|host.cluster.name', 'host.name'], optional: ['host.comment', 'host.display.address', 'host.external_network_provider_configurations[].external_network_provider.id|host.external_network_provider_configurations[].external_network_provider.name', 'host.override_iptables', 'host.port', 'host.power_management.automatic_pm_enabled', 'host.power_management.enabled', 'host.power_management.kdump_detection', 'host.power_management.pm_proxies[].type', 'host.protocol', 'host.spm.priority', 'host.ssh.authentication_method', 'host.ssh.fingerprint', 'host.ssh.port', 'host.ssh.public_key', 'host.ssh.user.password', 'host.ssh.user.user_name', 'host.vgpu_placement'] },
      { name: 'list', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['hosted_engine'] }, { name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'check_vms_in_affinity_closure', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'hosts', type: 'Host', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'migration_target_of', type: 'string', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  IconService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/icons/{icon}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'icon', type: 'Icon', dir: 'out' }] },
    ],
  },
  IconsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/icons'],
    locators: [{ name: 'icon', service: 'IconService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'icons', type: 'Icon', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  ImageService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/images/{image}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'image', type: 'Image', dir: 'out' }] },
      { name: 'import', http: 'POST', action: 'import', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'import_as_template', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }, { name: 'template', type: 'Template', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['cluster.id|cluster.name', 'disk.alias|disk.name', 'import_as_template'] },
    ],
  },
  ImageTransferService: {
    area: 'Storage',
    tier: 1,
    paths: ['/imagetransfers/{image_transfer}'],
    locators: [],
    methods: [
      { name: 'cancel', http: 'POST', action: 'cancel', params: [] },
      { name: 'extend', http: 'POST', action: 'extend', params: [] },
      { name: 'finalize', http: 'POST', action: 'finalize', params: [] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'image_transfer', type: 'ImageTransfer', dir: 'out' }] },
      { name: 'pause', http: 'POST', action: 'pause', params: [] },
      { name: 'resume', http: 'POST', action: 'resume', params: [] },
    ],
  },
  ImageTransfersService: {
    area: 'Storage',
    tier: 1,
    paths: ['/imagetransfers'],
    locators: [{ name: 'image_transfer', service: 'ImageTransferService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'image_transfer', type: 'ImageTransfer', dir: 'inout', in: 'body' }], optional: ['image_transfer.inactivity_timeout', 'image_transfer.timeout_policy'] },
      { name: 'add_for_disk', http: 'POST', signatureOf: 'add', params: [{ name: 'image_transfer', type: 'ImageTransfer', dir: 'inout', in: 'body' }], mandatory: ['image_transfer.disk.id'], optional: ['image_transfer.inactivity_timeout', 'image_transfer.timeout_policy'] },
      { name: 'add_for_image', http: 'POST', signatureOf: 'add', params: [{ name: 'image_transfer', type: 'ImageTransfer', dir: 'inout', in: 'body' }], mandatory: ['image_transfer.image.id'], optional: ['image_transfer.inactivity_timeout', 'image_transfer.timeout_policy'] },
      { name: 'add_for_snapshot', http: 'POST', signatureOf: 'add', params: [{ name: 'image_transfer', type: 'ImageTransfer', dir: 'inout', in: 'body' }], mandatory: ['image_transfer.snapshot.id'], optional: ['image_transfer.inactivity_timeout', 'image_transfer.timeout_policy'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'image_transfer', type: 'ImageTransfer', list: true, dir: 'out' }] },
    ],
  },
  ImagesService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/images'],
    locators: [{ name: 'image', service: 'ImageService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'images', type: 'Image', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  InstanceTypeGraphicsConsoleService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/graphicsconsoles/{console}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  InstanceTypeGraphicsConsolesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/graphicsconsoles'],
    locators: [{ name: 'console', service: 'InstanceTypeGraphicsConsoleService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'inout', in: 'body' }], mandatory: ['console.protocol'] },
      { name: 'list', http: 'GET', params: [{ name: 'consoles', type: 'GraphicsConsole', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  InstanceTypeNicService: {
    area: 'Network',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/nics/{nic}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }] },
    ],
  },
  InstanceTypeNicsService: {
    area: 'Network',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/nics'],
    locators: [{ name: 'nic', service: 'InstanceTypeNicService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nics', type: 'Nic', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  InstanceTypeService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/instancetypes/{instance_type}'],
    locators: [{ name: 'graphics_consoles', path: 'graphicsconsoles', service: 'InstanceTypeGraphicsConsolesService' }, { name: 'nics', path: 'nics', service: 'InstanceTypeNicsService' }, { name: 'watchdogs', path: 'watchdogs', service: 'InstanceTypeWatchdogsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'instance_type', type: 'InstanceType', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'instance_type', type: 'InstanceType', dir: 'inout', in: 'body' }], optional: ['instance_type.storage_error_resume_behaviour'] },
    ],
  },
  InstanceTypeWatchdogService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/watchdogs/{watchdog}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }] },
    ],
  },
  InstanceTypeWatchdogsService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/instancetypes/{instance_type}/watchdogs'],
    locators: [{ name: 'watchdog', service: 'InstanceTypeWatchdogService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'watchdogs', type: 'Watchdog', list: true, dir: 'out' }] },
    ],
  },
  InstanceTypesService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/instancetypes'],
    locators: [{ name: 'instance_type', service: 'InstanceTypeService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'instance_type', type: 'InstanceType', dir: 'inout', in: 'body' }], mandatory: ['instance_type.name'], optional: ['instance_type.console.enabled', 'instance_type.cpu.architecture', 'instance_type.cpu.topology.cores', 'instance_type.cpu.topology.sockets', 'instance_type.cpu.topology.threads', 'instance_type.cpu_shares', 'instance_type.custom_cpu_model', 'instance_type.custom_emulated_machine', 'instance_type.description', 'instance_type.display.monitors', 'instance_type.display.smartcard_enabled', 'instance_type.display.type', 'instance_type.high_availability.enabled', 'instance_type.high_availability.priority', 'instance_type.io.threads', 'instance_type.memory', 'instance_type.memory_policy.ballooning', 'instance_type.memory_policy.guaranteed', 'instance_type.migration_downtime', 'instance_type.origin', 'instance_type.soundcard_enabled', 'instance_type.storage_error_resume_behaviour', 'instance_type.usb.enabled', 'instance_type.usb.type', 'instance_type.virtio_scsi.enabled'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'instance_type', type: 'InstanceType', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  IscsiBondService: {
    area: 'Storage',
    tier: 2,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}'],
    locators: [{ name: 'networks', path: 'networks', service: 'NetworksService' }, { name: 'storage_server_connections', path: 'storageserverconnections', service: 'StorageServerConnectionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'bond', type: 'IscsiBond', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'bond', type: 'IscsiBond', dir: 'inout', in: 'body' }] },
    ],
  },
  IscsiBondsService: {
    area: 'Storage',
    tier: 2,
    paths: ['/datacenters/{data_center}/iscsibonds'],
    locators: [{ name: 'iscsi_bond', service: 'IscsiBondService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'bond', type: 'IscsiBond', dir: 'inout', in: 'body' }], mandatory: ['bond.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'bonds', type: 'IscsiBond', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  JobService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/jobs/{job}'],
    locators: [{ name: 'steps', path: 'steps', service: 'StepsService' }],
    methods: [
      { name: 'clear', http: 'POST', action: 'clear', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'end', http: 'POST', action: 'end', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }, { name: 'succeeded', type: 'boolean', dir: 'in', in: 'body', default: 'true' }] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'job', type: 'Job', dir: 'out' }] },
    ],
  },
  JobsService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/jobs'],
    locators: [{ name: 'job', service: 'JobService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'job', type: 'Job', dir: 'inout', in: 'body' }], mandatory: ['job.description'], optional: ['job.auto_cleared'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'jobs', type: 'Job', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  KatelloErrataService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/hosts/{host}/katelloerrata', '/vms/{vm}/katelloerrata'],
    locators: [{ name: 'katello_erratum', service: 'KatelloErratumService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'errata', type: 'KatelloErratum', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  KatelloErratumService: {
    area: 'Infrastructure',
    tier: 2,
    paths: ['/hosts/{host}/katelloerrata/{katello_erratum}', '/katelloerrata/{katello_erratum}', '/vms/{vm}/katelloerrata/{katello_erratum}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'erratum', type: 'KatelloErratum', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  LinkLayerDiscoveryProtocolService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/nics/{nic}/linklayerdiscoveryprotocolelements'],
    locators: [],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'elements', type: 'LinkLayerDiscoveryProtocolElement', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  MacPoolService: {
    area: 'Network',
    tier: 1,
    paths: ['/macpools/{mac_pool}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'pool', type: 'MacPool', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'pool', type: 'MacPool', dir: 'inout', in: 'body' }], optional: ['pool.allow_duplicates', 'pool.default_pool', 'pool.description', 'pool.name', 'pool.ranges[].from', 'pool.ranges[].to'] },
    ],
  },
  MacPoolsService: {
    area: 'Network',
    tier: 1,
    paths: ['/macpools'],
    locators: [{ name: 'mac_pool', service: 'MacPoolService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'pool', type: 'MacPool', dir: 'inout', in: 'body' }], mandatory: ['pool.name', 'pool.ranges[].from', 'pool.ranges[].to'], optional: ['pool.allow_duplicates', 'pool.default_pool', 'pool.description'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'pools', type: 'MacPool', list: true, dir: 'out' }] },
    ],
  },
  MeasurableService: {
    area: 'Infrastructure',
    tier: 2,
    paths: [],
    locators: [{ name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
    ],
  },
  MoveableService: {
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [],
    methods: [
      { name: 'move', http: 'POST', action: 'move', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  NetworkAttachmentService: {
    area: 'Network',
    tier: 1,
    paths: ['/hosts/{host}/networkattachments/{attachment}', '/hosts/{host}/nics/{nic}/networkattachments/{attachment}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'attachment', type: 'NetworkAttachment', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'attachment', type: 'NetworkAttachment', dir: 'inout', in: 'body' }], optional: ['attachment.ip_address_assignments[].assignment_method', 'attachment.ip_address_assignments[].ip.address', 'attachment.ip_address_assignments[].ip.gateway', 'attachment.ip_address_assignments[].ip.netmask', 'attachment.ip_address_assignments[].ip.version', 'attachment.properties[].name', 'attachment.properties[].value'] },
    ],
  },
  NetworkAttachmentsService: {
    area: 'Network',
    tier: 1,
    paths: ['/hosts/{host}/networkattachments', '/hosts/{host}/nics/{nic}/networkattachments'],
    locators: [{ name: 'attachment', service: 'NetworkAttachmentService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'attachment', type: 'NetworkAttachment', dir: 'inout', in: 'body' }], mandatory: ['attachment.network.name|attachment.network.id'], optional: ['attachment.ip_address_assignments[].assignment_method', 'attachment.ip_address_assignments[].ip.address', 'attachment.ip_address_assignments[].ip.gateway', 'attachment.ip_address_assignments[].ip.netmask', 'attachment.ip_address_assignments[].ip.version', 'attachment.properties[].name', 'attachment.properties[].value'] },
      { name: 'list', http: 'GET', params: [{ name: 'attachments', type: 'NetworkAttachment', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  NetworkFilterService: {
    area: 'Network',
    tier: 1,
    paths: ['/clusters/{cluster}/networkfilters/{network_filter}', '/datacenters/{data_center}/clusters/{cluster}/networkfilters/{network_filter}', '/networkfilters/{network_filter}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network_filter', type: 'NetworkFilter', dir: 'out' }] },
    ],
  },
  NetworkFiltersService: {
    area: 'Network',
    tier: 1,
    paths: ['/clusters/{cluster}/networkfilters', '/datacenters/{data_center}/clusters/{cluster}/networkfilters', '/networkfilters'],
    locators: [{ name: 'network_filter', service: 'NetworkFilterService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'filters', type: 'NetworkFilter', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  NetworkLabelService: {
    area: 'Network',
    tier: 1,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/networklabels/{label}', '/hosts/{host}/nics/{nic}/networklabels/{label}', '/hosts/{host}/nics/{nic}/virtualfunctionallowedlabels/{label}', '/networks/{network}/networklabels/{label}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'label', type: 'NetworkLabel', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  NetworkLabelsService: {
    area: 'Network',
    tier: 1,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/networklabels', '/hosts/{host}/nics/{nic}/networklabels', '/hosts/{host}/nics/{nic}/virtualfunctionallowedlabels', '/networks/{network}/networklabels'],
    locators: [{ name: 'label', service: 'NetworkLabelService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'label', type: 'NetworkLabel', dir: 'inout', in: 'body' }], mandatory: ['label.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'labels', type: 'NetworkLabel', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  NetworkService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}', '/networks/{network}'],
    locators: [{ name: 'network_labels', path: 'networklabels', service: 'NetworkLabelsService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'vnic_profiles', path: 'vnicprofiles', service: 'AssignedVnicProfilesService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'Network', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'network', type: 'Network', dir: 'inout', in: 'body' }], optional: ['network.comment', 'network.description', 'network.display', 'network.ip.address', 'network.ip.gateway', 'network.ip.netmask', 'network.mtu', 'network.name', 'network.stp', 'network.vlan.id'] },
    ],
  },
  NetworksService: {
    area: 'Network',
    tier: 0,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks', '/networks'],
    locators: [{ name: 'network', service: 'NetworkService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }], mandatory: ['network.id|network.name'], optional: ['network.comment', 'network.description', 'network.external_provider.id', 'network.external_provider_physical_network.id', 'network.ip.address', 'network.ip.gateway', 'network.ip.netmask', 'network.mtu', 'network.port_isolation', 'network.profile_required', 'network.stp', 'network.usages[]', 'network.vlan.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'Network', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  NicNetworkFilterParameterService: {
    area: 'Network',
    tier: 1,
    paths: ['/vms/{vm}/nics/{nic}/networkfilterparameters/{parameter}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'parameter', type: 'NetworkFilterParameter', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'parameter', type: 'NetworkFilterParameter', dir: 'inout', in: 'body' }] },
    ],
  },
  NicNetworkFilterParametersService: {
    area: 'Network',
    tier: 1,
    paths: ['/vms/{vm}/nics/{nic}/networkfilterparameters'],
    locators: [{ name: 'parameter', service: 'NicNetworkFilterParameterService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'parameter', type: 'NetworkFilterParameter', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'parameters', type: 'NetworkFilterParameter', list: true, dir: 'out' }] },
    ],
  },
  OpenstackImageProviderService: {
    base: 'ExternalProviderService',
    area: 'Storage',
    tier: 2,
    paths: ['/openstackimageproviders/{provider}'],
    locators: [{ name: 'certificates', path: 'certificates', service: 'ExternalProviderCertificatesService' }, { name: 'images', path: 'images', service: 'OpenstackImagesService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackImageProvider', dir: 'out' }] },
      { name: 'import_certificates', http: 'POST', action: 'importcertificates', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'in', in: 'body' }], mandatory: ['certificates[].content'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'test_connectivity', http: 'POST', action: 'testconnectivity', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackImageProvider', dir: 'inout', in: 'body' }], optional: ['provider.authentication_url', 'provider.description', 'provider.name', 'provider.password', 'provider.properties[].name', 'provider.properties[].value', 'provider.requires_authentication', 'provider.tenant_name', 'provider.username'] },
    ],
  },
  OpenstackImageProvidersService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackimageproviders'],
    locators: [{ name: 'provider', service: 'OpenstackImageProviderService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'provider', type: 'OpenStackImageProvider', dir: 'inout', in: 'body' }], mandatory: ['provider.name'], optional: ['provider.authentication_url', 'provider.description', 'provider.password', 'provider.properties[].name', 'provider.properties[].value', 'provider.requires_authentication', 'provider.tenant_name', 'provider.url', 'provider.username'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'providers', type: 'OpenStackImageProvider', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackImageService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackimageproviders/{provider}/images/{image}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'image', type: 'OpenStackImage', dir: 'out' }] },
      { name: 'import', http: 'POST', action: 'import', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'import_as_template', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }, { name: 'template', type: 'Template', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['cluster.id|cluster.name', 'disk.alias|disk.name', 'import_as_template', 'template.name'] },
    ],
  },
  OpenstackImagesService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackimageproviders/{provider}/images'],
    locators: [{ name: 'image', service: 'OpenstackImageService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'images', type: 'OpenStackImage', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackNetworkProviderService: {
    base: 'ExternalProviderService',
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders/{provider}'],
    locators: [{ name: 'certificates', path: 'certificates', service: 'ExternalProviderCertificatesService' }, { name: 'networks', path: 'networks', service: 'OpenstackNetworksService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackNetworkProvider', dir: 'out' }] },
      { name: 'import_certificates', http: 'POST', action: 'importcertificates', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'in', in: 'body' }], mandatory: ['certificates[].content'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'test_connectivity', http: 'POST', action: 'testconnectivity', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackNetworkProvider', dir: 'inout', in: 'body' }], optional: ['provider.authentication_url', 'provider.auto_sync', 'provider.description', 'provider.name', 'provider.password', 'provider.project_domain_name', 'provider.project_name', 'provider.properties[].name', 'provider.properties[].value', 'provider.requires_authentication', 'provider.tenant_name', 'provider.unmanaged', 'provider.user_domain_name', 'provider.username'] },
    ],
  },
  OpenstackNetworkProvidersService: {
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders'],
    locators: [{ name: 'provider', service: 'OpenstackNetworkProviderService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'provider', type: 'OpenStackNetworkProvider', dir: 'inout', in: 'body' }], mandatory: ['provider.name'], optional: ['provider.authentication_url', 'provider.auto_sync', 'provider.description', 'provider.password', 'provider.project_domain_name', 'provider.project_name', 'provider.properties[].name', 'provider.properties[].value', 'provider.requires_authentication', 'provider.tenant_name', 'provider.unmanaged', 'provider.url', 'provider.user_domain_name', 'provider.username'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'providers', type: 'OpenStackNetworkProvider', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackNetworkService: {
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders/{provider}/networks/{network}'],
    locators: [{ name: 'subnets', path: 'subnets', service: 'OpenstackSubnetsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'OpenStackNetwork', dir: 'out' }] },
      { name: 'import', http: 'POST', action: 'import', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'data_center', type: 'DataCenter', dir: 'in', in: 'body' }] },
    ],
  },
  OpenstackNetworksService: {
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders/{provider}/networks'],
    locators: [{ name: 'network', service: 'OpenstackNetworkService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'OpenStackNetwork', list: true, dir: 'out' }] },
    ],
  },
  OpenstackSubnetService: {
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders/{provider}/networks/{network}/subnets/{subnet}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'subnet', type: 'OpenStackSubnet', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackSubnetsService: {
    area: 'Network',
    tier: 2,
    paths: ['/openstacknetworkproviders/{provider}/networks/{network}/subnets'],
    locators: [{ name: 'subnet', service: 'OpenstackSubnetService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'subnet', type: 'OpenStackSubnet', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'subnets', type: 'OpenStackSubnet', list: true, dir: 'out' }] },
    ],
  },
  OpenstackVolumeAuthenticationKeyService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders/{provider}/authenticationkeys/{key}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'key', type: 'OpenstackVolumeAuthenticationKey', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'key', type: 'OpenstackVolumeAuthenticationKey', dir: 'inout', in: 'body' }], optional: ['key.description', 'key.usage_type', 'key.value'] },
    ],
  },
  OpenstackVolumeAuthenticationKeysService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders/{provider}/authenticationkeys'],
    locators: [{ name: 'key', service: 'OpenstackVolumeAuthenticationKeyService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'key', type: 'OpenstackVolumeAuthenticationKey', dir: 'inout', in: 'body' }], mandatory: ['key.usage_type', 'key.uuid', 'key.value'], optional: ['key.description'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'keys', type: 'OpenstackVolumeAuthenticationKey', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackVolumeProviderService: {
    base: 'ExternalProviderService',
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders/{provider}'],
    locators: [{ name: 'authentication_keys', path: 'authenticationkeys', service: 'OpenstackVolumeAuthenticationKeysService' }, { name: 'certificates', path: 'certificates', service: 'ExternalProviderCertificatesService' }, { name: 'volume_types', path: 'volumetypes', service: 'OpenstackVolumeTypesService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackVolumeProvider', dir: 'out' }] },
      { name: 'import_certificates', http: 'POST', action: 'importcertificates', params: [{ name: 'certificates', type: 'Certificate', list: true, dir: 'in', in: 'body' }], mandatory: ['certificates[].content'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
      { name: 'test_connectivity', http: 'POST', action: 'testconnectivity', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'provider', type: 'OpenStackVolumeProvider', dir: 'inout', in: 'body' }], optional: ['provider.authentication_url', 'provider.data_center.id|provider.data_center.name', 'provider.description', 'provider.name', 'provider.password', 'provider.properties[].name', 'provider.properties[].value', 'provider.requires_authentication', 'provider.tenant_name', 'provider.username'] },
    ],
  },
  OpenstackVolumeProvidersService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders'],
    locators: [{ name: 'provider', service: 'OpenstackVolumeProviderService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'provider', type: 'OpenStackVolumeProvider', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'providers', type: 'OpenStackVolumeProvider', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  OpenstackVolumeTypeService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders/{provider}/volumetypes/{type}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'type', type: 'OpenStackVolumeType', dir: 'out' }] },
    ],
  },
  OpenstackVolumeTypesService: {
    area: 'Storage',
    tier: 2,
    paths: ['/openstackvolumeproviders/{provider}/volumetypes'],
    locators: [{ name: 'type', service: 'OpenstackVolumeTypeService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'types', type: 'OpenStackVolumeType', list: true, dir: 'out' }] },
    ],
  },
  OperatingSystemService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/operatingsystems/{operating_system}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'operating_system', type: 'OperatingSystemInfo', dir: 'out' }] },
    ],
  },
  OperatingSystemsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/operatingsystems'],
    locators: [{ name: 'operating_system', service: 'OperatingSystemService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'operating_system', type: 'OperatingSystemInfo', list: true, dir: 'out' }] },
    ],
  },
  PermissionService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/clusters/{cluster}/permissions/{permission}', '/cpuprofiles/{profile}/permissions/{permission}', '/datacenters/{data_center}/clusters/{cluster}/permissions/{permission}', '/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/permissions/{permission}', '/datacenters/{data_center}/iscsibonds/{iscsi_bond}/networks/{network}/vnicprofiles/{profile}/permissions/{permission}', '/datacenters/{data_center}/permissions/{permission}', '/datacenters/{data_center}/quotas/{quota}/permissions/{permission}', '/datacenters/{data_center}/storagedomains/{storage_domain}/disks/{disk}/permissions/{permission}', '/diskprofiles/{disk_profile}/permissions/{permission}', '/disks/{disk}/permissions/{permission}', '/groups/{group}/permissions/{permission}', '/hosts/{host}/permissions/{permission}', '/macpools/{mac_pool}/permissions/{permission}', '/networks/{network}/permissions/{permission}', '/networks/{network}/vnicprofiles/{profile}/permissions/{permission}', '/permissions/{permission}', '/storagedomains/{storage_domain}/disks/{disk}/permissions/{permission}', '/storagedomains/{storage_domain}/permissions/{permission}', '/templates/{template}/permissions/{permission}', '/users/{user}/permissions/{permission}', '/vmpools/{pool}/permissions/{permission}', '/vms/{vm}/permissions/{permission}', '/vnicprofiles/{profile}/permissions/{permission}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'permission', type: 'Permission', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  PermitService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/roles/{role}/permits/{permit}', '/roles/{role}/permits/{permit}', '/users/{user}/roles/{role}/permits/{permit}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'permit', type: 'Permit', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  PermitsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/roles/{role}/permits', '/roles/{role}/permits', '/users/{user}/roles/{role}/permits'],
    locators: [{ name: 'permit', service: 'PermitService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'permit', type: 'Permit', dir: 'inout', in: 'body' }], mandatory: ['permit.id|permit.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'permits', type: 'Permit', list: true, dir: 'out' }] },
    ],
  },
  QosService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/qoss/{qos}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'qos', type: 'Qos', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'qos', type: 'Qos', dir: 'inout', in: 'body' }], optional: ['qos.cpu_limit', 'qos.description', 'qos.inbound_average', 'qos.inbound_burst', 'qos.inbound_peak', 'qos.max_iops', 'qos.max_read_iops', 'qos.max_read_throughput', 'qos.max_throughput', 'qos.max_write_iops', 'qos.max_write_throughput', 'qos.name', 'qos.outbound_average', 'qos.outbound_average_linkshare', 'qos.outbound_average_realtime', 'qos.outbound_average_upperlimit', 'qos.outbound_burst', 'qos.outbound_peak'] },
    ],
  },
  QossService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/qoss'],
    locators: [{ name: 'qos', service: 'QosService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'qos', type: 'Qos', dir: 'inout', in: 'body' }], mandatory: ['qos.name', 'qos.type'], optional: ['qos.cpu_limit', 'qos.description', 'qos.inbound_average', 'qos.inbound_burst', 'qos.inbound_peak', 'qos.max_iops', 'qos.max_read_iops', 'qos.max_read_throughput', 'qos.max_throughput', 'qos.max_write_iops', 'qos.max_write_throughput', 'qos.outbound_average', 'qos.outbound_average_linkshare', 'qos.outbound_average_realtime', 'qos.outbound_average_upperlimit', 'qos.outbound_burst', 'qos.outbound_peak'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'qoss', type: 'Qos', list: true, dir: 'out' }] },
    ],
  },
  QuotaClusterLimitService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas/{quota}/quotaclusterlimits/{limit}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'limit', type: 'QuotaClusterLimit', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  QuotaClusterLimitsService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas/{quota}/quotaclusterlimits'],
    locators: [{ name: 'limit', service: 'QuotaClusterLimitService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'limit', type: 'QuotaClusterLimit', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'limits', type: 'QuotaClusterLimit', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  QuotaService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas/{quota}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'quota_cluster_limits', path: 'quotaclusterlimits', service: 'QuotaClusterLimitsService' }, { name: 'quota_storage_limits', path: 'quotastoragelimits', service: 'QuotaStorageLimitsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'quota', type: 'Quota', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'quota', type: 'Quota', dir: 'inout', in: 'body' }], optional: ['quota.cluster_hard_limit_pct', 'quota.cluster_soft_limit_pct', 'quota.description', 'quota.name', 'quota.storage_hard_limit_pct', 'quota.storage_soft_limit_pct'] },
    ],
  },
  QuotaStorageLimitService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas/{quota}/quotastoragelimits/{limit}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'limit', type: 'QuotaStorageLimit', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  QuotaStorageLimitsService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas/{quota}/quotastoragelimits'],
    locators: [{ name: 'limit', service: 'QuotaStorageLimitService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'limit', type: 'QuotaStorageLimit', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'limits', type: 'QuotaStorageLimit', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  QuotasService: {
    area: 'SLA',
    tier: 1,
    paths: ['/datacenters/{data_center}/quotas'],
    locators: [{ name: 'quota', service: 'QuotaService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'quota', type: 'Quota', dir: 'inout', in: 'body' }], mandatory: ['quota.name'], optional: ['quota.cluster_hard_limit_pct', 'quota.cluster_soft_limit_pct', 'quota.description', 'quota.storage_hard_limit_pct', 'quota.storage_soft_limit_pct'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'quotas', type: 'Quota', list: true, dir: 'out' }] },
    ],
  },
  RoleService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/groups/{group}/roles/{role}', '/roles/{role}', '/users/{user}/roles/{role}'],
    locators: [{ name: 'permits', path: 'permits', service: 'PermitsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'role', type: 'Role', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'role', type: 'Role', dir: 'inout', in: 'body' }] },
    ],
  },
  RolesService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/roles'],
    locators: [{ name: 'role', service: 'RoleService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'role', type: 'Role', dir: 'inout', in: 'body' }], mandatory: ['role.name', 'role.permits[].id'], optional: ['role.administrative', 'role.description'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'roles', type: 'Role', list: true, dir: 'out' }] },
    ],
  },
  SchedulingPoliciesService: {
    area: 'SLA',
    tier: 1,
    paths: ['/schedulingpolicies'],
    locators: [{ name: 'policy', service: 'SchedulingPolicyService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'policy', type: 'SchedulingPolicy', dir: 'inout', in: 'body' }], mandatory: ['policy.name'], optional: ['policy.description', 'policy.properties[].name', 'policy.properties[].value'] },
      { name: 'list', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'policies', type: 'SchedulingPolicy', list: true, dir: 'out' }] },
    ],
  },
  SchedulingPolicyService: {
    area: 'SLA',
    tier: 1,
    paths: ['/schedulingpolicies/{policy}'],
    locators: [{ name: 'balances', path: 'balances', service: 'BalancesService' }, { name: 'filters', path: 'filters', service: 'FiltersService' }, { name: 'weights', path: 'weights', service: 'WeightsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'policy', type: 'SchedulingPolicy', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'policy', type: 'SchedulingPolicy', dir: 'inout', in: 'body' }], optional: ['policy.description', 'policy.name', 'policy.properties[].name', 'policy.properties[].value'] },
    ],
  },
  SchedulingPolicyUnitService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicyunits/{unit}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'unit', type: 'SchedulingPolicyUnit', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  SchedulingPolicyUnitsService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicyunits'],
    locators: [{ name: 'unit', service: 'SchedulingPolicyUnitService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'units', type: 'SchedulingPolicyUnit', list: true, dir: 'out' }] },
    ],
  },
  SnapshotCdromService: {
    area: 'Storage',
    tier: 2,
    paths: ['/vms/{vm}/snapshots/{snapshot}/cdroms/{cdrom}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'cdrom', type: 'Cdrom', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  SnapshotCdromsService: {
    area: 'Storage',
    tier: 2,
    paths: ['/vms/{vm}/snapshots/{snapshot}/cdroms'],
    locators: [{ name: 'cdrom', service: 'SnapshotCdromService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'cdroms', type: 'Cdrom', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  SnapshotDiskService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/snapshots/{snapshot}/disks/{disk}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  SnapshotDisksService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/snapshots/{snapshot}/disks'],
    locators: [{ name: 'disk', service: 'SnapshotDiskService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  SnapshotNicService: {
    area: 'Network',
    tier: 1,
    paths: ['/vms/{vm}/snapshots/{snapshot}/nics/{nic}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'out' }] },
    ],
  },
  SnapshotNicsService: {
    area: 'Network',
    tier: 1,
    paths: ['/vms/{vm}/snapshots/{snapshot}/nics'],
    locators: [{ name: 'nic', service: 'SnapshotNicService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nics', type: 'Nic', list: true, dir: 'out' }] },
    ],
  },
  SnapshotService: {
    area: 'Storage',
    tier: 0,
    paths: ['/vms/{vm}/snapshots/{snapshot}'],
    locators: [{ name: 'cdroms', path: 'cdroms', service: 'SnapshotCdromsService' }, { name: 'disks', path: 'disks', service: 'SnapshotDisksService' }, { name: 'nics', path: 'nics', service: 'SnapshotNicsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'snapshot', type: 'Snapshot', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['initialization.configuration.data'] }, { name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'restore', http: 'POST', action: 'restore', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'disks', type: 'Disk', list: true, dir: 'in', in: 'body' }, { name: 'restore_memory', type: 'boolean', dir: 'in', in: 'body' }], optional: ['disks[].id', 'disks[].image_id', 'restore_memory'] },
    ],
  },
  SnapshotsService: {
    area: 'Storage',
    tier: 0,
    paths: ['/vms/{vm}/snapshots'],
    locators: [{ name: 'snapshot', service: 'SnapshotService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'snapshot', type: 'Snapshot', dir: 'inout', in: 'body' }], mandatory: ['snapshot.description'], optional: ['snapshot.disk_attachments[].id', 'snapshot.persist_memorystate'] },
      { name: 'list', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['initialization.configuration.data'] }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'snapshots', type: 'Snapshot', list: true, dir: 'out' }] },
    ],
  },
  SshPublicKeyService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users/{user}/sshpublickeys/{key}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'key', type: 'SshPublicKey', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'key', type: 'SshPublicKey', dir: 'inout', in: 'body' }] },
    ],
  },
  SshPublicKeysService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users/{user}/sshpublickeys'],
    locators: [{ name: 'key', service: 'SshPublicKeyService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'key', type: 'SshPublicKey', dir: 'inout', in: 'body' }], mandatory: ['key.content'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'keys', type: 'SshPublicKey', list: true, dir: 'out' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  StatisticService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}/statistics/{statistic}', '/clusters/{cluster}/glustervolumes/{volume}/statistics/{statistic}', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}/statistics/{statistic}', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/statistics/{statistic}', '/datacenters/{data_center}/storagedomains/{storage_domain}/disks/{disk}/statistics/{statistic}', '/disks/{disk}/statistics/{statistic}', '/hosts/{host}/nics/{nic}/statistics/{statistic}', '/hosts/{host}/numanodes/{node}/statistics/{statistic}', '/hosts/{host}/statistics/{statistic}', '/jobs/{job}/steps/{step}/statistics/{statistic}', '/storagedomains/{storage_domain}/disks/{disk}/statistics/{statistic}', '/vms/{vm}/nics/{nic}/statistics/{statistic}', '/vms/{vm}/statistics/{statistic}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'statistic', type: 'Statistic', dir: 'out' }] },
    ],
  },
  StatisticsService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}/statistics', '/clusters/{cluster}/glustervolumes/{volume}/statistics', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/glusterbricks/{brick}/statistics', '/datacenters/{data_center}/clusters/{cluster}/glustervolumes/{volume}/statistics', '/datacenters/{data_center}/storagedomains/{storage_domain}/disks/{disk}/statistics', '/disks/{disk}/statistics', '/hosts/{host}/nics/{nic}/statistics', '/hosts/{host}/numanodes/{node}/statistics', '/hosts/{host}/statistics', '/jobs/{job}/steps/{step}/statistics', '/storagedomains/{storage_domain}/disks/{disk}/statistics', '/vms/{vm}/nics/{nic}/statistics', '/vms/{vm}/statistics'],
    locators: [{ name: 'statistic', service: 'StatisticService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'statistics', type: 'Statistic', list: true, dir: 'out' }] },
    ],
  },
  StepService: {
    base: 'MeasurableService',
    area: 'Infrastructure',
    tier: 0,
    paths: ['/jobs/{job}/steps/{step}'],
    locators: [{ name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'end', http: 'POST', action: 'end', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }, { name: 'succeeded', type: 'boolean', dir: 'in', in: 'body', default: 'true' }], mandatory: ['succeeded'], optional: ['force'] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'step', type: 'Step', dir: 'out' }] },
    ],
  },
  StepsService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/jobs/{job}/steps'],
    locators: [{ name: 'step', service: 'StepService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'step', type: 'Step', dir: 'inout', in: 'body' }], mandatory: ['step.description', 'step.type'], optional: ['step.job.id', 'step.parent_step.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'steps', type: 'Step', list: true, dir: 'out' }] },
    ],
  },
  StorageDomainContentDiskService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/templates/{template}/disks/{disk}', '/storagedomains/{storage_domain}/vms/{vm}/disks/{disk}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainContentDisksService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/templates/{template}/disks', '/storagedomains/{storage_domain}/vms/{vm}/disks'],
    locators: [{ name: 'disk', service: 'StorageDomainContentDiskService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainDiskService: {
    base: 'MeasurableService',
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/disks/{disk}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'copy', http: 'POST', action: 'copy', params: [{ name: 'disk', type: 'Disk', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'move', http: 'POST', action: 'move', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'reduce', http: 'POST', action: 'reduce', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'remove', http: 'DELETE', params: [] },
      { name: 'sparsify', http: 'POST', action: 'sparsify', params: [] },
      { name: 'update', http: 'PUT', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }] },
    ],
  },
  StorageDomainDisksService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/disks'],
    locators: [{ name: 'disk', service: 'StorageDomainDiskService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }, { name: 'unregistered', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'unregistered', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
    ],
  },
  StorageDomainServerConnectionService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/storageconnections/{connection}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'connection', type: 'StorageConnection', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainServerConnectionsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/storageconnections'],
    locators: [{ name: 'connection', service: 'StorageDomainServerConnectionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'connections', type: 'StorageConnection', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainService: {
    area: 'Storage',
    tier: 0,
    paths: ['/storagedomains/{storage_domain}'],
    locators: [{ name: 'disk_profiles', path: 'diskprofiles', service: 'AssignedDiskProfilesService' }, { name: 'disk_snapshots', path: 'disksnapshots', service: 'DiskSnapshotsService' }, { name: 'disks', path: 'disks', service: 'StorageDomainDisksService' }, { name: 'files', path: 'files', service: 'FilesService' }, { name: 'images', path: 'images', service: 'ImagesService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'storage_connections', path: 'storageconnections', service: 'StorageDomainServerConnectionsService' }, { name: 'templates', path: 'templates', service: 'StorageDomainTemplatesService' }, { name: 'vms', path: 'vms', service: 'StorageDomainVmsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'out' }] },
      { name: 'is_attached', http: 'POST', action: 'isattached', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'is_attached', type: 'boolean', dir: 'out' }], mandatory: ['host.id'] },
      { name: 'reduce_luns', http: 'POST', action: 'reduceluns', params: [{ name: 'logical_units', type: 'LogicalUnit', list: true, dir: 'in', in: 'body' }] },
      { name: 'refresh_luns', http: 'POST', action: 'refreshluns', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'logical_units', type: 'LogicalUnit', list: true, dir: 'in', in: 'body' }], optional: ['logical_units[].id'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'destroy', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'format', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'host', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }] },
      { name: 'update_ovf_store', http: 'POST', action: 'updateovfstore', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  StorageDomainTemplateService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/templates/{template}'],
    locators: [{ name: 'disks', path: 'disks', service: 'StorageDomainContentDisksService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'out' }] },
      { name: 'import', http: 'POST', action: 'import', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }, { name: 'template', type: 'Template', dir: 'in', in: 'body' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }], optional: ['clone', 'cluster.id|cluster.name', 'exclusive', 'storage_domain.id|storage_domain.name', 'template.name', 'vm.disk_attachments[].id'] },
      { name: 'register', http: 'POST', action: 'register', params: [{ name: 'allow_partial_import', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'registration_configuration', type: 'RegistrationConfiguration', dir: 'in', in: 'body' }, { name: 'template', type: 'Template', dir: 'in', in: 'body' }, { name: 'vnic_profile_mappings', type: 'VnicProfileMapping', list: true, dir: 'in', in: 'body' }], optional: ['clone', 'cluster.id|cluster.name', 'exclusive', 'registration_configuration', 'template.name'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainTemplatesService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/templates'],
    locators: [{ name: 'template', service: 'StorageDomainTemplateService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'templates', type: 'Template', list: true, dir: 'out' }, { name: 'unregistered', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
    ],
  },
  StorageDomainVmDiskAttachmentService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/vms/{vm}/diskattachments/{attachment}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainVmDiskAttachmentsService: {
    area: 'Storage',
    tier: 2,
    paths: ['/storagedomains/{storage_domain}/vms/{vm}/diskattachments'],
    locators: [{ name: 'attachment', service: 'StorageDomainVmDiskAttachmentService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'attachments', type: 'DiskAttachment', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainVmService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/vms/{vm}'],
    locators: [{ name: 'disk_attachments', path: 'diskattachments', service: 'StorageDomainVmDiskAttachmentsService' }, { name: 'disks', path: 'disks', service: 'StorageDomainContentDisksService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'out' }] },
      { name: 'import', http: 'POST', action: 'import', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'collapse_snapshots', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }], optional: ['clone', 'cluster.id|cluster.name', 'exclusive', 'storage_domain.id|storage_domain.name', 'vm.disk_attachments[].disk.format', 'vm.disk_attachments[].disk.sparse', 'vm.disk_attachments[].id', 'vm.name'] },
      { name: 'register', http: 'POST', action: 'register', params: [{ name: 'allow_partial_import', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'reassign_bad_macs', type: 'boolean', dir: 'in', in: 'body' }, { name: 'registration_configuration', type: 'RegistrationConfiguration', dir: 'in', in: 'body' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }, { name: 'vnic_profile_mappings', type: 'VnicProfileMapping', list: true, dir: 'in', in: 'body' }], optional: ['cluster.id|cluster.name', 'registration_configuration'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  StorageDomainVmsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/storagedomains/{storage_domain}/vms'],
    locators: [{ name: 'vm', service: 'StorageDomainVmService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'unregistered', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'vm', type: 'Vm', list: true, dir: 'out' }] },
    ],
  },
  StorageDomainsService: {
    area: 'Storage',
    tier: 0,
    paths: ['/storagedomains'],
    locators: [{ name: 'storage_domain', service: 'StorageDomainService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.warning_low_space_indicator'] },
      { name: 'add_block_domain', http: 'POST', signatureOf: 'add', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.storage.address', 'storage_domain.warning_low_space_indicator'] },
      { name: 'add_by_path', http: 'POST', signatureOf: 'add', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.address', 'storage_domain.storage.path', 'storage_domain.storage.type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.name', 'storage_domain.storage_format', 'storage_domain.warning_low_space_indicator', 'storage_domain.wipe_after_delete'] },
      { name: 'add_direct_lun', http: 'POST', signatureOf: 'add', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.logical_units[].address', 'storage_domain.storage.logical_units[].id', 'storage_domain.storage.logical_units[].port', 'storage_domain.storage.logical_units[].target', 'storage_domain.storage.type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.name', 'storage_domain.storage.address', 'storage_domain.storage.logical_units[].lun_mapping', 'storage_domain.storage.logical_units[].password', 'storage_domain.storage.logical_units[].paths', 'storage_domain.storage.logical_units[].portal', 'storage_domain.storage.logical_units[].product_id', 'storage_domain.storage.logical_units[].serial', 'storage_domain.storage.logical_units[].username', 'storage_domain.storage.logical_units[].vendor_id', 'storage_domain.storage.override_luns', 'storage_domain.storage_format', 'storage_domain.warning_low_space_indicator', 'storage_domain.wipe_after_delete'] },
      { name: 'add_gluster_or_postfs', http: 'POST', signatureOf: 'add', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.path', 'storage_domain.storage.type', 'storage_domain.storage.vfs_type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.name', 'storage_domain.storage.address', 'storage_domain.storage.mount_options', 'storage_domain.storage_format', 'storage_domain.warning_low_space_indicator', 'storage_domain.wipe_after_delete'] },
      { name: 'add_local', http: 'POST', signatureOf: 'add', params: [{ name: 'storage_domain', type: 'StorageDomain', dir: 'inout', in: 'body' }], mandatory: ['storage_domain.host.id|storage_domain.host.name', 'storage_domain.storage.path', 'storage_domain.storage.type', 'storage_domain.type'], optional: ['storage_domain.backup', 'storage_domain.block_size', 'storage_domain.comment', 'storage_domain.critical_space_action_blocker', 'storage_domain.name', 'storage_domain.storage_format', 'storage_domain.warning_low_space_indicator', 'storage_domain.wipe_after_delete'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'storage_domains', type: 'StorageDomain', list: true, dir: 'out' }] },
    ],
  },
  StorageServerConnectionExtensionService: {
    area: 'Storage',
    tier: 2,
    paths: ['/hosts/{host}/storageconnectionextensions/{storage_connection_extension}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'extension', type: 'StorageConnectionExtension', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'extension', type: 'StorageConnectionExtension', dir: 'inout', in: 'body' }], optional: ['extension.password', 'extension.target', 'extension.username'] },
    ],
  },
  StorageServerConnectionExtensionsService: {
    area: 'Storage',
    tier: 2,
    paths: ['/hosts/{host}/storageconnectionextensions'],
    locators: [{ name: 'storage_connection_extension', service: 'StorageServerConnectionExtensionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'extension', type: 'StorageConnectionExtension', dir: 'inout', in: 'body' }], mandatory: ['extension.password', 'extension.target', 'extension.username'] },
      { name: 'list', http: 'GET', params: [{ name: 'extensions', type: 'StorageConnectionExtension', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  StorageServerConnectionService: {
    area: 'Storage',
    tier: 1,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/storageserverconnections/{storage_connection}', '/storageconnections/{storage_connection}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'conection', type: 'StorageConnection', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'host', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }] },
      { name: 'update_glusterfs', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['connection.address', 'connection.gluster_volume', 'connection.mount_options', 'connection.path', 'connection.vfs_type'] },
      { name: 'update_iscsi', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['connection.password', 'connection.port', 'connection.target', 'connection.username'] },
      { name: 'update_local', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['connection.path'] },
      { name: 'update_nfs', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['connection.address', 'connection.nfs_retrans', 'connection.nfs_timeo', 'connection.nfs_version', 'connection.path'] },
      { name: 'update_vfs', http: 'PUT', signatureOf: 'update', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['connection.address', 'connection.mount_options', 'connection.path', 'connection.vfs_type'] },
    ],
  },
  StorageServerConnectionsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/datacenters/{data_center}/iscsibonds/{iscsi_bond}/storageserverconnections', '/storageconnections'],
    locators: [{ name: 'storage_connection', service: 'StorageServerConnectionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.type'] },
      { name: 'add_glusterfs', http: 'POST', signatureOf: 'add', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.path', 'connection.type', 'connection.vfs_type'], optional: ['connection.address', 'connection.gluster_volume', 'connection.mount_options'] },
      { name: 'add_iscsi', http: 'POST', signatureOf: 'add', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.address', 'connection.port', 'connection.target', 'connection.type'], optional: ['connection.password', 'connection.username'] },
      { name: 'add_local', http: 'POST', signatureOf: 'add', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.path', 'connection.type'] },
      { name: 'add_nfs', http: 'POST', signatureOf: 'add', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.address', 'connection.path', 'connection.type'], optional: ['connection.nfs_retrans', 'connection.nfs_timeo', 'connection.nfs_version'] },
      { name: 'add_vfs', http: 'POST', signatureOf: 'add', params: [{ name: 'connection', type: 'StorageConnection', dir: 'inout', in: 'body' }], mandatory: ['connection.path', 'connection.type', 'connection.vfs_type'], optional: ['connection.address', 'connection.mount_options'] },
      { name: 'list', http: 'GET', params: [{ name: 'connections', type: 'StorageConnection', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  StorageService: {
    area: 'Storage',
    tier: 1,
    paths: ['/hosts/{host}/storage/{storage}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'report_status', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'storage', type: 'HostStorage', dir: 'out' }] },
    ],
  },
  SystemOptionService: {
    tier: 1,
    paths: ['/options/{option}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'option', type: 'SystemOption', dir: 'out' }, { name: 'version', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  SystemOptionsService: {
    tier: 1,
    paths: ['/options'],
    locators: [{ name: 'option', service: 'SystemOptionService' }],
    methods: [
    ],
  },
  SystemPermissionsService: {
    base: 'AssignedPermissionsService',
    area: 'Infrastructure',
    tier: 1,
    paths: ['/permissions'],
    locators: [{ name: 'permission', service: 'PermissionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name'] },
      { name: 'add_cluster_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.cluster.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_data_center_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.data_center.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_group_level', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.group.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_host_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.host.id', 'permission.role.id|permission.role.name'] },
      { name: 'add_storage_domain_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.storage_domain.id'] },
      { name: 'add_template_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.template.id'] },
      { name: 'add_user_level', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.user.id'] },
      { name: 'add_vm_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.vm.id'] },
      { name: 'add_vm_pool_permission', http: 'POST', signatureOf: 'add', params: [{ name: 'permission', type: 'Permission', dir: 'inout', in: 'body' }], mandatory: ['permission.role.id|permission.role.name', 'permission.vm_pool.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'permissions', type: 'Permission', list: true, dir: 'out' }] },
    ],
  },
  SystemService: {
    area: 'Infrastructure',
    tier: 0,
    paths: ['/'],
    locators: [{ name: 'affinity_labels', path: 'affinitylabels', service: 'AffinityLabelsService' }, { name: 'bookmarks', path: 'bookmarks', service: 'BookmarksService' }, { name: 'cluster_levels', path: 'clusterlevels', service: 'ClusterLevelsService' }, { name: 'clusters', path: 'clusters', service: 'ClustersService' }, { name: 'cpu_profiles', path: 'cpuprofiles', service: 'CpuProfilesService' }, { name: 'data_centers', path: 'datacenters', service: 'DataCentersService' }, { name: 'disk_profiles', path: 'diskprofiles', service: 'DiskProfilesService' }, { name: 'disks', path: 'disks', service: 'DisksService' }, { name: 'domains', path: 'domains', service: 'DomainsService' }, { name: 'events', path: 'events', service: 'EventsService' }, { name: 'external_host_providers', path: 'externalhostproviders', service: 'ExternalHostProvidersService' }, { name: 'external_template_imports', path: 'externaltemplateimports', service: 'ExternalTemplateImportsService' }, { name: 'external_vm_imports', path: 'externalvmimports', service: 'ExternalVmImportsService' }, { name: 'groups', path: 'groups', service: 'GroupsService' }, { name: 'hosts', path: 'hosts', service: 'HostsService' }, { name: 'icons', path: 'icons', service: 'IconsService' }, { name: 'image_transfers', path: 'imagetransfers', service: 'ImageTransfersService' }, { name: 'instance_types', path: 'instancetypes', service: 'InstanceTypesService' }, { name: 'jobs', path: 'jobs', service: 'JobsService' }, { name: 'katello_errata', path: 'katelloerrata', service: 'EngineKatelloErrataService' }, { name: 'mac_pools', path: 'macpools', service: 'MacPoolsService' }, { name: 'network_filters', path: 'networkfilters', service: 'NetworkFiltersService' }, { name: 'networks', path: 'networks', service: 'NetworksService' }, { name: 'openstack_image_providers', path: 'openstackimageproviders', service: 'OpenstackImageProvidersService' }, { name: 'openstack_network_providers', path: 'openstacknetworkproviders', service: 'OpenstackNetworkProvidersService' }, { name: 'openstack_volume_providers', path: 'openstackvolumeproviders', service: 'OpenstackVolumeProvidersService' }, { name: 'operating_systems', path: 'operatingsystems', service: 'OperatingSystemsService' }, { name: 'options', path: 'options', service: 'SystemOptionsService' }, { name: 'permissions', path: 'permissions', service: 'SystemPermissionsService' }, { name: 'roles', path: 'roles', service: 'RolesService' }, { name: 'scheduling_policies', path: 'schedulingpolicies', service: 'SchedulingPoliciesService' }, { name: 'scheduling_policy_units', path: 'schedulingpolicyunits', service: 'SchedulingPolicyUnitsService' }, { name: 'storage_connections', path: 'storageconnections', service: 'StorageServerConnectionsService' }, { name: 'storage_domains', path: 'storagedomains', service: 'StorageDomainsService' }, { name: 'tags', path: 'tags', service: 'TagsService' }, { name: 'templates', path: 'templates', service: 'TemplatesService' }, { name: 'users', path: 'users', service: 'UsersService' }, { name: 'vm_pools', path: 'vmpools', service: 'VmPoolsService' }, { name: 'vms', path: 'vms', service: 'VmsService' }, { name: 'vnic_profiles', path: 'vnicprofiles', service: 'VnicProfilesService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'api', type: 'Api', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'reload_configurations', http: 'POST', action: 'reloadconfigurations', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
    ],
  },
  TagService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/tags/{tag}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'tag', type: 'Tag', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'tag', type: 'Tag', dir: 'inout', in: 'body' }], optional: ['tag.description', 'tag.name', 'tag.parent.id|tag.parent.name'] },
    ],
  },
  TagsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/tags'],
    locators: [{ name: 'tag', service: 'TagService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'tag', type: 'Tag', dir: 'inout', in: 'body' }], mandatory: ['tag.name'], optional: ['tag.description', 'tag.parent.id|tag.parent.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'tags', type: 'Tag', list: true, dir: 'out' }] },
    ],
  },
  TemplateCdromService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/templates/{template}/cdroms/{cdrom}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'cdrom', type: 'Cdrom', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateCdromsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/templates/{template}/cdroms'],
    locators: [{ name: 'cdrom', service: 'TemplateCdromService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'cdroms', type: 'Cdrom', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateDiskAttachmentService: {
    area: 'Storage',
    tier: 1,
    paths: ['/templates/{template}/diskattachments/{attachment}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'attachment', type: 'DiskAttachment', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'force', type: 'boolean', dir: 'in', in: 'query' }, { name: 'storage_domain', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateDiskAttachmentsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/templates/{template}/diskattachments'],
    locators: [{ name: 'attachment', service: 'TemplateDiskAttachmentService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'attachments', type: 'DiskAttachment', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateDiskService: {
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [],
    methods: [
      { name: 'copy', http: 'POST', action: 'copy', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'] },
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateDisksService: {
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [{ name: 'disk', service: 'TemplateDiskService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateGraphicsConsoleService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/graphicsconsoles/{console}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateGraphicsConsolesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/graphicsconsoles'],
    locators: [{ name: 'console', service: 'TemplateGraphicsConsoleService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'inout', in: 'body' }], mandatory: ['console.protocol'] },
      { name: 'list', http: 'GET', params: [{ name: 'consoles', type: 'GraphicsConsole', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateMediatedDeviceService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/mediateddevices/{device}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'device', type: 'VmMediatedDevice', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'devices', type: 'VmMediatedDevice', dir: 'inout', in: 'body' }] },
    ],
  },
  TemplateMediatedDevicesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/mediateddevices'],
    locators: [{ name: 'device', service: 'TemplateMediatedDeviceService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'device', type: 'VmMediatedDevice', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'devices', type: 'VmMediatedDevice', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  TemplateNicService: {
    area: 'Network',
    tier: 1,
    paths: ['/templates/{template}/nics/{nic}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }], optional: ['nic.interface', 'nic.linked', 'nic.mac.address', 'nic.name', 'nic.plugged', 'nic.vnic_profile.id'] },
    ],
  },
  TemplateNicsService: {
    area: 'Network',
    tier: 1,
    paths: ['/templates/{template}/nics'],
    locators: [{ name: 'nic', service: 'TemplateNicService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }], mandatory: ['nic.name'], optional: ['nic.interface', 'nic.linked', 'nic.mac.address', 'nic.plugged', 'nic.vnic_profile.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nics', type: 'Nic', list: true, dir: 'out' }] },
    ],
  },
  TemplateService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/templates/{template}'],
    locators: [{ name: 'cdroms', path: 'cdroms', service: 'TemplateCdromsService' }, { name: 'disk_attachments', path: 'diskattachments', service: 'TemplateDiskAttachmentsService' }, { name: 'graphics_consoles', path: 'graphicsconsoles', service: 'TemplateGraphicsConsolesService' }, { name: 'mediated_devices', path: 'mediateddevices', service: 'TemplateMediatedDevicesService' }, { name: 'nics', path: 'nics', service: 'TemplateNicsService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'tags', path: 'tags', service: 'AssignedTagsService' }, { name: 'watchdogs', path: 'watchdogs', service: 'TemplateWatchdogsService' }],
    methods: [
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'export_to_export_domain', http: 'POST', action: 'export', signatureOf: 'export', params: [{ name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['exclusive'] },
      { name: 'export_to_path_on_host', http: 'POST', action: 'export', signatureOf: 'export', params: [{ name: 'directory', type: 'string', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filename', type: 'string', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['directory', 'host.id|host.name'], optional: ['filename'] },
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'inout', in: 'body' }], optional: ['template.auto_pinning_policy', 'template.bios.boot_menu.enabled', 'template.comment', 'template.console.enabled', 'template.cpu.architecture', 'template.cpu.cpu_tune.vcpu_pins[].cpu_set', 'template.cpu.cpu_tune.vcpu_pins[].vcpu', 'template.cpu.topology.cores', 'template.cpu.topology.sockets', 'template.cpu_profile.id', 'template.cpu_shares', 'template.custom_cpu_model', 'template.custom_emulated_machine', 'template.custom_properties[].name', 'template.custom_properties[].value', 'template.delete_protected', 'template.description', 'template.display.allow_override', 'template.display.copy_paste_enabled', 'template.display.disconnect_action', 'template.display.file_transfer_enabled', 'template.display.keyboard_layout', 'template.display.monitors', 'template.display.single_qxl_pci', 'template.display.smartcard_enabled', 'template.display.type', 'template.domain.name', 'template.high_availability.enabled', 'template.high_availability.priority', 'template.initialization.configuration.data', 'template.initialization.configuration.type', 'template.io.threads', 'template.large_icon.data', 'template.large_icon.id', 'template.large_icon.media_type', 'template.memory', 'template.memory_policy.ballooning', 'template.memory_policy.guaranteed', 'template.migration.auto_converge', 'template.migration.compressed', 'template.migration_downtime', 'template.multi_queues_enabled', 'template.name', 'template.origin', 'template.os.boot.devices[]', 'template.os.cmdline', 'template.os.initrd', 'template.os.kernel', 'template.os.type', 'template.placement_policy.hosts[].id|template.placement_policy.hosts[].name', 'template.rng_device.rate.bytes', 'template.rng_device.rate.period', 'template.rng_device.source', 'template.serial_number.policy', 'template.serial_number.value', 'template.small_icon.id', 'template.soundcard_enabled', 'template.sso.methods[].id', 'template.start_paused', 'template.stateless', 'template.storage_error_resume_behaviour', 'template.time_zone.name', 'template.tpm_enabled', 'template.tunnel_migration', 'template.type', 'template.usb.enabled', 'template.usb.type', 'template.version.version_name', 'template.virtio_scsi.enabled', 'template.virtio_scsi_multi_queues', 'template.virtio_scsi_multi_queues_enabled', 'template.vm.placement_policy.affinity'] },
    ],
  },
  TemplateWatchdogService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/watchdogs/{watchdog}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }], optional: ['watchdog.action', 'watchdog.model'] },
    ],
  },
  TemplateWatchdogsService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/templates/{template}/watchdogs'],
    locators: [{ name: 'watchdog', service: 'TemplateWatchdogService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }], mandatory: ['watchdog.action', 'watchdog.model'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'watchdogs', type: 'Watchdog', list: true, dir: 'out' }] },
    ],
  },
  TemplatesService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/templates'],
    locators: [{ name: 'template', service: 'TemplateService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'inout', in: 'body' }], optional: ['template.auto_pinning_policy', 'template.bios.boot_menu.enabled', 'template.cluster.id', 'template.cluster.name', 'template.comment', 'template.console.enabled', 'template.cpu.architecture', 'template.cpu.cpu_tune.vcpu_pins[].cpu_set', 'template.cpu.cpu_tune.vcpu_pins[].vcpu', 'template.cpu.topology.cores', 'template.cpu.topology.sockets', 'template.cpu.topology.threads', 'template.cpu_profile.id', 'template.cpu_shares', 'template.custom_cpu_model', 'template.custom_emulated_machine', 'template.custom_properties[].name', 'template.custom_properties[].value', 'template.delete_protected', 'template.description', 'template.display.allow_override', 'template.display.copy_paste_enabled', 'template.display.disconnect_action', 'template.display.file_transfer_enabled', 'template.display.keyboard_layout', 'template.display.monitors', 'template.display.single_qxl_pci', 'template.display.smartcard_enabled', 'template.display.type', 'template.domain.name', 'template.high_availability.enabled', 'template.high_availability.priority', 'template.initialization.configuration.data', 'template.initialization.configuration.type', 'template.io.threads', 'template.large_icon.data', 'template.large_icon.id', 'template.large_icon.media_type', 'template.memory', 'template.memory_policy.ballooning', 'template.memory_policy.guaranteed', 'template.migration.auto_converge', 'template.migration.compressed', 'template.migration_downtime', 'template.multi_queues_enabled', 'template.origin', 'template.os.boot.devices[]', 'template.os.cmdline', 'template.os.initrd', 'template.os.kernel', 'template.os.type', 'template.placement_policy.hosts[].id|template.placement_policy.hosts[].name', 'template.rng_device.rate.bytes', 'template.rng_device.rate.period', 'template.rng_device.source', 'template.serial_number.policy', 'template.serial_number.value', 'template.small_icon.id', 'template.soundcard_enabled', 'template.sso.methods[].id', 'template.start_paused', 'template.stateless', 'template.storage_domain.id', 'template.storage_error_resume_behaviour', 'template.time_zone.name', 'template.tpm_enabled', 'template.tunnel_migration', 'template.type', 'template.usb.enabled', 'template.usb.type', 'template.version.base_template.id', 'template.version.version_name', 'template.virtio_scsi.enabled', 'template.virtio_scsi_multi_queues', 'template.virtio_scsi_multi_queues_enabled', 'template.vm.disk_attachments[].description', 'template.vm.disk_attachments[].id', 'template.vm.disk_attachments[].name', 'template.vm.placement_policy.affinity'] },
      { name: 'add_from_configuration', http: 'POST', signatureOf: 'add', params: [{ name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'inout', in: 'body' }], mandatory: ['template.cluster.id|template.cluster.name', 'template.initialization.configuration.data', 'template.initialization.configuration.type'], optional: ['template.auto_pinning_policy', 'template.bios.boot_menu.enabled', 'template.cluster.id', 'template.cluster.name', 'template.comment', 'template.console.enabled', 'template.cpu.architecture', 'template.cpu.cpu_tune.vcpu_pins[].cpu_set', 'template.cpu.cpu_tune.vcpu_pins[].vcpu', 'template.cpu.topology.cores', 'template.cpu.topology.sockets', 'template.cpu.topology.threads', 'template.cpu_profile.id', 'template.cpu_shares', 'template.custom_cpu_model', 'template.custom_emulated_machine', 'template.custom_properties[].name', 'template.custom_properties[].value', 'template.delete_protected', 'template.description', 'template.display.allow_override', 'template.display.copy_paste_enabled', 'template.display.disconnect_action', 'template.display.file_transfer_enabled', 'template.display.keyboard_layout', 'template.display.monitors', 'template.display.single_qxl_pci', 'template.display.smartcard_enabled', 'template.display.type', 'template.domain.name', 'template.high_availability.enabled', 'template.high_availability.priority', 'template.initialization.regenerate_ids', 'template.io.threads', 'template.large_icon.data', 'template.large_icon.id', 'template.large_icon.media_type', 'template.memory', 'template.memory_policy.ballooning', 'template.memory_policy.guaranteed', 'template.migration.auto_converge', 'template.migration.compressed', 'template.migration_downtime', 'template.multi_queues_enabled', 'template.name', 'template.origin', 'template.os.boot.devices[]', 'template.os.cmdline', 'template.os.initrd', 'template.os.kernel', 'template.os.type', 'template.placement_policy.hosts[].id|template.placement_policy.hosts[].name', 'template.rng_device.rate.bytes', 'template.rng_device.rate.period', 'template.rng_device.source', 'template.serial_number.policy', 'template.serial_number.value', 'template.small_icon.id', 'template.soundcard_enabled', 'template.sso.methods[].id', 'template.start_paused', 'template.stateless', 'template.storage_domain.id', 'template.storage_error_resume_behaviour', 'template.time_zone.name', 'template.tpm_enabled', 'template.tunnel_migration', 'template.type', 'template.usb.enabled', 'template.usb.type', 'template.version.base_template.id', 'template.version.version_name', 'template.virtio_scsi.enabled', 'template.virtio_scsi_multi_queues', 'template.virtio_scsi_multi_queues_enabled', 'template.vm.disk_attachments[].description', 'template.vm.disk_attachments[].id', 'template.vm.disk_attachments[].name', 'template.vm.placement_policy.affinity'] },
      { name: 'add_from_vm', http: 'POST', signatureOf: 'add', params: [{ name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'inout', in: 'body' }], mandatory: ['template.name', 'template.vm.id|template.vm.name'], optional: ['template.auto_pinning_policy', 'template.bios.boot_menu.enabled', 'template.cluster.id', 'template.cluster.name', 'template.comment', 'template.console.enabled', 'template.cpu.architecture', 'template.cpu.cpu_tune.vcpu_pins[].cpu_set', 'template.cpu.cpu_tune.vcpu_pins[].vcpu', 'template.cpu.topology.cores', 'template.cpu.topology.sockets', 'template.cpu.topology.threads', 'template.cpu_profile.id', 'template.cpu_shares', 'template.custom_cpu_model', 'template.custom_emulated_machine', 'template.custom_properties[].name', 'template.custom_properties[].value', 'template.delete_protected', 'template.description', 'template.display.allow_override', 'template.display.copy_paste_enabled', 'template.display.disconnect_action', 'template.display.file_transfer_enabled', 'template.display.keyboard_layout', 'template.display.monitors', 'template.display.single_qxl_pci', 'template.display.smartcard_enabled', 'template.display.type', 'template.domain.name', 'template.high_availability.enabled', 'template.high_availability.priority', 'template.initialization.configuration.data', 'template.initialization.configuration.type', 'template.io.threads', 'template.large_icon.data', 'template.large_icon.id', 'template.large_icon.media_type', 'template.memory', 'template.memory_policy.ballooning', 'template.memory_policy.guaranteed', 'template.migration.auto_converge', 'template.migration.compressed', 'template.migration_downtime', 'template.multi_queues_enabled', 'template.origin', 'template.os.boot.devices[]', 'template.os.cmdline', 'template.os.initrd', 'template.os.kernel', 'template.os.type', 'template.placement_policy.hosts[].id|template.placement_policy.hosts[].name', 'template.rng_device.rate.bytes', 'template.rng_device.rate.period', 'template.rng_device.source', 'template.serial_number.policy', 'template.serial_number.value', 'template.small_icon.id', 'template.soundcard_enabled', 'template.sso.methods[].id', 'template.start_paused', 'template.stateless', 'template.storage_domain.id', 'template.storage_error_resume_behaviour', 'template.time_zone.name', 'template.tpm_enabled', 'template.tunnel_migration', 'template.type', 'template.usb.enabled', 'template.usb.type', 'template.version.base_template.id', 'template.version.version_name', 'template.virtio_scsi.enabled', 'template.virtio_scsi_multi_queues', 'template.virtio_scsi_multi_queues_enabled', 'template.vm.disk_attachments[].description', 'template.vm.disk_attachments[].id', 'template.vm.disk_attachments[].name', 'template.vm.placement_policy.affinity'] },
      { name: 'add_from_vm_snapshot', http: 'POST', signatureOf: 'add', params: [{ name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'template', type: 'Template', dir: 'inout', in: 'body' }], mandatory: ['template.name', 'template.vm.id|template.vm.name', 'template.vm.snapshots[].id'], optional: ['template.auto_pinning_policy', 'template.bios.boot_menu.enabled', 'template.cluster.id', 'template.cluster.name', 'template.comment', 'template.console.enabled', 'template.cpu.architecture', 'template.cpu.cpu_tune.vcpu_pins[].cpu_set', 'template.cpu.cpu_tune.vcpu_pins[].vcpu', 'template.cpu.topology.cores', 'template.cpu.topology.sockets', 'template.cpu.topology.threads', 'template.cpu_profile.id', 'template.cpu_shares', 'template.custom_cpu_model', 'template.custom_emulated_machine', 'template.custom_properties[].name', 'template.custom_properties[].value', 'template.delete_protected', 'template.description', 'template.display.allow_override', 'template.display.copy_paste_enabled', 'template.display.disconnect_action', 'template.display.file_transfer_enabled', 'template.display.keyboard_layout', 'template.display.monitors', 'template.display.single_qxl_pci', 'template.display.smartcard_enabled', 'template.display.type', 'template.domain.name', 'template.high_availability.enabled', 'template.high_availability.priority', 'template.initialization.configuration.data', 'template.initialization.configuration.type', 'template.io.threads', 'template.large_icon.data', 'template.large_icon.id', 'template.large_icon.media_type', 'template.memory', 'template.memory_policy.ballooning', 'template.memory_policy.guaranteed', 'template.migration.auto_converge', 'template.migration.compressed', 'template.migration_downtime', 'template.multi_queues_enabled', 'template.origin', 'template.os.boot.devices[]', 'template.os.cmdline', 'template.os.initrd', 'template.os.kernel', 'template.os.type', 'template.placement_policy.hosts[].id|template.placement_policy.hosts[].name', 'template.rng_device.rate.bytes', 'template.rng_device.rate.period', 'template.rng_device.source', 'template.serial_number.policy', 'template.serial_number.value', 'template.small_icon.id', 'template.soundcard_enabled', 'template.sso.methods[].id', 'template.start_paused', 'template.stateless', 'template.storage_domain.id', 'template.storage_error_resume_behaviour', 'template.time_zone.name', 'template.tpm_enabled', 'template.tunnel_migration', 'template.type', 'template.usb.enabled', 'template.usb.type', 'template.version.base_template.id', 'template.version.version_name', 'template.virtio_scsi.enabled', 'template.virtio_scsi_multi_queues', 'template.virtio_scsi_multi_queues_enabled', 'template.vm.disk_attachments[].description', 'template.vm.disk_attachments[].id', 'template.vm.disk_attachments[].name', 'template.vm.placement_policy.affinity'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'templates', type: 'Template', list: true, dir: 'out' }] },
    ],
  },
  UnmanagedNetworkService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/unmanagednetworks/{unmanaged_network}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'UnmanagedNetwork', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  UnmanagedNetworksService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/unmanagednetworks'],
    locators: [{ name: 'unmanaged_network', service: 'UnmanagedNetworkService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'UnmanagedNetwork', list: true, dir: 'out' }] },
    ],
  },
  UserOptionService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users/{user}/options/{option}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'option', type: 'UserOption', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [] },
    ],
  },
  UserOptionsService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users/{user}/options'],
    locators: [{ name: 'option', service: 'UserOptionService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'option', type: 'UserOption', dir: 'inout', in: 'body' }], mandatory: ['option.content', 'option.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'options', type: 'UserOption', list: true, dir: 'out' }] },
    ],
  },
  UserService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users/{user}'],
    locators: [{ name: 'event_subscriptions', path: 'eventsubscriptions', service: 'EventSubscriptionsService' }, { name: 'groups', path: 'groups', service: 'DomainUserGroupsService' }, { name: 'options', path: 'options', service: 'UserOptionsService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'roles', path: 'roles', service: 'AssignedRolesService' }, { name: 'ssh_public_keys', path: 'sshpublickeys', service: 'SshPublicKeysService' }, { name: 'tags', path: 'tags', service: 'AssignedTagsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'user', type: 'User', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'user', type: 'User', dir: 'inout', in: 'body' }], optional: ['user.user_options'] },
    ],
  },
  UsersService: {
    area: 'Infrastructure',
    tier: 1,
    paths: ['/users'],
    locators: [{ name: 'user', service: 'UserService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'user', type: 'User', dir: 'inout', in: 'body' }], mandatory: ['user.domain.id|user.domain.name', 'user.user_name'], optional: ['user.namespace', 'user.principal'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'users', type: 'User', list: true, dir: 'out' }] },
    ],
  },
  VirtualFunctionAllowedNetworkService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/nics/{nic}/virtualfunctionallowednetworks/{network}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'network', type: 'Network', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  VirtualFunctionAllowedNetworksService: {
    area: 'Network',
    tier: 2,
    paths: ['/hosts/{host}/nics/{nic}/virtualfunctionallowednetworks'],
    locators: [{ name: 'network', service: 'VirtualFunctionAllowedNetworkService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'network', type: 'Network', dir: 'inout', in: 'body' }], mandatory: ['network.id|network.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'networks', type: 'Network', list: true, dir: 'out' }] },
    ],
  },
  VmApplicationService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/applications/{application}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'application', type: 'Application', dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  VmApplicationsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/applications'],
    locators: [{ name: 'application', service: 'VmApplicationService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'applications', type: 'Application', list: true, dir: 'out' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmBackupDiskService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/backups/{backup}/disks/{disk}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  VmBackupDisksService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/backups/{backup}/disks'],
    locators: [{ name: 'disk', service: 'VmBackupDiskService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmBackupService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/backups/{backup}'],
    locators: [{ name: 'disks', path: 'disks', service: 'VmBackupDisksService' }],
    methods: [
      { name: 'finalize', http: 'POST', action: 'finalize', params: [] },
      { name: 'get', http: 'GET', params: [{ name: 'backup', type: 'Backup', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  VmBackupsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/backups'],
    locators: [{ name: 'backup', service: 'VmBackupService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'backup', type: 'Backup', dir: 'inout', in: 'body' }, { name: 'require_consistency', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'use_active', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], mandatory: ['backup.disks'], optional: ['backup.from_checkpoint_id', 'backup.to_checkpoint_id'] },
      { name: 'list', http: 'GET', params: [{ name: 'backups', type: 'Backup', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmCdromService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/cdroms/{cdrom}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'cdrom', type: 'Cdrom', dir: 'out' }, { name: 'current', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'cdrom', type: 'Cdrom', dir: 'inout', in: 'body' }, { name: 'current', type: 'boolean', dir: 'in', in: 'query', default: 'false' }], optional: ['cdrom.file.id'] },
    ],
  },
  VmCdromsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/cdroms'],
    locators: [{ name: 'cdrom', service: 'VmCdromService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'cdrom', type: 'Cdrom', dir: 'inout', in: 'body' }], mandatory: ['cdrom.file.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'cdroms', type: 'Cdrom', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmCheckpointDiskService: {
    area: 'Storage',
    tier: 2,
    paths: ['/vms/{vm}/checkpoints/{checkpoint}/disks/{disk}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  VmCheckpointDisksService: {
    area: 'Storage',
    tier: 2,
    paths: ['/vms/{vm}/checkpoints/{checkpoint}/disks'],
    locators: [{ name: 'disk', service: 'VmCheckpointDiskService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmCheckpointService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/checkpoints/{checkpoint}'],
    locators: [{ name: 'disks', path: 'disks', service: 'VmCheckpointDisksService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'checkpoint', type: 'Checkpoint', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  VmCheckpointsService: {
    area: 'Storage',
    tier: 1,
    paths: ['/vms/{vm}/checkpoints'],
    locators: [{ name: 'checkpoint', service: 'VmCheckpointService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'checkpoints', type: 'Checkpoint', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmDiskService: {
    base: 'MeasurableService',
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'activate', http: 'POST', action: 'activate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'deactivate', http: 'POST', action: 'deactivate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'disk', type: 'Disk', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'move', http: 'POST', action: 'move', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'reduce', http: 'POST', action: 'reduce', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }] },
    ],
  },
  VmDisksService: {
    area: 'Storage',
    tier: 2,
    paths: [],
    locators: [{ name: 'disk', service: 'VmDiskService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'disk', type: 'Disk', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'disks', type: 'Disk', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmGraphicsConsoleService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/graphicsconsoles/{console}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'out' }, { name: 'current', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'proxy_ticket', http: 'POST', action: 'proxyticket', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'proxy_ticket', type: 'ProxyTicket', dir: 'out' }] },
      { name: 'remote_viewer_connection_file', http: 'POST', action: 'remoteviewerconnectionfile', params: [{ name: 'remote_viewer_connection_file', type: 'string', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'ticket', http: 'POST', action: 'ticket', params: [{ name: 'ticket', type: 'Ticket', dir: 'inout', in: 'body' }] },
    ],
  },
  VmGraphicsConsolesService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/graphicsconsoles'],
    locators: [{ name: 'console', service: 'VmGraphicsConsoleService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'console', type: 'GraphicsConsole', dir: 'inout', in: 'body' }], mandatory: ['console.protocol'] },
      { name: 'list', http: 'GET', params: [{ name: 'consoles', type: 'GraphicsConsole', list: true, dir: 'out' }, { name: 'current', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmHostDeviceService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/vms/{vm}/hostdevices/{device}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'device', type: 'HostDevice', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  VmHostDevicesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/vms/{vm}/hostdevices'],
    locators: [{ name: 'device', service: 'VmHostDeviceService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'device', type: 'HostDevice', dir: 'inout', in: 'body' }], mandatory: ['device.id|device.name'] },
      { name: 'list', http: 'GET', params: [{ name: 'device', type: 'HostDevice', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmMediatedDeviceService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/vms/{vm}/mediateddevices/{device}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'device', type: 'VmMediatedDevice', dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'device', type: 'VmMediatedDevice', dir: 'inout', in: 'body' }] },
    ],
  },
  VmMediatedDevicesService: {
    area: 'Virtualization',
    tier: 2,
    paths: ['/vms/{vm}/mediateddevices'],
    locators: [{ name: 'device', service: 'VmMediatedDeviceService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'device', type: 'VmMediatedDevice', dir: 'inout', in: 'body' }] },
      { name: 'list', http: 'GET', params: [{ name: 'devices', type: 'VmMediatedDevice', list: true, dir: 'out' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }] },
    ],
  },
  VmNicService: {
    base: 'MeasurableService',
    area: 'Network',
    tier: 0,
    paths: ['/vms/{vm}/nics/{nic}'],
    locators: [{ name: 'network_filter_parameters', path: 'networkfilterparameters', service: 'NicNetworkFilterParametersService' }, { name: 'reported_devices', path: 'reporteddevices', service: 'VmReportedDevicesService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }],
    methods: [
      { name: 'activate', http: 'POST', action: 'activate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'deactivate', http: 'POST', action: 'deactivate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }], optional: ['nic.linked', 'nic.mac.address', 'nic.name', 'nic.plugged', 'nic.vnic_profile.id'] },
    ],
  },
  VmNicsService: {
    area: 'Network',
    tier: 0,
    paths: ['/vms/{vm}/nics'],
    locators: [{ name: 'nic', service: 'VmNicService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'nic', type: 'Nic', dir: 'inout', in: 'body' }], mandatory: ['nic.name'], optional: ['nic.linked', 'nic.mac.address', 'nic.plugged', 'nic.vnic_profile.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nics', type: 'Nic', list: true, dir: 'out' }] },
    ],
  },
  VmNumaNodeService: {
    area: 'SLA',
    tier: 1,
    paths: ['/vms/{vm}/numanodes/{node}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'node', type: 'VirtualNumaNode', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'node', type: 'VirtualNumaNode', dir: 'inout', in: 'body' }], optional: ['node.cpu.cores[].index', 'node.index', 'node.memory', 'node.numa_node_pins[].index', 'node.numa_tune_mode'] },
    ],
  },
  VmNumaNodesService: {
    area: 'SLA',
    tier: 1,
    paths: ['/vms/{vm}/numanodes'],
    locators: [{ name: 'node', service: 'VmNumaNodeService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'node', type: 'VirtualNumaNode', dir: 'inout', in: 'body' }], mandatory: ['node.cpu.cores[].index', 'node.index', 'node.memory'], optional: ['node.numa_node_pins[].index', 'node.numa_tune_mode'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'nodes', type: 'VirtualNumaNode', list: true, dir: 'out' }] },
    ],
  },
  VmPoolService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vmpools/{pool}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'allocate_vm', http: 'POST', action: 'allocatevm', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'pool', type: 'VmPool', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'pool', type: 'VmPool', dir: 'inout', in: 'body' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }], optional: ['pool.cluster.id|pool.cluster.name', 'pool.comment', 'pool.description', 'pool.display.proxy', 'pool.max_user_vms', 'pool.name', 'pool.prestarted_vms', 'pool.size', 'pool.template.id|pool.template.name', 'pool.type', 'pool.use_latest_template_version'] },
    ],
  },
  VmPoolsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vmpools'],
    locators: [{ name: 'pool', service: 'VmPoolService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'pool', type: 'VmPool', dir: 'inout', in: 'body' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }], mandatory: ['pool.cluster.id|pool.cluster.name', 'pool.name', 'pool.template.id|pool.template.name'], optional: ['pool.comment', 'pool.description', 'pool.display.proxy', 'pool.max_user_vms', 'pool.prestarted_vms', 'pool.size', 'pool.soundcard_enabled', 'pool.tpm_enabled', 'pool.type', 'pool.use_latest_template_version'] },
      { name: 'list', http: 'GET', params: [{ name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'pools', type: 'VmPool', list: true, dir: 'out' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }] },
    ],
  },
  VmReportedDeviceService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/nics/{nic}/reporteddevices/{reported_device}', '/vms/{vm}/reporteddevices/{reported_device}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'reported_device', type: 'ReportedDevice', dir: 'out' }] },
    ],
  },
  VmReportedDevicesService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/nics/{nic}/reporteddevices', '/vms/{vm}/reporteddevices'],
    locators: [{ name: 'reported_device', service: 'VmReportedDeviceService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'reported_device', type: 'ReportedDevice', list: true, dir: 'out' }] },
    ],
  },
  VmService: {
    base: 'MeasurableService',
    area: 'Virtualization',
    tier: 0,
    paths: ['/vms/{vm}'],
    locators: [{ name: 'affinity_labels', path: 'affinitylabels', service: 'AssignedAffinityLabelsService' }, { name: 'applications', path: 'applications', service: 'VmApplicationsService' }, { name: 'backups', path: 'backups', service: 'VmBackupsService' }, { name: 'cdroms', path: 'cdroms', service: 'VmCdromsService' }, { name: 'checkpoints', path: 'checkpoints', service: 'VmCheckpointsService' }, { name: 'disk_attachments', path: 'diskattachments', service: 'DiskAttachmentsService' }, { name: 'graphics_consoles', path: 'graphicsconsoles', service: 'VmGraphicsConsolesService' }, { name: 'host_devices', path: 'hostdevices', service: 'VmHostDevicesService' }, { name: 'katello_errata', path: 'katelloerrata', service: 'KatelloErrataService' }, { name: 'mediated_devices', path: 'mediateddevices', service: 'VmMediatedDevicesService' }, { name: 'nics', path: 'nics', service: 'VmNicsService' }, { name: 'numa_nodes', path: 'numanodes', service: 'VmNumaNodesService' }, { name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }, { name: 'reported_devices', path: 'reporteddevices', service: 'VmReportedDevicesService' }, { name: 'sessions', path: 'sessions', service: 'VmSessionsService' }, { name: 'snapshots', path: 'snapshots', service: 'SnapshotsService' }, { name: 'statistics', path: 'statistics', service: 'StatisticsService' }, { name: 'tags', path: 'tags', service: 'AssignedTagsService' }, { name: 'watchdogs', path: 'watchdogs', service: 'VmWatchdogsService' }],
    methods: [
      { name: 'auto_pin_cpu_and_numa_nodes', http: 'POST', action: 'autopincpuandnumanodes', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'optimize_cpu_settings', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'cancel_migration', http: 'POST', action: 'cancelmigration', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'clone', http: 'POST', action: 'clone', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'discard_snapshots', type: 'boolean', dir: 'in', in: 'body', default: 'true' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }], mandatory: ['vm.name'], optional: ['discard_snapshots', 'storage_domain.id|storage_domain.name'] },
      { name: 'commit_snapshot', http: 'POST', action: 'commitsnapshot', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'detach', http: 'POST', action: 'detach', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'export', http: 'POST', action: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'discard_snapshots', type: 'boolean', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }] },
      { name: 'export_to_export_domain', http: 'POST', action: 'export', signatureOf: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'discard_snapshots', type: 'boolean', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['storage_domain.id|storage_domain.name'], optional: ['discard_snapshots', 'exclusive'] },
      { name: 'export_to_path_on_host', http: 'POST', action: 'export', signatureOf: 'export', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'directory', type: 'string', dir: 'in', in: 'body' }, { name: 'discard_snapshots', type: 'boolean', dir: 'in', in: 'body' }, { name: 'exclusive', type: 'boolean', dir: 'in', in: 'body' }, { name: 'filename', type: 'string', dir: 'in', in: 'body' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'storage_domain', type: 'StorageDomain', dir: 'in', in: 'body' }], mandatory: ['directory', 'host.id|host.name'], optional: ['filename'] },
      { name: 'freeze_filesystems', http: 'POST', action: 'freezefilesystems', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'get', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['console', 'initialization.configuration.data', 'rng_source', 'soundcard', 'virtio_scsi'] }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'next_run', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'ovf_as_ova', type: 'boolean', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'out' }] },
      { name: 'logon', http: 'POST', action: 'logon', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'maintenance', http: 'POST', action: 'maintenance', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'maintenance_enabled', type: 'boolean', dir: 'in', in: 'body' }], mandatory: ['maintenance_enabled'] },
      { name: 'migrate', http: 'POST', action: 'migrate', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'cluster', type: 'Cluster', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'host', type: 'Host', dir: 'in', in: 'body' }, { name: 'migrate_vms_in_affinity_closure', type: 'boolean', dir: 'in', in: 'body', default: 'false' }], optional: ['cluster.id', 'force', 'host.id|host.name'] },
      { name: 'preview_snapshot', http: 'POST', action: 'previewsnapshot', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'disks', type: 'Disk', list: true, dir: 'in', in: 'body' }, { name: 'lease', type: 'StorageDomainLease', dir: 'in', in: 'body', default: 'null' }, { name: 'restore_memory', type: 'boolean', dir: 'in', in: 'body' }, { name: 'snapshot', type: 'Snapshot', dir: 'in', in: 'body' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }], mandatory: ['snapshot.id'], optional: ['disks[].id', 'disks[].image_id', 'disks[].snapshot.id', 'lease', 'restore_memory'] },
      { name: 'reboot', http: 'POST', action: 'reboot', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }], optional: ['force'] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'detach_only', type: 'boolean', dir: 'in', in: 'query' }, { name: 'force', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'reorder_mac_addresses', http: 'POST', action: 'reordermacaddresses', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'reset', http: 'POST', action: 'reset', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'screenshot', http: 'POST', action: 'screenshot', params: [] },
      { name: 'shutdown', http: 'POST', action: 'shutdown', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }, { name: 'reason', type: 'string', dir: 'in', in: 'body' }], optional: ['force'] },
      { name: 'start', http: 'POST', action: 'start', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'attach_wgt', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'authorized_key', type: 'AuthorizedKey', dir: 'in', in: 'body' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'body' }, { name: 'pause', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'use_cloud_init', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'use_ignition', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'use_initialization', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'use_sysprep', type: 'boolean', dir: 'in', in: 'body', default: 'false' }, { name: 'vm', type: 'Vm', dir: 'in', in: 'body' }, { name: 'volatile', type: 'boolean', dir: 'in', in: 'body', default: 'false' }], optional: ['attach_wgt', 'authorized_key.user.name', 'pause', 'use_cloud_init', 'use_ignition', 'use_initialization', 'use_sysprep', 'vm.custom_cpu_model', 'vm.custom_emulated_machine', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.domain.user.password', 'vm.domain.user.user_name', 'vm.initialization.active_directory_ou', 'vm.initialization.authorized_ssh_keys', 'vm.initialization.cloud_init.authorized_keys[].key', 'vm.initialization.cloud_init.host.address', 'vm.initialization.cloud_init.network_configuration.dns.search_domains[].address', 'vm.initialization.cloud_init.network_configuration.dns.servers[].address', 'vm.initialization.cloud_init.network_configuration.nics[].boot_protocol', 'vm.initialization.cloud_init.network_configuration.nics[].name', 'vm.initialization.cloud_init.network_configuration.nics[].network.ip.gateway', 'vm.initialization.cloud_init.network_configuration.nics[].network.ip.netmask', 'vm.initialization.cloud_init.network_configuration.nics[].on_boot', 'vm.initialization.cloud_init.regenerate_ssh_keys', 'vm.initialization.cloud_init.timezone', 'vm.initialization.cloud_init.users[].name', 'vm.initialization.cloud_init.users[].password', 'vm.initialization.custom_script', 'vm.initialization.dns_search', 'vm.initialization.dns_servers', 'vm.initialization.domain', 'vm.initialization.host_name', 'vm.initialization.input_locale', 'vm.initialization.nic_configurations[].boot_protocol', 'vm.initialization.nic_configurations[].ip.address', 'vm.initialization.nic_configurations[].ip.gateway', 'vm.initialization.nic_configurations[].ip.netmask', 'vm.initialization.nic_configurations[].name', 'vm.initialization.nic_configurations[].on_boot', 'vm.initialization.org_name', 'vm.initialization.regenerate_ssh_keys', 'vm.initialization.root_password', 'vm.initialization.system_locale', 'vm.initialization.timezone', 'vm.initialization.ui_language', 'vm.initialization.user_name', 'vm.initialization.windows_license_key', 'vm.os.boot.devices[]', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.stateless', 'volatile'] },
      { name: 'stop', http: 'POST', action: 'stop', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'force', type: 'boolean', dir: 'in', in: 'body' }, { name: 'reason', type: 'string', dir: 'in', in: 'body' }], optional: ['force'] },
      { name: 'suspend', http: 'POST', action: 'suspend', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'thaw_filesystems', http: 'POST', action: 'thawfilesystems', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'ticket', http: 'POST', action: 'ticket', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }, { name: 'ticket', type: 'Ticket', dir: 'inout', in: 'body' }], optional: ['ticket.value'] },
      { name: 'undo_snapshot', http: 'POST', action: 'undosnapshot', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'body' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'next_run', type: 'boolean', dir: 'in', in: 'query', default: 'false' }, { name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], optional: ['vm.auto_pinning_policy', 'vm.bios.boot_menu.enabled', 'vm.cluster.id|vm.cluster.name', 'vm.comment', 'vm.console.enabled', 'vm.cpu.architecture', 'vm.cpu.cpu_tune.vcpu_pins[].cpu_set', 'vm.cpu.cpu_tune.vcpu_pins[].vcpu', 'vm.cpu.mode', 'vm.cpu.topology.cores', 'vm.cpu.topology.sockets', 'vm.cpu.topology.threads', 'vm.cpu_profile.id', 'vm.cpu_shares', 'vm.custom_cpu_model', 'vm.custom_emulated_machine', 'vm.custom_properties[].name', 'vm.custom_properties[].value', 'vm.delete_protected', 'vm.description', 'vm.display.allow_override', 'vm.display.copy_paste_enabled', 'vm.display.file_transfer_enabled', 'vm.display.keyboard_layout', 'vm.display.monitors', 'vm.display.single_qxl_pci', 'vm.display.smartcard_enabled', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.external_host_provider.id', 'vm.high_availability.enabled', 'vm.high_availability.priority', 'vm.instance_type.id|vm.instance_type.name', 'vm.io.threads', 'vm.large_icon.data', 'vm.large_icon.id', 'vm.large_icon.media_type', 'vm.memory', 'vm.memory_policy.ballooning', 'vm.memory_policy.guaranteed', 'vm.migration.auto_converge', 'vm.migration.compressed', 'vm.migration_downtime', 'vm.multi_queues_enabled', 'vm.name', 'vm.numa_tune_mode', 'vm.origin', 'vm.os.boot.devices[]', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.os.type', 'vm.payloads[].files[].content', 'vm.payloads[].files[].name', 'vm.payloads[].type', 'vm.payloads[].volume_id', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.rng_device.rate.bytes', 'vm.rng_device.rate.period', 'vm.rng_device.source', 'vm.serial_number.policy', 'vm.serial_number.value', 'vm.small_icon.id', 'vm.soundcard_enabled', 'vm.sso.methods[].id', 'vm.start_paused', 'vm.stateless', 'vm.storage_error_resume_behaviour', 'vm.time_zone.name', 'vm.tpm_enabled', 'vm.tunnel_migration', 'vm.type', 'vm.usb.enabled', 'vm.usb.type', 'vm.use_latest_template_version', 'vm.virtio_scsi.enabled', 'vm.virtio_scsi_multi_queues', 'vm.virtio_scsi_multi_queues_enabled'] },
    ],
  },
  VmSessionService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/sessions/{session}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'session', type: 'Session', dir: 'out' }] },
    ],
  },
  VmSessionsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/sessions'],
    locators: [{ name: 'session', service: 'VmSessionService' }],
    methods: [
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'sessions', type: 'Session', list: true, dir: 'out' }] },
    ],
  },
  VmWatchdogService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/watchdogs/{watchdog}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }], optional: ['watchdog.action', 'watchdog.model'] },
    ],
  },
  VmWatchdogsService: {
    area: 'Virtualization',
    tier: 1,
    paths: ['/vms/{vm}/watchdogs'],
    locators: [{ name: 'watchdog', service: 'VmWatchdogService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'watchdog', type: 'Watchdog', dir: 'inout', in: 'body' }], mandatory: ['watchdog.action', 'watchdog.model'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'watchdogs', type: 'Watchdog', list: true, dir: 'out' }] },
    ],
  },
  VmsService: {
    area: 'Virtualization',
    tier: 0,
    paths: ['/vms'],
    locators: [{ name: 'vm', service: 'VmService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'auto_pinning_policy', type: 'AutoPinningPolicy', dir: 'in', in: 'query' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'query' }, { name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], optional: ['vm.auto_pinning_policy', 'vm.bios.boot_menu.enabled', 'vm.comment', 'vm.cpu.cpu_tune.vcpu_pins[].cpu_set', 'vm.cpu.cpu_tune.vcpu_pins[].vcpu', 'vm.cpu.topology.cores', 'vm.cpu.topology.sockets', 'vm.cpu.topology.threads', 'vm.cpu_profile.id', 'vm.custom_properties[].name', 'vm.custom_properties[].value', 'vm.delete_protected', 'vm.description', 'vm.display.allow_override', 'vm.display.copy_paste_enabled', 'vm.display.disconnect_action', 'vm.display.file_transfer_enabled', 'vm.display.keyboard_layout', 'vm.display.monitors', 'vm.display.smartcard_enabled', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.high_availability.enabled', 'vm.high_availability.priority', 'vm.large_icon.data', 'vm.large_icon.id', 'vm.large_icon.media_type', 'vm.memory', 'vm.memory_policy.ballooning', 'vm.memory_policy.guaranteed', 'vm.migration.auto_converge', 'vm.migration.compressed', 'vm.migration_downtime', 'vm.multi_queues_enabled', 'vm.numa_tune_mode', 'vm.origin', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.os.type', 'vm.payloads[].files[].content', 'vm.payloads[].files[].name', 'vm.payloads[].type', 'vm.payloads[].volume_id', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.quota.id', 'vm.rng_device.rate.bytes', 'vm.rng_device.rate.period', 'vm.rng_device.source', 'vm.serial_number.policy', 'vm.serial_number.value', 'vm.small_icon.id', 'vm.sso.methods[].id', 'vm.start_paused', 'vm.stateless', 'vm.storage_error_resume_behaviour', 'vm.time_zone.name', 'vm.tpm_enabled', 'vm.tunnel_migration', 'vm.type', 'vm.usb.enabled', 'vm.usb.type', 'vm.virtio_scsi.enabled', 'vm.virtio_scsi_multi_queues', 'vm.virtio_scsi_multi_queues_enabled'] },
      { name: 'add_from_configuration', http: 'POST', signatureOf: 'add', params: [{ name: 'auto_pinning_policy', type: 'AutoPinningPolicy', dir: 'in', in: 'query' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'query' }, { name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], mandatory: ['vm.initialization.configuration.data', 'vm.initialization.configuration.type'], optional: ['vm.auto_pinning_policy', 'vm.bios.boot_menu.enabled', 'vm.comment', 'vm.cpu.cpu_tune.vcpu_pins[].cpu_set', 'vm.cpu.cpu_tune.vcpu_pins[].vcpu', 'vm.cpu.mode', 'vm.cpu.topology.cores', 'vm.cpu.topology.sockets', 'vm.cpu.topology.threads', 'vm.cpu_profile.id', 'vm.custom_properties[].name', 'vm.custom_properties[].value', 'vm.delete_protected', 'vm.description', 'vm.display.allow_override', 'vm.display.copy_paste_enabled', 'vm.display.disconnect_action', 'vm.display.file_transfer_enabled', 'vm.display.keyboard_layout', 'vm.display.monitors', 'vm.display.smartcard_enabled', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.high_availability.enabled', 'vm.high_availability.priority', 'vm.initialization.regenerate_ids', 'vm.large_icon.data', 'vm.large_icon.id', 'vm.large_icon.media_type', 'vm.memory', 'vm.memory_policy.ballooning', 'vm.memory_policy.guaranteed', 'vm.migration.auto_converge', 'vm.migration.compressed', 'vm.migration_downtime', 'vm.multi_queues_enabled', 'vm.name', 'vm.numa_tune_mode', 'vm.origin', 'vm.os.boot.devices[]', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.os.type', 'vm.payloads[].files[].content', 'vm.payloads[].files[].name', 'vm.payloads[].type', 'vm.payloads[].volume_id', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.quota.id', 'vm.rng_device.rate.bytes', 'vm.rng_device.rate.period', 'vm.rng_device.source', 'vm.serial_number.policy', 'vm.serial_number.value', 'vm.small_icon.id', 'vm.sso.methods[].id', 'vm.start_paused', 'vm.stateless', 'vm.storage_error_resume_behaviour', 'vm.time_zone.name', 'vm.tpm_enabled', 'vm.tunnel_migration', 'vm.type', 'vm.usb.enabled', 'vm.usb.type', 'vm.virtio_scsi.enabled', 'vm.virtio_scsi_multi_queues', 'vm.virtio_scsi_multi_queues_enabled'] },
      { name: 'add_from_scratch', http: 'POST', signatureOf: 'add', params: [{ name: 'auto_pinning_policy', type: 'AutoPinningPolicy', dir: 'in', in: 'query' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'query' }, { name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], mandatory: ['vm.cluster.id|vm.cluster.name', 'vm.name', 'vm.template.id|vm.template.name'], optional: ['vm.auto_pinning_policy', 'vm.bios.boot_menu.enabled', 'vm.comment', 'vm.console.enabled', 'vm.cpu.architecture', 'vm.cpu.cpu_tune.vcpu_pins[].cpu_set', 'vm.cpu.cpu_tune.vcpu_pins[].vcpu', 'vm.cpu.mode', 'vm.cpu.topology.cores', 'vm.cpu.topology.sockets', 'vm.cpu.topology.threads', 'vm.cpu_profile.id', 'vm.cpu_shares', 'vm.custom_cpu_model', 'vm.custom_emulated_machine', 'vm.custom_properties[].name', 'vm.custom_properties[].value', 'vm.delete_protected', 'vm.description', 'vm.display.allow_override', 'vm.display.copy_paste_enabled', 'vm.display.disconnect_action', 'vm.display.file_transfer_enabled', 'vm.display.keyboard_layout', 'vm.display.monitors', 'vm.display.single_qxl_pci', 'vm.display.smartcard_enabled', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.high_availability.enabled', 'vm.high_availability.priority', 'vm.initialization.configuration.data', 'vm.initialization.configuration.type', 'vm.instance_type.id|vm.instance_type.name', 'vm.io.threads', 'vm.large_icon.data', 'vm.large_icon.id', 'vm.large_icon.media_type', 'vm.memory', 'vm.memory_policy.ballooning', 'vm.memory_policy.guaranteed', 'vm.migration.auto_converge', 'vm.migration.compressed', 'vm.migration_downtime', 'vm.multi_queues_enabled', 'vm.numa_tune_mode', 'vm.origin', 'vm.os.boot.devices[]', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.os.type', 'vm.payloads[].files[].content', 'vm.payloads[].files[].name', 'vm.payloads[].type', 'vm.payloads[].volume_id', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.quota.id', 'vm.rng_device.rate.bytes', 'vm.rng_device.rate.period', 'vm.rng_device.source', 'vm.serial_number.policy', 'vm.serial_number.value', 'vm.small_icon.id', 'vm.soundcard_enabled', 'vm.sso.methods[].id', 'vm.start_paused', 'vm.stateless', 'vm.storage_error_resume_behaviour', 'vm.time_zone.name', 'vm.tpm_enabled', 'vm.tunnel_migration', 'vm.type', 'vm.usb.enabled', 'vm.usb.type', 'vm.use_latest_template_version', 'vm.virtio_scsi.enabled', 'vm.virtio_scsi_multi_queues', 'vm.virtio_scsi_multi_queues_enabled'] },
      { name: 'add_from_snapshot', http: 'POST', signatureOf: 'add', params: [{ name: 'auto_pinning_policy', type: 'AutoPinningPolicy', dir: 'in', in: 'query' }, { name: 'clone', type: 'boolean', dir: 'in', in: 'query' }, { name: 'clone_permissions', type: 'boolean', dir: 'in', in: 'query' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'seal', type: 'boolean', dir: 'in', in: 'query' }, { name: 'vm', type: 'Vm', dir: 'inout', in: 'body' }], mandatory: ['vm.cluster.id|vm.cluster.name', 'vm.name', 'vm.snapshots[].id', 'vm.template.id|vm.template.name'], optional: ['vm.auto_pinning_policy', 'vm.bios.boot_menu.enabled', 'vm.comment', 'vm.console.enabled', 'vm.cpu.architecture', 'vm.cpu.cpu_tune.vcpu_pins[].cpu_set', 'vm.cpu.cpu_tune.vcpu_pins[].vcpu', 'vm.cpu.topology.cores', 'vm.cpu.topology.sockets', 'vm.cpu.topology.threads', 'vm.cpu_profile.id', 'vm.cpu_shares', 'vm.custom_cpu_model', 'vm.custom_emulated_machine', 'vm.custom_properties[].name', 'vm.custom_properties[].value', 'vm.delete_protected', 'vm.description', 'vm.display.allow_override', 'vm.display.copy_paste_enabled', 'vm.display.disconnect_action', 'vm.display.file_transfer_enabled', 'vm.display.keyboard_layout', 'vm.display.monitors', 'vm.display.single_qxl_pci', 'vm.display.smartcard_enabled', 'vm.display.type', 'vm.display.video_type', 'vm.domain.name', 'vm.high_availability.enabled', 'vm.high_availability.priority', 'vm.large_icon.data', 'vm.large_icon.id', 'vm.large_icon.media_type', 'vm.memory', 'vm.memory_policy.ballooning', 'vm.memory_policy.guaranteed', 'vm.migration.auto_converge', 'vm.migration.compressed', 'vm.migration_downtime', 'vm.multi_queues_enabled', 'vm.numa_tune_mode', 'vm.origin', 'vm.os.cmdline', 'vm.os.initrd', 'vm.os.kernel', 'vm.os.type', 'vm.payloads[].files[].content', 'vm.payloads[].files[].name', 'vm.payloads[].type', 'vm.payloads[].volume_id', 'vm.placement_policy.affinity', 'vm.placement_policy.hosts[].id|vm.placement_policy.hosts[].name', 'vm.quota.id', 'vm.rng_device.rate.bytes', 'vm.rng_device.rate.period', 'vm.rng_device.source', 'vm.serial_number.policy', 'vm.serial_number.value', 'vm.small_icon.id', 'vm.soundcard_enabled', 'vm.sso.methods[].id', 'vm.start_paused', 'vm.stateless', 'vm.storage_error_resume_behaviour', 'vm.time_zone.name', 'vm.tpm_enabled', 'vm.tunnel_migration', 'vm.type', 'vm.usb.enabled', 'vm.usb.type', 'vm.virtio_scsi.enabled', 'vm.virtio_scsi_multi_queues', 'vm.virtio_scsi_multi_queues_enabled'] },
      { name: 'list', http: 'GET', params: [{ name: 'all_content', type: 'boolean', dir: 'in', in: 'query', excludes: ['console', 'initialization.configuration.data', 'rng_source', 'soundcard', 'virtio_scsi'] }, { name: 'case_sensitive', type: 'boolean', dir: 'in', in: 'query', default: 'true' }, { name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'ovf_as_ova', type: 'boolean', dir: 'in', in: 'query' }, { name: 'search', type: 'string', dir: 'in', in: 'query' }, { name: 'vms', type: 'Vm', list: true, dir: 'out' }] },
    ],
  },
  VnicProfileService: {
    area: 'Network',
    tier: 0,
    paths: ['/vnicprofiles/{profile}'],
    locators: [{ name: 'permissions', path: 'permissions', service: 'AssignedPermissionsService' }],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'profile', type: 'VnicProfile', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
      { name: 'update', http: 'PUT', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }, { name: 'profile', type: 'VnicProfile', dir: 'inout', in: 'body' }], optional: ['profile.custom_properties[].name', 'profile.custom_properties[].value', 'profile.description', 'profile.failover', 'profile.name', 'profile.network_filter', 'profile.pass_through.mode', 'profile.port_mirroring', 'profile.qos'] },
    ],
  },
  VnicProfilesService: {
    area: 'Network',
    tier: 0,
    paths: ['/vnicprofiles'],
    locators: [{ name: 'profile', service: 'VnicProfileService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'profile', type: 'VnicProfile', dir: 'inout', in: 'body' }], mandatory: ['profile.name', 'profile.network.id'], optional: ['profile.custom_properties[].name', 'profile.custom_properties[].value', 'profile.description', 'profile.failover', 'profile.pass_through.mode', 'profile.port_mirroring'] },
      { name: 'list', http: 'GET', params: [{ name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'profiles', type: 'VnicProfile', list: true, dir: 'out' }] },
    ],
  },
  WeightService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/weights/{weight}'],
    locators: [],
    methods: [
      { name: 'get', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'weight', type: 'Weight', dir: 'out' }] },
      { name: 'remove', http: 'DELETE', params: [{ name: 'async', type: 'boolean', dir: 'in', in: 'query' }] },
    ],
  },
  WeightsService: {
    area: 'SLA',
    tier: 2,
    paths: ['/schedulingpolicies/{policy}/weights'],
    locators: [{ name: 'weight', service: 'WeightService' }],
    methods: [
      { name: 'add', http: 'POST', params: [{ name: 'weight', type: 'Weight', dir: 'inout', in: 'body' }], mandatory: ['weight.scheduling_policy_unit.id'] },
      { name: 'list', http: 'GET', params: [{ name: 'filter', type: 'boolean', dir: 'in', in: 'query' }, { name: 'follow', type: 'string', dir: 'in', in: 'query' }, { name: 'max', type: 'integer', dir: 'in', in: 'query' }, { name: 'weights', type: 'Weight', list: true, dir: 'out' }] },
    ],
  },
};
