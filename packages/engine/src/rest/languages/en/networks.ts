import type { EngineMessage } from '@virgate/contract/generated/messages';

/** What is said of networks, vNIC profiles, network interfaces, MAC addresses and network providers. */
export const networks = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'A network comes from the provider: $networks. Remove it first',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'Networks come from the provider: $networks. Remove them first',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'The provider is that of the cluster $cluster',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED:
    'requires_authentication: databases of OVN know nobody by name; they are reached by TLS (ssl:)',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'The provider is read-only (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'The data center has this network of the provider already',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED:
    'Where a network comes from, and its MTU when a provider has it, cannot be changed',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages: a network of a provider is for VMs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM: 'vlan: networks of a provider are tunnelled between hosts, without VLANs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required: hosts need not have a network of a provider',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'A network of a provider cannot be the display network: hosts have no address on it',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED: 'port_mirroring: frames of a network of a provider are not copied',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    'A plugged network interface does not go to a network of a provider, or from one. Unplug it first',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'The host has no free virtual function for the network of $vnicName',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface: must be pci_passthrough with a vNIC profile that passes devices through, and only then',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED: 'linked: a NIC that is a virtual function is always linked',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'A vNIC profile that passes devices through has no network filter and no quality of service',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'A network with port isolation has no vNIC profile that passes devices through',
  NETWORK_MAC_ADDRESS_IN_USE: 'mac.address: another network interface has the address $mac',
  MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES: 'The MAC pool of the cluster has no free address. Give it a further range',
  ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST: 'The MAC pool of the cluster does not exist any more',
  ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE: 'ranges: a MAC pool needs at least one range',
  ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES: 'ranges: must not overlap each other',
  ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS: 'ranges: overlap those of the MAC pool $name',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL: 'The default MAC pool cannot be removed',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL: 'Data centers or clusters use the MAC pool. Give them another first',
  NETWORK_INTERFACE_NAME_ALREADY_IN_USE: 'The VM or template has a network interface "$ifaceName" already. Please choose a different name',
  NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK: 'Hosts are managed over the network. It cannot be removed',
  NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS:
    'Network interfaces of VMs or templates of the cluster are on the network. Move or remove them first',
  NETWORK_ALREADY_ATTACHED_TO_CLUSTER: 'The cluster has the network already',
  ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES: 'Network interfaces of VMs or templates are on the network. Move or remove them first',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED:
    'A cluster needs a network over which its hosts are managed, and that network is required',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED:
    'The network ovirtmgmt keeps its name, and a cluster with hosts keeps the network over which they are managed',
  ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE: 'name: the network has a vNIC profile of this name already',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE: 'Network interfaces of a VM or template have the vNIC profile. Give them another first',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES:
    'Network interfaces of several VMs or templates have the vNIC profile. Give them another first',
  CANNOT_PERFORM_HOT_UPDATE: 'A plugged network interface keeps its address and its kind, and as a virtual function all. Unplug it first',
  NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET: 'mac.address: network interfaces of templates have no address; each VM gets its own',
  ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED: 'default_pool: which MAC pool is the default cannot be changed',
  ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED: 'default_pool: a new MAC pool cannot be the default',
  NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK: 'An iSCSI bond uses the network. Take it out of the bond first',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED: 'The network has a label already. Remove that first',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL:
    'Hosts are not managed over a network of a provider: they have no address on it',
  ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL:
    'A network of a provider cannot have the default route of hosts: they have no address on it',
  ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK:
    'This is not possible with a network of a provider: hosts have no address on it, and none of their devices is passed through',
  EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: a network of a provider does not keep VMs apart',
  ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST: 'external_provider: the provider does not exist any more',
  VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET: 'Name the network by its id or name',
  NON_VM_NETWORK_CANNOT_SUPPORT_STP: 'stp: is only for networks of VMs (usages vm)',
  NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: is only for networks of VMs (usages vm)',
  ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE:
    'Open vSwitch does not keep VMs apart: a cluster has either that or networks with port isolation',
  NETWORK_CANNOT_CONTAIN_BOND_NAME: "name: must not begin with bond, as hosts' bonds do",
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES:
    'qos: outbound_average_linkshare is needed; the other limits go with it',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES:
    'qos: outbound_average_realtime must not be greater than outbound_average_upperlimit',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE:
    'The network interface has 256 filter parameters, which is the most. Remove one first',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME: 'name: must have 1 to 255 of the characters A-Z a-z 0-9 _',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE: 'value: must have 1 to 255 of the characters A-Z a-z 0-9 _ . :',
  CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING:
    'A plugged network interface does not go to a vNIC profile with port mirroring, or from one. Unplug it first',
  ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS: 'The host of the VM does not have the network $networkName. Attach it there first',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE: 'The network interface is plugged into a VM that runs. Unplug it first',
  ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS: 'qos: there is no QoS for networks of this id or name',
  ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID: 'qos: the QoS is of another data center than the network',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK:
    'network: a vNIC profile stays with its network. Add one to the other network instead',
  ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK: 'network: only a network of VMs (usages vm) has vNIC profiles',
  ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID: 'network_filter: there is no network filter of this id or name',
} as const satisfies Partial<Record<EngineMessage, string>>;
