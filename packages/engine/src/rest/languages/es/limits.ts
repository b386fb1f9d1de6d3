import type { limits as english } from '../en/limits.ts';

export const limits: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROFILE_IN_USE: 'Hay VM, plantillas o discos con el perfil. Asígneles otro primero',
  ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE: 'name: el clúster o dominio de almacenamiento ya tiene un perfil con ese nombre',
  ACTION_TYPE_FAILED_QOS_NAME_EXIST: 'name: el centro de datos ya tiene una calidad de servicio con ese nombre',
  ACTION_TYPE_FAILED_QOS_NOT_FOUND: 'qos: no hay ninguna calidad de servicio con ese identificador o nombre y ese tipo',
  ACTION_TYPE_FAILED_QUOTA_NOT_EXIST: 'quota: el centro de datos no tiene ninguna cuota con ese identificador',
  ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK: 'Hay VM o discos que usan la cuota. Asígneles otra primero',
  ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID: 'quota: la VM o el disco no tiene cuota, y el centro de datos aplica las cuotas. Asígnele una',
  ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED: 'La cuota predeterminada de un centro de datos permanece como es. Añada una propia',
  USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA: 'quota: no puede consumir esa cuota, o ninguna de las del centro de datos',
  USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE:
    'disk_profile: no puede usar ese perfil de disco, o ninguno de los del dominio de almacenamiento',
  ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT: 'qos: la calidad de servicio es de otro centro de datos que el perfil',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE: 'Un perfil permanece con su clúster o dominio de almacenamiento. Añada en su lugar uno al otro',
  ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND: 'cpu_profile: no hay ningún perfil de CPU con ese identificador',
  ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER: 'cpu_profile: el perfil de CPU es de otro clúster',
  ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER: 'Un clúster necesita al menos un perfil de CPU. Añada otro primero',
  ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE: 'cpu_profile: no puede usar ese perfil de CPU, o ninguno de los del clúster',
  ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND: 'disk_profile: no hay ningún perfil de disco con ese identificador',
  ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN: 'disk_profile: el perfil de disco es de otro dominio de almacenamiento',
  ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN:
    'Un dominio de almacenamiento necesita al menos un perfil de disco. Añada otro primero',
  QOS_NAME_NOT_NULL: 'name: una calidad de servicio necesita un nombre',
  QOS_NAME_TOO_LONG: 'name: puede tener como máximo 50 caracteres',
  QOS_NAME_INVALID: 'name: solo puede tener letras, dígitos y los signos . _ -',
  ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST: 'name: el centro de datos ya tiene una calidad de servicio para redes con ese nombre',
  ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES: 'Un límite es 0 o mayor que el máximo posible; -1 significa sin límite',
  ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES: 'Un límite no debe ser negativo, salvo -1, que significa sin límite',
  ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES: 'Un límite de una red no debe ser negativo, salvo -1, que significa sin límite',
  ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES:
    'La lectura y la escritura se limitan juntas (max_throughput, max_iops) o por separado, no de ambas formas',
  ACTION_TYPE_FAILED_QOS_MISSING_VALUES: 'cpu_limit: una calidad de servicio para CPU lo necesita, como porcentaje',
  ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES: 'De una dirección se indican average, peak y burst, o ninguno',
  ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE: 'peak no debe ser menor que average',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES: 'outbound_average_linkshare: una calidad de servicio para redes de hosts lo necesita',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES: 'outbound_average_realtime: no debe ser mayor que outbound_average_upperlimit',
  ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER: 'quota: la cuota no dice nada del clúster. Añádale un límite o elija otra cuota',
  ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN:
    'quota: la cuota no dice nada del dominio de almacenamiento. Añádale un límite o elija otra cuota',
  ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED: 'A la cuota $quotaName no le queda suficiente memoria o CPU en el clúster',
  ACTION_TYPE_FAILED_QUOTA_STORAGE_LIMIT_EXCEEDED: 'A la cuota $quotaName no le queda suficiente espacio en el dominio de almacenamiento',
  ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL:
    'Una cuota tiene un límite para todos, o límites para clústeres o dominios de almacenamiento concretos, no ambos. Elimine primero los otros',
  VALIDATION_QUOTA_NAME_INVALID: 'name: debe tener de 1 a 65 letras, dígitos, espacios y los signos . _ + -',
};
