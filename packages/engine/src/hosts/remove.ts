import type { HostStatus } from '@virgate/contract/generated/types';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableHosts } from './read.ts';
import { checkHostStatus } from './status-rules.ts';

/** `DELETE hosts/{host}`: forgets a host that is in maintenance, or that never came to be. Its certificate stays valid for nothing. */
export const removeHost: Operation = {
  permit: 'delete_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const host = await one(context, readableHosts, context.path['host']);
    const id = host.id ?? '';
    const name = String(host['name']);
    const job = await write(context, async (trx) => {
      const state = await trx.selectFrom('host_state').select('status').where('host_id', '=', id).forUpdate().executeTakeFirstOrThrow();
      checkHostStatus('RemoveVds', state.status as HostStatus);
      const running = await trx.selectFrom('vm_state').select('vm_id').where('host_id', '=', id).limit(1).execute();
      if (running.length > 0) throw conflict('VDS_CANNOT_REMOVE_VDS_DETECTED_RUNNING_VM', { VAR_ACTION: 'remove', VAR_TYPE: 'Host' });
      await trx.updateTable('data_center').set({ spm_host_id: null }).where('spm_host_id', '=', id).execute();
      await trx.deleteFrom('host').where('id', '=', id).execute();
      await trx.deleteFrom('host_statistics').where('host_id', '=', id).execute();
      await revokeAllOn(trx, [id]);
      await recordEvent(trx, { name: 'USER_REMOVE_VDS', host: { id, name }, ...attribution(context) });
      await noteChange(trx, 'host', id, 'remove');
      return context.engine.jobs.record(trx, context, {
        action: 'RemoveVds',
        description: `Removing Host ${name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    context.engine.hosts.kick();
    return done(job);
  },
};
