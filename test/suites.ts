import { globSync, readFileSync } from 'node:fs';
import { SYSTEM_PACKAGE_GROUPS } from '@virgate/launcher';
import type { SystemPackageGroupName } from '@virgate/launcher';

/** What a test file needs beyond Node: `root`, the `machine` for itself, or a group of system packages. */
export type Need = 'root' | 'machine' | SystemPackageGroupName;

/** A test file. */
export interface Suite {
  /** Path relative to the checkout. */
  readonly file: string;
  readonly stage: 'pure' | 'live' | 'end-to-end';
  /** Seconds that it should take on two idle cores. */
  readonly budgetS: number;
  readonly needs: readonly Need[];
}

/** Needs of tests that run guests, or programs of which a machine has one. */
const NEEDS_OF_THE_MACHINE: ReadonlySet<Need> = new Set([
  'machine',
  'guestImage',
  'openVSwitch',
  'ovn',
  'gluster',
  'iscsi',
  'sealing',
  'tpm',
  'ssh',
]);

/** Whether a suite takes the machine: its processors for guests, or what it has once. No other that does may run beside it. */
export function takesTheMachine(suite: Suite): boolean {
  return suite.needs.some((need) => NEEDS_OF_THE_MACHINE.has(need));
}

/** Whether a suite may make or remove interfaces or addresses of this machine. */
export const changesNetworks = (suite: Suite): boolean => suite.needs.includes('root') || takesTheMachine(suite);

/** Whether a suite looks at pages in a browser, which breaks off all requests when interfaces or addresses of its machine change. */
export const wantsQuietNetworks = (suite: Suite): boolean => suite.needs.includes('browser') && !changesNetworks(suite);

const DEFAULT_BUDGET_S = { pure: 2, live: 60, 'end-to-end': 180 } as const;
const HEADER_CHARACTERS = 1_500;
const KNOWN_NEEDS: ReadonlySet<string> = new Set(['root', 'machine', ...Object.keys(SYSTEM_PACKAGE_GROUPS)]);

/**
 * Reads what a test file says of itself in comments at its top:
 * `// Budget: 90 s` and `// Needs: root, hypervisor`.
 * @throws Error when a need is not known
 */
export function readSuiteHeader(file: string, stage: Suite['stage'], text: string): Suite {
  const header = text.slice(0, HEADER_CHARACTERS);
  const budget = /^\/\/ Budget: (\d+) s$/m.exec(header)?.[1];
  const needs = (/^\/\/ Needs: ([a-zA-Z, ]+)$/m.exec(header)?.[1] ?? '')
    .split(',')
    .map((need) => need.trim())
    .filter((need) => need !== '');
  const unknown = needs.find((need) => !KNOWN_NEEDS.has(need));
  if (unknown !== undefined) throw new Error(`${file}: "Needs: ${unknown}" is not one of ${[...KNOWN_NEEDS].join(', ')}`);
  return { file, stage, budgetS: budget === undefined ? DEFAULT_BUDGET_S[stage] : Number(budget), needs: needs as Need[] };
}

function stageOf(file: string): Suite['stage'] {
  if (!file.endsWith('.live.test.ts')) return 'pure';
  return file.startsWith('test/') ? 'end-to-end' : 'live';
}

/** All test files of the checkout, in the order in which they run; `patterns` are parts of paths (empty: all). */
export function findSuites(root: string, patterns: readonly string[]): Suite[] {
  const files = globSync(['packages/*/src/**/*.test.ts', 'packages/*/generator/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root });
  const order = { pure: 0, live: 1, 'end-to-end': 2 } as const;
  return files
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
    .map((file) => readSuiteHeader(file, stageOf(file), readFileSync(`${root}/${file}`, 'utf8')))
    .sort((a, b) => order[a.stage] - order[b.stage] || a.file.localeCompare(b.file));
}
