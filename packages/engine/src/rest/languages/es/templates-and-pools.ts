import type { templatesAndPools as english } from '../en/templates-and-pools.ts';

export const templatesAndPools: Readonly<Record<keyof typeof english, string>> = {
  VM_TEMPLATE_IMAGE_IS_LOCKED: 'La plantilla está bloqueada. Inténtelo de nuevo en unos minutos',
  VMT_CANNOT_REMOVE_DETECTED_DERIVED_VM: 'Estas máquinas virtuales derivadas dependen de ella: $vmsList. Elimínelas primero',
  TEMPLATE_IMAGE_NOT_EXIST: 'La imagen del disco de plantilla «$diskName» no existe en su dominio de almacenamiento',
  ACTION_TYPE_FAILED_NO_AVAILABLE_POOL_VMS: 'El grupo no tiene ninguna VM libre',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_CREATED: 'Se están creando VM del grupo: $action (trabajo $job). Inténtelo más tarde',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_REMOVED: 'El grupo se está eliminando con sus VM',
  ACTION_TYPE_FAILED_VM_POOL_IS_BEING_UPDATED: 'El grupo se está cambiando: $action (trabajo $job). Inténtelo más tarde',
  ACTION_TYPE_FAILED_INVALID_POOL_NAME: 'name: los signos de interrogación, que representan los números de las VM, deben ir seguidos',
  ACTION_TYPE_FAILED_PRESTARTED_VMS_CANNOT_EXCEED_VMS_COUNT: 'prestarted_vms: un grupo no puede tener más VM preiniciadas que VM',
  VM_POOL_CANNOT_ATTACH_TO_MORE_VMS_FROM_POOL:
    'Tiene tantas VM de este grupo como puede tener un usuario (max_user_vms). Devuelva primero una',
  VM_POOL_CANNOT_REMOVE_RUNNING_VM_FROM_POOL: 'Solo una VM apagada deja su grupo. Apáguela primero',
  VM_POOL_CANNOT_DETACH_VM_NOT_ATTACHED_TO_POOL: 'La VM no pertenece a ningún grupo',
  VM_POOL_CANNOT_CREATE_WITH_NO_VMS: 'size: un grupo necesita al menos una VM',
  VM_POOL_CANNOT_DECREASE_VMS_FROM_POOL: 'size: un grupo no se reduce. Separe en su lugar VM de él',
  VM_POOL_CANNOT_CREATE_FROM_BLANK_TEMPLATE: 'template: la plantilla Blank no sirve para crear grupos. Elija otra',
  VM_POOL_CANNOT_CHANGE_POOL_TYPE: 'type: no se puede cambiar una vez creado el grupo',
  VM_POOL_CANNOT_CHANGE_POOL_STATEFUL_OPTION: 'stateful: no se puede cambiar una vez creado el grupo',
  ACTION_TYPE_FAILED_TEMPLATE_DOES_NOT_EXIST: 'version.base_template: no hay ninguna plantilla con ese identificador',
  VMT_CANNOT_REMOVE_BLANK_TEMPLATE: 'La plantilla Blank no se puede eliminar',
  VMT_CANNOT_EXPORT_BLANK_TEMPLATE: 'La plantilla Blank no se puede exportar',
  VMT_CANNOT_UPDATE_ILLEGAL_FIELD: 'name: la plantilla Blank conserva su nombre',
  VM_TEMPLATE_CANNOT_SEAL_WINDOWS: 'seal: los discos de un huésped Windows no se pueden sellar. Ejecute en su lugar sysprep en el huésped',
  VMT_CANNOT_IMPORT_TEMPLATE_EXISTS: 'Ya existe algo con ese identificador',
  VM_POOL_CANNOT_CHANGE_AUTO_STORAGE_SELECT: 'auto_storage_select: no se puede cambiar una vez creado el grupo',
  VM_POOL_CANNOT_CHANGE_TEMPLATE_WHEN_DELETE_PROTECTED:
    'template: hay VM del grupo protegidas contra la eliminación, que se crearían de nuevo. Desactive primero esa protección',
  VALIDATION_VM_POOLS_SPICE_PROXY_HOSTNAME_OR_IP:
    'display.proxy: debe ser el nombre o la dirección IP de un equipo, con puerto si lo tiene',
  VALIDATION_VM_POOLS_NUMBER_OF_MAX_ASSIGNED_VMS_OUT_OF_RANGE: 'max_user_vms: debe estar entre 1 y 32767',
};
