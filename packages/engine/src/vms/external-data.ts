import { VdsmError } from '@virgate/vdsm';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { Logger } from 'pino';
import { seal, unseal } from '../pki/seal.ts';
import type { Tables } from '../tables/schema.ts';
import type { DomainPlan } from './domain-xml/domain.ts';

/**
 * What a VM keeps in its TPM and among the variables of its UEFI lies in files of the host that runs it. The engine fetches it when it
 * changes and when the VM goes down, and gives it to the host of the next run, whichever that is. Source: engine behaviour, TPM and
 * NVRAM data.
 */

/** Kinds of such data, as hosts name them. */
export const externalDataKinds = ['tpm', 'nvram'] as const;
export type ExternalDataKind = (typeof externalDataKinds)[number];
/** Hashes that a host tells of a VM's data. */
export type ExternalHashes = Partial<Record<ExternalDataKind, string>>;

const uefi = ['q35_ovmf', 'q35_secure_boot'];
/** Most data of a kind that is taken from a host, in characters. */
const maximumLength = 8 * 1024 * 1024;

/** Which kinds a machine has. */
const kindsOf = (plan: Pick<DomainPlan, 'tpm' | 'biosType'>): ExternalDataKind[] => [
  ...(plan.tpm ? (['tpm'] as const) : []),
  ...(uefi.includes(plan.biosType) ? (['nvram'] as const) : []),
];

/**
 * What VM.create is told of former runs. Variables of another kind of firmware, and the state of a TPM that the VM has no more, are
 * forgotten.
 */
export async function externalParameters(
  trx: Transaction<Tables>,
  plan: Pick<DomainPlan, 'id' | 'tpm' | 'biosType'>,
  secretKey: Buffer,
): Promise<Record<string, string>> {
  const kinds = kindsOf(plan);
  await trx
    .deleteFrom('vm_external_data')
    .where('vm_id', '=', plan.id)
    .where((row) =>
      kinds.length === 0
        ? row.lit(true)
        : row.or([row('kind', 'not in', kinds), row.and([row('kind', '=', 'nvram'), row('bios_type', '!=', plan.biosType)])]),
    )
    .execute();
  const rows = await trx.selectFrom('vm_external_data').select(['kind', 'sealed']).where('vm_id', '=', plan.id).execute();
  return Object.fromEntries(
    rows.flatMap(({ kind, sealed }): [string, string][] => {
      try {
        return [[`_X_${kind}data`, unseal(secretKey, sealed)]];
      } catch {
        // Sealed by another installation: nobody here can read it.
        return [];
      }
    }),
  );
}

/** Gives a new VM or template what that keeps of which it is made. */
export async function copyExternalData(trx: Transaction<Tables>, fromId: string, toId: string): Promise<void> {
  await sql`insert into vm_external_data (vm_id, kind, bios_type, hash, sealed)
    select ${toId}, kind, bios_type, hash, sealed from vm_external_data where vm_id = ${fromId} on conflict do nothing`.execute(trx);
}

type Call = (method: string, parameters: Record<string, unknown>) => Promise<unknown>;

/** How the engine keeps what hosts tell. */
export interface ExternalDataKeeping {
  db: Kysely<Tables>;
  secretKey: Buffer;
  log: Logger;
}

async function fetchOne(
  keeping: ExternalDataKeeping,
  call: Call,
  vm: { id: string; biosType: string },
  kind: ExternalDataKind,
  force: boolean,
): Promise<void> {
  const { db, secretKey, log } = keeping;
  try {
    const answer = (await call('VM.getExternalData', { vmID: vm.id, kind, forceUpdate: force })) as {
      hash?: unknown;
      _X_data?: unknown;
    } | null;
    const [hash, data] = [answer?.['hash'], answer?.['_X_data']];
    if (typeof hash !== 'string' || typeof data !== 'string' || data === '' || data.length > maximumLength) return;
    const values = { bios_type: vm.biosType, hash: hash.slice(0, 200), sealed: seal(secretKey, data), saved_at: new Date() };
    await db
      .insertInto('vm_external_data')
      .values({ vm_id: vm.id, kind, ...values })
      .onConflict((there) => there.columns(['vm_id', 'kind']).doUpdateSet(values))
      .execute();
  } catch (error) {
    // A host that has no such data, or none any more, leaves what is known.
    if (!(error instanceof VdsmError)) throw error;
    log.debug({ err: error, vmId: vm.id, kind }, 'a host did not give what a VM keeps in its firmware');
  }
}

interface Machine {
  id: string;
  biosType: string;
  tpm: boolean;
  hashes: Record<string, string> | null;
}

async function machinesOf(db: Kysely<Tables>, vmIds: readonly string[]): Promise<Machine[]> {
  const found = await sql<Machine>`
    select v.id, coalesce(s.started_with ->> 'biosType', '') as "biosType", coalesce((v.settings ->> 'tpm_enabled')::boolean, false) as tpm,
      (select jsonb_object_agg(x.kind, x.hash) from vm_external_data x where x.vm_id = v.id) as hashes
    from vm v join vm_state s on s.vm_id = v.id where v.id = any(${[...vmIds]}::uuid[])`.execute(db);
  return found.rows;
}

/** Fetches what VMs keep before their host forgets them. */
export async function keepOfEnded(keeping: ExternalDataKeeping, call: Call, vmIds: readonly string[]): Promise<void> {
  if (vmIds.length === 0) return;
  for (const machine of await machinesOf(keeping.db, vmIds)) {
    for (const kind of kindsOf({ tpm: machine.tpm, biosType: machine.biosType as DomainPlan['biosType'] }))
      await fetchOne(keeping, call, machine, kind, true);
  }
}

/** Fetches what has changed of VMs that run. */
export async function keepChanged(
  keeping: ExternalDataKeeping,
  call: Call,
  reports: readonly { vmId: string; externalHashes: ExternalHashes }[],
): Promise<void> {
  const told = reports.filter((report) => Object.keys(report.externalHashes).length > 0);
  if (told.length === 0) return;
  const hashes = new Map(told.map((report) => [report.vmId, report.externalHashes]));
  for (const machine of await machinesOf(keeping.db, [...hashes.keys()])) {
    for (const kind of externalDataKinds) {
      const hash = hashes.get(machine.id)?.[kind];
      if (hash !== undefined && hash !== machine.hashes?.[kind]) await fetchOne(keeping, call, machine, kind, false);
    }
  }
}
