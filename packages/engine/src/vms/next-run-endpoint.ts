import type { NextRun } from '@virgate/contract/generated/virgate';
import { sql } from 'kysely';
import type { Engine } from '../engine.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import { notFound } from '../rest/fault.ts';
import type { VirgateOperations } from '../virgate/operation.ts';
import { shownDefinition } from './definition.ts';
import { differences, type Difference, type Part } from './difference.ts';
import { clusterMachine, machineOf, type ClusterMachine, type Machine } from './machine.ts';
import { rowOfNextRun } from './next-run.ts';

const machineFields: Record<keyof Machine, string> = {
  clusterLevel: 'custom_compatibility_version',
  biosType: 'bios.type',
  emulatedMachine: 'custom_emulated_machine',
  cpuVerb: 'custom_cpu_model',
};

/** What the next start of a VM changes because its cluster has changed, by the attributes with which the VM could decide it itself. */
function machineChanges(started: Machine | null, next: Machine): Difference[] {
  return (Object.keys(machineFields) as (keyof Machine)[]).flatMap((key) =>
    started === null || started[key] === next[key] ? [] : [{ field: machineFields[key], now: started[key], next: next[key] }],
  );
}

async function nextRunOf(engine: Engine, id: string): Promise<NextRun> {
  const row = await engine.db.selectFrom('vm').selectAll().where('id', '=', id).where('entity_type', '=', 'vm').executeTakeFirst();
  if (!row) throw notFound();
  const found = await sql<{
    status: string;
    started_with: Machine | null;
    machine: ClusterMachine | null;
    change: Part | null;
    since: number | null;
  }>`
    select s.status, s.started_with, case when c.id is not null then ${clusterMachine} end as machine, n.change, n.created_at as since
    from vm t join vm_state s on s.vm_id = t.id left join cluster c on c.id = t.cluster_id left join vm_next_run n on n.vm_id = t.id
    where t.id = ${id}`.execute(engine.db);
  const state = found.rows[0];
  const change = state?.change ?? {};
  const runs = state !== undefined && state.status !== 'down' && state.status !== 'image_locked';
  const changes = [
    ...differences(shownDefinition(row), withoutSecrets('Vm', change)),
    ...(runs && state.machine ? machineChanges(state.started_with, machineOf(rowOfNextRun(row, change), state.machine)) : []),
  ];
  const named = new Map(changes.map((one) => [one.field, one]));
  return { since: state?.since ?? null, changes: [...named.values()] };
}

/** `GET /virgate/api/vms/{id}/next-run`: every attribute that the next start changes, with how it is and how it will be. */
export const nextRunOperations: VirgateOperations = {
  VmNextRunService: { get: { run: ({ engine, path }) => nextRunOf(engine, path.vm) } },
};
