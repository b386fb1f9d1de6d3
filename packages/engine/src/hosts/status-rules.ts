import { forbiddenByStatus } from '@virgate/contract/generated/actions';
import { conflict } from '../rest/fault.ts';

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();
const byStatus = new Map(Object.entries(forbiddenByStatus['host'] ?? {}).map(([status, actions]) => [plain(status), actions]));

/** Whether the contract refuses an action in a status of a host, both by the names they have there and here. */
export const isRefused = (action: string, status: string): boolean => byStatus.get(plain(status))?.includes(action) === true;

/** Refuses an action that the contract forbids in a host's status. @throws {Fault} 409 */
export function refuseHostStatus(action: string, verb: string, status: string): void {
  if (isRefused(action, status))
    throw conflict('ACTION_TYPE_FAILED_VDS_STATUS_ILLEGAL', {
      VAR_ACTION: verb,
      VAR_TYPE: 'Host',
      hostStatus: status.replaceAll('_', ' '),
    });
}
