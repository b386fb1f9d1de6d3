import type { templatesAndPools as english } from '../en/templates-and-pools.ts';

export const templatesAndPools: Readonly<Record<keyof typeof english, string>> = {
  VM_TEMPLATE_IMAGE_IS_LOCKED: 'Le modèle est verrouillé. Réessayez dans quelques minutes',
  VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM: 'Ces machines virtuelles dérivées en dépendent : $vmsList. Supprimez-les d’abord',
  TEMPLATE_IMAGE_NOT_EXIST: 'L’image du disque de modèle « $diskName » n’existe pas sur son domaine de stockage',
  ACTION_TYPE_FAILED_NO_AVAILABLE_POOL_VMS: 'Le pool n’a aucune VM disponible',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_CREATED: 'Des VM du pool sont en cours de création : $action (tâche $job). Réessayez plus tard',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED: 'Le pool est en cours de suppression avec ses VM',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED: 'Le pool est en cours de modification : $action (tâche $job). Réessayez plus tard',
  ACTION_TYPE_FAILED_INVALID_POOL_NAME: 'name : les points d’interrogation, qui représentent les numéros des VM, doivent se suivre',
  ACTION_TYPE_FAILED_PRESTARTED_VMS_CANNOT_EXCEED_VMS_COUNT: 'prestarted_vms : un pool ne peut pas avoir plus de VM prédémarrées que de VM',
  VM_POOL_CANNOT_ATTACH_TO_MORE_VMS_FROM_POOL:
    'Vous avez autant de VM de ce pool qu’un utilisateur peut en avoir (max_user_vms). Rendez-en d’abord une',
  VM_POOL_CANNOT_REMOVE_RUNNING_VM_FROM_POOL: 'Seule une VM arrêtée quitte son pool. Arrêtez-la d’abord',
  VM_POOL_CANNOT_DETACH_VM_NOT_ATTACHED_TO_POOL: 'La VM n’appartient à aucun pool',
  VM_POOL_CANNOT_CREATE_WITH_NO_VMS: 'size : un pool a besoin d’au moins une VM',
  VM_POOL_CANNOT_DECREASE_VMS_FROM_POOL: 'size : un pool ne se réduit pas. Détachez-en plutôt des VM',
  VM_POOL_CANNOT_CREATE_FROM_BLANK_TEMPLATE: 'template : le modèle Blank ne sert pas à créer des pools. Choisissez-en un autre',
  VM_POOL_CANNOT_CHANGE_POOL_TYPE: 'type : ne peut pas être modifié une fois le pool créé',
  VM_POOL_CANNOT_CHANGE_POOL_STATEFUL_OPTION: 'stateful : ne peut pas être modifié une fois le pool créé',
  ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST: 'version.base_template : il n’y a pas de modèle avec cet identifiant',
  VMT_CANNOT_REMOVE_BLANK_TEMPLATE: 'Le modèle Blank ne peut pas être supprimé',
  VMT_CANNOT_EXPORT_BLANK_TEMPLATE: 'Le modèle Blank ne peut pas être exporté',
  VMT_CANNOT_UPDATE_ILLEGAL_FIELD: 'name : le modèle Blank garde son nom',
  VM_TEMPLATE_CANNOT_SEAL_WINDOWS:
    'seal : les disques d’un invité Windows ne peuvent pas être scellés. Exécutez plutôt sysprep dans l’invité',
  VMT_CANNOT_IMPORT_TEMPLATE_EXISTS: 'Il existe déjà quelque chose avec cet identifiant',
  VM_POOL_CANNOT_CHANGE_AUTO_STORAGE_SELECT: 'auto_storage_select : ne peut pas être modifié une fois le pool créé',
  VM_POOL_CANNOT_CHANGE_TEMPLATE_WHEN_DELETE_PROTECTED:
    'template : des VM du pool sont protégées contre la suppression et seraient recréées. Désactivez d’abord cette protection',
  VALIDATION_VM_POOLS_SPICE_PROXY_HOSTNAME_OR_IP:
    'display.proxy : doit être le nom ou l’adresse IP d’un ordinateur, avec un port s’il y a lieu',
  VALIDATION_VM_POOLS_NUMBER_OF_MAX_ASSIGNED_VMS_OUT_OF_RANGE: 'max_user_vms : doit être compris entre 1 et 32767',
};
