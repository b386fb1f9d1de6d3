/**
 * `npm run chaos -- host`: kills engine, agents, libvirtds and QEMUs before, within and after each step of what users do with VMs and disks,
 * on two real virtual hosts, and prints what came of it as a Markdown table. Needs root; installs the programs that it needs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ensureSystemPackages } from '@virgate/launcher';
import { operations, type Operation } from './operations.ts';
import { RealWorld } from './real-world.ts';
import { Rounds, nameOfCase, type Case, type Outcome } from './rounds.ts';
import { packed, sample, seeded } from './sample.ts';
import { outcomeTable, readOutcomes, writtenOutcomes } from './table.ts';
import { victims, type Victim } from './world.ts';

const usage = `Usage: npm run chaos -- host [--only PATTERN] [--sample N] [--seed S] [--part K/N] [--together N] [--minutes M] [--except FILE]... [--output FILE]
  --only PATTERN  regular expression over names of cases, such as "move, running: QEMU killed after sync"
  --sample N      as many cases by chance; --seed S repeats the choice
  --part K/N      the K-th of N parts of all operations
  --together N    as many cases at once with the same victim (8); 1 when one is looked into
  --minutes M     no new round begins later than this
  --except FILE   none of those that have outcomes there: to go on where an earlier run stopped
  --output FILE   the outcomes as JSON
       npm run chaos -- table FILE...
  one table of the outcomes of several runs
`;
const defaultTogether = 8;
const settleTimeoutMs = 90_000;
const downMs = 300;

const say = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Who may be killed while an operation goes on. */
export function victimsOf({ operation, failing }: Omit<Case, 'victim'>): Victim[] {
  const { runs, moves } = operation;
  // The way back of a start and of a migration needs the engine and its hosts alone.
  if (failing !== undefined)
    return runs && moves !== true && operation.group !== 'run' ? ['engine', 'agent', 'libvirtd', 'QEMU'] : ['engine', 'agent'];
  return victims.filter(
    (victim) =>
      victim !== 'host' &&
      (victim !== 'job' || operation.callable === true) &&
      victim !== 'PostgreSQL' &&
      (runs || ['engine', 'agent'].includes(victim)) &&
      (moves === true || !victim.endsWith(' there')) &&
      !(operation.name === 'start' && victim === 'QEMU'),
  );
}

interface Choice {
  readonly pattern: string;
  readonly part: readonly [number, number];
  readonly sample: number;
  readonly seed: number;
  /** Names of cases that are left out. */
  readonly except: ReadonlySet<string>;
}

/** The operations that a pattern may be about: what stands before its colon names them. */
function operationsOf({ pattern, part: [part, parts] }: Choice): Operation[] {
  const [head = ''] = pattern.replace(/^\^/, '').split(':');
  const possible = operations.filter(({ needsGuest }) => needsGuest !== true);
  const ofPart = possible.filter((_operation, index) => index % parts === part - 1);
  const named = ofPart.filter(({ name }) => head.startsWith(name) || name.includes(head));
  return named.length > 0 ? named : ofPart;
}

/** Rehearses the operations, and plans whom to kill where. */
async function chosenCases(rounds: Rounds, choice: Choice, failed: (text: string) => void): Promise<Case[]> {
  const all: Case[] = [];
  for (const operation of operationsOf(choice)) {
    const points = await rounds.points(operation).catch((error: unknown) => {
      failed(`${operation.name}, undisturbed: ${String(error)}`);
      return [];
    });
    for (const one of points) for (const victim of victimsOf(one)) all.push({ ...one, victim });
  }
  const only = new RegExp(choice.pattern);
  const named = all.filter((one) => only.test(nameOfCase(one)) && !choice.except.has(nameOfCase(one)));
  return choice.sample === 0 ? named : sample(named, choice.sample, seeded(choice.seed));
}

const again = (one: Case): string =>
  `npm run chaos -- host --together 1 --only '^${nameOfCase(one).replaceAll(/[()]/g, String.raw`\$&`)}$'`;

const outcomesOf = async (files: readonly string[]): Promise<Outcome[]> =>
  (await Promise.all(files.map(async (file) => readOutcomes(await readFile(file, 'utf8'))))).flat();

interface Settings {
  readonly together: number;
  readonly output: string | undefined;
  readonly untilMs: number;
}

async function chaosOnHosts(choice: Choice, { together, output, untilMs }: Settings): Promise<boolean> {
  await ensureSystemPackages(['hypervisor', 'virsh'], { allowed: true });
  const world = await RealWorld.start();
  const outcomes: Outcome[] = [];
  let failures = 0;
  const failed = (text: string): void => {
    failures += 1;
    say(`FAILED ${text}`);
  };
  let left = 0;
  try {
    const rounds = new Rounds(world, { moments: ['intent', 'waits', 'ran'], downMs, settleTimeoutMs, atOnce: 4, onProgress: say });
    const cases = await chosenCases(rounds, choice, failed);
    say(`${cases.length} cases`);
    // Time may run out: none of those who are killed comes last.
    const planned = victims
      .map((victim) =>
        packed(
          cases.filter((one) => one.victim === victim),
          together,
        ),
      )
      .flatMap((ofVictim) => ofVictim.map((round, index) => ({ round, place: (index + 0.5) / ofVictim.length })))
      .toSorted((x, y) => x.place - y.place);
    for (const { round } of planned) {
      if (performance.now() > untilMs) {
        left += round.length;
        continue;
      }
      const ended = await rounds
        .run(round)
        .catch((error: unknown) => round.map((one): Outcome => ({ one, text: 'not run', flaws: [String(error)] })));
      outcomes.push(...ended);
      const bad = ended.filter(({ flaws }) => flaws.length > 0);
      for (const { one, text, flaws } of bad) failed(`${nameOfCase(one)}: ${text}\n  ${flaws.join('\n  ')}\n  again: ${again(one)}`);
      if (bad.length > 0) say(await world.logs());
    }
  } finally {
    await world.stop();
  }
  for (const line of outcomeTable(outcomes)) say(line);
  say(`\n${outcomes.length} cases, ${failures} failed${left > 0 ? `, ${left} not run for want of time` : ''}`);
  if (output !== undefined) await writeFile(output, writtenOutcomes(outcomes));
  return failures === 0 && left === 0;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    sample: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
    together: { type: 'string', default: String(defaultTogether) },
    minutes: { type: 'string', default: '600' },
    except: { type: 'string', multiple: true, default: [] },
    output: { type: 'string' },
  },
});
if (import.meta.main) {
  const [part = 1, parts = 1] = values.part.split('/').map(Number);
  if (positionals[0] === 'table' && positionals.length > 1) {
    for (const line of outcomeTable(await outcomesOf(positionals.slice(1)))) say(line);
    process.exit();
  }
  const numbers = [values.sample, values.seed, values.together, values.minutes].map(Number);
  const [count = 0, seed = 1, together = 1, minutes = 1] = numbers;
  if (positionals.join() !== 'host' || [...numbers, part, parts].some((number) => !Number.isSafeInteger(number) || number < 0)) {
    process.stderr.write(usage);
    process.exit(2);
  }
  const except = new Set((await outcomesOf(values.except)).map(({ one }) => nameOfCase(one)));
  const choice = { pattern: values.only, part: [part, parts] as const, sample: count, seed, except };
  const settings = { together: Math.max(1, together), output: values.output, untilMs: minutes * 60_000 };
  process.exitCode = (await chaosOnHosts(choice, settings)) ? 0 : 1;
}
