import { VdsmError } from '@virgate/vdsm';
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentLog } from '../log.ts';
import { propertyVariables } from './environment.ts';
import { hookPointRule } from './points.ts';
import type { DocumentHookPoint, HookPoint, JsonHookPoint } from './points.ts';
import { runScript } from './script-process.ts';
import { hookScripts, installedHooks } from './scripts.ts';
import type { HookScript } from './scripts.ts';

export { hookPoints } from './points.ts';
export type { DocumentHookPoint, HookPoint, JsonHookPoint } from './points.ts';

/** Code of the contract for a hook that failed (VDSM, HookError). */
export const hookErrorCode = 1500;

/** Longest document or value that hooks get or give back. */
const maximumDataBytes = 16 * 1024 * 1024;
/** Folder of the Python module `hooking`. */
const pythonPath = fileURLToPath(new URL('python', import.meta.url));

export interface HooksOptions {
  /** The folder that has a folder for each point. */
  directory: string;
  /** Folder for the files that hooks get, and for the launch flags of VMs. */
  runDirectory: string;
  /** How long one hook may take. */
  timeoutMs: number;
  log: AgentLog;
}

/** Whom a hook is told of. */
export interface HookSubject {
  vmId?: string;
  /** Custom properties of the VM. */
  custom?: Record<string, string>;
  /** Custom properties of the device, or what a point tells beside them; those of the VM win. */
  params?: Record<string, string>;
  /** Less time than hooks have otherwise. */
  timeoutMs?: number;
}

/** Programs of the administrator that run at certain points. */
export interface Hooks {
  /**
   * Runs the hooks of a point on a document.
   *
   * @param document as text, or a function that gives it; asked for when there are hooks only
   * @returns the document as the last hook left it
   * @throws VdsmError 1500 at points where a failure ends what they belong to
   */
  onDocument(point: DocumentHookPoint, document: string | (() => Promise<string>), subject?: HookSubject): Promise<string>;
  /** As {@link onDocument}, for points whose hooks get JSON. */
  onJson<T>(point: JsonHookPoint, value: T, subject?: HookSubject): Promise<T>;
  /** The hooks of this host, as capabilities tell them. */
  installed(): Promise<Record<string, Record<string, { checksum: string }>>>;
  /** Flags with which libvirt shall start a VM; its hooks may change them between the two calls. */
  writeLaunchFlags(vmId: string, flags: number): Promise<void>;
  takeLaunchFlags(vmId: string): Promise<number>;
}

function failure(point: HookPoint, message: string): VdsmError {
  return new VdsmError(hookErrorCode, `Hook Error: ${point}: ${message}`);
}

/** Reads what a hook left; a link in its place is not followed. */
async function readBack(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new Error('it is no file any more');
    if (found.size > maximumDataBytes) throw new Error(`it has more than ${maximumDataBytes} bytes`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Runs an administrator's programs with the contract of oVirt's hooks. */
class ScriptHooks implements Hooks {
  readonly #options: HooksOptions;

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  async onDocument(point: DocumentHookPoint, document: string | (() => Promise<string>), subject: HookSubject = {}): Promise<string> {
    const scripts = await hookScripts(this.#options.directory, point);
    if (scripts.length === 0) return typeof document === 'string' ? document : '';
    const text = typeof document === 'string' ? document : await document();
    return await this.#run(point, scripts, text, subject);
  }

  async onJson<T>(point: JsonHookPoint, value: T, subject: HookSubject = {}): Promise<T> {
    const scripts = await hookScripts(this.#options.directory, point);
    if (scripts.length === 0) return value;
    const text = await this.#run(point, scripts, JSON.stringify(value), subject);
    try {
      const changed = JSON.parse(text) as T;
      if (typeof changed !== typeof value || Array.isArray(changed) !== Array.isArray(value) || changed === null)
        throw new Error('it is of another kind than it was');
      return changed;
    } catch (error) {
      const message = `what the hooks left can't be used: ${error instanceof Error ? error.message : String(error)}`;
      if (hookPointRule(point).failureAborts) throw failure(point, message);
      this.#options.log.error({ point, error: message }, 'What hooks left is not used');
      return value;
    }
  }

  installed(): Promise<Record<string, Record<string, { checksum: string }>>> {
    return installedHooks(this.#options.directory);
  }

  async writeLaunchFlags(vmId: string, flags: number): Promise<void> {
    await mkdir(join(this.#options.runDirectory, vmId), { recursive: true, mode: 0o700 });
    await writeFile(this.#launchFlags(vmId), String(flags), { mode: 0o600 });
  }

  async takeLaunchFlags(vmId: string): Promise<number> {
    try {
      const text = (await readBack(this.#launchFlags(vmId))).trim();
      const flags = Number(text);
      if (text === '' || !Number.isInteger(flags) || flags < 0 || flags > 0x7fff_ffff)
        throw failure('before_vm_start', 'the launch flags that it left are no number');
      return flags;
    } finally {
      await rm(join(this.#options.runDirectory, vmId), { recursive: true, force: true });
    }
  }

  #launchFlags(vmId: string): string {
    return join(this.#options.runDirectory, vmId, 'launchflags');
  }

  #environment(point: HookPoint, file: string, { vmId, custom = {}, params = {} }: HookSubject): Record<string, string> {
    const { variables, leftOut } = propertyVariables({ ...params, ...custom });
    if (leftOut.length > 0) this.#options.log.warn({ point, vmId, leftOut }, 'Custom properties that no hook can be given are left out');
    const own = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
    return {
      ...own,
      ...variables,
      ...(vmId === undefined ? {} : { vmId }),
      PYTHONPATH: [process.env['PYTHONPATH'], pythonPath].filter((path) => path !== undefined && path !== '').join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      [hookPointRule(point).env]: file,
      _hook_run: this.#options.runDirectory,
    };
  }

  async #run(point: HookPoint, scripts: HookScript[], text: string, subject: HookSubject): Promise<string> {
    const { runDirectory } = this.#options;
    await mkdir(runDirectory, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(runDirectory, 'hook-'));
    const file = join(folder, hookPointRule(point).env === '_hook_json' ? 'data.json' : 'domain.xml');
    try {
      await writeFile(file, text, { mode: 0o600 });
      const failed = await this.#runAll(point, scripts, this.#environment(point, file, subject), subject);
      if (failed !== undefined && hookPointRule(point).failureAborts) throw failure(point, failed);
      return await readBack(file);
    } catch (error) {
      if (error instanceof VdsmError) throw error;
      const message = `what the hooks left can't be read: ${error instanceof Error ? error.message : String(error)}`;
      if (hookPointRule(point).failureAborts) throw failure(point, message);
      this.#options.log.error({ point, vmId: subject.vmId, error: message }, 'What hooks left is not used');
      return text;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs one after another; answers what the last one that failed said. */
  async #runAll(
    point: HookPoint,
    scripts: HookScript[],
    environment: Record<string, string>,
    { vmId, timeoutMs = this.#options.timeoutMs }: HookSubject,
  ): Promise<string | undefined> {
    const { log } = this.#options;
    let failed: string | undefined;
    for (const { name, path, unsafe } of scripts) {
      if (unsafe !== undefined) {
        failed = `${name} does not run: ${unsafe}`;
        log.error({ point, hook: name, vmId, error: unsafe }, 'A hook does not run: others than root could change it');
        continue;
      }
      const { exitCode, timedOut, output } = await runScript(path, environment, timeoutMs);
      const fields = { point, hook: name, vmId, exitCode, output };
      if (exitCode === 0 && !timedOut) {
        // Some run at every look of the engine: those that say nothing fill no log.
        if (output === '') log.debug(fields, 'Hook ran');
        else log.info(fields, 'Hook ran');
        continue;
      }
      failed = timedOut
        ? `${name} took longer than ${timeoutMs / 1000} s and was ended`
        : `${name}: ${output.trim() || `exit code ${exitCode ?? 'none'}`}`;
      if (timedOut || exitCode === 2) {
        log.error({ ...fields, timedOut }, 'Hook failed, those behind it do not run');
        break;
      }
      log.warn(fields, exitCode === 1 ? 'Hook failed' : 'Hook failed with an exit code that hooks do not have');
    }
    return failed?.slice(0, 4000);
  }
}

/** The hooks in a folder. */
export function createHooks(options: HooksOptions): Hooks {
  return new ScriptHooks(options);
}
