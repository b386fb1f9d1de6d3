// Budget: 240 s
/**
 * Somebody is killed before, within and after each step of what users do with VMs and disks, or the user calls it off; hosts are simulated. The engine tells its steps
 * itself. Some of all cases, chosen by a seed; all with `VIRGATE_LONG_RUN=1`.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { operations } from '../chaos/operations.ts';
import { Rounds, nameOfCase, type Case, type Outcome } from '../chaos/rounds.ts';
import { packed, sample, seeded } from '../chaos/sample.ts';
import { SimulatedWorld } from '../chaos/simulated-world.ts';
import { outcomeTable } from '../chaos/table.ts';
import { fateOf, victims, type Victim } from '../chaos/world.ts';

const { VIRGATE_LONG_RUN, VIRGATE_TEST_SEED, VIRGATE_TEST_ONLY = '' } = process.env;
const isLong = VIRGATE_LONG_RUN === '1' || VIRGATE_TEST_ONLY !== '';
const seed = Number(VIRGATE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
/** Jobs that are stopped when somebody is killed. */
const together = 24;
/** Cases for each victim, unless all are tried. */
const sampled = 8;

let world: SimulatedWorld;
let rounds: Rounds;
const cases: Case[] = [];
const outcomes: Outcome[] = [];

before(async () => {
  world = await SimulatedWorld.start({ durability: 'durable' });
  rounds = new Rounds(world, {
    moments: ['intent', 'tx_done', 'waits', 'ran', 'stored'],
    downMs: 150,
    settleTimeoutMs: 60_000,
    atOnce: 8,
    onProgress: (line) => process.stdout.write(`${line}\n`),
  });
});
after(() => world?.installation.stop());

const victimsOf = (one: Omit<Case, 'victim'>): readonly Victim[] => [
  'engine',
  'agent',
  'host',
  ...(one.operation.callable === true && one.failing === undefined ? (['job'] as const) : []),
  ...(one.operation.runs ? (['QEMU'] as const) : []),
  // It is what the engine needs for any job alike.
  ...(['start', 'create'].includes(one.operation.name) ? (['PostgreSQL'] as const) : []),
];

test('each operation ends well undisturbed, and undone', async (t) => {
  for (const operation of operations)
    await t.test(operation.name, async () => {
      for (const one of await rounds.points(operation)) for (const victim of victimsOf(one)) cases.push({ ...one, victim });
    });
});

for (const victim of victims.filter((one) => !one.includes(' there') && one !== 'libvirtd')) {
  test(`${fateOf(victim)} at any step: nothing is lost or locked, and each VM runs once or says that it is down`, async (t) => {
    const mine = cases.filter((one) => one.victim === victim && nameOfCase(one).includes(VIRGATE_TEST_ONLY));
    const chosen = isLong ? mine : sample(mine, sampled, seeded(seed));
    t.diagnostic(`${chosen.length} of ${mine.length} cases; VIRGATE_TEST_SEED=${seed}`);
    const ended: Outcome[] = [];
    for (const round of packed(chosen, together)) ended.push(...(await rounds.run(round)));
    outcomes.push(...ended);
    const failed = ended.filter(({ flaws }) => flaws.length > 0);
    const text = failed.map(({ one, text: end, flaws }) => `${nameOfCase(one)}: ${end}: ${flaws.join('; ')}`).join('\n');
    assert.equal(text, '', failed.length === 0 ? '' : `${text}\n${await world.logs()}`);
  });
}

test('the outcomes', (t) => {
  for (const line of outcomeTable(outcomes)) t.diagnostic(line);
  assert.ok(outcomes.length > 0 || VIRGATE_TEST_ONLY !== '');
});
