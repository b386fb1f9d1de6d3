import { defineSaga, type SagaStep } from '@virgate/saga';
import { VdsmError } from '@virgate/vdsm';
import type { Transaction } from 'kysely';
import { revokeAllOn } from '../access/grant.ts';
import { noteChange } from '../changes/outbox.ts';
import { setStatus } from '../disks/usable.ts';
import { deleteImage } from '../disks/volumes.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostTask, storageManagerOf, type TaskState } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import { isOnBlocks } from '../storage-domains/block-group.ts';
import type { Tables } from '../tables/schema.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { transferRow } from './begin.ts';
import { closeTicket, verifyUpload, volumeSizes } from './ticket.ts';
import { connectionLost } from '../monitoring/connection-lost.ts';

type Trx = Transaction<Tables>;

export interface EndParams {
  transferId: string;
  diskId: string;
  diskName: string;
  upload: boolean;
  /** The disk belongs to a backup, which keeps it locked. */
  ofBackup?: boolean;
  /** `success`: the client has said that all is there; `cancelled`: it goes, with what was uploaded; `failure`: it was given up. */
  outcome: 'success' | 'cancelled' | 'failure';
  user: { id: string; name: string };
  correlationId: string;
}

interface State extends TaskState {
  /** Why the uploaded image may not be used. */
  refusal: string | null;
  actualBytes: number | null;
}

/** A sparse volume on LUNs had room for all that could be uploaded; what it does not need goes back. No upload fails for that. */
const reduceStep = (hosts: SagaServices['hosts'], { transferId, diskId }: EndParams): SagaStep<EndParams, State, Trx> => ({
  name: 'reduce',
  title: 'Giving back what the image does not need',
  async run(ctx) {
    const { row, isThin } = await ctx.tx(async (trx) => {
      const transfer = await transferRow(trx, transferId);
      const image = await trx.selectFrom('image').select(['format', 'sparse']).where('id', '=', transfer.volume_id).executeTakeFirst();
      const onBlocks = await isOnBlocks(trx, transfer.storage_domain_id);
      return { row: transfer, isThin: onBlocks && image?.format === 'cow' && image.sparse };
    });
    if (!isThin || ctx.state.refusal !== null) return undefined;
    try {
      return await hostTask(ctx as never, hosts, {
        name: `reduce ${row.volume_id}`,
        hostId: () => ctx.tx((trx) => storageManagerOf(trx, row.data_center_id)),
        method: 'StoragePool.reduceVolume',
        action: 'Cannot reduce Virtual Disk',
        doneAlready: [],
        parameters: { storagepoolID: row.data_center_id, storagedomainID: row.storage_domain_id, imageID: diskId, volumeID: row.volume_id },
      });
    } catch {
      return undefined;
    }
  },
});

/** Ends a transfer: the ticket goes, an upload is looked at, the disk may be used again. */
export const endTransferSaga = ({ hosts }: SagaServices): EngineSaga =>
  defineSaga<EndParams, State, Trx>({
    name: 'TransferImageStatus',
    version: 2,
    title: (params) => `Ending the transfer of Disk ${params.diskName}`,
    locks: (params) =>
      params.ofBackup === true
        ? []
        : [{ group: 'DISK', objectId: params.diskId, mode: 'exclusive', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' }],
    initialState: () => ({ tasks: {}, refusal: null, actualBytes: null }),
    steps: (params) => [
      // nothing is written any more when the image is looked at
      {
        name: 'close',
        title: 'Closing the image',
        retry: { attempts: 5, delayMs: 1_000 },
        async run(ctx) {
          const row = await ctx.tx((trx) => transferRow(trx, ctx.params.transferId));
          await closeTicket({ hosts, signal: ctx.signal }, row);
        },
      },
      ...(params.outcome === 'success'
        ? [
            {
              name: 'verify',
              title: 'Looking at the image',
              retry: { attempts: 5, delayMs: 1_000 },
              async run(ctx: Parameters<typeof deleteImage<State>>[0]) {
                const row = await ctx.tx((trx) => transferRow(trx, params.transferId));
                const asker = { hosts, signal: ctx.signal };
                try {
                  if (params.upload) await verifyUpload(asker, row);
                  ctx.state.actualBytes = (await volumeSizes(asker, row)).trueBytes;
                } catch (error) {
                  if (!(error instanceof VdsmError) || error.code === connectionLost) throw error;
                  ctx.state.refusal = error.message;
                }
              },
            },
            ...(params.upload ? [reduceStep(hosts, params)] : []),
          ]
        : []),
      ...(params.outcome === 'cancelled' && params.upload
        ? [
            {
              name: 'remove',
              title: 'Removing what was uploaded',
              retry: { attempts: 8, delayMs: 1_000 },
              async run(ctx: Parameters<typeof deleteImage<State>>[0]) {
                const row = await ctx.tx((trx) => transferRow(trx, params.transferId));
                return deleteImage(ctx, hosts, {
                  diskId: params.diskId,
                  dataCenterId: row.data_center_id,
                  storageDomainId: row.storage_domain_id,
                  wipe: false,
                });
              },
              async record(_ctx: unknown, trx: Trx) {
                await trx.deleteFrom('disk').where('id', '=', params.diskId).execute();
                await revokeAllOn(trx, [params.diskId]);
                await noteChange(trx, 'disk', params.diskId, 'remove');
              },
            },
          ]
        : []),
    ],
    async ended(end, trx) {
      const { transferId, diskId, diskName, upload, outcome } = end.params;
      const refusal = end.error?.message ?? end.state.refusal;
      const good = outcome === 'success' && refusal === null;
      const phase = good
        ? 'finished_success'
        : outcome === 'cancelled' && end.status === 'succeeded'
          ? 'finished_cleanup'
          : 'finished_failure';
      await trx.updateTable('image_transfer').set({ phase, active: false, updated_at: new Date() }).where('id', '=', transferId).execute();
      if (end.params.ofBackup !== true && (phase !== 'finished_cleanup' || !upload))
        await setStatus(trx, diskId, good || !upload ? 'ok' : 'illegal');
      if (good && upload && end.state.actualBytes !== null) {
        const row = await transferRow(trx, transferId);
        await trx.updateTable('image').set({ actual_bytes: end.state.actualBytes }).where('id', '=', row.volume_id).execute();
      }
      await recordEvent(trx, {
        name: good ? 'TRANSFER_IMAGE_SUCCEEDED' : phase === 'finished_cleanup' ? 'TRANSFER_IMAGE_CLEANED_UP' : 'TRANSFER_IMAGE_FAILED',
        ...ofJob(end),
        values: { disk: diskName, ...(refusal === null ? {} : { reason: refusal }) },
      });
    },
  }) as unknown as EngineSaga;
