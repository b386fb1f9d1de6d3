import { rsdlV3, xmlSchemaV3 } from '@virgate/contract/descriptions-v3';
import { rsdl } from '@virgate/contract/rsdl';
import { xmlSchema } from '@virgate/contract/xsd';
import type { Context, Reply } from './operation.ts';
import type { Wire } from './negotiation.ts';
import { apiRoot } from './represent.ts';

/** Made once: by version, and where the places are part of it by the root as well. */
const texts = new Map<string, string>();

function kept(key: string, make: () => string): string {
  const text = texts.get(key) ?? make();
  texts.set(key, text);
  return text;
}

/** The documents that the root has beside its own: `?schema` and `?rsdl`. Null when a request asks for neither. */
export function descriptionOf({ engine, parameters }: Pick<Context, 'engine' | 'parameters'>, { version, root }: Wire): Reply | null {
  const isOld = version === 3;
  if (parameters.flag('schema')) {
    const name = isOld ? 'api.xsd' : 'ovirt-engine-api-schema.xsd';
    const headers = { 'Content-Disposition': `attachment; filename="${name}"` };
    const text = kept(`schema ${version}`, isOld ? xmlSchemaV3 : xmlSchema);
    return { kind: 'document', contentType: 'application/octet-stream', text, headers };
  }
  if (!parameters.flag('rsdl')) return null;
  const text = isOld
    ? kept(`operations ${version} ${root}`, () => rsdlV3(root, engine.version))
    : kept('operations', () => rsdl(apiRoot, engine.version));
  return { kind: 'document', contentType: 'application/xml;charset=UTF-8', text };
}
