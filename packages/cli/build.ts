import { join } from 'node:path';

/** Where the built program lies, when nothing else is said. */
export const bundleFolder = join(import.meta.dirname, 'dist');

/**
 * Builds the program, with everything it needs: `virgate.mjs`, and beside it the parts that are loaded when a command needs them. In one file
 * with everything, a short command took twice the processor's time.
 * @returns its file
 * @throws Error with the bundler's words
 */
export async function buildCli(folder = bundleFolder): Promise<string> {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: 'src/main.ts',
      outDir: folder,
      emptyOutDir: true,
      target: 'node24',
      minify: true,
      rollupOptions: { output: { entryFileNames: 'virgate.mjs', chunkFileNames: 'parts/[name]-[hash].mjs', format: 'es' } },
    },
  });
  return join(folder, 'virgate.mjs');
}

if (import.meta.main) await buildCli();
