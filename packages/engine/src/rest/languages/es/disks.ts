import type { disks as english } from '../en/disks.ts';

export const disks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type: debe ser iscsi o fcp',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'El LUN $lunId ya está en uso, como disco o por un dominio de almacenamiento',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units: un disco es un LUN',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units: un LUN de iSCSI necesita address y target',
  ACTION_TYPE_FAILED_DISKS_LOCKED: 'Estos discos están bloqueados: $diskAliases. Inténtelo de nuevo en unos minutos',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: 'Estos discos no tienen una imagen utilizable: $diskAliases',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST: 'No hay ninguna instantánea con ese identificador, o es de otra VM',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION: 'La instantánea no guarda ninguna configuración de la VM que se pueda usar',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW: 'La VM no muestra ninguna instantánea en vista previa',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR:
    'La instantánea es el estado de la propia VM, o una que guarda el motor, no una que alguien creó',
  CANNOT_PREVIEW_ACTIVE_SNAPSHOT: 'La instantánea es el estado actual de la VM',
  ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS: 'El disco $diskAlias tiene instantáneas o comparte sus datos con una plantilla',
  ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT: 'Hay instantáneas de la VM que guardan estados del disco. Elimínelas primero o elimine el disco',
  ACTION_TYPE_FAILED_DISK_NOT_EXIST: 'El disco ya no existe',
  ACTION_TYPE_FAILED_DISKS_NOT_EXIST: 'Estos discos no están en el dominio de almacenamiento: $diskAliases',
  ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED: 'El disco ya está adjuntado a la VM',
  ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED:
    'El disco está conectado a otra VM; varias solo pueden tenerlo si es compartible (shareable)',
  ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM: 'La VM no tiene ningún disco con ese identificador: $diskIds',
  ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE: 'Estos discos no están activos: $diskAliases. Actívelos primero',
  ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS: 'Ya existe un disco con ese identificador',
  ACTION_TYPE_FAILED_DISK_BOOT_IN_USE: 'bootable: otro disco de la VM ya es su disco de arranque',
  ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED:
    'sparse: en almacenamiento de bloques un disco con formato raw está preasignado. Elija el formato cow o sparse false',
  ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED: 'El disco ya se está transfiriendo. Termine o cancele primero esa transferencia',
  ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED:
    'Otras VM pueden escribir en estos discos: $diskAliases. Solo una VM apagada se puede exportar con ellos',
  ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME: 'storage_domain: el disco ya está en ese dominio de almacenamiento',
  CANNOT_MOVE_DISK_TEMPLATE: 'El disco de una plantilla se queda donde lo buscan las VM creadas de ella. Cópielo en su lugar',
  DISK_IS_ALREADY_SHARED_BETWEEN_VMS: 'shareable: varias VM tienen el disco. Sepárelo primero de todas menos una',
  HOT_PLUG_DISK_IS_NOT_VIRTIO:
    'interface: un disco IDE o SATA no se conecta ni desconecta mientras la VM se ejecuta. Apáguela primero o use virtio_scsi o virtio',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH: 'storage_domain: el dominio de almacenamiento es de otro centro de datos que el disco',
  ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE:
    'Esto no es posible con el almacenamiento del disco: unas acciones son para imágenes y otras para LUN',
  ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS: 'La imagen ISO está en la unidad de CD de la VM $VmNames. Expúlsela primero',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST: 'No hay ninguna copia de seguridad con ese identificador: $vmBackupId',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY: 'La copia de seguridad no está en la fase ready: está empezando, terminando o ya ha terminado',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK:
    'shareable: el disco tiene instantáneas, que un disco de varias VM no puede tener. Elimínelas primero',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT: 'shareable: solo un disco con formato raw se puede compartir entre VM',
  SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK: 'sgio: solo un LUN deja pasar órdenes SCSI',
  SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK: 'read_only: un LUN que deja pasar órdenes SCSI (sgio) no puede ser de solo lectura',
  ACTION_TYPE_FAILED_SGIO_IS_FILTERED:
    'uses_scsi_reservation: las reservas necesitan un LUN cuyas órdenes SCSI no se filtren (sgio unfiltered)',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED: 'El disco está preasignado, así que no hay nada que devolver',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW: 'Solo se aligera un disco con formato raw. Conviértalo primero',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE: 'disk.format: el disco ya tiene ese formato y esa asignación',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE: 'disk.sparse: el disco ya tiene esa asignación',
  ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS:
    'Solo en almacenamiento de bloques tiene una imagen más espacio del que necesita. En almacenamiento de archivos, aligere el disco',
  ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE: 'El volumen es aquel en el que escribe la VM. Elimine en su lugar el disco',
  CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS:
    'La VM debe estar en ejecución o apagada; si está apagada, debe haber un host activo en su centro de datos',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS:
    'from_checkpoint_id: la copia incremental no está activada para estos discos: $diskAliases. Actívela y haga primero una copia completa',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK:
    'from_checkpoint_id: los discos con formato raw solo se copian por completo: $diskAliases',
  ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST: 'Ya existe una copia de seguridad o un punto de control con ese identificador',
  ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG: 'description: puede tener como máximo 1024 caracteres',
  ACTION_TYPE_FAILED_VM_BACKUP_LOCKED: 'La copia de seguridad está terminando: $action (trabajo $job)',
  ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP:
    'Se está transfiriendo un disco de la copia de seguridad. Termine o cancele primero la transferencia',
  ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST:
    'La VM no tiene ningún punto de control con ese identificador: $checkpointId. Haga en su lugar una copia completa',
  ACTION_TYPE_FAILED_CHECKPOINT_INVALID:
    'Ya no se puede saber qué ha cambiado desde el punto de control $checkpointId. Haga en su lugar una copia completa de la VM',
  CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS:
    'La VM debe estar en ejecución o apagada, y no debe iniciarse, detenerse ni moverse entretanto',
  ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL:
    'Se está haciendo una copia de seguridad de la VM, que necesita sus puntos de control. Finalícela primero',
  ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER: 'La transferencia está en la fase «$phase», en la que esto no es posible',
  ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP: 'format: los discos de una copia de seguridad se transfieren con formato raw',
};
