import { storageErrors } from '@virgate/contract/generated/vdsm-errors';
import type { SagaContext, Wait } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { hostJob } from '../images/host-jobs.ts';
import type { TaskState } from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { Tables } from '../tables/schema.ts';
import type { BackupDisk } from './rows.ts';

const infoTimeoutMs = 60_000;

/** State of a job that changes the bitmaps of volumes: their generations before each change, by which a host tells a repeat. */
export interface BitmapState extends TaskState {
  generations: Record<string, number>;
}

/** A disk as its volume is named. */
export type BitmapDisk = Pick<BackupDisk, 'diskId' | 'volumeId' | 'storageDomainId' | 'dataCenterId'>;

const volumeOf = (disk: BitmapDisk): Record<string, string> => ({
  storagepoolID: disk.dataCenterId,
  storagedomainID: disk.storageDomainId,
  imageID: disk.diskId,
  volumeID: disk.volumeId,
});

type Context<S extends BitmapState> = SagaContext<object, S, Transaction<Tables>>;

/** Bitmaps that a volume keeps; `in-use` ones are broken: the machine that wrote them died. @throws VdsmError */
export async function bitmapsOfVolume(
  { hosts, hostId, signal }: { hosts: HostSessions; hostId: string; signal: AbortSignal },
  disk: BitmapDisk,
): Promise<{ name: string; whole: boolean }[]> {
  const { client, fence } = await hosts.access(hostId);
  const info = (await client.call('Volume.getQemuImageInfo', volumeOf(disk), { timeoutMs: infoTimeoutMs, fence, signal })) as {
    bitmaps?: { name: string; flags?: string[] }[];
  };
  return (info.bitmaps ?? []).map(({ name, flags }) => ({ name, whole: flags?.includes('in-use') !== true }));
}

/** Changes the bitmaps of a volume that no machine uses, as a job of a host. To be returned from a step's `run`; repeatable. */
export async function changeBitmaps<S extends BitmapState>(
  ctx: Context<S>,
  hosts: HostSessions,
  hostId: string,
  change: { verb: 'SDM.add_bitmap' | 'SDM.remove_bitmap' | 'SDM.clear_bitmaps'; disk: BitmapDisk; bitmap?: string },
): Promise<Wait | undefined> {
  const { verb, disk, bitmap } = change;
  const name = `${verb} ${disk.volumeId} ${bitmap ?? ''}`.trim();
  let generation = ctx.state.generations[name];
  if (generation === undefined) {
    const { client, fence } = await hosts.access(hostId);
    const options = { timeoutMs: infoTimeoutMs, fence, signal: ctx.signal };
    generation = ((await client.call('Volume.getInfo', volumeOf(disk), options)) as { generation?: number }).generation ?? 0;
    ctx.state.generations = { ...ctx.state.generations, [name]: generation };
    await ctx.save({ generations: ctx.state.generations } as Partial<S>);
  }
  return hostJob(ctx as never, hosts, {
    name,
    hostId,
    method: verb,
    action: 'Cannot change what is recorded of the disk',
    // the volume has the next generation: it was done before
    doneAlready: [storageErrors.GenerationMismatch],
    parameters: {
      vol_info: { endpoint_type: 'div', sd_id: disk.storageDomainId, img_id: disk.diskId, vol_id: disk.volumeId, generation },
      ...(bitmap === undefined ? {} : { bitmap }),
    },
  });
}
