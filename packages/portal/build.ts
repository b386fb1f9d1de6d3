import { createHash } from 'node:crypto';
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the built portal lies: `index.html` and its files. */
export const portalFolder = join(import.meta.dirname, 'dist');
const stampFile = join(portalFolder, '.sources');
/** What the result depends on, beside the lock file: the portal, and the packages whose sources go into it. */
const sources = [
  'index.html',
  '*.ts',
  'package.json',
  'src/**/*',
  '../sdk/src/**/*.ts',
  '../contract/src/**/*.ts',
  '../charts/src/**/*.ts',
  '../../package-lock.json',
];

/**
 * Builds the portal into `dist/`, unless the sources are the same as at the last build.
 * @returns whether it was built
 * @throws Error with the bundler's words when it fails; `dist/` then counts as not built
 */
export async function buildPortal(): Promise<boolean> {
  const hash = await sourcesHash();
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === hash) return false;
  await rm(stampFile, { force: true });
  // Only when it is needed: the bundler takes half a second to load.
  const { build } = await import('vite');
  // The bundler takes React's development build when the environment says test, and users would get it.
  const environment = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = environment;
  }
  await writeFile(stampFile, hash);
  return true;
}

async function sourcesHash(): Promise<string> {
  const files: string[] = [];
  for await (const entry of glob(sources, { cwd: import.meta.dirname, withFileTypes: true })) {
    if (entry.isFile() && !entry.name.endsWith('.test.ts')) files.push(join(entry.parentPath, entry.name));
  }
  const hash = createHash('sha256');
  for (const file of files.sort())
    hash
      .update(`${file.slice(import.meta.dirname.length)}\0`)
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}

if (import.meta.main) {
  const built = await buildPortal();
  process.stdout.write(built ? 'portal built\n' : 'portal is up to date\n');
}
