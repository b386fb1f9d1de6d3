import { createClient } from '@virgate/sdk';
import type { Client } from '@virgate/sdk';
import type { GeneralOptions } from '../call/general-options.ts';
import { contextFor, engineAddress } from './access.ts';
import type { Environment } from './contexts.ts';
import { engineFetch } from './engine-fetch.ts';
import type { EngineAccess } from './engine-fetch.ts';

export interface Connection {
  readonly client: Client;
  readonly origin: string;
  /** For what goes beside the client: consoles. */
  readonly access: EngineAccess;
  /** Name of the stored sign-in; undefined when the command named address and token itself. */
  readonly contextName: string | undefined;
  close(): void;
}

/**
 * The engine that a command is meant for: by its options, else by `VIRGATE_URL`, `VIRGATE_TOKEN`, `VIRGATE_CA_FILE`, else by the stored sign-in.
 * @throws CliError not_signed_in, unknown_context, bad_address
 */
export function connect(options: GeneralOptions, environment: Environment): Connection {
  const { context, name } = contextFor(options, environment);
  const { send, close } = engineFetch(context);
  const client = createClient({
    url: engineAddress(context.url),
    token: context.token,
    fetch: send,
    ...(options.requestTimeoutMs === undefined ? {} : { timeoutMs: options.requestTimeoutMs }),
  });
  const { origin } = new URL(engineAddress(context.url));
  return { client, origin, access: { origin, token: context.token ?? '', trust: context }, contextName: name, close };
}
