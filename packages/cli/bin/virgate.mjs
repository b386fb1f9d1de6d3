#!/usr/bin/env node
// Plain JavaScript for any Node >= 20. The bundle is run where it has been built; else the sources, on the Node 24 that "npm start" finds.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/virgate.mjs', import.meta.url);
const minimumNodeMajor = 24;

if (existsSync(bundle) && Number.parseInt(process.versions.node, 10) >= minimumNodeMajor) {
  // What was compiled is kept: a short command spends most of its time with that.
  module.enableCompileCache();
  await import(bundle.href);
} else {
  const { runWithNode24 } = await import('../../launcher/node24.mjs');
  runWithNode24(fileURLToPath(existsSync(bundle) ? bundle : new URL('../src/main.ts', import.meta.url)), process.argv.slice(2));
}
