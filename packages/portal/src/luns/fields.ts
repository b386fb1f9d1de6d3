import type { HostStorage, StorageDomain } from '@virgate/contract/generated/types';
import type { Around, ChosenUnit, Control, FieldDescription, FieldValue } from '../kinds/kind.ts';
import { textAt } from '../kinds/references.ts';
import { setAt, valueAt } from '../kinds/value.ts';

/** Storage that hosts see as block devices. */
export const blockTypes = ['iscsi', 'fcp'] as const;

const onBlocks =
  (path: string) =>
  (around: Around): boolean =>
    blockTypes.includes(textAt(around, path) as 'iscsi');
const chosenIn = (value: FieldValue): readonly ChosenUnit[] => value as readonly ChosenUnit[];

/**
 * LUNs of a new storage domain or disk.
 * @param storage path of the `HostStorage` that is sent, which holds the field of its type
 */
export function lunsField(
  storage: string,
  control: Omit<Extract<Control, { kind: 'luns' }>, 'kind' | 'type'>,
  more: Partial<FieldDescription> = {},
): FieldDescription {
  return {
    label: 'label.luns',
    path: `${storage}.logical_units`,
    control: { kind: 'luns', type: `${storage}.type`, ...control },
    need: true,
    when: onBlocks(`${storage}.type`),
    write: (body, value) =>
      setAt(body, storage, { ...(valueAt(body, storage) as HostStorage | undefined), logical_units: chosenIn(value) }),
    ...more,
  };
}

/** A storage domain on LUNs that is imported; it keeps its id, and hosts sign in as this one did. */
export const foundDomainField = (host: string): FieldDescription => ({
  label: 'domain.found',
  path: 'id',
  control: { kind: 'found-domain', type: 'storage.type', host },
  need: true,
  when: onBlocks('storage.type'),
  write: (body, value) => {
    const [{ id = '', username, password } = {}] = chosenIn(value);
    const domain = body as StorageDomain;
    domain.id = id;
    domain.storage = {
      ...domain.storage,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
    };
  },
});
