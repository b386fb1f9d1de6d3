import { readCommandLine } from './command-line.ts';
import { ConfigError } from './config.ts';
import { runJoin } from './enrolment/command.ts';
import { EnrolmentError } from './enrolment/enrolment-error.ts';
import { runAgent } from './run-agent.ts';

// virgate-host, for Node 24: bin/virgate-host.mjs finds that one.
try {
  const command = readCommandLine(process.argv.slice(2));
  if (command.kind === 'help') process.stdout.write(`${command.text}\n`);
  else if (command.kind === 'run') await runAgent(command.configFile);
  else {
    const configFile = await runJoin(command.join, (line) => process.stderr.write(`${line}\n`));
    if (command.join.start) await runAgent(configFile);
  }
} catch (error) {
  const code = error instanceof EnrolmentError || error instanceof ConfigError ? error.code : 'START';
  process.stderr.write(`virgate-host: ${code}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(code === 'USAGE' ? 2 : 1);
}
