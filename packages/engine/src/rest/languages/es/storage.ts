import type { storage as english } from '../en/storage.ts';

export const storage: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'Un dominio de almacenamiento para copias de seguridad no ejecuta VM',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN:
    'backup: hay VM en ejecución con discos o concesiones de este dominio de almacenamiento',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS:
    'Solo un dominio de datos que no sea para copias de seguridad puede ser el maestro',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'Hay discos que son LUN detrás de la conexión: $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS: 'Hay VM en ejecución con LUN detrás de la conexión: $vmNames',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'Poco espacio en el dominio de almacenamiento $storageName',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2:
    'El dominio de almacenamiento está en el estado «$status», en el que esto no es posible',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST:
    'El dominio de almacenamiento no está ahí: ni en el almacenamiento ni en el centro de datos indicado',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST: 'El motor ya tiene este dominio de almacenamiento',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER: 'El dominio de almacenamiento ya es el maestro',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL:
    'storage_domain: el dominio de almacenamiento no está conectado al centro de datos del clúster',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL: 'Esto no es posible con un dominio de almacenamiento de este tipo',
  ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE: 'El dominio de almacenamiento maestro actual no está activo. Actívelo primero',
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED:
    'Los dominios de almacenamiento tras la conexión deben estar en mantenimiento o separados: $domainNames. O indique force',
  ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS: 'Hay VM en ejecución con discos o imágenes ISO del dominio de almacenamiento. Deténgalas primero',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS: 'Ya existe una conexión a ese almacenamiento. Úsela o cámbiela',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST: 'No hay ninguna conexión de almacenamiento con ese identificador',
  ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN:
    'El último dominio de almacenamiento de un centro de datos desaparece con este. Elimine en su lugar el centro de datos con force',
  ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES:
    'Hay VM en ejecución con concesiones en el dominio de almacenamiento. Deténgalas primero',
  ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED:
    'Hay imágenes ISO del dominio de almacenamiento en unidades de CD de VM en ejecución. Expúlselas primero',
  CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP: 'host: se necesita un host activo para eliminar el dominio de almacenamiento',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP: 'El host no está activo y no puede ser SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM: 'El host ya es SPM',
  CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM: 'El host no debe ser nunca SPM (spm.priority -1)',
  ACTION_TYPE_FAILED_UNSUPPORTED_OVF: 'La descripción (OVF) del dominio de almacenamiento no se entiende',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS:
    'Hay dominios de almacenamiento tras la conexión: $domainNames. Elimínelos primero',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE: 'type: no se puede cambiar. Añada en su lugar otra conexión',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS: 'storage.id: ya hay un dominio de almacenamiento tras esa conexión',
  VALIDATION_STORAGE_CONNECTION_INVALID_PORT: 'port: debe estar entre 1 y 65535',
  VALIDATION_STORAGE_CONNECTION_NFS_RETRANS: 'nfs_retrans: debe estar entre 0 y 32767',
  VALIDATION_STORAGE_CONNECTION_NFS_TIMEO: 'nfs_timeo: debe estar entre 1 y 6000 décimas de segundo',
  VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY:
    'mount_options: contiene una opción que tiene su propio atributo, como nfs_version, nfs_timeo, nfs_retrans o vfs_type',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS:
    'La conexión de un dominio de almacenamiento permanece con él; solo los LUN de iSCSI se alcanzan por varias',
  ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE:
    'discard_after_delete: este almacenamiento no devuelve por sí mismo el espacio de los discos eliminados',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL: 'El clúster del host no pertenece a ningún centro de datos',
  CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS:
    'El SPM actual aún trabaja en el almacenamiento del centro de datos. Inténtelo de nuevo cuando terminen sus tareas',
  ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN: 'Estos LUN no forman parte del dominio de almacenamiento: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS: 'Estos LUN ya forman parte de dominios de almacenamiento: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS: 'Estos LUN ya son discos: $lunIds',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS:
    'Un dominio de almacenamiento necesita al menos un LUN. Elimine en su lugar el dominio de almacenamiento',
  ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE: 'Los almacenes OVF del dominio de almacenamiento se están actualizando: $action (trabajo $job)',
  ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED:
    'clone: lo que está en un dominio de almacenamiento se registra tal como es. Regístrelo y clónelo después',
  ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED:
    'networks: una red de un bond iSCSI no debe ser obligatoria en ningún clúster, o una ruta que falle dejaría hosts fuera de servicio',
  ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND: 'storage_connections: un bond iSCSI solo tiene conexiones de iSCSI',
  ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER: 'name: el centro de datos ya tiene un bond iSCSI con ese nombre',
  VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER: 'name: debe tener de 1 a 50 letras, dígitos y los signos _ . -',
};
