import { parseArgs } from 'node:util';
import { ConfigError } from './config.ts';
import { runAgent } from './run-agent.ts';

// The agent as a process: main.ts --config FILE
try {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new ConfigError('The configuration file is missing: main.ts --config FILE');
  await runAgent(values.config);
} catch (error) {
  const code = error instanceof ConfigError ? error.code : 'START';
  process.stderr.write(`virgate-host: ${code}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
