import { rsdl } from '@virgate/contract/rsdl';
import { xmlSchema } from '@virgate/contract/xsd';
import type { Context, Reply } from './operation.ts';
import { apiRoot } from './represent.ts';

let schema: string | undefined;
let operations: string | undefined;

/** The documents that the root has beside its own: `?schema` and `?rsdl`. Null when a request asks for neither. */
export function descriptionOf({ engine, parameters }: Pick<Context, 'engine' | 'parameters'>): Reply | null {
  if (parameters.flag('schema')) {
    schema ??= xmlSchema();
    const headers = { 'Content-Disposition': 'attachment; filename="ovirt-engine-api-schema.xsd"' };
    return { kind: 'document', contentType: 'application/octet-stream', text: schema, headers };
  }
  if (!parameters.flag('rsdl')) return null;
  operations ??= rsdl(apiRoot, engine.version);
  return { kind: 'document', contentType: 'application/xml;charset=UTF-8', text: operations };
}
