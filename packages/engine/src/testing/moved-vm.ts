import assert from 'node:assert/strict';
import { sql, type Kysely } from 'kysely';
import type { Tables } from '../tables/schema.ts';
import { place } from './report-figures.ts';
import { figures, type Figures } from './summed-history.ts';
import type { Sample } from './synthetic-history.ts';

const hourMs = 3_600_000;

/** VM 0 changes its name and cluster at half past ten: what the joined views show of that hour. */
export async function checkMove(db: Kysely<Tables>, samplesOf: (kind: Figures) => Sample[]): Promise<void> {
  const kind = figures.find(({ hourly }) => hourly === 'vm_hourly_history');
  assert.ok(kind);
  const hour = Date.parse('2030-10-27T10:00:00Z');
  const [now, before] = place.clusters;
  const where = (row: Sample): string => (Number(row['vm_configuration_version']) % 10 === 1 ? `before ${before}` : `vm0 ${now}`);
  const own = samplesOf(kind).filter(
    (row) => row['vm_id'] === place.vm(0) && Math.floor(Date.parse(row['history_datetime'] ?? '') / hourMs) * hourMs === hour,
  );
  const seen = async (grain: string, of: string): Promise<string[]> =>
    (
      await sql<{ row: string }>`select distinct ${sql.raw(of)} || ' ' || vm_name || ' ' || cluster_id as row
        from ${sql.table(`history.v4_5_fully_joined_statistics_vms_resources_usage_${grain}`)}
        where vm_id = ${place.vm(0)} and history_datetime >= ${new Date(hour)} and history_datetime < ${new Date(hour + hourMs)}`.execute(
        db,
      )
    ).rows
      .map(({ row }) => row)
      .toSorted();
  const shown = new Set(own.map((row) => `${Date.parse(row['history_datetime'] ?? '') / 1000} ${where(row)}`));
  assert.equal(new Set(own.map(where)).size, 2, 'it did move');
  assert.deepEqual(await seen('samples', 'extract(epoch from history_datetime)::bigint'), [...shown].toSorted());
  const inOrder = own.toSorted((left, right) => ((left['history_datetime'] ?? '') < (right['history_datetime'] ?? '') ? -1 : 1));
  const last = new Map(inOrder.map((row) => [row['vm_status'], `${row['vm_status']} ${where(row)}`]));
  assert.deepEqual(await seen('hourly', 'vm_status'), [...last.values()].toSorted());
}
