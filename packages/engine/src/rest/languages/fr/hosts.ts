import type { hosts as english } from '../en/hosts.ts';

export const hosts: Readonly<Record<keyof typeof english, string>> = {
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    'Ces machines virtuelles ne peuvent pas passer sur un autre hôte, à cause de leur politique de placement ou parce qu’elles ont des périphériques de l’hôte ou réservent des disques : $VmsList. Arrêtez-les d’abord',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS:
    'Des machines virtuelles s’exécutent sur l’hôte et aucun autre hôte de son cluster n’est actif',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'Le centre de données n’a aucun hôte actif',
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'L’hôte est dans l’état « $hostStatus ». Mettez-le d’abord en maintenance',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL:
    'L’hôte est dans l’état « $hostStatus », à partir duquel il ne peut pas passer en maintenance',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'L’hôte est déjà en maintenance, ou en train d’y passer',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'L’hôte est dans l’état « $hostStatus » ; seul un hôte en attente d’approbation peut être approuvé',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'L’hôte est dans l’état « $hostStatus », dans lequel il ne peut pas être modifié',
  VDS_STATUS_NOT_VALID_FOR_START: 'L’hôte est dans l’état « $hostStatus », dans lequel il ne peut pas être mis sous tension',
  VDS_STATUS_NOT_VALID_FOR_STOP:
    'L’hôte est dans l’état « $hostStatus », dans lequel il ne peut pas être mis hors tension. Mettez-le d’abord en maintenance',
  VDS_FENCE_DISABLED: 'La gestion de l’alimentation de l’hôte n’est pas activée, ou il n’a pas d’agent d’isolation',
  VDS_FENCE_DISABLED_AT_QUIET_TIME:
    'La même action a été faite sur l’alimentation de l’hôte dans les $seconds dernières secondes. Réessayez plus tard',
  VDS_NO_VDS_PROXY_FOUND:
    'Aucun autre hôte ne peut joindre la carte de gestion de l’hôte : il en faut un d’actif dans son cluster ou son centre de données',
  POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS: 'Une action sur l’alimentation de l’hôte est déjà en cours : $action (tâche $job)',
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'L’hôte est dans l’état « $hostStatus », dans lequel il ne peut pas être mis à niveau',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL:
    'L’hôte est dans l’état « $hostStatus », dans lequel on ne peut pas lui demander sa version',
  SSH_AUTHENTICATION_FAILED: 'Impossible de se connecter à l’hôte : $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL:
    'L’hôte est dans l’état « $hostStatus », dans lequel il ne peut pas être installé. Mettez-le d’abord en maintenance',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'Un mot de passe est nécessaire pour se connecter à l’hôte, ou ssh.authentication_method publickey',
  VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM: 'Des VM s’exécutent encore sur l’hôte. Migrez-les ou arrêtez-les d’abord',
  ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST: 'address : un autre hôte a cette adresse',
  ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS:
    'L’hôte répond. On ne peut confirmer le redémarrage que d’un hôte qui ne répond pas ou est en maintenance',
  VDS_INVALID_SERVER_ID: 'L’hôte n’existe plus',
  ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT:
    'power_management.enabled : la gestion de l’alimentation a besoin d’un agent d’isolation. Ajoutez-en d’abord un',
  VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED:
    'La gestion de l’alimentation de l’hôte est activée et a besoin d’un agent d’isolation. Désactivez-la avant de supprimer le dernier',
  VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING: 'Un agent d’isolation a besoin de address, type, username, password et order',
  CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL:
    'Un certificat n’est donné qu’à un hôte qui répond : actif, en maintenance ou non opérationnel',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT: 'ssh.port : doit être compris entre 1 et 65535',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME:
    'ssh.user.user_name : doit commencer par une lettre ou _, et avoir au plus 32 lettres, chiffres et signes _ . -',
  VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP: 'address : doit être le nom ou l’adresse IP de la carte de gestion',
  VDS_ILLEGAL_PM_AGENT_PORT_VALUE: 'port : doit être compris entre 1 et 65535',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS: 'L’hôte a déjà un utilisateur propre pour la cible $target',
  VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE: 'Un centre de données à stockage local a un seul hôte, et celui-ci l’a déjà',
};
