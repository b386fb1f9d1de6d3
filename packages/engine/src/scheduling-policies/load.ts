import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { predefinedPolicies, type SchedulingPolicyRules } from '../scheduling/policies.ts';
import type { Tables } from '../tables/schema.ts';

interface Row {
  id: string;
  name: string;
  description: string;
  properties: Record<string, string>;
  units: { unit_id: string; kind: string; position: number | null; factor: number | null }[];
}

/** Policies that people made. */
async function ownPolicies(db: Kysely<Tables>, id: string | null): Promise<SchedulingPolicyRules[]> {
  const found = await sql<Row>`
    select p.id, p.name, p.description, p.properties,
      coalesce((select jsonb_agg(jsonb_build_object('unit_id', u.unit_id, 'kind', u.kind, 'position', u.position, 'factor', u.factor) order by u.position, u.unit_id)
        from scheduling_policy_unit u where u.policy_id = p.id), '[]') as units
    from scheduling_policy p where ${id}::uuid is null or p.id = ${id}::uuid order by p.name, p.id`.execute(db);
  return found.rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    locked: false,
    filters: row.units.filter((unit) => unit.kind === 'filter').map((unit) => ({ unitId: unit.unit_id, position: unit.position ?? 0 })),
    weights: row.units.filter((unit) => unit.kind === 'weight').map((unit) => ({ unitId: unit.unit_id, factor: unit.factor ?? 1 })),
    balance: row.units.find((unit) => unit.kind === 'balance')?.unit_id ?? null,
    properties: row.properties,
  }));
}

/** All policies: those of every installation, then those that people made. */
export const loadPolicies = async (db: Kysely<Tables>): Promise<SchedulingPolicyRules[]> => [
  ...predefinedPolicies,
  ...(await ownPolicies(db, null)),
];

/** A policy by its id, in at most one statement; undefined when there is none. */
export const loadPolicy = async (db: Kysely<Tables>, id: string): Promise<SchedulingPolicyRules | undefined> =>
  predefinedPolicies.find((policy) => policy.id === id) ?? (await ownPolicies(db, id))[0];
