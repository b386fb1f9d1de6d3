import { OvfError, readOvf, type OvfEntity } from '@virgate/contract/ovf';
import type { Initialization } from '@virgate/contract/generated/types';
import { incomplete, invalidValue, say } from '../rest/fault.ts';

/** Where a request has the description that its VM or template is made of. */
export const descriptionField = 'initialization.configuration.data';
/** NICs and disks that a description may have. */
const maxDevices = 512;

/** Runs what reads a description. @throws {Fault} 400 for one that cannot be read */
export function readingDescription<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OvfError) throw invalidValue(descriptionField, error.message);
    throw error;
  }
}

/** The VM or template that the OVF in a request describes. @throws {Fault} 400 */
export function requestedEntity(kind: OvfEntity['kind'], configuration: Initialization['configuration']): OvfEntity {
  if (configuration?.type === undefined) throw incomplete('initialization.configuration.type');
  const { data } = configuration;
  if (!data) throw incomplete(descriptionField);
  const entity = readingDescription(() => readOvf(data));
  if (entity.kind !== kind) throw invalidValue(descriptionField, say`describes a ${entity.kind === 'vm' ? 'VM' : 'template'}`);
  if (entity.nics.length > maxDevices || entity.volumes.length > maxDevices)
    throw invalidValue(descriptionField, say`has more than ${maxDevices} NICs or volumes of disks`);
  return entity;
}
