// Proves what the README says of a new machine: an empty Debian 12 with Node 20, in namespaces of its own.
//
//   npm run empty-machine -- [--keep FOLDER] [PART...]
//
// PARTs: first-start, no-install, ordinary-user (all unless named). --keep takes pictures of what was seen. Needs root, and whatever
// mirrors of packages this machine is configured with. What is cloned is the last commit.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSystemPackages } from '@virgate/launcher';
import { buildBaseSystem, copySystem } from './base-system.ts';
import { proveFirstStart } from './first-start.ts';
import { EmptyMachine } from './machine.ts';
import { proveNoInstall } from './no-install.ts';
import { proveOrdinaryUser } from './ordinary-user.ts';
import { Stages } from './stages.ts';

const PARTS = {
  'first-start': { title: 'An empty machine', prove: proveFirstStart },
  'no-install': { title: 'A machine on which nothing may be installed', prove: proveNoInstall },
  'ordinary-user': { title: 'A user who is not root', prove: proveOrdinaryUser },
} as const;

const { values, positionals } = parseArgs({ options: { keep: { type: 'string' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : Object.keys(PARTS);

async function provePart(
  name: keyof typeof PARTS,
  base: Awaited<ReturnType<typeof buildBaseSystem>>,
  stages: Stages,
  work: string,
): Promise<void> {
  const { title, prove } = PARTS[name];
  stages.part(title);
  const root = await copySystem(base, join(work, 'machine'));
  try {
    await using machine = await EmptyMachine.boot(root, (text) => stages.echo(text));
    await prove(machine, stages, work);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function keepPictures(work: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(work)) if (name.endsWith('.png')) copyFileSync(join(work, name), join(folder, name));
}

async function main(): Promise<number> {
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown !== undefined || process.getuid?.() !== 0) {
    process.stderr.write(
      unknown === undefined
        ? 'empty-machine: run it as root\n'
        : `empty-machine: ${unknown} is not one of ${Object.keys(PARTS).join(', ')}\n`,
    );
    return 2;
  }
  await ensureSystemPackages(['emptyMachine', 'browser'], { allowed: process.env['VIRGATE_NO_INSTALL'] === undefined });
  const stages = new Stages((text) => process.stdout.write(text));
  // not in /tmp: it may be too small, and a machine's root should be on a disk
  const work = mkdtempSync('/var/tmp/virgate-empty-');
  const giveUp = (): void => {
    process.exitCode = 1;
    rmSync(work, { recursive: true, force: true });
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, giveUp);
  let failure: unknown;
  try {
    const base = await stages.run('make an empty Debian 12 with Node 20', async (note) => {
      const made = await buildBaseSystem(work, resolve(import.meta.dirname, '../..'));
      note(`Node ${made.nodeVersion}`);
      note(`commit ${made.commit}`);
      return made;
    });
    for (const name of names) await provePart(name as keyof typeof PARTS, base, stages, work);
  } catch (error) {
    failure = error;
  }
  if (values.keep !== undefined) keepPictures(work, values.keep);
  rmSync(work, { recursive: true, force: true });
  process.stdout.write(`\n${stages.table()}\n`);
  if (failure !== undefined) {
    process.stderr.write(`FAILED: ${failure instanceof Error ? failure.message : String(failure)}\n`);
    return 1;
  }
  process.stdout.write('All of it was seen; nothing of it is left on this machine.\n');
  return 0;
}

process.exitCode = await main();
