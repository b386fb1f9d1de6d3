import type { TypedParam, TypedParamValue } from './generated/structures.ts';

/** Typed parameters as a plain record. */
export type ParameterRecord = Record<string, number | string | boolean>;

/**
 * Typed parameters by name, for statistics: 64-bit values become numbers, so those above 2^53 are rounded. Where every bit counts, read the
 * parameters of the call itself.
 */
export function parameterRecord(parameters: readonly TypedParam[]): ParameterRecord {
  // Names come from the other side: without a prototype none can be special.
  const record = Object.create(null) as ParameterRecord;
  for (const { field, value } of parameters) record[field] = typeof value.value === 'bigint' ? Number(value.value) : value.value;
  return record;
}

/** Builders of typed parameters: `parameter.ullong('bandwidth', 100n)`. */
export const parameter = {
  int: (field: string, value: number): TypedParam => ({ field, value: { type: 'int', value } }),
  uint: (field: string, value: number): TypedParam => ({ field, value: { type: 'uint', value } }),
  llong: (field: string, value: bigint | number): TypedParam => ({ field, value: { type: 'llong', value: BigInt(value) } }),
  ullong: (field: string, value: bigint | number): TypedParam => ({ field, value: { type: 'ullong', value: BigInt(value) } }),
  double: (field: string, value: number): TypedParam => ({ field, value: { type: 'double', value } }),
  boolean: (field: string, value: boolean): TypedParam => ({ field, value: { type: 'boolean', value } }),
  string: (field: string, value: string): TypedParam => ({ field, value: { type: 'string', value } }),
} satisfies Record<TypedParamValue['type'], unknown>;
