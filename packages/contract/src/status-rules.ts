import { forbiddenByStatus } from './generated/actions.ts';
import type { HostStatus, StorageDomainStatus, TemplateStatus, VmStatus } from './generated/types.ts';

/** Kinds of objects for which the contract says in which status which action is refused, with their statuses as the API spells them. */
export interface StatusOf {
  vm: VmStatus;
  host: HostStatus;
  template: TemplateStatus;
  storageDomain: StorageDomainStatus;
}

/** Statuses that the contract's table does not spell as the API does, word by word. */
const spelled: Readonly<Record<string, string>> = { migrating: 'MigratingFrom', installing_os: 'InstallingOS' };

const rowOf = (status: string): string =>
  spelled[status] ??
  status
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/**
 * Whether the contract refuses an action on an object in this status. What it does not list is allowed, as far as the contract goes.
 * @param action name of the action in the contract's table of actions, such as `RunVm`
 */
export function refusedByStatus<Kind extends keyof StatusOf>(kind: Kind, status: StatusOf[Kind], action: string): boolean {
  return forbiddenByStatus[kind]?.[rowOf(status)]?.includes(action) ?? false;
}
