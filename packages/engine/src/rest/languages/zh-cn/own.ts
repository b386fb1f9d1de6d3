import type { own as english } from '../en/own.ts';

export const own: Readonly<Record<keyof typeof english, string>> = {
  HOST_FAILED: '主机答复：$reason',
  STORAGE_CONNECTION_FAILED: '主机无法访问存储 $path：代码 $code',
  TOO_MANY_HOSTS: '数据中心的主机数已达到其存储可区分的上限',
  CERTIFICATE_REQUEST_REFUSED: '无法签署证书请求：$reason',
  HOST_HAS_RUNNING_VMS: '主机上正在运行以下虚拟机：$vms。请先停止它们',
  DATA_CENTER_HAS_VMS: '数据中心中存在虚拟机或模板。请先删除它们',
  MASTER_DOMAIN_NOT_LAST: '主存储域必须最后处理。请先停用其数据中心中的其他存储域',
  STORAGE_DOMAIN_HAS_DISKS: '存储域中存在磁盘。请先删除它们',
  DISK_HAS_NOTHING_TO_REDUCE: '磁盘为预分配：其大小固定，没有可释放的空间',
  INTERNAL_POLICY_UNIT_STAYS: '策略单元 $name 是引擎自带的，无法删除',
  VM_HAS_NO_CONSOLE: '虚拟机没有可在浏览器中显示的控制台',
  LOGON_NEEDS_PASSWORD: '需要将您的密码告知客户机，但引擎不保存密码。请使用 Basic 认证发送此请求',
  NETWORK_PROVIDER_EXISTS: '已存在使用该 url 的提供者',
  PROVIDER_NETWORK_HAS_SUBNET: '网络 $network 已有子网：请先删除该子网',
  REFERENCE_CHANGED: '请求所引用的对象不存在或正在使用。请重新读取',
  MIXED_INITIALIZATION: 'use_cloud_init、use_sysprep 和 use_ignition 只能指定其中一个',
  POOL_HAS_NO_VMS: '未能创建池中的任何虚拟机：$reason',
  HOST_NOT_UP: '状态为“$status”',
  HOST_EXCLUDED: '请求将其排除',
  VM_LEASES_NOT_READY: '尚不能持有虚拟机的租约：其存储域在该主机上未就绪',
};
