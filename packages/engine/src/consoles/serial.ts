import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { transaction } from '@virgate/database';
import type { Engine } from '../engine.ts';
import { recordEvent } from '../events/record.ts';
import { connectConsole } from './connect.ts';

/** An open serial port of a guest. */
export interface OpenSerialConsole {
  readonly bytes: Duplex;
  /** Settles when it is closed and the event of it is written. */
  readonly closed: Promise<void>;
}

/**
 * Opens the serial port of a VM for a user, with events of when he comes and goes. Who opens it takes it from who had it.
 * @throws {Fault} as {@link connectConsole}
 */
export async function openSerialConsole(engine: Engine, vmId: string, user: { id: string; name: string }): Promise<OpenSerialConsole> {
  const bytes = await connectConsole(engine, vmId, 'serial');
  bytes.on('error', () => bytes.destroy());
  const { db } = engine;
  const record = async (name: 'VM_CONSOLE_CONNECTED' | 'VM_CONSOLE_DISCONNECTED'): Promise<void> => {
    const vm = await db
      .selectFrom('vm')
      .leftJoin('vm_state', 'vm_state.vm_id', 'vm.id')
      .leftJoin('host', 'host.id', 'vm_state.host_id')
      .select(['vm.name', 'host.id as host_id', 'host.name as host_name'])
      .where('vm.id', '=', vmId)
      .executeTakeFirst();
    if (!vm) return;
    const host = vm.host_id === null || vm.host_name === null ? null : { id: vm.host_id, name: vm.host_name };
    await transaction(db, (trx) => recordEvent(trx, { name, vm: { id: vmId, name: vm.name }, host, user }));
  };
  const closed = (bytes.closed ? Promise.resolve() : once(bytes, 'close').then(() => undefined))
    .then(() => record('VM_CONSOLE_DISCONNECTED'))
    .catch((error: unknown) => engine.log.warn({ err: error, vmId }, 'the end of a serial console could not be recorded'));
  try {
    await record('VM_CONSOLE_CONNECTED');
  } catch (error) {
    bytes.destroy();
    throw error;
  }
  return { bytes, closed };
}
