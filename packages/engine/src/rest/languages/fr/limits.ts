import type { limits as english } from '../en/limits.ts';

export const limits: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROFILE_IN_USE: 'Des VM, des modèles ou des disques ont le profil. Donnez-leur-en d’abord un autre',
  ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE: 'name : le cluster ou le domaine de stockage a déjà un profil de ce nom',
  ACTION_TYPE_FAILED_QOS_NAME_EXIST: 'name : le centre de données a déjà une qualité de service de ce nom',
  ACTION_TYPE_FAILED_QOS_NOT_FOUND: 'qos : il n’y a pas de qualité de service avec cet identifiant ou ce nom et ce type',
  ACTION_TYPE_FAILED_QUOTA_NOT_EXIST: 'quota : le centre de données n’a pas de quota avec cet identifiant',
  ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK: 'Des VM ou des disques utilisent le quota. Donnez-leur-en d’abord un autre',
  ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID:
    'quota : la VM ou le disque n’a pas de quota, et le centre de données applique les quotas. Attribuez-lui-en un',
  ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED: 'Le quota par défaut d’un centre de données reste tel quel. Ajoutez le vôtre',
  USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA: 'quota : vous ne pouvez pas consommer ce quota, ou aucun de ceux du centre de données',
  USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE:
    'disk_profile : vous ne pouvez pas utiliser ce profil de disque, ou aucun de ceux du domaine de stockage',
  ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT: 'qos : la qualité de service appartient à un autre centre de données que le profil',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE: 'Un profil reste avec son cluster ou son domaine de stockage. Ajoutez-en plutôt un à l’autre',
  ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND: 'cpu_profile : il n’y a pas de profil de processeur avec cet identifiant',
  ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER: 'cpu_profile : le profil de processeur appartient à un autre cluster',
  ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER:
    'Un cluster a besoin d’au moins un profil de processeur. Ajoutez-en d’abord un autre',
  ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE:
    'cpu_profile : vous ne pouvez pas utiliser ce profil de processeur, ou aucun de ceux du cluster',
  ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND: 'disk_profile : il n’y a pas de profil de disque avec cet identifiant',
  ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN: 'disk_profile : le profil de disque appartient à un autre domaine de stockage',
  ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN:
    'Un domaine de stockage a besoin d’au moins un profil de disque. Ajoutez-en d’abord un autre',
  QOS_NAME_NOT_NULL: 'name : une qualité de service a besoin d’un nom',
  QOS_NAME_TOO_LONG: 'name : peut avoir au plus 50 caractères',
  QOS_NAME_INVALID: 'name : ne peut avoir que des lettres, des chiffres et les signes . _ -',
  ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST: 'name : le centre de données a déjà une qualité de service pour réseaux de ce nom',
  ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES: 'Une limite vaut 0 ou dépasse le maximum possible ; -1 signifie aucune limite',
  ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES: 'Une limite ne doit pas être négative, sauf -1 qui signifie aucune limite',
  ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES: 'Une limite de réseau ne doit pas être négative, sauf -1 qui signifie aucune limite',
  ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES:
    'La lecture et l’écriture sont limitées ensemble (max_throughput, max_iops) ou séparément, pas des deux façons',
  ACTION_TYPE_FAILED_QOS_MISSING_VALUES: 'cpu_limit : une qualité de service pour processeurs en a besoin, en pourcentage',
  ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES: 'Pour une direction, average, peak et burst sont donnés tous les trois, ou aucun',
  ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE: 'peak ne doit pas être inférieur à average',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES:
    'outbound_average_linkshare : une qualité de service pour réseaux d’hôtes en a besoin',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES: 'outbound_average_realtime : ne doit pas dépasser outbound_average_upperlimit',
  ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER:
    'quota : le quota ne dit rien du cluster. Ajoutez-y une limite, ou choisissez un autre quota',
  ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN:
    'quota : le quota ne dit rien du domaine de stockage. Ajoutez-y une limite, ou choisissez un autre quota',
  ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED: 'Le quota $quotaName n’a plus assez de mémoire ou de processeurs dans le cluster',
  ACTION_TYPE_FAILED_QUOTA_STORAGE_LIMIT_EXCEEDED: 'Le quota $quotaName n’a plus assez de place sur le domaine de stockage',
  ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL:
    'Un quota a une limite pour tous, ou des limites par cluster ou domaine de stockage, pas les deux. Supprimez d’abord les autres',
  VALIDATION_QUOTA_NAME_INVALID: 'name : doit avoir de 1 à 65 lettres, chiffres, espaces et signes . _ + -',
};
