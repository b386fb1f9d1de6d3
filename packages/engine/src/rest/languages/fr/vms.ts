import type { vms as english } from '../en/vms.ts';

export const vms: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'La VM est en cours d’exécution',
  ACTION_TYPE_FAILED_MIGRATION_OF_NON_MIGRATABLE_PASSTHROUGH_VNICS_IS_NOT_SUPPORTED:
    'Des interfaces réseau qui sont des fonctions virtuelles de l’hôte lui attachent la VM, car leurs profils vNIC ne sont pas migrables : $interfaces',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS:
    'La propriété personnalisée « $property » n’existe pas à ce niveau de compatibilité',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES: 'La propriété personnalisée « $property » ne peut pas avoir cette valeur',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS: 'La propriété personnalisée « $property » est donnée deux fois',
  ACTION_TYPE_FAILED_INVALID_TIMEZONE: 'time_zone.name : aucun fuseau horaire ne porte ce nom',
  ACTION_TYPE_FAILED_INVALID_SERIAL_NUMBER: 'serial_number.value : la politique « custom » exige un numéro de série',
  ACTION_TYPE_FAILED_ILLEGAL_NUM_OF_MONITORS: 'display.monitors : une VM a 1, 2 ou 4 écrans, et 1 avec VNC seul',
  MOVE_VM_CLUSTER_MISSING_NETWORK: 'cluster : le cluster n’a pas ces réseaux de la VM : $networks',
  VM_CANNOT_MOVE_TO_CLUSTER_IN_OTHER_STORAGE_POOL: 'cluster : le cluster appartient à un autre centre de données que la VM',
  VM_OR_TEMPLATE_ILLEGAL_PRIORITY_VALUE: 'high_availability.priority : doit être compris entre 0 et 100',
  TPM_DEVICE_REQUESTED_ON_NOT_SUPPORTED_PLATFORM:
    'tpm_enabled : un TPM exige UEFI, c’est-à-dire l’un des types de BIOS q35_ovmf et q35_secure_boot',
  ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING: 'La VM n’est pas en cours d’exécution',
  ACTION_TYPE_FAILED_VM_IS_LOCKED: 'La VM est verrouillée. Réessayez dans quelques minutes',
  ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL: 'La VM est dans l’état « $vmStatus », dans lequel cela n’est pas possible',
  ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL: 'L’hôte est dans l’état « $hostStatus », dans lequel cela n’est pas possible',
  ACTION_TYPE_FAILED_VM_IS_NOT_UP: 'La VM est dans l’état « $vmStatus » ; elle doit être démarrée',
  ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING: 'La VM enregistre ou restaure sa mémoire. Attendez que ce soit terminé',
  VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN: 'La VM est dans l’état « $vmStatus » ; elle doit être éteinte. Arrêtez-la d’abord',
  ACTION_TYPE_FAILED_VM_IS_NOT_DOWN: 'La VM $vmName doit être arrêtée. Arrêtez-la d’abord',
  ACTION_TYPE_FAILED_VM_NOT_FOUND: 'La VM n’existe plus',
  ACTION_TYPE_FAILED_VM_IN_PREVIEW: 'La VM affiche un instantané en aperçu. Validez-le ou annulez-le d’abord',
  ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT:
    'L’instantané est verrouillé : il est en cours de création, de suppression ou de restauration. Réessayez ensuite',
  ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP: 'La VM est en cours de sauvegarde. Finalisez d’abord la sauvegarde',
  ACTION_TYPE_FAILED_VM_ATTACHED_TO_POOL: 'La VM appartient à un pool. Détachez-la d’abord du pool',
  ACTION_TYPE_FAILED_VM_RUNNING_STATELESS: 'La VM s’exécute sans état : ce qu’elle écrit est abandonné à son arrêt. Arrêtez-la d’abord',
  ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST: 'La VM est épinglée à son hôte (placement_policy.affinity pinned)',
  ACTION_TYPE_FAILED_VM_NOT_PINNED_TO_AT_LEAST_ONE_HOST:
    'La VM n’est épinglée à aucun hôte. Indiquez-en d’abord un dans placement_policy.hosts',
  ACTION_TYPE_FAILED_VM_IS_NON_MIGRTABLE_AND_IS_NOT_FORCED_BY_USER_TO_MIGRATE:
    'La VM n’est migrée que si cela est forcé (placement_policy.affinity user_migratable). Définissez force',
  ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES:
    'La VM a des périphériques de son hôte et ne peut pas le quitter. Détachez-les d’abord',
  ACTION_TYPE_FAILED_VM_USES_SCSI_RESERVATION:
    'Un disque de la VM peut détenir des réservations SCSI (uses_scsi_reservation), qui resteraient sur l’hôte',
  ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS: 'La VM est déjà en cours de migration',
  ACTION_TYPE_FAILED_MIGRATION_TO_SAME_HOST: 'host : la VM s’exécute déjà sur cet hôte',
  ACTION_TYPE_FAILED_MIGRATE_BETWEEN_TWO_CLUSTERS: 'Une VM en cours d’exécution reste dans son cluster. Choisissez un hôte du même cluster',
  VM_CANNOT_CANCEL_MIGRATION_WHEN_VM_IS_NOT_MIGRATING: 'La VM n’est pas en cours de migration',
  VM_STATUS_NOT_VALID_FOR_UPDATE: 'cluster : seule une VM arrêtée passe dans un autre cluster. Arrêtez-la d’abord',
  VM_CANNOT_RUN_STATELESS_HA: 'Une VM à haute disponibilité ne peut pas s’exécuter sans état',
  VM_CANNOT_RUN_STATELESS_WHILE_IN_PREVIEW:
    'Une VM qui affiche un instantané en aperçu ne peut pas s’exécuter sans état. Validez-le ou annulez-le d’abord',
  VM_CANNOT_SUSPEND_STATELESS_VM: 'Une VM sans état ne peut pas être suspendue',
  VM_CANNOT_SUSPEND_VM_FROM_POOL: 'Une VM d’un pool ne peut pas être suspendue',
  ACTION_TYPE_FAILED_NO_SUITABLE_DOMAIN_FOUND:
    'Aucun domaine de stockage actif du centre de données n’a assez de place pour la mémoire de la VM',
  ERROR_CANNOT_FIND_ISO_IMAGE_PATH: 'Le centre de données de la VM n’a aucune image ISO avec cet identifiant',
  ERROR_ISO_IMAGE_STATUS_ILLEGAL: 'L’image ISO est dans l’état « $status » ; elle doit être ok',
  USER_CANNOT_FORCE_RECONNECT_TO_VM: 'Un autre utilisateur est connecté à la console et vous ne pouvez pas le déconnecter',
  ACTION_TYPE_FAILED_NO_MORE_MEMORY_SLOTS:
    'memory : une VM en cours d’exécution a au plus $maxMemSlots emplacements de mémoire, et trop peu sont libres',
  WATCHDOG_ALREADY_EXISTS: 'La VM ou le modèle a déjà un chien de garde',
  ACTION_TYPE_FAILED_CANNOT_SCREENSHOT_HEADLESS_VM: 'La VM n’a aucun affichage à capturer',
  VM_CANNOT_IMPORT_VM_EXISTS: 'Il existe déjà quelque chose avec cet identifiant',
  VM_CANNOT_IMPORT_VM_NAME_EXISTS: 'Le centre de données a déjà une VM de ce nom. Choisissez-en un autre',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_FOUND: 'Tous les hôtes auxquels la VM est épinglée n’ont pas le périphérique $deviceName',
  ACTION_TYPE_FAILED_HOST_DEVICE_ALREADY_IN_USE: 'La VM $vmName a déjà le périphérique $deviceName',
  ACTION_TYPE_FAILED_VM_CLUSTER_DIFFERENT_ARCHITECTURES: 'cluster : les processeurs de ce cluster sont d’une autre architecture',
  ACTION_TYPE_FAILED_LEASE_DOMAIN_ID_IS_NOT_VALID:
    'lease.storage_domain : doit être un domaine de données du centre de données de la VM, au format de stockage V4 ou ultérieur',
  ACTION_TYPE_FAILED_INVALID_VM_LEASE_STORAGE_DOMAIN_STATUS:
    'lease.storage_domain : $storageDomainName est dans l’état « $status » ; il doit être actif',
  ACTION_TYPE_FAILED_VM_LEASES_ARE_NOT_SUPPORTED_WITH_HA_OFF:
    'lease : un bail est destiné à une VM hautement disponible. Définissez high_availability.enabled, ou renoncez au bail',
  ACTION_TYPE_FAILED_EMULATED_MACHINE_MAY_NOT_CONTAIN_SPECIAL_CHARS:
    'custom_emulated_machine : ne peut contenir que des lettres, des chiffres et les signes _ . + , -',
  ACTION_TYPE_FAILED_MEMORY_HOT_SET_NOT_SUPPORTED_FOR_HUGE_PAGES:
    'La VM a des pages énormes, dont le nombre est fixe pendant son exécution',
  ACTION_TYPE_FAILED_ONLY_ONE_DEVICE_WITH_THIS_GRAPHICS_ALLOWED: 'protocol : la VM a déjà un affichage de ce protocole',
  ACTION_TYPE_FAILED_ILLEGAL_WATCHDOG_MODEL_IS_NOT_SUPPORTED_BY_OS: 'model : le seul modèle de chien de garde est i6300esb',
  ACTION_TYPE_MDEV_INVALID_PARAMS: 'spec_params : la propriété mdevType, qui nomme le type du périphérique, est nécessaire',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_AVAILABLE:
    'Le périphérique $deviceName ne peut pas être donné à une VM : son hôte en a besoin, ou n’a pas d’IOMMU',
  VM_ICON_DATAURL_MALFORMED: 'data : doit être une image en Base64',
  DATA_SIZE_OF_PROVIDED_VM_ICON_TOO_LARGE: 'data : une icône fait au plus 24 Kio',
  PROVIDED_VM_ICON_OF_UNKNOWN_TYPE: 'data : une icône est une image PNG, JPEG ou GIF',
  VM_ICON_MIME_TYPE_DOESNT_MATCH_IMAGE_DATA: 'media_type : l’image est d’un autre type',
  PROVIDED_VM_ICON_HAS_INVALID_DIMENSIONS: 'data : une icône fait au plus 150 pixels de large et 120 de haut',
  ICON_OF_PROVIDED_ID_DOES_NOT_EXIST: 'Il n’y a pas d’icône avec cet identifiant',
  VM_CANNOT_IMPORT_TEMPLATE_NAME_EXISTS: 'Le centre de données a déjà un modèle de ce nom. Choisissez-en un autre',
  ACTION_TYPE_FAILED_PROXY_HOST_MUST_BE_SPECIFIED: 'host : indiquez l’hôte sur lequel se trouve l’archive',
  ACTION_TYPE_FAILED_USERNAME_MUST_BE_SPECIFIED: 'username : le nom d’un utilisateur de l’autre système est nécessaire',
  ACTION_TYPE_FAILED_PASSWORD_MUST_BE_SPECIFIED: 'password : le mot de passe de l’utilisateur de l’autre système est nécessaire',
  ACTION_TYPE_FAILED_NO_HOST_CAN_BE_PROXY_FOR_IMPORT_VM: 'Aucun hôte actif du centre de données ne peut faire l’importation',
  ACTION_TYPE_FAILED_VDS_NOT_IN_DEST_STORAGE_POOL: 'host : l’hôte appartient à un autre centre de données',
  ACTION_TYPE_FAILED_TEMPLATE_NOT_FOUND_ON_DESTINATION_DOMAIN:
    'Un disque basé sur celui de son modèle se trouve sur le même domaine de stockage. Clonez la VM, ou n’indiquez pas de domaine de stockage',
  ACTION_TYPE_FAILED_SPECIFY_DOMAIN_IS_NOT_EXPORT_DOMAIN:
    'storage_domain : le domaine de stockage n’est pas destiné aux exportations. Exportez plutôt vers une archive sur un hôte',
};
