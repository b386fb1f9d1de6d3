import type { Action } from '@virgate/contract/generated/types';
import { json } from '@virgate/database';
import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { conflict, invalidValue, notBuilt } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { done, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { readableHosts } from './read.ts';

/** Statuses in which a person may say that the host was rebooted: those in which the engine cannot know what its VMs do. */
const unreachable = ['non_responsive', 'connecting', 'maintenance', 'non_operational', 'down', 'install_failed'];
const exitError = 1;

/**
 * `POST hosts/{host}/fence`. `manual` confirms that somebody has rebooted the host by hand: its VMs are down and it manages no storage any
 * more. Everything else needs power management, which is not built.
 */
export const fenceHost: Operation = {
  permit: 'manipulate_host',
  subjects: (context) => [{ type: 'host', id: context.path['host'] ?? '' }],
  async run(context) {
    const found = await one(context, readableHosts, context.path['host']);
    const id = found.id ?? '';
    const host = { id, name: String(found['name']) };
    const type = (context.body as Action).fence_type?.toLowerCase();
    if (type === undefined || !['manual', 'restart', 'start', 'stop', 'status'].includes(type))
      throw invalidValue('fence_type', 'must be one of manual, restart, start, stop, status');
    if (type !== 'manual') throw notBuilt(`Power management (fence_type ${type}) of hosts`);
    const job = await write(context, async (trx) => {
      const { status } = await trx
        .selectFrom('host_state')
        .select('status')
        .where('host_id', '=', id)
        .forUpdate()
        .executeTakeFirstOrThrow();
      if (!unreachable.includes(status)) throw conflict('ACTION_TYPE_FAILED_VDS_NOT_MATCH_VALID_STATUS');
      const vms = await sql<{ id: string; name: string }>`
        update vm_state s set status = 'down', host_id = null, migrating_to_host_id = null, exit_status = ${exitError}, exit_message = 'The host was rebooted',
          stopped_at = now(), run_once = false, run_configuration = null, guest = ${json({})}, graphics = ${json([])}, pause_code = null
        from vm t where t.id = s.vm_id and s.host_id = ${id}
          and not exists (select 1 from object_lock l where l.lock_group = 'VM' and l.object_id = t.id::text)
        returning t.id, t.name`.execute(trx);
      for (const vm of vms.rows)
        await recordEvent(trx, { name: 'VM_WAS_SET_DOWN_DUE_TO_HOST_REBOOT_OR_MANUAL_FENCE', vm, host, ...attribution(context) });
      const pools = await trx.updateTable('data_center').set({ spm_host_id: null }).where('spm_host_id', '=', id).returning('id').execute();
      await recordEvent(trx, { name: 'VDS_MANUAL_FENCE_STATUS', host, ...attribution(context) });
      await noteChange(
        trx,
        'vm',
        vms.rows.map((vm) => vm.id),
        'update',
      );
      await noteChange(
        trx,
        'data_center',
        pools.map((pool) => pool.id),
        'update',
      );
      await noteChange(trx, 'host', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'FenceVdsManualy',
        description: `Manually Fencing Host ${host.name}`,
        subjects: [{ type: 'host', id }],
      });
    });
    return done(job);
  },
};
