import { useQueries } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { client } from '../app/client.ts';
import type { Around, Entity, Reference, ValueDescription } from './kind.ts';
import { labelOf } from './references.ts';
import type { NameOf } from './value.ts';

const nobody: Around = { ownerId: '', owner: undefined, entity: undefined, value: () => undefined };

export type OptionsOf = (reference: Reference) => { options: readonly Entity[] | undefined; error: unknown };

/** The objects of some references; each is read once, for all who need it, and again when the change feed tells of its type. */
export function useReferences(references: readonly Reference[], around: Around = nobody): OptionsOf {
  const all = useMemo(() => [...new Set(references)], [references]);
  // The same function for the same answers: what is made of it is not made anew with each drawing.
  const combine = useCallback(
    (results: readonly UseQueryResult<readonly Entity[]>[]) => (reference: Reference) => {
      const result = results[all.indexOf(reference)];
      return { options: result?.data, error: result?.error ?? null };
    },
    [all],
  );
  return useQueries({
    queries: all.map((reference) => ({
      queryKey: ['parts', 'reference', '', reference.type, reference.list, reference.key?.(around) ?? ''],
      queryKeyHashFn: () => `reference ${reference.type} ${numberOf(reference)} ${reference.key?.(around) ?? ''}`,
      queryFn: ({ signal }: { signal: AbortSignal }) => reference.list(client, around, signal),
    })),
    combine,
  });
}

const numbers = new Map<Reference['list'], number>();

/** A function can't be part of a key's text: each list has a number. */
function numberOf(reference: Reference): number {
  const known = numbers.get(reference.list) ?? numbers.size;
  numbers.set(reference.list, known);
  return known;
}

/** Names for the columns that tell of other objects. */
export function useNameOf(descriptions: readonly ValueDescription[]): NameOf {
  const references = useMemo(() => descriptions.flatMap((one) => one.of ?? []), [descriptions]);
  const optionsOf = useReferences(references);
  return useMemo(() => {
    const names = new Map<Reference, Map<string, string>>();
    for (const reference of references)
      names.set(reference, new Map(optionsOf(reference).options?.map((one) => [one.id ?? '', labelOf(reference, one)])));
    return (description, id) => (description.of === undefined ? undefined : names.get(description.of)?.get(id));
  }, [references, optionsOf]);
}
