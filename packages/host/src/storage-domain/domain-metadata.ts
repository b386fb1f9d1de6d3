import { createHash } from 'node:crypto';
import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { isWritableValue, maximumMetadataBytes, parseKeyValues } from './key-value.ts';

export type DomainClass = 'Data' | 'Iso' | 'Backup';
export type DomainRole = 'Master' | 'Regular';
export type DomainType = 'NFS' | 'LOCALFS' | 'POSIXFS' | 'GLUSTERFS' | 'ISCSI' | 'FCP';

/** Whether domains of that type lie on a volume group. */
export const isBlockType = (type: DomainType): boolean => type === 'ISCSI' || type === 'FCP';

/** What a domain says about itself: `dom_md/metadata` on files, tags of the volume group on block storage. Values of keys that are not known here are kept in `other`. */
export interface DomainMetadata {
  domainId: string;
  name: string;
  class: DomainClass;
  type: DomainType;
  role: DomainRole;
  poolIds: string[];
  version: number;
  blockSizeBytes: number;
  alignmentBytes: number;
  /** Empty on block storage. */
  remotePath: string;
  other: Record<string, string>;
}

/** Storage format that this agent writes ("V5"). */
export const domainVersion = 5;

/** Lock timing that a new domain gets; what VDSM writes. */
const lockDefaults = { IOOPTIMEOUTSEC: '10', LEASERETRIES: '3', LEASETIMESEC: '60', LOCKPOLICY: '', LOCKRENEWALINTERVALSEC: '5' };

const checksumKey = '_SHA_CKSUM';
const known = new Set([
  'ALIGNMENT',
  'BLOCK_SIZE',
  'CLASS',
  'DESCRIPTION',
  'POOL_UUID',
  'REMOTE_PATH',
  'ROLE',
  'SDUUID',
  'TYPE',
  'VERSION',
  checksumKey,
]);

/** Longest name of a domain, in characters (oVirt's limit). */
export const maximumDomainNameLength = 50;

/**
 * Seal of a metadata file: SHA-1 over the sorted lines without their line ends; characters outside
 * ASCII count as XML character references although the file holds them as UTF-8.
 */
function checksum(lines: readonly string[]): string {
  const text = lines.join('');
  let ascii = '';
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    ascii += point < 0x80 ? character : `&#${point};`;
  }
  return createHash('sha1').update(ascii, 'latin1').digest('hex');
}

function lines(values: ReadonlyMap<string, string>): string[] {
  return [...values]
    .filter(([key]) => key !== checksumKey)
    .map(([key, value]) => `${key}=${value}`)
    .sort(byCodePoint);
}

/** Order of Python's `sorted`, which wrote the files out there: by code point, not by locale or UTF-16 unit. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Metadata for a domain that is being made. */
export function newDomainMetadata(
  fields: Pick<DomainMetadata, 'domainId' | 'name' | 'class' | 'type' | 'remotePath' | 'blockSizeBytes' | 'alignmentBytes'>,
): DomainMetadata {
  return { ...fields, role: 'Regular', poolIds: [], version: domainVersion, other: { ...lockDefaults } };
}

/** Text of `dom_md/metadata`, seal included. @throws 1000 when a value can't be written */
export function formatDomainMetadata(metadata: DomainMetadata): string {
  return `${domainMetadataLines(metadata).join('\n')}\n`;
}

/** The sorted lines, the seal last. @throws 1000 */
export function domainMetadataLines(metadata: DomainMetadata): string[] {
  const values = new Map<string, string>(Object.entries(metadata.other));
  values.set('ALIGNMENT', String(metadata.alignmentBytes));
  values.set('BLOCK_SIZE', String(metadata.blockSizeBytes));
  values.set('CLASS', metadata.class);
  values.set('DESCRIPTION', metadata.name);
  values.set('POOL_UUID', metadata.poolIds.join(','));
  if (!isBlockType(metadata.type)) values.set('REMOTE_PATH', metadata.remotePath);
  values.set('ROLE', metadata.role);
  values.set('SDUUID', metadata.domainId);
  values.set('TYPE', metadata.type);
  values.set('VERSION', String(metadata.version));
  for (const [key, value] of values) {
    if (!isWritableValue(value))
      throw storageError('InvalidParameterException', `A line break or control character can't be stored in ${key} of a storage domain`);
  }
  const sorted = lines(values);
  return [...sorted, `${checksumKey}=${checksum(sorted)}`];
}

/**
 * Reads the lines of a domain's metadata.
 *
 * @throws 752 MetaDataSealIsBroken when the seal does not fit, 751 when a line or value is none,
 *   394 when the storage format is another than V5, 372 when its type is none of ours
 */
export function parseDomainMetadata(text: string): DomainMetadata {
  if (text.length > maximumMetadataBytes) throw storageError('InvalidMetadata', 'Metadata of the storage domain is too large');
  const values = parseKeyValues(text);
  if (values === undefined || values.size === 0)
    throw storageError('InvalidMetadata', 'Metadata of the storage domain has a line that is no KEY=value, or none at all');
  const sorted = lines(values);
  const computed = checksum(sorted);
  const found = values.get(checksumKey);
  if (found !== computed) {
    throw storageError(
      'MetaDataSealIsBroken',
      `Metadata of the storage domain was changed or damaged: checksum ${found ?? 'missing'}, computed ${computed}`,
    );
  }
  const version = Number(values.get('VERSION'));
  if (version !== domainVersion)
    throw storageError(
      'UnsupportedDomainVersion',
      `Storage format V${values.get('VERSION') ?? '?'} is not supported: upgrade the domain to V${domainVersion}`,
    );
  return {
    domainId: uuid(values, 'SDUUID'),
    name: values.get('DESCRIPTION') ?? '',
    class: oneOf(values, 'CLASS', ['Data', 'Iso', 'Backup'], 'InvalidMetadata'),
    type: oneOf(values, 'TYPE', ['NFS', 'LOCALFS', 'POSIXFS', 'GLUSTERFS', 'ISCSI', 'FCP'], 'StorageDomainTypeError'),
    role: oneOf(values, 'ROLE', ['Master', 'Regular'], 'InvalidMetadata'),
    poolIds: pools(values),
    version,
    blockSizeBytes: size(values, 'BLOCK_SIZE', [512, 4096]),
    alignmentBytes: size(
      values,
      'ALIGNMENT',
      [1, 2, 4, 8].map((mebibytes) => mebibytes * 1024 * 1024),
    ),
    remotePath: values.get('REMOTE_PATH') ?? '',
    other: Object.fromEntries([...values].filter(([key]) => !known.has(key))),
  };
}

function invalid(key: string): Error {
  return storageError('InvalidMetadata', `Metadata of the storage domain has no valid ${key}`);
}

function uuid(values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key);
  if (!isUuid(value)) throw invalid(key);
  return value.toLowerCase();
}

function pools(values: ReadonlyMap<string, string>): string[] {
  const ids = (values.get('POOL_UUID') ?? '').split(',').filter((id) => id !== '');
  if (!ids.every(isUuid)) throw invalid('POOL_UUID');
  return ids.map((id) => id.toLowerCase());
}

function oneOf<T extends string>(
  values: ReadonlyMap<string, string>,
  key: string,
  allowed: readonly T[],
  error: 'InvalidMetadata' | 'StorageDomainTypeError',
): T {
  const value = allowed.find((candidate) => candidate === values.get(key));
  if (value === undefined)
    throw storageError(error, `Metadata of the storage domain has ${key}=${values.get(key) ?? ''}, expected one of ${allowed.join(', ')}`);
  return value;
}

function size(values: ReadonlyMap<string, string>, key: string, allowed: readonly number[]): number {
  const value = Number(values.get(key));
  if (!allowed.includes(value)) throw invalid(key);
  return value;
}
