import { ApiFault, EngineUnreachable } from '@virgate/sdk';
import type { TextKey } from '../text/en.ts';

/** What a person is told of an error: what happened, why, to what, and what to do. */
export interface Problem {
  title: TextKey;
  advice: TextKey;
  /** HTTP status, with the engine's own code where it gives one. */
  code: string | undefined;
  /** The engine's words. */
  cause: string | undefined;
  /** What was asked for: `POST /ovirt-engine/api/vms/…/start`. */
  operation: string | undefined;
  correlationId: string | undefined;
  /** A permission is lacking: nothing is broken. */
  refused: boolean;
}

const told: Readonly<Record<number, [TextKey, TextKey]>> = {
  400: ['fault.400', 'fault.400.advice'],
  401: ['fault.401', 'fault.401.advice'],
  403: ['fault.403', 'fault.403.advice'],
  404: ['fault.404', 'fault.404.advice'],
  409: ['fault.409', 'fault.409.advice'],
  412: ['fault.412', 'fault.412.advice'],
  429: ['fault.429', 'fault.429.advice'],
  501: ['fault.501', 'fault.501.advice'],
  502: ['fault.503', 'fault.503.advice'],
  503: ['fault.503', 'fault.503.advice'],
};

/** What the portal itself refuses, in words of the catalogue. */
export class RefusedHere extends Error {}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiFault) {
    const [title, advice] =
      told[error.status] ??
      (error.status < 500 ? (['fault.400', 'fault.400.advice'] as const) : (['fault.500', 'fault.500.advice'] as const));
    return {
      title,
      advice,
      operation: error.operation,
      correlationId: error.correlationId,
      code: error.code === undefined ? String(error.status) : `${error.status} ${error.code}`,
      cause: error.text === '' ? error.reason : error.text,
      refused: error.status === 403,
    };
  }
  if (error instanceof EngineUnreachable) {
    return {
      title: 'fault.unreachable',
      advice: 'fault.unreachable.advice',
      code: undefined,
      cause: undefined,
      operation: error.operation,
      correlationId: undefined,
      refused: false,
    };
  }
  const refused = error instanceof RefusedHere;
  return {
    title: refused ? 'fault.refused' : 'fault.page',
    advice: refused ? 'fault.refused.advice' : 'fault.page.advice',
    code: undefined,
    cause: error instanceof Error ? error.message : String(error),
    operation: undefined,
    correlationId: undefined,
    refused: false,
  };
}
