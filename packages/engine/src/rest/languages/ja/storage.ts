import type { storage as english } from '../en/storage.ts';

export const storage: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_VM_DISKS_ON_BACKUP_STORAGE: 'バックアップ用のストレージドメインでは VM を実行できません',
  ACTION_TYPE_FAILED_RUNNING_VM_OR_VM_LEASES_PRESENT_ON_STORAGE_DOMAIN:
    'backup: このストレージドメインのディスクまたはリースを使う VM が実行中です',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_DATA_DOMAINS: 'マスターにできるのは、バックアップ用ではないデータドメインだけです',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_DISKS: 'この接続の LUN であるディスクがあります: $diskNames',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_ACTION_FOR_RUNNING_VMS: 'この接続の LUN を使う VM が実行中です: $vmNames',
  ACTION_TYPE_FAILED_DISK_SPACE_LOW_ON_STORAGE_DOMAIN: 'ストレージドメイン $storageName の空き容量が不足しています',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_STATUS_ILLEGAL2: 'ストレージドメインのステータスは「$status」で、この操作はできません',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_EXIST: 'ストレージドメインがありません: ストレージ上にも、指定されたデータセンターにもありません',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_EXIST: 'エンジンには既にこのストレージドメインがあります',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_ALREADY_MASTER: 'ストレージドメインは既にマスターです',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_NOT_IN_STORAGE_POOL:
    'storage_domain: ストレージドメインはクラスターのデータセンターに接続されていません',
  ACTION_TYPE_FAILED_STORAGE_DOMAIN_TYPE_ILLEGAL: 'この種類のストレージドメインではこの操作はできません',
  ACTION_TYPE_FAILED_MASTER_STORAGE_DOMAIN_NOT_ACTIVE: '現在のマスターストレージドメインが稼働していません。先に有効にしてください',
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_DOMAIN_MUST_BE_IN_MAINTENANCE_OR_UNATTACHED:
    '接続先のストレージドメインはメンテナンス中または未接続である必要があります: $domainNames。または force を指定してください',
  ACTION_TYPE_FAILED_DETECTED_ACTIVE_VMS: 'ストレージドメインのディスクまたは ISO イメージを使う VM が実行中です。先に停止してください',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_ALREADY_EXISTS: 'このストレージへの接続は既に存在します。それを使用するか変更してください',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_NOT_EXIST: 'この ID のストレージ接続はありません',
  ERROR_CANNOT_DESTROY_LAST_STORAGE_DOMAIN:
    'データセンターの最後のストレージドメインはデータセンターとともに削除します。代わりにデータセンターを force で削除してください',
  ERROR_CANNOT_DEACTIVATE_DOMAIN_WITH_RUNNING_VMS_WITH_LEASES: 'ストレージドメインにリースを持つ VM が実行中です。先に停止してください',
  ERROR_CANNOT_DEACTIVATE_STORAGE_DOMAIN_WITH_ISO_ATTACHED:
    'ストレージドメインの ISO イメージが実行中の VM の CD ドライブに挿入されています。先に取り出してください',
  CANNOT_REMOVE_STORAGE_DOMAIN_HOST_NOT_UP: 'host: ストレージドメインの削除には稼働中のホストが必要です',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_UP: 'ホストが稼働していないため、SPM にできません',
  CANNOT_FORCE_SELECT_SPM_VDS_ALREADY_SPM: 'ホストは既に SPM です',
  CANNOT_FORCE_SELECT_SPM_VDS_MARKED_AS_NEVER_SPM: 'ホストは SPM にしない設定です (spm.priority -1)',
  ACTION_TYPE_FAILED_UNSUPPORTED_OVF: 'ストレージドメイン上の記述 (OVF) を解釈できません',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_BELONGS_TO_SEVERAL_STORAGE_DOMAINS:
    '接続先にストレージドメインがあります: $domainNames。先に削除してください',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_UNSUPPORTED_CHANGE_STORAGE_TYPE: 'type: 変更できません。代わりに別の接続を追加してください',
  ACTION_TYPE_FAILED_STORAGE_CONNECTION_FOR_DOMAIN_ALREADY_EXISTS: 'storage.id: この接続先には既にストレージドメインがあります',
  VALIDATION_STORAGE_CONNECTION_INVALID_PORT: 'port: 1 から 65535 の間でなければなりません',
  VALIDATION_STORAGE_CONNECTION_NFS_RETRANS: 'nfs_retrans: 0 から 32767 の間でなければなりません',
  VALIDATION_STORAGE_CONNECTION_NFS_TIMEO: 'nfs_timeo: 1 から 6000 (10 分の 1 秒単位) の間でなければなりません',
  VALIDATION_STORAGE_CONNECTION_MOUNT_OPTIONS_CONTAINS_MANAGED_PROPERTY:
    'mount_options: nfs_version、nfs_timeo、nfs_retrans、vfs_type など専用の属性があるオプションが含まれています',
  ACTION_TYPE_FAILED_ACTION_IS_SUPPORTED_ONLY_FOR_ISCSI_DOMAINS:
    'ストレージドメインの接続は変更できません。複数の接続を使えるのは iSCSI の LUN だけです',
  ACTION_TYPE_FAILED_DISCARD_AFTER_DELETE_NOT_SUPPORTED_BY_UNDERLYING_STORAGE:
    'discard_after_delete: このストレージは削除されたディスクの領域を自動では解放しません',
  CANNOT_FORCE_SELECT_SPM_VDS_NOT_IN_POOL: 'ホストのクラスターはどのデータセンターにも属していません',
  CANNOT_FORCE_SELECT_SPM_STORAGE_POOL_HAS_RUNNING_TASKS:
    '現在の SPM はまだデータセンターのストレージで作業中です。タスクの終了後にもう一度お試しください',
  ACTION_TYPE_FAILED_LUNS_NOT_PART_OF_STORAGE_DOMAIN: 'これらの LUN はストレージドメインに含まれていません: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_PART_OF_STORAGE_DOMAINS: 'これらの LUN は既にストレージドメインに含まれています: $lunIds',
  ACTION_TYPE_FAILED_LUNS_ALREADY_USED_BY_DISKS: 'これらの LUN は既にディスクです: $lunIds',
  ACTION_TYPE_FAILED_CANNOT_REMOVE_ALL_LUNS:
    'ストレージドメインには少なくとも 1 つの LUN が必要です。代わりにストレージドメインを削除してください',
  ACTION_TYPE_FAILED_DOMAIN_OVF_ON_UPDATE: 'ストレージドメインの OVF ストアを更新中です: $action (ジョブ $job)',
  ACTION_TYPE_FAILED_IMPORT_UNREGISTERED_NOT_COLLAPSED:
    'clone: ストレージドメイン上のものはそのまま登録されます。登録してからクローンしてください',
  ACTION_TYPE_FAILED_ISCSI_BOND_NETWORK_CANNOT_BE_REQUIRED:
    'networks: iSCSI ボンドのネットワークはクラスターで必須にできません。パスの障害でホストが停止してしまいます',
  ACTION_TYPE_FAILED_STORAGE_CONNECTIONS_CANNOT_BE_ADDED_TO_ISCSI_BOND:
    'storage_connections: iSCSI ボンドに追加できるのは iSCSI の接続だけです',
  ISCSI_BOND_WITH_SAME_NAME_EXIST_IN_DATA_CENTER: 'name: データセンターにこの名前の iSCSI ボンドが既にあります',
  VALIDATION_ISCSI_BOND_NAME_INVALID_CHARACTER: 'name: 1 から 50 文字の英数字と記号 _ . - でなければなりません',
};
