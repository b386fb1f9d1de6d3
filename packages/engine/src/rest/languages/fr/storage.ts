import type { storage as english } from '../en/storage.ts';

export const storage: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'Un domaine de stockage destiné aux sauvegardes n’exécute aucune VM',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN:
    'backup : des VM s’exécutent avec des disques ou des baux de ce domaine de stockage',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS:
    'Seul un domaine de données qui n’est pas destiné aux sauvegardes peut devenir maître',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'Des disques sont des LUN derrière la connexion : $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS:
    'Des VM s’exécutent avec des LUN derrière la connexion : $vmNames',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Espace disque insuffisant sur le domaine de stockage $storageName',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2:
    'Le domaine de stockage est dans l’état « $status », dans lequel cela n’est pas possible',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST:
    'Le domaine de stockage n’est pas là : ni sur le stockage, ni dans le centre de données indiqué',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST: 'Le moteur a déjà ce domaine de stockage',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER: 'Le domaine de stockage est déjà le maître',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL:
    'storage_domain : le domaine de stockage n’est pas attaché au centre de données du cluster',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL: 'Cela n’est pas possible avec un domaine de stockage de ce type',
  ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE: 'Le domaine de stockage maître actuel n’est pas actif. Activez-le d’abord',
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED:
    'Les domaines de stockage derrière la connexion doivent être en maintenance ou détachés : $domainNames. Ou définissez force',
  ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS:
    'Des VM s’exécutent avec des disques ou des images ISO du domaine de stockage. Arrêtez-les d’abord',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS: 'Il existe déjà une connexion à ce stockage. Utilisez-la ou modifiez-la',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST: 'Il n’y a pas de connexion de stockage avec cet identifiant',
  ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN:
    'Le dernier domaine de stockage d’un centre de données disparaît avec celui-ci. Supprimez plutôt ce dernier avec force',
  ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES:
    'Des VM s’exécutent avec des baux sur le domaine de stockage. Arrêtez-les d’abord',
  ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED:
    'Des images ISO du domaine de stockage sont dans des lecteurs de CD de VM en cours d’exécution. Éjectez-les d’abord',
  CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP: 'host : il faut un hôte actif pour supprimer le domaine de stockage',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP: 'L’hôte n’est pas actif et ne peut pas devenir SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM: 'L’hôte est déjà SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM: 'L’hôte ne doit jamais devenir SPM (spm.priority -1)',
  ACTION_TYPE_FAILED_UNSUPPORTED_OVF: 'La description (OVF) sur le domaine de stockage ne peut pas être comprise',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS:
    'Des domaines de stockage se trouvent derrière la connexion : $domainNames. Supprimez-les d’abord',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE:
    'type : ne peut pas être modifié. Ajoutez plutôt une autre connexion',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS:
    'storage.id : un domaine de stockage se trouve déjà derrière cette connexion',
  VALIDATION_STORAGE_CONNECTION_INVALID_PORT: 'port : doit être compris entre 1 et 65535',
  VALIDATION_STORAGE_CONNECTION_NFS_RETRANS: 'nfs_retrans : doit être compris entre 0 et 32767',
  VALIDATION_STORAGE_CONNECTION_NFS_TIMEO: 'nfs_timeo : doit être compris entre 1 et 6000 dixièmes de seconde',
  VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY:
    'mount_options : contient une option qui a son propre attribut, comme nfs_version, nfs_timeo, nfs_retrans ou vfs_type',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS:
    'La connexion d’un domaine de stockage lui reste attachée ; seuls des LUN iSCSI sont joignables par plusieurs',
  ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE:
    'discard_after_delete : ce stockage ne rend pas de lui-même la place des disques supprimés',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL: 'Le cluster de l’hôte n’appartient à aucun centre de données',
  CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS:
    'Le SPM actuel travaille encore sur le stockage du centre de données. Réessayez quand ses tâches seront terminées',
  ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN: 'Ces LUN ne font pas partie du domaine de stockage : $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS: 'Ces LUN font déjà partie de domaines de stockage : $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS: 'Ces LUN sont déjà des disques : $lunIds',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS: 'Un domaine de stockage a besoin d’au moins un LUN. Supprimez plutôt le domaine de stockage',
  ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE: 'Les magasins OVF du domaine de stockage sont en cours de mise à jour : $action (tâche $job)',
  ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED:
    'clone : ce qui se trouve sur un domaine de stockage est enregistré tel quel. Enregistrez-le, puis clonez-le',
  ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED:
    'networks : un réseau d’un agrégat iSCSI ne doit être requis dans aucun cluster, sinon un chemin défaillant mettrait des hôtes hors service',
  ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND:
    'storage_connections : un agrégat iSCSI n’a que des connexions iSCSI',
  ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER: 'name : le centre de données a déjà un agrégat iSCSI de ce nom',
  VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER: 'name : doit avoir de 1 à 50 lettres, chiffres et signes _ . -',
};
