import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { commonErrors } from '@virgate/contract/generated/vdsm-errors';
import { VdsmError } from '@virgate/vdsm';
import { CommandError, runCommand } from '../command.ts';
import { invalidParameter, readObject, readOptionalBoolean, readOptionalInteger, readOptionalText, readText } from '../verb.ts';
import type { VerbTable } from '../verb.ts';

/** Where distributions put fence agents. */
const agentFolders = ['/usr/sbin', '/sbin', '/usr/bin'];
const actions = ['status', 'on', 'off', 'reboot'] as const;
type FenceAction = (typeof actions)[number];

/** An agent talks to slow management boards, and some wait for the power to change. */
const agentTimeoutMs = 120_000;
const maximumOptions = 64;

/** What an agent's exit code says of the power when it is asked for it. Source: the FenceAgent interface; 1 = it could not tell. */
const powerOfExitCode: Readonly<Record<number, 'on' | 'off'>> = { 0: 'on', 2: 'off' };

export interface FenceDependencies {
  /** Whether a host still renews its lease on a storage domain of the map (domain → host id). */
  isActiveOnStorage: (hostIds: Readonly<Record<string, number>>) => Promise<boolean>;
  /** Folders in which agents are looked for. */
  folders?: readonly string[];
  log: { info(fields: object, text: string): void };
}

async function findAgent(name: string, folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    const path = join(folder, `fence_${name}`);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  throw new VdsmError(
    commonErrors.UnsupportedFenceAgent,
    `Fence agent fence_${name} is not installed on this host: install the package "fence-agents"`,
  );
}

/** A text that becomes one line of the agent's input. @throws 91 when it would become two */
function oneLine(name: string, value: string): string {
  if (/[\r\n\0]/.test(value)) throw invalidParameter(name, 'a text of one line is needed');
  return value;
}

/** The lines `key=value` of the options. @throws 91 */
function optionLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > maximumOptions || lines.some((line) => !/^[A-Za-z][A-Za-z0-9_-]{0,63}=[^\r\0]*$/.test(line)))
    throw invalidParameter('options', `at most ${maximumOptions} lines of the form key=value`);
  return lines;
}

function readHostIds(params: Record<string, unknown>): Record<string, number> {
  if (params['policy'] === undefined || params['policy'] === null) return {};
  const map = readObject(params, 'policy')['storageDomainHostIdMap'] ?? {};
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw invalidParameter('policy.storageDomainHostIdMap', 'an object is needed');
  return Object.fromEntries(
    Object.entries(map).map(([domainId, hostId]) => {
      const number = Number(hostId);
      if (!Number.isInteger(number) || number < 1 || number > 2000)
        throw invalidParameter('policy.storageDomainHostIdMap', 'host ids from 1 to 2000 are needed');
      return [domainId.toLowerCase(), number];
    }),
  );
}

/** Runs an agent. @returns its exit code, 0 to 2 @throws 1 when it ended otherwise or not in time */
async function runAgent(path: string, input: string): Promise<{ exitCode: number; output: string }> {
  try {
    const { exitCode, stdout } = await runCommand([path], { input, timeoutMs: agentTimeoutMs });
    return { exitCode, output: stdout };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { exitCode } = error;
    if (exitCode === 1 || exitCode === 2) return { exitCode, output: error.stderr };
    throw new VdsmError(1, `The fence agent failed: ${error.message}`, { cause: error });
  }
}

/**
 * The verb by which this host switches the power of another one through its management board.
 * Source: VDSM schema, Host.fenceNode; FenceAgent interface (parameters on the standard input).
 */
export function createFenceVerbs({ isActiveOnStorage, folders = agentFolders, log }: FenceDependencies): VerbTable {
  return {
    'Host.fenceNode': async (params) => {
      const agent = readText(params, 'agent', 64);
      if (!/^[a-z][a-z0-9_]*$/.test(agent)) throw invalidParameter('agent', 'the name of a fence agent is needed');
      const wanted = readText(params, 'action', 16);
      const action = actions.find((one): one is FenceAction => one === wanted);
      if (action === undefined) throw invalidParameter('action', `one of ${actions.join(', ')}`);
      const address = oneLine('addr', readText(params, 'addr', 255));
      const port = readOptionalInteger(params, 'port', { minimum: 0, maximum: 65_535 });
      const lines = [
        `agent=fence_${agent}`,
        `ipaddr=${address}`,
        `login=${oneLine('username', readText(params, 'username', 255))}`,
        `action=${action}`,
        `passwd=${oneLine('password', readText(params, 'password', 255))}`,
        ...(port === undefined || port === 0 ? [] : [`port=${port}`]),
        ...(readOptionalBoolean(params, 'secure') === true ? ['secure=yes'] : []),
        ...optionLines(readOptionalText(params, 'options') ?? ''),
      ];
      const hostIds = readHostIds(params);
      const path = await findAgent(agent, folders);
      if (action !== 'status' && (await isActiveOnStorage(hostIds))) {
        log.info({ agent, address, action }, 'A host is not fenced: it still renews its lease on storage');
        return { operationStatus: 'skipped' };
      }
      const { exitCode, output } = await runAgent(path, `${lines.join('\n')}\n`);
      log.info({ agent, address, action, exitCode }, 'A fence agent was run');
      if (action === 'status') {
        const power = powerOfExitCode[exitCode];
        if (power === undefined)
          throw new VdsmError(exitCode, `The fence agent could not tell the power status: ${output.trim().slice(0, 500)}`);
        return { power };
      }
      if (exitCode !== 0) throw new VdsmError(exitCode, `The fence agent failed: ${output.trim().slice(0, 500)}`);
      return { operationStatus: 'initiated', power: 'unknown' };
    },
  };
}
