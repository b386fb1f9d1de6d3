import type { users as english } from '../en/users.ts';

export const users: Readonly<Record<keyof typeof english, string>> = {
  EN_ALREADY_SUBSCRIBED: 'El usuario ya está suscrito a este evento',
  ACTION_TYPE_FAILED_NAME_ALREADY_USED: 'El nombre «$name» ya está en uso. Elija otro',
  ACTION_TYPE_FAILED_OBJECT_LOCKED: 'Hay una operación relacionada en curso: $action (trabajo $job). Inténtelo más tarde',
  ACTION_TYPE_FAILED_DELETE_PROTECTION_ENABLED:
    'La protección contra borrado está activada. Desactívela primero en las propiedades del objeto',
  USER_NOT_AUTHORIZED_TO_PERFORM_ACTION: 'El usuario no está autorizado para esta acción. Se necesita el permiso «$permit»',
  USER_CANNOT_REMOVE_HIMSELF: 'Un usuario no puede eliminarse a sí mismo',
  USER_MUST_EXIST_IN_DIRECTORY: 'El directorio no tiene ese usuario o grupo, o tiene más de uno',
  ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE: 'Nadie más es SuperUser del sistema ni podría devolver el rol',
  ERROR_CANNOT_REMOVE_ROLE_ATTACHED_TO_PERMISSION: 'El rol está asignado a usuarios o grupos. Quíteselo primero',
  ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY: 'El rol viene con el motor y permanece como es. Añada uno propio',
  PERMISSION_ADD_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_GIVE_ADMIN_ROLES: 'Solo un SuperUser del sistema puede dar roles de administración',
  PERMISSION_REMOVE_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_REMOVE_ADMIN_ROLES:
    'Solo un SuperUser del sistema puede quitar roles de administración',
  TAGS_SPECIFY_TAG_IS_IN_USE: 'name: ya existe una etiqueta con ese nombre',
  TAGS_SPECIFIED_TAG_CANNOT_BE_THE_PARENT_OF_ITSELF: 'parent: una etiqueta no puede estar bajo sí misma',
  ACTION_TYPE_FAILED_INVALID_PUBLIC_SSH_KEY: 'content: deben ser de 1 a 20 claves públicas como las escribe OpenSSH, una por línea',
  ACTION_TYPE_NO_JOB: 'No existe ese trabajo, o ya ha terminado',
  ACTION_TYPE_NO_STEP: 'StepId: el trabajo no tiene ese paso',
  ACTION_TYPE_NOT_EXTERNAL: 'El trabajo no lo abrió otro sistema, sino que es del propio motor',
  ACTION_TYPE_FAILED_USER_PROFILE_MULTIPLE_SSH_KEYS: 'El usuario ya tiene una clave pública SSH. Cambie esa en su lugar',
  ACTION_TYPE_FAILED_USER_PROFILE_PROPERTY_ALREADY_EXISTS: 'name: el usuario ya tiene una opción con ese nombre',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_BUILTIN_GROUP_EVERYONE: 'El grupo Everyone no se puede eliminar',
  PERMISSION_ADD_FAILED_PERMISSION_NOT_SENT: 'Indique con id el usuario o grupo que recibe el rol',
  PERMISSION_ADD_FAILED_VM_IN_POOL: 'La VM pertenece a un grupo. Dé el rol sobre el grupo en su lugar',
  ERROR_CANNOT_UPDATE_ROLE_TYPE: 'administrative: no se puede cambiar una vez creado el rol',
  ERROR_CANNOT_ATTACH_ACTION_GROUP_TO_ROLE_ATTACHED: 'El rol ya tiene ese permiso',
  TAGS_CANNOT_EDIT_READONLY_TAG: 'La etiqueta root, bajo la que están todas las demás, permanece como es',
  VALIDATION_TAGS_INVALID_TAG_NAME: 'name: debe tener de 1 a 50 letras, dígitos y los signos . _ + -',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_ILLEGAL_ORIGIN:
    'origin: los eventos de ese origen son los del motor. Indique el sistema que informa de este',
  ACTION_TYPE_FAILED_EXTERNAL_EVENT_DUPLICATE_CUSTOM_ID: 'custom_id: ya existe un evento con ese origen y número',
};
