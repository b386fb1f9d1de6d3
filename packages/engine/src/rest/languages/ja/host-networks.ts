import type { hostNetworks as english } from '../en/host-networks.ts';

export const hostNetworks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_NIC_IS_NOT_SRIOV_ENABLED: 'ネットワークインターフェイス $nicName は仮想機能 (SR-IOV) を作成できません',
  ACTION_TYPE_FAILED_NUM_OF_VFS_CANNOT_BE_CHANGED: '$nicName の仮想機能は使用中です',
  ACTION_TYPE_FAILED_NUM_OF_VFS_NOT_IN_VALID_RANGE:
    'virtual_functions_configuration.number_of_virtual_functions: $nicName が作成できるのは 0 から $maxNumOfVfs で、$numOfVfs は指定できません',
  NETWORK_ALREADY_ATTACHED_TO_HOST: 'ネットワークは既にホストにアタッチされています',
  NETWORK_NOT_EXISTS_IN_CURRENT_CLUSTER: 'ホストのクラスターにネットワーク $networkName はありません',
  ACTION_TYPE_FAILED_SETUP_NETWORKS_OR_REFRESH_IN_PROGRESS:
    'ホストのネットワークは既に変更中です: $action (ジョブ $job)。後でもう一度お試しください',
  ACTION_TYPE_FAILED_HOST_CLUSTER_DIFFERENT_MANAGEMENT_NETWORKS:
    'もう一方のクラスターは別のネットワークでホストを管理しているか、もう一方のホストは別のクラスターに属しています',
  NETWORK_ATTACHMENTS_ID_MUST_BE_SET_FOR_UPDATE: '変更するネットワークアタッチメントには id が必要です',
  MODIFIED_NETWORK_ATTACHMENT_DOES_NOT_EXISTS: 'ホストにこの ID のネットワークアタッチメントはありません: $attachmentId',
  NETWORK_ATTACHMENT_NETWORK_ID_OR_NAME_IS_NOT_SET: 'network: ネットワークを id または name で指定してください',
  NETWORK_ATTACHMENTS_TO_BE_REMOVED_DOES_NOT_EXISTS: '削除するネットワークアタッチメントがホストにありません',
  NETWORK_ATTACHMENT_CANNOT_BE_CREATED_WITH_SPECIFIC_ID: 'id: 新しいネットワークアタッチメントの ID はエンジンが割り当てます',
  ACTION_TYPE_FAILED_NETWORK_ATTACHMENTS_REFERENCES_SAME_NETWORK_DUPLICATELY:
    'リクエストに同じネットワークが 2 回あります。ホストが持てるのは 1 つです',
  NETWORK_ATTACHMENT_IN_BOTH_LISTS: 'リクエストで同じネットワークが削除と接続または変更の両方に指定されています',
  NETWORK_ATTACHMENT_REFERENCES_NICS_INCOHERENTLY:
    'host_nic: $nicName は、ID またはパスで指定されたネットワークインターフェイスと異なります',
  LABEL_ON_NETWORK_LABEL_CANNOT_BE_NULL: 'id: ラベルは id で指定してください',
  NETWORK_LABEL_FORMAT_INVALID: 'ラベルは 1 から 50 文字の A-Z a-z 0-9 _ - でなければなりません',
  PARAMS_CONTAIN_DUPLICATE_LABELS:
    'modified_labels: 同じラベルが 2 回あります。ラベルを持てるホストのネットワークインターフェイスは 1 つです',
  LABEL_ATTACH_TO_IMPROPER_INTERFACE: 'ラベル $label は VLAN またはボンドのメンバーには付けられません',
  INTERFACE_ALREADY_LABELED: 'ネットワークインターフェイス $AlreadyLabeledNic には既にラベル $label があります',
  OTHER_INTERFACE_ALREADY_LABELED:
    'ホストのネットワークインターフェイス $LabeledNic にラベル $label があります。先にそこから削除してください',
  INTERFACE_NOT_LABELED: 'ラベル $label を持つネットワークインターフェイスはホストにありません',
  IPV4_ADDR_BAD_FORMAT: 'ip.address: 192.0.2.10 のような IPv4 アドレスでなければなりません',
  IPV4_ADDR_GATEWAY_BAD_FORMAT: 'ip.gateway: 192.0.2.1 のような IPv4 アドレスでなければなりません',
  BAD_IPV4_OR_IPV6_ADDRESS_FORMAT:
    'ip: address と gateway は 2001:db8::10 のような IPv6 アドレス、netmask は 1 から 128 の長さでなければなりません',
  NETWORK_ADDR_IN_SUBNET_BAD_FORMAT: 'ip.netmask: 255.255.255.0 のようなマスクか、0 から 32 の長さでなければなりません',
  HOST_NETWORK_INTERFACE_HAVING_NAME_DOES_NOT_EXIST: 'ホストにネットワークインターフェイス $nicName はありません',
  HOST_NETWORK_INTERFACE_HAVING_ID_DOES_NOT_EXIST: 'ホストにこの ID のネットワークインターフェイスはありません: $nicId',
  INTERFACE_COUNT_DOES_NOT_MATCH: 'source_host: ネットワークをコピーできるのはネットワークインターフェイスの数が同じホスト間だけです',
  BOND_DOES_NOT_HAVE_NEITHER_ID_NOR_NAME_SPECIFIED: 'ボンドは id で、新しいボンドは name で指定してください',
  BONDS_UPDATED_AND_REMOVED_SIMULTANEOUSLY: 'リクエストで同じボンドが削除と変更の両方に指定されています',
  NETWORK_BOND_NOT_EXISTS: 'ホストにボンド $bondName はありません',
  NETWORK_BOND_RECORDS_DOES_NOT_EXISTS: 'ホストにこの ID のボンドはありません: $bondId',
  NETWORK_BOND_NAME_BAD_FORMAT:
    '名前 $bondName はボンドの名前ではありません。bond の後に 1 から 11 文字の A-Z a-z 0-9 _ が続く必要があります',
  NETWORK_BONDS_INVALID_SLAVE_COUNT: 'ボンド $bondName にはメンバーとなるネットワークインターフェイスが必要です',
  NETWORK_INTERFACE_IS_NOT_BOND: 'ネットワークインターフェイス $nicName はボンドではありません',
  NETWORK_INTERFACE_ALREADY_IN_BOND: 'ネットワークインターフェイス $nicName が 2 つのボンドのメンバーになってしまいます',
  NETWORK_INTERFACE_BOND_OR_VLAN_CANNOT_BE_SLAVE:
    'ボンドのメンバー $slaveName は、ボンドや VLAN ではないネットワークインターフェイスでなければなりません',
  CANNOT_ADD_NETWORK_ATTACHMENT_ON_SLAVE_OR_VLAN:
    '$nicName は VLAN またはボンドのメンバーのため、ネットワークを持てません。ボンドまたは下位のインターフェイスに接続してください',
  NETWORK_INTERFACE_ATTACHED_TO_NETWORK_CANNOT_BE_SLAVE:
    'ネットワークインターフェイス $nicName にはネットワークがあるため、ボンドのメンバーにできません。先にネットワークを移動してください',
  BOND_USED_BY_NETWORK_ATTACHMENTS: 'ボンド $bondName にネットワークがあります。同じリクエストで移動または削除してください',
  NETWORK_INTERFACES_NOT_EXCLUSIVELY_USED_BY_UNTAGGED_NETWORK:
    'ネットワークインターフェイスが持てる VLAN なしのネットワークは 1 つまでです: $networkNames',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_LABELED_NETWORK_FROM_NIC:
    'ラベルによって接続されたネットワークはラベルとともに外れます: $networkNames。ネットワークインターフェイスまたはネットワークのラベルを削除してください',
  ACTION_TYPE_FAILED_CANNOT_MOVE_LABELED_NETWORK_TO_ANOTHER_NIC:
    'ネットワーク $networkName はラベルのある場所に接続されます。代わりにラベルを別のネットワークインターフェイスに移動してください',
  CANNOT_CHANGE_ATTACHED_NETWORK:
    'network: ネットワークアタッチメントのネットワークは変更できません。削除してから別のネットワークを接続してください',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_IN_VFS_CONFIG: 'ネットワークインターフェイスの仮想機能は既にネットワーク $networkName 用です',
  ACTION_TYPE_FAILED_LABEL_ALREADY_IN_VFS_CONFIG: 'ネットワークインターフェイスの仮想機能は既にラベル $label のネットワーク用です',
  REMOVED_UNMANAGED_NETWORK_IS_A_CLUSTER_NETWORK:
    'クラスターにこのネットワークがあるため、管理外のネットワークではなくアタッチメントです。アタッチメントとして削除してください',
  REMOVED_UNMANAGED_NETWORK_DOES_NOT_EXISIT_ON_HOST: 'ホストにこの名前の管理外ネットワークはありません',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INTERFACES_WITHOUT_QOS:
    '$nicName のネットワークは、すべてに送信の制限があるか、すべてにないかのどちらかです。制限がないもの: $networkNames',
  INVALID_BOND_MODE_FOR_BOND_WITH_VM_NETWORK:
    '現在のモードではボンド $bondName は $networkName のような VM のネットワークを扱えません。モード 1、2、3、または 4 を選んでください',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_MISSING_BOOT_PROTOCOL: 'ip_address_assignments: それぞれに assignment_method が必要です',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_INCOMPATIBLE_BOOT_PROTOCOL_AND_IP_ADDRESS_DETAILS:
    'assignment_method: none、static、または dhcp、IPv6 では autoconf または poly_dhcp_autoconf も使用できます',
  NETWORK_ATTACHMENT_IP_CONFIGURATION_STATIC_BOOT_PROTOCOL_MISSING_IP_ADDRESS_DETAILS: 'ip: 静的アドレスには address と netmask が必要です',
};
