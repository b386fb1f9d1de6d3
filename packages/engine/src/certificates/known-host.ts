import { Agent, type AgentOptions } from 'node:https';
import type { PeerCertificate } from 'node:tls';
import { sql } from 'kysely';
import { hostCertificateOf, identityProblem } from './validity.ts';

/**
 * Subject of the certificate that a host got when it joined; null for one that was added with a certificate of its own. For statements in
 * which the host is `h` and its state `s`.
 */
export const joinedSubject = sql<
  string | null
>`case when exists (select 1 from host_enrolment e where e.host_id = h.id) then s.certificate_subject end`;

/** Whom a host's server has to be, and by whose word. */
export interface KnownHost {
  caPem: string;
  /** Subject of the host's certificate; null when any of the authority will do. */
  subject: string | null;
}

/** How TLS knows a host's server: by our authority and by the host's own subject, whatever its address is, as the connection does that commands it. */
export const knownHostTls = ({ caPem, subject }: KnownHost) => ({
  ca: caPem,
  checkServerIdentity: (_name: string, peer: PeerCertificate): Error | undefined => identityProblem(subject, hostCertificateOf(peer)),
});

/** Kept connections to hosts, apart by whom they were checked to be: neither one of them nor a resumed session serves another host. */
export class KnownHostAgents {
  readonly #agents = new Map<string | null, Agent>();
  readonly #caPem: string;
  readonly #options: AgentOptions;

  constructor(caPem: string, options: AgentOptions) {
    this.#caPem = caPem;
    this.#options = options;
  }

  of(subject: string | null): Agent {
    let agent = this.#agents.get(subject);
    if (!agent) {
      agent = new Agent({ ...this.#options, ...knownHostTls({ caPem: this.#caPem, subject }) });
      this.#agents.set(subject, agent);
    }
    return agent;
  }

  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
