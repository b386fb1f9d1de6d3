import type { LogicalUnit } from '@virgate/contract/generated/types';
import type { ChosenUnit } from '../kinds/kind.ts';

/** Why a LUN cannot be chosen: a key of the catalogue, and whose name it tells. */
export interface Hindrance {
  readonly key:
    'lun.reason.domain' | 'lun.reason.disk' | 'lun.reason.unusable' | 'lun.reason.group' | 'lun.reason.data' | 'lun.reason.otherTarget';
  readonly domainId?: string;
  readonly diskId?: string;
}

/** What a LUN is wanted for. */
export interface Want {
  readonly takes: 'domain' | 'disk';
  /** What is on it may be lost. */
  readonly overwrite: boolean;
  /** Those that are chosen already: hosts come to the LUNs of one domain over one target. */
  readonly chosen: readonly ChosenUnit[];
}

const targetOf = ({ address = '', port = 3260, target = '' }: LogicalUnit): string => `${address} ${port} ${target}`;

/** Why a LUN cannot be chosen; undefined when it can. */
export function hindranceOf(unit: LogicalUnit, { takes, overwrite, chosen }: Want): Hindrance | undefined {
  if (unit.storage_domain_id !== undefined) return { key: 'lun.reason.domain', domainId: unit.storage_domain_id };
  if (unit.disk_id !== undefined) return { key: 'lun.reason.disk', diskId: unit.disk_id };
  if (unit.status === 'unusable') return { key: 'lun.reason.unusable' };
  if (takes === 'disk') return undefined;
  if (!overwrite && unit.volume_group_id !== undefined) return { key: 'lun.reason.group' };
  if (!overwrite && unit.status === 'used') return { key: 'lun.reason.data' };
  const other = chosen.find(({ id }) => id !== unit.id);
  return other !== undefined && targetOf(other) !== targetOf(unit) ? { key: 'lun.reason.otherTarget' } : undefined;
}
