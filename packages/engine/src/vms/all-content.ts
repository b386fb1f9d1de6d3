import type { Vm } from '@virgate/contract/generated/types';
import { writeOvf, type OvfFlavour } from '@virgate/contract/ovf';
import { transaction } from '@virgate/database';
import { describeEntity, type Definition } from '../ovf-stores/describe.ts';
import type { Context, Entity } from '../rest/operation.ts';
import { withoutSecrets } from '../rest/secrets.ts';
import type { Settings } from './definition.ts';

/** The description of a VM as others may read it: without passwords. */
async function ovfOf(context: Context, vmId: string, flavour: OvfFlavour): Promise<string> {
  const found = await transaction(context.db, (trx) => describeEntity(trx, vmId));
  const definition = structuredClone(found.definition) as Definition;
  for (const { vm } of [definition.configuration, ...definition.snapshots.flatMap((one) => one.configuration ?? [])]) {
    const settings = vm.settings as Settings | undefined;
    if (settings?.initialization) settings.initialization = withoutSecrets('Initialization', settings.initialization);
  }
  return writeOvf({ ...found, definition }, flavour);
}

/**
 * VMs with their OVF descriptions where a request asks for `all_content`; as those at the head of an archive with `ovf_as_ova`.
 * Source: REST contract, all_content.
 */
export async function withAllContent(context: Context, vms: Entity[]): Promise<Entity[]> {
  if (!context.parameters.flag('all_content')) return vms;
  const type: OvfFlavour = context.parameters.flag('ovf_as_ova') ? 'ova' : 'ovf';
  const described: Entity[] = [];
  for (const vm of vms) {
    const { initialization } = vm as Vm;
    const configuration = { type, data: await ovfOf(context, vm.id ?? '', type) };
    described.push({ ...vm, initialization: { ...initialization, configuration } });
  }
  return described;
}
