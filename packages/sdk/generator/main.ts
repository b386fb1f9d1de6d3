import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clientServices } from './model.ts';
import type { Model } from './model.ts';
import { servicesSource } from './services.ts';
import { tableSource } from './table.ts';

/** Files of `src/generated`, by name. */
export async function generate(): Promise<Record<string, string>> {
  const model = JSON.parse(await readFile(fileURLToPath(import.meta.resolve('@virgate/contract/data/api/model.json')), 'utf8')) as Model;
  const services = clientServices(model);
  return { 'services.ts': servicesSource(model, services, '@virgate/contract/generated/types'), 'table.ts': tableSource(services) };
}

/** Folder that the generated files lie in. */
export const generatedFolder = new URL('../src/generated/', import.meta.url);

if (import.meta.main) {
  for (const [name, text] of Object.entries(await generate())) await writeFile(new URL(name, generatedFolder), text);
}
