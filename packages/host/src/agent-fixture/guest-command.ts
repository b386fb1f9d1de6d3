import { connect } from '@virgate/libvirt';
import assert from 'node:assert/strict';
import type { LiveHost } from './host.ts';

/**
 * For tests only: runs programs in a guest, by the agent in it.
 *
 * @returns what runs a shell's command line and gives its output and a space, so that no output is something too
 */
export function guestRunner(host: LiveHost, vmId: string): (command: string, timeoutMs?: number) => Promise<string> {
  return async (command, timeoutMs) => {
    const connection = await connect({ socketPath: host.libvirtd.socketPath, uri: 'qemu:///system' });
    const ask = async <T>(execute: string, args: object): Promise<T> =>
      (JSON.parse(await connection.domainAgentCommand(vmId, JSON.stringify({ execute, arguments: args }), 30)) as { return: T }).return;
    try {
      const { pid } = await ask<{ pid: number }>('guest-exec', { path: '/bin/sh', arg: ['-c', command], 'capture-output': true });
      return await host.until(
        `the end of ${command}`,
        async () => {
          const state = await ask<{ exited: boolean; exitcode?: number; 'out-data'?: string }>('guest-exec-status', { pid });
          if (!state.exited) return undefined;
          const output = Buffer.from(state['out-data'] ?? '', 'base64')
            .toString()
            .trim();
          assert.equal(state.exitcode, 0, `${command}: ${output}`);
          return `${output} `;
        },
        timeoutMs,
      );
    } finally {
      await connection.close();
    }
  };
}
