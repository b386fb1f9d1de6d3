import { Fault, say } from './fault.ts';
import type { Entity } from './operation.ts';

/**
 * Refuses a change of what cannot be changed: `id` by default. Giving the value that is there already is no change.
 * @throws {Fault} 409
 */
export function checkImmutable(current: Entity, change: Entity, attributes: readonly string[] = ['id']): void {
  for (const attribute of attributes) {
    const wanted = change[attribute];
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(current[attribute])) continue;
    const sameReference =
      typeof wanted === 'object' && wanted !== null && (wanted as Entity).id === (current[attribute] as Entity | undefined)?.id;
    if (!sameReference)
      throw new Fault(409, 'Broken immutability constraint', [say`Attempt to set immutable field: ${attribute}`], {
        key: 'IMMUTABLE_FIELD',
      });
  }
}
