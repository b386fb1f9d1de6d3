import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { answers, northboundAddress, prepareOvn } from '@virgate/launcher';
import { eventually } from './installation.ts';

const folderOf = (folder: string): string => join(folder, 'ovn');

/** The address of the northbound database of an installation's folder. */
export const northboundOf = (folder: string): string => northboundAddress(folderOf(folder));

/** The central part of OVN beside an engine, as `npm start -- --ovn` starts it. */
export class OvnCentral {
  readonly #children: ChildProcess[] = [];
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param folder of the installation, whose engine has made its certificates */
  static async start(folder: string, listen: { host: string; port: number }): Promise<OvnCentral> {
    const central = new OvnCentral(folderOf(folder));
    const pki = join(folder, 'pki');
    const tls = { keyFile: join(pki, 'keys/engine.key'), certFile: join(pki, 'certs/engine.cer'), caFile: join(pki, 'ca.pem') };
    try {
      for (const { which, argv, socket } of await prepareOvn({ folder: central.folder, listen, tls })) {
        const log = await open(join(central.folder, `${which}.log`), 'a', 0o600);
        central.#children.push(spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], { stdio: ['ignore', log.fd, log.fd] }));
        await log.close();
        await eventually(`${which} answers`, () => answers(socket));
      }
      return central;
    } catch (error) {
      await central.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#children.splice(0).toReversed())
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  }
}
