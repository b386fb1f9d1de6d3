import assert from 'node:assert/strict';
import test from 'node:test';
import { defineSaga, type SagaStep } from '../definition.ts';
import { MemorySagaStore, type MemoryDb } from '../memory/store.ts';
import { crashMatrix, formatMatrix, type Scenario, type ScenarioTools } from './crash-matrix.ts';
import { SimulatedHost } from './simulated-host.ts';

interface World {
  vms: Record<string, { disk: string | undefined; status: string }>;
  audit: string[];
}
interface Params {
  vmId: string;
}
interface State {
  disk?: string;
}
type Trx = MemoryDb<World>;
type Step = SagaStep<Params, State, Trx>;

/** Creating a VM: a row, a disk on a host that takes its time, a start. */
function createVmSteps(host: SimulatedHost): Step[] {
  return [
    {
      name: 'row',
      record: async (ctx, trx) => void (trx.world.vms[ctx.params.vmId] = { disk: undefined, status: 'locked' }),
      unrecord: async (ctx, trx) => void delete trx.world.vms[ctx.params.vmId],
    },
    {
      name: 'disk',
      run: async (ctx) => {
        await ctx.save({ disk: ctx.uuid('disk') });
        await host.create(ctx.uuid('disk'), 'disk', ctx.fence);
        if (ctx.polls < 2) return ctx.waitUntil({ delayMs: 1_000 });
        await ctx.tx(async (trx) => {
          const vm = trx.world.vms[ctx.params.vmId];
          assert.ok(vm !== undefined);
          vm.disk = ctx.uuid('disk');
        });
      },
      undo: async (ctx) => await host.remove(ctx.uuid('disk'), ctx.fence),
    },
    {
      name: 'start',
      run: async (ctx) => await host.create(`qemu ${ctx.params.vmId}`, 'qemu', ctx.fence),
      undo: async (ctx) => await host.remove(`qemu ${ctx.params.vmId}`, ctx.fence),
      record: async (ctx, trx) => {
        const vm = trx.world.vms[ctx.params.vmId];
        assert.ok(vm !== undefined);
        vm.status = 'up';
      },
    },
  ];
}

function scenario(change: (steps: Step[], host: SimulatedHost) => Step[] = (steps) => steps, fenced = true) {
  return async ({ clock, point }: ScenarioTools): Promise<Scenario<Params, State, Trx, Trx>> => {
    const store = new MemorySagaStore<World>({ world: { vms: {}, audit: [] }, now: () => clock.now() });
    const host = new SimulatedHost(point, fenced);
    const definition = defineSaga<Params, State, Trx>({
      name: 'create-vm',
      version: 1,
      locks: ({ vmId }) => [{ group: 'VM', objectId: vmId, mode: 'exclusive' }],
      steps: change(createVmSteps(host), host),
      ended: async (end, trx) => void trx.world.audit.push(end.status),
    });
    return {
      store,
      definition,
      params: { vmId: 'vm-1' },
      async check({ saga }) {
        const { world } = store.db;
        assert.deepEqual(world.audit, [saga.status], 'the end is told once');
        if (saga.status === 'succeeded') {
          assert.equal(world.vms['vm-1']?.status, 'up');
          assert.deepEqual([...host.objects.values()].sort(), ['disk', 'qemu']);
          assert.deepEqual([...host.effects.values()], [1, 1], 'nothing was made twice');
        } else {
          assert.equal(saga.status, 'failed');
          assert.deepEqual(world.vms, {});
          assert.equal(host.objects.size, 0);
        }
      },
    };
  };
}

test('a saga that is killed or held up at any point is wholly there or wholly gone', async (t) => {
  const result = await crashMatrix({ open: scenario(), stalls: true });
  t.diagnostic(`\n${formatMatrix(result)}`);
  assert.ok(result.points.length > 20);
  assert.ok(result.rows.length > 300);
  assert.deepEqual(
    new Set(result.rows.filter((row) => row.fault === 'none').map((row) => row.status)),
    new Set(['succeeded']),
    'a crash alone fails no saga',
  );
});

test('every fault of a step leads to failure, whatever crashes beside', async () => {
  const { rows } = await crashMatrix({ open: scenario() });
  for (const row of rows) assert.equal(row.status, row.fault === 'none' ? 'succeeded' : 'failed', JSON.stringify(row));
});

test('the matrix finds a step whose undo is missing', async () => {
  const open = scenario((steps) => steps.map((step) => (step.name === 'disk' ? withoutUndo(step) : step)));
  await assert.rejects(crashMatrix({ open }), /Fault "disk fails after"/);
});

test('the matrix finds a step that makes something new at every repeat', async () => {
  const open = scenario((steps, host) => {
    let made = 0;
    return steps.map((step) =>
      step.name === 'start' ? { ...step, run: async (ctx) => await host.create(`qemu ${(made += 1)}`, 'qemu', ctx.fence) } : step,
    );
  });
  await assert.rejects(crashMatrix({ open, failures: false }), /at "/);
});

test('the matrix finds late effects on a host that does not look at fences', async () => {
  await assert.rejects(crashMatrix({ open: scenario((steps) => steps, false), stalls: true }), /long stall at "/);
  await crashMatrix({ open: scenario((steps) => steps, false) });
});

function withoutUndo(step: Step): Step {
  return { name: step.name, run: async (ctx) => await step.run?.(ctx) };
}
