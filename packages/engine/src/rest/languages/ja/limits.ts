import type { limits as english } from '../en/limits.ts';

export const limits: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_PROFILE_IN_USE: 'VM、テンプレート、またはディスクがこのプロファイルを使用しています。先に別のものを割り当ててください',
  ACTION_TYPE_FAILED_PROFILE_NAME_IN_USE: 'name: クラスターまたはストレージドメインにこの名前のプロファイルが既にあります',
  ACTION_TYPE_FAILED_QOS_NAME_EXIST: 'name: データセンターにこの名前の QoS が既にあります',
  ACTION_TYPE_FAILED_QOS_NOT_FOUND: 'qos: この ID または名前と種類の QoS はありません',
  ACTION_TYPE_FAILED_QUOTA_NOT_EXIST: 'quota: データセンターにこの ID のクォータはありません',
  ACTION_TYPE_FAILED_QUOTA_IN_USE_BY_VM_OR_DISK: 'VM またはディスクがクォータを使用しています。先に別のものを割り当ててください',
  ACTION_TYPE_FAILED_QUOTA_IS_NOT_VALID:
    'quota: VM またはディスクにクォータがなく、データセンターはクォータを強制しています。クォータを割り当ててください',
  ACTION_TYPE_FAILED_QUOTA_DEFAULT_CANNOT_BE_CHANGED: 'データセンターのデフォルトのクォータは変更できません。独自のものを追加してください',
  USER_NOT_AUTHORIZED_TO_CONSUME_QUOTA: 'quota: このクォータ、またはデータセンターのどのクォータも使用を許可されていません',
  USER_NOT_AUTHORIZED_TO_ATTACH_DISK_PROFILE:
    'disk_profile: このディスクプロファイル、またはストレージドメインのどのディスクプロファイルも使用を許可されていません',
  ACTION_TYPE_FAILED_QOS_STORAGE_POOL_NOT_CONSISTENT: 'qos: QoS はプロファイルとは別のデータセンターに属しています',
  ACTION_TYPE_FAILED_CANNOT_CHANGE_PROFILE:
    'プロファイルのクラスターまたはストレージドメインは変更できません。代わりに別の方に追加してください',
  ACTION_TYPE_FAILED_CPU_PROFILE_NOT_FOUND: 'cpu_profile: この ID の CPU プロファイルはありません',
  ACTION_TYPE_CPU_PROFILE_NOT_MATCH_CLUSTER: 'cpu_profile: CPU プロファイルは別のクラスターに属しています',
  ACTION_TYPE_CANNOT_REMOVE_LAST_CPU_PROFILE_IN_CLUSTER:
    'クラスターには少なくとも 1 つの CPU プロファイルが必要です。先に別のものを追加してください',
  ACTION_TYPE_NO_PERMISSION_TO_ASSIGN_CPU_PROFILE:
    'cpu_profile: この CPU プロファイル、またはクラスターのどの CPU プロファイルも使用を許可されていません',
  ACTION_TYPE_FAILED_DISK_PROFILE_NOT_FOUND: 'disk_profile: この ID のディスクプロファイルはありません',
  ACTION_TYPE_DISK_PROFILE_NOT_MATCH_STORAGE_DOMAIN: 'disk_profile: ディスクプロファイルは別のストレージドメインに属しています',
  ACTION_TYPE_CANNOT_REMOVE_LAST_DISK_PROFILE_IN_STORAGE_DOMAIN:
    'ストレージドメインには少なくとも 1 つのディスクプロファイルが必要です。先に別のものを追加してください',
  QOS_NAME_NOT_NULL: 'name: QoS には名前が必要です',
  QOS_NAME_TOO_LONG: 'name: 最大 50 文字です',
  QOS_NAME_INVALID: 'name: 文字、数字、記号 . _ - だけを使用できます',
  ACTION_TYPE_FAILED_NETWORK_QOS_NAME_EXIST: 'name: データセンターにこの名前のネットワーク QoS が既にあります',
  ACTION_TYPE_FAILED_QOS_OUT_OF_RANGE_VALUES: '制限が 0 か、上限を超えています。-1 は制限なしを意味します',
  ACTION_TYPE_FAILED_QOS_NEGATIVE_VALUES: '制限は負の値にできません。ただし -1 は制限なしを意味します',
  ACTION_TYPE_FAILED_NETWORK_QOS_NEGATIVE_VALUES: 'ネットワークの制限は負の値にできません。ただし -1 は制限なしを意味します',
  ACTION_TYPE_FAILED_STORAGE_QOS_ILLEGAL_VALUES:
    '読み取りと書き込みは、まとめて (max_throughput、max_iops) または個別に制限します。両方はできません',
  ACTION_TYPE_FAILED_QOS_MISSING_VALUES: 'cpu_limit: CPU の QoS にはパーセンテージで指定する必要があります',
  ACTION_TYPE_FAILED_NETWORK_QOS_MISSING_VALUES: '1 つの方向の average、peak、burst は、すべて指定するか、どれも指定しないでください',
  ACTION_TYPE_FAILED_NETWORK_QOS_PEAK_LOWER_THAN_AVERAGE: 'peak は average より小さくできません',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_MISSING_VALUES: 'outbound_average_linkshare: ホストネットワークの QoS に必要です',
  ACTION_TYPE_FAILED_HOST_NETWORK_QOS_INCONSISTENT_VALUES: 'outbound_average_realtime: outbound_average_upperlimit より大きくできません',
  ACTION_TYPE_FAILED_QUOTA_NOT_DEFINED_FOR_CLUSTER:
    'quota: クォータにクラスターの制限がありません。追加するか、別のクォータを選んでください',
  ACTION_TYPE_FAILED_NO_QUOTA_SET_FOR_DOMAIN:
    'quota: クォータにストレージドメインの制限がありません。追加するか、別のクォータを選んでください',
  ACTION_TYPE_FAILED_QUOTA_CLUSTER_LIMIT_EXCEEDED: 'クォータ $quotaName にはクラスターのメモリーまたは CPU の残りが足りません',
  ACTION_TYPE_FAILED_QUOTA_STORAGE_LIMIT_EXCEEDED: 'クォータ $quotaName にはストレージドメインの空きが足りません',
  ACTION_TYPE_FAILED_QUOTA_LIMIT_IS_SPECIFIC_AND_GENERAL:
    'クォータの制限は、全体に 1 つか、クラスターまたはストレージドメインごとのどちらかです。先に他の制限を削除してください',
  VALIDATION_QUOTA_NAME_INVALID: 'name: 1 から 65 文字の文字、数字、空白、記号 . _ + - でなければなりません',
};
