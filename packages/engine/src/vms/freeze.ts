import type { VmStatus } from '@virgate/contract/generated/types';
import type { EventName } from '@virgate/contract/generated/events';
import type { EngineSaga } from '../jobs/jobs.ts';
import { recordEvent } from '../events/record.ts';
import { conflict } from '../rest/fault.ts';
import type { Operation } from '../rest/operation.ts';
import { attribution } from '../rest/write.ts';
import { callVm, vmCallSaga, type VmCall, type VmCallParams } from './host-call.ts';
import { notRunning, wrongState } from './lock.ts';
import type { SagaServices } from '../jobs/saga-services.ts';

/** Freezing or thawing the file systems of a guest, which its agent does. */
const call = (name: 'FreezeVm' | 'ThawVm', verb: 'freeze' | 'thaw', done: EventName, failed: EventName): VmCall<VmCallParams> => ({
  name,
  verb,
  title: ({ vmName }) => `${verb === 'freeze' ? 'Freezing' : 'Thawing'} the file systems of VM ${vmName}`,
  call: ({ vmId }) => ({ method: `VM.${verb}`, parameters: { vmID: vmId } }),
  record: (trx, _params, about) => recordEvent(trx, { name: done, ...about }),
  failed,
});

const freeze = call('FreezeVm', 'freeze', 'FREEZE_VM_SUCCESS', 'USER_FAILED_TO_FREEZE_VM');
const thaw = call('ThawVm', 'thaw', 'THAW_VM_SUCCESS', 'USER_FAILED_TO_THAW_VM');

export const freezeSagas = (services: SagaServices): EngineSaga[] => [vmCallSaga(services, freeze), vmCallSaga(services, thaw)];

const ready: ReadonlySet<VmStatus> = new Set<VmStatus>(['up', 'powering_up', 'paused', 'migrating']);

/** `POST vms/{vm}/freezefilesystems` and `thawfilesystems`. */
const operation = (action: VmCall<VmCallParams>): Operation => ({
  permit: 'configure_vm_storage',
  subjects: (context) => [{ type: 'vm', id: context.path['vm'] ?? '' }],
  run: (context) =>
    callVm(context, context.path['vm'] ?? '', action, {}, async (trx, status) => {
      if (notRunning.has(status)) throw conflict('ACTION_TYPE_FAILED_VM_IS_NOT_RUNNING', { VAR_ACTION: action.verb, VAR_TYPE: 'VM' });
      if (!ready.has(status)) throw wrongState(action.verb, status);
      if (action !== freeze) return;
      const vm = { id: context.path['vm'] ?? '', name: '' };
      const row = await trx.selectFrom('vm').select('name').where('id', '=', vm.id).executeTakeFirst();
      await recordEvent(trx, { name: 'FREEZE_VM_INITIATED', vm: { ...vm, name: row?.name ?? '' }, ...attribution(context) });
    }),
});

export const freezeFilesystems = operation(freeze);
export const thawFilesystems = operation(thaw);
