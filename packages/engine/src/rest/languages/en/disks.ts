import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of disks, their snapshots, backups and transfers. */
export const disks = {
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type: must be iscsi or fcp',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'LUN $lunId is already in use, as a disk or by a storage domain',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units: a disk is one LUN',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units: a LUN of iSCSI needs address and target',
  ACTION_TYPE_FAILED_DISKS_LOCKED: 'These disks are locked: $diskAliases. Please try again in a few minutes',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: 'These disks have no usable image: $diskAliases',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST: "There is no snapshot of this id, or it is another VM's",
  ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION: 'The snapshot keeps no configuration of the VM that could be used',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW: 'The VM shows no snapshot as a preview',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR:
    'The snapshot is the state of the VM itself, or one that the engine keeps, not one that somebody made',
  CANNOT_PREVIEW_ACTIVE_SNAPSHOT: 'The snapshot is the present state of the VM',
  ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS: 'The disk $diskAlias has snapshots, or shares its data with a template',
  ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT: 'Snapshots of the VM keep states of the disk. Remove them first, or remove the disk',
  ACTION_TYPE_FAILED_DISK_NOT_EXIST: 'The disk does not exist any more',
  ACTION_TYPE_FAILED_DISKS_NOT_EXIST: 'These disks are not on the storage domain: $diskAliases',
  ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED: 'The disk is attached to the VM already',
  ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED:
    'The disk is attached to another VM, and several can have it only if it is shareable',
  ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM: 'The VM has no disk of this id: $diskIds',
  ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE: 'These disks are not active: $diskAliases. Activate them first',
  ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS: 'There is a disk of this id already',
  ACTION_TYPE_FAILED_DISK_BOOT_IN_USE: 'bootable: another disk of the VM is its boot disk already',
  ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED:
    'sparse: on block storage a disk of format raw is preallocated. Choose the format cow, or sparse false',
  ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED: 'The disk is being transferred already. Finish or cancel that transfer first',
  ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED:
    'Other VMs may write to these disks: $diskAliases. Only a VM that is down can be exported with them',
  ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME: 'storage_domain: the disk lies on this storage domain already',
  CANNOT_MOVE_DISK_TEMPLATE: 'The disk of a template stays where VMs made from it look for it. Copy it instead',
  DISK_IS_ALREADY_SHARED_BETWEEN_VMS: 'shareable: several VMs have the disk. Detach it from all but one first',
  HOT_PLUG_DISK_IS_NOT_VIRTIO:
    'interface: a disk on IDE or SATA is not plugged or unplugged while the VM runs. Shut it down first, or use virtio_scsi or virtio',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH: 'storage_domain: the storage domain is of another data center than the disk',
  ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE:
    'This is not possible with the storage of the disk: some actions are for images, others for LUNs',
  ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS: 'The ISO image is in the CD drive of the VM $VmNames. Eject it there first',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST: 'There is no backup of this id: $vmBackupId',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY: 'The backup is not in phase ready: it is starting, ending or has ended',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK: 'shareable: the disk has snapshots, which a disk of several VMs cannot have. Remove them first',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT: 'shareable: only a disk of format raw can be shared among VMs',
  SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK: 'sgio: only a LUN passes SCSI commands on',
  SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK: 'read_only: a LUN that passes SCSI commands on (sgio) cannot be read-only',
  ACTION_TYPE_FAILED_SGIO_IS_FILTERED:
    'uses_scsi_reservation: reservations need a LUN whose SCSI commands are not filtered (sgio unfiltered)',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED: 'The disk is preallocated, so that there is nothing to give back',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW: 'Only a disk of format raw is sparsified. Convert it first',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE: 'disk.format: the disk has this format and allocation already',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE: 'disk.sparse: the disk has this allocation already',
  ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS:
    'Only on block storage has an image more room than it needs. On file storage, sparsify the disk',
  ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE: 'The volume is the one that the VM writes to. Remove the disk instead',
  CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS:
    'The VM has to be up or down; for one that is down a host of its data center has to be up',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS:
    'from_checkpoint_id: incremental backup is not enabled for these disks: $diskAliases. Enable it, and back them up in full first',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK:
    'from_checkpoint_id: disks of format raw are backed up in full only: $diskAliases',
  ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST: 'There is a backup or checkpoint of this id already',
  ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG: 'description: may have at most 1024 characters',
  ACTION_TYPE_FAILED_VM_BACKUP_LOCKED: 'The backup is being ended: $action (job $job)',
  ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP: 'A disk of the backup is being transferred. Finish or cancel the transfer first',
  ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST: 'The VM has no checkpoint of this id: $checkpointId. Back it up in full instead',
  ACTION_TYPE_FAILED_CHECKPOINT_INVALID:
    'Nobody can tell any more what changed since the checkpoint $checkpointId. Back the VM up in full instead',
  CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS: 'The VM has to be up or down, and must not start, stop or move meanwhile',
  ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL:
    'The VM is being backed up, which needs its checkpoints. Finalize the backup first',
  ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER: 'The transfer is in phase "$phase", in which this is not possible',
  ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP: 'format: the disks of a backup are transferred in the format raw',
} as const satisfies Partial<Record<EngineMessage, string>>;
