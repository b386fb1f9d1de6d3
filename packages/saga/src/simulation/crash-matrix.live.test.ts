import assert from 'node:assert/strict';
import test from 'node:test';
import { testDatabase } from '@virgate/database/testing';
import { sql, type Kysely, type Transaction } from 'kysely';
import { defineSaga, PostgresSagaStore, sagaMigrations, type SagaTables } from '../index.ts';
import { crashMatrix, formatMatrix, type Scenario, type ScenarioTools } from './crash-matrix.ts';
import { SimulatedHost } from './simulated-host.ts';

interface Tables extends SagaTables {
  vm: { id: string; status: string };
}
type Trx = Transaction<Tables>;
type Params = { vmId: string };

const migrations = [...sagaMigrations, { name: 'test/001', up: 'create table vm (id text primary key, status text not null)' }];

test('on PostgreSQL too a saga that dies at any point is wholly there or wholly gone', async (t) => {
  const { db, listener } = await testDatabase<Tables>(t, { migrations });
  let runs = 0;
  const open = async ({ clock, point }: ScenarioTools): Promise<Scenario<Params, object, Kysely<Tables>, Trx>> => {
    runs += 1;
    await sql`truncate saga, saga_step, saga_subject, object_lock, vm`.execute(db);
    const host = new SimulatedHost(point);
    const store = new PostgresSagaStore({ db, listener, now: () => clock.now() });
    const definition = defineSaga<Params, object, Trx>({
      name: 'create-vm',
      version: 1,
      locks: ({ vmId }) => [{ group: 'VM', objectId: vmId, mode: 'exclusive' }],
      steps: [
        {
          name: 'row',
          record: async (ctx, trx) => void (await trx.insertInto('vm').values({ id: ctx.params.vmId, status: 'locked' }).execute()),
          unrecord: async (ctx, trx) => void (await trx.deleteFrom('vm').where('id', '=', ctx.params.vmId).execute()),
        },
        {
          name: 'disk',
          run: async (ctx) => {
            await host.create(ctx.uuid('disk'), 'disk', ctx.fence);
            if (ctx.polls === 0) return ctx.waitUntil({ delayMs: 5_000 });
            await ctx.tx(async (trx) => await trx.updateTable('vm').set({ status: 'down' }).where('id', '=', ctx.params.vmId).execute());
          },
          undo: async (ctx) => await host.remove(ctx.uuid('disk'), ctx.fence),
        },
      ],
    });
    return {
      store,
      definition,
      params: { vmId: 'vm' },
      check: async ({ saga }) => {
        const vms = await db.selectFrom('vm').selectAll().execute();
        assert.deepEqual(vms, saga.status === 'succeeded' ? [{ id: 'vm', status: 'down' }] : []);
        assert.equal(host.objects.size, saga.status === 'succeeded' ? 1 : 0);
      },
    };
  };
  const result = await crashMatrix({ open, stalls: true });
  t.diagnostic(`\n${formatMatrix(result)}`);
  assert.equal(result.rows.length, runs - 1);
  assert.ok(result.rows.length > 100);
});
