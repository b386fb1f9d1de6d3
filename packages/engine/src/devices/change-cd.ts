import { noteChange } from '../changes/outbox.ts';
import { recordEvent } from '../events/record.ts';
import type { EngineSaga } from '../jobs/jobs.ts';
import type { Context } from '../rest/operation.ts';
import { callVm, vmCallSaga, type VmCall, type VmCallParams } from '../vms/host-call.ts';
import type { SagaServices } from '../jobs/saga-services.ts';
import { checkStatus } from '../vms/status-rules.ts';
import { isoOf, type IsoImage } from './iso-images.ts';

interface Params extends VmCallParams {
  /** The bus of the VM's CD drive. */
  bus: 'sata' | 'ide';
  /** Null ejects. */
  iso: IsoImage | null;
}

/** The drive's place on its bus. Source: VDSM, changeCD. */
const driveIndex = '2';

const changeCd: VmCall<Params> = {
  name: 'ChangeDisk',
  verb: 'change the CD of',
  title: ({ vmName, iso }) => (iso === null ? `Ejecting the CD of VM ${vmName}` : `Putting CD ${iso.name} into VM ${vmName}`),
  call: ({ vmId, bus, iso }) => ({
    method: 'VM.changeCD',
    parameters: {
      vmID: vmId,
      driveSpec: {
        iface: bus,
        index: driveIndex,
        drive_spec:
          iso === null
            ? {}
            : { poolID: iso.dataCenterId, domainID: iso.storageDomainId, imageID: iso.diskId, volumeID: iso.volumeId, device: 'cdrom' },
      },
    },
  }),
  async record(trx, { vmId, iso }, about) {
    const inside = { disk_id: iso?.diskId ?? null, file: null };
    await trx
      .insertInto('vm_current_cdrom')
      .values({ vm_id: vmId, ...inside })
      .onConflict((there) => there.column('vm_id').doUpdateSet(inside))
      .execute();
    await recordEvent(trx, {
      name: iso === null ? 'USER_EJECT_VM_DISK' : 'USER_CHANGE_DISK_VM',
      ...about,
      ...(iso === null ? {} : { values: { disk: iso.name } }),
    });
    await noteChange(trx, 'vm', vmId, 'update');
  },
  failed: 'USER_FAILED_CHANGE_DISK_VM',
};

export const changeCdSaga = (services: SagaServices): EngineSaga => vmCallSaga(services, changeCd);

/**
 * Changes the CD of a running VM until it stops.
 * @param file id of an ISO disk; empty to eject
 * @throws {Fault} 409 when the VM does not run, or the image cannot be used
 */
export async function changeCurrentCd(context: Context, vmId: string, file: string): Promise<void> {
  const row = await context.db
    .selectFrom('vm')
    .leftJoin('cluster', 'cluster.id', 'vm.cluster_id')
    .select(['vm.bios_type', 'cluster.bios_type as cluster_bios_type'])
    .where('vm.id', '=', vmId)
    .executeTakeFirst();
  const bios = row?.bios_type === 'cluster_default' ? row.cluster_bios_type : row?.bios_type;
  const status = await context.db.selectFrom('vm_state').select('status').where('vm_id', '=', vmId).executeTakeFirst();
  checkStatus('ChangeDisk', (status?.status ?? 'down') as Parameters<typeof checkStatus>[1]);
  const iso = file === '' ? null : await isoOf(context.db, file, { vmId, verb: changeCd.verb });
  await callVm(context, vmId, changeCd, { bus: bios === 'i440fx_sea_bios' ? 'ide' : 'sata', iso }, (_trx, now) =>
    checkStatus('ChangeDisk', now),
  );
}
