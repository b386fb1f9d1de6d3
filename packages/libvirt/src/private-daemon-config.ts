import { PrivateLibvirtdError } from './private-daemon-error.ts';

/** A value of libvirt's configuration files. */
export type ConfigurationValue = string | number | readonly string[];
export type Configuration = Readonly<Record<string, ConfigurationValue>>;

export interface PortRange {
  min: number;
  max: number;
}

export interface ConfigurationOptions {
  hostUuid?: string;
  /** Address that guests' VNC servers listen on unless their XML says; loopback by default. */
  vncListen?: string;
  /** VNC and SPICE ports that guests with `autoport` get. */
  displayPorts?: PortRange;
  /** Ports of VNC over WebSocket. */
  websocketPorts?: PortRange;
  /** Ports that incoming migrations use. */
  migrationPorts?: PortRange;
  /** Who guards what guests use against a second use; sanlock needs libvirt's plugin, and its daemon for every start of a guest. */
  lockManager?: 'sanlock';
  extraConf?: { libvirtd?: Configuration; qemu?: Configuration };
}

/** Where QEMU finds, as the daemon sees it, what migrations are encrypted with. */
const migrationPki = '/etc/libvirt/migration-pki';

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function renderValue(name: string, value: ConfigurationValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `[ ${value.map((item) => renderValue(name, item)).join(', ')} ]`;
  if (/["\n\0]/.test(value)) throw new PrivateLibvirtdError('BAD_OPTION', `the setting ${name} holds a quote or a line break`);
  return `"${value}"`;
}

function render(settings: Configuration): string {
  const lines = Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z0-9_]+$/.test(name)) throw new PrivateLibvirtdError('BAD_OPTION', `${name} is no name of a setting`);
    return `${name} = ${renderValue(name, value)}`;
  });
  return `${lines.join('\n')}\n`;
}

function portSettings(prefix: string, range: PortRange | undefined, lowest: number): Configuration {
  if (!range) return {};
  const { min, max } = range;
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < lowest || max > 65_535 || min > max) {
    throw new PrivateLibvirtdError('BAD_OPTION', `${prefix} ${min} to ${max}: ports from ${lowest} to 65535 are possible`);
  }
  return { [`${prefix}_min`]: min, [`${prefix}_max`]: max };
}

/** `libvirtd.conf`: the socket's folder is what guards it, so no authentication. */
export function renderLibvirtdConf(options: ConfigurationOptions): string {
  const { hostUuid } = options;
  if (hostUuid !== undefined && !uuidPattern.test(hostUuid)) throw new PrivateLibvirtdError('BAD_OPTION', `${hostUuid} is not a UUID`);
  return render({
    auth_unix_rw: 'none',
    auth_unix_ro: 'none',
    unix_sock_rw_perms: '0700',
    unix_sock_ro_perms: '0700',
    log_outputs: '3:file:/var/log/libvirt/libvirtd.log',
    ...(hostUuid === undefined ? {} : { host_uuid: hostUuid }),
    ...options.extraConf?.libvirtd,
  });
}

/** `qemu.conf`: guests without help of systemd, cgroups, a security module or virtlogd. */
export function renderQemuConf(options: ConfigurationOptions): string {
  // VNC's first display is port 5900, and libvirt takes no lower range.
  const lowestDisplayPort = 5900;
  return render({
    user: 'root',
    group: 'root',
    security_driver: 'none',
    cgroup_controllers: [],
    namespaces: [],
    stdio_handler: 'file',
    vnc_listen: options.vncListen ?? '127.0.0.1',
    ...portSettings('remote_display_port', options.displayPorts, lowestDisplayPort),
    ...portSettings('remote_websocket_port', options.websocketPorts, 5700),
    ...portSettings('migration_port', options.migrationPorts, 1024),
    migrate_tls_x509_cert_dir: migrationPki,
    migrate_tls_x509_verify: 1,
    ...(options.lockManager === undefined ? {} : { lock_manager: options.lockManager }),
    ...options.extraConf?.qemu,
  });
}

/** `qemu-sanlock.conf`: only the leases that a guest's document names, none for its disks. */
export function renderSanlockConf(): string {
  return render({ auto_disk_leases: 0, require_lease_for_disks: 0 });
}

/** The folders in which QEMU looks for certificates of its screens, of those protocols that a `qemu.conf` of libvirt turns TLS on for. */
export function displayTlsOf(qemuConf: string): { vncDirectory?: string; spiceDirectory?: string } {
  const directory = (protocol: 'vnc' | 'spice'): string | undefined => {
    if (!new RegExp(`^[ \\t]*${protocol}_tls[ \\t]*=[ \\t]*1[ \\t]*$`, 'm').test(qemuConf)) return undefined;
    const said = new RegExp(`^[ \\t]*${protocol}_tls_x509_cert_dir[ \\t]*=[ \\t]*"([^"]+)"`, 'm').exec(qemuConf)?.[1];
    return said ?? `/etc/pki/libvirt-${protocol}`;
  };
  const [vncDirectory, spiceDirectory] = [directory('vnc'), directory('spice')];
  return { ...(vncDirectory === undefined ? {} : { vncDirectory }), ...(spiceDirectory === undefined ? {} : { spiceDirectory }) };
}

/** The lock manager that a `qemu.conf` of libvirt names. */
export const lockManagerOf = (qemuConf: string): 'none' | 'sanlock' =>
  /^[ \t]*lock_manager[ \t]*=[ \t]*"sanlock"/m.test(qemuConf) ? 'sanlock' : 'none';

/** The folder that a `qemu.conf` of libvirt names for what migrations are encrypted with; undefined when it names none. */
export const migrationPkiOf = (qemuConf: string): string | undefined =>
  /^[ \t]*migrate_tls_x509_cert_dir[ \t]*=[ \t]*"([^"]+)"/m.exec(qemuConf)?.[1];

/** The group as which a `qemu.conf` of libvirt has QEMU run, by name or number; undefined when it leaves that to how libvirt was built. */
export const qemuGroupOf = (qemuConf: string): string | undefined => /^[ \t]*group[ \t]*=[ \t]*"\+?([^"]+)"/m.exec(qemuConf)?.[1];
