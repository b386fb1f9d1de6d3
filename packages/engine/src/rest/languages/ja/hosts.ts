import type { hosts as english } from '../en/hosts.ts';

export const hosts: Readonly<Record<keyof typeof english, string>> = {
  VDS_CANNOT_MAINTENANCE_IT_INCLUDES_NON_MIGRATABLE_VM:
    '次の仮想マシンは、配置ポリシー、ホストのデバイス、またはディスクの予約のため、別のホストに移動できません: $VmsList。先に停止してください',
  CANNOT_MAINTENANCE_VDS_RUN_VMS_NO_OTHER_RUNNING_VDS: 'ホスト上で仮想マシンが実行中で、クラスター内に稼働中の他のホストがありません',
  ACTION_TYPE_FAILED_NO_VDS_IN_POOL: 'データセンターに稼働中のホストがありません',
  VDS_CANNOT_REMOVE_VDS_STATUS_ILLEGAL: 'ホストのステータスは「$hostStatus」です。先にメンテナンスにしてください',
  VDS_CANNOT_MAINTENANCE_VDS_IS_NOT_OPERATIONAL: 'ホストのステータスは「$hostStatus」で、メンテナンスに移行できません',
  VDS_CANNOT_MAINTENANCE_VDS_IS_IN_MAINTENANCE: 'ホストは既にメンテナンス中か、移行中です',
  VDS_APPROVE_VDS_IN_WRONG_STATUS: 'ホストのステータスは「$hostStatus」です。承認できるのは承認待ちのホストだけです',
  VDS_STATUS_NOT_VALID_FOR_UPDATE: 'ホストのステータスは「$hostStatus」で、変更できません',
  VDS_STATUS_NOT_VALID_FOR_START: 'ホストのステータスは「$hostStatus」で、電源をオンにできません',
  VDS_STATUS_NOT_VALID_FOR_STOP: 'ホストのステータスは「$hostStatus」で、電源をオフにできません。先にメンテナンスにしてください',
  VDS_FENCE_DISABLED: 'ホストの電源管理が有効でないか、フェンスエージェントがありません',
  VDS_FENCE_DISABLED_AT_QUIET_TIME: '過去 $seconds 秒以内にホストの電源に同じ操作が行われました。後でもう一度お試しください',
  VDS_NO_VDS_PROXY_FOUND: 'ホストの管理ボードに到達できる他のホストがありません。クラスターまたはデータセンターに稼働中のホストが必要です',
  POWER_MANAGEMENT_ACTION_ON_ENTITY_ALREADY_IN_PROGRESS: 'ホストの電源操作が既に進行中です: $action (ジョブ $job)',
  CANNOT_UPGRADE_HOST_STATUS_ILLEGAL: 'ホストのステータスは「$hostStatus」で、アップグレードできません',
  CANNOT_CHECK_FOR_HOST_UPGRADE_STATUS_ILLEGAL: 'ホストのステータスは「$hostStatus」で、バージョンを確認できません',
  SSH_AUTHENTICATION_FAILED: 'ホストにログインできません: $reason',
  VDS_CANNOT_INSTALL_STATUS_ILLEGAL: 'ホストのステータスは「$hostStatus」で、インストールできません。先にメンテナンスにしてください',
  VDS_CANNOT_INSTALL_EMPTY_PASSWORD: 'ホストへのログインにはパスワード、または ssh.authentication_method publickey が必要です',
  VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM: 'ホストで VM がまだ実行中です。先に移行または停止してください',
  ACTION_TYPE_FAILED_VDS_WITH_SAME_HOST_EXIST: 'address: 別のホストがこのアドレスを使用しています',
  ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS:
    'ホストは応答しています。再起動を確認できるのは、応答しないかメンテナンス中のホストだけです',
  VDS_INVALID_SERVER_ID: 'ホストはもう存在しません',
  ACTION_TYPE_FAILED_PM_ENABLED_WITHOUT_AGENT: 'power_management.enabled: 電源管理にはフェンスエージェントが必要です。先に追加してください',
  VDS_REMOVE_LAST_FENCE_AGENT_PM_ENABLED:
    'ホストの電源管理が有効で、フェンスエージェントが必要です。最後のエージェントを削除する前に無効にしてください',
  VDS_ADD_FENCE_AGENT_MANDATORY_PARAMETERS_MISSING: 'フェンスエージェントには address、type、username、password、order が必要です',
  CANNOT_ENROLL_CERTIFICATE_HOST_STATUS_ILLEGAL: '証明書を発行できるのは応答するホスト (稼働中、メンテナンス中、または非稼働) だけです',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_PORT: 'ssh.port: 1 から 65535 の間でなければなりません',
  ACTION_TYPE_FAILED_VDS_WITH_INVALID_SSH_USERNAME:
    'ssh.user.user_name: 英字または _ で始まる、32 文字以内の英数字と記号 _ . - でなければなりません',
  VALIDATION_VDS_POWER_MGMT_ADDRESS_HOSTNAME_OR_IP: 'address: 管理ボードのホスト名または IP アドレスでなければなりません',
  VDS_ILLEGAL_PM_AGENT_PORT_VALUE: 'port: 1 から 65535 の間でなければなりません',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_EXTENSION_ALREADY_EXISTS: 'ホストには既にターゲット $target 用の専用ユーザーがあります',
  VDS_CANNOT_ADD_MORE_THEN_ONE_HOST_TO_LOCAL_STORAGE: 'ローカルストレージのデータセンターが持てるホストは 1 台で、既にあります',
};
