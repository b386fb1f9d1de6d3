import type { hosts as english } from '../en/hosts.ts';

export const hosts: Readonly<Record<keyof typeof english, string>> = {
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    'Estas máquinas virtuales no se pueden mover a otro host, por su política de ubicación o porque tienen dispositivos del host o reservan discos: $VmsList. Deténgalas primero',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS:
    'Hay máquinas virtuales en ejecución en el host y ningún otro host de su clúster está activo',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'El centro de datos no tiene ningún host activo',
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'El host está en el estado «$hostStatus». Póngalo primero en mantenimiento',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL: 'El host está en el estado «$hostStatus», desde el que no puede pasar a mantenimiento',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'El host ya está en mantenimiento o de camino a él',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'El host está en el estado «$hostStatus»; solo se puede aprobar uno que espere aprobación',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'El host está en el estado «$hostStatus», en el que no se puede modificar',
  VDS_STATUS_NOT_VALID_FOR_START: 'El host está en el estado «$hostStatus», en el que no se puede encender',
  VDS_STATUS_NOT_VALID_FOR_STOP: 'El host está en el estado «$hostStatus», en el que no se puede apagar. Póngalo primero en mantenimiento',
  VDS_FENCE_DISABLED: 'La gestión de energía del host no está activada o no tiene ningún agente de aislamiento',
  VDS_FENCE_DISABLED_AT_QUIET_TIME: 'Lo mismo se hizo con la energía del host en los últimos $seconds segundos. Inténtelo más tarde',
  VDS_NO_VDS_PROXY_FOUND:
    'Ningún otro host puede acceder a la placa de gestión del host: debe haber uno activo en su clúster o centro de datos',
  POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS: 'Ya se está actuando sobre la energía del host: $action (trabajo $job)',
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'El host está en el estado «$hostStatus», en el que no se puede actualizar',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL: 'El host está en el estado «$hostStatus», en el que no se le puede preguntar su versión',
  SSH_AUTHENTICATION_FAILED: 'No se puede iniciar sesión en el host: $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL:
    'El host está en el estado «$hostStatus», en el que no se puede instalar. Póngalo primero en mantenimiento',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'Se necesita una contraseña para iniciar sesión en el host, o ssh.authentication_method publickey',
  VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM: 'Todavía hay VM en ejecución en el host. Mígrelas o deténgalas primero',
  ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST: 'address: otro host tiene esa dirección',
  ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS:
    'El host responde. Solo se puede confirmar el reinicio de uno que no responde o está en mantenimiento',
  VDS_INVALID_SERVER_ID: 'El host ya no existe',
  ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT:
    'power_management.enabled: la gestión de energía necesita un agente de aislamiento. Añada primero uno',
  VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED:
    'La gestión de energía del host está activada y necesita un agente de aislamiento. Desactívela antes de eliminar el último',
  VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING: 'Un agente de aislamiento necesita address, type, username, password y order',
  CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL:
    'Solo se da un certificado a un host que responde: activo, en mantenimiento o no operativo',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT: 'ssh.port: debe estar entre 1 y 65535',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME:
    'ssh.user.user_name: debe empezar por una letra o _, y tener como máximo 32 letras, dígitos y los signos _ . -',
  VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP: 'address: debe ser el nombre o la dirección IP de la tarjeta de gestión',
  VDS_ILLEGAL_PM_AGENT_PORT_VALUE: 'port: debe estar entre 1 y 65535',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS: 'El host ya tiene un usuario propio para el target $target',
  VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE: 'Un centro de datos con almacenamiento local tiene un solo host, y este ya lo tiene',
};
