import { sql, type Kysely } from 'kysely';
import type { OperatingSystem } from '@virgate/contract/generated/types';
import { invalidValue, say } from '../rest/fault.ts';
import { isUuid } from '../rest/listing.ts';
import type { Tables } from '../tables/schema.ts';
import { repositoryPath } from './domain-xml/disks.ts';

/** What a guest boots from instead of its devices, as it is defined. */
export type BootFiles = Pick<OperatingSystem, 'kernel' | 'initrd' | 'cmdline'>;

/** `commandLineCharacters`: what x86 kernels take (COMMAND_LINE_SIZE). */
export const bootLimits = { pathCharacters: 4096, commandLineCharacters: 2048 } as const;

/** Begins the name or the id of an ISO disk. Source: REST contract, operating system, kernel. */
const isoScheme = 'iso://';

// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001F\u007F]/;

/** What is wrong with a file to boot from; undefined when nothing is, as far as the text shows. Pure. */
export function bootFileProblem(value: string): string | undefined {
  if (value.length > bootLimits.pathCharacters) return `must have at most ${bootLimits.pathCharacters} characters`;
  if (controlCharacters.test(value)) return 'must not have control characters';
  if (value.startsWith(isoScheme)) return value.length === isoScheme.length ? 'must name an ISO image behind iso://' : undefined;
  if (!value.startsWith('/')) return 'must be an absolute path on the host, or iso:// and the name or id of an ISO image';
  if (value.includes(',')) return 'must not have commas';
  return value.split('/').includes('..') ? 'must not have ..' : undefined;
}

/**
 * Whether a guest can be told to boot so, as far as the texts show. Pure.
 *
 * @param prefix of the fields, as the request has them
 * @throws {Fault} 400 naming the field
 */
export function checkBootTexts({ kernel, initrd, cmdline }: BootFiles, prefix = 'os'): void {
  for (const [part, value] of Object.entries({ kernel, initrd })) {
    const problem = value ? bootFileProblem(value) : undefined;
    if (problem) throw invalidValue(`${prefix}.${part}`, problem);
    if (value && !kernel) throw invalidValue(`${prefix}.${part}`, say`needs a kernel (${prefix}.kernel) that it is for`);
  }
  if (cmdline && !kernel) throw invalidValue(`${prefix}.cmdline`, say`needs a kernel (${prefix}.kernel) that it is for`);
  if (cmdline && cmdline.length > bootLimits.commandLineCharacters)
    throw invalidValue(`${prefix}.cmdline`, say`must have at most ${bootLimits.commandLineCharacters} characters`);
  if (cmdline && controlCharacters.test(cmdline)) throw invalidValue(`${prefix}.cmdline`, 'must not have control characters');
}

/** Whose data center the images are of. */
export type BootHome = { clusterId: string } | { vmId: string };

const clusterOf = (home: BootHome) =>
  'clusterId' in home ? sql`${home.clusterId}::uuid` : sql`(select cluster_id from vm where id = ${home.vmId}::uuid)`;

interface IsoRow {
  diskId: string;
  volumeId: string;
  storageDomainId: string;
  poolId: string;
  status: string;
  domainStatus: string;
  storageType: string;
}

/**
 * Where an ISO image lies in the repository: one of an active file domain of the cluster's data center, as any that its VMs may have in
 * their drives. Any other value is as it was given.
 */
async function placeOf(db: Kysely<Tables>, home: BootHome, value: string, field: string): Promise<string> {
  if (!value.startsWith(isoScheme)) return value;
  const name = value.slice(isoScheme.length);
  const found = await sql<IsoRow>`
    select d.id as "diskId", i.id as "volumeId", i.storage_domain_id as "storageDomainId", x.data_center_id as "poolId", d.status,
      x.status as "domainStatus", s.storage_type as "storageType"
    from disk d join image i on i.disk_id = d.id and i.active join data_center_storage_domain x on x.storage_domain_id = i.storage_domain_id
      join storage_domain s on s.id = i.storage_domain_id join cluster c on c.data_center_id = x.data_center_id
    where c.id = ${clusterOf(home)} and d.content_type = 'iso' and (d.name = ${name} or d.id = ${isUuid(name) ? name : null}::uuid)
    order by d.id = ${isUuid(name) ? name : null}::uuid desc nulls last limit 2`.execute(db);
  const [image, second] = found.rows;
  if (image === undefined) throw invalidValue(field, say`names no ISO image of the VM's data center: ${name}`);
  if (second !== undefined && image.diskId !== name.toLowerCase())
    throw invalidValue(field, say`is the name of several ISO images: give the id of one, as iso://${image.diskId}`);
  if (image.status !== 'ok') throw invalidValue(field, say`names an ISO image that cannot be used: its status is ${image.status}`);
  if (image.domainStatus !== 'active')
    throw invalidValue(field, say`names an ISO image on a storage domain that is not active but ${image.domainStatus}`);
  if (image.storageType === 'iscsi' || image.storageType === 'fcp')
    throw invalidValue(field, 'names an ISO image on a block domain; hosts boot kernels from files only: copy it to a file domain');
  return repositoryPath(image);
}

/**
 * What a guest boots from, with images of ISO disks where hosts find them.
 *
 * @throws {Fault} 400 naming the field
 */
export async function placedBootFiles(
  db: Kysely<Tables>,
  boot: BootFiles,
  home: BootHome,
  prefix = 'os',
): Promise<{ kernel?: string; initrd?: string; cmdline?: string }> {
  checkBootTexts(boot, prefix);
  const { kernel, initrd, cmdline } = boot;
  return {
    ...(kernel ? { kernel: await placeOf(db, home, kernel, `${prefix}.kernel`) } : {}),
    ...(initrd ? { initrd: await placeOf(db, home, initrd, `${prefix}.initrd`) } : {}),
    ...(cmdline ? { cmdline } : {}),
  };
}

/** What a run boots from: what it says for itself, else what the VM is defined with. */
export const bootFilesOf = (defined: BootFiles | undefined, once: BootFiles): { kernel?: string; initrd?: string; cmdline?: string } => {
  const kernel = once.kernel ?? defined?.kernel;
  const initrd = once.initrd ?? defined?.initrd;
  const cmdline = once.cmdline ?? defined?.cmdline;
  return { ...(kernel ? { kernel } : {}), ...(initrd ? { initrd } : {}), ...(cmdline ? { cmdline } : {}) };
};
