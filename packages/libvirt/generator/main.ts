/**
 * Writes `src/generated/*.ts` from `data/*.json`.
 * Run: `node packages/libvirt/generator/main.ts`; with `--check` it writes nothing and fails when a file is not up to date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderConstants, renderEvents, renderProcedures, renderStructures } from './render.ts';
import type { ConstantFacts, ProtocolFacts } from './render.ts';

const packageFolder = new URL('../', import.meta.url);

/** All generated files, by name. */
export function renderAll(): Record<string, string> {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`data/${name}`, packageFolder), 'utf8'));
  const protocol = read('protocol.json') as ProtocolFacts;
  const constants = read('constants.json') as ConstantFacts;
  return {
    'structures.ts': renderStructures(protocol),
    'procedures.ts': renderProcedures(protocol),
    'events.ts': renderEvents(protocol),
    'constants.ts': renderConstants(protocol, constants),
  };
}

/** Names of the generated files that differ from what the facts give. */
export function staleFiles(): string[] {
  return Object.entries(renderAll())
    .filter(([name, text]) => {
      try {
        return readFileSync(new URL(`src/generated/${name}`, packageFolder), 'utf8') !== text;
      } catch {
        return true;
      }
    })
    .map(([name]) => name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles();
    if (stale.length > 0) {
      console.error(`not up to date: ${stale.join(', ')}; run node packages/libvirt/generator/main.ts`);
      process.exitCode = 1;
    }
  } else {
    mkdirSync(new URL('src/generated/', packageFolder), { recursive: true });
    for (const [name, text] of Object.entries(renderAll())) writeFileSync(new URL(`src/generated/${name}`, packageFolder), text);
  }
}
