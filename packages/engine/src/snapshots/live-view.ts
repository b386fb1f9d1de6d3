import { VdsmError } from '@virgate/vdsm';
import type { SagaContext } from '@virgate/saga';
import type { Transaction } from 'kysely';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { VmStatus } from '@virgate/contract/generated/types';
import type { Tables } from '../tables/schema.ts';
import { domainOn } from '../vms/host-call.ts';
import { notRunning } from '../vms/lock.ts';

/** A disk as the host's hypervisor has it. */
export interface LiveDisk {
  storageDomainId: string;
  /** The chain of volumes, the one that is written to first. */
  volumes: string[];
  /** Where it is written to as well, and whether both sides are alike. */
  mirror: { storageDomainId: string; isReady: boolean } | null;
}

/** What a host says of a VM's disks: the truth about chains of volumes, as long as the VM runs. */
export type LiveView =
  | {
      kind: 'running';
      hostId: string;
      disks: ReadonlyMap<string, LiveDisk>;
      jobs: Readonly<Record<string, { cur?: string; end?: string }>>;
    }
  /** No host runs it any more. */
  | { kind: 'down' }
  /** Its host does not answer at the moment. */
  | { kind: 'unknown' };

const callTimeoutMs = 60_000;
/** Codes of VDSM. */
const noSuchVm = 1;

const pathOf = /\/([0-9a-f-]{36})\/images\/([0-9a-f-]{36})\/([0-9a-f-]{36})(?=["'])/g;

/** The disks in the document of a running domain, by the disks' ids. Pure. */
export function disksOf(xml: string): Map<string, LiveDisk> {
  const disks = new Map<string, LiveDisk>();
  for (const [element] of xml.matchAll(/<disk\b[\s\S]*?<\/disk>/g)) {
    const mirror = /<mirror\b([^>]*)>([\s\S]*?)<\/mirror>/.exec(element);
    const chain = [...element.replace(mirror?.[0] ?? '\0', '').matchAll(pathOf)];
    const [leaf] = chain;
    if (leaf?.[1] === undefined || leaf[2] === undefined) continue;
    const [other] = mirror ? [...(mirror[2] ?? '').matchAll(pathOf)] : [];
    disks.set(leaf[2], {
      storageDomainId: leaf[1],
      // A volume of a template lies in the folder of the disk that stands on it; paths may be named twice in one element.
      volumes: [...new Set(chain.flatMap((match) => match[3] ?? []))],
      mirror: other?.[1] === undefined ? null : { storageDomainId: other[1], isReady: /\bready=["']yes["']/.test(mirror?.[1] ?? '') },
    });
  }
  return disks;
}

/** Asks the host that runs a VM what its disks are now. */
export async function liveView<S extends object>(
  ctx: SagaContext<object, S, Transaction<Tables>>,
  hosts: HostSessions,
  vmId: string,
): Promise<LiveView> {
  const row = await ctx.tx((trx) => trx.selectFrom('vm_state').select(['status', 'host_id']).where('vm_id', '=', vmId).executeTakeFirst());
  if (!row || row.host_id === null || notRunning.has(row.status as VmStatus)) return { kind: 'down' };
  try {
    const { client, fence } = await hosts.access(row.host_id);
    const options = { timeoutMs: callTimeoutMs, fence, signal: ctx.signal };
    const answer = await client.call('VM.getStats', { vmID: vmId }, options);
    const stats = (Array.isArray(answer) ? answer[0] : answer) as { status?: string; vmJobs?: Record<string, object> } | undefined;
    if (stats === undefined || stats.status === 'Down') return { kind: 'down' };
    const xml = await domainOn(client, vmId, options);
    return xml === '' ? { kind: 'unknown' } : { kind: 'running', hostId: row.host_id, disks: disksOf(xml), jobs: stats.vmJobs ?? {} };
  } catch (error) {
    if (error instanceof VdsmError) return { kind: error.code === noSuchVm ? 'down' : 'unknown' };
    throw error;
  }
}
