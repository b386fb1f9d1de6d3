import { VdsmError } from '@virgate/vdsm';
import { errorCode, invalidParameter, readText, readUuid } from '../verb.ts';
import type { VerbTable } from '../verb.ts';
import type { VmRegistry } from '../vm/index.ts';
import type { ConsoleEntries, ConsoleType } from './entries.ts';

const types: readonly ConsoleType[] = ['vnc', 'spice', 'serial'];

/**
 * A verb beyond VDSM's: how an engine of Virgate passes consoles on. What it answers opens one console, once, on the host's server for
 * images ({@link serveConsoles}): consoles need no port of their own in the network, and their bytes travel under TLS.
 */
export function createConsoleVerbs(vms: VmRegistry, entries: ConsoleEntries, isListening: () => boolean): VerbTable {
  return {
    'Virgate.openConsole': async (params) => {
      const vm = vms.running(readUuid(params, 'vmID'));
      const wanted = readText(params, 'type', 16);
      const type = types.find((one) => one === wanted);
      if (type === undefined) throw invalidParameter('type', `one of ${types.join(', ')}`);
      if (!isListening())
        throw new VdsmError(
          errorCode.general,
          'The server of this host that carries consoles does not listen; its port is used by something else',
        );
      const has = type === 'serial' ? vm.facts?.serialConsole !== undefined : vm.facts?.graphics.some((one) => one.type === type) === true;
      if (!has) throw invalidParameter('type', `virtual machine ${vm.vmId} has no console of that type`);
      return { path: `/consoles/${entries.add({ vmId: vm.vmId, type })}` };
    },
  };
}
