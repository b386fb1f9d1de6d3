import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface LockedPackage {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly resolved?: string;
  readonly link?: boolean;
}

const root = join(import.meta.dirname, '..');
const packages = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> })
  .packages;

/** Where Node looks for a package that is asked for by the one at `path`. */
function places(path: string, name: string): string[] {
  const found = [];
  for (let base = path; ; base = base.includes('/') ? base.slice(0, base.lastIndexOf('/')) : '') {
    found.push(base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`);
    if (base === '') return found;
  }
}

test('the lock file holds every dependency, those for other platforms too: without them "npm ci" refuses it', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => places(path, name).every((place) => packages[place] === undefined))
      .map((name) => `${name}, needed by ${path}`),
  );
  assert.deepEqual(missing, []);
});

test('the lock file names no registry', () => {
  const named = Object.entries(packages).filter(([, entry]) => entry.link !== true && entry.resolved !== undefined);
  assert.deepEqual(named, []);
});
