import type { FoundNames, NamedKind, VirgateCalls } from '@virgate/contract/generated/virgate';
import { sql, type RawBuilder } from 'kysely';
import { readableClusters } from '../clusters/read.ts';
import { readableDataCenters } from '../data-centers/read.ts';
import { readableDisks } from '../disks/read.ts';
import { readableHosts } from '../hosts/read.ts';
import { readableInstanceTypes } from '../instance-types/read.ts';
import { readableNetworks } from '../networks/read.ts';
import { shownTo, type Readable } from '../rest/listing.ts';
import type { Context } from '../rest/operation.ts';
import { readableStorageDomains } from '../storage-domains/read.ts';
import type { Tables } from '../tables/schema.ts';
import { readableTemplates } from '../templates/read.ts';
import { readableVmPools } from '../vm-pools/read.ts';
import { readableVms } from '../vms/read.ts';
import { readableVnicProfiles } from '../vnic-profiles/read.ts';

/** Names that are told where the request says no number. */
const usualMax = 100;

/** Kinds with their tables, which all have a column `name`. */
const named: Readonly<Record<NamedKind, readonly [keyof Tables & string, Readable]>> = {
  vm: ['vm', readableVms],
  template: ['vm', readableTemplates],
  instance_type: ['vm', readableInstanceTypes],
  host: ['host', readableHosts],
  cluster: ['cluster', readableClusters],
  data_center: ['data_center', readableDataCenters],
  storage_domain: ['storage_domain', readableStorageDomains],
  disk: ['disk', readableDisks],
  network: ['network', readableNetworks],
  vnic_profile: ['vnic_profile', readableVnicProfiles],
  vm_pool: ['vm_pool', readableVmPools],
};

const beginsWith = (beginning: string): RawBuilder<boolean> =>
  beginning === '' ? sql<boolean>`true` : sql<boolean>`t.name like ${`${beginning.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`;

/**
 * Names of a kind that begin as a text does, letter by letter, each once; of many the first, and the outermost two by their characters: what
 * these have in common is what all have in common. Only the names are read, no objects.
 */
export async function foundNames(
  context: Context,
  { kind, beginning = '', max = usualMax }: VirgateCalls['NamesService']['get']['params'],
): Promise<FoundNames> {
  const [table, readable] = named[kind];
  const rows = sql`from ${sql.table(table)} t where ${shownTo(context, readable)} and ${beginsWith(beginning)}`;
  const found = await sql<{ total: number; names: string[] | null; outermost: string[] }>`
    select (select array_agg(n.name order by n.name) from (select distinct t.name ${rows} order by t.name limit ${max}) n) as names, f.* from (
      select count(distinct t.name)::int as total, array[min(t.name collate "C"), max(t.name collate "C")] as outermost ${rows}) f`.execute(
    context.db,
  );
  const [{ total, names, outermost } = { total: 0, names: null, outermost: [] }] = found.rows;
  return { total, names: total > max ? [...new Set([...(names ?? []), ...outermost])] : (names ?? []) };
}
