import type { hostNetworks as english } from '../en/host-networks.ts';

export const hostNetworks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'L’interface réseau $nicName ne crée pas de fonctions virtuelles (SR-IOV)',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: 'Des fonctions virtuelles de $nicName sont utilisées',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions : $nicName en crée de 0 à $maxNumOfVfs, pas $numOfVfs',
  NETWORK_ALREADY_ATTACHED_TO_HOST: 'L’hôte a déjà ce réseau',
  NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER: 'Le cluster de l’hôte n’a pas de réseau $networkName',
  ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS:
    'Les réseaux de l’hôte sont déjà en cours de modification : $action (tâche $job). Réessayez plus tard',
  ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS:
    'L’autre cluster gère ses hôtes par un autre réseau, ou l’autre hôte appartient à un autre cluster',
  NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE: 'Un rattachement réseau à modifier a besoin de son id',
  MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS: 'L’hôte n’a pas de rattachement réseau avec cet identifiant : $attachmentId',
  NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET: 'network : indiquez le réseau par id ou name',
  NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS: 'Un rattachement réseau à supprimer n’est pas sur l’hôte',
  NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID: 'id : un nouveau rattachement réseau reçoit son identifiant du moteur',
  ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY:
    'Un réseau figure deux fois dans la requête ; un hôte ne l’a qu’une fois',
  NETWORK_ATTACHMENT_IN_BOTH_LISTS: 'Un réseau figure dans la requête à la fois comme à supprimer et comme à rattacher ou à modifier',
  NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY:
    'host_nic : $nicName n’est pas l’interface réseau indiquée par ailleurs, par son identifiant ou dans le chemin',
  LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL: 'id : une étiquette est désignée par id',
  NETWORK_LABEL_FORMAT_INVALID: 'Une étiquette doit avoir de 1 à 50 des caractères A-Z a-z 0-9 _ -',
  PARAMS_CONTAIN_DUPLICATE_LABELS: 'modified_labels : une étiquette y figure deux fois ; un hôte l’a sur une seule interface réseau',
  LABEL_ATTACH_TO_IMPROPER_INTERFACE: 'L’étiquette $label ne peut pas être sur un VLAN ni sur un membre d’un agrégat de liens',
  INTERFACE_ALREADY_LABELED: 'L’interface réseau $AlreadyLabeledNic a déjà l’étiquette $label',
  OTHER_INTERFACE_ALREADY_LABELED: 'L’interface réseau $LabeledNic de l’hôte a l’étiquette $label. Supprimez-la d’abord de celle-ci',
  INTERFACE_NOT_LABELED: 'Aucune interface réseau de l’hôte n’a l’étiquette $label',
  IPV4_ADDR_BAD_FORMAT: 'ip.address : doit être une adresse IPv4, par exemple 192.0.2.10',
  IPV4_ADDR_GATEWAY_BAD_FORMAT: 'ip.gateway : doit être une adresse IPv4, par exemple 192.0.2.1',
  BAD_IPV4_OR_IPV6_ADDRESS_FORMAT:
    'ip : address et gateway doivent être des adresses IPv6, par exemple 2001:db8::10, et netmask une longueur de 1 à 128',
  NETWORK_ADDR_IN_SUBNET_BAD_FORMAT: 'ip.netmask : doit être un masque, par exemple 255.255.255.0, ou une longueur de 0 à 32',
  HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST: 'L’hôte n’a pas d’interface réseau $nicName',
  HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST: 'L’hôte n’a pas d’interface réseau avec cet identifiant : $nicId',
  INTERFACE_COUNT_DOES_NOT_MATCH: 'source_host : les réseaux ne se copient qu’entre des hôtes ayant le même nombre d’interfaces réseau',
  BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED: 'Un agrégat de liens est désigné par id, ou par name s’il est nouveau',
  BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY: 'Un agrégat de liens figure dans la requête à la fois comme à supprimer et comme à modifier',
  NETWORK_BOND_NOT_EXISTS: 'L’hôte n’a pas d’agrégat de liens $bondName',
  NETWORK_BOND_RECORDS_DOES_NOT_EXISTS: 'L’hôte n’a pas d’agrégat de liens avec cet identifiant : $bondId',
  NETWORK_BOND_NAME_BAD_FORMAT:
    'Le nom $bondName n’est pas celui d’un agrégat de liens : bond suivi de 1 à 11 des caractères A-Z a-z 0-9 _',
  NETWORK_BONDS_INVALID_SLAVE_COUNT: 'L’agrégat de liens $bondName a besoin d’interfaces réseau comme membres',
  NETWORK_INTERFACE_IS_NOT_BOND: 'L’interface réseau $nicName n’est pas un agrégat de liens',
  NETWORK_INTERFACE_ALREADY_IN_BOND: 'L’interface réseau $nicName serait membre de deux agrégats de liens',
  NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE:
    'Le membre $slaveName d’un agrégat de liens doit être une interface réseau, ni un agrégat ni un VLAN',
  CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN:
    '$nicName est un VLAN ou un membre d’un agrégat de liens et ne peut pas avoir de réseaux. Attachez le réseau à l’agrégat ou à l’interface sous-jacente',
  NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE:
    'L’interface réseau $nicName a des réseaux et ne peut pas être membre d’un agrégat de liens. Déplacez d’abord ses réseaux',
  BOND_USED_BY_NETWORK_ATTACHMENTS: 'Des réseaux sont sur l’agrégat de liens $bondName. Déplacez-les ou supprimez-les dans la même requête',
  NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK:
    'Une interface réseau a au plus un réseau sans VLAN, pas ceux-ci : $networkNames',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC:
    'Les réseaux présents par leur étiquette partent avec elle : $networkNames. Supprimez l’étiquette de l’interface réseau ou du réseau',
  ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC:
    'Le réseau $networkName est là où se trouve son étiquette. Déplacez plutôt l’étiquette vers l’autre interface réseau',
  CANNOT_CHANGE_ATTACHED_NETWORK: 'network : un rattachement réseau reste celui de son réseau. Supprimez-le et rattachez l’autre réseau',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG: 'Les fonctions virtuelles de l’interface réseau sont déjà pour le réseau $networkName',
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG:
    'Les fonctions virtuelles de l’interface réseau sont déjà pour les réseaux d’étiquette $label',
  REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK:
    'Le cluster a ce réseau : c’est un rattachement, pas un réseau non géré. Supprimez-le comme tel',
  REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST: 'L’hôte n’a pas de réseau non géré de ce nom',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS:
    'Tous les réseaux sur $nicName ont des limites d’émission, ou aucun n’en a : ceux-ci n’en ont pas : $networkNames',
  INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK:
    'Dans son mode, l’agrégat de liens $bondName ne peut pas porter un réseau de VM comme $networkName. Choisissez le mode 1, 2, 3 ou 4',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL: 'ip_address_assignments : chacune a besoin de son assignment_method',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS:
    'assignment_method : doit être none, static ou dhcp, et avec IPv6 aussi autoconf ou poly_dhcp_autoconf',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS:
    'ip : une adresse statique a besoin de address et netmask',
};
