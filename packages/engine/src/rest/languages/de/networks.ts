import type { networks as english } from '../en/networks.ts';

export const networks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'Ein Netzwerk stammt vom Anbieter: $networks. Entfernen Sie es zuerst',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'Netzwerke stammen vom Anbieter: $networks. Entfernen Sie sie zuerst',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'Der Anbieter ist der des Clusters $cluster',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED:
    'requires_authentication: Datenbanken von OVN kennen keine Namen; sie werden über TLS erreicht (ssl:)',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'Der Anbieter ist schreibgeschützt (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'Das Rechenzentrum hat dieses Netzwerk des Anbieters bereits',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED:
    'Woher ein Netzwerk stammt, und seine MTU, wenn ein Anbieter es hat, können nicht geändert werden',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages: ein Netzwerk eines Anbieters ist für VMs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM:
    'vlan: Netzwerke eines Anbieters werden zwischen Hosts getunnelt, ohne VLANs',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required: Hosts müssen ein Netzwerk eines Anbieters nicht haben',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'Ein Netzwerk eines Anbieters kann nicht das Anzeigenetzwerk sein: Hosts haben darin keine Adresse',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED:
    'port_mirroring: Frames eines Netzwerks eines Anbieters werden nicht kopiert',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    'Eine eingesteckte Netzwerkschnittstelle wechselt nicht in ein Netzwerk eines Anbieters oder aus einem. Ziehen Sie sie zuerst ab',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'Der Host hat keine freie virtuelle Funktion für das Netzwerk von $vnicName',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface: muss mit einem vNIC-Profil, das Geräte durchreicht, pci_passthrough sein, und nur dann',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED:
    'linked: eine NIC, die eine virtuelle Funktion ist, ist immer verbunden',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'Ein vNIC-Profil, das Geräte durchreicht, hat keinen Netzwerkfilter und keine Dienstgüte',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'Ein Netzwerk mit Portisolierung hat kein vNIC-Profil, das Geräte durchreicht',
  NETWORK_MAC_ADDRESS_IN_USE: 'mac.address: eine andere Netzwerkschnittstelle hat die Adresse $mac',
  MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES: 'Der MAC-Adresspool des Clusters hat keine freie Adresse. Geben Sie ihm einen weiteren Bereich',
  ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST: 'Den MAC-Adresspool des Clusters gibt es nicht mehr',
  ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE: 'ranges: ein MAC-Adresspool braucht mindestens einen Bereich',
  ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES: 'ranges: dürfen sich nicht überschneiden',
  ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS: 'ranges: überschneiden sich mit denen des MAC-Adresspools $name',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL: 'Der voreingestellte MAC-Adresspool kann nicht entfernt werden',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL:
    'Rechenzentren oder Cluster benutzen den MAC-Adresspool. Geben Sie ihnen zuerst einen anderen',
  NETWORK_INTERFACE_NAME_ALREADY_IN_USE:
    'Die VM oder Vorlage hat bereits eine Netzwerkschnittstelle "$ifaceName". Wählen Sie einen anderen Namen',
  NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK: 'Über das Netzwerk werden Hosts verwaltet. Es kann nicht entfernt werden',
  NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS:
    'Netzwerkschnittstellen von VMs oder Vorlagen des Clusters liegen in dem Netzwerk. Verlegen oder entfernen Sie sie zuerst',
  NETWORK_ALREADY_ATTACHED_TO_CLUSTER: 'Der Cluster hat das Netzwerk bereits',
  ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES:
    'Netzwerkschnittstellen von VMs oder Vorlagen liegen in dem Netzwerk. Verlegen oder entfernen Sie sie zuerst',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED:
    'Ein Cluster braucht ein Netzwerk, über das seine Hosts verwaltet werden, und dieses ist erforderlich',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED:
    'Das Netzwerk ovirtmgmt behält seinen Namen, und ein Cluster mit Hosts behält das Netzwerk, über das sie verwaltet werden',
  ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE: 'name: das Netzwerk hat bereits ein vNIC-Profil dieses Namens',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE:
    'Netzwerkschnittstellen einer VM oder Vorlage haben das vNIC-Profil. Geben Sie ihnen zuerst ein anderes',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES:
    'Netzwerkschnittstellen mehrerer VMs oder Vorlagen haben das vNIC-Profil. Geben Sie ihnen zuerst ein anderes',
  CANNOT_PERFORM_HOT_UPDATE:
    'Eine eingesteckte Netzwerkschnittstelle behält Adresse und Art, als virtuelle Funktion alles. Ziehen Sie sie zuerst ab',
  NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET:
    'mac.address: Netzwerkschnittstellen von Vorlagen haben keine Adresse; jede VM bekommt ihre eigene',
  ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED:
    'default_pool: welcher MAC-Adresspool der voreingestellte ist, kann nicht geändert werden',
  ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED:
    'default_pool: ein neuer MAC-Adresspool kann nicht der voreingestellte sein',
  NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK: 'Ein iSCSI-Bond benutzt das Netzwerk. Nehmen Sie es zuerst aus dem Bond',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED: 'Das Netzwerk hat bereits ein Label. Entfernen Sie es zuerst',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL:
    'Hosts werden nicht über ein Netzwerk eines Anbieters verwaltet: sie haben darin keine Adresse',
  ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL:
    'Ein Netzwerk eines Anbieters kann nicht die Standardroute der Hosts haben: sie haben darin keine Adresse',
  ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK:
    'Das ist mit einem Netzwerk eines Anbieters nicht möglich: Hosts haben darin keine Adresse, und keines ihrer Geräte wird durchgereicht',
  EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: ein Netzwerk eines Anbieters trennt VMs nicht voneinander',
  ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST: 'external_provider: den Anbieter gibt es nicht mehr',
  VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET: 'Nennen Sie das Netzwerk mit id oder name',
  NON_VM_NETWORK_CANNOT_SUPPORT_STP: 'stp: ist nur für Netzwerke von VMs (usages vm)',
  NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: ist nur für Netzwerke von VMs (usages vm)',
  ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE:
    'Open vSwitch trennt VMs nicht voneinander: ein Cluster hat entweder dieses oder Netzwerke mit Portisolierung',
  NETWORK_CANNOT_CONTAIN_BOND_NAME: 'name: darf nicht mit bond beginnen wie die Bonds der Hosts',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES:
    'qos: outbound_average_linkshare ist nötig; die übrigen Grenzen gehören dazu',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES:
    'qos: outbound_average_realtime darf nicht größer als outbound_average_upperlimit sein',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE:
    'Die Netzwerkschnittstelle hat 256 Filterparameter; mehr sind nicht möglich. Entfernen Sie zuerst einen',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME: 'name: muss 1 bis 255 der Zeichen A-Z a-z 0-9 _ haben',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE: 'value: muss 1 bis 255 der Zeichen A-Z a-z 0-9 _ . : haben',
  CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING:
    'Eine eingesteckte Netzwerkschnittstelle wechselt nicht zu einem vNIC-Profil mit Portspiegelung oder von einem. Ziehen Sie sie zuerst ab',
  ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS: 'Der Host der VM hat das Netzwerk $networkName nicht. Hängen Sie es dort zuerst an',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE:
    'Die Netzwerkschnittstelle ist in einer laufenden VM eingesteckt. Ziehen Sie sie zuerst ab',
  ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS: 'qos: eine Dienstgüte für Netzwerke mit dieser ID oder diesem Namen gibt es nicht',
  ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID: 'qos: die Dienstgüte gehört zu einem anderen Rechenzentrum als das Netzwerk',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK:
    'network: ein vNIC-Profil bleibt bei seinem Netzwerk. Fügen Sie stattdessen dem anderen eines hinzu',
  ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK: 'network: nur ein Netzwerk von VMs (usages vm) hat vNIC-Profile',
  ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID:
    'network_filter: einen Netzwerkfilter mit dieser ID oder diesem Namen gibt es nicht',
};
