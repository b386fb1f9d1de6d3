import { decodeJson, toJson } from '@virgate/contract/json';
import type { Vm } from '@virgate/contract/generated/types';
import { sql, type Kysely } from 'kysely';
import { EVERYONE_ID, SYSTEM_ID, objectKinds } from '../access/objects.ts';
import { refused } from '../rest/fault.ts';
import type { Tables } from '../tables/schema.ts';
import { OvfError, type OvfEntity } from '@virgate/contract/ovf';
import { systemNamed } from '../operating-systems/facts.ts';
import { configurationColumns } from '../snapshots/configuration.ts';
import { defaultDefinition, definitionOf, overlay, rowWith, type VmRow } from '../vms/definition.ts';
import type { Definition } from './describe.ts';

/** References in a definition that mean nothing in another installation. */
const foreign = ['id', 'name', 'cpu_profile', 'quota', 'lease', 'instance_type', 'small_icon', 'large_icon', 'domain'] as const;

/** What the engine itself has kept in a description; null in those of others. */
export const ownDefinition = ({ definition }: OvfEntity): Definition | null =>
  typeof definition === 'object' && definition !== null && (definition as { version?: unknown }).version === 1
    ? (definition as Definition)
    : null;

/** What every description has room for. */
const plainDefinition = (entity: OvfEntity): Vm =>
  overlay(defaultDefinition, {
    memory: entity.memoryMib * 1024 ** 2,
    cpu: { topology: { sockets: entity.sockets, cores: entity.cores, threads: entity.threads } },
    os: { type: systemNamed(entity.osType)?.os ?? 'other' },
    type: entity.vmType,
  }) as Vm;

function keptRow(entity: OvfEntity): Partial<VmRow> {
  const kept: unknown = ownDefinition(entity)?.configuration?.vm;
  if (typeof kept !== 'object' || kept === null) return {};
  const row = kept as Record<string, unknown>;
  return Object.fromEntries(
    configurationColumns.flatMap((name) => (row[name] === undefined || name === 'pinned_host_ids' ? [] : [[name, row[name]]])),
  );
}

/**
 * How a description defines its VM or template, without what means nothing here. A description comes from outside, ours as well: what it
 * says has the contract's types, or the description is none. Whether its values can be is for whoever makes a VM of it to check.
 * @throws OvfError
 */
export function describedDefinition(entity: OvfEntity): Vm {
  try {
    const row = { ...rowWith({ graphics: ['vnc'] } as unknown as VmRow, plainDefinition(entity)), ...keptRow(entity) };
    const { placement_policy: placement, custom_properties: properties, ...definition } = definitionOf(row);
    const said = Object.fromEntries(Object.entries(definition).filter(([key]) => !foreign.some((name) => name === key)));
    return decodeJson(
      toJson('Vm', {
        ...said,
        description: ownDefinition(entity)?.description ?? entity.description,
        comment: ownDefinition(entity)?.comment ?? entity.comment,
        ...(placement?.affinity ? { placement_policy: { affinity: placement.affinity } } : {}),
        ...(properties?.length ? { custom_properties: properties } : {}),
      }),
      'Vm',
    );
  } catch (error) {
    throw new OvfError(`The description defines a VM that cannot be: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const kindTables = [...new Set(Object.values(objectKinds).map((kind) => kind.table))];

/**
 * Whether something can get the id that a description gives it. Permissions name objects by their ids alone: what has the id of another
 * object, of whatever kind, would lend its owner that object.
 * @param exists the refusal
 */
export async function checkFreeId(db: Kysely<Tables>, id: string, exists: Parameters<typeof refused>[0]): Promise<void> {
  const others = kindTables.map((table) => sql`select 1 from ${sql.table(table)} where id = ${id}::uuid`);
  const found = await sql`${sql.join(others, sql` union all `)} limit 1`.execute(db);
  if (found.rows.length > 0 || id === SYSTEM_ID || id === EVERYONE_ID) throw refused(exists);
}
