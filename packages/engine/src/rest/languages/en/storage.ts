import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of storage domains, storage connections and LUNs. */
export const storage = {
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'A storage domain that is for backups runs no VMs',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN: 'backup: VMs run with disks or leases of this storage domain',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS: 'Only a data domain that is not for backups becomes the master',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'Disks are LUNs behind the connection: $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS: 'VMs run with LUNs behind the connection: $vmNames',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Low disk space on storage domain $storageName',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2: 'The storage domain is in status "$status", in which this is not possible',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST:
    'The storage domain is not there: not on the storage, or not in the data center that was named',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST: 'The engine has this storage domain already',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER: 'The storage domain is the master already',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL:
    'storage_domain: the storage domain is not attached to the data center of the cluster',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL: 'This is not possible with a storage domain of this kind',
  ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE: 'The present master storage domain is not active. Activate it first',
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED:
    'Storage domains behind the connection have to be in maintenance or detached: $domainNames. Or set force',
  ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS: 'VMs run with disks or ISO images of the storage domain. Stop them first',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS: 'There is a connection to this storage already. Use or change that one',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST: 'There is no storage connection of this id',
  ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN:
    'The last storage domain of a data center goes with the data center. Remove that with force instead',
  ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES: 'VMs run with leases on the storage domain. Stop them first',
  ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED:
    'ISO images of the storage domain are in CD drives of running VMs. Eject them first',
  CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP: 'host: a host that is up is needed to remove the storage domain',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP: 'The host is not up and cannot become the SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM: 'The host is the SPM already',
  CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM: 'The host is never to become the SPM (spm.priority -1)',
  ACTION_TYPE_FAILED_UNSUPPORTED_OVF: 'The description (OVF) on the storage domain cannot be understood',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS:
    'Storage domains lie behind the connection: $domainNames. Remove them first',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE: 'type: cannot be changed. Add another connection instead',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS: 'storage.id: a storage domain lies behind this connection already',
  VALIDATION_STORAGE_CONNECTION_INVALID_PORT: 'port: must be between 1 and 65535',
  VALIDATION_STORAGE_CONNECTION_NFS_RETRANS: 'nfs_retrans: must be between 0 and 32767',
  VALIDATION_STORAGE_CONNECTION_NFS_TIMEO: 'nfs_timeo: must be between 1 and 6000 tenths of a second',
  VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY:
    'mount_options: has an option that has an attribute of its own, such as nfs_version, nfs_timeo, nfs_retrans or vfs_type',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS:
    'The connection of a storage domain stays with it; only LUNs of iSCSI are reached over several',
  ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE:
    'discard_after_delete: this storage does not give back the space of removed disks by itself',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL: 'The cluster of the host belongs to no data center',
  CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS:
    'The present SPM still works on the storage of the data center. Please try again when its tasks have ended',
  ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN: 'These LUNs are not part of the storage domain: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS: 'These LUNs are part of storage domains already: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS: 'These LUNs are disks already: $lunIds',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS: 'A storage domain needs at least one LUN. Remove the storage domain instead',
  ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE: 'The OVF stores of the storage domain are being updated: $action (job $job)',
  ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED:
    'clone: what lies on a storage domain is registered as it is. Register it, and clone it then',
  ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED:
    'networks: a network of an iSCSI bond must not be required in a cluster, or a path that fails would take hosts down',
  ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND: 'storage_connections: an iSCSI bond has connections of iSCSI only',
  ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER: 'name: the data center has an iSCSI bond of this name already',
  VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER: 'name: must have 1 to 50 letters, digits and the signs _ . -',
} as const satisfies Partial<Record<EngineMessage, string>>;
