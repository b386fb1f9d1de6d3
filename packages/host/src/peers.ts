import type { VdsmPeer } from '@virgate/vdsm';
import { ConfigError } from './config-error.ts';

/**
 * Who may command an agent, of those with a certificate of its authority: `engine` = an engine of Virgate, whose authority puts the
 * organizational unit `engine` into the certificate of the engine and into no other; `CN=name` = the certificate with this common name,
 * for engines whose authority marks nothing (oVirt's); `any` = everybody, as with VDSM.
 */
export type PeerRule = 'engine' | 'any' | `CN=${string}`;

/** What an agent accepts unless its configuration says otherwise. */
export const defaultPeerRules: readonly PeerRule[] = ['engine'];

/** Subject attribute that the authority gives to engines alone. */
const engineUnit = 'engine';
const maximumRules = 32;
const maximumNameLength = 255;

/** Checks the rules of a configuration. @throws ConfigError */
export function readPeerRules(values: readonly string[]): PeerRule[] {
  if (values.length === 0 || values.length > maximumRules)
    throw new ConfigError(`tls.peers must have 1 to ${maximumRules} entries: engine, any or CN=NAME`);
  return values.map((value): PeerRule => {
    if (value === 'engine' || value === 'any') return value;
    const name = value.startsWith('CN=') ? value.slice(3) : '';
    if (name === '' || name.length > maximumNameLength) throw new ConfigError('tls.peers must hold engine, any or CN=NAME');
    return `CN=${name}`;
  });
}

const holds = (attribute: string | string[] | undefined, value: string): boolean =>
  Array.isArray(attribute) ? attribute.includes(value) : attribute === value;

/** Whether one of the rules lets a peer in whose certificate the authority signed. */
export function acceptsPeer(rules: readonly PeerRule[], { subject }: Pick<VdsmPeer, 'subject'>): boolean {
  return rules.some((rule) => {
    if (rule === 'any') return true;
    if (rule === 'engine') return holds(subject?.['OU'], engineUnit);
    // Two common names in one subject would say two things; nobody who signs with care makes such a certificate.
    return subject?.['CN'] === rule.slice(3);
  });
}
