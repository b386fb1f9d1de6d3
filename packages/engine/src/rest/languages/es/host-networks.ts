import type { hostNetworks as english } from '../en/host-networks.ts';

export const hostNetworks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'La interfaz de red $nicName no crea funciones virtuales (SR-IOV)',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: 'Hay funciones virtuales de $nicName en uso',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions: $nicName crea de 0 a $maxNumOfVfs, no $numOfVfs',
  NETWORK_ALREADY_ATTACHED_TO_HOST: 'El host ya tiene la red',
  NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER: 'El clúster del host no tiene la red $networkName',
  ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS:
    'Las redes del host ya se están cambiando: $action (trabajo $job). Inténtelo más tarde',
  ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS:
    'El otro clúster gestiona sus hosts por otra red, o el otro host es de otro clúster',
  NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE: 'Una conexión de red que se va a cambiar necesita su id',
  MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS: 'El host no tiene ninguna conexión de red con ese identificador: $attachmentId',
  NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET: 'network: indique la red con id o name',
  NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS: 'Una conexión de red que se va a eliminar no está en el host',
  NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID: 'id: una conexión de red nueva recibe su identificador del motor',
  ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY:
    'Una red figura dos veces en la solicitud; un host la tiene una vez',
  NETWORK_ATTACHMENT_IN_BOTH_LISTS: 'Una red figura en la solicitud tanto para eliminarla como para conectarla o cambiarla',
  NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY:
    'host_nic: $nicName no es la interfaz de red indicada además, por su identificador o en la ruta',
  LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL: 'id: una etiqueta se indica con id',
  NETWORK_LABEL_FORMAT_INVALID: 'Una etiqueta debe tener de 1 a 50 de los caracteres A-Z a-z 0-9 _ -',
  PARAMS_CONTAIN_DUPLICATE_LABELS: 'modified_labels: una etiqueta figura dos veces; un host la tiene en una sola interfaz de red',
  LABEL_ATTACH_TO_IMPROPER_INTERFACE: 'La etiqueta $label no puede estar en una VLAN ni en un miembro de un bond',
  INTERFACE_ALREADY_LABELED: 'La interfaz de red $AlreadyLabeledNic ya tiene la etiqueta $label',
  OTHER_INTERFACE_ALREADY_LABELED: 'La interfaz de red $LabeledNic del host tiene la etiqueta $label. Elimínela primero de ella',
  INTERFACE_NOT_LABELED: 'Ninguna interfaz de red del host tiene la etiqueta $label',
  IPV4_ADDR_BAD_FORMAT: 'ip.address: debe ser una dirección IPv4, como 192.0.2.10',
  IPV4_ADDR_GATEWAY_BAD_FORMAT: 'ip.gateway: debe ser una dirección IPv4, como 192.0.2.1',
  BAD_IPV4_OR_IPV6_ADDRESS_FORMAT: 'ip: address y gateway deben ser direcciones IPv6, como 2001:db8::10, y netmask una longitud de 1 a 128',
  NETWORK_ADDR_IN_SUBNET_BAD_FORMAT: 'ip.netmask: debe ser una máscara, como 255.255.255.0, o una longitud de 0 a 32',
  HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST: 'El host no tiene la interfaz de red $nicName',
  HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST: 'El host no tiene ninguna interfaz de red con ese identificador: $nicId',
  INTERFACE_COUNT_DOES_NOT_MATCH: 'source_host: las redes solo se copian entre hosts con el mismo número de interfaces de red',
  BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED: 'Un bond se indica con id, o con name si es nuevo',
  BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY: 'Un bond figura en la solicitud tanto para eliminarlo como para cambiarlo',
  NETWORK_BOND_NOT_EXISTS: 'El host no tiene el bond $bondName',
  NETWORK_BOND_RECORDS_DOES_NOT_EXISTS: 'El host no tiene ningún bond con ese identificador: $bondId',
  NETWORK_BOND_NAME_BAD_FORMAT: 'El nombre $bondName no es el de un bond: bond y de 1 a 11 de los caracteres A-Z a-z 0-9 _',
  NETWORK_BONDS_INVALID_SLAVE_COUNT: 'El bond $bondName necesita interfaces de red como miembros',
  NETWORK_INTERFACE_IS_NOT_BOND: 'La interfaz de red $nicName no es un bond',
  NETWORK_INTERFACE_ALREADY_IN_BOND: 'La interfaz de red $nicName sería miembro de dos bonds',
  NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE: 'El miembro $slaveName de un bond debe ser una interfaz de red, ni un bond ni una VLAN',
  CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN:
    '$nicName es una VLAN o un miembro de un bond y no puede tener redes. Conecte la red al bond o a la interfaz inferior',
  NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE:
    'La interfaz de red $nicName tiene redes y no puede ser miembro de un bond. Mueva primero sus redes',
  BOND_USED_BY_NETWORK_ATTACHMENTS: 'Hay redes en el bond $bondName. Muévalas o elimínelas en la misma solicitud',
  NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK:
    'Una interfaz de red tiene como máximo una red sin VLAN, no estas: $networkNames',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC:
    'Las redes que están ahí por su etiqueta se van con ella: $networkNames. Elimine la etiqueta de la interfaz de red o de la red',
  ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC:
    'La red $networkName está donde está su etiqueta. Mueva en su lugar la etiqueta a la otra interfaz de red',
  CANNOT_CHANGE_ATTACHED_NETWORK: 'network: una conexión de red sigue siendo la de su red. Elimínela y conecte la otra red',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG: 'Las funciones virtuales de la interfaz de red ya son para la red $networkName',
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG:
    'Las funciones virtuales de la interfaz de red ya son para las redes con la etiqueta $label',
  REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK:
    'El clúster tiene la red, por lo que es una conexión de red y no una red sin gestionar. Elimínela como tal',
  REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST: 'El host no tiene ninguna red sin gestionar con ese nombre',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS:
    'Todas las redes en $nicName tienen límites para lo que envían, o ninguna: estas no los tienen: $networkNames',
  INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK:
    'En su modo, el bond $bondName no puede llevar una red de VM como $networkName. Elija el modo 1, 2, 3 o 4',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL: 'ip_address_assignments: cada una necesita su assignment_method',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS:
    'assignment_method: debe ser none, static o dhcp, y con IPv6 también autoconf o poly_dhcp_autoconf',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS:
    'ip: una dirección estática necesita address y netmask',
};
