import { ApiFault, EngineUnreachable, JobFailed, SignedOut, TransferOver, WaitTimeout } from '@virgate/sdk';
import { CliError, textOf } from '../errors.ts';
import type { ErrorParts, ExitName } from '../errors.ts';

/** Of Node's TLS: the engine's certificate, or the authority behind it, is not the one that is trusted. */
const untrusted: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

/** Whatever went wrong, as something that says what, why, where, and what to do. */
export function explain(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ApiFault) return refused(error);
  if (error instanceof EngineUnreachable) return unreachable(error);
  if (error instanceof WaitTimeout)
    return new CliError('remote', 'wait_timeout', textOf(error), { hint: 'It may still come. --wait-timeout SECONDS waits longer.' });
  if (error instanceof JobFailed)
    return new CliError('remote', 'job_failed', textOf(error), {
      hint: `virgate job step list ${error.job.id} tells which part of it failed`,
    });
  if (error instanceof TransferOver)
    return new CliError('remote', 'transfer_over', textOf(error), { hint: 'virgate events --max 5 may tell why' });
  if (error instanceof TypeError) return new CliError('syntax', 'invalid_call', textOf(error));
  return new CliError('unknown', 'unexpected', textOf(error));
}

/** What the engine found wrong: `Vm [name] required for add` names what is missing. */
function fieldOf({ detail }: ApiFault): string | undefined {
  const [, type, names] = /(\w+) \[([\w., |[\]]+)\] required/.exec(detail) ?? [];
  if (names !== undefined) return `${type?.toLowerCase()}.${names}`;
  return /^([a-z_]+(?:\.[a-z_]+(?:\[\d+\])?)+)\b/.exec(detail)?.[1];
}

function refused(fault: ApiFault): CliError {
  const parts: ErrorParts = {
    field: fieldOf(fault),
    cause: `${fault.operation} answered ${fault.status}${fault.correlationId === undefined ? '' : `, correlation id ${fault.correlationId}`}`,
  };
  const text = fault.text === '' ? `${fault.reason}.` : `${fault.reason}: ${fault.text}`;
  const [exit, code, hint] = classOf(fault);
  return new CliError(exit, fault.code ?? code, text, { ...parts, hint });
}

function classOf(fault: ApiFault): [exit: ExitName, code: string, hint?: string] {
  if (fault instanceof SignedOut)
    return ['authentication', 'signed_out', 'The token has expired or was revoked. Sign in again: virgate login'];
  switch (fault.status) {
    case 403:
      return ['remote', 'not_permitted', 'virgate permission list tells who may do what'];
    case 404:
      return ['notFound', 'not_found'];
    case 409:
      return ['remote', 'conflict'];
    case 412:
      return ['remote', 'changed_meanwhile', 'Somebody else changed it: read it again'];
    case 501:
      return ['remote', 'not_built'];
    case 503:
      return ['communication', 'unavailable', 'The engine starts or has too much to do: try again'];
    default:
      return ['remote', fault.status === 400 ? 'bad_request' : 'refused'];
  }
}

function unreachable(error: EngineUnreachable): CliError {
  const cause = error.cause as (Error & { code?: string }) | undefined;
  const code = cause?.code ?? '';
  if (untrusted.has(code))
    return new CliError(
      'communication',
      'certificate_untrusted',
      "The engine's certificate is not signed by the authority that is trusted.",
      {
        cause: textOf(cause),
        hint: 'If the engine has got another authority, sign in again with --ca-file FILE, or compare the fingerprint that virgate login shows',
      },
    );
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new CliError('communication', 'certificate_name', "The engine's certificate is for another name than the one in its address.", {
      cause: textOf(cause),
    });
  if (code === 'CERT_HAS_EXPIRED')
    return new CliError('communication', 'certificate_expired', "The engine's certificate has expired.", { cause: textOf(cause) });
  return new CliError('communication', 'unreachable', textOf(error), {
    ...(cause === undefined ? {} : { cause: textOf(cause) }),
    hint: 'Whether a change was carried out is not known: look before you try again',
  });
}
