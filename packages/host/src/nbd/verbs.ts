import { readOptionalUuid } from '../storage-parameters.ts';
import { readObject, readOptionalBoolean, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import type { NbdServers } from './servers.ts';

/** Verbs over NBD servers of volumes (VDSM schema, NBD.start_server, NBD.stop_server). */
export function createNbdVerbs(servers: NbdServers): VerbTable {
  return {
    'NBD.start_server': async (params) => {
      const config = readObject(params, 'config');
      return servers.start(readUuid(params, 'server_id'), {
        domainId: readUuid(config, 'sd_id'),
        imageId: readUuid(config, 'img_id'),
        volumeId: readUuid(config, 'vol_id'),
        readOnly: readOptionalBoolean(config, 'readonly') ?? false,
        discard: readOptionalBoolean(config, 'discard') ?? false,
        detectZeroes: readOptionalBoolean(config, 'detect_zeroes') ?? false,
        backingChain: readOptionalBoolean(config, 'backing_chain') ?? true,
        bitmap: readOptionalUuid(config, 'bitmap'),
      });
    },
    'NBD.stop_server': async (params) => {
      await servers.stop(readUuid(params, 'server_id'));
      return true;
    },
  };
}
