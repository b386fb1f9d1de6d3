import type { Host, HostStatus, Ssh } from '@virgate/contract/generated/types';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { invalidValue } from '../rest/fault.ts';
import { one } from '../rest/listing.ts';
import { entity, type Operation } from '../rest/operation.ts';
import { checkImmutable } from '../rest/update.ts';
import { attribution, nameInUse, write } from '../rest/write.ts';
import { checkName } from '../vms/definition.ts';
import { changeCluster, wantedCluster } from './change-cluster.ts';
import { sshOf } from './install.ts';
import { setPowerManagement, warnOfUntoldDumps } from './power-management.ts';
import { readableHosts } from './read.ts';
import { checkHostSettings, setHostSettings, setSsh } from './settings.ts';
import { checkHostStatus } from './status-rules.ts';

/**
 * `PUT hosts/{host}`: changes a host's name, texts, storage management priority, power management and how it is reached by SSH, and brings
 * it into another cluster.
 */
export const updateHost: Operation = {
  permit: 'edit_host_configuration',
  subjects: async (context) => {
    const clusterId = await wantedCluster(context);
    return [{ type: 'host', id: context.path['host'] ?? '' }, ...(clusterId === null ? [] : [{ type: 'cluster' as const, id: clusterId }])];
  },
  async run(context) {
    const host = await one(context, readableHosts, context.path['host']);
    const body = context.body as Host;
    checkImmutable(host, context.body, ['id', 'address', 'port']);
    checkHostSettings(body);
    const clusterId = await wantedCluster(context);
    const priority = body.spm?.priority;
    if (priority !== undefined && (priority < -1 || priority > 10)) throw invalidValue('spm.priority', 'must be between -1 and 10');
    const id = host.id ?? '';
    await write(
      context,
      async (trx) => {
        const state = await trx
          .selectFrom('host_state')
          .innerJoin('host', 'host.id', 'host_state.host_id')
          .select(['host_state.status', 'host.cluster_id'])
          .where('host_id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const status = state.status as HostStatus;
        checkHostStatus('UpdateVds', status);
        if (clusterId !== null && clusterId !== state.cluster_id)
          await changeCluster(trx, { id, status, clusterId: state.cluster_id }, clusterId);
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
        if (body.ssh !== undefined)
          await setSsh(trx, id, sshOf(context, { ssh: { ...body.ssh, authentication_method: 'publickey' } }, host['ssh'] as Ssh));
        await setHostSettings(trx, id, body);
        if (body.power_management !== undefined) {
          await setPowerManagement(trx, id, body.power_management);
          await warnOfUntoldDumps(trx, { id, name: body.name ?? String(host['name']) }, attribution(context));
        }
        await recordEvent(trx, { name: 'USER_UPDATE_VDS', host: { id, name: body.name ?? String(host['name']) }, ...attribution(context) });
        await noteChange(trx, 'host', id, 'update');
      },
      { host_name: nameInUse(body.name ?? '') },
    );
    return entity('Host', await one(context, readableHosts, id));
  },
};
