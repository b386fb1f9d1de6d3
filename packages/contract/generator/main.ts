import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFacts } from './facts.ts';
import { generate } from './generate.ts';

/** `npm run generate`: writes `src/generated/`, touches only what changed, removes what is no longer made. */
const folder = new URL('../src/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
const files = generate(readFacts());
const present = new Set(readdirSync(folder));
for (const [name, text] of Object.entries(files)) {
  const target = new URL(name, folder);
  if (present.delete(name) && readFileSync(target, 'utf8') === text) continue;
  writeFileSync(target, text);
  console.log(`wrote src/generated/${name}`);
}
for (const stale of present) {
  rmSync(new URL(stale, folder));
  console.log(`removed src/generated/${stale}`);
}
