// Runs everything and ends with "N passed, N failed" (and ", N skipped" when something was).
//
//   npm test                      type check, lint, pure tests, live tests, end-to-end tests
//   npm test -- PART [PART...]    only test files whose path contains a PART
//   npm test -- --pure | --live   only the checks and pure tests | only live and end-to-end tests
//
// A test file is pure (name.test.ts: no root, no daemon; all share one process) or live (name.live.test.ts: a
// process of its own; in test/ it is end to end). Comments at its top say "// Budget: 90 s" and
// "// Needs: root, hypervisor, java" (see suites.ts); what is missing is installed when that is allowed, else the
// file counts as one skipped test. Live files run two at a time: first those with browsers, beside such that leave the
// machine's networks alone; of those that take the machine one.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LauncherError, SystemPackagesError, ensureLibvirtAccount, ensureSystemPackages } from '@virgate/launcher';
import { endRunningGroups, runInGroup, tailOf } from './process-group.ts';
import type { GroupResult } from './process-group.ts';
import type { ReportLine } from './reporter.ts';
import { changesNetworks, findSuites, takesTheMachine, wantsQuietNetworks } from './suites.ts';
import type { Need, Suite } from './suites.ts';

const root = resolve(import.meta.dirname, '..');
/** A suite may take this many times its budget before it is ended: machines are shared and slow. */
const LIMIT_FACTOR = 4;
const MINIMUM_LIMIT_MS = 60_000;
const PURE_BUDGET_S = 120;
const PURE_TEST_TIMEOUT_MS = 60_000;
const CHECK_BUDGET_S = 30;
/** How many live suites run at once. */
const LANES = Math.min(2, availableParallelism());

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];
/** Of a failure's reason, as the list at the end shows it. */
const SUMMARY_CHARACTERS = 400;

/** Tells a failure where it happens; a list of all stands at the end. */
function fail(what: string, reason: string, log = ''): void {
  const inOneLine = reason.trim().replaceAll(/\s+/g, ' ').slice(0, SUMMARY_CHARACTERS);
  failures.push(inOneLine === '' ? what : `${what}: ${inOneLine}`);
  const details = [what, reason.trim(), log.trim() && `end of its output:\n${log.trim()}`].filter((text) => text !== '');
  process.stdout.write(`- ${details.join('\n').replaceAll('\n', '\n    ')}\n`);
}

function printSuite(name: string, counts: Counts, durationMs: number, budgetS: number, note = ''): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  const seconds = durationMs / 1000;
  const over = seconds > budgetS ? ', OVER BUDGET' : '';
  const mark = counts.failed > 0 ? 'FAILED ' : '';
  process.stdout.write(
    `${mark}${name}: ${counts.passed} passed, ${counts.failed} failed${skipped} (${seconds.toFixed(1)} s, budget ${budgetS} s${over})${note}\n`,
  );
}

/** Environment of every test: quiet, with a folder for temporary files that is removed afterwards. */
function testEnvironment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: folder, NODE_ENV: 'test', NO_COLOR: '1', FORCE_COLOR: undefined, NODE_TEST_CONTEXT: undefined };
}

async function withTemporaryFolder<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vgt-'));
  // Others may pass through, as into the temporary folder itself: a service user must reach what a test gives him.
  chmodSync(folder, 0o711);
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runCheck(name: string, argv: readonly [string, ...string[]]): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const logFile = join(folder, 'log');
    const result = await runInGroup(argv, {
      cwd: root,
      env: testEnvironment(folder),
      logFile,
      limitMs: CHECK_BUDGET_S * LIMIT_FACTOR * 1000,
    });
    const ok = result.code === 0 && !result.timedOut;
    if (!ok) fail(name, result.timedOut ? 'ended after its time limit' : '', tailOf(logFile));
    printSuite(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }, result.durationMs, CHECK_BUDGET_S);
  });
}

function readReport(reportFile: string): ReportLine[] {
  if (!existsSync(reportFile)) return [];
  const lines: ReportLine[] = [];
  for (const line of readFileSync(reportFile, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      lines.push(JSON.parse(line) as ReportLine);
    } catch {
      // the last line of a process that was killed may be cut off
    }
  }
  return lines;
}

interface FileOutcome extends Counts {
  durationMs: number;
}

/** Counts a report by test file. Node reports a file without tests as one test that is named after the file. */
function countByFile(lines: readonly ReportLine[], suites: readonly Suite[]): Map<string, FileOutcome> {
  const outcomes = new Map<string, FileOutcome>();
  const only = suites.length === 1 ? suites[0]?.file : undefined;
  for (const line of lines) {
    if (line.kind !== 'test') continue;
    const file = only ?? relative(root, line.file);
    const outcome = outcomes.get(file) ?? { passed: 0, failed: 0, skipped: 0, durationMs: 0 };
    outcomes.set(file, outcome);
    const isEmptyFile =
      line.outcome === 'passed' && suites.some((suite) => suite.file === line.name || join(root, suite.file) === line.name);
    outcome[isEmptyFile ? 'failed' : line.outcome] += 1;
    outcome.durationMs += line.durationMs;
    if (isEmptyFile) fail(file, 'it has no tests');
    else if (line.outcome === 'failed') fail(`${file}: ${line.name}`, line.reason);
    else if (line.outcome === 'skipped') process.stdout.write(`skipped: ${file}: ${line.name} (${line.reason})\n`);
  }
  return outcomes;
}

/** Runs test files in one process; returns the counts by file. A crash, a hang or a missing report is a failure. */
async function runTestProcess(
  name: string,
  suites: readonly Suite[],
  limitMs: number,
  extra: readonly string[],
): Promise<{ outcomes: Map<string, FileOutcome>; result: GroupResult; notes: string[] }> {
  return withTemporaryFolder(async (folder) => {
    const logFile = join(folder, 'log');
    const reportFile = join(folder, 'report');
    const work = join(folder, 't');
    const hasEnded = (): boolean => readReport(reportFile).findLast((line) => line.kind === 'open')?.count === 0;
    const argv: [string, ...string[]] = [
      process.execPath,
      '--test',
      '--test-isolation=none',
      `--test-reporter=${join(root, 'test/reporter.ts')}`,
      `--test-reporter-destination=${reportFile}`,
      ...extra,
      ...suites.map((suite) => suite.file),
    ];
    mkdirSync(work, { mode: 0o755 });
    const result = await runInGroup(argv, { cwd: root, env: testEnvironment(work), logFile, limitMs, isLingering: hasEnded });
    const report = readReport(reportFile);
    const outcomes = countByFile(report, suites);
    const failed = [...outcomes.values()].reduce((sum, outcome) => sum + outcome.failed, 0);
    const trouble = result.timedOut
      ? hasEnded()
        ? 'its tests ended, but the process did not: a handle was left open'
        : 'ended after its time limit'
      : result.code !== 0 && failed === 0
        ? `the process ended with code ${result.code}`
        : undefined;
    if (trouble !== undefined) {
      const outcome = outcomes.get(name) ?? { passed: 0, failed: 0, skipped: 0, durationMs: 0 };
      outcome.failed += 1;
      outcomes.set(name, outcome);
    }
    if (trouble !== undefined) fail(name, trouble, tailOf(logFile));
    else if (failed > 0) process.stdout.write(`- ${name}: end of its output\n    ${tailOf(logFile).replaceAll('\n', '\n    ')}\n`);
    return { outcomes, result, notes: report.flatMap((line) => (line.kind === 'note' ? [line.text] : [])) };
  });
}

function addUp(outcomes: Iterable<FileOutcome>): FileOutcome {
  const sum = { passed: 0, failed: 0, skipped: 0, durationMs: 0 };
  for (const outcome of outcomes) {
    sum.passed += outcome.passed;
    sum.failed += outcome.failed;
    sum.skipped += outcome.skipped;
    sum.durationMs += outcome.durationMs;
  }
  return sum;
}

function folderOf(file: string): string {
  return file.startsWith('packages/') ? file.split('/').slice(0, 2).join('/') : 'test';
}

async function runPure(suites: readonly Suite[]): Promise<void> {
  if (suites.length === 0) return;
  const { outcomes, result } = await runTestProcess('pure tests', suites, PURE_BUDGET_S * LIMIT_FACTOR * 1000, [
    `--test-timeout=${PURE_TEST_TIMEOUT_MS}`,
  ]);
  const folders = new Map<string, string[]>();
  for (const file of [...suites.map((suite) => suite.file), ...outcomes.keys()]) {
    const folder = file === 'pure tests' ? file : folderOf(file);
    const files = folders.get(folder) ?? [];
    if (!files.includes(file)) files.push(file);
    folders.set(folder, files);
  }
  for (const [folder, files] of folders) {
    const sum = addUp(files.map((file) => outcomes.get(file)).filter((outcome) => outcome !== undefined));
    const budgetS = suites.filter((suite) => files.includes(suite.file)).reduce((seconds, suite) => seconds + suite.budgetS, 0);
    printSuite(folder === 'pure tests' ? folder : `pure ${folder}`, sum, sum.durationMs, budgetS, ` in ${files.length} files`);
  }
  process.stdout.write(`pure tests took ${(result.durationMs / 1000).toFixed(1)} s in one process (budget ${PURE_BUDGET_S} s)\n`);
}

/** Why the need is not met, after everything allowed has been tried. Each need is tried once. */
const needAnswers = new Map<Need, Promise<string | undefined>>();

async function whyNotMet(need: Need): Promise<string | undefined> {
  if (need === 'machine') return undefined;
  if (need === 'root') return process.getuid?.() === 0 ? undefined : 'needs root';
  try {
    const allowed = process.env['VIRGATE_NO_INSTALL'] === undefined;
    const installed = await ensureSystemPackages([need], { allowed });
    if (need === 'hypervisor') await ensureLibvirtAccount(allowed && process.getuid?.() === 0);
    if (installed.length > 0) process.stdout.write(`installed for ${need}: ${installed.join(', ')}\n`);
    return undefined;
  } catch (error) {
    if (error instanceof SystemPackagesError || error instanceof LauncherError) return error.message;
    throw error;
  }
}

/** The last installation that was begun: two at once would fight for the package system's lock. */
let lastInstallation: Promise<unknown> = Promise.resolve();

async function answerTo(need: Need): Promise<string | undefined> {
  const known = needAnswers.get(need);
  if (known !== undefined) return known;
  const answer = lastInstallation.then(async () => whyNotMet(need));
  lastInstallation = answer.catch(() => undefined);
  needAnswers.set(need, answer);
  return answer;
}

async function runLive(suite: Suite): Promise<void> {
  for (const need of suite.needs) {
    const reason = await answerTo(need);
    if (reason !== undefined) {
      printSuite(suite.file, { passed: 0, failed: 0, skipped: 1 }, 0, suite.budgetS, `: ${reason}`);
      return;
    }
  }
  const limitMs = Math.max(MINIMUM_LIMIT_MS, suite.budgetS * LIMIT_FACTOR * 1000);
  const { outcomes, result, notes } = await runTestProcess(suite.file, [suite], limitMs, []);
  const counts = addUp(outcomes.values());
  if (counts.passed + counts.failed + counts.skipped === 0) {
    counts.failed = 1;
    fail(suite.file, 'none of its tests ran');
  }
  printSuite(suite.file, counts, result.durationMs, suite.budgetS);
  for (const text of notes) process.stdout.write(`  ${text.trim().replaceAll('\n', '\n  ')}\n`);
}

/** Runs suites one after the other in several lanes, as long as there are some for a lane. */
async function inLanes(next: () => Suite | undefined, ended: (suite: Suite) => void = () => undefined): Promise<void> {
  const runLane = async (): Promise<void> => {
    for (let suite = next(); suite !== undefined; suite = next()) {
      await runLive(suite);
      ended(suite);
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
}

/**
 * In lanes, side by side, the longest first. Those that look at pages come first, beside such that leave the machine's networks alone; of those
 * that take the machine one at a time, whatever runs beside it.
 */
async function runAllLive(suites: readonly Suite[]): Promise<void> {
  const longestFirst = suites.toSorted((a, b) => b.budgetS - a.budgetS);
  const withBrowsers = longestFirst.filter(wantsQuietNetworks);
  const quiet = longestFirst.filter((suite) => !changesNetworks(suite) && !withBrowsers.includes(suite));
  const onTheMachine = longestFirst.filter(takesTheMachine);
  const others = longestFirst.filter((suite) => changesNetworks(suite) && !onTheMachine.includes(suite));
  let looking = 0;
  await inLanes(
    () => {
      const suite = looking === 0 ? withBrowsers.shift() : undefined;
      if (suite !== undefined) looking += 1;
      return suite ?? (looking > 0 || withBrowsers.length > 0 ? quiet.shift() : undefined);
    },
    (suite) => {
      if (wantsQuietNetworks(suite)) looking -= 1;
    },
  );
  const waiting = [...others, ...quiet].toSorted((a, b) => b.budgetS - a.budgetS);
  let isMachineTaken = false;
  await inLanes(
    () => {
      if (isMachineTaken || onTheMachine.length === 0) return waiting.shift();
      isMachineTaken = true;
      return onTheMachine.shift();
    },
    (suite) => {
      if (takesTheMachine(suite)) isMachineTaken = false;
    },
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pure: { type: 'boolean', default: false }, live: { type: 'boolean', default: false } },
  });
  const suites = findSuites(root, positionals);
  if (suites.length === 0 && positionals.length > 0) fail('nothing to run', `no test file matches ${positionals.join(', ')}`);
  if (positionals.length === 0 && !values.live) {
    await runCheck('type check', [process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', '.']);
    await runCheck('format', [
      process.execPath,
      join(root, 'node_modules/prettier/bin/prettier.cjs'),
      '--log-level',
      'warn',
      '--check',
      '.',
    ]);
    await runCheck('lint', [process.execPath, join(root, 'node_modules/oxlint/bin/oxlint'), '--type-aware']);
  }
  if (!values.live) await runPure(suites.filter((suite) => suite.stage === 'pure'));
  if (!values.pure) await runAllLive(suites.filter((suite) => suite.stage !== 'pure'));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endRunningGroups();
    process.exit(1);
  });
}
const startedAt = performance.now();
await main();
if (failures.length > 0) process.stdout.write(`\nFailures (details above):\n${failures.map((failure) => `- ${failure}`).join('\n')}\n`);
if (failures.length > 0 && total.failed === 0) total.failed = 1;
process.stdout.write(`\nall suites: ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
