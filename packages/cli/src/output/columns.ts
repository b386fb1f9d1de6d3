import { typeInfo } from '@virgate/contract/type-info';
import type { Attribute } from '@virgate/contract/type-info';
import { CliError } from '../errors.ts';
import { dottedPath } from '../call/attribute-path.ts';

/** Columns of lists, where name, status and description are not what one looks for. */
const columnsByType: Readonly<Record<string, readonly string[]>> = {
  Vm: ['name', 'status', 'memory', 'cpu.topology', 'fqdn', 'description', 'id'],
  Host: ['name', 'status', 'address', 'type', 'spm.status', 'id'],
  Cluster: ['name', 'version', 'cpu.type', 'description', 'id'],
  DataCenter: ['name', 'status', 'version', 'local', 'description', 'id'],
  StorageDomain: ['name', 'type', 'status', 'storage.type', 'available', 'used', 'master', 'id'],
  Disk: ['name', 'status', 'provisioned_size', 'actual_size', 'format', 'storage_type', 'id'],
  DiskAttachment: ['disk.id', 'interface', 'active', 'bootable', 'id'],
  Network: ['name', 'status', 'vlan.id', 'mtu', 'description', 'id'],
  Nic: ['name', 'interface', 'mac.address', 'plugged', 'linked', 'id'],
  HostNic: ['name', 'status', 'mac.address', 'ip.address', 'speed', 'id'],
  Template: ['name', 'status', 'version.version_number', 'memory', 'description', 'id'],
  Snapshot: ['description', 'snapshot_type', 'snapshot_status', 'date', 'persist_memorystate', 'id'],
  Event: ['time', 'severity', 'code', 'description', 'id'],
  Job: ['description', 'status', 'start_time', 'end_time', 'id'],
  Step: ['description', 'type', 'status', 'start_time', 'id'],
  User: ['user_name', 'name', 'last_name', 'domain_entry_id', 'id'],
  Permission: ['role.id', 'user.id', 'group.id', 'id'],
  Permit: ['name', 'administrative', 'id'],
  GraphicsConsole: ['protocol', 'address', 'port', 'tls_port', 'id'],
  StorageConnection: ['type', 'address', 'path', 'target', 'id'],
  Statistic: ['name', 'values', 'unit', 'type', 'description'],
  MacPool: ['name', 'default_pool', 'ranges', 'description', 'id'],
};
/** Of any other type, what of these it has. */
const usual = ['name', 'status', 'type', 'value', 'description', 'id'];
/** More would not be read on a screen. */
const maxWideColumns = 14;

export interface Column {
  readonly title: string;
  readonly path: readonly string[];
  readonly attribute: Attribute;
}

/** The columns of a type: those named, or the usual ones, or with `wide` further plain values. @throws CliError unknown_attribute */
export function columnsOf(type: string, named: readonly string[] | undefined, wide: boolean): Column[] {
  if (named !== undefined) return named.map((path) => column(type, path, '--columns'));
  const info = typeInfo(type);
  const names = columnsByType[type] ?? usual.filter((name) => info.attributes.some((attribute) => attribute.name === name));
  const shown = names.length > 0 ? names : info.attributes.slice(0, 5).map(({ name }) => name);
  if (!wide) return shown.map((path) => column(type, path, '--columns'));
  const further = info.attributes
    .filter(({ name, kind, item, link }) => !shown.includes(name) && item === undefined && (kind !== 'struct' || link) && name !== 'href')
    .map(({ name, kind }) => (kind === 'struct' ? `${name}.id` : name));
  const all = [
    ...shown.filter((name) => name !== 'id'),
    ...further.slice(0, maxWideColumns - shown.length),
    ...shown.filter((name) => name === 'id'),
  ];
  return all.map((path) => column(type, path, '--columns'));
}

function column(type: string, path: string, field: string): Column {
  if (path === '') throw new CliError('syntax', 'invalid_value', `${field}: a name is empty.`, { field });
  const pieces = dottedPath(type, path, field);
  const attribute = (pieces.at(-1) as (typeof pieces)[number]).attribute;
  return {
    title: path,
    path: pieces.flatMap(({ attribute: one, index }) => (index === undefined ? [one.name] : [one.name, String(index)])),
    attribute,
  };
}

/** The value of a column in an object, undefined where there is none. */
export function at(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string, unknown>)[name];
  }
  return here;
}

/** A value as people read it: dates, lists and small objects in one line. Sizes stay numbers of bytes. */
export function cellText(attribute: Attribute, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (attribute.kind === 'date' && typeof value === 'number') return new Date(value).toISOString().replace(/\.000Z$/, 'Z');
  if (attribute.name === 'topology' && typeof value === 'object') return topology(value as Record<string, number>);
  if (attribute.type === 'Version' && typeof value === 'object') return version(value as Record<string, number>);
  return brief(value);
}

function version({ major = 0, minor = 0 }: Record<string, number>): string {
  return `${major}.${minor}`;
}

function topology({ sockets = 1, cores = 1, threads = 1 }: Record<string, number>): string {
  return `${sockets}:${cores}:${threads}`;
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return value.map(brief).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = value as Record<string, unknown>;
  const own = fields['name'] ?? fields['id'] ?? fields['datum'] ?? fields['detail'];
  if (own !== undefined) return String(own);
  return Object.entries(fields)
    .map(([name, one]) => `${name}=${brief(one)}`)
    .join(' ');
}
