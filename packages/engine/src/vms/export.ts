import type { Action, VmStatus } from '@virgate/contract/generated/types';
import { checkDisksWell } from '../snapshots/chain.ts';
import { templateDisks } from '../templates/disks.ts';
import { one } from '../rest/listing.ts';
import type { Operation } from '../rest/operation.ts';
import { noId } from '../images/host-tasks.ts';
import { packed } from './export-begin.ts';
import { archiveOf, exportDomain } from './export-target.ts';
import { wrongState } from './lock.ts';
import { readableVms } from './read.ts';
import { checkStatus } from './status-rules.ts';

const frame = { VAR_ACTION: 'export', VAR_TYPE: 'VM' };
/** VMs that an archive can be made of: of running ones by a snapshot. Source: engine behaviour, export to OVA. */
const archived: ReadonlySet<VmStatus> = new Set<VmStatus>(['down', 'up', 'paused']);

/** Why a VM can be exported nowhere now; null when it can. */
export const exportProblem = (status: VmStatus) => (archived.has(status) ? null : wrongState('export', status));

/**
 * `POST vms/{vm}/export`: as an archive on a host; or to a domain, of which none is made for exports.
 */
export const exportVm: Operation = {
  permit: 'import_export_vm',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  async run(context) {
    const vm = await one(context, readableVms, context.path['vm']);
    const status = vm['status'] as VmStatus;
    const body = context.body as Action;
    const archive = await archiveOf(context, body, String(vm['name']));
    if (archive === null) {
      const domain = await exportDomain(context, body);
      checkStatus('ExportVm', status);
      throw domain.refusal(frame);
    }
    const problem = exportProblem(status);
    if (problem) throw problem;
    const { data_center_id: dataCenterId } = await context.db
      .selectFrom('vm')
      .select('data_center_id')
      .where('id', '=', vm.id ?? '')
      .executeTakeFirstOrThrow();
    archive.checkHost(dataCenterId, frame);
    checkDisksWell(await templateDisks(context.db, vm.id ?? ''), frame);
    return packed(context, 'vm', { id: vm.id ?? '', name: String(vm['name']) }, dataCenterId ?? noId, archive);
  },
};
