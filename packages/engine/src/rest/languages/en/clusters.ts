import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of data centers and clusters. */
export const clusters = {
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service: there is no server that attests hosts',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode: all hosts of the cluster must be in maintenance',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster: the cluster is of another data center',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'An upgrade of the cluster goes on already',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'No upgrade of the cluster goes on. Start one first',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH: 'The upgrade of the cluster was started with another correlation id',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete must be between 0 and 100',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST: 'There is no such data center, or the cluster belongs to none',
  ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS:
    'The data center has storage domains. Detach and remove them first, or remove it with force',
  VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED: 'The cluster has hosts. Remove them first',
  VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED: 'The cluster has VMs. Remove them first',
  VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED: 'The cluster has templates. Remove them first',
  CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS: 'The cluster has VM pools. Remove them first',
  CLUSTER_CANNOT_CHANGE_STORAGE_POOL: 'data_center: a cluster stays in its data center',
  CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL: 'cpu.type: the compatibility level does not have the CPU type of the cluster. Choose another',
  CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS: 'cpu.type: CPUs of hosts of the cluster that are up lack features of this type',
  CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL: 'cpu.type: a cluster with hosts keeps the architecture of its CPUs',
  CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS:
    'version: hosts of the cluster that are up do not know this compatibility level. Upgrade them first',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION:
    'version: a cluster with hosts cannot go to a lower compatibility level',
  ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY: 'The cluster of the VM does not exist any more',
  ACTION_TYPE_FAILED_CPU_NOT_FOUND: 'cpu.type: the compatibility level has no CPU type "$cpu"',
  ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE: 'cpu.architecture: the CPU type is of another architecture',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC:
    'version: a cluster has at least the compatibility level of its data center',
  CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL:
    'version: a cluster has at least the compatibility level of its data center',
  CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS:
    'Hosts of the cluster that are up do not have this feature. Upgrade them, or move them to maintenance first',
  CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED: 'virt_service: a cluster runs VMs, so that it cannot be false',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION:
    'version: a data center with storage domains or networks of its own cannot go to a lower compatibility level',
  ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS:
    'version: these clusters have a lower compatibility level: $ClustersList. Raise theirs first',
  ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE:
    'force: all hosts of the data center have to be in maintenance, so that none works on its storage',
} as const satisfies Partial<Record<EngineMessage, string>>;
