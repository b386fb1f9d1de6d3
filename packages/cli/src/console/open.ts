import { Conflict, type Client } from '@virgate/sdk';
import { serviceFor } from '../call/resolve.ts';
import { findOperation } from '../catalog/places.ts';
import type { EngineAccess } from '../connection/engine-fetch.ts';
import { write } from '../terminal/terminal.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openGraphical } from './graphical.ts';
import { checkTerminal, runSerial } from './serial.ts';
import { consoleSocket, NoSerialConsole } from './socket.ts';

/** Which console is wanted: that of the serial port when there is one, else the screen. */
export type ConsoleKind = 'any' | 'serial' | 'graphical';

interface Vm {
  readonly id: string;
  readonly name: string;
  readonly console?: { readonly enabled?: boolean };
}

/**
 * Opens a console of a machine, by its name or id.
 * @throws CliError and what the client throws
 */
export async function openConsole(
  client: Client,
  access: EngineAccess,
  word: string,
  kind: ConsoleKind,
  terminal: Terminal,
): Promise<void> {
  const { operation } = findOperation(['vm', 'get'], () => 1);
  const vm = (await (await serviceFor(client, operation, [word]))['get']?.()) as Vm;
  if (kind === 'graphical' || (kind === 'any' && vm.console?.enabled === false)) return await openGraphical(client, vm, terminal);
  checkTerminal(terminal);
  try {
    const { path } = await client.virgate.vms.vm(vm.id).serialConsoleTickets.add({ signal: terminal.signal });
    await runSerial(await consoleSocket(access, path, terminal.signal), vm.name, terminal);
  } catch (error) {
    const isMissing = error instanceof NoSerialConsole || (error instanceof Conflict && error.code === 'VM_HAS_NO_CONSOLE');
    if (!isMissing || kind === 'serial') throw error;
    await write(terminal.stderr, 'There is no serial console; here is the screen.\n');
    await openGraphical(client, vm, terminal);
  }
}
