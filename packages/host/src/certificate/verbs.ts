import { EnrolmentError } from '../enrolment/enrolment-error.ts';
import type { AgentLog } from '../log.ts';
import { invalidParameter, readText } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import { installRenewal, requestRenewal } from './renewal.ts';
import type { AgentTls, CertificateFiles } from './renewal.ts';

export interface CertificateVerbOptions {
  files: CertificateFiles;
  /** Name in the request; the engine decides which names the certificate gets. */
  hostName: string;
  nowMs: () => number;
  /** Takes what new connections are to be answered with. */
  renewed: (tls: AgentTls) => void;
  log: AgentLog;
}

const maximumCertificateLength = 64 * 1024;

/**
 * Verbs beyond VDSM's: how an engine of Virgate renews the certificate of a host over the connection that it has. The key is made
 * here and stays here; connections that exist go on.
 */
export function createCertificateVerbs({ files, hostName, nowMs, renewed, log }: CertificateVerbOptions): VerbTable {
  let last: Promise<unknown> = Promise.resolve();
  /** One at a time: they share files. */
  const alone = <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run, run);
    last = result.catch(() => undefined);
    return result;
  };
  return {
    'Virgate.makeCertificateRequest': () => alone(async () => ({ request: await requestRenewal(files, hostName) })),
    'Virgate.installCertificate': (params) =>
      alone(async () => {
        const certificate = readText(params, 'certificate', maximumCertificateLength);
        try {
          renewed(await installRenewal(files, certificate, nowMs()));
        } catch (error) {
          if (!(error instanceof EnrolmentError)) throw error;
          log.warn({ reason: error.message }, 'A new certificate of this host was refused');
          throw invalidParameter('certificate', error.message);
        }
        log.info({}, 'This host has a new certificate');
        return true;
      }),
  };
}
