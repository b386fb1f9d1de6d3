import { defineSaga } from '@virgate/saga';
import { writeOvf } from '@virgate/contract/ovf';
import type { Transaction } from 'kysely';
import { noteChange } from '../changes/outbox.ts';
import { ofJob, recordEvent } from '../events/record.ts';
import { hostJob } from '../images/host-jobs.ts';
import { volumeFormat } from '../images/host-tasks.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { describeEntity } from '../ovf-stores/describe.ts';
import {
  dropPassingSteps,
  endPassingSnapshot,
  keepFromHere,
  mergeBackStep,
  takePassingSteps,
  type PassingSnapshot,
} from '../snapshots/passing.ts';
import type { MergeState } from '../snapshots/remove.ts';
import type { Tables } from '../tables/schema.ts';
import { vmLock } from './lock.ts';

/** A VM or template that a host packs into an archive. */
export interface ExportParams {
  kind: 'vm' | 'template';
  entityId: string;
  entityName: string;
  dataCenterId: string;
  host: { id: string; name: string };
  directory: string;
  fileName: string;
  disks: { diskId: string; volumeId: string; storageDomainId: string }[];
  /** The VM runs: what is packed is below this snapshot. */
  passing?: PassingSnapshot;
  user: { id: string; name: string };
  correlationId: string;
}

interface State extends MergeState {
  /** Room of each volume in the archive. */
  sizes: Record<string, number>;
  mergedBack?: number;
}

const callTimeoutMs = 120_000;
const mebibyte = 1024 ** 2;
/** What an image may need beyond what was measured: its tables are laid out in another order. */
const slackBytes = 2 * mebibyte;
const roomOf = (measuredBytes: number): number => Math.ceil((measuredBytes + slackBytes) / mebibyte) * mebibyte;

const kinds = {
  vm: { name: 'ExportVmToOva', label: 'VM', event: 'IMPORTEXPORT_EXPORT_VM_TO_OVA', failed: 'IMPORTEXPORT_EXPORT_VM_TO_OVA_FAILED' },
  template: {
    name: 'ExportVmTemplateToOva',
    label: 'Template',
    event: 'IMPORTEXPORT_EXPORT_TEMPLATE_TO_OVA',
    failed: 'IMPORTEXPORT_EXPORT_TEMPLATE_TO_OVA_FAILED',
  },
} as const;

/** Where an export goes, by the verbs' names. */
const placeOf = ({ directory, fileName }: ExportParams) => ({ directory, filename: fileName });

/** The description for the archive: the disks whole, in the format that they have there, and nothing of the snapshot that the job took. */
async function describe(trx: Transaction<Tables>, { entityId, disks, passing }: ExportParams, sizes: State['sizes']): Promise<string> {
  const entity = await describeEntity(trx, entityId, passing?.snapshotId);
  const volumes = entity.volumes
    .filter(({ volumeId }) => disks.some((disk) => disk.volumeId === volumeId))
    .map((volume) => ({
      ...volume,
      parentId: null,
      snapshotId: null,
      format: 'cow' as const,
      sparse: true,
      actualBytes: sizes[volume.volumeId] ?? 0,
    }));
  return writeOvf({ ...entity, volumes }, 'ova');
}

const exportSagaOf = ({ hosts }: SagaServices, kind: 'vm' | 'template'): EngineSaga => {
  const { name, label, event, failed } = kinds[kind];
  return defineSaga<ExportParams, State, Transaction<Tables>>({
    name,
    version: 1,
    title: (params) => `Exporting ${label} ${params.entityName} as an archive`,
    cancellable: true,
    locks: (params) => [
      kind === 'vm'
        ? vmLock(params.entityId)
        : { group: 'TEMPLATE', objectId: params.entityId, mode: 'shared', messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED' },
      ...params.disks.map(({ diskId }) => ({
        group: 'DISK',
        objectId: diskId,
        mode: params.passing === undefined ? ('shared' as const) : ('exclusive' as const),
        messageKey: 'ACTION_TYPE_FAILED_OBJECT_LOCKED',
      })),
    ],
    initialState: () => ({ tasks: {}, sizes: {} }),
    steps: (params) => [
      ...(params.passing
        ? [...takePassingSteps<ExportParams, State>(hosts, params.passing), mergeBackStep<ExportParams, State>(hosts, params.passing)]
        : []),
      {
        name: 'measure',
        title: 'Measuring the disks',
        async run(ctx) {
          const { disks, host, dataCenterId } = ctx.params;
          const { client, fence } = await hosts.access(host.id);
          const sizes: State['sizes'] = {};
          for (const disk of disks) {
            const answer = (await client.call(
              'Volume.measure',
              {
                volumeID: disk.volumeId,
                storagepoolID: dataCenterId,
                storagedomainID: disk.storageDomainId,
                imageID: disk.diskId,
                dstVolFormat: volumeFormat.cow,
                backing_chain: true,
              },
              { timeoutMs: callTimeoutMs, fence, signal: ctx.signal },
            )) as { required?: number };
            sizes[disk.volumeId] = roomOf(Number(answer.required));
          }
          ctx.state.sizes = sizes;
        },
      },
      {
        name: 'pack',
        title: 'Packing the archive',
        timeoutMs: 24 * 3_600_000,
        async run(ctx) {
          const { disks, host } = ctx.params;
          const ovf = await ctx.tx((trx) => describe(trx, ctx.params, ctx.state.sizes));
          return hostJob(ctx as never, hosts, {
            name: 'pack',
            hostId: host.id,
            method: 'Virgate.packArchive',
            action: `Cannot export ${label}`,
            doneAlready: [],
            parameters: {
              ...placeOf(ctx.params),
              ovf,
              disks: disks.map((disk) => ({
                sd_id: disk.storageDomainId,
                img_id: disk.diskId,
                vol_id: disk.volumeId,
                name: disk.volumeId,
                size: ctx.state.sizes[disk.volumeId],
              })),
            },
          });
        },
        async undo(ctx) {
          const { client, fence } = await hosts.access(ctx.params.host.id);
          const parameters = { ...placeOf(ctx.params), job_id: ctx.uuid('pack') };
          await client.call('Virgate.removeArchive', parameters, { timeoutMs: callTimeoutMs, fence, signal: ctx.signal });
        },
      },
      ...(params.passing ? [keepFromHere<ExportParams, State>(), ...dropPassingSteps<ExportParams, State>(hosts, params.passing)] : []),
    ],
    async ended(end, trx) {
      const { entityId: id, entityName, host, fileName, directory, passing } = end.params;
      const left = passing && (await endPassingSnapshot(trx, passing, end.state)) ? `; its snapshot "${passing.description}" stays` : '';
      if (kind === 'vm' && !passing) {
        await trx.updateTable('vm_state').set({ status: 'down' }).where('vm_id', '=', id).where('status', '=', 'image_locked').execute();
        await noteChange(trx, 'vm', id, 'update');
      }
      await recordEvent(trx, {
        name: end.status === 'succeeded' ? event : failed,
        [kind]: { id, name: entityName },
        host,
        ...ofJob(end),
        values: { file: `${directory.replace(/\/$/, '')}/${fileName}`, reason: `${end.error?.message ?? ''}${left}` },
      });
    },
  }) as unknown as EngineSaga;
};

/** The jobs that pack VMs and templates into archives. */
export const exportSagas = (services: SagaServices): EngineSaga[] => [exportSagaOf(services, 'vm'), exportSagaOf(services, 'template')];
