import type { Loaders } from './rest/follow.ts';
import type { Services } from './rest/operation.ts';
import { affinityGroupLoaders, affinityGroupServices } from './affinity-groups/resource.ts';
import { affinityLabelLoaders, affinityLabelServices } from './affinity-labels/resource.ts';
import { bookmarkLoaders, bookmarkServices } from './bookmarks/resource.ts';
import { qosLoaders, qosServices } from './qos/resource.ts';
import { profileLoaders, profileServices } from './profiles/resource.ts';
import { quotaLoaders, quotaServices } from './quotas/resource.ts';
import { vmNumaLoaders, vmNumaServices } from './numa/vm-nodes.ts';
import { schedulingPolicyLoaders, schedulingPolicyServices } from './scheduling-policies/resource.ts';
import { iscsiBondLoaders, iscsiBondServices } from './iscsi-bonds/resource.ts';
import { clusterFeatureLoaders, clusterFeatureServices } from './cluster-features/resource.ts';
import { clusterLevelLoaders, clusterLevelServices } from './cluster-levels/resource.ts';
import { clusterLoaders, clusterServices } from './clusters/resource.ts';
import { macPoolLoaders, macPoolServices } from './mac-pools/resource.ts';
import { dataCenterLoaders, dataCenterServices } from './data-centers/resource.ts';
import { backupLoaders, backupServices } from './backups/resource.ts';
import { consoleLoaders, consoleServices } from './consoles/graphics.ts';
import { guestLoaders, guestServices } from './guests/resource.ts';
import { mediatedDeviceLoaders, mediatedDeviceServices } from './host-devices/mediated.ts';
import { hostDeviceLoaders, hostDeviceServices } from './host-devices/resource.ts';
import { cpuUnitLoaders, cpuUnitServices } from './hosts/cpu-units.ts';
import { cdromLoaders, cdromServices } from './devices/cdroms.ts';
import { diskLoaders, diskServices } from './disks/resource.ts';
import { eventServices } from './events/resource.ts';
import { numaNodeLoaders, numaNodeServices } from './hosts/numa-nodes.ts';
import { hostNetworkLoaders, hostNetworkServices } from './host-networks/resource.ts';
import { externalImportServices } from './external-imports/resource.ts';
import { hostLoaders, hostServices } from './hosts/resource.ts';
import { imageTransferLoaders, imageTransferServices } from './image-transfers/resource.ts';
import { jobLoaders, jobServices } from './jobs/resource.ts';
import { networkFilterLoaders, networkFilterServices } from './network-filters/resource.ts';
import { networkProviderLoaders, networkProviderServices } from './network-providers/resource.ts';
import { networkLoaders, networkServices } from './networks/resource.ts';
import { vnicProfileLoaders, vnicProfileServices } from './vnic-profiles/resource.ts';
import { nicLoaders, nicServices } from './nics/resource.ts';
import { instanceTypeLoaders, instanceTypeServices } from './instance-types/resource.ts';
import { iconLoaders, iconServices } from './icons/resource.ts';
import { watchdogLoaders, watchdogServices } from './devices/watchdogs.ts';
import { operatingSystemServices } from './operating-systems/resource.ts';
import { optionServices } from './options/resource.ts';
import { permissionLoaders, permissionServices } from './permissions/resource.ts';
import { roleLoaders, roleServices } from './roles/resource.ts';
import { snapshotLoaders, snapshotServices } from './snapshots/resource.ts';
import { hostStorageLoaders, hostStorageServices } from './hosts/storage.ts';
import { storageConnectionServices } from './storage-connections/resource.ts';
import { storageContentServices } from './storage-domains/content.ts';
import { storageContentLoaders } from './storage-domains/follow.ts';
import { storageFileServices } from './storage-domains/files.ts';
import { storageDomainLoaders, storageDomainServices } from './storage-domains/resource.ts';
import { templateLoaders, templateServices } from './templates/resource.ts';
import { statisticLoaders, statisticServices } from './statistics/resource.ts';
import { tagLoaders, tagServices } from './tags/resource.ts';
import { userLoaders, userServices } from './users/resource.ts';
import { vmLoaders, vmServices } from './vms/resource.ts';
import { vmPoolLoaders, vmPoolServices } from './vm-pools/resource.ts';

/** Every operation that the engine handles, by service and method of the contract. What is not here answers 501. */
export const services: Services = {
  ...affinityGroupServices,
  ...affinityLabelServices,
  ...profileServices,
  ...schedulingPolicyServices,
  ...vmNumaServices,
  ...qosServices,
  ...quotaServices,
  ...bookmarkServices,
  ...iscsiBondServices,
  ...clusterFeatureServices,
  ...clusterLevelServices,
  ...clusterServices,
  ...dataCenterServices,
  ...macPoolServices,
  ...backupServices,
  ...cdromServices,
  ...cpuUnitServices,
  ...guestServices,
  ...hostDeviceServices,
  ...mediatedDeviceServices,
  ...consoleServices,
  ...diskServices,
  ...eventServices,
  ...externalImportServices,
  ...hostNetworkServices,
  ...hostServices,
  ...iconServices,
  ...instanceTypeServices,
  ...imageTransferServices,
  ...jobServices,
  ...networkFilterServices,
  ...networkProviderServices,
  ...networkServices,
  ...nicServices,
  ...operatingSystemServices,
  ...optionServices,
  ...permissionServices,
  ...roleServices,
  ...snapshotServices,
  ...hostStorageServices,
  ...storageConnectionServices,
  ...storageContentServices,
  ...storageFileServices,
  ...storageDomainServices,
  ...templateServices,
  ...numaNodeServices,
  ...statisticServices,
  ...tagServices,
  ...userServices,
  ...vmServices,
  ...vmPoolServices,
  ...vnicProfileServices,
  ...watchdogServices,
};

const parts: Partial<Loaders>[] = [
  affinityGroupLoaders,
  affinityLabelLoaders,
  backupLoaders,
  profileLoaders,
  schedulingPolicyLoaders,
  vmNumaLoaders,
  qosLoaders,
  quotaLoaders,
  clusterFeatureLoaders,
  clusterLevelLoaders,
  clusterLoaders,
  dataCenterLoaders,
  macPoolLoaders,
  cdromLoaders,
  guestLoaders,
  cpuUnitLoaders,
  hostDeviceLoaders,
  iscsiBondLoaders,
  mediatedDeviceLoaders,
  consoleLoaders,
  diskLoaders,
  hostNetworkLoaders,
  hostLoaders,
  hostStorageLoaders,
  iconLoaders,
  instanceTypeLoaders,
  imageTransferLoaders,
  jobLoaders,
  networkFilterLoaders,
  networkProviderLoaders,
  networkLoaders,
  nicLoaders,
  vnicProfileLoaders,
  permissionLoaders,
  roleLoaders,
  bookmarkLoaders,
  numaNodeLoaders,
  statisticLoaders,
  tagLoaders,
  userLoaders,
  snapshotLoaders,
  storageContentLoaders,
  storageDomainLoaders,
  templateLoaders,
  vmLoaders,
  vmPoolLoaders,
  watchdogLoaders,
];

/** How objects and sub-collections are loaded when they are followed. */
export const loaders: Loaders = {
  entities: Object.assign({}, ...parts.map((part) => part.entities)),
  references: Object.assign({}, ...parts.map((part) => part.references)),
  children: Object.assign({}, ...parts.map((part) => part.children)),
};
