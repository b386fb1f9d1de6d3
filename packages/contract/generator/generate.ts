import { apiEnums, apiTypes, typeTable } from './api-types.ts';
import type { Facts } from './facts.ts';
import { services } from './services.ts';
import { tables } from './tables.ts';
import { operationsV3, schemaV3, typeTableV3 } from './v3.ts';
import { virgate } from './virgate.ts';
import { vdsm, vdsmErrors, vdsmFields, vdsmHooks } from './vdsm.ts';

/** Every file of `src/generated/`, name → text. Pure: the same facts give the same bytes. */
export function generate(facts: Facts): Record<string, string> {
  return {
    'types.ts': apiTypes(facts.model),
    'enums.ts': apiEnums(facts.model),
    'type-table.ts': typeTable(facts.model),
    'type-table-v3.ts': typeTableV3(facts.model),
    'operations-v3.ts': operationsV3(facts.model),
    'schema-v3.ts': schemaV3(facts.model),
    'services.ts': services(facts.model),
    'virgate.ts': virgate(facts),
    ...tables(facts),
    'vdsm.ts': vdsm(facts.vdsm),
    'vdsm-errors.ts': vdsmErrors(facts),
    'vdsm-fields.ts': vdsmFields(facts),
    'vdsm-hooks.ts': vdsmHooks(facts),
  };
}
