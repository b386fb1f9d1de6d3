import type { clusters as english } from '../en/clusters.ts';

export const clusters: Readonly<Record<keyof typeof english, string>> = {
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service : aucun serveur n’atteste les hôtes',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode : tous les hôtes du cluster doivent être en maintenance',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster : le cluster appartient à un autre centre de données',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'Une mise à niveau du cluster est déjà en cours',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'Aucune mise à niveau du cluster n’est en cours. Commencez-en une d’abord',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH:
    'La mise à niveau du cluster a été commencée avec un autre identifiant de corrélation',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete doit être compris entre 0 et 100',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST: 'Ce centre de données n’existe pas, ou le cluster n’appartient à aucun',
  ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS:
    'Le centre de données a des domaines de stockage. Détachez-les et supprimez-les d’abord, ou supprimez-le avec force',
  VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED: 'Le cluster a des hôtes. Supprimez-les d’abord',
  VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED: 'Le cluster a des VM. Supprimez-les d’abord',
  VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED: 'Le cluster a des modèles. Supprimez-les d’abord',
  CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS: 'Le cluster a des pools de VM. Supprimez-les d’abord',
  CLUSTER_CANNOT_CHANGE_STORAGE_POOL: 'data_center : un cluster reste dans son centre de données',
  CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL:
    'cpu.type : le niveau de compatibilité n’a pas le type de processeur du cluster. Choisissez-en un autre',
  CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS:
    'cpu.type : il manque des fonctions de ce type aux processeurs d’hôtes actifs du cluster',
  CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL: 'cpu.type : un cluster qui a des hôtes garde l’architecture de ses processeurs',
  CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS:
    'version : des hôtes actifs du cluster ne connaissent pas ce niveau de compatibilité. Mettez-les d’abord à niveau',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION:
    'version : un cluster qui a des hôtes ne peut pas passer à un niveau de compatibilité inférieur',
  ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY: 'Le cluster de la VM n’existe plus',
  ACTION_TYPE_FAILED_CPU_NOT_FOUND: 'cpu.type : le niveau de compatibilité n’a pas de type de processeur « $cpu »',
  ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE: 'cpu.architecture : le type de processeur est d’une autre architecture',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC:
    'version : un cluster a au moins le niveau de compatibilité de son centre de données',
  CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL:
    'version : un cluster a au moins le niveau de compatibilité de son centre de données',
  CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS:
    'Des hôtes actifs du cluster n’ont pas cette fonctionnalité. Mettez-les à niveau, ou passez-les d’abord en maintenance',
  CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED: 'virt_service : un cluster exécute des VM ; la valeur ne peut pas être false',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION:
    'version : un centre de données qui a des domaines de stockage ou ses propres réseaux ne peut pas passer à un niveau de compatibilité inférieur',
  ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS:
    'version : ces clusters ont un niveau de compatibilité inférieur : $ClustersList. Relevez d’abord le leur',
  ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE:
    'force : tous les hôtes du centre de données doivent être en maintenance, pour qu’aucun ne travaille sur son stockage',
};
