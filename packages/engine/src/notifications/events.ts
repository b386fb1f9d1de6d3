import { enumValues } from '@virgate/contract/generated/enums';
import { eventTable, type EventName } from '@virgate/contract/generated/events';

/** Events of the audit log as subscriptions name them, and what tells that they are over. Source: REST contract, event subscriptions. */

const codes = new Map<string, number>(eventTable.map(([name, code]) => [name, code]));

/** Hosts and the engine are called otherwise in the audit log. */
const otherwise: readonly (readonly [RegExp, string])[] = [
  [/^HOST_/, 'VDS_'],
  [/^USER_HOST_/, 'USER_VDS_'],
  [/^ENGINE_/, 'VDC_'],
];

/** The event of the audit log that a subscription names; undefined when there is none. */
export function loggedName(event: string): EventName | undefined {
  const name = event.toUpperCase();
  const names = [name, ...otherwise.map(([pattern, here]) => name.replace(pattern, here))];
  return names.find((one) => codes.has(one)) as EventName | undefined;
}

/** What tells that the matter of an event is settled: who is told of the one is told of the other. Source: notifier, event map. */
const settledBy: Partial<Record<EventName, EventName>> = {
  VDC_STOP: 'VDC_START',
  USER_VDS_MAINTENANCE: 'VDS_ACTIVATE',
  USER_VDS_MAINTENANCE_MANUAL_HA: 'VDS_ACTIVATE',
  USER_VDS_MAINTENANCE_MIGRATION_FAILED: 'USER_VDS_MAINTENANCE',
  VDS_ACTIVATE_FAILED: 'VDS_ACTIVATE',
  VDS_RECOVER_FAILED: 'VDS_RECOVER',
  VDS_SLOW_STORAGE_RESPONSE_TIME: 'VDS_ACTIVATE',
  VDS_APPROVE_FAILED: 'VDS_APPROVE',
  VDS_INSTALL_FAILED: 'VDS_INSTALL',
  VDS_FAILURE: 'VDS_DETECTED',
  VDS_SET_NONOPERATIONAL: 'VDS_DETECTED',
  VDS_SET_NONOPERATIONAL_DOMAIN: 'VDS_DETECTED',
  VDS_SET_NONOPERATIONAL_IFACE_DOWN: 'VDS_DETECTED',
  VM_MIGRATION_START: 'VM_MIGRATION_DONE',
  HOST_INTERFACE_STATE_DOWN: 'HOST_INTERFACE_STATE_UP',
  HOST_BOND_SLAVE_STATE_DOWN: 'HOST_BOND_SLAVE_STATE_UP',
};

/** Of what a subscription tells its user: the event itself, and what settles it. */
export interface Told {
  event: string;
  code: number;
  /** It tells that something is settled. */
  resolves: boolean;
}

/** Every code of the audit log that some subscription is about, with the names of those subscriptions. */
export const told: readonly Told[] = enumValues.NotifiableEvent.flatMap((event) => {
  const name = loggedName(event);
  if (name === undefined) return [];
  const settling = settledBy[name];
  const about = (code: number | undefined, resolves: boolean): Told[] => (code === undefined ? [] : [{ event, code, resolves }]);
  return [...about(codes.get(name), false), ...(settling === undefined ? [] : about(codes.get(settling), true))];
});
