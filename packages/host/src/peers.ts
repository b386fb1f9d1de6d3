import type { VdsmPeer } from '@virgate/vdsm';
import { ConfigError } from './config-error.ts';

/**
 * Who may command an agent, of those with a certificate of its authority: `engine` = an engine of Virgate, whose authority puts the
 * organizational unit `engine` into the certificate of the engine and into no other; `CN=name` = the certificate with this common name,
 * for engines whose authority marks nothing (oVirt's); `any` = everybody, as with VDSM; `hosts` = all others of the authority, but only to
 * send VMs here.
 */
export type PeerRule = 'engine' | 'any' | 'hosts' | `CN=${string}`;

/** What an agent accepts unless its configuration says otherwise. */
export const defaultPeerRules: readonly PeerRule[] = ['engine', 'hosts'];

/** Subject attribute that the authority gives to engines alone. */
const engineUnit = 'engine';
const maximumRules = 32;
const maximumNameLength = 255;

/** Checks the rules of a configuration. @throws ConfigError */
export function readPeerRules(values: readonly string[]): PeerRule[] {
  if (values.length === 0 || values.length > maximumRules)
    throw new ConfigError(`tls.peers must have 1 to ${maximumRules} entries: engine, hosts, any or CN=NAME`);
  return values.map((value): PeerRule => {
    if (value === 'engine' || value === 'any' || value === 'hosts') return value;
    const name = value.startsWith('CN=') ? value.slice(3) : '';
    if (name === '' || name.length > maximumNameLength) throw new ConfigError('tls.peers must hold engine, hosts, any or CN=NAME');
    return `CN=${name}`;
  });
}

const holds = (attribute: string | string[] | undefined, value: string): boolean =>
  Array.isArray(attribute) ? attribute.includes(value) : attribute === value;

/** Whether a rule lets a peer command the agent. */
function commands(rule: PeerRule, { subject }: Pick<VdsmPeer, 'subject'>): boolean {
  switch (rule) {
    case 'any':
      return true;
    case 'hosts':
      return false;
    case 'engine':
      return holds(subject?.['OU'], engineUnit);
    default:
      // Two common names in one subject would say two things; nobody who signs with care makes such a certificate.
      return subject?.['CN'] === rule.slice(3);
  }
}

/** Whether the rules let a peer in whose certificate the authority signed: wholly, or only to send VMs here. */
export function acceptsPeer(rules: readonly PeerRule[], peer: Pick<VdsmPeer, 'subject'>): boolean | 'restricted' {
  if (rules.some((rule) => commands(rule, peer))) return true;
  return rules.includes('hosts') && hostName(peer) !== undefined ? 'restricted' : false;
}

/** The name of a host as its certificate has it. */
export function hostName({ subject }: Pick<VdsmPeer, 'subject'>): string | undefined {
  const name = subject?.['CN'];
  return typeof name === 'string' && name !== '' ? name : undefined;
}
