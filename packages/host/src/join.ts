import { ConfigError } from './config.ts';
import { readJoinCommand, runJoin } from './enrolment/command.ts';
import { EnrolmentError } from './enrolment/enrolment-error.ts';
import { runAgent } from './run-agent.ts';

// virgate-host join URL --token TOKEN --fingerprint SHA256: joins an engine, then runs the agent.
try {
  const command = readJoinCommand(process.argv.slice(2));
  const configFile = await runJoin(command, (line) => process.stderr.write(`${line}\n`));
  if (command.start) await runAgent(configFile);
} catch (error) {
  const code = error instanceof EnrolmentError || error instanceof ConfigError ? error.code : 'START';
  process.stderr.write(`virgate-host: ${code}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(code === 'USAGE' ? 2 : 1);
}
