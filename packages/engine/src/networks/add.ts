import { json } from '@virgate/database';
import type { Network } from '@virgate/contract/generated/types';
import { grant } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { dataCenterReference, inDataCenter } from '../clusters/add.ts';
import { recordEvent } from '../events/record.ts';
import { incomplete } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { created, type Operation } from '../rest/operation.ts';
import { resolve } from '../rest/reference.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkNetworkName, networkColumns, vdsmNameOf } from './definition.ts';
import { addFirstProfile } from './import.ts';
import { wantedProvider, withNetworkOn } from './on-provider.ts';
import { readableNetworks } from './read.ts';
import { hostQosOf } from './services.ts';

/** Adds a network to a data center; one for VMs gets a vNIC profile of its name unless `profile_required` is false. */
export const addNetwork: Operation = {
  permit: 'create_storage_pool_network',
  subjects: inDataCenter,
  async run(context) {
    const body = context.body as Network;
    if (dataCenterReference(context) === undefined) throw incomplete('Network [data_center.id|name]');
    const name = checkNetworkName(body.name);
    const columns = networkColumns(body);
    const dataCenter = await resolve(context.db, 'DataCenter', 'data_center', dataCenterReference(context));
    const id = context.engine.uuid();
    const provider = await wantedProvider(context, body);
    await withNetworkOn(context, provider, name, (there) =>
      write(
        context,
        async (trx) => {
          await trx
            .insertInto('network')
            .values({
              ...columns,
              ...there,
              id,
              name,
              data_center_id: dataCenter.id,
              vdsm_name: vdsmNameOf(name, id),
              port_isolation: body.port_isolation ?? false,
              qos_id: await hostQosOf(trx, dataCenter.id, body.qos ?? {}),
              settings: json({}),
            })
            .execute();
          await grant(trx, context.user.id, 'NetworkAdmin', { type: 'network', id });
          await recordEvent(trx, { name: 'NETWORK_ADD_NETWORK', dataCenter, values: { network: name }, ...attribution(context) });
          await noteChange(trx, 'network', id, 'add');
          if (columns.vm_network && body.profile_required !== false) await addFirstProfile(context, trx, { id, name });
        },
        { network_name: nameInUse(name) },
      ),
    );
    return created('Network', await one(context, readableNetworks, id));
  },
};
