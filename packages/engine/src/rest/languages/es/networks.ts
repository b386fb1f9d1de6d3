import type { networks as english } from '../en/networks.ts';

export const networks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'Una red procede del proveedor: $networks. Elimínela primero',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'Hay redes que proceden del proveedor: $networks. Elimínelas primero',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'El proveedor es el del clúster $cluster',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED:
    'requires_authentication: las bases de datos de OVN no conocen a nadie por su nombre; se accede a ellas por TLS (ssl:)',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'El proveedor es de solo lectura (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'El centro de datos ya tiene esta red del proveedor',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED:
    'No se puede cambiar de dónde procede una red, ni su MTU cuando la tiene un proveedor',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages: una red de un proveedor es para VM',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM: 'vlan: las redes de un proveedor van por túneles entre hosts, sin VLAN',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required: los hosts no tienen por qué tener una red de un proveedor',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'Una red de un proveedor no puede ser la red de visualización: los hosts no tienen dirección en ella',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED: 'port_mirroring: las tramas de una red de un proveedor no se copian',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    'Una interfaz de red conectada no pasa a una red de un proveedor ni sale de ella. Desconéctela primero',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'El host no tiene ninguna función virtual libre para la red de $vnicName',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface: debe ser pci_passthrough con un perfil de vNIC que pasa dispositivos, y solo entonces',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED: 'linked: una NIC que es una función virtual está siempre enlazada',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'Un perfil de vNIC que pasa dispositivos no tiene filtro de red ni calidad de servicio',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'Una red con aislamiento de puertos no tiene ningún perfil de vNIC que pase dispositivos',
  NETWORK_MAC_ADDRESS_IN_USE: 'mac.address: otra interfaz de red tiene la dirección $mac',
  MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES: 'El grupo de direcciones MAC del clúster no tiene direcciones libres. Añádale otro rango',
  ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST: 'El grupo de direcciones MAC del clúster ya no existe',
  ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE: 'ranges: un grupo de direcciones MAC necesita al menos un rango',
  ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES: 'ranges: no deben solaparse',
  ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS: 'ranges: se solapan con los del grupo de direcciones MAC $name',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL: 'No se puede eliminar el grupo de direcciones MAC predeterminado',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL:
    'Hay centros de datos o clústeres que usan el grupo de direcciones MAC. Asígneles otro primero',
  NETWORK_INTERFACE_NAME_ALREADY_IN_USE: 'La VM o plantilla ya tiene una interfaz de red «$ifaceName». Elija otro nombre',
  NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK: 'Por la red se gestionan hosts. No se puede eliminar',
  NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS:
    'Hay interfaces de red de VM o plantillas del clúster en la red. Muévalas o elimínelas primero',
  NETWORK_ALREADY_ATTACHED_TO_CLUSTER: 'El clúster ya tiene la red',
  ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES: 'Hay interfaces de red de VM o plantillas en la red. Muévalas o elimínelas primero',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED: 'Un clúster necesita una red por la que se gestionen sus hosts, y esa red es obligatoria',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED:
    'La red ovirtmgmt conserva su nombre, y un clúster con hosts conserva la red por la que se gestionan',
  ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE: 'name: la red ya tiene un perfil de vNIC con ese nombre',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE: 'Hay interfaces de red de una VM o plantilla con el perfil de vNIC. Asígneles otro primero',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES:
    'Hay interfaces de red de varias VM o plantillas con el perfil de vNIC. Asígneles otro primero',
  CANNOT_PERFORM_HOT_UPDATE:
    'Una interfaz de red conectada conserva su dirección y su tipo, y todo si es una función virtual. Desconéctela primero',
  NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET:
    'mac.address: las interfaces de red de las plantillas no tienen dirección; cada VM recibe la suya',
  ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED:
    'default_pool: no se puede cambiar qué grupo de direcciones MAC es el predeterminado',
  ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED:
    'default_pool: un grupo de direcciones MAC nuevo no puede ser el predeterminado',
  NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK: 'Un bond iSCSI usa la red. Quítela primero del bond',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED: 'La red ya tiene una etiqueta. Elimínela primero',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL:
    'Los hosts no se gestionan por una red de un proveedor: no tienen dirección en ella',
  ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL:
    'Una red de un proveedor no puede tener la ruta predeterminada de los hosts: no tienen dirección en ella',
  ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK:
    'Esto no es posible con una red de un proveedor: los hosts no tienen dirección en ella, ni se pasa ninguno de sus dispositivos',
  EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: una red de un proveedor no aísla unas VM de otras',
  ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST: 'external_provider: el proveedor ya no existe',
  VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET: 'Indique la red con id o name',
  NON_VM_NETWORK_CANNOT_SUPPORT_STP: 'stp: es solo para redes de VM (usages vm)',
  NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: es solo para redes de VM (usages vm)',
  ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE:
    'Open vSwitch no aísla unas VM de otras: un clúster tiene o bien este o bien redes con aislamiento de puertos',
  NETWORK_CANNOT_CONTAIN_BOND_NAME: 'name: no debe empezar por bond, como los bonds de los hosts',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES:
    'qos: se necesita outbound_average_linkshare; los demás límites van con él',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES:
    'qos: outbound_average_realtime no debe ser mayor que outbound_average_upperlimit',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE:
    'La interfaz de red tiene 256 parámetros de filtro, el máximo. Elimine primero uno',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME: 'name: debe tener de 1 a 255 de los caracteres A-Z a-z 0-9 _',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE: 'value: debe tener de 1 a 255 de los caracteres A-Z a-z 0-9 _ . y dos puntos',
  CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING:
    'Una interfaz de red conectada no pasa a un perfil de vNIC con réplica de puertos, ni deja uno. Desconéctela primero',
  ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS: 'El host de la VM no tiene la red $networkName. Conéctela allí primero',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE: 'La interfaz de red está conectada en una VM en ejecución. Desconéctela primero',
  ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS: 'qos: no hay ninguna calidad de servicio para redes con ese identificador o nombre',
  ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID: 'qos: la calidad de servicio es de otro centro de datos que la red',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK:
    'network: un perfil de vNIC permanece con su red. Añada en su lugar uno a la otra red',
  ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK: 'network: solo una red de VM (usages vm) tiene perfiles de vNIC',
  ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID: 'network_filter: no hay ningún filtro de red con ese identificador o nombre',
};
