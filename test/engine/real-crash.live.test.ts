// Budget: 150 s
// Needs: root, hypervisor, virsh, machine
/** Samples of `npm run chaos -- host`: somebody is killed in the middle of a job on real hosts. Jobs with the same victim are killed at once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { operations } from '../chaos/operations.ts';
import type { JobPoint } from '../chaos/points.ts';
import { RealWorld } from '../chaos/real-world.ts';
import { Rounds, nameOfCase, type Case, type Outcome } from '../chaos/rounds.ts';
import { outcomeTable } from '../chaos/table.ts';
import type { Victim } from '../chaos/world.ts';

type Sample = readonly [operation: string, saga: string, at: JobPoint['at'], step: string];

const create: Sample = ['create', 'AddVm', 'ran', 'disk-0'];
const start: Sample = ['start', 'RunVm', 'ran', 'create'];

const samples: readonly (readonly [Victim, readonly Sample[]])[] = [
  [
    'engine',
    [
      create,
      start,
      ['merge, running', 'RemoveSnapshot', 'waits', 'live-0'],
      ['migrate', 'MigrateVm', 'waits', 'migrate'],
      ['upload', 'TransferDiskImage', 'ran', 'open'],
    ],
  ],
  [
    'agent',
    [
      create,
      start,
      ['move, stopped', 'MoveDisk', 'ran', 'move'],
      ['snapshot, running', 'CreateSnapshotForVm', 'ran', 'snapshot'],
      ['upload, finalize', 'TransferImageStatus', 'ran', 'close'],
    ],
  ],
  ['PostgreSQL', [create, start]],
  [
    'libvirtd',
    [
      ['merge, running', 'RemoveSnapshot', 'waits', 'live-0'],
      ['snapshot, running', 'CreateSnapshotForVm', 'intent', 'snapshot'],
      // The agent asks libvirt to move the VM when there is none.
      ['migrate', 'MigrateVm', 'intent', 'migrate'],
    ],
  ],
  [
    'QEMU',
    [
      ['merge, running', 'RemoveSnapshot', 'ran', 'live-0'],
      ['move, running', 'LiveMigrateDisk', 'ran', 'sync'],
      ['migrate', 'MigrateVm', 'waits', 'migrate'],
    ],
  ],
  ['QEMU there', [['migrate', 'MigrateVm', 'waits', 'migrate']]],
];

let world: RealWorld;
let rounds: Rounds;
const outcomes: Outcome[] = [];

before(async () => {
  world = await RealWorld.start({ durability: 'durable' });
  rounds = new Rounds(world, { moments: ['intent', 'waits', 'ran'], downMs: 300, settleTimeoutMs: 60_000, atOnce: 4 });
});
after(() => world?.stop());

function caseOf(victim: Victim, [name, saga, at, step]: Sample, order: number): Case {
  const operation = operations.find((one) => one.name === name);
  assert.ok(operation, name);
  return { operation, point: { saga, step, going: 'run', at }, failing: undefined, victim, order };
}

for (const [victim, cases] of samples) {
  test(`${victim} killed: nothing is lost or locked, and each VM runs once or says that it is down`, async () => {
    const ended = await rounds.run(cases.map((one, order) => caseOf(victim, one, order)));
    outcomes.push(...ended);
    const failed = ended.filter(({ flaws }) => flaws.length > 0);
    const text = failed.map(({ one, flaws }) => `${nameOfCase(one)}: ${flaws.join('; ')}`).join('\n');
    assert.equal(text, '', failed.length === 0 ? '' : `${text}\n${await world.logs()}`);
  });
}

test('the outcomes', (t) => {
  for (const line of outcomeTable(outcomes)) t.diagnostic(line);
  assert.equal(outcomes.length, samples.flatMap(([, cases]) => cases).length);
});
