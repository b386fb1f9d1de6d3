import { existsSync, readFileSync } from 'node:fs';
import { stopEmbeddedPostgres } from '@virgate/database';
import type { StartOptions } from './command-line.ts';
import { DataFolder } from './data-folder.ts';
import type { Endpoint } from './endpoint.ts';
import { LauncherError } from './errors.ts';
import { endLeftProcesses, forgetProcess, recordProcess, recordedProcess } from './process/record.ts';
import { describeFailure, runStages } from './progress.ts';
import type { Stage, Write } from './progress.ts';
import { acceleratorStage } from './stages/accelerator.ts';
import { databaseStage } from './stages/database.ts';
import { engineStage } from './stages/engine.ts';
import { firstSetUpStage } from './stages/first-set-up.ts';
import { guestImageStage } from './stages/guest-image.ts';
import { hostAgentStage } from './stages/host-agent.ts';
import { hypervisorStage } from './stages/hypervisor.ts';
import { networkStage } from './stages/network.ts';
import { isOvnWanted, ovnStage } from './stages/ovn.ts';
import { portalStage } from './stages/portal.ts';
import { programsStage } from './stages/programs.ts';
import type { System } from './system.ts';

/** What came of a start: everything, or the engine and its portal without this machine as a host. */
export type Outcome = 'ready' | 'ready_without_host';

/** Failures after which engine and portal go on: a person has to do something first. */
const HOST_CAN_WAIT: ReadonlySet<string> = new Set(['not_root', 'programs_missing', 'ovn_failed']);

/** Makes sure that no other launcher works in the folder. @throws {LauncherError} already_running */
export function claimFolder(folder: DataFolder): void {
  const other = recordedProcess(folder, 'launcher');
  if (other !== undefined && other.pid !== process.pid) {
    const file = folder.at('endpoint.json');
    const where = existsSync(file) ? ` at ${(JSON.parse(readFileSync(file, 'utf8')) as Endpoint).url}` : '';
    throw new LauncherError(
      'already_running',
      `Virgate runs in ${folder.path} already${where} (process ${other.pid})`,
      `Stop it with: npm run stop -- --data ${folder.path}`,
    );
  }
  recordProcess(folder, 'launcher', process.pid);
}

function stagesOf(system: System): Stage[] {
  return [
    portalStage(system),
    databaseStage(system),
    engineStage(system),
    ...(isOvnWanted(system) ? [ovnStage(system)] : []),
    programsStage(system),
    networkStage(system),
    hypervisorStage(system),
    guestImageStage(system),
    acceleratorStage(system),
    hostAgentStage(system),
    firstSetUpStage(system),
  ];
}

/** Everything of a data folder, running. */
export class Launcher {
  readonly system: System;
  readonly #write: Write;
  #stopping: Promise<void> | undefined;

  /** @param options.write takes the progress lines */
  constructor(options: StartOptions, write: Write) {
    const folder = DataFolder.open(options.dataDir);
    claimFolder(folder);
    this.#write = write;
    this.system = { folder, options, watches: [], ovnProcesses: [], say: (line) => write(`${new Date().toISOString()} ${line}\n`) };
  }

  /** Starts everything. @throws {LauncherError} of the stage that failed; what had been started runs on until `stop` */
  async start(): Promise<Outcome> {
    this.#write(`Virgate in ${this.system.folder.path}\n`);
    await endLeftProcesses(this.system.folder);
    try {
      await runStages(stagesOf(this.system), this.#write);
    } catch (error) {
      if (!(error instanceof LauncherError) || !HOST_CAN_WAIT.has(error.code)) throw error;
      this.#write(describeFailure(error));
      this.#announce('The engine and the portal run, without this machine as a host.');
      return 'ready_without_host';
    }
    this.#announce('Virgate is ready.');
    return 'ready';
  }

  #announce(title: string): void {
    const { folder, url } = this.system;
    const password =
      folder.settings.toldPassword === true ? `see ${folder.passwordFile}` : readFileSync(folder.passwordFile, 'utf8').trim();
    folder.settings.toldPassword = true;
    folder.save();
    this.#write(`\n${title}\n  address   ${url}/\n  user      admin@internal\n  password  ${password}\n  CA        ${folder.caFile}\n\n`);
  }

  /** Ends agent, engine and database, in this order. Guests, their network and libvirtd go on. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { system } = this;
    for (const watch of system.watches) await watch.stop();
    await system.agent?.stop();
    await system.engine?.stop();
    for (const one of system.ovnProcesses.toReversed()) await one.stop();
    system.client?.close();
    if (system.database !== undefined) await stopEmbeddedPostgres(system.folder.at('database'));
    forgetProcess(system.folder, 'launcher');
  }
}
