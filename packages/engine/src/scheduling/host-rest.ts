/** Which host of a cluster a policy that saves power sends to rest, or wakes. Pure. Source: scheduler, power saving. */

/** A host as this is decided by. */
export interface RestingHost {
  id: string;
  name: string;
  status: string;
  vmCount: number;
  isSpm: boolean;
  /** The engine may switch its power by itself. */
  switchable: boolean;
  /** Nobody outside has reported that it is ill. */
  externallyOk: boolean;
  /** It was the policy that sent it where it is, not a person. */
  restsByPolicy: boolean;
  /** Its power could not be switched a short time ago. */
  failedLately: boolean;
}

/** What one round does; null when nothing is to be done. */
export type RestDecision = { do: 'maintain' | 'switch_off' | 'activate' | 'switch_on'; host: RestingHost } | null;

/** Statuses through which a host goes to rest and comes back: the next step waits until it is there. */
const onTheWay: readonly string[] = ['preparing_for_maintenance', 'reboot', 'unassigned', 'initializing'];

/**
 * One step, so that each sees what the one before has done: as many hosts without VMs are kept up as are to be in reserve, further ones go
 * into maintenance and then off; where there are too few, the one comes back that is back soonest.
 *
 * @param reserve how many hosts without VMs are to be up
 */
export function decideRest(hosts: readonly RestingHost[], reserve: number): RestDecision {
  const resting = hosts.filter((host) => host.restsByPolicy);
  if (resting.some((host) => onTheWay.includes(host.status))) return null;
  const up = hosts.filter((host) => host.status === 'up');
  const empty = up.filter((host) => host.vmCount === 0);
  const ready = resting.filter((host) => !host.failedLately);
  const inMaintenance = ready.find((host) => host.status === 'maintenance');
  if (empty.length < reserve) {
    if (inMaintenance) return { do: 'activate', host: inMaintenance };
    const off = ready.find((host) => host.status === 'down' && host.switchable);
    return off ? { do: 'switch_on', host: off } : null;
  }
  if (inMaintenance?.switchable) return { do: 'switch_off', host: inMaintenance };
  const spare = empty.find((host) => host.switchable && !host.isSpm && host.externallyOk);
  // somebody has to be up, be it to switch the others on
  return empty.length > reserve && up.length > 1 && spare ? { do: 'maintain', host: spare } : null;
}
