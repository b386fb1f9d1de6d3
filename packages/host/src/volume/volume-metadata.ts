import { storageError } from '../storage-error.ts';
import { isUuid } from '../uuid.ts';
import { parseKeyValues } from '../storage-domain/key-value.ts';

export type VolumeFormat = 'RAW' | 'COW';
export type VolumeAllocation = 'PREALLOCATED' | 'SPARSE';
export type VolumeLegality = 'LEGAL' | 'ILLEGAL' | 'FAKE';
export type VolumeRole = 'LEAF' | 'INTERNAL' | 'SHARED';

/** What `<volume>.meta` of storage format V5 holds. */
export interface VolumeMetadata {
  capacityBytes: number;
  /** Seconds since 1970. */
  createdSeconds: number;
  description: string;
  diskType: string;
  domainId: string;
  format: VolumeFormat;
  /** 0…999; changed by every operation that a caller may have lost sight of. */
  generation: number;
  imageId: string;
  legality: VolumeLegality;
  /** Parent volume, {@link blankUuid} when there is none. */
  parentId: string;
  sequence: number;
  allocation: VolumeAllocation;
  role: VolumeRole;
}

/** Stands for "no volume", "no image", "no pool" on the wire and on disk. */
export const blankUuid = '00000000-0000-0000-0000-000000000000';

/** Size of a metadata slot: the text has to fit, on block storage for good. */
export const maximumVolumeMetadataBytes = 512;

/** Longest description, in characters. */
export const maximumVolumeDescriptionLength = 210;

/** Highest generation; after it comes 0. */
export const maximumGeneration = 999;

export const maximumSequence = 2 ** 32 - 1;

/** Kinds of content that a disk may declare; "2" and "1" are what old versions wrote for data. */
export const diskTypes: readonly string[] = ['DATA', 'ISOF', 'MEMD', 'MEMM', 'OVFS', 'HEVD', 'HESD', 'HEMD', 'HECI', 'SCRD', '2', '1'];

/** The generation after `generation`. */
export function nextGeneration(generation: number): number {
  return generation >= maximumGeneration ? 0 : generation + 1;
}

/**
 * Shortens a description to what the metadata holds: at most 210 characters, no line break, and no
 * more bytes than the slot has left beside the other keys (whose longest form takes 290).
 */
export function fitDescription(description: string): string {
  // oxlint-disable-next-line no-control-regex
  const plain = description.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, maximumVolumeDescriptionLength);
  let fitting = plain.trim();
  while (Buffer.byteLength(fitting) > maximumVolumeDescriptionLength) fitting = [...fitting].slice(0, -1).join('');
  return fitting;
}

/** Text of `<volume>.meta`. @throws 756 MetadataOverflowError when it does not fit a slot */
export function formatVolumeMetadata(metadata: VolumeMetadata): string {
  const text = [
    `CAP=${metadata.capacityBytes}`,
    `CTIME=${metadata.createdSeconds}`,
    `DESCRIPTION=${fitDescription(metadata.description)}`,
    `DISKTYPE=${metadata.diskType}`,
    `DOMAIN=${metadata.domainId}`,
    `FORMAT=${metadata.format}`,
    `GEN=${metadata.generation}`,
    `IMAGE=${metadata.imageId}`,
    `LEGALITY=${metadata.legality}`,
    `PUUID=${metadata.parentId}`,
    `SEQ=${metadata.sequence}`,
    `TYPE=${metadata.allocation}`,
    `VOLTYPE=${metadata.role}`,
    'EOF',
    '',
  ].join('\n');
  if (Buffer.byteLength(text) > maximumVolumeMetadataBytes)
    throw storageError(
      'MetadataOverflowError',
      `Metadata of a volume of image ${metadata.imageId} does not fit ${maximumVolumeMetadataBytes} bytes`,
    );
  return text;
}

/** Reads `<volume>.meta`. @throws 750 MetaDataKeyError for a missing or impossible value, 757 when it was cleared */
export function parseVolumeMetadata(text: string): VolumeMetadata {
  if (text.startsWith('NONE=')) throw storageError('MetadataCleared', 'Metadata of the volume was cleared');
  const values = parseKeyValues(text);
  if (values === undefined || values.size === 0)
    throw storageError('InvalidMetadata', 'Metadata of the volume has a line that is no KEY=value, or none at all');
  return {
    capacityBytes: integer(values, 'CAP', Number.MAX_SAFE_INTEGER),
    createdSeconds: integer(values, 'CTIME', Number.MAX_SAFE_INTEGER),
    description: values.get('DESCRIPTION') ?? '',
    diskType: oneOf(values, 'DISKTYPE', diskTypes),
    domainId: uuid(values, 'DOMAIN'),
    format: oneOf(values, 'FORMAT', ['RAW', 'COW']),
    generation: values.has('GEN') ? integer(values, 'GEN', maximumGeneration) : 0,
    imageId: uuid(values, 'IMAGE'),
    legality: oneOf(values, 'LEGALITY', ['LEGAL', 'ILLEGAL', 'FAKE']),
    parentId: uuid(values, 'PUUID'),
    sequence: values.has('SEQ') ? integer(values, 'SEQ', maximumSequence) : 0,
    allocation: oneOf(values, 'TYPE', ['PREALLOCATED', 'SPARSE']),
    role: oneOf(values, 'VOLTYPE', ['LEAF', 'INTERNAL', 'SHARED']),
  };
}

function invalid(key: string): Error {
  return storageError('MetaDataKeyError', `Metadata of the volume has no valid ${key}`);
}

function integer(values: ReadonlyMap<string, string>, key: string, maximum: number): number {
  const text = values.get(key);
  if (text === undefined || !/^\d{1,16}$/.test(text) || Number(text) > maximum) throw invalid(key);
  return Number(text);
}

function uuid(values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key);
  if (!isUuid(value)) throw invalid(key);
  return value.toLowerCase();
}

function oneOf<T extends string>(values: ReadonlyMap<string, string>, key: string, allowed: readonly T[]): T {
  const value = allowed.find((candidate) => candidate === values.get(key));
  if (value === undefined) throw invalid(key);
  return value;
}
