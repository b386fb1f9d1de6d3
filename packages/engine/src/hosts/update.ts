import type { Host, HostStatus } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { invalidValue } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { setPowerManagement } from './power-management.ts';
import { readableHosts } from './read.ts';
import { checkHostStatus } from './status-rules.ts';

/** `PUT hosts/{host}`: changes a host's name, texts and storage management priority. */
export const updateHost: Operation = {
  permit: 'edit_host_configuration',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const host = await one(context, readableHosts, context.path['host']);
    const body = context.body as Host;
    checkImmutable(host, context.body, ['id', 'address', 'port', 'cluster']);
    const priority = body.spm?.priority;
    if (priority !== undefined && (priority < -1 || priority > 10)) throw invalidValue('spm.priority', 'must be between -1 and 10');
    const id = host.id ?? '';
    await write(
      context,
      async (trx) => {
        const state = await trx.selectFrom('host_state').select('status').where('host_id', '=', id).forUpdate().executeTakeFirstOrThrow();
        checkHostStatus('UpdateVds', state.status as HostStatus);
        await trx
          .updateTable('host')
          .set({
            ...(body.name === undefined ? {} : { name: checkName(body.name) }),
            ...(body.description === undefined ? {} : { description: body.description }),
            ...(body.comment === undefined ? {} : { comment: body.comment }),
            ...(priority === undefined ? {} : { spm_priority: priority }),
            updated_at: new Date(context.engine.now()),
          })
          .where('id', '=', id)
          .execute();
        if (body.power_management !== undefined) await setPowerManagement(trx, id, body.power_management);
        await recordEvent(trx, { name: 'USER_UPDATE_VDS', host: { id, name: body.name ?? String(host['name']) }, ...attribution(context) });
        await noteChange(trx, 'host', id, 'update');
      },
      { host_name: nameInUse(body.name ?? '') },
    );
    return entity('Host', await one(context, readableHosts, id));
  },
};
