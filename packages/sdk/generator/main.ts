import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { clientServices } from './model.ts';
import type { Model } from './model.ts';
import { linksSource, servicesSource } from './services.ts';
import { tableSource } from './table.ts';
import { virgateSource, virgateTableSource } from './virgate.ts';
import type { Declaration } from './virgate.ts';

const read = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(fileURLToPath(import.meta.resolve(`@virgate/contract/data/${name}.json`)), 'utf8')) as T;

/** Files of `src/generated`, by name. */
export async function generate(): Promise<Record<string, string>> {
  const model = await read<Model>('api/model');
  const services = clientServices(model);
  const declaration = await read<Declaration>('virgate/api');
  return {
    'services.ts': servicesSource(model, services, '@virgate/contract/generated/types'),
    'links.ts': linksSource(model),
    'table.ts': tableSource(services),
    'virgate.ts': virgateSource(declaration),
    'virgate-table.ts': virgateTableSource(declaration),
  };
}

/** Folder that the generated files lie in. */
export const generatedFolder = new URL('../src/generated/', import.meta.url);

if (import.meta.main) {
  for (const [name, text] of Object.entries(await generate())) await writeFile(new URL(name, generatedFolder), text);
}
