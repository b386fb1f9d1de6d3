import type { networks as english } from '../en/networks.ts';

export const networks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'Un réseau provient du fournisseur : $networks. Supprimez-le d’abord',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'Des réseaux proviennent du fournisseur : $networks. Supprimez-les d’abord',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'Le fournisseur est celui du cluster $cluster',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED:
    'requires_authentication : les bases de données d’OVN ne connaissent personne par son nom ; on les atteint par TLS (ssl:)',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'Le fournisseur est en lecture seule (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'Le centre de données a déjà ce réseau du fournisseur',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED:
    'L’origine d’un réseau, et son MTU lorsqu’il est chez un fournisseur, ne peuvent pas être modifiés',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages : un réseau d’un fournisseur est destiné aux VM',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM:
    'vlan : les réseaux d’un fournisseur passent par des tunnels entre hôtes, sans VLAN',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required : les hôtes ne sont pas tenus d’avoir un réseau d’un fournisseur',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'Un réseau d’un fournisseur ne peut pas être le réseau d’affichage : les hôtes n’y ont pas d’adresse',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED:
    'port_mirroring : les trames d’un réseau d’un fournisseur ne sont pas copiées',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    'Une interface réseau branchée ne passe ni vers un réseau d’un fournisseur ni depuis un tel réseau. Débranchez-la d’abord',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'L’hôte n’a aucune fonction virtuelle libre pour le réseau de $vnicName',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface : doit être pci_passthrough avec un profil vNIC qui transmet des périphériques, et seulement alors',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED:
    'linked : une carte réseau qui est une fonction virtuelle est toujours reliée',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'Un profil vNIC qui transmet des périphériques n’a ni filtre réseau ni qualité de service',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'Un réseau avec isolation des ports n’a pas de profil vNIC qui transmet des périphériques',
  NETWORK_MAC_ADDRESS_IN_USE: 'mac.address : une autre interface réseau a l’adresse $mac',
  MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES: 'Le pool d’adresses MAC du cluster n’a plus d’adresse libre. Ajoutez-lui une plage',
  ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST: 'Le pool d’adresses MAC du cluster n’existe plus',
  ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE: 'ranges : un pool d’adresses MAC a besoin d’au moins une plage',
  ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES: 'ranges : ne doivent pas se chevaucher',
  ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS: 'ranges : chevauchent celles du pool d’adresses MAC $name',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL: 'Le pool d’adresses MAC par défaut ne peut pas être supprimé',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL:
    'Des centres de données ou des clusters utilisent le pool d’adresses MAC. Donnez-leur-en d’abord un autre',
  NETWORK_INTERFACE_NAME_ALREADY_IN_USE: 'La VM ou le modèle a déjà une interface réseau « $ifaceName ». Choisissez un autre nom',
  NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK: 'Des hôtes sont gérés par ce réseau. Il ne peut pas être supprimé',
  NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS:
    'Des interfaces réseau de VM ou de modèles du cluster sont sur le réseau. Déplacez-les ou supprimez-les d’abord',
  NETWORK_ALREADY_ATTACHED_TO_CLUSTER: 'Le cluster a déjà ce réseau',
  ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES:
    'Des interfaces réseau de VM ou de modèles sont sur le réseau. Déplacez-les ou supprimez-les d’abord',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED:
    'Un cluster a besoin d’un réseau par lequel ses hôtes sont gérés, et ce réseau est requis',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED:
    'Le réseau ovirtmgmt garde son nom, et un cluster qui a des hôtes garde le réseau par lequel ils sont gérés',
  ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE: 'name : le réseau a déjà un profil vNIC de ce nom',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE:
    'Des interfaces réseau d’une VM ou d’un modèle ont le profil vNIC. Donnez-leur-en d’abord un autre',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES:
    'Des interfaces réseau de plusieurs VM ou modèles ont le profil vNIC. Donnez-leur-en d’abord un autre',
  CANNOT_PERFORM_HOT_UPDATE:
    'Une interface réseau branchée garde son adresse et son type, et tout s’il s’agit d’une fonction virtuelle. Débranchez-la d’abord',
  NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET:
    'mac.address : les interfaces réseau des modèles n’ont pas d’adresse ; chaque VM reçoit la sienne',
  ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED: 'default_pool : le pool d’adresses MAC par défaut ne peut pas être changé',
  ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED:
    'default_pool : un nouveau pool d’adresses MAC ne peut pas être celui par défaut',
  NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK: 'Un agrégat iSCSI utilise le réseau. Retirez-le d’abord de l’agrégat',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED: 'Le réseau a déjà une étiquette. Supprimez-la d’abord',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL:
    'Les hôtes ne sont pas gérés par un réseau d’un fournisseur : ils n’y ont pas d’adresse',
  ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL:
    'Un réseau d’un fournisseur ne peut pas porter la route par défaut des hôtes : ils n’y ont pas d’adresse',
  ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK:
    'Cela n’est pas possible avec un réseau d’un fournisseur : les hôtes n’y ont pas d’adresse, et aucun de leurs périphériques n’y est transmis',
  EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation : un réseau d’un fournisseur n’isole pas les VM entre elles',
  ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST: 'external_provider : le fournisseur n’existe plus',
  VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET: 'Indiquez le réseau par id ou name',
  NON_VM_NETWORK_CANNOT_SUPPORT_STP: 'stp : n’est que pour les réseaux de VM (usages vm)',
  NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation : n’est que pour les réseaux de VM (usages vm)',
  ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE:
    'Open vSwitch n’isole pas les VM entre elles : un cluster a soit celui-ci, soit des réseaux avec isolation des ports',
  NETWORK_CANNOT_CONTAIN_BOND_NAME: 'name : ne doit pas commencer par bond, comme les agrégats de liens des hôtes',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES:
    'qos : outbound_average_linkshare est nécessaire ; les autres limites l’accompagnent',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES:
    'qos : outbound_average_realtime ne doit pas dépasser outbound_average_upperlimit',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE:
    'L’interface réseau a 256 paramètres de filtre, le maximum. Supprimez-en d’abord un',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME: 'name : doit avoir de 1 à 255 des caractères A-Z a-z 0-9 _',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE: 'value : doit avoir de 1 à 255 des caractères A-Z a-z 0-9 _ . et le deux-points',
  CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING:
    'Une interface réseau branchée ne passe pas à un profil vNIC avec mise en miroir des ports, ni n’en quitte un. Débranchez-la d’abord',
  ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS: 'L’hôte de la VM n’a pas le réseau $networkName. Attachez-l’y d’abord',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE: 'L’interface réseau est branchée dans une VM en cours d’exécution. Débranchez-la d’abord',
  ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS: 'qos : il n’y a pas de qualité de service pour réseaux avec cet identifiant ou ce nom',
  ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID: 'qos : la qualité de service appartient à un autre centre de données que le réseau',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK:
    'network : un profil vNIC reste avec son réseau. Ajoutez-en plutôt un à l’autre réseau',
  ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK: 'network : seul un réseau de VM (usages vm) a des profils vNIC',
  ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID:
    'network_filter : il n’y a pas de filtre réseau avec cet identifiant ou ce nom',
};
