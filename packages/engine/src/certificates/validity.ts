import type { PeerCertificate } from 'node:tls';
import { X509Certificate } from 'node:crypto';

const dayMs = 86_400_000;
/** Parts of a certificate's life that must be left so that nothing is said, and so that it counts as urgent. */
const warnPart = 1 / 3;
const alertPart = 1 / 6;
/** Part of its life at which a host's certificate is renewed: long before anybody has to be warned. */
const renewPart = 1 / 2;

/** From when until when a certificate is valid, in epoch milliseconds. */
export interface Validity {
  fromMs: number;
  untilMs: number;
}

/** How a certificate stands, from well to worst. */
export type Standing = 'good' | 'renewal due' | 'ends' | 'ends soon' | 'ended';

/** Days before its end at which a certificate is worth a warning and an alert; a part of its life where that is less. */
export interface Notice {
  warnDays: number;
  alertDays: number;
}

/** How a certificate stands now. Source: engine configuration, CertExpirationWarnPeriodInDays and CertExpirationAlertPeriodInDays. */
export function standingOf({ fromMs, untilMs }: Validity, nowMs: number, notice: Notice): Standing {
  const lifeMs = untilMs - fromMs;
  const leftMs = untilMs - nowMs;
  if (leftMs <= 0) return 'ended';
  if (leftMs < Math.min(notice.alertDays * dayMs, lifeMs * alertPart)) return 'ends soon';
  if (leftMs < Math.min(notice.warnDays * dayMs, lifeMs * warnPart)) return 'ends';
  return leftMs < lifeMs * renewPart ? 'renewal due' : 'good';
}

/** The validity of a certificate as PEM text. */
export function validityOf(certificatePem: string): Validity {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  return { fromMs: validFromDate.getTime(), untilMs: validToDate.getTime() };
}

/** What the engine keeps of a host's certificate. */
export interface HostCertificate extends Validity {
  /** `O=Virgate, CN=host1`. */
  subject: string;
  serial: string;
}

/**
 * Whether a host that has joined showed a certificate of its own: it is known again by the subject that it got then, so that no other
 * host of the authority can stand for it.
 * @param expected null for a host that was added with a certificate from elsewhere: any of the authority will do, as with oVirt
 */
export function identityProblem(expected: string | null, found: HostCertificate): Error | undefined {
  if (expected === null || expected === found.subject) return undefined;
  return new Error(`it showed the certificate of ${found.subject}, not that of ${expected}`);
}

/** What a host has shown of itself on its connection. */
export function hostCertificateOf(peer: Pick<PeerCertificate, 'subject' | 'serialNumber' | 'valid_from' | 'valid_to'>): HostCertificate {
  const subject = Object.entries(peer.subject)
    .map(([attribute, value]) => `${attribute}=${[value].flat().join('+')}`)
    .join(', ');
  return { subject, serial: peer.serialNumber, fromMs: Date.parse(peer.valid_from), untilMs: Date.parse(peer.valid_to) };
}
