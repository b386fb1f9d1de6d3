import type { hostNetworks as english } from '../en/host-networks.ts';

export const hostNetworks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'Die Netzwerkschnittstelle $nicName bildet keine virtuellen Funktionen (SR-IOV)',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: 'Virtuelle Funktionen von $nicName werden benutzt',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions: $nicName bildet 0 bis $maxNumOfVfs, nicht $numOfVfs',
  NETWORK_ALREADY_ATTACHED_TO_HOST: 'Der Host hat das Netzwerk bereits',
  NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER: 'Der Cluster des Hosts hat kein Netzwerk $networkName',
  ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS:
    'Die Netzwerke des Hosts werden bereits geändert: $action (Auftrag $job). Versuchen Sie es später erneut',
  ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS:
    'Der andere Cluster verwaltet seine Hosts über ein anderes Netzwerk, oder der andere Host gehört zu einem anderen Cluster',
  NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE: 'Eine Netzwerkanbindung, die geändert werden soll, braucht ihre id',
  MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS: 'Der Host hat keine Netzwerkanbindung mit dieser ID: $attachmentId',
  NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET: 'network: nennen Sie das Netzwerk mit id oder name',
  NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS: 'Eine Netzwerkanbindung, die entfernt werden soll, hat der Host nicht',
  NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID: 'id: eine neue Netzwerkanbindung bekommt ihre ID von der Engine',
  ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY:
    'Ein Netzwerk steht zweimal in der Anfrage; ein Host hat es einmal',
  NETWORK_ATTACHMENT_IN_BOTH_LISTS: 'Ein Netzwerk soll laut Anfrage sowohl entfernt als auch angehängt oder geändert werden',
  NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY:
    'host_nic: $nicName ist nicht die Netzwerkschnittstelle, die daneben genannt ist, mit ihrer ID oder im Pfad',
  LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL: 'id: ein Label wird mit id genannt',
  NETWORK_LABEL_FORMAT_INVALID: 'Ein Label muss 1 bis 50 der Zeichen A-Z a-z 0-9 _ - haben',
  PARAMS_CONTAIN_DUPLICATE_LABELS: 'modified_labels: ein Label steht zweimal da; ein Host hat es an einer Netzwerkschnittstelle',
  LABEL_ATTACH_TO_IMPROPER_INTERFACE: 'Das Label $label kann nicht an einem VLAN oder dem Mitglied eines Bonds hängen',
  INTERFACE_ALREADY_LABELED: 'Die Netzwerkschnittstelle $AlreadyLabeledNic hat das Label $label bereits',
  OTHER_INTERFACE_ALREADY_LABELED: 'Die Netzwerkschnittstelle $LabeledNic des Hosts hat das Label $label. Entfernen Sie es dort zuerst',
  INTERFACE_NOT_LABELED: 'Keine Netzwerkschnittstelle des Hosts hat das Label $label',
  IPV4_ADDR_BAD_FORMAT: 'ip.address: muss eine IPv4-Adresse sein, etwa 192.0.2.10',
  IPV4_ADDR_GATEWAY_BAD_FORMAT: 'ip.gateway: muss eine IPv4-Adresse sein, etwa 192.0.2.1',
  BAD_IPV4_OR_IPV6_ADDRESS_FORMAT:
    'ip: address und gateway müssen IPv6-Adressen sein, etwa 2001:db8::10, und netmask eine Länge von 1 bis 128',
  NETWORK_ADDR_IN_SUBNET_BAD_FORMAT: 'ip.netmask: muss eine Maske sein, etwa 255.255.255.0, oder eine Länge von 0 bis 32',
  HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST: 'Der Host hat keine Netzwerkschnittstelle $nicName',
  HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST: 'Der Host hat keine Netzwerkschnittstelle mit dieser ID: $nicId',
  INTERFACE_COUNT_DOES_NOT_MATCH: 'source_host: Netzwerke werden nur zwischen Hosts mit gleich vielen Netzwerkschnittstellen kopiert',
  BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED: 'Ein Bond wird mit id genannt, ein neuer mit name',
  BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY: 'Ein Bond soll laut Anfrage sowohl entfernt als auch geändert werden',
  NETWORK_BOND_NOT_EXISTS: 'Der Host hat keinen Bond $bondName',
  NETWORK_BOND_RECORDS_DOES_NOT_EXISTS: 'Der Host hat keinen Bond mit dieser ID: $bondId',
  NETWORK_BOND_NAME_BAD_FORMAT: 'Der Name $bondName ist nicht der eines Bonds: bond und 1 bis 11 der Zeichen A-Z a-z 0-9 _',
  NETWORK_BONDS_INVALID_SLAVE_COUNT: 'Der Bond $bondName braucht Netzwerkschnittstellen als Mitglieder',
  NETWORK_INTERFACE_IS_NOT_BOND: 'Die Netzwerkschnittstelle $nicName ist kein Bond',
  NETWORK_INTERFACE_ALREADY_IN_BOND: 'Die Netzwerkschnittstelle $nicName wäre Mitglied zweier Bonds',
  NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE:
    'Das Mitglied $slaveName eines Bonds muss eine Netzwerkschnittstelle sein, weder Bond noch VLAN',
  CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN:
    '$nicName ist ein VLAN oder Mitglied eines Bonds und kann keine Netzwerke haben. Hängen Sie das Netzwerk an den Bond oder die Schnittstelle darunter',
  NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE:
    'Die Netzwerkschnittstelle $nicName hat Netzwerke und kann nicht Mitglied eines Bonds sein. Verlegen Sie zuerst ihre Netzwerke',
  BOND_USED_BY_NETWORK_ATTACHMENTS: 'Auf dem Bond $bondName liegen Netzwerke. Verlegen oder entfernen Sie sie in derselben Anfrage',
  NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK:
    'Eine Netzwerkschnittstelle hat höchstens ein Netzwerk ohne VLAN, nicht diese: $networkNames',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC:
    'Netzwerke, die durch ihr Label da sind, gehen mit dem Label: $networkNames. Entfernen Sie das Label der Netzwerkschnittstelle oder des Netzwerks',
  ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC:
    'Das Netzwerk $networkName ist dort, wo sein Label ist. Verlegen Sie stattdessen das Label an die andere Netzwerkschnittstelle',
  CANNOT_CHANGE_ATTACHED_NETWORK:
    'network: eine Netzwerkanbindung bleibt die ihres Netzwerks. Entfernen Sie sie und hängen Sie das andere Netzwerk an',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG:
    'Die virtuellen Funktionen der Netzwerkschnittstelle sind bereits für das Netzwerk $networkName',
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG:
    'Die virtuellen Funktionen der Netzwerkschnittstelle sind bereits für Netzwerke mit dem Label $label',
  REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK:
    'Der Cluster hat das Netzwerk, sodass es eine Netzwerkanbindung ist, kein unverwaltetes Netzwerk. Entfernen Sie es als solche',
  REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST: 'Der Host hat kein unverwaltetes Netzwerk dieses Namens',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS:
    'Alle Netzwerke auf $nicName haben Grenzen für das Gesendete, oder keines: ohne sind $networkNames',
  INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK:
    'In seinem Modus kann der Bond $bondName kein Netzwerk von VMs wie $networkName tragen. Wählen Sie den Modus 1, 2, 3 oder 4',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL: 'ip_address_assignments: jede braucht ihre assignment_method',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS:
    'assignment_method: muss none, static oder dhcp sein, bei IPv6 auch autoconf oder poly_dhcp_autoconf',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS: 'ip: eine feste Adresse braucht address und netmask',
};
