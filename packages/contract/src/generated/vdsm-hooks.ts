// Generated from data/ by `npm run generate`. Do not edit.

export interface HookPoint {
  readonly point: string;
  /** What a script gets: an XML or JSON file, or nothing. */
  readonly data?: string;
  /** Environment variable that names the file. */
  readonly env?: string;
  readonly failureAborts: boolean;
}

export const hookPoints = [
  { point: 'after_device_create', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_device_destroy', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_device_migrate_destination', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_device_migrate_source', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_disk_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_disk_hotunplug', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_disk_prepare', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'after_get_all_vm_stats', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_get_caps', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_get_stats', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_get_vm_stats', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_hostdev_list_by_caps', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_memory_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_network_setup', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_network_setup_fail', data: 'json', env: '_hook_json', failureAborts: false },
  { point: 'after_nic_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_nic_hotplug_fail', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_nic_hotunplug', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_nic_hotunplug_fail', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_set_num_of_cpus', data: 'none', env: '_hook_domxml', failureAborts: false },
  { point: 'after_update_device', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_update_device_fail', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vdsm_stop', data: 'none', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_cont', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_dehibernate', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_destroy', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_hibernate', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_migrate_destination', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_migrate_source', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_pause', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_set_ticket', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'after_vm_start', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'before_device_create', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_device_destroy', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_device_migrate_destination', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_device_migrate_source', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_disk_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_disk_hotunplug', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_get_all_vm_stats', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'before_get_caps', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'before_get_stats', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'before_get_vm_stats', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'before_memory_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_network_setup', data: 'json', env: '_hook_json', failureAborts: true },
  { point: 'before_nic_hotplug', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_nic_hotunplug', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_set_num_of_cpus', data: 'none', env: '_hook_domxml', failureAborts: true },
  { point: 'before_update_device', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vdsm_start', data: 'none', env: '_hook_domxml', failureAborts: false },
  { point: 'before_vm_cont', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_dehibernate', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_destroy', data: 'none', env: '_hook_domxml', failureAborts: false },
  { point: 'before_vm_hibernate', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_migrate_destination', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_migrate_source', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_pause', data: 'xml', env: '_hook_domxml', failureAborts: true },
  { point: 'before_vm_set_ticket', data: 'xml', env: '_hook_domxml', failureAborts: false },
  { point: 'before_vm_start', data: 'xml', env: '_hook_domxml', failureAborts: true },
] as const satisfies readonly HookPoint[];

export interface CustomPropertyFacts { readonly property: string; readonly regex?: string; readonly type?: string; readonly levels?: string }

export const vmCustomProperties: readonly CustomPropertyFacts[] = [
  { property: 'sap_agent', regex: '^(true|false)$', levels: '4.2+' },
  { property: 'sndbuf', regex: '^[0-9]+$', levels: '4.2+' },
  { property: 'vhost', regex: '^(([a-zA-Z0-9_-]*):(true|false))(,(([a-zA-Z0-9_-]*):(true|false)))*$', levels: '4.2+' },
  { property: 'viodiskcache', regex: '^(none|writeback|writethrough)$', levels: '4.2+' },
  { property: 'hugepages', regex: '^[0-9]+$', levels: '4.2+' },
  { property: 'scsi_hostdev', regex: '^(scsi_generic|scsi_block|scsi_hd|virtio_blk_pci)$', levels: '4.4+' },
  { property: 'nvram_template', regex: '^.*$', levels: '4.4+' },
  { property: 'extra_cpu_flags', regex: '^([+-]?[a-zA-Z0-9_-]+)(,[+-]?[a-zA-Z0-9_-]+)*$', levels: '4.6+' },
];

export const deviceCustomProperties: readonly CustomPropertyFacts[] = [
  { type: 'interface', property: 'SecurityGroups', regex: 'UUID list, comma separated, may be empty' },
];

export const networkCustomProperties: readonly CustomPropertyFacts[] = [
  { property: 'bridge_opts', regex: "^[^\\s=]+=[^\\s=]+(\\s+[^\\s=]+=[^\\s=]+)*$" },
  { property: 'ethtool_opts' },
];
