import type { clusters as english } from '../en/clusters.ts';

export const clusters: Readonly<Record<keyof typeof english, string>> = {
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service: no hay ningún servidor que certifique los hosts',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode: todos los hosts del clúster deben estar en mantenimiento',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster: el clúster es de otro centro de datos',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'Ya hay una actualización del clúster en curso',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'No hay ninguna actualización del clúster en curso. Inicie una primero',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH: 'La actualización del clúster se inició con otro identificador de correlación',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete debe estar entre 0 y 100',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST: 'No existe ese centro de datos, o el clúster no pertenece a ninguno',
  ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS:
    'El centro de datos tiene dominios de almacenamiento. Sepárelos y elimínelos primero, o elimínelo con force',
  VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED: 'El clúster tiene hosts. Elimínelos primero',
  VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED: 'El clúster tiene VM. Elimínelas primero',
  VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED: 'El clúster tiene plantillas. Elimínelas primero',
  CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS: 'El clúster tiene grupos de VM. Elimínelos primero',
  CLUSTER_CANNOT_CHANGE_STORAGE_POOL: 'data_center: un clúster permanece en su centro de datos',
  CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL: 'cpu.type: el nivel de compatibilidad no tiene el tipo de CPU del clúster. Elija otro',
  CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS:
    'cpu.type: a las CPU de hosts activos del clúster les faltan características de ese tipo',
  CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL: 'cpu.type: un clúster con hosts conserva la arquitectura de sus CPU',
  CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS:
    'version: hay hosts activos del clúster que no conocen ese nivel de compatibilidad. Actualícelos primero',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION:
    'version: un clúster con hosts no puede pasar a un nivel de compatibilidad inferior',
  ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY: 'El clúster de la VM ya no existe',
  ACTION_TYPE_FAILED_CPU_NOT_FOUND: 'cpu.type: el nivel de compatibilidad no tiene el tipo de CPU «$cpu»',
  ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE: 'cpu.architecture: el tipo de CPU es de otra arquitectura',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC:
    'version: un clúster tiene al menos el nivel de compatibilidad de su centro de datos',
  CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL:
    'version: un clúster tiene al menos el nivel de compatibilidad de su centro de datos',
  CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS:
    'Hay hosts activos del clúster que no tienen esa característica. Actualícelos o póngalos primero en mantenimiento',
  CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED: 'virt_service: un clúster ejecuta VM, así que no puede ser false',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION:
    'version: un centro de datos con dominios de almacenamiento o redes propias no puede pasar a un nivel de compatibilidad inferior',
  ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS:
    'version: estos clústeres tienen un nivel de compatibilidad inferior: $ClustersList. Suba primero el suyo',
  ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE:
    'force: todos los hosts del centro de datos deben estar en mantenimiento, para que ninguno trabaje en su almacenamiento',
};
