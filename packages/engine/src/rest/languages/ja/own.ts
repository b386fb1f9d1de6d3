import type { own as english } from '../en/own.ts';

export const own: Readonly<Record<keyof typeof english, string>> = {
  HOST_FAILED: 'ホストからの応答: $reason',
  STORAGE_CONNECTION_FAILED: 'ホストはストレージ $path に到達できません: コード $code',
  TOO_MANY_HOSTS: 'データセンターのホスト数は、ストレージが区別できる上限に達しています',
  CERTIFICATE_REQUEST_REFUSED: '証明書要求に署名できません: $reason',
  HOST_HAS_RUNNING_VMS: 'ホスト上で次の仮想マシンが実行中です: $vms。先に停止してください',
  DATA_CENTER_HAS_VMS: 'データセンターに仮想マシンまたはテンプレートがあります。先に削除してください',
  MASTER_DOMAIN_NOT_LAST: 'マスターストレージドメインは最後です。先に同じデータセンターの他のドメインを非アクティブにしてください',
  STORAGE_DOMAIN_HAS_DISKS: 'ストレージドメインにディスクがあります。先に削除してください',
  DISK_HAS_NOTHING_TO_REDUCE: 'ディスクは事前割り当て済みです。サイズは固定で、解放できる領域はありません',
  INTERNAL_POLICY_UNIT_STAYS: 'ポリシーユニット $name はエンジンに付属するもので、削除できません',
  VM_HAS_NO_CONSOLE: 'VM にはブラウザーで表示できるコンソールがありません',
  LOGON_NEEDS_PASSWORD:
    'ゲストにパスワードを渡す必要がありますが、エンジンはそれを保持していません。この要求は Basic 認証で送信してください',
  NETWORK_PROVIDER_EXISTS: 'この url のプロバイダーは既に存在します',
  PROVIDER_NETWORK_HAS_SUBNET: 'ネットワーク $network には既にサブネットがあります。先にそれを削除してください',
  REFERENCE_CHANGED: '要求の参照先は存在しないか、使用中です。もう一度読み込んでください',
  MIXED_INITIALIZATION: 'use_cloud_init、use_sysprep、use_ignition のうち指定できるのは 1 つだけです',
  POOL_HAS_NO_VMS: 'プールの VM を 1 つも作成できませんでした: $reason',
  HOST_NOT_UP: 'ステータスは「$status」です',
  HOST_EXCLUDED: 'リクエストで除外されています',
  VM_LEASES_NOT_READY: 'VM のリースをまだ保持できません: そのストレージドメインの準備ができていません',
};
