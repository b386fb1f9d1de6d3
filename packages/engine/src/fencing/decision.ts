import type { FencingPolicy, HostStatus } from '@virgate/contract/generated/types';

/** What is known when a host has stopped to answer. */
export interface Situation {
  readonly status: HostStatus;
  /** The host itself is given up by those who administer it. */
  readonly externalStatusOk: boolean;
  /** Power management is set up, and not switched off for automatic use. */
  readonly powerManagement: 'automatic' | 'manual' | 'none';
  readonly policy: FencingPolicy;
  /** Milliseconds since this engine has started: what it has not seen for longer it cannot judge. */
  readonly engineUpMs: number;
  readonly quietAtStartMs: number;
  /** Hosts of the same cluster, this one among them, and how many of them do not answer. */
  readonly clusterHosts: number;
  readonly clusterHostsAway: number;
  /** Hosts of the whole installation, and how many of them do not answer. */
  readonly allHosts: number;
  readonly allHostsAway: number;
}

export type FencingDecision =
  | { readonly fence: true; /** Ask storage first whether the host still lives. */ readonly unlessActiveOnStorage: boolean }
  | { readonly fence: false; readonly because: Reason };

export type Reason =
  | 'host_answers'
  | 'just_started'
  | 'engine_is_cut_off'
  | 'disabled_by_policy'
  | 'connectivity_broken'
  | 'external_status'
  | 'no_power_management'
  | 'manual_power_management';

/** A host in one of these is treated; in any other it has come back. Source: engine behaviour, treatment of hosts that do not answer. */
const treated: readonly HostStatus[] = ['down', 'install_failed', 'maintenance', 'non_operational', 'non_responsive', 'kdumping'];
const defaultThresholdPercent = 50;

/**
 * Whether a host that does not answer is to be switched off and on. When every host is away it is the engine that is cut off, whatever
 * the policy says: nothing is fenced then, or the engine would switch off a healthy installation host by host.
 * Source: engine behaviour, treatment of hosts that do not answer; the rule for all hosts is our own.
 */
export function decideFencing(situation: Situation): FencingDecision {
  const { policy, clusterHosts, clusterHostsAway, allHosts, allHostsAway } = situation;
  const no = (because: Reason): FencingDecision => ({ fence: false, because });
  if (!treated.includes(situation.status)) return no('host_answers');
  if (policy.enabled === false) return no('disabled_by_policy');
  const broken = policy.skip_if_connectivity_broken;
  if (broken?.enabled === true && clusterHostsAway * 100 >= clusterHosts * (broken.threshold ?? defaultThresholdPercent))
    return no('connectivity_broken');
  if (situation.engineUpMs < situation.quietAtStartMs) return no('just_started');
  if (situation.powerManagement === 'none') return no('no_power_management');
  if (situation.powerManagement === 'manual') return no('manual_power_management');
  if (!situation.externalStatusOk) return no('external_status');
  if (allHosts > 1 && allHostsAway >= allHosts) return no('engine_is_cut_off');
  return { fence: true, unlessActiveOnStorage: policy.skip_if_sd_active?.enabled === true };
}
