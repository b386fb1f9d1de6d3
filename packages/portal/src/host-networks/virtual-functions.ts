import type { Client } from '@virgate/sdk';
import { check, number } from '../kinds/fields.ts';
import type { ActionDescription, Entity, Reference } from '../kinds/kind.ts';

/** What virtual functions a NIC makes, and for what they may be used; as the form holds it. */
interface Functions extends Entity {
  number?: number;
  all_networks?: boolean;
  networks?: readonly Entity[];
  labels?: readonly string[];
}

/** @throws ApiFault */
export async function readFunctions(client: Client, host: string, nic: string, signal: AbortSignal): Promise<Functions> {
  const service = client.hosts.host(host).nics.nic(nic);
  const [own, networks, labels] = await Promise.all([
    service.get({ allContent: true }, { signal }),
    service.virtualFunctionAllowedNetworks.list({}, { signal }),
    service.virtualFunctionAllowedLabels.list({}, { signal }),
  ]);
  const { number_of_virtual_functions: made = 0, all_networks_allowed: all = true } = own.virtual_functions_configuration ?? {};
  return { id: nic, number: made, all_networks: all, networks, labels: labels.map((label) => label.id ?? '') };
}

/** Changes the virtual functions of a NIC at once, apart from the rest of the set-up. */
export function changingFunctions(host: string, cluster: string, most: number): ActionDescription {
  const networks: Reference = {
    type: 'network',
    key: () => cluster,
    list: (client, _, signal) => client.clusters.cluster(cluster).networks.list({}, { signal }),
  };
  return {
    key: 'virtual-functions',
    label: 'hostNetworks.functions',
    form: {
      title: 'hostNetworks.functions.title',
      edits: true,
      tabs: [
        {
          label: 'form.tab.general',
          fields: [
            number('label.numberOfFunctions', 'number', { min: 0, max: most }, { hint: 'hostNetworks.functions.hint' }),
            check('label.allNetworks', 'all_networks'),
            {
              label: 'label.allowedNetworks',
              path: 'networks',
              control: { kind: 'references', of: networks },
              when: (around) => around.value('all_networks') !== true,
            },
            {
              label: 'label.allowedLabels',
              path: 'labels',
              control: { kind: 'lines' },
              hint: 'hostNetworks.functions.labels.hint',
              when: (around) => around.value('all_networks') !== true,
            },
          ],
        },
      ],
    },
    async run(client, target, body) {
      const service = client.hosts.host(host).nics.nic(target.id);
      const before = target.entity as Functions;
      const { number: made, all_networks: all, networks: wanted, labels } = body as Functions;
      if (made !== undefined || all !== undefined) {
        await service.updateVirtualFunctionsConfiguration({
          virtualFunctionsConfiguration: {
            ...(made === undefined ? {} : { number_of_virtual_functions: made }),
            ...(all === undefined ? {} : { all_networks_allowed: all }),
          },
        });
      }
      const idsOf = (list: readonly Entity[] | undefined): string[] => (list ?? []).flatMap((one) => one.id ?? []);
      if (wanted !== undefined) {
        const [now, then] = [idsOf(before.networks), idsOf(wanted)];
        for (const id of then.filter((one) => !now.includes(one))) await service.virtualFunctionAllowedNetworks.add({ id });
        for (const id of now.filter((one) => !then.includes(one))) await service.virtualFunctionAllowedNetworks.network(id).remove();
      }
      if (labels !== undefined) {
        const now = before.labels ?? [];
        for (const id of labels.filter((one) => !now.includes(one))) await service.virtualFunctionAllowedLabels.add({ id });
        for (const id of now.filter((one) => !labels.includes(one))) await service.virtualFunctionAllowedLabels.label(id).remove();
      }
    },
  };
}
