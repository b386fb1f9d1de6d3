import type { disks as english } from '../en/disks.ts';

export const disks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type : doit être iscsi ou fcp',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'Le LUN $lunId est déjà utilisé, comme disque ou par un domaine de stockage',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units : un disque correspond à un LUN',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units : un LUN iSCSI a besoin de address et target',
  ACTION_TYPE_FAILED_DISKS_LOCKED: 'Ces disques sont verrouillés : $diskAliases. Réessayez dans quelques minutes',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: 'Ces disques n’ont pas d’image utilisable : $diskAliases',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST: 'Il n’y a pas d’instantané avec cet identifiant, ou il appartient à une autre VM',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION: 'L’instantané ne contient aucune configuration de VM utilisable',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW: 'La VM n’affiche aucun instantané en aperçu',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR:
    'L’instantané est l’état de la VM elle-même, ou un instantané que le moteur conserve, pas un que quelqu’un a créé',
  CANNOT_PREVIEW_ACTIVE_SNAPSHOT: 'L’instantané est l’état actuel de la VM',
  ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS: 'Le disque $diskAlias a des instantanés, ou partage ses données avec un modèle',
  ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT:
    'Des instantanés de la VM conservent des états du disque. Supprimez-les d’abord, ou supprimez le disque',
  ACTION_TYPE_FAILED_DISK_NOT_EXIST: 'Le disque n’existe plus',
  ACTION_TYPE_FAILED_DISKS_NOT_EXIST: 'Ces disques ne sont pas sur le domaine de stockage : $diskAliases',
  ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED: 'Le disque est déjà attaché à la VM',
  ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED:
    'Le disque est attaché à une autre VM ; plusieurs ne peuvent l’avoir que s’il est partageable (shareable)',
  ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM: 'La VM n’a pas de disque avec cet identifiant : $diskIds',
  ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE: 'Ces disques ne sont pas actifs : $diskAliases. Activez-les d’abord',
  ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS: 'Il existe déjà un disque avec cet identifiant',
  ACTION_TYPE_FAILED_DISK_BOOT_IN_USE: 'bootable : un autre disque de la VM est déjà son disque de démarrage',
  ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED:
    'sparse : sur un stockage bloc, un disque au format raw est préalloué. Choisissez le format cow, ou sparse false',
  ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED: 'Le disque est déjà en cours de transfert. Terminez ou annulez d’abord ce transfert',
  ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED:
    'D’autres VM peuvent écrire sur ces disques : $diskAliases. Seule une VM arrêtée peut être exportée avec eux',
  ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME: 'storage_domain : le disque est déjà sur ce domaine de stockage',
  CANNOT_MOVE_DISK_TEMPLATE: 'Le disque d’un modèle reste là où les VM qui en sont issues le cherchent. Copiez-le plutôt',
  DISK_IS_ALREADY_SHARED_BETWEEN_VMS: 'shareable : plusieurs VM ont le disque. Détachez-le d’abord de toutes sauf une',
  HOT_PLUG_DISK_IS_NOT_VIRTIO:
    'interface : un disque IDE ou SATA ne se branche ni ne se débranche pendant que la VM s’exécute. Arrêtez-la d’abord, ou utilisez virtio_scsi ou virtio',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH:
    'storage_domain : le domaine de stockage appartient à un autre centre de données que le disque',
  ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE:
    'Cela n’est pas possible avec le stockage du disque : certaines actions concernent les images, d’autres les LUN',
  ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS: 'L’image ISO est dans le lecteur de CD de la VM $VmNames. Éjectez-la d’abord',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST: 'Il n’y a pas de sauvegarde avec cet identifiant : $vmBackupId',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY: 'La sauvegarde n’est pas en phase ready : elle démarre, se termine ou est terminée',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK:
    'shareable : le disque a des instantanés, ce qu’un disque de plusieurs VM ne peut pas avoir. Supprimez-les d’abord',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT: 'shareable : seul un disque au format raw peut être partagé entre des VM',
  SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK: 'sgio : seul un LUN transmet les commandes SCSI',
  SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK:
    'read_only : un LUN qui transmet les commandes SCSI (sgio) ne peut pas être en lecture seule',
  ACTION_TYPE_FAILED_SGIO_IS_FILTERED:
    'uses_scsi_reservation : les réservations exigent un LUN dont les commandes SCSI ne sont pas filtrées (sgio unfiltered)',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED: 'Le disque est préalloué : il n’y a rien à rendre',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW: 'Seul un disque au format raw peut être allégé. Convertissez-le d’abord',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE: 'disk.format : le disque a déjà ce format et cette allocation',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE: 'disk.sparse : le disque a déjà cette allocation',
  ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS:
    'Une image n’a plus de place que nécessaire que sur un stockage bloc. Sur un stockage de fichiers, allégez le disque',
  ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE: 'Le volume est celui sur lequel la VM écrit. Supprimez plutôt le disque',
  CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS:
    'La VM doit être en cours d’exécution ou arrêtée ; si elle est arrêtée, un hôte de son centre de données doit être actif',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS:
    'from_checkpoint_id : la sauvegarde incrémentielle n’est pas activée pour ces disques : $diskAliases. Activez-la, puis faites d’abord une sauvegarde complète',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK:
    'from_checkpoint_id : les disques au format raw ne se sauvegardent qu’entièrement : $diskAliases',
  ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST: 'Il existe déjà une sauvegarde ou un point de contrôle avec cet identifiant',
  ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG: 'description : peut avoir au plus 1024 caractères',
  ACTION_TYPE_FAILED_VM_BACKUP_LOCKED: 'La sauvegarde est en train de se terminer : $action (tâche $job)',
  ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP:
    'Un disque de la sauvegarde est en cours de transfert. Terminez ou annulez d’abord le transfert',
  ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST:
    'La VM n’a pas de point de contrôle avec cet identifiant : $checkpointId. Faites plutôt une sauvegarde complète',
  ACTION_TYPE_FAILED_CHECKPOINT_INVALID:
    'On ne peut plus savoir ce qui a changé depuis le point de contrôle $checkpointId. Faites plutôt une sauvegarde complète de la VM',
  CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS:
    'La VM doit être en cours d’exécution ou arrêtée, et ne doit ni démarrer, ni s’arrêter, ni se déplacer entre-temps',
  ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL:
    'La VM est en cours de sauvegarde, ce qui exige ses points de contrôle. Finalisez d’abord la sauvegarde',
  ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER: 'Le transfert est dans la phase « $phase », dans laquelle cela n’est pas possible',
  ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP: 'format : les disques d’une sauvegarde sont transférés au format raw',
};
