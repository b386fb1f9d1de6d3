import type { NetworkLabel } from '@virgate/contract/generated/types';
import { sql } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import { checkLabel } from '../host-networks/change.ts';
import { followLabel } from '../host-networks/operations.ts';
import { incomplete, notFound, refused } from '../rest/fault.ts';
import { isUuid, matching } from '../rest/listing.ts';
import { created, done, type Context, type Entity, type Operation } from '../rest/operation.ts';
import { attribution, write } from '../rest/write.ts';
import { networkOfPath } from './of-path.ts';
import { readableNetworks } from './read.ts';

const subjects = (context: Context) => [{ type: 'network' as const, id: context.path['network'] ?? '' }];

/** Labels of networks, for many at once: a network has one or none. */
export async function labelsOfNetworks(context: Context, networkIds: readonly string[]): Promise<Map<string, Entity[]>> {
  const ids = (await matching(context, readableNetworks, sql<boolean>`t.id = any(${networkIds.filter(isUuid)}::uuid[])`)).map(
    (one) => one.id ?? '',
  );
  const found = await context.db
    .selectFrom('network')
    .select(['id', 'label'])
    .where('label', 'is not', null)
    .where('id', 'in', ids.length === 0 ? [''] : ids)
    .execute();
  return new Map(found.map((row) => [row.id, [{ id: row.label ?? '', network: { id: row.id } } satisfies NetworkLabel as Entity]]));
}

/** The labels of the path's network. @throws {Fault} 404 */
export async function labelsOfNetworkPath(context: Context): Promise<Entity[]> {
  const network = await networkOfPath(context);
  return (await labelsOfNetworks(context, [network.id ?? ''])).get(network.id ?? '') ?? [];
}

/** Labels a network: it comes to every NIC with that label on the hosts of its clusters. */
export const addNetworkLabel: Operation = {
  permit: 'configure_storage_pool_network',
  subjects,
  async run(context) {
    const network = await networkOfPath(context);
    const id = network.id ?? '';
    const { id: wanted } = context.body as NetworkLabel;
    if (wanted === undefined) throw incomplete('network_label.id');
    const label = checkLabel(wanted);
    await write(context, async (trx) => {
      const changed = await trx
        .updateTable('network')
        .set({ label, updated_at: new Date(context.engine.now()) })
        .where('id', '=', id)
        .where('label', 'is', null)
        .returning('id')
        .execute();
      if (changed.length === 0) throw refused('ACTION_TYPE_FAILED_NETWORK_ALREADY_LABELED');
      await recordEvent(trx, { name: 'LABEL_NETWORK', values: { network: String(network['name']), label }, ...attribution(context) });
      await noteChange(trx, 'network', id, 'update');
    });
    await followLabel(context, id, label, true);
    return created('NetworkLabel', { id: label, network: { id } });
  },
};

/** Takes the label off a network, and the network off the NICs that have it by the label. */
export const removeNetworkLabel: Operation = {
  permit: 'configure_storage_pool_network',
  subjects,
  async run(context) {
    const network = await networkOfPath(context);
    const id = network.id ?? '';
    const label = context.path['label'] ?? '';
    const name = String(network['name']);
    const job = await write(context, async (trx) => {
      const changed = await trx
        .updateTable('network')
        .set({ label: null })
        .where('id', '=', id)
        .where('label', '=', label)
        .returning('id')
        .execute();
      if (changed.length === 0) throw notFound();
      await recordEvent(trx, { name: 'UNLABEL_NETWORK', values: { network: name, label }, ...attribution(context) });
      await noteChange(trx, 'network', id, 'update');
      return context.engine.jobs.record(trx, context, {
        action: 'UnlabelNetwork',
        description: `Removing label ${label} from Network ${name}`,
        subjects: [{ type: 'network', id }],
      });
    });
    await followLabel(context, id, label, false);
    return done(job);
  },
};
