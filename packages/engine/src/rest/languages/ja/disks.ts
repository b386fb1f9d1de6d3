import type { disks as english } from '../en/disks.ts';

export const disks: Readonly<Record<keyof typeof english, string>> = {
  ACTION_TYPE_FAILED_DISK_LUN_HAS_NO_VALID_TYPE: 'lun_storage.type: iscsi または fcp でなければなりません',
  ACTION_TYPE_FAILED_DISK_LUN_IS_ALREADY_IN_USE: 'LUN $lunId は、ディスクとして、またはストレージドメインで既に使用されています',
  ACTION_TYPE_FAILED_DISK_LUN_INVALID: 'lun_storage.logical_units: 1 つのディスクは 1 つの LUN です',
  ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS: 'logical_units: iSCSI の LUN には address と target が必要です',
  ACTION_TYPE_FAILED_DISKS_LOCKED: '次のディスクはロックされています: $diskAliases。数分後にもう一度お試しください',
  ACTION_TYPE_FAILED_DISKS_ILLEGAL: '次のディスクには使用できるイメージがありません: $diskAliases',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_DOES_NOT_EXIST: 'この ID のスナップショットがないか、別の VM のものです',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_HAS_NO_CONFIGURATION: 'スナップショットに使用できる VM の構成がありません',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_NOT_IN_PREVIEW: 'VM はスナップショットをプレビューしていません',
  ACTION_TYPE_FAILED_VM_SNAPSHOT_TYPE_NOT_REGULAR:
    'スナップショットは VM 自体の状態、またはエンジンが保持するもので、ユーザーが作成したものではありません',
  CANNOT_PREVIEW_ACTIVE_SNAPSHOT: 'スナップショットは VM の現在の状態です',
  ACTION_TYPE_FAILED_DISK_HAS_SNAPSHOTS: 'ディスク $diskAlias にはスナップショットがあるか、テンプレートとデータを共有しています',
  ERROR_CANNOT_DETACH_DISK_WITH_SNAPSHOT:
    'VM のスナップショットがディスクの状態を保持しています。先にスナップショットを削除するか、ディスクを削除してください',
  ACTION_TYPE_FAILED_DISK_NOT_EXIST: 'ディスクはもう存在しません',
  ACTION_TYPE_FAILED_DISKS_NOT_EXIST: 'これらのディスクはストレージドメインにありません: $diskAliases',
  ACTION_TYPE_FAILED_DISK_ALREADY_ATTACHED: 'ディスクは既に VM にアタッチされています',
  ACTION_TYPE_FAILED_NOT_SHAREABLE_DISK_ALREADY_ATTACHED:
    'ディスクは別の VM に接続されています。複数の VM で使えるのは共有可能 (shareable) な場合だけです',
  ACTION_TYPE_FAILED_DISKS_NOT_ATTACHED_TO_VM: 'VM にこの ID のディスクはありません: $diskIds',
  ACTION_TYPE_FAILED_DISKS_ARE_NOT_ACTIVE: 'これらのディスクは有効ではありません: $diskAliases。先に有効にしてください',
  ACTION_TYPE_FAILED_DISK_ALREADY_EXISTS: 'この ID のディスクは既に存在します',
  ACTION_TYPE_FAILED_DISK_BOOT_IN_USE: 'bootable: VM の別のディスクが既に起動ディスクです',
  ACTION_TYPE_FAILED_DISK_CONFIGURATION_NOT_SUPPORTED:
    'sparse: ブロックストレージでは raw 形式のディスクは事前割り当てです。cow 形式または sparse false を選んでください',
  ACTION_TYPE_FAILED_DISK_IS_BEING_TRANSFERRED: 'ディスクは既に転送中です。先にその転送を完了するか中止してください',
  ACTION_TYPE_FAILED_SHAREABLE_DISK_NOT_SUPPORTED:
    '他の VM がこれらのディスクに書き込む可能性があります: $diskAliases。エクスポートできるのは停止中の VM だけです',
  ACTION_TYPE_FAILED_SOURCE_AND_TARGET_SAME: 'storage_domain: ディスクは既にこのストレージドメインにあります',
  CANNOT_MOVE_DISK_TEMPLATE: 'テンプレートのディスクは、それから作成された VM が参照する場所から移動できません。代わりにコピーしてください',
  DISK_IS_ALREADY_SHARED_BETWEEN_VMS: 'shareable: 複数の VM がディスクを使用しています。先に 1 つを残して切り離してください',
  HOT_PLUG_DISK_IS_NOT_VIRTIO:
    'interface: IDE または SATA のディスクは VM の実行中に接続も切断もできません。先にシャットダウンするか、virtio_scsi または virtio を使ってください',
  ACTION_TYPE_FAILED_STORAGE_POOL_NOT_MATCH: 'storage_domain: ストレージドメインはディスクとは別のデータセンターに属しています',
  ACTION_TYPE_FAILED_UNSUPPORTED_DISK_STORAGE_TYPE:
    'ディスクのストレージの種類ではこの操作はできません: イメージ用の操作と LUN 用の操作があります',
  ERROR_CANNOT_REMOVE_ISO_DISK_ATTACHED_TO_VMS: 'ISO イメージは VM $VmNames の CD ドライブに挿入されています。先に取り出してください',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_EXIST: 'この ID のバックアップはありません: $vmBackupId',
  ACTION_TYPE_FAILED_VM_BACKUP_NOT_READY: 'バックアップはフェーズ ready ではありません: 開始中、終了中、または終了済みです',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_FOR_DISK:
    'shareable: ディスクにスナップショットがあります。複数の VM のディスクはスナップショットを持てません。先に削除してください',
  SHAREABLE_DISK_IS_NOT_SUPPORTED_BY_VOLUME_FORMAT: 'shareable: VM 間で共有できるのは raw 形式のディスクだけです',
  SCSI_GENERIC_IO_IS_NOT_SUPPORTED_FOR_IMAGE_DISK: 'sgio: SCSI コマンドを渡せるのは LUN だけです',
  SCSI_PASSTHROUGH_IS_NOT_SUPPORTED_FOR_READ_ONLY_DISK: 'read_only: SCSI コマンドを渡す LUN (sgio) は読み取り専用にできません',
  ACTION_TYPE_FAILED_SGIO_IS_FILTERED: 'uses_scsi_reservation: 予約には SCSI コマンドがフィルターされない LUN (sgio unfiltered) が必要です',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_PREALLOCATED: 'ディスクは事前割り当てのため、解放できる領域がありません',
  ACTION_TYPE_FAILED_DISK_SPARSIFY_NOT_SUPPORTED_FOR_COW: 'スパース化できるのは raw 形式のディスクだけです。先に変換してください',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_FORMAT_CHANGE: 'disk.format: ディスクは既にこの形式と割り当てです',
  ACTION_TYPE_FAILED_CONVERT_DISK_NO_ALLOCATION_CHANGE: 'disk.sparse: ディスクは既にこの割り当てです',
  ACTION_TYPE_FAILED_REDUCE_IMAGE_NOT_SUPPORTED_FOR_FILE_DOMAINS:
    'イメージが必要以上の領域を持つのはブロックストレージだけです。ファイルストレージではディスクをスパース化してください',
  ACTION_TYPE_FAILED_DISK_SNAPSHOTS_ACTIVE: 'このボリュームは VM が書き込んでいるものです。代わりにディスクを削除してください',
  CANNOT_START_BACKUP_VM_SHOULD_BE_IN_UP_OR_DOWN_STATUS:
    'VM は稼働中または停止中である必要があります。停止中の場合はデータセンターに稼働中のホストが必要です',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_DISABLED_FOR_DISKS:
    'from_checkpoint_id: これらのディスクでは増分バックアップが有効ではありません: $diskAliases。有効にして、先に完全バックアップを行ってください',
  ACTION_TYPE_FAILED_INCREMENTAL_BACKUP_NOT_SUPPORTED_FOR_RAW_DISK:
    'from_checkpoint_id: raw 形式のディスクは完全バックアップだけが可能です: $diskAliases',
  ACTION_TYPE_FAILED_VM_BACKUP_ID_ALREADY_EXIST: 'この ID のバックアップまたはチェックポイントは既に存在します',
  ACTION_TYPE_FAILED_VM_BACKUP_DESCRIPTION_IS_TOO_LONG: 'description: 最大 1024 文字です',
  ACTION_TYPE_FAILED_VM_BACKUP_LOCKED: 'バックアップは終了処理中です: $action (ジョブ $job)',
  ACTION_TYPE_FAILED_ACTIVE_IMAGE_TRANSFER_FOR_VM_BACKUP: 'バックアップのディスクを転送中です。先に転送を完了するか中止してください',
  ACTION_TYPE_FAILED_CHECKPOINT_NOT_EXIST:
    'VM にこの ID のチェックポイントはありません: $checkpointId。代わりに完全バックアップを行ってください',
  ACTION_TYPE_FAILED_CHECKPOINT_INVALID:
    'チェックポイント $checkpointId 以降の変更はもう判別できません。代わりに VM の完全バックアップを行ってください',
  CANNOT_DELETE_CHECKPOINT_VM_SHOULD_BE_IN_UP_STATUS: 'VM は稼働中または停止中で、その間に起動、停止、移動してはいけません',
  ACTION_TYPE_FAILED_VM_IS_DURING_A_BACKUP_CHECKPOINT_REMOVAL:
    'VM はバックアップ中で、チェックポイントが必要です。先にバックアップを完了してください',
  ACTION_TYPE_FAILED_CANNOT_RESUME_IMAGE_TRANSFER: '転送のフェーズは「$phase」で、この操作はできません',
  ACTION_TYPE_FAILED_FORMAT_NOT_APPLICABLE_FOR_BACKUP: 'format: バックアップのディスクは raw 形式で転送されます',
};
