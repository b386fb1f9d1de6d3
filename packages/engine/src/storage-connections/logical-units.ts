import type { HostStorage, LogicalUnit } from '@virgate/contract/generated/types';
import { checkStorageAddress } from '../rest/address.ts';
import { incomplete, invalidValue, refused, say } from '../rest/fault.ts';
import { checkTarget } from './definition.ts';

/** Storage that hosts see as block devices. */
export type BlockStorageType = 'iscsi' | 'fcp';

/** Most LUNs that one request names. */
const maxUnits = 256;
const maxPort = 65_535;
const defaultPort = 3260;
/** Ids of LUNs: names of multipath devices, such as `360014051a2b3c4d5e6f708192a3b4c5d`. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/;

export const isBlockStorage = (type: string | undefined): type is BlockStorageType => type === 'iscsi' || type === 'fcp';

/** A LUN by which hosts find it. */
export interface WantedUnit {
  id: string;
  /** Where the target is, and its name; null for Fibre Channel, whose paths are there already. */
  portal: { address: string; port: number; target: string } | null;
}

/** @throws {Fault} 400 naming the attribute below `field` */
function unitOf(type: BlockStorageType, unit: LogicalUnit, storage: HostStorage, field: string): WantedUnit {
  const { id } = unit;
  if (id === undefined) throw incomplete(`${field}.id`);
  if (!idPattern.test(id)) throw invalidValue(`${field}.id`, 'must be the name of a multipath device');
  if (type === 'fcp') return { id, portal: null };
  const [address, target] = [unit.address ?? storage.address, unit.target ?? storage.target];
  const port = unit.port ?? storage.port ?? defaultPort;
  if (address === undefined || target === undefined) throw refused('ACTION_TYPE_FAILED_DISK_LUN_ISCSI_MISSING_CONNECTION_PARAMS');
  checkStorageAddress(`${field}.address`, address);
  if (port < 1 || port > maxPort) throw invalidValue(`${field}.port`, say`must be between 1 and ${maxPort}`);
  return { id, portal: { address, port, target: checkTarget(`${field}.target`, target) } };
}

/**
 * The LUNs that a request names, each once.
 * @param field of the storage in the request, for faults: `storage` or `lun_storage`
 * @throws {Fault} 400
 */
export function wantedUnits(type: BlockStorageType, storage: HostStorage, field: string): WantedUnit[] {
  const units = storage.logical_units ?? [];
  if (units.length > maxUnits) throw invalidValue(`${field}.logical_units`, say`at most ${maxUnits}`);
  const wanted = units.map((unit) => unitOf(type, unit, storage, `${field}.logical_units`));
  if (new Set(wanted.map(({ id }) => id)).size < wanted.length) throw invalidValue(`${field}.logical_units`, 'a LUN stands there twice');
  return wanted;
}
