import type { Count, CountedBy, CountedKind, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql, type RawBuilder } from 'kysely';
import { readableHosts } from '../hosts/read.ts';
import { shownTo } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { compileSearch } from '../search/compile.ts';
import { searchContext } from '../search/context.ts';
import { refusal } from '../virgate/operation.ts';
import { readableVms } from '../vms/read.ts';

/** How objects `t` of a kind are counted, with their states `s`. */
interface Counted {
  readable: typeof readableVms;
  from: RawBuilder<unknown>;
  /** Holds for those that are up or run. */
  running: RawBuilder<boolean>;
  by: Partial<Record<CountedBy, RawBuilder<unknown>>>;
  /** What they are promised together, where they are promised anything. */
  promised?: { cpus: RawBuilder<unknown>; memory: RawBuilder<unknown> };
  /** What a filtered view does not show. Source: REST contract, filtered views. */
  unfiltered: readonly CountedBy[];
}

const kinds: Readonly<Record<CountedKind, Counted>> = {
  vm: {
    readable: readableVms,
    from: sql`vm t join vm_state s on s.vm_id = t.id`,
    running: sql<boolean>`s.status not in ('down', 'suspended', 'image_locked')`,
    by: {
      status: sql`s.status`,
      cluster: sql`t.cluster_id`,
      pool: sql`(select m.vm_pool_id from vm_pool_member m where m.vm_id = t.id)`,
      template: sql`t.template_id`,
      host: sql`s.host_id`,
    },
    promised: { cpus: sql`t.cpu_sockets * t.cpu_cores * t.cpu_threads`, memory: sql`t.memory_bytes` },
    unfiltered: ['host'],
  },
  host: {
    readable: readableHosts,
    from: sql`host t join host_state s on s.host_id = t.id`,
    running: sql<boolean>`s.status = 'up'`,
    by: { status: sql`s.status`, cluster: sql`t.cluster_id` },
    unfiltered: [],
  },
};

/**
 * How many objects that a request may show there are, by what they have in common; those that have nothing of it are left out.
 * @throws {Fault} 400 for what the kind is not counted by
 */
export async function countedBy(
  context: Context,
  { kind, by, search = '' }: VirgateCalls['CountsService']['get']['params'],
): Promise<Count[]> {
  const { readable, from, running, by: columns, promised, unfiltered } = kinds[kind];
  const column = columns[by];
  if (column === undefined || (context.filtered && unfiltered.includes(by))) {
    const known = Object.keys(columns).filter((one) => !context.filtered || !unfiltered.includes(one as CountedBy));
    throw refusal(400, 'invalid_value', `Objects of this kind are counted by ${known.join(', ')}.`, 'by');
  }
  const { condition } = compileSearch(kind, search, searchContext(context));
  const sums = promised === undefined ? sql`` : sql`, sum(${promised.cpus})::bigint as cpus, sum(${promised.memory})::bigint as memory`;
  const { rows } = await sql<{ key: string | null } & Omit<Count, 'key'>>`
    select ${column}::text as key, count(*)::int as count, (count(*) filter (where ${running}))::int as running${sums}
    from ${from} where ${shownTo(context, readable)} and ${condition} group by 1 order by 2 desc, 1`.execute(context.db);
  return rows.flatMap(({ key, ...counts }) => (key === null ? [] : { key, ...counts }));
}
