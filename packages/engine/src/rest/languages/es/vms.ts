import type { vms as english } from '../en/vms.ts';

export const vms: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_IS_RUNNING: 'La VM está en ejecución',
  ACTION_TYPE_FAILED_MIGRATION_OF_NON_MIGRATABLE_PASSTHROUGH_VNICS_IS_NOT_SUPPORTED:
    'Las interfaces de red que son funciones virtuales del host atan la VM a él, pues sus perfiles de vNIC no son migrables: $interfaces',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_KEYS:
    'No existe la propiedad personalizada «$property» en este nivel de compatibilidad',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_INVALID_VALUES: 'La propiedad personalizada «$property» no puede tener este valor',
  ACTION_TYPE_FAILED_INVALID_CUSTOM_PROPERTIES_DUPLICATE_KEYS: 'La propiedad personalizada «$property» se indica dos veces',
  ACTION_TYPE_FAILED_INVALID_TIMEZONE: 'time_zone.name: no hay ninguna zona horaria con ese nombre',
  ACTION_TYPE_FAILED_INVALID_SERIAL_NUMBER: 'serial_number.value: la política «custom» necesita un número de serie',
  ACTION_TYPE_FAILED_ILLEGAL_NUM_OF_MONITORS: 'display.monitors: una VM tiene 1, 2 o 4 monitores, y 1 con solo VNC',
  MOVE_VM_CLUSTER_MISSING_NETWORK: 'cluster: el clúster no tiene estas redes de la VM: $networks',
  VM_CANNOT_MOVE_TO_CLUSTER_IN_OTHER_STORAGE_POOL: 'cluster: el clúster es de otro centro de datos que la VM',
  VM_OR_TEMPLATE_ILLEGAL_PRIORITY_VALUE: 'high_availability.priority: debe estar entre 0 y 100',
  TPM_DEVICE_REQUESTED_ON_NOT_SUPPORTED_PLATFORM:
    'tpm_enabled: un TPM necesita UEFI, es decir, uno de los tipos de BIOS q35_ovmf y q35_secure_boot',
  ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING: 'La VM no está en ejecución',
  ACTION_TYPE_FAILED_VM_IS_LOCKED: 'La VM está bloqueada. Inténtelo de nuevo en unos minutos',
  ACTION_TYPE_FAILED_VM_STATUS_ILLEGAL: 'La VM está en el estado «$vmStatus», en el que esto no es posible',
  ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL: 'El host está en el estado «$hostStatus», en el que esto no es posible',
  ACTION_TYPE_FAILED_VM_IS_NOT_UP: 'La VM está en el estado «$vmStatus»; tiene que estar encendida',
  ACTION_TYPE_FAILED_VM_IS_SAVING_RESTORING: 'La VM está guardando o restaurando su memoria. Espere a que termine',
  VM_CANNOT_REMOVE_VM_WHEN_STATUS_IS_NOT_DOWN: 'La VM está en el estado «$vmStatus»; tiene que estar apagada. Deténgala primero',
  ACTION_TYPE_FAILED_VM_IS_NOT_DOWN: 'La VM $vmName debe estar apagada. Apáguela primero',
  ACTION_TYPE_FAILED_VM_NOT_FOUND: 'La VM ya no existe',
  ACTION_TYPE_FAILED_VM_IN_PREVIEW: 'La VM muestra una instantánea en vista previa. Confírmela o deshágala primero',
  ACTION_TYPE_FAILED_VM_IS_DURING_SNAPSHOT:
    'La instantánea está bloqueada: se está creando, eliminando o restaurando. Inténtelo de nuevo cuando termine',
  ACTION_TYPE_FAILED_VM_IS_DURING_BACKUP: 'Se está haciendo una copia de seguridad de la VM. Finalícela primero',
  ACTION_TYPE_FAILED_VM_ATTACHED_TO_POOL: 'La VM pertenece a un grupo. Sepárela primero del grupo',
  ACTION_TYPE_FAILED_VM_RUNNING_STATELESS: 'La VM se ejecuta sin estado: lo que escribe se descarta al detenerla. Deténgala primero',
  ACTION_TYPE_FAILED_VM_IS_PINNED_TO_HOST: 'La VM está fijada a su host (placement_policy.affinity pinned)',
  ACTION_TYPE_FAILED_VM_NOT_PINNED_TO_AT_LEAST_ONE_HOST:
    'La VM no está fijada a ningún host. Indique primero uno en placement_policy.hosts',
  ACTION_TYPE_FAILED_VM_IS_NON_MIGRTABLE_AND_IS_NOT_FORCED_BY_USER_TO_MIGRATE:
    'La VM solo se migra si se fuerza (placement_policy.affinity user_migratable). Indique force',
  ACTION_TYPE_FAILED_VM_HAS_ATTACHED_PCI_HOST_DEVICES: 'La VM tiene dispositivos de su host y no puede dejarlo. Sepárelos primero',
  ACTION_TYPE_FAILED_VM_USES_SCSI_RESERVATION:
    'Un disco de la VM puede tener reservas SCSI (uses_scsi_reservation), que se quedarían en el host',
  ACTION_TYPE_FAILED_MIGRATION_IN_PROGRESS: 'La VM ya se está migrando',
  ACTION_TYPE_FAILED_MIGRATION_TO_SAME_HOST: 'host: la VM ya se ejecuta en ese host',
  ACTION_TYPE_FAILED_MIGRATE_BETWEEN_TWO_CLUSTERS: 'Una VM en ejecución permanece en su clúster. Elija un host del mismo clúster',
  VM_CANNOT_CANCEL_MIGRATION_WHEN_VM_IS_NOT_MIGRATING: 'La VM no se está migrando',
  VM_STATUS_NOT_VALID_FOR_UPDATE: 'cluster: solo una VM apagada pasa a otro clúster. Apáguela primero',
  VM_CANNOT_RUN_STATELESS_HA: 'Una VM de alta disponibilidad no se puede ejecutar sin estado',
  VM_CANNOT_RUN_STATELESS_WHILE_IN_PREVIEW:
    'Una VM que muestra una instantánea en vista previa no puede ejecutarse sin estado. Confírmela o deshágala primero',
  VM_CANNOT_SUSPEND_STATELESS_VM: 'Una VM sin estado no se puede suspender',
  VM_CANNOT_SUSPEND_VM_FROM_POOL: 'Una VM de un grupo no se puede suspender',
  ACTION_TYPE_FAILED_NO_SUITABLE_DOMAIN_FOUND:
    'Ningún dominio de almacenamiento activo del centro de datos tiene espacio para la memoria de la VM',
  ERROR_CANNOT_FIND_ISO_IMAGE_PATH: 'El centro de datos de la VM no tiene ninguna imagen ISO con ese identificador',
  ERROR_ISO_IMAGE_STATUS_ILLEGAL: 'La imagen ISO está en el estado «$status»; debe estar ok',
  USER_CANNOT_FORCE_RECONNECT_TO_VM: 'Otro usuario está conectado a la consola y usted no puede desconectarlo',
  ACTION_TYPE_FAILED_NO_MORE_MEMORY_SLOTS:
    'memory: una VM en ejecución tiene como máximo $maxMemSlots ranuras de memoria, y no quedan suficientes libres',
  WATCHDOG_ALREADY_EXISTS: 'La VM o plantilla ya tiene un watchdog',
  ACTION_TYPE_FAILED_CANNOT_SCREENSHOT_HEADLESS_VM: 'La VM no tiene pantalla que capturar',
  VM_CANNOT_IMPORT_VM_EXISTS: 'Ya existe algo con ese identificador',
  VM_CANNOT_IMPORT_VM_NAME_EXISTS: 'El centro de datos ya tiene una VM con ese nombre. Elija otro',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_FOUND: 'No todos los hosts a los que está fijada la VM tienen el dispositivo $deviceName',
  ACTION_TYPE_FAILED_HOST_DEVICE_ALREADY_IN_USE: 'La VM $vmName ya tiene el dispositivo $deviceName',
  ACTION_TYPE_FAILED_VM_CLUSTER_DIFFERENT_ARCHITECTURES: 'cluster: las CPU de ese clúster son de otra arquitectura',
  ACTION_TYPE_FAILED_LEASE_DOMAIN_ID_IS_NOT_VALID:
    'lease.storage_domain: debe ser un dominio de datos del centro de datos de la VM, con formato de almacenamiento V4 o posterior',
  ACTION_TYPE_FAILED_INVALID_VM_LEASE_STORAGE_DOMAIN_STATUS:
    'lease.storage_domain: $storageDomainName está en el estado «$status»; debe estar activo',
  ACTION_TYPE_FAILED_VM_LEASES_ARE_NOT_SUPPORTED_WITH_HA_OFF:
    'lease: una concesión es para una VM de alta disponibilidad. Indique high_availability.enabled, o prescinda de la concesión',
  ACTION_TYPE_FAILED_EMULATED_MACHINE_MAY_NOT_CONTAIN_SPECIAL_CHARS:
    'custom_emulated_machine: solo puede tener letras, dígitos y los signos _ . + , -',
  ACTION_TYPE_FAILED_MEMORY_HOT_SET_NOT_SUPPORTED_FOR_HUGE_PAGES: 'La VM tiene páginas enormes, cuyo número es fijo mientras se ejecuta',
  ACTION_TYPE_FAILED_ONLY_ONE_DEVICE_WITH_THIS_GRAPHICS_ALLOWED: 'protocol: la VM ya tiene una pantalla con ese protocolo',
  ACTION_TYPE_FAILED_ILLEGAL_WATCHDOG_MODEL_IS_NOT_SUPPORTED_BY_OS: 'model: el único modelo de watchdog es i6300esb',
  ACTION_TYPE_MDEV_INVALID_PARAMS: 'spec_params: se necesita la propiedad mdevType, que indica el tipo del dispositivo',
  ACTION_TYPE_FAILED_HOST_DEVICE_NOT_AVAILABLE: 'El dispositivo $deviceName no se puede dar a una VM: su host lo necesita o no tiene IOMMU',
  VM_ICON_DATAURL_MALFORMED: 'data: debe ser una imagen en Base64',
  DATA_SIZE_OF_PROVIDED_VM_ICON_TOO_LARGE: 'data: un icono tiene como máximo 24 KiB',
  PROVIDED_VM_ICON_OF_UNKNOWN_TYPE: 'data: un icono es una imagen en PNG, JPEG o GIF',
  VM_ICON_MIME_TYPE_DOESNT_MATCH_IMAGE_DATA: 'media_type: la imagen es de otro tipo',
  PROVIDED_VM_ICON_HAS_INVALID_DIMENSIONS: 'data: un icono tiene como máximo 150 píxeles de ancho y 120 de alto',
  ICON_OF_PROVIDED_ID_DOES_NOT_EXIST: 'No hay ningún icono con ese identificador',
  VM_CANNOT_IMPORT_TEMPLATE_NAME_EXISTS: 'El centro de datos ya tiene una plantilla con ese nombre. Elija otro',
  ACTION_TYPE_FAILED_PROXY_HOST_MUST_BE_SPECIFIED: 'host: indique el host en el que está el archivo',
  ACTION_TYPE_FAILED_USERNAME_MUST_BE_SPECIFIED: 'username: se necesita el nombre de un usuario del otro sistema',
  ACTION_TYPE_FAILED_PASSWORD_MUST_BE_SPECIFIED: 'password: se necesita la contraseña del usuario del otro sistema',
  ACTION_TYPE_FAILED_NO_HOST_CAN_BE_PROXY_FOR_IMPORT_VM: 'Ningún host activo del centro de datos puede hacer la importación',
  ACTION_TYPE_FAILED_VDS_NOT_IN_DEST_STORAGE_POOL: 'host: el host es de otro centro de datos',
  ACTION_TYPE_FAILED_TEMPLATE_NOT_FOUND_ON_DESTINATION_DOMAIN:
    'Un disco basado en el de su plantilla está en el mismo dominio de almacenamiento. Clone la VM o no indique el dominio de almacenamiento',
  ACTION_TYPE_FAILED_SPECIFY_DOMAIN_IS_NOT_EXPORT_DOMAIN:
    'storage_domain: el dominio de almacenamiento no es de exportación. Exporte en su lugar a un archivo en un host',
};
