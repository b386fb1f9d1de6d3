import { wholeBitmap } from './bitmaps.ts';
import { failure, readObject, readOptionalText, readText } from './parameters.ts';
import type { SimulatedVerb } from './parameters.ts';
import type { SimulatedStorage } from './storage.ts';
import type { StorageSession } from './storage-verbs.ts';

/** What a simulated NBD server serves. */
export interface SimulatedNbdServer {
  readonly domainId: string;
  readonly volumeId: string;
  readonly readOnly: boolean;
  readonly backingChain: boolean;
  readonly bitmap: string | undefined;
}

/** Verbs of NBD servers. They end with the agent. */
export function nbdVerbs(parts: { readonly storage: SimulatedStorage; readonly session: StorageSession }): Record<string, SimulatedVerb> {
  const { storage, session } = parts;
  return {
    'NBD.start_server': (params) => {
      const id = readText(params, 'server_id');
      const config = readObject(params, 'config');
      const server: SimulatedNbdServer = {
        domainId: readText(config, 'sd_id'),
        volumeId: readText(config, 'vol_id'),
        readOnly: config['readonly'] === true,
        backingChain: config['backing_chain'] !== false,
        bitmap: readOptionalText(config, 'bitmap'),
      };
      const volume = storage.volume(server.domainId, server.volumeId);
      if (storage.isWritten(server.domainId, server.volumeId))
        throw failure('VolumeIsBusy', `Volume is in use by another process: ${server.volumeId}`);
      if (server.bitmap !== undefined) wholeBitmap(volume, server.bitmap);
      session.nbdServers.set(id, server);
      return `nbd:unix:/run/vdsm/nbd/${id}.sock`;
    },
    'NBD.stop_server': (params) => {
      session.nbdServers.delete(readText(params, 'server_id'));
      return true;
    },
  };
}
