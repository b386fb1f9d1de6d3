import type { users as english } from '../en/users.ts';

export const users: Readonly<Record<keyof typeof english, string>> = {
  EN_ALREADY_SUBSCRIBED: 'Der Benutzer hat dieses Ereignis bereits abonniert',
  ACTION_TYPE_FAILED_NAME_ALREADY_USED: 'Der Name "$name" ist bereits vergeben. Wählen Sie einen anderen',
  ACTION_TYPE_FAILED_OBJECT_LOCKED: 'Ein zugehöriger Vorgang läuft gerade: $action (Auftrag $job). Versuchen Sie es später erneut',
  ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED:
    'Der Löschschutz ist eingeschaltet. Schalten Sie ihn zuerst in den Eigenschaften des Objekts aus',
  USER_NOT_AUTHORIZED_TO_PERFORM_ACTION: 'Der Benutzer darf diese Aktion nicht ausführen. Nötig ist die Berechtigung "$permit"',
  USER_CANNOT_REMOVE_HIMSELF: 'Ein Benutzer kann sich nicht selbst entfernen',
  USER_MUST_EXIST_IN_DIRECTORY: 'Das Verzeichnis hat keinen solchen Benutzer, keine solche Gruppe oder mehrere davon',
  ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE: 'Niemand sonst ist SuperUser des Systems und könnte die Rolle zurückgeben',
  ERROR_CANNOT_REMOVE_ROLE_ATTACHED_TO_PERMISSION: 'Die Rolle ist Benutzern oder Gruppen gegeben. Nehmen Sie sie ihnen zuerst',
  ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY: 'Die Rolle gehört zur Engine und bleibt, wie sie ist. Fügen Sie eine eigene hinzu',
  PERMISSION_ADD_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_GIVE_ADMIN_ROLES: 'Nur ein SuperUser des Systems kann Verwaltungsrollen vergeben',
  PERMISSION_REMOVE_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_REMOVE_ADMIN_ROLES: 'Nur ein SuperUser des Systems kann Verwaltungsrollen entziehen',
  TAGS_SPECIFY_TAG_IS_IN_USE: 'name: ein Tag dieses Namens gibt es bereits',
  TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF: 'parent: ein Tag kann nicht unter sich selbst stehen',
  ACTION_TYPE_FAILED_INVALID_PUBLIC_SSH_KEY:
    'content: müssen 1 bis 20 öffentliche Schlüssel sein, wie OpenSSH sie schreibt, einer je Zeile',
  ACTION_TYPE_NO_JOB: 'Diesen Auftrag gibt es nicht, oder er ist beendet',
  ACTION_TYPE_NO_STEP: 'StepId: der Auftrag hat keinen solchen Schritt',
  ACTION_TYPE_NOT_EXTERNAL: 'Der Auftrag wurde nicht von einem anderen System begonnen, sondern ist einer der Engine',
  ACTION_TYPE_FAILED_USER_PROFILE_MULTIPLE_SSH_KEYS:
    'Der Benutzer hat bereits einen öffentlichen SSH-Schlüssel. Ändern Sie stattdessen diesen',
  ACTION_TYPE_FAILED_USER_PROFILE_PROPERTY_ALREADY_EXISTS: 'name: der Benutzer hat bereits eine Option dieses Namens',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_BUILTIN_GROUP_EVERYONE: 'Die Gruppe Everyone kann nicht entfernt werden',
  PERMISSION_ADD_FAILED_PERMISSION_NOT_SENT: 'Nennen Sie mit id den Benutzer oder die Gruppe, die die Rolle bekommt',
  PERMISSION_ADD_FAILED_VM_IN_POOL: 'Die VM gehört zu einem Pool. Geben Sie die Rolle stattdessen am Pool',
  ERROR_CANNOT_UPDATE_ROLE_TYPE: 'administrative: kann nicht geändert werden, wenn die Rolle angelegt ist',
  ERROR_CANNOT_ATTACH_ACTION_GROUP_TO_ROLE_ATTACHED: 'Die Rolle hat diese Berechtigung bereits',
  TAGS_CANNOT_EDIT_READONLY_TAG: 'Das Tag root, unter dem alle anderen stehen, bleibt, wie es ist',
  VALIDATION_TAGS_INVALID_TAG_NAME: 'name: muss 1 bis 50 Buchstaben, Ziffern und die Zeichen . _ + - haben',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_ILLEGAL_ORIGIN:
    'origin: Ereignisse dieser Herkunft sind die der Engine. Nennen Sie das System, das dieses meldet',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_DUPLICATE_CUSTOM_ID: 'custom_id: ein Ereignis dieser Herkunft und Nummer gibt es bereits',
};
