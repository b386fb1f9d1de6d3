import type { users as english } from '../en/users.ts';

export const users: Readonly<Record<keyof typeof english, string>> = {
  EN_ALREADY_SUBSCRIBED: 'L’utilisateur est déjà abonné à cet événement',
  ACTION_TYPE_FAILED_NAME_ALREADY_USED: 'Le nom « $name » est déjà utilisé. Choisissez-en un autre',
  ACTION_TYPE_FAILED_OBJECT_LOCKED: 'Une opération liée est en cours : $action (tâche $job). Réessayez plus tard',
  ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED:
    'La protection contre la suppression est activée. Désactivez-la d’abord dans les propriétés de l’objet',
  USER_NOT_AUTHORIZED_TO_PERFORM_ACTION: 'L’utilisateur n’est pas autorisé à effectuer cette action. Le droit « $permit » est nécessaire',
  USER_CANNOT_REMOVE_HIMSELF: 'Un utilisateur ne peut pas se supprimer lui-même',
  USER_MUST_EXIST_IN_DIRECTORY: 'L’annuaire n’a pas cet utilisateur ou ce groupe, ou en a plusieurs',
  ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE: 'Personne d’autre n’est SuperUser du système et ne pourrait rendre le rôle',
  ERROR_CANNOT_REMOVE_ROLE_ATTACHED_TO_PERMISSION: 'Le rôle est attribué à des utilisateurs ou des groupes. Retirez-le-leur d’abord',
  ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY: 'Le rôle est livré avec le moteur et reste tel quel. Ajoutez le vôtre',
  PERMISSION_ADD_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_GIVE_ADMIN_ROLES:
    'Seul un SuperUser du système peut attribuer des rôles d’administration',
  PERMISSION_REMOVE_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_REMOVE_ADMIN_ROLES:
    'Seul un SuperUser du système peut retirer des rôles d’administration',
  TAGS_SPECIFY_TAG_IS_IN_USE: 'name : il existe déjà une étiquette de ce nom',
  TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF: 'parent : une étiquette ne peut pas être sous elle-même',
  ACTION_TYPE_FAILED_INVALID_PUBLIC_SSH_KEY: 'content : doit contenir de 1 à 20 clés publiques telles qu’OpenSSH les écrit, une par ligne',
  ACTION_TYPE_NO_JOB: 'Cette tâche n’existe pas, ou est terminée',
  ACTION_TYPE_NO_STEP: 'StepId : la tâche n’a pas cette étape',
  ACTION_TYPE_NOT_EXTERNAL: 'La tâche n’a pas été ouverte par un autre système ; c’est une tâche du moteur',
  ACTION_TYPE_FAILED_USER_PROFILE_MULTIPLE_SSH_KEYS: 'L’utilisateur a déjà une clé SSH publique. Modifiez plutôt celle-ci',
  ACTION_TYPE_FAILED_USER_PROFILE_PROPERTY_ALREADY_EXISTS: 'name : l’utilisateur a déjà une option de ce nom',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_BUILTIN_GROUP_EVERYONE: 'Le groupe Everyone ne peut pas être supprimé',
  PERMISSION_ADD_FAILED_PERMISSION_NOT_SENT: 'Indiquez par id l’utilisateur ou le groupe qui reçoit le rôle',
  PERMISSION_ADD_FAILED_VM_IN_POOL: 'La VM appartient à un pool. Donnez plutôt le rôle sur le pool',
  ERROR_CANNOT_UPDATE_ROLE_TYPE: 'administrative : ne peut pas être modifié une fois le rôle créé',
  ERROR_CANNOT_ATTACH_ACTION_GROUP_TO_ROLE_ATTACHED: 'Le rôle a déjà ce droit',
  TAGS_CANNOT_EDIT_READONLY_TAG: 'L’étiquette root, sous laquelle sont toutes les autres, reste telle quelle',
  VALIDATION_TAGS_INVALID_TAG_NAME: 'name : doit avoir de 1 à 50 lettres, chiffres et signes . _ + -',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_ILLEGAL_ORIGIN:
    'origin : les événements de cette origine sont ceux du moteur. Indiquez le système qui signale celui-ci',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_DUPLICATE_CUSTOM_ID: 'custom_id : il existe déjà un événement de cette origine et de ce numéro',
};
