import type { SagaStep } from '@virgate/saga';
import type { Transaction } from 'kysely';
import { shareStep, type NewDisk } from '../disks/volumes.ts';
import { hostJob } from '../images/host-jobs.ts';
import { noId, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { HostSessions } from '../monitoring/sessions.ts';
import type { Tables } from '../tables/schema.ts';

type Trx = Transaction<Tables>;

/** What the sealing of a template notes. */
export interface SealState extends TaskState {
  sealFailed?: boolean;
}

/**
 * Steps that seal the copies of a template's disks, all at once, and make them the bases of others. When they fail nothing of the template is
 * left. Source: engine behaviour, sealing of templates.
 */
export const sealSteps = <P extends { disks: NewDisk[] }, S extends SealState>(
  hosts: HostSessions,
  { templateId, disks }: { templateId: string; disks: readonly NewDisk[] },
): SagaStep<P, S, Trx>[] => [
  {
    name: 'seal',
    title: 'Sealing the disks',
    timeoutMs: 24 * 3_600_000,
    async run(ctx) {
      const dataCenterId = disks[0]?.dataCenterId ?? noId;
      try {
        return await hostJob(ctx as never, hosts, {
          name: 'seal',
          hostId: () => ctx.tx((trx) => storageManagerOf(trx, dataCenterId)),
          method: 'VM.seal',
          action: 'Cannot seal Template',
          doneAlready: [],
          parameters: {
            vmID: templateId,
            sp_id: dataCenterId,
            images: disks.map(({ storageDomainId, diskId, volumeId }) => ({ sd_id: storageDomainId, img_id: diskId, vol_id: volumeId })),
          },
        });
      } catch (error) {
        await ctx.save({ sealFailed: true } as Partial<S>);
        throw error;
      }
    },
  },
  ...disks.map((disk, index) => shareStep<P, S>(hosts, disk, index, { generation: 0, action: 'Cannot seal Template' })),
];
