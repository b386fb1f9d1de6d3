/**
 * Which attributes of a VM can be changed while it runs. Source: engine behaviour, editing of running VMs; every attribute that is not
 * here needs a new start.
 */

/** Those that the host is not concerned with; beyond them a host can change sockets and memory. */
const always = [
  'description',
  'comment',
  'small_icon',
  'large_icon',
  'os.type',
  'high_availability',
  'delete_protected',
  'display.disconnect_action',
  'display.disconnect_action_delay',
  'display.allow_override',
  'quota',
  'cpu_profile',
  'instance_type',
  'migration',
  'migration_downtime',
  'tunnel_migration',
  'placement_policy',
  'initialization',
  'use_latest_template_version',
  'memory_policy.guaranteed',
] as const;

const within = (path: string, fields: readonly string[]): boolean => fields.some((field) => path === field || path.startsWith(`${field}.`));

/** Whether an attribute, by its dotted path, is changed at once whatever the VM does. */
export const isLive = (path: string): boolean => within(path, always);
