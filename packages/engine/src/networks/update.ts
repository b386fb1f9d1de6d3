import type { Network } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { followNetwork } from '../host-networks/operations.ts';
import { badRequest, conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkNetworkName, networkColumns } from './definition.ts';
import { managementNetworkName } from './management.ts';
import { refuseOnProvider } from './on-provider.ts';
import { readableNetworks } from './read.ts';
import { hostQosOf } from './services.ts';

/** Changes a network; its name on hosts stays. One that VMs have NICs on stays a VM network. */
export const updateNetwork: Operation = {
  permit: 'configure_storage_pool_network',
  subjects: (context) => [{ type: 'network', id: context.path['network'] ?? '' }],
  async run(context) {
    const current = await one(context, readableNetworks, context.path['network']);
    const body = context.body as Network;
    checkImmutable(current, context.body, ['id', 'data_center', 'port_isolation']);
    const id = current.id ?? '';
    const before = String(current['name']);
    const name = body.name === undefined ? before : checkNetworkName(body.name);
    if (before === managementNetworkName && name !== before) throw badRequest('ACTION_TYPE_FAILED_MANAGEMENT_NETWORK_CANNOT_BE_CHANGED');
    const wasVm = (current['usages'] as string[]).includes('vm');
    refuseOnProvider(current, body);
    const columns = networkColumns(body, { vm: wasVm });
    await write(
      context,
      async (trx) => {
        if (wasVm && !columns.vm_network) {
          const profiles = await trx.selectFrom('vnic_profile').select('id').where('network_id', '=', id).forUpdate().execute();
          const used =
            await sql`select 1 from nic join vnic_profile p on p.id = nic.vnic_profile_id where p.network_id = ${id} limit 1`.execute(trx);
          if (used.rows.length > 0) throw conflict('ACTION_TYPE_FAILED_NETWORK_IN_MANY_USES');
          await trx.deleteFrom('vnic_profile').where('network_id', '=', id).execute();
          await noteChange(
            trx,
            'vnic_profile',
            profiles.map((profile) => profile.id),
            'remove',
          );
        }
        const qos = body.qos === undefined ? {} : { qos_id: await hostQosOf(trx, (current['data_center'] as Entity).id ?? '', body.qos) };
        await trx
          .updateTable('network')
          .set({ ...columns, ...qos, name, updated_at: new Date(context.engine.now()) })
          .where('id', '=', id)
          .execute();
        await recordEvent(trx, { name: 'NETWORK_UPDATE_NETWORK', values: { network: name }, ...attribution(context) });
        await noteChange(trx, 'network', id, 'update');
      },
      { network_name: nameInUse(name) },
    );
    await followNetwork(context, id);
    return entity('Network', await one(context, readableNetworks, id));
  },
};
