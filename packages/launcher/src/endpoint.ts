import type { System } from './system.ts';

/** What scripts need to know of a running installation; `endpoint.json` in the data folder. */
export interface Endpoint {
  /** Address of the engine, without a path. */
  readonly url: string;
  /** Certificate of the authority that signed the engine's certificate. */
  readonly caFile: string;
  readonly username: string;
  readonly passwordFile: string;
  /** Port of this machine's host agent; 0 as long as there is none. */
  readonly vdsmPort: number;
  /** Address of this machine's host agent; empty as long as there is none. */
  readonly vdsmAddress: string;
}

/** Writes `endpoint.json` as far as things have come. */
export function writeEndpoint(system: System): void {
  const { folder } = system;
  folder.write('endpoint.json', {
    url: system.url ?? '',
    caFile: folder.caFile,
    username: 'admin@internal',
    passwordFile: folder.passwordFile,
    vdsmPort: folder.settings.vdsmPort ?? 0,
    vdsmAddress: system.network?.gateway ?? '',
  } satisfies Endpoint);
}
