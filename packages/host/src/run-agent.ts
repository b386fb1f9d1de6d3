import { startAgent } from './agent.ts';
import { loadAgentConfig } from './config.ts';
import { createLog } from './log.ts';

/** How long a stop may take before the process ends anyway. */
const stopTimeoutMs = 15_000;

/** Runs the agent of a configuration file as this process, until it is told to stop. */
export async function runAgent(configFile: string): Promise<void> {
  const config = await loadAgentConfig(configFile);
  const log = createLog(config.logLevel);
  const agent = await startAgent(config, log);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'Host agent stops; its VMs go on');
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    agent.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  await agent.ready;
}
