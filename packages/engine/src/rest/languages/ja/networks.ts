import type { networks as english } from '../en/networks.ts';

export const networks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_ONCE: 'プロバイダーのネットワークがあります: $networks。先に削除してください',
  ACTION_TYPE_FAILED_PROVIDER_NETWORKS_USED_MULTIPLE_TIMES: 'プロバイダーのネットワークが複数あります: $networks。先に削除してください',
  ACTION_TYPE_FAILED_PROVIDER_USED_IN_CLUSTER: 'このプロバイダーはクラスター $cluster のものです',
  ACTION_TYPE_FAILED_PROVIDER_NOT_SUPPORTED: 'requires_authentication: OVN のデータベースはユーザー名を扱いません。TLS (ssl:) で接続します',
  ACTION_TYPE_FAILED_EXTERNAL_PROVIDER_IS_READ_ONLY: 'プロバイダーは読み取り専用です (read_only)',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_ALREADY_EXISTS: 'データセンターには既にプロバイダーのこのネットワークがあります',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_DETAILS_CANNOT_BE_EDITED: 'ネットワークの由来と、プロバイダーのネットワークの MTU は変更できません',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_MUST_BE_VM_NETWORK: 'usages: プロバイダーのネットワークは VM 用です',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_WITH_VLAN_MUST_BE_CUSTOM:
    'vlan: プロバイダーのネットワークは VLAN ではなくホスト間のトンネルを使います',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REQUIRED: 'required: プロバイダーのネットワークはホストに必須ではありません',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_DISPLAY:
    'プロバイダーのネットワークはディスプレイネットワークにできません。ホストがそこにアドレスを持たないためです',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_PORT_MIRRORED: 'port_mirroring: プロバイダーのネットワークのフレームは複製されません',
  ACTION_TYPE_FAILED_EXTERNAL_NETWORK_CANNOT_BE_REWIRED:
    '接続中のネットワークインターフェイスは、プロバイダーのネットワークとの間で切り替えられません。先に取り外してください',
  CANNOT_PLUG_PASSTHROUGH_VNIC_NO_SUITABLE_VF: 'ホストには $vnicName のネットワーク用に空いている仮想機能がありません',
  ACTION_TYPE_FAILED_VM_INTERFACE_TYPE_NOT_MATCH_PROFILE:
    'interface: デバイスをパススルーする vNIC プロファイルの場合にのみ pci_passthrough でなければなりません',
  ACTION_TYPE_FAILED_UNLINKING_OF_PASSTHROUGH_VNIC_IS_NOT_SUPPORTED: 'linked: 仮想機能である NIC は常にリンクされています',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_CONTAINS_NOT_SUPPORTED_PROPERTIES:
    'デバイスをパススルーする vNIC プロファイルには、ネットワークフィルターも QoS も設定できません',
  ACTION_TYPE_FAILED_PASSTHROUGH_PROFILE_NOT_SUPPORTS_PORT_ISOLATION:
    'ポート分離を使うネットワークには、デバイスをパススルーする vNIC プロファイルを設定できません',
  NETWORK_MAC_ADDRESS_IN_USE: 'mac.address: 別のネットワークインターフェイスがアドレス $mac を使用しています',
  MAC_POOL_NOT_ENOUGH_MAC_ADDRESSES: 'クラスターの MAC プールに空きアドレスがありません。範囲を追加してください',
  ACTION_TYPE_FAILED_MAC_POOL_DOES_NOT_EXIST: 'クラスターの MAC プールはもう存在しません',
  ACTION_TYPE_FAILED_MAC_POOL_MUST_HAVE_RANGE: 'ranges: MAC プールには少なくとも 1 つの範囲が必要です',
  ACTION_TYPE_FAILED_MAC_POOL_CONTAINS_OVERLAPPING_RANGES: 'ranges: 範囲は重なってはいけません',
  ACTION_TYPE_FAILED_MAC_POOL_OVERLAPS_WITH_OTHER_POOLS: 'ranges: MAC プール $name の範囲と重なっています',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_DEFAULT_MAC_POOL: 'デフォルトの MAC プールは削除できません',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_STILL_USED_MAC_POOL:
    'データセンターまたはクラスターが MAC プールを使用しています。先に別のプールを割り当ててください',
  NETWORK_INTERFACE_NAME_ALREADY_IN_USE:
    'VM またはテンプレートには既にネットワークインターフェイス「$ifaceName」があります。別の名前を選んでください',
  NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK: 'このネットワークでホストを管理しています。削除できません',
  NETWORK_CANNOT_DETACH_NETWORK_USED_BY_VMS:
    'クラスターの VM またはテンプレートのネットワークインターフェイスがこのネットワークにあります。先に移動または削除してください',
  NETWORK_ALREADY_ATTACHED_TO_CLUSTER: 'ネットワークは既にクラスターにアタッチされています',
  ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES:
    'VM またはテンプレートのネットワークインターフェイスがこのネットワークにあります。先に移動または削除してください',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_REQUIRED: 'クラスターにはホストを管理するネットワークが必要で、そのネットワークは必須です',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED:
    'ネットワーク ovirtmgmt の名前は変更できません。ホストのあるクラスターの管理ネットワークも変更できません',
  ACTION_TYPE_FAILED_VNIC_PROFILE_NAME_IN_USE: 'name: ネットワークにはこの名前の vNIC プロファイルが既にあります',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_ONE_USE:
    'ある VM またはテンプレートのネットワークインターフェイスがこの vNIC プロファイルを使用しています。先に別のものを割り当ててください',
  ACTION_TYPE_FAILED_VNIC_PROFILE_IN_MANY_USES:
    '複数の VM またはテンプレートのネットワークインターフェイスがこの vNIC プロファイルを使用しています。先に別のものを割り当ててください',
  CANNOT_PERFORM_HOT_UPDATE:
    '接続中のネットワークインターフェイスのアドレスと種類は変更できません。仮想機能では何も変更できません。先に切断してください',
  NETWORK_INTERFACE_TEMPLATE_CANNOT_BE_SET:
    'mac.address: テンプレートのネットワークインターフェイスにアドレスはありません。VM ごとに割り当てられます',
  ACTION_TYPE_FAILED_CHANGING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED: 'default_pool: どの MAC プールがデフォルトかは変更できません',
  ACTION_TYPE_FAILED_SETTING_DEFAULT_MAC_POOL_IS_NOT_SUPPORTED: 'default_pool: 新しい MAC プールをデフォルトにはできません',
  NETWORK_CANNOT_REMOVE_ISCSI_BOND_NETWORK: 'iSCSI ボンドがこのネットワークを使用しています。先にボンドから外してください',
  ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED: 'ネットワークには既にラベルがあります。先に削除してください',
  ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_EXTERNAL:
    'プロバイダーのネットワークでホストを管理することはできません: ホストにアドレスがありません',
  ACTION_TYPE_FAILED_DEFAULT_ROUTE_NETWORK_CANNOT_BE_EXTERNAL:
    'プロバイダーのネットワークをホストのデフォルトルートにはできません: ホストにアドレスがありません',
  ACTION_TYPE_FAILED_NOT_SUPPORTED_FOR_EXTERNAL_NETWORK:
    'プロバイダーのネットワークではこの操作はできません: ホストにアドレスがなく、デバイスのパススルーもできません',
  EXTERNAL_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: プロバイダーのネットワークは VM 同士を分離できません',
  ACTION_TYPE_FAILED_PROVIDER_DOESNT_EXIST: 'external_provider: プロバイダーはもう存在しません',
  VALIDATION_NETWORK_ID_OR_NETWORK_NAME_MUST_BE_SET: 'ネットワークを id または name で指定してください',
  NON_VM_NETWORK_CANNOT_SUPPORT_STP: 'stp: VM のネットワーク (usages vm) でのみ使用できます',
  NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION: 'port_isolation: VM のネットワーク (usages vm) でのみ使用できます',
  ACTION_TYPE_FAILED_PORT_ISOLATION_INCOMPATIBLE_SWITCH_TYPE:
    'Open vSwitch は VM 同士を分離できません: クラスターで Open vSwitch とポート分離のあるネットワークは併用できません',
  NETWORK_CANNOT_CONTAIN_BOND_NAME: 'name: ホストのボンドと同じ bond で始まる名前は使えません',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_MISSING_VALUES:
    'qos: outbound_average_linkshare が必要です。他の制限はこれと併せて指定します',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_SETUP_NETWORKS_INCONSISTENT_VALUES:
    'qos: outbound_average_realtime は outbound_average_upperlimit より大きくできません',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_INTERFACE:
    'ネットワークインターフェイスのフィルターパラメーターは上限の 256 個です。先に 1 つ削除してください',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_NAME: 'name: 1 から 255 文字の A-Z a-z 0-9 _ でなければなりません',
  ACTION_TYPE_FAILED_INVALID_NIC_FILTER_PARAMETER_VALUE: 'value: 1 から 255 文字の A-Z a-z 0-9 _ . およびコロンでなければなりません',
  CANNOT_PERFORM_HOT_UPDATE_WITH_PORT_MIRRORING:
    '接続中のネットワークインターフェイスは、ポートミラーリングのある vNIC プロファイルとの間で変更できません。先に切断してください',
  ACTIVATE_DEACTIVATE_NETWORK_NOT_IN_VDS: 'VM のホストにネットワーク $networkName がありません。先にホストに接続してください',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ACTIVE_DEVICE: 'ネットワークインターフェイスは実行中の VM に接続されています。先に切断してください',
  ACTION_TYPE_FAILED_NETWORK_QOS_NOT_EXISTS: 'qos: この ID または名前のネットワーク QoS はありません',
  ACTION_TYPE_FAILED_NETWORK_QOS_INVALID_DC_ID: 'qos: QoS はネットワークとは別のデータセンターに属しています',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_VNIC_PROFILE_NETWORK:
    'network: vNIC プロファイルのネットワークは変更できません。代わりに別のネットワークに追加してください',
  ACTION_TYPE_FAILED_CANNOT_ADD_VNIC_PROFILE_TO_NON_VM_NETWORK:
    'network: vNIC プロファイルを持てるのは VM のネットワーク (usages vm) だけです',
  ACTION_TYPE_FAILED_INVALID_VNIC_PROFILE_NETWORK_FILTER_ID: 'network_filter: この ID または名前のネットワークフィルターはありません',
};
