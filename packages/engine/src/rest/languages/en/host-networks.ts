import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of the networks of hosts. */
export const hostNetworks = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'The network interface $nicName makes no virtual functions (SR-IOV)',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: 'Virtual functions of $nicName are in use',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions: $nicName makes 0 to $maxNumOfVfs, not $numOfVfs',
  NETWORK_ALREADY_ATTACHED_TO_HOST: 'The host has the network already',
  NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER: 'The cluster of the host has no network $networkName',
  ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS:
    'The networks of the host are being changed already: $action (job $job). Please try again later',
  ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS:
    'The other cluster manages its hosts over another network, or the other host is of another cluster',
  NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE: 'A network attachment that is to be changed needs its id',
  MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS: 'The host has no network attachment of this id: $attachmentId',
  NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET: 'network: name the network by its id or name',
  NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS: 'A network attachment that is to be removed is not on the host',
  NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID: 'id: a new network attachment gets its id from the engine',
  ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY: 'A network stands in the request twice; a host has it once',
  NETWORK_ATTACHMENT_IN_BOTH_LISTS: 'A network stands in the request both to be removed and to be attached or changed',
  NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY:
    'host_nic: $nicName is not the network interface that is named besides it, by its id or in the path',
  LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL: 'id: a label is named by its id',
  NETWORK_LABEL_FORMAT_INVALID: 'A label must have 1 to 50 of the characters A-Z a-z 0-9 _ -',
  PARAMS_CONTAIN_DUPLICATE_LABELS: 'modified_labels: a label stands there twice; a host has it on one network interface',
  LABEL_ATTACH_TO_IMPROPER_INTERFACE: 'The label $label cannot be on a VLAN or a member of a bond',
  INTERFACE_ALREADY_LABELED: 'The network interface $AlreadyLabeledNic has the label $label already',
  OTHER_INTERFACE_ALREADY_LABELED: 'The network interface $LabeledNic of the host has the label $label. Remove it there first',
  INTERFACE_NOT_LABELED: 'No network interface of the host has the label $label',
  IPV4_ADDR_BAD_FORMAT: 'ip.address: must be an IPv4 address, such as 192.0.2.10',
  IPV4_ADDR_GATEWAY_BAD_FORMAT: 'ip.gateway: must be an IPv4 address, such as 192.0.2.1',
  BAD_IPV4_OR_IPV6_ADDRESS_FORMAT:
    'ip: address and gateway must be IPv6 addresses, such as 2001:db8::10, and netmask a length from 1 to 128',
  NETWORK_ADDR_IN_SUBNET_BAD_FORMAT: 'ip.netmask: must be a mask, such as 255.255.255.0, or a length from 0 to 32',
  HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST: 'The host has no network interface $nicName',
  HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST: 'The host has no network interface of this id: $nicId',
  INTERFACE_COUNT_DOES_NOT_MATCH: 'source_host: networks are copied only between hosts with the same number of network interfaces',
  BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED: 'A bond is named by its id, or by its name when it is new',
  BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY: 'A bond stands in the request both to be removed and to be changed',
  NETWORK_BOND_NOT_EXISTS: 'The host has no bond $bondName',
  NETWORK_BOND_RECORDS_DOES_NOT_EXISTS: 'The host has no bond of this id: $bondId',
  NETWORK_BOND_NAME_BAD_FORMAT: 'The name $bondName is not that of a bond, which is bond and 1 to 11 of the characters A-Z a-z 0-9 _',
  NETWORK_BONDS_INVALID_SLAVE_COUNT: 'The bond $bondName needs network interfaces as its members',
  NETWORK_INTERFACE_IS_NOT_BOND: 'The network interface $nicName is not a bond',
  NETWORK_INTERFACE_ALREADY_IN_BOND: 'The network interface $nicName would be a member of two bonds',
  NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE: 'The member $slaveName of a bond must be a network interface, neither a bond nor a VLAN',
  CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN:
    '$nicName is a VLAN or a member of a bond, and cannot have networks. Attach the network to the bond or the interface below',
  NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE:
    'The network interface $nicName has networks and cannot be a member of a bond. Move its networks first',
  BOND_USED_BY_NETWORK_ATTACHMENTS: 'Networks are on the bond $bondName. Move or remove them in the same request',
  NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK:
    'A network interface has one network without a VLAN at most, not these: $networkNames',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC:
    'Networks that are there by their label go with the label: $networkNames. Remove the label of the network interface or of the network',
  ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC:
    'The network $networkName is where its label is. Move the label to the other network interface instead',
  CANNOT_CHANGE_ATTACHED_NETWORK: 'network: a network attachment stays that of its network. Remove it, and attach the other network',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG:
    'The virtual functions of the network interface are for the network $networkName already',
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG:
    'The virtual functions of the network interface are for networks with the label $label already',
  REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK:
    'The cluster has the network, so that it is an attachment, not an unmanaged network. Remove it as that',
  REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST: 'The host has no unmanaged network of this name',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS:
    'All networks on $nicName have limits for what they send, or none has: these have none: $networkNames',
  INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK:
    'In its mode the bond $bondName cannot carry a network of VMs such as $networkName. Choose the mode 1, 2, 3 or 4',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL: 'ip_address_assignments: each needs its assignment_method',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS:
    'assignment_method: must be none, static or dhcp, and with IPv6 also autoconf or poly_dhcp_autoconf',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS: 'ip: a static address needs address and netmask',
} as const satisfies Partial<Record<EngineMessage, string>>;
