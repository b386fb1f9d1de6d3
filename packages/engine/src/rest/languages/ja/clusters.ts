import type { clusters as english } from '../en/clusters.ts';

export const clusters: Readonly<Record<keyof typeof english, string>> = {
  CLUSTER_CANNOT_SET_TRUSTED_ATTESTATION_SERVER_NOT_CONFIGURED: 'trusted_service: ホストを証明するサーバーがありません',
  CLUSTER_CANNOT_UPDATE_FIPS_VDS_MAINTENANCE: 'fips_mode: クラスターのすべてのホストがメンテナンス中である必要があります',
  VDS_CLUSTER_ON_DIFFERENT_STORAGE_POOL: 'cluster: クラスターは別のデータセンターのものです',
  CLUSTER_UPGRADE_CAN_NOT_BE_STARTED: 'クラスターのアップグレードが既に進行中です',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_NOT_STARTED: 'クラスターのアップグレードは進行していません。先に開始してください',
  ACTION_TYPE_FAILED_CLUSTER_UPGRADE_CORRELATION_MISMATCH: 'クラスターのアップグレードは別の相関 ID で開始されました',
  ACTION_TYPE_CLUSTER_UPGRADE_PERCENT_COMPLETE_INVALID: 'upgrade_percent_complete は 0 から 100 の間でなければなりません',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST: 'データセンターが存在しないか、クラスターがどのデータセンターにも属していません',
  ERROR_CANNOT_REMOVE_STORAGE_POOL_WITH_NONMASTER_DOMAINS:
    'データセンターにストレージドメインがあります。先に切り離して削除するか、force で削除してください',
  VDS_CANNOT_REMOVE_CLUSTER_VDS_DETECTED: 'クラスターにホストがあります。先に削除してください',
  VM_CANNOT_REMOVE_CLUSTER_VMS_DETECTED: 'クラスターに VM があります。先に削除してください',
  VMT_CANNOT_REMOVE_CLUSTER_VMTS_DETECTED: 'クラスターにテンプレートがあります。先に削除してください',
  CLUSTER_CANNOT_REMOVE_HAS_VM_POOLS: 'クラスターに VM プールがあります。先に削除してください',
  CLUSTER_CANNOT_CHANGE_STORAGE_POOL: 'data_center: クラスターのデータセンターは変更できません',
  CLUSTER_CANNOT_UPDATE_CPU_ILLEGAL: 'cpu.type: 互換性レベルにクラスターの CPU タイプがありません。別のものを選んでください',
  CLUSTER_CANNOT_UPDATE_CPU_WITH_HOSTS_MISSING_FLAGS: 'cpu.type: クラスターの稼働中のホストの CPU にこのタイプの機能がありません',
  CLUSTER_CANNOT_UPDATE_CPU_ARCHITECTURE_ILLEGAL: 'cpu.type: ホストのあるクラスターの CPU アーキテクチャーは変更できません',
  CLUSTER_CANNOT_UPDATE_COMPATIBILITY_VERSION_WITH_LOWER_HOSTS:
    'version: クラスターの稼働中のホストがこの互換性レベルに対応していません。先にアップグレードしてください',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_CLUSTER_WITH_HOSTS_COMPATIBILITY_VERSION:
    'version: ホストのあるクラスターの互換性レベルは下げられません',
  ACTION_TYPE_FAILED_CLUSTER_CAN_NOT_BE_EMPTY: 'VM のクラスターはもう存在しません',
  ACTION_TYPE_FAILED_CPU_NOT_FOUND: 'cpu.type: 互換性レベルに CPU タイプ「$cpu」はありません',
  ACTION_TYPE_FAILED_ILLEGAL_ARCHITECTURE_TYPE_INCOMPATIBLE: 'cpu.architecture: CPU タイプのアーキテクチャーが異なります',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_COMPATIBILITY_VERSION_UNDER_DC:
    'version: クラスターの互換性レベルはデータセンターのレベル以上でなければなりません',
  CLUSTER_CANNOT_ADD_COMPATIBILITY_VERSION_WITH_LOWER_STORAGE_POOL:
    'version: クラスターの互換性レベルはデータセンターのレベル以上でなければなりません',
  CLUSTER_CANNOT_UPDATE_SUPPORTED_FEATURES_WITH_LOWER_HOSTS:
    'クラスターの稼働中のホストにこの機能がありません。先にアップグレードするか、メンテナンスにしてください',
  CLUSTER_AT_LEAST_ONE_SERVICE_MUST_BE_ENABLED: 'virt_service: クラスターは VM を実行するため、false にはできません',
  ACTION_TYPE_FAILED_CANNOT_DECREASE_DATA_CENTER_COMPATIBILITY_VERSION:
    'version: ストレージドメインまたは独自のネットワークがあるデータセンターの互換性レベルは下げられません',
  ERROR_CANNOT_UPDATE_STORAGE_POOL_COMPATIBILITY_VERSION_BIGGER_THAN_CLUSTERS:
    'version: これらのクラスターの互換性レベルはより低いです: $ClustersList。先に引き上げてください',
  ERROR_CANNOT_FORCE_REMOVE_STORAGE_POOL_WITH_VDS_NOT_IN_MAINTENANCE:
    'force: データセンターのすべてのホストをメンテナンスにして、ストレージを使わない状態にする必要があります',
};
