import type { own as english } from '../en/own.ts';

export const own: Readonly<Record<keyof typeof english, string>> = {
  HOST_FAILED: 'El host respondió: $reason',
  STORAGE_CONNECTION_FAILED: 'El host no puede acceder al almacenamiento $path: código $code',
  TOO_MANY_HOSTS: 'El centro de datos tiene tantos hosts como su almacenamiento puede distinguir',
  CERTIFICATE_REQUEST_REFUSED: 'La solicitud de certificado no se puede firmar: $reason',
  HOST_HAS_RUNNING_VMS: 'Estas máquinas virtuales se ejecutan en el host: $vms. Deténgalas primero',
  DATA_CENTER_HAS_VMS: 'El centro de datos tiene máquinas virtuales o plantillas. Elimínelas primero',
  MASTER_DOMAIN_NOT_LAST: 'El dominio de almacenamiento maestro va al final. Desactive primero los demás de su centro de datos',
  STORAGE_DOMAIN_HAS_DISKS: 'El dominio de almacenamiento tiene discos. Elimínelos primero',
  DISK_HAS_NOTHING_TO_REDUCE: 'El disco está preasignado: conserva su tamaño y no tiene nada que devolver',
  INTERNAL_POLICY_UNIT_STAYS: 'La unidad de política $name viene con el motor y no se puede eliminar',
  VM_HAS_NO_CONSOLE: 'La VM no tiene ninguna consola que un navegador pueda mostrar',
  LOGON_NEEDS_PASSWORD:
    'Hay que comunicar su contraseña al huésped, pero el motor no la guarda. Envíe esta petición con autenticación Basic',
  NETWORK_PROVIDER_EXISTS: 'Ya existe un proveedor con esa url',
  PROVIDER_NETWORK_HAS_SUBNET: 'La red $network ya tiene una subred: elimínela primero',
  REFERENCE_CHANGED: 'Lo que la petición menciona no existe o está en uso. Léalo de nuevo',
  MIXED_INITIALIZATION: 'Solo se puede pedir uno de use_cloud_init, use_sysprep y use_ignition',
  POOL_HAS_NO_VMS: 'No se pudo crear ninguna de las VM del grupo: $reason',
  HOST_NOT_UP: 'está en el estado «$status»',
  HOST_EXCLUDED: 'la solicitud lo excluye',
  VM_LEASES_NOT_READY: 'aún no puede tener la concesión de la VM: su dominio de almacenamiento no está listo allí',
};
